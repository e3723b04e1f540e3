"""Compressed bytes -> bytes, within bounds: gzip, bzip2, xz, zstandard by their magic numbers.

What is in an archive lives in `loglint.archives`. A stream that breaks off gives everything before the break and a
`truncated` problem; one that grows beyond `MAX_BYTES`, or beyond `MAX_RATIO` times its size, is refused.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Protocol

from loglint.model import Problem

MAX_BYTES = 4 * 2**30
MAX_RATIO = 500  # logs compress 5 to 100 times; a file of zeros 1 000 times and more
FREE_BYTES = 64 * 2**20  # below this size the ratio does not matter
CHUNK = 8192  # small, since one chunk may unpack to 10 000 times its size


class _Decompressor(Protocol):
    @property
    def unused_data(self) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class RefusedError(Exception):
    """A stream that grows beyond its bounds; the message says how."""


class BrokenError(Exception):
    """A stream that ends too early or is damaged; the message says which."""


def decompress(raw: bytes, path: str, limit: int = MAX_BYTES) -> tuple[bytes, tuple[Problem, ...]]:
    """The bytes as they were before compression (at least `limit` of them where there are so many), and problems.

    Bytes in no known compression are returned as they are. Streams put end to end (appended gzip logs) are read on.
    """
    if _decompressor(raw) is None:
        return _bounded(raw, path)
    out = io.BytesIO()
    try:
        for part in inflate(io.BytesIO(raw).read, len(raw)):
            out.write(part)
            if limit <= out.tell() and limit < MAX_BYTES:
                break
    except RefusedError as refused:
        return b"", (Problem("refused", path, str(refused)),)
    except BrokenError as broken:
        return out.getvalue(), (broken_off(path, broken),)
    return out.getvalue(), ()


def broken_off(path: str, broken: BrokenError) -> Problem:
    """What is said of a file in which a stream is broken."""
    return Problem("truncated", path, f"the compressed data {broken}; everything before that was read")


def is_compressed(head: bytes) -> bool:
    """Whether bytes begin as a compressed stream does that `decompress` undoes; six are enough."""
    return _decompressor(head[:6]) is not None


def _bounded(raw: bytes, path: str) -> tuple[bytes, tuple[Problem, ...]]:
    if len(raw) > MAX_BYTES:
        return b"", (Problem("refused", path, f"is larger than {MAX_BYTES >> 30} GiB, the most that is read of one file"),)
    return raw, ()


def beyond_bounds(size: int, packed: int) -> bool:
    """Whether so many bytes are more than is unpacked of any file, or of one with so many bytes."""
    return size > MAX_BYTES or (size > FREE_BYTES and size > MAX_RATIO * packed)


def inflate(read: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    """The content of streams put end to end, part by part; `read` gives their next bytes, `size` is how many there are in all.

    Raises BrokenError behind all that could be had, and RefusedError where it grows beyond its bounds.
    """
    import lzma
    import zlib

    given = 0
    held = read(CHUNK)
    while held and (stream := _decompressor(held[:6])) is not None:
        while not stream.eof:
            if not held:
                raise BrokenError("breaks off")
            try:
                part = stream.decompress(held)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
                raise BrokenError("is damaged") from None
            given += len(part)
            if part:
                yield part
            if beyond_bounds(given, size):
                raise RefusedError(f"unpacks to more than {given >> 20} MiB from {size} bytes")
            held = b"" if stream.eof else read(CHUNK)
        rest = stream.unused_data
        held = rest + read(CHUNK - len(rest))


def _decompressor(raw: bytes) -> _Decompressor | None:
    if raw[:2] == b"\x1f\x8b":
        import zlib

        return zlib.decompressobj(wbits=31)
    if raw[:3] == b"BZh":
        import bz2

        return bz2.BZ2Decompressor()
    if raw[:6] == b"\xfd7zXZ\x00":
        import lzma

        return lzma.LZMADecompressor()
    if raw[:4] == b"\x28\xb5\x2f\xfd":
        return _Zstandard()
    return None


class _Zstandard:
    """zstandard's stream object with the errors of the standard library's."""

    def __init__(self) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._stream = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, /) -> bytes:
        try:
            return self._stream.decompress(data)
        except self._error as error:
            raise ValueError(str(error)) from error
