"""Records of one size -> columns: rows with equal bytes around wall time, step and values are decoded together.

The checksum of every record that is decoded here is verified; the few left over are read one by one in `singles`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools, Floats, Ints
from loglint.readers.protobuf import UnusualError
from loglint.readers.tensorboard.checksum import Bytes, from_zero, sound, unmasked
from loglint.readers.tensorboard.wire import EventPlaces, Place, parse

FEW = 12  # rows that are cheaper to read one by one
CHUNK = 32768  # rows decoded at a time: they stay in the processor's cache
LONGEST = 4096  # bytes of a record worth grouping
STRIKES = 8  # records in a row that are not of a groupable kind
PEELS = 6  # layouts taken from a chunk one after the other, before keys tell them apart
MOST_KNOWN = 256  # layouts of one size that are remembered, and sizes that are
NARROW = 1024  # rows that are compared in one go
KEY_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Column(msgspec.Struct, frozen=True):
    """Points of one tag: ordinals of their records, steps, wall times and values, each of shape [n]."""

    tag: str
    seq: Ints
    step: Floats
    time: Floats
    value: Floats


class Grouped(msgspec.Struct, frozen=True):
    """What was decoded in vectors; ordinals of records with a wrong checksum; ordinals left to read one by one."""

    columns: list[Column]
    damaged: list[Ints]
    left: list[Ints]


class _Records(msgspec.Struct, frozen=True):
    """The payloads of `size` bytes among those that begin at the offsets `at` of `data`; `first` is the number of the first one.

    Rows end with the payload's checksum and begin up to seven bytes before the payload, so that they are whole words.
    """

    data: bytes
    at: Ints
    size: int
    first: int

    @property
    def width(self) -> int:
        return -(-(self.size + 4) // 8) * 8

    @property
    def end(self) -> int:
        return self.width - 4

    @property
    def start(self) -> int:
        return self.end - self.size

    def rows(self, seq: Ints) -> Bytes:
        """Copies of the records with the ordinals `seq` as `checksum.sound` takes them, zeros before them: uint8[n, width]."""
        view = np.ndarray((len(self.data) - self.width + 1,), f"V{self.width}", self.data, 0, (1,))
        rows = view[self.at[seq] - self.start].view(np.uint8).reshape(len(seq), self.width)
        rows[:, : self.start] = 0
        stored: NDArray[np.uint32] = np.ndarray((len(rows),), "<u4", rows, self.end, (self.width,))
        stored[:] = unmasked(stored) ^ from_zero(self.size)
        return rows


@dataclass(frozen=True, slots=True)
class _Form:
    """Where the numbers of a record lie: wall time and step (None: left out), values, and which bits are no number (uint64[k])."""

    wall: Place | None
    step: Place | None
    values: tuple[Place | None, ...]
    masks: NDArray[np.uint64] = field(compare=False)


class _Layout(msgspec.Struct, frozen=True):
    """A form, the tag of each value, and an example row."""

    form: _Form
    tags: tuple[str, ...]
    row: bytes


class _Numbers(msgspec.Struct, frozen=True):
    """What rows hold if they have one form: arrays of shape [n]."""

    step: Floats
    time: Floats
    values: tuple[Floats, ...]


# size of a record -> shared bits -> their values -> layout: the files of a sweep have the same few layouts
_KNOWN: dict[int, dict[int, dict[int, _Layout]]] = {}


def decode(data: bytes, at: Ints, size: Ints, among: Ints, first: int = 0) -> Grouped:
    """Decode those of the records `among` that occur often in one byte layout; at, size: int64[n], payloads of `data`.

    Points are numbered from `first` on, damaged records and those left over from 0.
    """
    if len(among) < FEW:
        return Grouped([], [], [among])
    grouped = Grouped([], [], [])
    capped = np.minimum(size[among], LONGEST + 1).astype(np.uint16)
    order, counts = among[np.argsort(capped, kind="stable")], np.bincount(capped)
    start = 0
    for length in np.flatnonzero(counts).tolist():
        seq = order[start : start + counts[length]]
        start += counts[length]
        if length > LONGEST or len(seq) < FEW:
            grouped.left.append(seq.copy())
        else:
            _decode_size(_Records(data, at, length, first), seq, grouped)
    return grouped


def _decode_size(records: _Records, seq: Ints, grouped: Grouped) -> None:
    """Decode records of one size: chunk by chunk while a chunk has few layouts, else after telling the layouts apart by keys."""
    mixed: list[Ints] = []
    many = False
    for some in _chunks(seq):
        remaining = some if many else _peel(records, some, grouped)
        many = 2 * len(remaining) > len(some)
        if len(remaining):
            mixed.append(remaining)
    if mixed:
        for part in _alike(records, np.concatenate(mixed)):
            for some in _chunks(part):
                grouped.left.append(_peel(records, some, grouped))


def _chunks(seq: Ints) -> Iterator[Ints]:
    for start in range(0, len(seq), CHUNK):
        yield seq[start : start + CHUNK]


def _peel(records: _Records, seq: Ints, grouped: Grouped) -> Ints:
    """Decode the records that share a layout with the first, then with the first of the others, and so on; what is left over.

    The numbers of all are decoded at once for each form: tags of equal length make layouts of one form.
    """
    rows, seq = _sound(records, seq, grouped)
    strikes = peels = 0
    while len(rows) >= FEW and strikes < STRIKES and peels < PEELS:
        layout = _layout(records, rows[0].tobytes())
        if layout is None:
            grouped.left.append(seq[:1].copy())  # a view would keep the order of all records alive
            rows, seq = rows[1:], seq[1:]
            strikes += 1
            continue
        form, numbers = layout.form, _numbers(rows, layout.form)
        others = np.ones(len(rows), dtype=np.bool_)
        while layout is not None and layout.form == form and peels < PEELS:
            same = _same_layout(rows, layout)
            _columns(records, numbers, layout, seq, same, grouped)
            others &= ~same
            peels += 1
            first = int(others.argmax())
            layout = _layout(records, rows[first].tobytes()) if others[first] else None
        rows, seq = rows[others], seq[others]
    return seq


def _sound(records: _Records, seq: Ints, grouped: Grouped) -> tuple[Bytes, Ints]:
    """The rows and ordinals of the records whose checksums are right; the others are damaged."""
    rows = records.rows(seq)
    right = sound(rows)
    if right.all():
        return rows, seq
    grouped.damaged.append(seq[~right])
    return rows[right], seq[right]


def _layout(records: _Records, row: bytes) -> _Layout | None:
    """The layout of a record whose values are all scalars: one known from earlier records, else one parsed."""
    bits = int.from_bytes(row, "little")
    for shared, layouts in list(_KNOWN.get(records.size, {}).items()):
        if (known := layouts.get(bits & shared)) is not None:
            return known
    layout = _parsed(records, row)
    if layout is not None:
        _remember(records.size, layout)
    return layout


def _parsed(records: _Records, row: bytes) -> _Layout | None:
    """The layout of a record whose values are all scalars."""
    try:
        places = parse(row, records.start, records.end)
    except UnusualError:
        return None
    if not places.values or any(value.what != "scalar" for value in places.values):
        return None
    return _Layout(_form(records, places), tuple(value.tag for value in places.values), row)


def _form(records: _Records, places: EventPlaces) -> _Form:
    values = tuple(value.scalar for value in places.values)
    numbers = [place for place in (places.wall, places.step, *values) if place is not None]
    mask = np.zeros(records.width, dtype=np.uint8)
    mask[records.start : records.end] = 0xFF
    for place in numbers:
        mask[place.at : place.at + place.width] = 0x80 if place.code in "vw" else 0  # a varint of equal width
    return _Form(places.wall, places.step, values, mask.view("<u8"))


def _remember(size: int, layout: _Layout) -> None:
    if len(_KNOWN) >= MOST_KNOWN and size not in _KNOWN:
        _KNOWN.clear()
    known = _KNOWN.setdefault(size, {})
    if sum(map(len, known.values())) >= MOST_KNOWN:
        known.clear()
    shared = int.from_bytes(layout.form.masks.tobytes(), "little")
    known.setdefault(shared, {})[int.from_bytes(layout.row, "little") & shared] = layout


def _same_layout(rows: Bytes, layout: _Layout) -> Bools:
    """Which rows are equal to the example in all bits that the layout shares, bool[n]."""
    words, example, masks = rows.view("<u8"), np.frombuffer(layout.row, "<u8"), layout.form.masks
    if len(rows) < NARROW:
        alike: Bools = ~((words ^ example) & masks).any(axis=1)
        return alike
    differs = np.zeros(len(rows), dtype=np.uint64)
    for column in np.flatnonzero(masks):
        different = words[:, column] ^ example[column]
        if masks[column] != 0xFFFFFFFFFFFFFFFF:
            different &= masks[column]
        differs |= different
    same: Bools = differs == 0
    return same


def _alike(records: _Records, seq: Ints, rounds: int = 8) -> Iterator[Ints]:
    """Divide records into parts that seem to have one layout, by a key of their constant bytes; the last part holds the rest.

    Equal keys are no proof, so the parts are still compared byte by byte. A key is made for the numbers' places in the first
    record; those with other places are told apart in one of the following rounds.
    """
    first = records.rows(seq[:1])
    layout = _layout(records, first[0].tobytes()) if sound(first)[0] else None
    if layout is None:
        yield seq
        return
    key = np.concatenate([_key(records.rows(some).view("<u8"), layout.form.masks) for some in _chunks(seq)])
    order = np.argsort(key, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(key[order])) + 1, len(key))
    counts = np.diff(ends, prepend=0)
    for end, count in zip(ends[counts >= FEW].tolist(), counts[counts >= FEW].tolist(), strict=True):
        yield seq[order[end - count : end]]
    rest = np.sort(seq[order[np.repeat(counts < FEW, counts)]])
    if FEW <= len(rest) < len(seq) and rounds > 1:
        yield from _alike(records, rest, rounds - 1)
    else:
        yield rest


def _key(words: NDArray[np.uint64], masks: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number for each row that is equal for rows equal under the masks, uint64[n] from uint64[n, k]."""
    key = np.zeros(len(words), dtype=np.uint64)
    for column in np.flatnonzero(masks):
        key = (key ^ (words[:, column] & masks[column])) * KEY_FACTOR
        key ^= key >> np.uint64(29)
    return key


