"""Zip and tar archives -> their regular files, and the bytes of each, within bounds.

A file in a zip, or in a tar that is not compressed, is read where it lies. A compressed tar is unpacked once and in order, and what
it holds is kept, large files compressed. Undoing compression lives in `loglint.unpack`; which files are looked at, in
`loglint.discover`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import msgspec

from loglint.model import Problem
from loglint.pieces import BLOCK, Stream
from loglint.unpack import MAX_BYTES, BrokenError, RefusedError, beyond_bounds, broken_off, decompress, inflate, is_compressed

if TYPE_CHECKING:
    import tarfile

MAX_MEMBERS = 200_000
MAX_ARCHIVE = 8 * 2**30  # all members of one tar together
FIRST = 65536  # bytes of a member by which it may be left out
ARCHIVE = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst))$")


class Member(msgspec.Struct, frozen=True):
    """A file inside an archive: its name there, its unpacked size, and where its bytes begin in a tar that is not compressed."""

    name: str
    size: int
    at: int | None = None


Found = tuple[Member, bytes | None]


def members(path: str, left_out: Callable[[bytes], bool]) -> Iterator[Found | tuple[Problem, None]]:
    """The regular files of an archive, sorted by name; those of a compressed tar with their bytes, which may be compressed.

    Of a tar, those whose first bytes are to be `left_out` are. An archive that cannot be opened, or breaks off, yields a Problem in
    the place of a member.
    """
    if path.lower().endswith(".zip"):
        yield from _zip_members(path)
        return
    try:
        size = os.path.getsize(path)
        with open(path, "rb") as stream:
            packed = is_compressed(stream.read(6))
            stream.seek(0)
            if not packed and size > MAX_BYTES:
                yield Problem("refused", path, f"is larger than {MAX_BYTES >> 30} GiB, the most that is read of one file"), None
            else:
                yield from (_packed_tar if packed else _plain_tar)(path, stream, size, left_out)
    except OSError as error:
        yield Problem("unreadable", path, f"cannot be read: {error.strerror}"), None


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


# ---------------------------------------------------------------- tar


def _plain_tar(
    path: str, stream: IO[bytes], size: int, left_out: Callable[[bytes], bool]
) -> Iterator[Found | tuple[Problem, None]]:
    import tarfile

    def found_in(archive: tarfile.TarFile, entry: tarfile.TarInfo, name: str) -> Found | None:
        if entry.issparse():
            content = _opened(archive, entry).read()
            return None if left_out(content[:FIRST]) else (Member(name, len(content)), content)
        if entry.offset_data + entry.size > size:
            raise tarfile.ReadError("unexpected end of data")
        first = _opened(archive, entry).read(FIRST)
        return None if left_out(first) else (Member(name, entry.size, entry.offset_data), None)

    found, told = _walked(path, stream, "r:", found_in)
    for problem in told if size else ():
        yield problem, None
    yield from found


def _packed_tar(
    path: str, stream: IO[bytes], size: int, left_out: Callable[[bytes], bool]
) -> Iterator[Found | tuple[Problem, None]]:
    source = _Unpacked(stream, size)

    def found_in(archive: tarfile.TarFile, entry: tarfile.TarInfo, name: str) -> Found | None:
        inside = _opened(archive, entry)
        first = inside.read(FIRST)
        kept = _kept(first, inside, entry.size)
        return None if left_out(first) else (Member(name, entry.size), kept)

    try:
        found, told = _walked(path, source, "r|", found_in)
        while source.read(BLOCK):
            pass  # what stands behind the archive may be damaged, or too much
    except RefusedError as refused:
        yield Problem("refused", path, str(refused)), None
        return
    if source.broken is not None:
        told = [broken_off(path, source.broken), *(problem for problem in told if problem.kind == "refused")]
    for problem in told if source.given or source.broken else ():
        yield problem, None
    yield from found


def _walked(
    path: str, source: Any, mode: Any, found_in: Callable[[tarfile.TarFile, tarfile.TarInfo, str], Found | None]
) -> tuple[list[Found], list[Problem]]:
    """What is found in the regular files of a tar, sorted by name, and what was met."""
    import tarfile

    found: list[Found] = []
    told: list[Problem] = []
    count = total = 0
    try:
        with tarfile.open(fileobj=source, mode=mode) as archive:
            for entry in archive:
                name = _inner_name(entry.name)
                if not entry.isreg() or name is None:
                    continue
                one = found_in(archive, entry, name)
                found += [] if one is None else [one]
                count, total = count + 1, total + entry.size
                if total > MAX_ARCHIVE or count > MAX_MEMBERS:
                    message = f"holds more than {count} files or {total >> 30} GiB; the rest was not read"
                    told.append(Problem("refused", path, message))
                    break
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        told.append(Problem("truncated" if count else "unreadable", path, f"is no whole tar archive: {error}"))
    return sorted(found, key=lambda one: one[0].name), told


def _opened(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    import tarfile

    stream = archive.extractfile(entry)
    if stream is None:
        raise tarfile.ReadError(f"{entry.name} cannot be read")
    return stream


def _kept(first: bytes, rest: IO[bytes], size: int) -> bytes:
    """The bytes of a member of which the first were read: those of a large one compressed, if they are not."""
    if size <= BLOCK or is_compressed(first):
        return first + rest.read()
    import zstandard

    packer = zstandard.ZstdCompressor(level=1).compressobj()
    parts = [packer.compress(first)]
    while piece := rest.read(BLOCK):
        parts.append(packer.compress(piece))
    packed = b"".join((*parts, packer.flush()))
    return zstandard.decompress(packed, max_output_size=size) if beyond_bounds(size, len(packed)) else packed


class _Unpacked:
    """A compressed stream as a file to be read in order; where it is broken, it ends."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._parts = inflate(stream.read, size)
        self._held = bytearray()
        self.broken: BrokenError | None = None
        self.given = 0

    def read(self, size: int) -> bytes:
        """So many bytes, fewer at the end. Raises RefusedError where the stream grows beyond its bounds."""
        while len(self._held) < size:
            try:
                part = next(self._parts, b"")
            except BrokenError as broken:
                self.broken, part = broken, b""
            if not part:
                break
            self._held += part
        taken = bytes(self._held[:size])
        del self._held[:size]
        self.given += len(taken)
        return taken


