"""Paths and globs -> files: what to read, in a stable order, and nothing that cannot be a log.

Walking follows symbolic links once, never honours .gitignore (logs are ignored there), and leaves out version control,
caches, environments, hidden folders, and by name what holds no log (code, images, weights). A file that the user named is
always handed on. Archives are entered one level deep. What the bytes mean is the readers' business (`loglint.readers`);
undoing compression lives in `loglint.unpack`.
"""

from __future__ import annotations

import glob
import io
import os
import posixpath
import stat
import sys
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import groupby, tee
from pathlib import PurePosixPath

import msgspec
from msgspec.structs import replace

from loglint import remote
from loglint.archives import ARCHIVE, MAX_ARCHIVE, Member, members, open_member, read_member, refused_member
from loglint.errors import InputError
from loglint.leftout import Filter, is_own_file, is_own_output, no_log, skipped_folder
from loglint.model import Problem
from loglint.pieces import Blocks
from loglint.unpack import MAX_BYTES, decompress

HEAD = 65536
_WORD = 2**64 - 1
WALKED_ARCHIVE = 256 * 2**20  # larger archives are entered only when named


class File(msgspec.Struct, frozen=True):
    """One file to read. `path` is what reports show (forward slashes; `a.zip!inner/x.csv` inside an archive).

    `named`: the user named this very file. `size` is the size on disk (in an archive: unpacked), in bytes. `version`: what a store
    changes when it changes an object's bytes, "" where it tells nothing.
    """

    path: str
    named: bool
    size: int
    place: str = ""  # where the bytes are on this machine; "" for standard input
    member: Member | None = None
    refusal: Problem | None = None
    content: bytes | None = None
    version: str = ""

    def read(self) -> tuple[bytes, tuple[Problem, ...]]:
        """All bytes, decompressed, and what was met on the way; empty bytes with a problem where nothing could be read."""
        return self._read(MAX_BYTES)

    def head(self) -> bytes:
        """The first 64 KiB, decompressed; empty when the file cannot be read (`read` says why)."""
        return self._read(HEAD)[0][:HEAD]

    def blocks(self) -> Blocks | None:
        """All bytes in pieces, as they were before compression; None where they cannot be had so, or not at all (`read` says).

        Raises OSError where an archive cannot be asked.
        """
        here, member = self.place, self.member
        if self.refusal is not None or self.size > MAX_BYTES or (self.content is None and (not here or remote.is_url(here))):
            return None
        if (content := self.content) is not None:
            return Blocks(self.path, lambda: io.BytesIO(content), len(content))
        if member is not None:
            refused = refused_member(here, member, self.path)
            return None if refused else Blocks(self.path, lambda: open_member(here, member), self.size)
        return Blocks(self.path, lambda: open(here, "rb", buffering=0), self.size)

    def _read(self, limit: int) -> tuple[bytes, tuple[Problem, ...]]:
        if self.refusal is not None:
            return b"", (self.refusal,)
        if self.content is not None:
            return decompress(self.content, self.path, limit)
        if self.member is not None:
            return read_member(self.place, self.member, self.path, limit)
        try:
            if not self.place:
                raw = sys.stdin.buffer.read(MAX_BYTES + 1)
            elif remote.is_url(self.place):
                raw = remote.read(self.place, MAX_BYTES + 1 if limit >= MAX_BYTES else limit)
            else:
                with open(self.place, "rb") as stream:
                    raw = stream.read(-1 if limit >= MAX_BYTES and self.size <= MAX_BYTES else limit)
        except OSError as error:
            return b"", (_unreadable(self.path, error),)
        return decompress(raw, self.path, limit)