def _numbers(rows: Bytes, form: _Form) -> _Numbers:
    """The numbers of rows of one form; those of rows of another mean nothing."""
    with np.errstate(invalid="ignore"):  # signalling NaN
        values = tuple(element(rows, place) for place in form.values)
        return _Numbers(element(rows, form.step), element(rows, form.wall), values)


def _columns(records: _Records, numbers: _Numbers, layout: _Layout, seq: Ints, same: Bools, grouped: Grouped) -> None:
    """Take the points of one layout."""
    step, time, values = numbers.step, numbers.time, numbers.values
    if not same.all():
        (mine,) = same.nonzero()
        seq, step, time = seq.take(mine), step.take(mine), time.take(mine)
        values = tuple(value.take(mine) for value in values)
    seq = seq + records.first
    grouped.columns.extend(Column(tag, seq, step, time, value) for tag, value in zip(layout.tags, values, strict=True))


def element(rows: Bytes, place: Place | None) -> Floats:
    """The number at `place` of each row, float64[n]; zeros where a message leaves the field out."""
    if place is None:
        return np.zeros(len(rows))
    if place.code not in "vw":
        return np.ndarray((len(rows),), f"<{place.code}", rows, place.at, (rows.strides[0],)).astype(np.float64)
    return varints(rows, place.code, np.arange(place.at, place.at + place.width)[None]).ravel()


def varints(rows: Bytes, code: str, columns: NDArray[np.intp]) -> Floats:
    """The varints whose bytes are in these columns (intp[k, width]) of each row, float64[k, n]; of code "w" half floats' bits."""
    bits = np.zeros((len(columns), len(rows)), dtype=np.uint64)
    for index, column in enumerate(columns.T):
        septets = (rows[:, column[0], None] if len(column) == 1 else rows.take(column, axis=1)) & np.uint8(0x7F)
        bits |= septets.T.astype(np.uint64) << np.uint64(7 * index) if index else septets.T
    if code == "w":
        return bits.astype("<u2").view("<f2").astype(np.float64)
    return bits.view(np.int64).astype(np.float64)
