"""Files -> lists of those that may belong to one run, in order of their folders, packed so that memory hardly grows with them.

What is in a folder is known only when all were walked: a folder above many with logs is a sweep's, and its own files tell of none
of them. Which files there are is the business of `loglint.discover`, how lists are read that of `loglint.corridor`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, groupby
from typing import overload

import msgspec

from loglint import places
from loglint.corridor import is_log
from loglint.discover import File
from loglint.spool import Spool

SWEEP = 8  # folders with logs below another, from which on that one's files tell of none of them
MOST_TOGETHER = 2000  # files that are held in memory before their runs are put together
MOST_BYTES = 256 * 2**20  # the same, in bytes


class _Family(msgspec.Struct, frozen=True, array_like=True):
    """What is asked of the files of one family of folders (`loglint.places.family`) before they are read."""

    folder: str
    count: int
    size: int
    logs: bool  # whether one of them is a log by its name

    @property
    def parts(self) -> list[str]:
        """The folders from the top down, by which families are ordered."""
        return self.folder.split("/")


class _Full(_Family, frozen=True, array_like=True):
    files: list[File]

    @staticmethod
    def of(folder: str, files: Iterable[File]) -> _Full:
        """A family of these files, each path once."""
        unique: dict[str, File] = {}
        for file in files:
            unique.setdefault(file.path, file)
        logs = any(map(is_log, unique))
        return _Full(folder, len(unique), sum(file.size for file in unique.values()), logs, list(unique.values()))


_ENCODER = msgspec.msgpack.Encoder()
_HEAD = msgspec.msgpack.Decoder(_Family)
_FULL = msgspec.msgpack.Decoder(_Full)


class Plan(Sequence[list[File]]):
    """Lists of files, each made anew when it is asked for; `files` are there in all.

    A family takes some twenty bytes of memory; where names are no text, all of it.
    """

    def __init__(self, found: Iterable[File]) -> None:
        self._spool = Spool()
        self._odd: dict[int, _Full] = {}  # whose names are no text
        family = lru_cache(maxsize=64)(places.family)
        last: list[str] = []
        ordered = True
        for folder, files in groupby(found, key=lambda file: family(places.folder_of(file.path))):
            one = _Full.of(folder, files)
            ordered, last = ordered and last < one.parts, one.parts
            self._keep(one)
        self._numbers: Sequence[int] = range(len(self._spool)) if ordered else self._in_order()
        self._starts = array("L", [0])  # where each list begins among the numbers, and where the last ends
        self.files = 0
        self._put_together()

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> list[File]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[File]]: ...
    def __getitem__(self, at: int | slice) -> list[File] | list[list[File]]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        first, end = self._starts[at], self._starts[at + 1]
        return list(chain.from_iterable(self._full(number).files for number in self._numbers[first:end]))

    def __iter__(self) -> Iterator[list[File]]:
        return (self[i] for i in range(len(self)))

    def _keep(self, one: _Full) -> int:
        try:
            return self._spool.add(_ENCODER.encode(one))
        except UnicodeEncodeError:
            number = self._spool.add(b"")
            self._odd[number] = one
            return number

    def _full(self, number: int) -> _Full:
        return self._odd[number] if number in self._odd else _FULL.decode(self._spool[number])

    def _head(self, number: int) -> _Family:
        return self._odd[number] if number in self._odd else _HEAD.decode(self._spool[number])

    def _in_order(self) -> array[int]:
        """The numbers in order of folders, families that were met several times put together."""
        numbers = array("L")
        ordered = sorted(range(len(self._spool)), key=lambda number: self._head(number).parts)
        for folder, met in groupby(ordered, key=lambda number: self._head(number).folder):
            first, *others = met
            again = [file for number in (first, *others) for file in self._full(number).files] if others else ()
            numbers.append(self._keep(_Full.of(folder, again)) if others else first)
        return numbers

    def _put_together(self) -> None:
        """Folders to read together: one and its sub-folders while they are few, so that configs above and sub-runs are seen.

        A folder above many that hold logs is a sweep's, and read alone: settings above several runs are nobody's.
        """
        sweeps = _sweeps(map(self._head, self._numbers))
        top = None
        count = size = 0
        for place, number in enumerate(self._numbers):
            one = self._head(number)
            inside = top is not None and top not in sweeps and (one.folder.startswith(top + "/") or top == "")
            count, size = count + one.count, size + one.size
            self.files += one.count
            if not (inside and count <= MOST_TOGETHER and size <= MOST_BYTES):
                if top is not None:
                    self._starts.append(place)
                top, count, size = one.folder, one.count, one.size
        if top is not None:
            self._starts.append(len(self._numbers))


def _sweeps(families: Iterable[_Family]) -> set[str]:
    """The folders below which many others hold files that are logs by their names; families come in order of their folders."""
    sweeps: set[str] = set()
    above: list[str] = []  # the folder of the last ones, and all above it from the top down
    below: list[int] = []  # how many with logs were met below each of them
    for parent, some in groupby(families, key=lambda one: one.folder.rpartition("/")[0]):
        met = sum(one.logs and bool(one.folder) for one in some)
        parts = parent.split("/") if parent else []
        folders = ["", *("/".join(parts[: depth + 1]) for depth in range(len(parts)))]
        most = min(len(above), len(folders))
        same = next((i for i in range(most) if above[i] != folders[i]), most)
        sweeps.update(folder for folder, count in zip(above[same:], below[same:], strict=True) if count >= SWEEP)
        above, below = folders, [count + met for count in (below[:same] + [0] * (len(folders) - same))]
    sweeps.update(folder for folder, count in zip(above, below, strict=True) if count >= SWEEP)
    return sweeps
