"""Event files for tests, written with the tensorboard package's own messages and record writer, and read back by them."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable

import numpy as np
from google_crc32c import value as crc32c
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.scalar.metadata import create_summary_metadata
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

START = 1_700_000_000.25


def mask(value: int) -> int:
    return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def frame(record: bytes) -> bytes:
    length = struct.pack("<Q", len(record))
    return length + struct.pack("<I", mask(crc32c(length))) + record + struct.pack("<I", mask(crc32c(record)))


def file_of(records: Iterable[Event | bytes]) -> bytes:
    target = io.BytesIO()
    writer = RecordWriter(target)
    for record in records:
        writer.write(record if isinstance(record, bytes) else record.SerializeToString())
    return target.getvalue()


def version() -> Event:
    return Event(wall_time=START, file_version="brain.Event:2")


def simple(tag: str, step: int, value: float, time: float = START) -> Event:
    return Event(wall_time=time, step=step, summary=Summary(value=[Summary.Value(tag=tag, simple_value=value)]))


def tensor(tag: str, step: int, value: object, dtype: object = np.float32, time: float = START, described: bool = True) -> Event:
    one = Summary.Value(tag=tag, tensor=tensor_util.make_tensor_proto(np.array(value, dtype=dtype)))
    if described:
        one.metadata.CopyFrom(create_summary_metadata("", ""))
    return Event(wall_time=time, step=step, summary=Summary(value=[one]))


Points = list[tuple[int, float, float, float]]


def oracle(data: bytes) -> dict[str, Points]:
    """Every scalar as the tensorboard package's messages hold it: tag -> (record, step, wall time, value)."""
    found: dict[str, Points] = {}
    at = ordinal = 0
    while at < len(data):
        size = struct.unpack_from("<Q", data, at)[0]
        event = Event.FromString(data[at + 12 : at + 12 + size])
        for value in event.summary.value:
            kind = value.WhichOneof("value")
            number = None
            if kind == "simple_value":
                number = float(np.float32(value.simple_value))
            elif kind == "tensor" and value.metadata.plugin_data.plugin_name in ("", "scalars"):
                array = tensor_util.make_ndarray(value.tensor)
                number = float(array.item()) if array.size == 1 and array.dtype != object else None
            if number is not None:
                found.setdefault(value.tag, []).append((ordinal, float(event.step), event.wall_time, number))
        at += 16 + size
        ordinal += 1
    return found
