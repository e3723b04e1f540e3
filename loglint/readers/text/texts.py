"""Lines of text that stand in one buffer, each decoded only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from loglint.model import Ints

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
_BLOCK = 1 << 18  # bytes worked on at a time, so that what is computed of them stays in the processor's cache
_NEWLINE = 10
_INNER = bytes(range(0x80, 0xC0))  # bytes that go on with a character
_SPARSE = 16  # times the bytes asked for, from which on it is dearer to look at the whole buffer
_DENSE = 0.5  # share of a stretch of the buffer from which on it is cheaper to take it whole


def blocks(raw: bytes, overlap: int = 0) -> Iterator[tuple[int, Bytes]]:
    """Pieces of a buffer with the place of each, the first bytes of the next piece at the end of each if wanted."""
    every = np.frombuffer(raw, dtype=np.uint8)
    for low in range(0, len(raw), _BLOCK):
        yield low, every[low : low + _BLOCK + overlap]


def places(raw: bytes, byte: int) -> Ints:
    """Where a byte stands in a buffer, int64[found]."""
    found = [np.flatnonzero(block == byte) + low for low, block in blocks(raw)] if byte in raw else []
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def pairs(raw: bytes, pair: bytes) -> int:
    """How often two bytes stand beside each other."""
    first, second = pair
    if first not in raw or second not in raw:
        return 0
    return sum(int(np.count_nonzero((one[:-1] == first) & (one[1:] == second))) for _, one in blocks(raw, 1))


class Texts(Sequence[str]):
    """Lines: `raw[start[i]:end[i]]` is line i in UTF-8, `start` and `end` int64[lines]. The buffer holds no other line feeds than
    those between lines.
    """

    __slots__ = ("end", "raw", "start")

    def __init__(self, raw: bytes, start: Ints, end: Ints) -> None:
        self.raw, self.start, self.end = raw, start, end

    @classmethod
    def parted(cls, raw: bytes, ends: Ints | None = None) -> Texts:
        """The lines of a text; what stands behind the last line feed is a line, were it empty. `ends`: where line feeds stand."""
        ends = places(raw, _NEWLINE) if ends is None else ends
        return cls(raw, np.concatenate([[0], ends + 1]), np.concatenate([ends, [len(raw)]]))

    @classmethod
    def of(cls, lines: Iterable[str]) -> Texts:
        """Lines given one by one."""
        return cls.parted("\n".join(lines).encode("utf-8", "replace"))

    def __len__(self) -> int:
        return len(self.start)

    @overload
    def __getitem__(self, i: int) -> str: ...

    @overload
    def __getitem__(self, i: slice) -> Texts: ...

    def __getitem__(self, i: int | slice) -> str | Texts:
        if isinstance(i, slice):
            return Texts(self.raw, self.start[i], self.end[i])
        return self.raw[self.start[i] : self.end[i]].decode()

    def take(self, index: Ints) -> Texts:
        """Some of the lines."""
        return Texts(self.raw, self.start[index], self.end[index])

    def heads(self, size: int) -> Texts:
        """The first so many characters of each line."""
        short = self.cut(size)
        many = _SPARSE * size * len(self) > len(self.raw)
        if (many and self.raw.isascii()) or b"".join(short.slices()).isascii():
            return short
        return Texts.of([line[:size] for line in self])

    def cut(self, size: int) -> Texts:
        """The first so many bytes of each line."""
        return Texts(self.raw, self.start, np.minimum(self.end, self.start + size))

    def together(self) -> tuple[bytes, Ints, Ints]:
        """A buffer in which these lines stand, in order and perhaps with others between, and where in it they begin and end."""
        if not len(self.start):
            return b"", self.start, self.end
        low, high = int(self.start[0]), int(self.end[-1])
        size = self.end - self.start
        if int(size.sum()) >= _DENSE * (high - low) and (self.start[1:] > self.end[:-1]).all():
            return self.raw[low:high], self.start - low, self.end - low
        text = b"\n".join(self.slices())
        start = np.cumsum(size + 1) - size - 1
        return text, start, start + size

    def slices(self) -> list[bytes]:
        """The lines in UTF-8."""
        raw = self.raw
        return [raw[a:b] for a, b in zip(self.start.tolist(), self.end.tolist(), strict=True)]

    def lengths(self) -> Ints:
        """Characters of each line, int64[lines], of all lines of a buffer."""
        size: Ints = self.end - self.start
        if self.raw.isascii():
            return size
        told = self.raw.translate(None, _INNER)
        return np.diff(np.concatenate([[-1], places(told, _NEWLINE), [len(told)]])) - 1
