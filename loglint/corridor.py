"""The way in: paths -> runs with roles. The only place where discovery, readers, runs and roles meet.

Judging lives in `loglint.engine`. Folders are read one run's worth at a time, so that memory does not grow with their number.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from loglint.globs import path_matches
from loglint.model import Problem, Reading, Run, Split
from loglint.remote import is_url
from loglint.roles import UserRole, assign
from loglint.runs import assemble

if TYPE_CHECKING:
    from loglint.config import Loaded
    from loglint.discover import File
    from loglint.planned import Plan
    from loglint.readers import Reader

_LOG = re.compile(
    r"(?i)\.(log|out|err|jsonl|ndjson|csv|tsv|wandb)(\.(gz|zst|xz|bz2))?$|tfevents|^(log|events|metrics|progress)[^/]*$"
)
SOME_LISTS, SOME_BYTES = 50, 4 * 2**20  # of files that are read before runs are made of the first of them
TEXT_SUFFIXES = (".log", ".csv", ".tsv", ".jsonl")  # what should be text: bytes that are none are damage


class TextPattern(msgspec.Struct, frozen=True):
    """A user's regular expression for text logs (named groups become series), the glob of the files it is for, their split."""

    regex: str
    path: str = "**"
    split: Split | None = None


class Settings(msgspec.Struct, frozen=True):
    """What decides how logs are read. `root` is the folder that paths and ids are relative to."""

    root: Path = msgspec.field(default_factory=Path.cwd)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    patterns: tuple[TextPattern, ...] = ()
    roles: tuple[UserRole, ...] = ()
    run_key: str | None = None

    @staticmethod
    def of(loaded: Loaded) -> Settings:
        """The settings that a configuration gives."""
        config = loaded.config
        roles = tuple(
            UserRole(fnmatch.translate(role.name), role.role, None, role.split, role.dataset, role.direction, role.name)
            for role in config.role
        )
        patterns = tuple(TextPattern(pattern.regex, pattern.path, pattern.split) for pattern in config.pattern)
        return Settings(loaded.root, config.include, config.exclude, patterns, roles, config.run_key)


class Batch(msgspec.Struct, frozen=True):
    """Runs whose files were read together, problems of files that belong to no run, and how much was read.

    `unread` are the files that gave nothing, (path, 0, ""), and their lines that speak of a loss or metric, (path, line, text).
    """

    runs: tuple[Run, ...]
    problems: tuple[Problem, ...] = ()
    files: int = 0
    bytes: int = 0
    unread: tuple[tuple[str, int, str], ...] = ()


class _Taken(msgspec.Struct, frozen=True):
    """What was read of files that were planned together; all but `readings` as in a `Batch`."""

    readings: list[Reading]
    problems: tuple[Problem, ...]
    files: int
    bytes: int
    unread: tuple[tuple[str, int, str], ...]


class Collected(msgspec.Struct, frozen=True):
    """Everything below the paths; `unread` as in a `Batch`."""

    runs: tuple[Run, ...]
    problems: tuple[Problem, ...]
    files: int
    bytes: int
    unread: tuple[tuple[str, int, str], ...] = ()


def collect(paths: Sequence[str], settings: Settings | Loaded | None = None) -> Collected:
    """All runs below the paths, sorted by id. Raises InputError for a path that does not exist."""
    batches = list(iter_runs(paths, settings))
    return Collected(
        runs=tuple(sorted((run for batch in batches for run in batch.runs), key=lambda run: run.id)),
        problems=tuple(problem for batch in batches for problem in batch.problems),
        files=sum(batch.files for batch in batches),
        bytes=sum(batch.bytes for batch in batches),
        unread=tuple(left for batch in batches for left in batch.unread),
    )


def iter_runs(paths: Sequence[str], settings: Settings | Loaded | None = None) -> Iterator[Batch]:
    """The runs below the paths, one batch for each folder that may hold a run, in order of folders."""
    from loglint.discover import fetched

    settings = _settings(settings)
    yield from read_batches(fetched(plan(paths, settings)), settings)


def plan(paths: Sequence[str], settings: Settings) -> Plan:
    """The files below the paths, those together that may belong to one run; each list can be read in a process of its own."""
    from loglint.discover import discover
    from loglint.planned import Plan

    return Plan(_named(discover(paths, settings.include, settings.exclude), str(settings.root)))


