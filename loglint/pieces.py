"""The bytes of one file in pieces of 4 MB, as they were before compression, so that a file need not be in memory as a whole.

What undoes compression, and within which bounds, lives in `loglint.unpack`; which files there are, in `loglint.discover`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from loglint.model import Problem
from loglint.unpack import BrokenError, RefusedError, broken_off, inflate, is_compressed

BLOCK = 4 * 2**20  # bytes of a piece, at the least where a stream unpacks to more at once


class Stream(Protocol):
    """Bytes in order, from their beginning."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...

    def seek(self, place: int, /) -> int:
        """Go on at a place."""
        ...


class Blocks:
    """The bytes of a file in pieces; when all were had, how many they were (`length`), and what was met on the way (`problems`).

    Iterating raises OSError when a piece cannot be read, or when the file unpacks to more than its bounds.
    """

    def __init__(self, path: str, opened: Callable[[], AbstractContextManager[Stream]], size: int) -> None:
        """`size`: bytes before anything is unpacked; `opened` begins anew each time."""
        self._path, self._opened, self._size = path, opened, size
        self._taken = 0  # bytes of the size that were had
        self.length = 0
        self.problems: tuple[Problem, ...] = ()

    def __length_hint__(self) -> int:
        """How many pieces there are, as the first ones let expect."""
        share = self._taken / self._size if self._taken and self._size else 1.0
        return max(math.ceil(self.length / share / BLOCK), 1)

    def __iter__(self) -> Iterator[bytes]:
        self._taken, self.length, self.problems = 0, 0, ()
        with self._opened() as stream:
            packed = is_compressed(stream.read(6))
            stream.seek(0)
            for piece in self._unpacked(stream) if packed else iter(lambda: self._read(stream, BLOCK), b""):
                self.length += len(piece)
                yield piece

    def _read(self, stream: Stream, size: int) -> bytes:
        piece = stream.read(size)
        self._taken += len(piece)
        return piece

    def _unpacked(self, stream: Stream) -> Iterator[bytes]:
        parts: list[bytes] = []
        held = 0
        try:
            for part in inflate(lambda size: self._read(stream, size), self._size):
                parts.append(part)
                held += len(part)
                if held >= BLOCK:
                    piece, held = b"".join(parts), 0
                    parts.clear()
                    yield piece
        except RefusedError as refused:
            raise OSError(str(refused)) from None
        except BrokenError as broken:
            self.problems = (broken_off(self._path, broken),)
        if parts:
            yield b"".join(parts)
