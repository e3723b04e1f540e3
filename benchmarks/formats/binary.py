"""One small file of each binary format, holding the loss given: for docs/formats.md and the readers' contract test."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

Points = Sequence[tuple[int, float]]  # step, loss
START = 1_700_000_000


def tensorboard(points: Points) -> bytes:
    """An event file, written by the tensorboard package."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    target = io.BytesIO()
    writer = RecordWriter(target)
    writer.write(Event(wall_time=START, file_version="brain.Event:2").SerializeToString())
    for step, loss in points:
        summary = Summary(value=[Summary.Value(tag="loss", simple_value=loss)])
        writer.write(Event(wall_time=START + step, step=step, summary=summary).SerializeToString())
    return target.getvalue()


def wandb(points: Points) -> bytes:
    """A transaction log: the history records of wandb/proto/wandb_internal.proto in LevelDB's log format."""
    return _leveldb(b":W&B\xe1\xbe\x00", [_history(step, {"loss": loss, "_step": step}) for step, loss in points])


def swanlab(points: Points) -> bytes:
    """A run's log: the scalar records of swanlab/record/v1 in LevelDB's log format."""
    records = [
        _bytes(13, _bytes(1, b"loss") + _whole(2, step) + _bytes(5, b"\x09" + struct.pack("<d", loss))) for step, loss in points
    ]
    return _leveldb(b":SWL" + struct.pack("<HB", 0xE1D6, 2), records)


def sqlite(points: Points) -> bytes:
    """trackio's store of one run, in pages of 512 bytes."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "project.db")
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE metrics (run_name TEXT, step INTEGER, metrics TEXT, timestamp TEXT)")
        rows = [("fish", step, json.dumps({"loss": loss if loss == loss else "NaN"}), None) for step, loss in points]
        connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()
        return file.read_bytes()


def parquet(points: Points) -> bytes:
    """A table of step and loss, written by pyarrow."""
    import pyarrow
    import pyarrow.parquet

    target = io.BytesIO()
    table = pyarrow.table({"step": [step for step, _ in points], "loss": [loss for _, loss in points]})
    pyarrow.parquet.write_table(table, target)
    return target.getvalue()


BINARY: Mapping[str, tuple[str, str, Callable[[Points], bytes]]] = {  # reader -> written by, path, builder
    "tensorboard": ("TensorBoard, tensorboardX, PyTorch, TensorFlow, JAX", "events.out.tfevents.1700000000.host", tensorboard),
    "wandb": ("Weights & Biases", "wandb/run-20250101_000000-abc/run-abc.wandb", wandb),
    "swanlab": ("SwanLab", "swanlog/run-20250101_000000-abc/run-abc.swanlab", swanlab),
    "sqlite": ("trackio", "trackio/project.db", sqlite),
    "parquet": ("pandas, loglint export", "history.parquet", parquet),
}


def _leveldb(header: bytes, records: Sequence[bytes]) -> bytes:
    pieces = (struct.pack("<IHB", zlib.crc32(b"\x01" + record), len(record), 1) + record for record in records)
    return header + b"".join(pieces)


def _history(step: int, values: Mapping[str, float]) -> bytes:
    items = b"".join(_bytes(1, _bytes(1, name.encode()) + _bytes(16, json.dumps(value).encode())) for name, value in values.items())
    return _bytes(2, items + _bytes(2, _whole(1, step)))


def _bytes(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _whole(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