def is_log(path: str) -> bool:
    """Whether a path says that its file is a log."""
    folder, _, name = path.rpartition("/")
    return _named_log(name) or "tfevents" in folder.lower()


@lru_cache(maxsize=1024)
def _named_log(name: str) -> bool:
    return _LOG.search(name) is not None


def _named(files: Iterable[File], root: str) -> Iterator[File]:
    """The files under the names that reports show: on this machine those of their folders with their own."""
    before = shown = ""
    above = lru_cache(maxsize=64)(os.path.abspath)
    for file in files:
        place = file.place
        if not place or is_url(place):
            yield file
            continue
        if not before or not place.startswith(before) or os.sep in place[len(before) :]:
            folder, name = os.path.split(place)
            before, shown = place[: len(place) - len(name)], _folder_shown(folder, root, above)
        inner = file.path.partition("!")[2]
        path = shown + place[len(before) :] + (f"!{inner}" if inner else "")
        yield file if path == file.path else replace(file, path=path)


def _settings(given: Settings | Loaded | None) -> Settings:
    if given is None:
        return Settings()
    return given if isinstance(given, Settings) else Settings.of(given)


def _folder_shown(folder: str, root: str, absolute: Callable[[str], str]) -> str:
    """How a folder is named in reports, with a slash at its end: below the root by its path from there."""
    above, name = os.path.split(folder)
    plain = bool(above) and name not in ("", os.curdir, os.pardir)
    full = os.path.join(os.path.join(absolute(above), name) if plain else absolute(folder), "")
    base = os.path.join(root, "")
    shown = full[len(base) :] if full.startswith(base) else os.path.join(folder, "") if folder else ""
    return shown.replace(os.sep, "/")


def read_batches(lists: Iterable[Sequence[File]], settings: Settings) -> Iterator[Batch]:
    """What `read_batch` gives of each list, in their order.

    Some small lists are read before their runs are put together, all of them before curves are told what they are: what each of
    these steps needs stays in the processor's cache.
    """
    waiting: list[_Taken] = []
    size = 0
    for files in lists:
        waiting.append(_take(files, settings))
        size += waiting[-1].bytes
        if len(waiting) == SOME_LISTS or size >= SOME_BYTES:
            yield from _batches(waiting, settings)
            waiting, size = [], 0
    yield from _batches(waiting, settings)


def read_batch(files: Sequence[File], settings: Settings) -> Batch:
    """Read files that were planned together: runs with roles, and problems of files that belong to none."""
    (batch,) = _batches([_take(files, settings)], settings)
    return batch


def _batches(taken: Sequence[_Taken], settings: Settings) -> list[Batch]:
    bare = [assemble(one.readings, "", settings.run_key) for one in taken]
    told = [tuple(assign(run, settings.roles) for run in runs) for runs in bare]
    return [Batch(runs, one.problems, one.files, one.bytes, one.unread) for runs, one in zip(told, taken, strict=True)]


def _take(files: Sequence[File], settings: Settings) -> _Taken:
    """What the readers find in files that were planned together."""
    readings: list[Reading] = []
    problems: list[Problem] = []
    unread: list[tuple[str, int, str]] = []
    size = 0
    for file in files:
        found, met, read = _read(file, settings.patterns)
        kept = [one for one in found if _holds(one)]
        if not kept:
            unread.append((file.path, 0, ""))
            unread += [(file.path, line, text) for one in found for line, text in one.unread]
        readings += kept
        problems += met
        size += read
    return _Taken(readings, tuple(problems), len(files), size, tuple(unread))


def _read(file: File, patterns: Sequence[TextPattern]) -> tuple[list[Reading], list[Problem], int]:
    """(readings, problems of the file itself, bytes read). Problems of a reading stay with it unless none holds anything."""
    from loglint.readers import HEAD, reader_for

    likely = file.named or is_log(file.path)
    small = file.size <= HEAD
    head = b"" if small else file.head()
    reader = reader_for(file.path, head) if head else None
    if head and reader is None:
        return [], _nothing(file, (), head), len(head)
    if reader is not None and (taken := _piece_by_piece(file, reader, patterns)) is not None:
        found, problems, size = taken
        return _kept(file, found, problems, likely, size)
    data, problems = file.read()
    reader = reader or (reader_for(file.path, data[:HEAD]) if data else None)
    if reader is None:
        return [], [*_spoken(problems, likely, file.named), *_nothing(file, problems, data[:HEAD])], len(data)
    return _kept(file, _taken(file, data, reader, patterns), problems, likely, len(data))


