"""Records that come in one order over and over -> columns: each turn of a training loop is a row, whatever sizes its records have.

Every row is compared with the first one in all bits but those of numbers, and every checksum is verified; rows that are
not as the others are, and records that come in no order, are left to `vectors`.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from crc32c import crc32c
from numpy.typing import NDArray

from loglint.model import Bools, Ints
from loglint.readers.protobuf import UnusualError
from loglint.readers.tensorboard.checksum import MASK_DELTA, Bytes, Checksums, masked, rotated, tables_of
from loglint.readers.tensorboard.frames import FRAME, HEADER, Stretch, period
from loglint.readers.tensorboard.vectors import Column, element
from loglint.readers.tensorboard.wire import Place, parse

LEAST, MOST = 48, 16384  # records among which an order is looked for: of more, those of one size are decoded faster
HISTORY = 128  # sizes in which it is looked for
TURNS = 12  # rows that are worth decoding at once
LONGEST = 4096  # bytes of a row
MOST_KNOWN = 16  # orders that are remembered

Parts = tuple["_Part", ...]


class _Part(msgspec.Struct, frozen=True):
    """One record of a turn: its tags, where its numbers lie in a row, and where its checksum does (`end`)."""

    tags: tuple[str, ...]
    wall: Place | None
    step: Place | None
    values: tuple[Place | None, ...]
    end: int

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        places = (self.wall, self.step, *self.values)
        return tuple((place.at, place.at + place.width) for place in places if place is not None)


class _Turn(msgspec.Struct, frozen=True):
    """The records of a turn, an example row, which of its bits all turns share (uint64[k]), and what their checksums are made of.

    `constants` are the rotated checksums with zeros for all numbers, uint32[p]. `columns`, `tables`, `offsets` and `starts` are
    those of `checksum.tables_of` for all records, one after the other; `stored` are the columns of the checksums themselves.
    """

    parts: Parts
    words: NDArray[np.uint64]
    masks: NDArray[np.uint64]
    constants: Checksums
    columns: NDArray[np.intp]
    tables: Checksums
    offsets: NDArray[np.intp]
    starts: NDArray[np.intp]
    stored: NDArray[np.intp]


# sizes of the records of a turn -> what they are: the files of a sweep have the same few
_KNOWN: dict[tuple[int, ...], _Turn] = {}


def decode(stretch: Stretch, first: int) -> tuple[list[Column], Ints]:
    """The points of the longest run of equal turns around the middle of a stretch, and the ordinals of all other records.

    Points are numbered from `first` on, the records that are left from 0.
    """
    everything = np.arange(len(stretch.at))
    found = _turns(stretch)
    if found is None:
        return [], everything
    begin, count, turns, stride = found
    width = -(-stride // 8) * 8
    view: Bytes = np.ndarray((turns, stride), np.uint8, stretch.data, int(stretch.at[begin]) - HEADER, (stride, 1))
    turn = _known(tuple(stretch.size[begin : begin + count].tolist()), view[0].tobytes().ljust(width, b"\0"))
    if turn is None:
        return [], everything
    rows = np.zeros((turns, width), dtype=np.uint8)
    rows[:, :stride] = view
    right = _right(rows, turn)
    (mine,) = right.nonzero()
    if not len(mine):
        return [], everything
    rows = rows if len(mine) == turns else rows[mine]
    ordinals = first + begin + mine * count
    columns: list[Column] = []
    with np.errstate(invalid="ignore"):  # signalling NaN
        for i, part in enumerate(turn.parts):
            seq, step, time = ordinals + i, element(rows, part.step), element(rows, part.wall)
            columns += [Column(tag, seq, step, time, element(rows, at)) for tag, at in zip(part.tags, part.values, strict=True)]
    end = begin + turns * count
    wrong = everything[:0] if len(mine) == turns else everything[begin:end][np.repeat(~right, count)]
    return columns, np.concatenate([everything[:begin], wrong, everything[end:]])


def _turns(stretch: Stretch) -> tuple[int, int, int, int] | None:
    """The first record of a run of turns, records and bytes of one turn, and how many there are: (first, records, turns, bytes)."""
    at, size = stretch.at, stretch.size
    middle = len(at) // 2
    if not LEAST <= len(at) <= MOST:
        return None
    count = period(size[max(0, middle - HISTORY // 2) : middle + HISTORY // 2].tolist())
    if count is None or len(at) < (TURNS + 1) * count:
        return None
    bytes_on = at[count:] - at[:-count]
    middle = min(middle, len(bytes_on) - 1)
    stride = int(bytes_on[middle])
    (breaks,) = (bytes_on != stride).nonzero()
    k = int(np.searchsorted(breaks, middle))
    begin = int(breaks[k - 1]) + 1 if k else 0
    turns = ((int(breaks[k]) if k < len(breaks) else len(bytes_on)) - begin) // count + 1
    last = begin + turns * count - 1
    if last >= len(at) or int(at[last] + size[last]) + 4 != int(at[begin]) - HEADER + turns * stride:
        turns -= 1  # the last one is cut off, or longer
    adjoining = stride == int(size[begin : begin + count].sum()) + FRAME * count
    return (begin, count, turns, stride) if adjoining and turns >= TURNS and stride <= LONGEST else None


def _known(sizes: tuple[int, ...], row: bytes) -> _Turn | None:
    """The records of a turn: known from earlier ones of the same sizes and bytes, else parsed."""
    known = _KNOWN.get(sizes)
    if known is not None and not ((np.frombuffer(row, "<u8") ^ known.words) & known.masks).any():
        return known
    turn = _parsed(sizes, row)
    if turn is not None:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[sizes] = turn
    return turn


def _parsed(sizes: Sequence[int], row: bytes) -> _Turn | None:
    """What a row says, when all its records hold scalars only and have right checksums."""
    parts: list[_Part] = []
    constants: list[np.uint32] = []
    mask = np.full(len(row), 0xFF, dtype=np.uint8)
    begin = HEADER
    for size in sizes:
        end = begin + size
        if int.from_bytes(row[end : end + 4], "little") != masked(row[begin:end]):
            return None
        try:
            event = parse(row, begin, end)
        except UnusualError:
            return None
        if not event.values or any(value.what != "scalar" for value in event.values):
            return None
        tags, values = tuple(value.tag for value in event.values), tuple(value.scalar for value in event.values)
        parts.append(_Part(tags, event.wall, event.step, values, end))
        blank = bytearray(row[begin:end])
        mask[end : end + 4] = 0
        for place in (event.wall, event.step, *values):
            if place is not None:
                mask[place.at : place.at + place.width] = 0x80 if place.code in "vw" else 0  # a varint of equal width
                blank[place.at - begin : place.at - begin + place.width] = bytes(place.width)
        constants.append(rotated(crc32c(blank)))
        begin = end + FRAME
    made = [tables_of(part.end, part.spans) for part in parts]
    columns = np.concatenate([columns for columns, _, _ in made])
    lengths = [len(columns) for columns, _, _ in made]
    return _Turn(
        tuple(parts),
        np.frombuffer(row, "<u8"),
        mask.view("<u8"),
        np.array(constants, dtype=np.uint32),
        columns,
        np.concatenate([tables for _, tables, _ in made]),
        np.arange(len(columns), dtype=np.intp) * 256,
        np.cumsum([0, *lengths[:-1]]),
        np.array([part.end + i for part in parts for i in range(4)], dtype=np.intp),
    )


def _right(rows: Bytes, turn: _Turn) -> Bools:
    """Which rows are equal to the example but for numbers, and have right checksums throughout, bool[n]."""
    stored = rows.take(turn.stored, axis=1).view("<u4") - np.uint32(MASK_DELTA)
    taken = turn.tables.take(rows.take(turn.columns, axis=1) + turn.offsets, mode="wrap")
    sums = np.bitwise_xor.reduceat(taken, turn.starts, axis=1)
    right: Bools = ((sums ^ stored) == turn.constants).all(axis=1)
    right &= ~((rows.view("<u8") ^ turn.words) & turn.masks).any(axis=1)
    return right
