"""Records that come in one order over and over -> columns: each turn of a training loop is a row, whatever sizes its records have.

What the records of a turn are is remembered, since the files of a sweep have the same few kinds of turns: `follow` takes a small
file of such turns apart without searching for records at all. Every row is compared with an example in all bits but those of
numbers, headers too, and every checksum is verified; rows that are not as the others are, and records that come in no order, are
left to `vectors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec
import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools, Floats, Ints
from loglint.readers.protobuf import UnusualError
from loglint.readers.tensorboard.checksum import Bytes, Checksums, masked, sound, unmasked
from loglint.readers.tensorboard.frames import FRAME, HEADER, Stretch, header_of, period
from loglint.readers.tensorboard.singles import Record
from loglint.readers.tensorboard.vectors import Column, varints
from loglint.readers.tensorboard.wire import EventPlaces, Place, parse

LEAST, MOST = 48, 16384  # records among which an order is looked for: of more, those of one size are decoded faster
HISTORY = 128  # sizes in which it is looked for
TURNS = 12  # rows that are worth decoding at once
LONGEST = 4096  # bytes of a row
MOST_KNOWN = 16  # kinds of turns that are remembered
BETWEEN = 24  # records between turns, of more the file is searched for records

Varints = tuple[str, NDArray[np.intp]]  # their code, and the columns of their bytes, intp[n, width]


class _Part(msgspec.Struct, frozen=True):
    """One record of a turn: its tags, and among the numbers of the turn its wall time, its step, and its values."""

    tags: tuple[str, ...]
    wall: int
    step: int
    values: tuple[int, ...]


class Turn(msgspec.Struct, frozen=True):
    """The records of a turn, how many bytes they are, an example, and which of its bits all such turns share (uint64[k]).

    `bits` are those bits of the example, and `shared` which they are, as one integer each. `stored` are the columns of the
    checksums, `plain` those of the example, uint32[p]. `fixed` and `varints` are where the numbers lie, these before those, and
    behind them all comes a zero, for what a message leaves out.
    """

    parts: tuple[_Part, ...]
    stride: int
    bits: int
    shared: int
    words: NDArray[np.uint64]
    masks: NDArray[np.uint64]
    stored: NDArray[np.intp]
    plain: Checksums
    varints: tuple[Varints, ...]
    fixed: tuple[Place, ...]

    def fits(self, row: bytes) -> bool:
        """Whether bytes are such a turn but for numbers and checksums."""
        return int.from_bytes(row, "little") & self.shared == self.bits


# sizes of the records of a turn -> what they are: the files of a sweep have the same few
_KNOWN: dict[tuple[int, ...], Turn] = {}


class Followed(msgspec.Struct, frozen=True):
    """A file taken apart: the points of its turns, and the records between them, each with its ordinal, place and size."""

    columns: list[Column]
    between: list[Record]
    records: int


def follow(data: bytes) -> Followed | None:
    """Take a small file apart in which known turns follow one another; None where it is anything else, or damaged."""
    position = records = 0
    columns: list[Column] = []
    between: list[Record] = []
    while position < len(data):
        size = _size(data, position)
        if size is None:
            return None
        turn = _here(data, position, size)
        if turn is None:
            if len(between) == BETWEEN:
                return None
            between.append((records, position + HEADER, size))
            position, records = position + FRAME + size, records + 1
            continue
        rows = _rows(data, position, (len(data) - position) // turn.stride, turn)
        differs = (rows.view("<u8") ^ turn.words) & turn.masks
        if differs.any():
            rows = rows[: int(differs.any(axis=1).argmax())]
        if len(rows) < TURNS or not _sound(rows, turn).all():
            return None
        columns += _columns(rows, turn, np.arange(len(rows)) * len(turn.parts) + records)
        position, records = position + len(rows) * turn.stride, records + len(rows) * len(turn.parts)
    return Followed(columns, between, records) if columns else None


def _size(data: bytes, position: int) -> int | None:
    """The size of the payload of the frame at this place; None where it is damaged or cut."""
    header = data[position : position + HEADER]
    size = int.from_bytes(header[:8], "little")
    return size if position + FRAME + size <= len(data) and header == header_of(size) else None


def _here(data: bytes, position: int, size: int) -> Turn | None:
    """The known kind of turns that begins with a record of this size at this place, and goes on."""
    for sizes, turn in _KNOWN.items():
        if sizes[0] == size and turn.fits(data[position : position + turn.stride]):
            far = position + (TURNS - 1) * turn.stride
            if turn.fits(data[far : far + turn.stride]):
                return turn
    return None


def decode(stretch: Stretch, first: int) -> tuple[list[Column], Ints]:
    """The points of the runs of equal turns in a stretch, and the ordinals of all other records.

    Points are numbered from `first` on, the records that are left from 0.
    """
    columns: list[Column] = []
    left: list[Ints] = []
    if len(stretch.at) > MOST:
        return [], np.arange(len(stretch.at))
    waiting = [(0, len(stretch.at))]
    while waiting:
        begin, end = waiting.pop()
        found = _decoded(stretch, begin, end, first, columns)
        if found is None:
            left.append(np.arange(begin, end))
            continue
        wrong, start, stop = found
        left.append(wrong)
        waiting += [(begin, start), (stop, end)]
    return columns, np.sort(np.concatenate(left))


def _decoded(stretch: Stretch, begin: int, end: int, first: int, columns: list[Column]) -> tuple[Ints, int, int] | None:
    """Add the points of a run of equal turns about the middle of some records; None where there are no turns.

    Returns the ordinals of the records in turns that are not as the others, and the first and last ordinal of the run.
    """
    at, size = stretch.at[begin:end], stretch.size[begin:end]
    found = _turns(at, size, min((len(at) + HISTORY) // 2, len(at))) or _turns(at, size, len(at) // 2)
    return None if found is None else _taken(stretch, begin + found[0], *found[1:], first, columns)


def _taken(
    stretch: Stretch, start: int, count: int, turns: int, stride: int, first: int, columns: list[Column]
) -> tuple[Ints, int, int] | None:
    """Add the points of these turns of `count` records and `stride` bytes; as `_decoded`."""
    sizes, position = tuple(stretch.size[start : start + count].tolist()), int(stretch.at[start]) - HEADER
    turn = _known(sizes, stretch.data[position : position + stride])
    if turn is None:
        return None
    rows = _rows(stretch.data, position, turns, turn)
    right: Bools = (((rows.view("<u8") ^ turn.words) & turn.masks) == 0).all(axis=1)
    right[right] = _sound(rows[right], turn)
    (mine,) = right.nonzero()
    if not len(mine):
        return None
    apart = int(np.diff(mine).min()) if len(mine) > 1 else 1  # tags of equal length: only every so many rows are alike
    if apart > 1 and turns // apart >= TURNS and stride * apart <= LONGEST:
        return _taken(stretch, start, count * apart, turns // apart, stride * apart, first, columns)
    _remember(sizes, turn)
    columns += _columns(rows[mine], turn, first + start + mine * count)
    return np.arange(start, start + turns * count)[np.repeat(~right, count)], start, start + turns * count


def _turns(at: Ints, size: Ints, seen: int) -> tuple[int, int, int, int] | None:
    """The run of turns in which the record before `seen` is: (its first record, records of a turn, turns, bytes of a turn)."""
    if len(at) < LEAST:
        return None
    count = period(size[max(0, seen - HISTORY) : seen].tolist())
    if count is None or len(at) < (TURNS + 1) * count:
        return None
    bytes_on = at[count:] - at[:-count]
    stride = int(bytes_on[seen - count - 1])
    (breaks,) = (bytes_on != stride).nonzero()
    k = int(np.searchsorted(breaks, seen - count - 1))
    begin = int(breaks[k - 1]) + 1 if k else 0
    turns = ((int(breaks[k]) if k < len(breaks) else len(bytes_on)) - begin) // count + 1
    last = begin + turns * count - 1
    if last >= len(at) or int(at[last] + size[last]) + 4 != int(at[begin]) - HEADER + turns * stride:
        turns -= 1  # the last one is cut off, or longer
    adjoining = stride == int(size[begin : begin + count].sum()) + FRAME * count
    return (begin, count, turns, stride) if adjoining and turns >= TURNS and stride <= LONGEST else None


def _rows(data: bytes, position: int, turns: int, turn: Turn) -> Bytes:
    """Copies of the turns from a place on, zeros behind them: uint8[turns, 8 k], C-contiguous."""
    rows = np.zeros((turns, 8 * len(turn.words)), dtype=np.uint8)
    rows[:, : turn.stride] = np.ndarray((turns, turn.stride), np.uint8, data, position)
    return rows


def _sound(rows: Bytes, turn: Turn) -> Bools:
    """Which of the rows, equal to the example but for numbers and checksums, have right checksums throughout, bool[n]."""
    differing = (rows.view("<u8") ^ turn.words).view(np.uint8)  # zeros but for numbers: their checksums differ as they should
    stored = rows.take(turn.stored, axis=1).view("<u4")
    differing[:, turn.stored] = (unmasked(stored) ^ turn.plain).view(np.uint8)
    return sound(differing)


def _columns(rows: Bytes, turn: Turn, ordinals: Ints) -> list[Column]:
    """The points of rows; `ordinals` are those of the first record of each, int64[n]."""
    numbers: list[Floats] = []
    fixed = np.empty((len(turn.fixed), len(rows)))
    with np.errstate(invalid="ignore"):  # signalling NaN
        for code, columns in turn.varints:
            found = varints(rows, code, columns)
            equal = len(found) > 1 and bool((found[1:] == found[0]).all())  # the step of all records of a turn: it is held once
            numbers += [found[0].copy()] * len(found) if equal else list(found)
        for i, place in enumerate(turn.fixed):
            fixed[i] = np.ndarray((len(rows),), f"<{place.code}", rows, place.at, (rows.strides[0],))
    numbers += [*fixed, np.zeros(len(rows))]
    seq = ordinals + np.arange(len(turn.parts))[:, None]
    return [
        Column(tag, seq[i], numbers[part.step], numbers[part.wall], numbers[value])
        for i, part in enumerate(turn.parts)
        for tag, value in zip(part.tags, part.values, strict=True)
    ]


# ---------------------------------------------------------------- what is known of turns


def _known(sizes: tuple[int, ...], row: bytes) -> Turn | None:
    """The records of a turn: known from earlier ones of the same sizes and bytes, else parsed."""
    known = _KNOWN.get(sizes)
    return known if known is not None and known.fits(row) else _parsed(sizes, row)


def _remember(sizes: tuple[int, ...], turn: Turn) -> None:
    if len(_KNOWN) >= MOST_KNOWN and sizes not in _KNOWN:
        _KNOWN.clear()
    _KNOWN[sizes] = turn


def _parsed(sizes: Sequence[int], row: bytes) -> Turn | None:
    """What a row says, when all its records hold scalars only and have right checksums."""
    events: list[EventPlaces] = []
    ends: list[int] = []
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
        events.append(event)
        ends.append(end)
        begin = end + FRAME
    return _made(row, events, ends)


def _made(row: bytes, events: Sequence[EventPlaces], ends: Sequence[int]) -> Turn:
    """The turn whose records in `row` are these and end at these columns."""
    said = [(event.wall, event.step, *(value.scalar for value in event.values)) for event in events]
    places = sorted({place for part in said for place in part if place is not None}, key=_kind)
    number: dict[Place | None, int] = {place: i for i, place in enumerate(places)}
    number[None] = len(places)
    parts = tuple(
        _Part(tuple(value.tag for value in event.values), number[wall], number[step], tuple(number[value] for value in values))
        for event, (wall, step, *values) in zip(events, said, strict=True)
    )
    mask = np.zeros(-(-len(row) // 8) * 8, dtype=np.uint8)
    mask[: len(row)] = 0xFF
    for place in places:
        mask[place.at : place.at + place.width] = 0x80 if place.code in "vw" else 0  # a varint of equal width
    stored = np.array([end + i for end in ends for i in range(4)], dtype=np.intp)
    mask[stored] = 0
    shared = int.from_bytes(mask.tobytes(), "little")
    return Turn(
        parts=parts,
        stride=len(row),
        bits=int.from_bytes(row, "little") & shared,
        shared=shared,
        words=np.frombuffer(row.ljust(len(mask), b"\0"), "<u8"),
        masks=mask.view("<u8"),
        stored=stored,
        plain=unmasked(np.frombuffer(row, np.uint8)[stored].view("<u4")),
        varints=tuple(
            (code, np.array([range(place.at, place.at + width) for place in alike], dtype=np.intp))
            for (_, code, width), alike in groupby(places, _kind)
            if code in "vw"
        ),
        fixed=tuple(place for place in places if place.code not in "vw"),
    )


def _kind(place: Place) -> tuple[bool, str, int]:
    """Sorts varints before other numbers, those of one code and width together."""
    return place.code not in "vw", place.code, place.width