def _kept(
    file: File, found: Sequence[Reading], problems: Sequence[Problem], likely: bool, size: int
) -> tuple[list[Reading], list[Problem], int]:
    """What `_read` returns of what a reader found in a file of which these problems were met before."""
    kept = [reading for reading in found if _holds(reading)]
    empty = [problem for reading in found if not _holds(reading) for problem in reading.problems]
    if kept:
        kept = kept if file.named else [_without_complaint(reading) for reading in kept]
        if problems:
            kept[0] = replace(kept[0], problems=(*problems, *kept[0].problems))
        return kept, [], size
    told = [*_spoken((*problems, *empty), likely, file.named), *(_nothing(file, (*problems, *empty)))]
    return list(found), told, size


def _piece_by_piece(
    file: File, reader: Reader, patterns: Sequence[TextPattern]
) -> tuple[Sequence[Reading], Sequence[Problem], int] | None:
    """What a reader of pieces finds, problems met, bytes read; None where a file is to be had as a whole only, or cannot be read.

    `File.read` says why.
    """
    from loglint.readers import BlockReader

    if not isinstance(reader, BlockReader) or _own_patterns(file, reader, patterns):
        return None
    try:
        if (blocks := file.blocks()) is None:
            return None
        return reader.read_blocks(file.path, blocks), blocks.problems, blocks.length
    except OSError:
        return None


def _own_patterns(file: File, reader: Reader, patterns: Sequence[TextPattern]) -> Sequence[TextPattern]:
    """The user's patterns that hold for a file: one that they name by its path is read as text, whatever it looks like."""
    mine = [pattern for pattern in patterns if pattern.path == "**" or path_matches(file.path, pattern.path)]
    return mine if reader.FORMAT == "text" or any(pattern.path != "**" for pattern in mine) else ()


def _taken(file: File, data: bytes, reader: Reader, patterns: Sequence[TextPattern]) -> Sequence[Reading]:
    """What the reader finds, or the text reader with the user's patterns."""
    mine = _own_patterns(file, reader, patterns)
    if not mine:
        return reader.read(file.path, data)
    from loglint.readers import text
    from loglint.readers.text.patterns import UserPattern

    return text.read(file.path, data, [UserPattern(pattern.regex, pattern.split) for pattern in mine])


def _holds(reading: Reading) -> bool:
    return bool(reading.series or reading.histograms or reading.config or reading.summary or reading.events)


def _without_complaint(reading: Reading) -> Reading:
    """A file that the user did not name may be no log (a run's settings, its console output) without a word."""
    problems = tuple(problem for problem in reading.problems if problem.kind != "not_a_log")
    return reading if len(problems) == len(reading.problems) else replace(reading, problems=problems)


def _spoken(problems: Iterable[Problem], likely: bool, named: bool) -> list[Problem]:
    """The problems to report of a file that gave nothing: damage where a log was to be expected, the rest where it was named.

    What a store does not hand out is always said: it may be there another time.
    """
    return [problem for problem in problems if (likely and problem.kind != "not_a_log") or named or _is_unfetched(problem)]


def _is_unfetched(problem: Problem) -> bool:
    return problem.kind == "unreadable" and is_url(problem.path)


def _nothing(file: File, problems: Sequence[Problem], head: bytes = b"") -> list[Problem]:
    if not problems and _binary(head) and (file.named or file.path.endswith(TEXT_SUFFIXES)):
        return [Problem("unreadable", file.path, "it is binary, and in no format that loglint reads")]
    if not file.named or problems:
        return []
    return [Problem("not_a_log", file.path, "no reader finds a training log in it; see `loglint show --unread`")]


def _binary(head: bytes) -> bool:
    """Whether bytes are no text in any encoding: control characters that no log prints, and no byte order mark of UTF-16."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    odd = len(head) - len(head.translate(None, delete=bytes(range(7)) + bytes(range(14, 27))))
    return odd > 0.02 * len(head)
