"""Compressed bytes and archives -> bytes, within bounds: gzip, bzip2, xz, zstandard by their magic numbers; zip and tar.

Which files are looked at lives in `loglint.discover`. A stream that breaks off gives everything before the break and a
`truncated` problem; one that grows beyond `MAX_BYTES`, or beyond `MAX_RATIO` times its size, is refused.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Protocol

import msgspec

from loglint.model import Problem

MAX_BYTES = 4 * 2**30
MAX_RATIO = 500  # logs compress 5 to 100 times; a file of zeros 1 000 times and more
FREE_BYTES = 64 * 2**20  # below this size the ratio does not matter
MAX_MEMBERS = 200_000
MAX_ARCHIVE = 8 * 2**30  # all members of one tar together
CHUNK = 8192  # small, since one chunk may unpack to 10 000 times its size
ARCHIVE = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst))$")


class Member(msgspec.Struct, frozen=True):
    """A file inside an archive: its name there and its unpacked size."""

    name: str
    size: int


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
            if given > MAX_BYTES or (given > FREE_BYTES and given > MAX_RATIO * size):
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


def members(path: str) -> Iterator[tuple[Member, bytes | None] | tuple[Problem, None]]:
    """The regular files of an archive, sorted by name; those of a tar with their bytes, those of a zip without.

    An archive that cannot be opened, or breaks off, yields a Problem in the place of a member.
    """
    if path.lower().endswith(".zip"):
        yield from _zip_members(path)
    else:
        yield from _tar_members(path)


def _zip_members(path: str) -> Iterator[tuple[Member, None] | tuple[Problem, None]]:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist()[:MAX_MEMBERS] if not entry.is_dir()]
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield Problem("unreadable", path, f"is no readable zip archive: {error}"), None
        return
    found = [Member(name, entry.file_size) for entry in entries if (name := _inner_name(entry.filename)) is not None]
    for member in sorted(found, key=lambda one: one.name):
        yield member, None


def _tar_members(path: str) -> Iterator[tuple[Member, bytes] | tuple[Problem, None]]:
    import tarfile

    try:
        with open(path, "rb") as stream:
            raw = stream.read()
    except OSError as error:
        yield Problem("unreadable", path, f"cannot be read: {error.strerror}"), None
        return
    data, problems = decompress(raw, path)
    for problem in problems:
        yield problem, None
    found: list[tuple[Member, bytes]] = []
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                name = _inner_name(entry.name)
                stream_in = archive.extractfile(entry) if entry.isreg() and name is not None else None
                if stream_in is None or name is None:
                    continue
                content = stream_in.read()
                total += len(content)
                found.append((Member(name, len(content)), content))
                if total > MAX_ARCHIVE or len(found) > MAX_MEMBERS:
                    message = f"holds more than {len(found)} files or {total >> 30} GiB; the rest was not read"
                    yield Problem("refused", path, message), None
                    break
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        if data and not problems:
            yield Problem("truncated" if found else "unreadable", path, f"is no whole tar archive: {error}"), None
    yield from sorted(found, key=lambda one: one[0].name)


def _inner_name(name: str) -> str | None:
    """The member's path with forward slashes, without leading slashes, `.` and `..`; None when nothing is left."""
    parts = [part for part in re.split(r"[/\\]+", name) if part not in ("", ".", "..")]
    return "/".join(parts) or None


def read_member(path: str, member: Member, shown: str, limit: int) -> tuple[bytes, tuple[Problem, ...]]:
    """The bytes of one member of a zip archive, and problems."""
    try:
        if refusal := refused_member(path, member, shown):
            return b"", (refusal,)
        with open_member(path, member) as stream:
            return decompress(stream.read(min(limit, member.size + 1)), shown, limit)
    except OSError as error:
        return b"", (Problem("unreadable", shown, error.strerror or str(error)),)


def refused_member(path: str, member: Member, shown: str) -> Problem | None:
    """Why a member of a zip archive is not to be unpacked: too large, or too large for its archive. Raises OSError."""
    packed = os.path.getsize(path)
    if member.size > MAX_BYTES or (member.size > FREE_BYTES and member.size > MAX_RATIO * packed):
        return Problem("refused", shown, f"unpacks to {member.size >> 20} MiB from an archive of {packed} bytes")
    return None


@contextmanager
def open_member(path: str, member: Member) -> Iterator[IO[bytes]]:
    """One member of a zip archive, to be read while this lasts. Raises OSError, then too, when it cannot be unpacked."""
    import lzma
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if _inner_name(entry.filename) == member.name and not entry.is_dir():
                    with archive.open(entry) as stream:
                        yield stream
                        return
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, lzma.LZMAError) as error:
        raise OSError(f"cannot be unpacked: {error}") from error
    raise OSError("is no longer in the archive")
