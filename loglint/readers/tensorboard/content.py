"""All that one event file holds: the points of each tag in one column, and what else its records say.

The file is taken stretch by stretch (`frames.walk`), and the bytes of each are given up before the next, so that little more
is held than the points. What the content means for a run is said in the package's `read`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import length_hint
from struct import unpack_from
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from loglint.readers.tensorboard import cycles, singles, vectors
from loglint.readers.tensorboard.frames import HEADER, Stretch, walk
from loglint.readers.tensorboard.singles import Point, Singles
from loglint.readers.tensorboard.vectors import Column

Number = TypeVar("Number", np.int64, np.float64)
FIRST_RECORDS = 1000  # among which the wall time of the file's beginning is looked for
WALL_TIME = 0x09  # the key of an event's field
FIRST_RECORD, SMALL = 25, 1 << 20  # bytes of the shortest record with a wall time, and of a file that is followed as a whole


class Content(msgspec.Struct):
    """`columns`: the points of each tag in order of the file, tags in order of their first point. `rest`: all but the points.

    Damaged records and stretches are counted, the first one's offset is kept; so is the offset of the first record that is no
    event. `cut` is where the file, of `length` bytes, ends inside a record. `started` is the wall time of the first sound record.
    """

    columns: dict[str, Column] = msgspec.field(default_factory=dict)
    rest: Singles = msgspec.field(default_factory=Singles)
    records: int = 0
    damaged: int = 0
    first_damaged: int = 0
    cut: int | None = None
    length: int = 0
    started: float | None = None


class _Growing:
    """The points of one tag, to which more are added."""

    def __init__(self, column: Column, room: int) -> None:
        """`room`: how many times as many points as these are expected."""
        self.tag, self.length = column.tag, len(column.seq)
        self.arrays: list[Any] = [column.seq, column.step, column.time, column.value]
        if room > 1:
            self._make_room(room * self.length)

    def extend(self, column: Column) -> None:
        """Add points behind the last one."""
        end = self.length + len(column.seq)
        if end > len(self.arrays[0]):
            self._make_room(2 * end)
        for array, more in zip(self.arrays, (column.seq, column.step, column.time, column.value), strict=True):
            array[self.length : end] = more
        self.length = end

    def whole(self) -> Column:
        """All points; nothing can be added any more."""
        for array in self.arrays:
            if len(array) > self.length:
                array.resize(self.length, refcheck=False)
        seq, step, time, value = self.arrays
        return Column(self.tag, seq, step, time, value)

    def _make_room(self, length: int) -> None:
        for i, array in enumerate(self.arrays):
            self.arrays[i] = np.empty(length, dtype=array.dtype)
            self.arrays[i][: self.length] = array[: self.length]


def gather(blocks: Iterable[bytes]) -> Content:
    """The content of a file whose bytes are these, in pieces of any length."""
    content = Content()
    curves: dict[str, _Growing] = {}
    room = 0
    for stretch in walk(blocks):
        room = 1 if room else length_hint(blocks, 1)  # of what begins later no more is expected: it may end soon
        for column in _points(stretch, content):
            if column.tag in curves:
                curves[column.tag].extend(column)
            else:
                curves[column.tag] = _Growing(column, room)
        del stretch  # its bytes, before the next ones are read
    content.columns = {tag: curve.whole() for tag, curve in curves.items()}
    return content


def gather_whole(data: bytes) -> Content:
    """The same of all bytes of a file at once: a small one like those before it is not searched for records."""
    followed = cycles.follow(data) if FIRST_RECORD <= len(data) <= SMALL and data[HEADER] == WALL_TIME else None
    if followed is None:
        return gather((data,))
    content = Content(records=followed.records, length=len(data), started=_wall_time(data, HEADER))
    points, damaged = singles.decode(data, 0, followed.between, content.rest)
    if damaged:
        return gather((data,))
    content.columns = {column.tag: column for column in _by_tag(followed.columns, points)}
    return content


def _points(stretch: Stretch, content: Content) -> list[Column]:
    """The points of one stretch, tags in order of their first point; all else goes into `content`."""
    rest, first = content.rest, content.records
    columns, among = cycles.decode(stretch, first)
    grouped = vectors.decode(stretch.data, stretch.at, stretch.size, among, first)
    alone = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *grouped.left]))
    records = zip((alone + first).tolist(), stretch.at[alone].tolist(), stretch.size[alone].tolist(), strict=True)
    points, found = singles.decode(stretch.data, stretch.offset, records, rest)
    damaged = [ordinal - first for ordinal in found] + [ordinal for some in grouped.damaged for ordinal in some.tolist()]
    if content.started is None and first < FIRST_RECORDS:
        content.started = _started(stretch, set(damaged), FIRST_RECORDS - first)
    offsets = [*stretch.lost, *(stretch.offset + int(stretch.at[ordinal]) - HEADER for ordinal in damaged)]
    if offsets and not content.damaged:
        content.first_damaged = min(offsets)
    content.damaged += len(offsets)
    content.records += len(stretch.at)
    content.cut, content.length = stretch.cut, stretch.offset + len(stretch.data)
    return _by_tag([*columns, *grouped.columns], points)


def _by_tag(columns: Sequence[Column], points: dict[str, list[Point]]) -> list[Column]:
    """One column for each tag, its points in order of the file; tags in order of their first point."""
    pieces: dict[str, list[Column]] = {}
    for column in (column for column in columns if len(column.seq)):
        pieces.setdefault(column.tag, []).append(column)
    for tag, found in points.items():
        seq, step, time, value = (np.array(part) for part in zip(*found, strict=True))
        pieces.setdefault(tag, []).append(Column(tag, seq.astype(np.int64), step, time, value))
    joined = [_in_order(tag, parts) for tag, parts in pieces.items()]
    return sorted(joined, key=lambda column: int(column.seq[0]))


def _in_order(tag: str, parts: list[Column]) -> Column:
    """Points that were decoded in parts, in order of their records."""
    joined = _end_to_end(tag, sorted(parts, key=lambda part: int(part.seq[0])))
    seq = joined.seq
    if len(parts) == 1 or (seq[1:] >= seq[:-1]).all():
        return joined
    order = np.argsort(seq, kind="stable")
    return Column(tag, seq[order], joined.step[order], joined.time[order], joined.value[order])


def _end_to_end(tag: str, parts: list[Column]) -> Column:
    """The parts one after the other. Takes them out of the list, and gives each array up when it is joined."""
    if len(parts) == 1:
        return parts[0]
    seqs, steps, times, values = ([getattr(part, name) for part in parts] for name in ("seq", "step", "time", "value"))
    parts.clear()
    return Column(tag, _joined(seqs), _joined(steps), _joined(times), _joined(values))


def _joined(arrays: list[NDArray[Number]]) -> NDArray[Number]:
    whole = np.concatenate(arrays)
    arrays.clear()
    return whole


def _started(stretch: Stretch, damaged: set[int], most: int) -> float | None:
    """Wall time of the first of at most so many records whose checksum is right."""
    for ordinal in range(min(len(stretch.at), most)):
        at = int(stretch.at[ordinal])
        if ordinal not in damaged and stretch.size[ordinal] >= 9 and stretch.data[at] == WALL_TIME:
            return _wall_time(stretch.data, at)
    return None


def _wall_time(data: bytes, at: int) -> float:
    """The wall time of a record that begins with it."""
    return float(unpack_from("<d", data, at + 1)[0])