def discover(paths: Sequence[str], include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Iterator[File]:
    """Every file to read below `paths` (files, folders, globs, archives, `-` for standard input), sorted within each path.

    `include` and `exclude` are globs over the shown path or the file name and hold for what is found by walking; a file
    named in `paths` is always yielded. Raises InputError for a path that does not exist, naming it and its likely spelling.
    """
    chosen = Filter(tuple(include), tuple(exclude))
    for path in paths:
        if path == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
            yield File("-", True, len(data), content=data)
        elif remote.is_url(path):
            yield from _stored(path, chosen)
        elif os.path.exists(path):
            yield from _below(path, True, chosen)
        elif glob.has_magic(path):
            found = sorted(glob.glob(path, recursive=True))
            if not found:
                raise InputError(f"{path}: no file matches this pattern; quote it, or name a folder")
            for one in found:
                yield from _below(one, False, chosen)
        else:
            raise InputError(_missing(path))


def fetched(lists: Iterable[Sequence[File]]) -> Iterator[list[File]]:
    """The lists of files, those that a store holds with their bytes, fetched many at a time ahead of their use.

    Among them loglint's own outputs are left out, which on a disk the walking does.
    """
    try:
        for far, some in groupby(lists, key=lambda files: any(map(_is_far, files))):
            yield from (_brought_in if far else _here)(some)
    finally:
        _unpacked.cache_clear()


def _here(lists: Iterable[Sequence[File]]) -> Iterator[list[File]]:
    """Lists without a file to fetch."""
    return ([_taken_out(file) for file in files] for files in lists)


def _brought_in(lists: Iterable[Sequence[File]]) -> Iterator[list[File]]:
    """Lists of which each has files to fetch; only such, since those ahead of the reading are held."""
    now, soon = tee(lists)
    brought = remote.ahead(remote.Object(file.place, file.size) for files in soon for file in files if _is_far(file))
    for files in now:
        arrived = [_arrived(file, next(brought)) if _is_far(file) else _taken_out(file) for file in files]
        yield [file for file in arrived if file is not None]


def _is_far(file: File) -> bool:
    return _is_missing(file) and not file.path.startswith(f"{file.place}!")


def _is_missing(file: File) -> bool:
    return file.content is None and file.refusal is None and remote.is_url(file.place)


def _taken_out(file: File) -> File:
    """A file of a store's archive with its bytes, where they are not here already; any other as it is."""
    if not _is_missing(file):
        return file
    inside = _unpacked(file.place, file.version)
    if file.path in inside:
        return replace(file, content=inside[file.path].content, refusal=inside[file.path].refusal)
    whole = inside[file.place].refusal if file.place in inside else None
    return replace(file, refusal=Problem("unreadable", file.path, whole.message if whole else "it is in the archive no more"))


@lru_cache(maxsize=1)
def _unpacked(url: str, _version: str) -> dict[str, File]:
    """What is in a store's archive, by path: of the last one, since its files are asked for one after another."""
    return {file.path: file for file in _brought(url, Filter((), ()))}


def _arrived(file: File, data: bytes | OSError | None) -> File | None:
    if isinstance(data, OSError):
        return replace(file, refusal=_unreadable(file.path, data))
    if data is None:
        return file
    return None if is_own_output(data[:HEAD]) and not file.named else replace(file, content=data, size=len(data))


def _stored(url: str, chosen: Filter) -> Iterator[File]:
    """The objects that a URL names, or that lie below it and may be logs; archives among them are fetched and entered."""
    found = remote.find(url)
    top = url.rstrip("/") + "/"
    for one in remote.below(url) if found is None else found:
        named = found is not None
        parts = PurePosixPath(one.url.removeprefix(top)).parts
        hidden = any(skipped_folder(part) for part in parts[:-1]) or parts[-1].startswith(".") or no_log(parts[-1])
        if not named and (hidden or not chosen.takes(one.url)):
            continue
        if not ARCHIVE.search(one.url.lower()):
            yield File(one.url, named, one.size, one.url, version=one.version)
        elif named or one.size <= WALKED_ARCHIVE:
            yield from _listing(one, chosen)


def _listing(one: remote.Object, chosen: Filter) -> Iterator[File]:
    """The files in a store's archive: with their bytes, or without where the cache knows what is in this version of it."""
    from loglint.cache import digest, opened

    key = digest(
        b"archive", one.url.encode("utf-8", "surrogatepass"), one.version.encode(), repr(chosen).encode("utf-8", "surrogatepass")
    )
    with opened() as cache:
        known = cache.get(key) if one.version else None
        if known is None:
            found = [replace(file, version=one.version) for file in _brought(one.url, chosen)]
            if one.version and not any(file.refusal for file in found):
                with suppress(UnicodeEncodeError):
                    cache.put({key: msgspec.msgpack.encode([replace(file, content=None) for file in found])})
        else:
            found = msgspec.msgpack.decode(known, type=list[File])
    yield from found


def _brought(url: str, chosen: Filter) -> Iterator[File]:
    """The files in an archive that a store holds, with their bytes."""
    with tempfile.NamedTemporaryFile(suffix=posixpath.basename(url)) as copy:
        try:
            copy.write(remote.read(url, MAX_ARCHIVE))
            copy.flush()
        except OSError as error:
            yield File(url, True, 0, refusal=_unreadable(url, error))
            return
        for file in _inside(copy.name, url, chosen):
            data, problems = file.read()
            lost = next(iter(problems), None) if not data else None
            yield replace(file, place=url, member=None, content=data, refusal=lost)


def _below(path: str, named: bool, chosen: Filter) -> Iterator[File]:
    shown = _shown(path)
    if os.path.isdir(path):
        yield from _walk(path, "" if shown == "." else shown.rstrip("/") + "/", chosen)
    elif ARCHIVE.search(path.lower()):
        yield from _inside(path, shown, chosen)
    elif named or chosen.takes(shown):
        yield File(shown, named, _size(path), path)


def _walk(top: str, shown: str, chosen: Filter) -> Iterator[File]:
    """Files below a folder: names sorted, real folders before links to folders, each real folder once."""
    visited = _Visited()
    stack: list[Iterator[tuple[str, str]]] = [iter([(top, shown)])]
    while stack:
        folder, prefix = next(stack[-1], ("", ""))
        if not folder:
            stack.pop()
            continue
        try:
            status = os.stat(folder)
            if visited.again(status):
                continue
            names, links, files = _listed(folder)
        except OSError as error:
            problem = _unreadable(prefix.rstrip("/") or ".", error)
            yield File(problem.path, False, 0, refusal=problem)
            continue
        if folder != top and any(entry.name == "pyvenv.cfg" for entry in files):
            continue
        for entry in files:
            yield from _found(entry, prefix + entry.name, chosen)
        visited.linked = visited.linked or bool(links)
        stack.append(_deeper(folder, prefix, names + links, chosen))


def _listed(folder: str) -> tuple[list[str], list[str], list[os.DirEntry[str]]]:
    """Names of the folders in a folder, of links to folders, and the files (links last), each part sorted by name."""
    names: list[str] = []
    links: list[str] = []
    files: list[os.DirEntry[str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _is_folder(entry):
                files.append(entry)
            elif not skipped_folder(entry.name):
                (links if entry.is_symlink() else names).append(entry.name)
    return sorted(names), sorted(links), sorted(files, key=lambda entry: (entry.is_symlink(), entry.name))


def _deeper(folder: str, prefix: str, names: list[str], chosen: Filter) -> Iterator[tuple[str, str]]:
    """The paths of folders in a folder, and how those of what is in them begin; nothing else of a sweep's folders is held."""
    for name in names:
        if not chosen.drops(prefix + name):
            yield os.path.join(folder, name), prefix + name + "/"


class _Visited:
    """The folders that were walked, by device and inode: looked up from the first link on, since before it none can come again."""

    def __init__(self) -> None:
        self.linked = False
        self._order = array("Q")
        self._known: set[tuple[int, int]] = set()

    def again(self, status: os.stat_result) -> bool:
        """Whether a folder was here before; from now on it was."""
        which = status.st_dev & _WORD, status.st_ino & _WORD
        if not self.linked:
            self._order.extend(which)
            return False
        if self._order:
            self._known.update(zip(self._order[::2], self._order[1::2], strict=True))
            self._order = array("Q")
        known = which in self._known
        self._known.add(which)
        return known


def _found(entry: os.DirEntry[str], shown: str, chosen: Filter) -> Iterator[File]:
    """A walked file when it may be a log, the members of a walked archive, or nothing."""
    if entry.name.startswith(".") or not chosen.takes(shown):
        return
    try:
        status = entry.stat()
    except OSError as error:
        if not entry.is_symlink():
            yield File(shown, False, 0, refusal=_unreadable(shown, error))
        return
    if not stat.S_ISREG(status.st_mode) or no_log(entry.name):
        return
    if ARCHIVE.search(entry.name.lower()):
        if status.st_size <= WALKED_ARCHIVE:
            yield from _inside(entry.path, shown, chosen)
        return
    if not is_own_file(entry.path, entry.name):
        yield File(shown, False, status.st_size, shown if shown == entry.path else entry.path)  # one string where one will do


def _inside(path: str, shown: str, chosen: Filter) -> Iterator[File]:
    for member, content in members(path, is_own_output):
        if isinstance(member, Problem):
            problem = Problem(member.kind, shown, member.message)
            yield File(shown, True, 0, refusal=problem)
            continue
        inner = f"{shown}!{member.name}"
        parts = PurePosixPath(member.name).parts
        hidden = any(skipped_folder(part) for part in parts[:-1]) or parts[-1].startswith(".")
        if hidden or no_log(parts[-1]) or ARCHIVE.search(member.name.lower()) or not chosen.takes(inner):
            continue
        yield File(inner, False, member.size, path, member, content=content)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _shown(path: str) -> str:
    shown = path.replace(os.sep, "/")
    while shown.startswith("./") and len(shown) > 2:
        shown = shown[2:].lstrip("/")
    return shown or "."


def _unreadable(path: str, error: OSError) -> Problem:
    return Problem("unreadable", path, f"cannot be read: {(error.strerror or type(error).__name__).lower()}")


def _missing(path: str) -> str:
    """What to say of a path that does not exist: the deepest folder that does, and the likeliest name in it."""
    parent = os.path.dirname(path.rstrip("/" + os.sep)) or "."
    name = os.path.basename(path.rstrip("/" + os.sep))
    try:
        siblings = os.listdir(parent)
    except OSError:
        return f"{path}: no such file or folder (nor is there {parent})"
    import difflib

    close = difflib.get_close_matches(name, siblings, n=1)
    hint = f'; did you mean "{os.path.join(parent, close[0]) if parent != "." else close[0]}"?' if close else ""
    return f"{path}: no such file or folder{hint}"
