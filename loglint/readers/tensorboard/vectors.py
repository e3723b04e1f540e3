"""Records of one size -> columns: rows with equal bytes around wall time, step and values are decoded together.

Every record's checksum is verified here or, for the few left over, where they are read one by one (`singles`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools, Floats, Ints
from loglint.readers.tensorboard.checksum import Bytes, masked, masked_rows
from loglint.readers.tensorboard.wire import EventPlaces, Place, UnusualError, parse

FEW = 12  # rows that are cheaper to read one by one
CHUNK = 32768  # rows decoded at a time: they stay in the processor's cache
LONGEST = 4096  # bytes of a record worth grouping
STRIKES = 8  # records in a row that are not of a groupable kind


@dataclass(frozen=True, slots=True)
class Column:
    """Points of one tag: ordinals of their records, steps, wall times and values, each of shape [n]."""

    tag: str
    seq: Ints
    step: Floats
    time: Floats
    value: Floats


@dataclass(frozen=True, slots=True)
class Grouped:
    """What was decoded in vectors; ordinals of records with a wrong checksum; ordinals left to read one by one."""

    columns: list[Column]
    damaged: list[Ints]
    left: list[Ints]


def decode(data: bytes, at: Ints, size: Ints) -> Grouped:
    """Decode all records that occur often in one byte layout; at, size: int64[n], payloads of `data`."""
    grouped = Grouped([], [], [])
    for length in np.unique(size):
        seq = np.flatnonzero(size == length)
        if length > LONGEST or length == 0 or len(seq) < FEW:
            grouped.left.append(seq)
            continue
        width = -(-(int(length) + 4) // 8) * 8
        beyond = at[seq] + width > len(data)
        grouped.left.append(seq[beyond])
        seq = seq[~beyond]
        view = np.ndarray((len(data) - width + 1,), f"V{width}", data, 0, (1,))
        for start in range(0, len(seq), CHUNK):
            some = seq[start : start + CHUNK]
            _split(view[at[some]].view(np.uint8).reshape(len(some), width), int(length), some, grouped)
    return grouped


def _split(rows: Bytes, size: int, seq: Ints, grouped: Grouped) -> None:
    """Divide rows of one size by layout; adds to `grouped`."""
    strikes = 0
    while len(rows) >= FEW and strikes < STRIKES:
        record = rows[0].tobytes()
        places = _groupable(record, size)
        if places is None:
            grouped.left.append(seq[:1])
            rows, seq = rows[1:], seq[1:]
            strikes += 1
            continue
        strikes = 0
        same = _same_layout(rows, record, size, places)
        if same.all():
            _columns(rows, record, size, places, seq, grouped)
            return
        _columns(rows[same], record, size, places, seq[same], grouped)
        rows, seq = rows[~same], seq[~same]
    grouped.left.append(seq)


def _groupable(record: bytes, size: int) -> EventPlaces | None:
    """Places of a record whose values are all scalars and whose checksum is right."""
    if int.from_bytes(record[size : size + 4], "little") != masked(record[:size]):
        return None
    try:
        places = parse(record[:size])
    except UnusualError:
        return None
    return places if places.values and all(value.what == "scalar" for value in places.values) else None


def _variable(places: EventPlaces) -> Iterator[Place]:
    yield from (place for place in (places.wall, places.step, *(value.scalar for value in places.values)) if place is not None)


def _same_layout(rows: Bytes, record: bytes, size: int, places: EventPlaces) -> Bools:
    """Which rows are equal to the record outside of its variable places, with varints of equal width, bool[n]."""
    mask = np.zeros(rows.shape[1], dtype=np.uint8)
    mask[:size] = 0xFF
    for place in _variable(places):
        mask[place.at : place.at + place.width] = 0x80 if place.code in "vw" else 0
    words, template, masks = rows.view("<u8"), np.frombuffer(record, "<u8"), mask.view("<u8")
    differs = np.zeros(len(rows), dtype=np.uint64)
    for column in np.flatnonzero(masks):
        different = words[:, column] ^ template[column]
        if masks[column] != 0xFFFFFFFFFFFFFFFF:
            different &= masks[column]
        differs |= different
    same: Bools = differs == 0
    return same


def _columns(rows: Bytes, record: bytes, size: int, places: EventPlaces, seq: Ints, grouped: Grouped) -> None:
    """Decode rows of one layout, but for those with a wrong checksum."""
    constant = bytearray(record[:size])
    spans = [(place.at, place.at + place.width) for place in _variable(places)]
    for start, end in spans:
        constant[start:end] = bytes(end - start)
    stored: NDArray[np.uint32] = np.ndarray((len(rows),), "<u4", rows, size, (rows.strides[0],))
    right = masked_rows(rows, size, bytes(constant), spans) == stored
    if not right.all():
        grouped.damaged.append(seq[~right])
        rows, seq = rows[right], seq[right]
    time, step = element(rows, places.wall), element(rows, places.step)
    for value in places.values:
        grouped.columns.append(Column(value.tag, seq, step, time, element(rows, value.scalar)))


def element(rows: Bytes, place: Place | None) -> Floats:
    """The number at `place` of each row, float64[n]; zeros where a message leaves the field out."""
    if place is None:
        return np.zeros(len(rows))
    if place.code not in "vw":
        return np.ndarray((len(rows),), f"<{place.code}", rows, place.at, (rows.strides[0],)).astype(np.float64)
    bits = np.zeros(len(rows), dtype=np.uint64)
    for index in range(place.width):
        bits |= (rows[:, place.at + index] & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * index)
    if place.code == "w":
        return bits.astype("<u2").view("<f2").astype(np.float64)
    return bits.view(np.int64).astype(np.float64)
