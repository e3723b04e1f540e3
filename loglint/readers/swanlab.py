"""SwanLab's own log of a run (`backup.swanlab`, `run-<id>.swanlab`): its scalars, in order.

The file is cut into records as W&B's is (`loglint.readers.wandb.blocks`); a record is JSON (version 1) or a protocol buffer
(version 2: swanlab/record/v1, swanlab/metric/data/v1). Media, console output and the machine's own metrics are left out. The
database beside it holds no curves, and its older `logs/<metric>/1000.log` are JSON lines (`loglint.readers.json`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

import numpy as np

from loglint.model import Event, Reading, Series, Source
from loglint.readers import documents
from loglint.readers.cells import moment, number
from loglint.readers.protobuf import BYTES, FIXED64, VARINT, UnusualError, fields, inner, varint
from loglint.readers.wandb import blocks

FORMAT = "swanlab"
MAGIC = b":SWL"
_SYSTEM = "__swanlab__"
_SCALAR, _FINISH = 13, 11  # field numbers of Record
Point = tuple[str, float, float, float]  # name, value, step, time


def claims(path: str, head: bytes) -> bool:
    """The four bytes that SwanLab writes first."""
    return head.startswith(MAGIC)


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """Every scalar, in order; a reading without series when none was logged. Never raises on bad bytes."""
    log = blocks.split(data)
    points: list[Point] = []
    events: list[Event] = []
    unknown = 0
    for record in log.records:
        try:
            points += _from_json(record) if record[:1] == b"{" else _from_message(record)
            events += _ending(record, path, len(points) - 1)
        except (UnusualError, ValueError, OverflowError, TypeError):
            unknown += 1
    problems = blocks.problems(path, log, len(data), unknown)
    return (Reading(Source(path, FORMAT, "SwanLab"), _series(path, points), events=tuple(events), problems=problems),)


def _from_json(record: bytes) -> Iterator[Point]:
    value = documents.loads(record)
    if not isinstance(value, dict) or str(value.get("model_type")).upper() != "SCALAR":
        return
    held = value.get("data")
    metric = held.get("metric") if isinstance(held, dict) else None
    if not isinstance(held, dict) or not isinstance(metric, dict):
        return
    found = number(str(metric.get("data")))
    step = number(str(held.get("step", metric.get("index"))))
    time = moment(str(metric.get("create_time", "")))
    if found is not None and not str(held.get("key")).startswith(_SYSTEM):
        yield str(held.get("key")), found, np.nan if step is None else step, np.nan if time is None else time


def _from_message(record: bytes) -> Iterator[Point]:
    place = inner(record, 0, len(record), _SCALAR)
    if place is None:
        return
    name, value, step, time = "", 0.0, 0.0, np.nan  # proto3 leaves out what is zero
    for which, kind, start, end in fields(record, *place):
        if (which, kind) == (1, BYTES):
            name = record[start:end].decode("utf-8", "replace")
        elif (which, kind) == (2, VARINT):
            step = _whole(record, start, end)
        elif (which, kind) == (4, BYTES):
            time = next((_whole(record, a, b) for n, k, a, b in fields(record, start, end) if (n, k) == (1, VARINT)), np.nan)
        elif (which, kind) == (5, BYTES):
            value = next((_double(record, a, b) for n, k, a, b in fields(record, start, end) if (n, k) == (1, FIXED64)), 0.0)
    if name and not name.startswith(_SYSTEM):
        yield name, value, step, time


def _whole(record: bytes, start: int, end: int) -> float:
    return float(varint(record, start, end)[0])


def _double(record: bytes, start: int, end: int) -> float:
    return float(struct.unpack("<d", record[start:end])[0])


def _ending(record: bytes, path: str, seq: int) -> list[Event]:
    """What a run that ended with an error says of it."""
    place = None if record[:1] == b"{" else inner(record, 0, len(record), _FINISH)
    error = None if place is None else inner(record, *place, 2)
    if error is None or error[0] == error[1]:
        return []
    message = record[error[0] : error[1]].decode("utf-8", "replace").strip().splitlines() or [""]
    return [Event("traceback", message[-1][:500], path, seq=seq)]


def _series(path: str, points: Sequence[Point]) -> tuple[Series, ...]:
    rows: dict[str, list[int]] = {}
    for seq, point in enumerate(points):
        rows.setdefault(point[0], []).append(seq)
    table = np.array([point[1:] for point in points], dtype=np.float64).reshape(-1, 3)
    return tuple(
        Series(
            name=name,
            values=table[at, 0],
            seq=np.array(at, dtype=np.int64),
            step=table[at, 1] if np.isfinite(table[at, 1]).any() else None,
            time=table[at, 2] if np.isfinite(table[at, 2]).any() else None,
            path=path,
        )
        for name, at in rows.items()
    )
