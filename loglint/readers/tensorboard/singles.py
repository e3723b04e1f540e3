"""Records read one by one: rare layouts, histograms, hyper-parameters, texts, restart markers.

Images, audio and other payloads are passed over. A record that `wire` does not take is given to the protocol buffers of the
tensorboard package.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from struct import unpack_from

import msgspec
import numpy as np

from loglint.model import Floats, Scalar
from loglint.readers import protobuf
from loglint.readers.protobuf import UnusualError
from loglint.readers.tensorboard import wire
from loglint.readers.tensorboard.checksum import masked
from loglint.readers.tensorboard.frames import HEADER
from loglint.readers.tensorboard.hparams import session_config, text_config
from loglint.readers.tensorboard.wire import EventPlaces, Place, Value

Point = tuple[int, float, float, float]  # ordinal, step, wall time, value
Bars = tuple[float, Floats, Floats]  # step, edges, counts
Record = tuple[int, int, int]  # its ordinal in the file, where its payload begins in the bytes at hand, and its size


class Singles(msgspec.Struct):
    """What the records hold beside numbers; keys of the mappings are tags. `unknown` are the offsets of frames without an event."""

    histograms: dict[str, list[Bars]] = msgspec.field(default_factory=dict)
    config: dict[str, Scalar] = msgspec.field(default_factory=dict)
    texts: dict[str, Scalar] = msgspec.field(default_factory=dict)
    restarts: list[tuple[int, float]] = msgspec.field(default_factory=list)  # (ordinal, step)
    plugins: set[str] = msgspec.field(default_factory=set)
    unknown: list[int] = msgspec.field(default_factory=list)


def decode(data: bytes, offset: int, records: Iterable[Record], found: Singles) -> tuple[dict[str, list[Point]], list[int]]:
    """Read records of `data`, which begins at byte `offset` of the file.

    Returns the points of each tag and the ordinals of damaged records; all else is added to `found`.
    """
    points: dict[str, list[Point]] = {}
    damaged: list[int] = []
    view = memoryview(data)
    for ordinal, start, length in records:
        end = start + length
        if int.from_bytes(data[end : end + 4], "little") != masked(view[start:end]):
            damaged.append(ordinal)
            continue
        record = data[start:end]
        try:
            _take(record, wire.parse(record, 0, len(record)), ordinal, points, found)
        except (UnusualError, struct.error):
            if not _take_unusual(record, ordinal, points, found):
                found.unknown.append(offset + start - HEADER)
    return points, damaged


def _take(record: bytes, event: EventPlaces, ordinal: int, points: dict[str, list[Point]], found: Singles) -> None:
    time, step = number(record, event.wall), number(record, event.step)
    if event.session_start:
        found.restarts.append((ordinal, step))
    taken = [_number_or_bars(record, value, step) for value in event.values]
    for value, content in zip(event.values, taken, strict=True):
        if value.plugin is not None:
            found.plugins.add(value.plugin)
        if isinstance(content, float):
            points.setdefault(value.tag, []).append((ordinal, step, time, content))
        elif content is not None:
            found.histograms.setdefault(value.tag, []).append(content)
        elif value.plugin == "hparams":
            found.config.update(session_config(record, value))
        elif value.plugin == "text":
            for key, text in text_config(record, value).items():
                found.texts.setdefault(key, text)


def _number_or_bars(record: bytes, value: Value, step: float) -> float | Bars | None:
    if value.what == "scalar":
        return number(record, value.scalar)
    if value.what == "histogram":
        return (step, *_legacy_histogram(record, value))
    if value.what == "tensor" and value.plugin == "histograms":
        bars = _tensor_histogram(record, value)
        return None if bars is None else (step, *bars)
    return None


def number(record: bytes, place: Place | None) -> float:
    """The number at one place of one record; 0 where the message leaves the field out."""
    if place is None:
        return 0.0
    if place.code not in "vw":
        return float(unpack_from(f"<{place.code}", record, place.at)[0])
    bits = protobuf.varint(record, place.at, place.at + place.width)[0] & 0xFFFFFFFFFFFFFFFF
    if place.code == "w":
        return float(unpack_from("<e", (bits & 0xFFFF).to_bytes(2, "little"))[0])
    return float(bits - (1 << 64) if bits >> 63 else bits)


def _legacy_histogram(record: bytes, value: Value) -> tuple[Floats, Floats]:
    """Edges and counts of a HistogramProto: bucket i ends at bucket_limit[i], the first begins at min, the last ends at max."""
    parts: dict[int, Floats] = {}
    for number_, kind, start, end in protobuf.fields(record, value.start, value.end):
        if (number_, kind) == (5, protobuf.BYTES):
            for inner, inner_kind, a, b in protobuf.fields(record, start, end):
                if inner in parts or (inner_kind == protobuf.BYTES) != (inner in (6, 7)) or (b - a) % 8:
                    raise UnusualError("histogram not packed")
                parts[inner] = np.frombuffer(record, "<f8", (b - a) // 8, a).astype(np.float64)
    nothing = np.zeros(0)
    limits, counts = parts.get(6, nothing), parts.get(7, nothing)
    if len(limits) != len(counts):
        raise UnusualError("as many limits as counts expected")
    return _edges(limits, float(parts.get(1, np.zeros(1))[0]), float(parts.get(2, np.zeros(1))[0])), counts


def _edges(limits: Floats, low: float, high: float) -> Floats:
    """Bucket edges from upper limits and the smallest and largest value, never decreasing: float64[len(limits) + 1]."""
    if len(limits) == 0:
        return np.zeros(0)
    edges = np.concatenate(([min(low, limits[0])], limits))
    if len(edges) > 2 and edges[-2] <= high < edges[-1]:
        edges[-1] = high
    return edges


def _tensor_histogram(record: bytes, value: Value) -> tuple[Floats, Floats] | None:
    """Edges and counts of a float64 tensor of shape [k, 3] with rows (left, right, count); None when it is none."""
    content = None
    for number_, kind, start, end in protobuf.fields(record, value.start, value.end):
        if (number_, kind) == (8, protobuf.BYTES):
            for inner, inner_kind, a, b in protobuf.fields(record, start, end):
                if inner == 1 and protobuf.varint(record, a, b)[0] != wire.DOUBLE:
                    return None
                if inner_kind == protobuf.BYTES and inner in (4, 6):
                    content = record[a:b]
    if content is None or len(content) % 24:
        return None
    rows = np.frombuffer(content, "<f8").reshape(-1, 3)
    if len(rows) == 0:
        return np.zeros(0), np.zeros(0)
    return np.concatenate((rows[:, 0], rows[-1:, 1])), rows[:, 2].copy()


def _take_unusual(record: bytes, ordinal: int, points: dict[str, list[Point]], found: Singles) -> bool:
    """Read a record by way of the protocol buffers, which write it anew in no unusual form. Whether it is an event."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event()
    try:
        event.ParseFromString(record)
        plain = event.SerializeToString()
        _take(plain, wire.parse(plain, 0, len(plain)), ordinal, points, found)
    except (DecodeError, UnusualError, struct.error):
        return False
    return True