def _inner_name(name: str) -> str | None:
    """The member's path with forward slashes, without leading slashes, `.` and `..`; None when nothing is left."""
    parts = [part for part in re.split(r"[/\\]+", name) if part not in ("", ".", "..")]
    return "/".join(parts) or None


# ---------------------------------------------------------------- one member


def read_member(path: str, member: Member, shown: str, limit: int) -> tuple[bytes, tuple[Problem, ...]]:
    """The bytes of one member that was found without them, and problems."""
    try:
        if refusal := refused_member(path, member, shown):
            return b"", (refusal,)
        with open_member(path, member) as stream:
            return decompress(stream.read(min(limit, member.size + 1)), shown, limit)
    except OSError as error:
        return b"", (Problem("unreadable", shown, error.strerror or str(error)),)


def refused_member(path: str, member: Member, shown: str) -> Problem | None:
    """Why a member is not to be unpacked: it is too large, or too large for its archive. Raises OSError."""
    packed = os.path.getsize(path)
    if beyond_bounds(member.size, packed):
        return Problem("refused", shown, f"unpacks to {member.size >> 20} MiB from an archive of {packed} bytes")
    return None


@contextmanager
def open_member(path: str, member: Member) -> Iterator[Stream]:
    """One member, to be read while this lasts. Raises OSError, then too, when it cannot be unpacked."""
    import lzma
    import zipfile
    import zlib

    if member.at is not None:
        with open(path, "rb", buffering=0) as tar:
            yield _Part(tar, member.at, member.size)
            return
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


class _Part:
    """`size` bytes of a file from `at` on, as a file of their own."""

    def __init__(self, stream: IO[bytes], at: int, size: int) -> None:
        self._stream, self._at, self._size = stream, at, size
        self._place = 0
        stream.seek(at)

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(min(size, self._size - self._place))
        self._place += len(piece)
        return piece

    def seek(self, place: int, /) -> int:
        self._place = place
        self._stream.seek(self._at + place)
        return place
