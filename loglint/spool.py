"""Records of bytes, one after another: in memory while they are few, then in a temporary file that has no name.

For what is kept of every run of a sweep, so that memory does not grow with their number. What the bytes mean is the business of
those who put them there.
"""

from __future__ import annotations

import contextlib
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO

HELD = 1 << 18  # bytes that are held before they go to the file, and read from it at a time


class Spool:
    """Bytes under the numbers 0, 1, 2 and so on, eight bytes of memory for each; where no file can be had all stays in memory."""

    def __init__(self) -> None:
        self._ends = array("Q")
        self._held = bytearray()
        self._filed = 0  # bytes in the file; those that are held come after them
        self._file: IO[bytes] | None = None
        self._full = False
        self._block, self._block_start, self._next = b"", 0, 0

    def add(self, record: bytes) -> int:
        """Keep a record; its number."""
        self._held += record
        self._ends.append(self._filed + len(self._held))
        if len(self._held) > HELD and not self._full:
            self._spill()
        return len(self._ends) - 1

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[bytes]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> bytes:
        """The record of that number, from 0 on; raises IndexError where there is none, OSError when the file cannot be read."""
        end = self._ends[number]
        start = self._ends[number - 1] if number else 0
        if start >= self._filed:
            return bytes(self._held[start - self._filed : end - self._filed])
        if start < self._block_start or end > self._block_start + len(self._block):
            self._load(start, end - start)
        self._next = end
        record = self._block[start - self._block_start : end - self._block_start]
        if len(self._block) > HELD:
            self._block = b""  # a large record is nobody's but the caller's
        return record

    def _load(self, start: int, size: int) -> None:
        """Bring a record into the block: with those after it where records are read in order, else alone."""
        wanted = max(size, HELD) if start == self._next else size
        file = self._open()
        file.seek(start)
        self._block, self._block_start = file.read(min(wanted, self._filed - start)), start
        if len(self._block) < size:
            raise OSError(None, "a temporary file lost what was in it")

    def _spill(self) -> None:
        """Bring what is held to the file."""
        try:
            file = self._open()
            file.seek(self._filed)
            rest = memoryview(self._held)
            while rest:
                rest = rest[file.write(rest) :]
        except OSError:  # there is no folder for it, or the disk is full
            self._full = True
            return
        self._filed += len(self._held)
        self._held = bytearray()

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # it lasts as long as the spool
        return self._file

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
