"""Readings -> runs, as a person would group them: folders, files that belong together, their order, their copies.

Pure: nothing is read here. Inside a run `loglint.attempts` finds new beginnings and `loglint.reconcile` copies;
`loglint.places` knows what path names mean, `loglint.roles` later says what the curves are.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from loglint import axes, places
from loglint.attempts import Boundary, Segmented, segment
from loglint.grouping import EVENT_FILES, PRINTED, Placed, clusters, in_drawer
from loglint.model import Attempt, Event, Problem, Reading, Run, Scalar, Series, Source, Split
from loglint.names import parse
from loglint.reconcile import reconcile


def assemble(readings: Sequence[Reading], root: str = "", run_key: str | None = None) -> tuple[Run, ...]:
    """The runs that the readings make, sorted by id; series without roles.

    `root` is the folder that ids are relative to; `run_key` a regular expression for the ids' lasting part. One folder is one
    run, with its split, checkpoint and drawer folders, unless files contradict each other.
    """
    placed = _place(readings, root)
    homes: dict[tuple[str, str], list[Placed]] = {}
    for one in placed:
        homes.setdefault((one.home, one.reading.group), []).append(one)
    groups = Counter(home for home, _ in homes)
    runs: list[Run] = []
    for (home, group), members in sorted(homes.items()):
        if group == "" and groups[home] > 1 and not any(one.reading.series for one in members):
            continue
        shared = homes.get((home, ""), []) if group else []
        extra = [one for one in shared if not one.reading.series]
        for name, cluster in _named(home, group, clusters(members)):
            runs.append(_run(name, [*cluster, *extra], run_key))
    return tuple(sorted(_with_own_ids(_with_outer_config(runs)), key=lambda run: run.id))


# ---------------------------------------------------------------- folders


def _place(readings: Sequence[Reading], root: str) -> list[Placed]:
    folders = []
    for reading in readings:
        path = places.relative(reading.source.path, root)
        folders.append(places.relative(reading.folder, root) if reading.folder else places.folder_of(path))
    curves = {folder for folder, reading in zip(folders, readings, strict=True) if reading.series}
    formats: dict[str, set[str]] = {}
    for folder, reading in zip(folders, readings, strict=True):
        formats.setdefault(folder, set()).add(reading.source.format)
    homes = {folder: _home(folder, curves, formats) for folder in set(folders)}
    return [Placed(reading, folder, *homes[folder]) for folder, reading in zip(folders, readings, strict=True)]


def _home(folder: str, curves: set[str], formats: Mapping[str, set[str]]) -> tuple[str, Split | None]:
    """The folder of the run that a folder's files belong to, and the split said on the way up."""
    split: Split | None = None
    start = folder
    while folder:
        parent = places.folder_of(folder)
        said = places.folder_split(folder)
        if said is not None:
            siblings = {
                s for other in curves if places.folder_of(other) == parent and (s := places.folder_split(other)) and s != said
            }
            if not (siblings or parent in curves or EVENT_FILES in formats.get(start, ())):
                break
            split = split or said
        elif places.folder_rank(folder) is not None:
            pass
        elif places.is_inner(folder):
            if not (parent in curves or places.holds_settings(folder) or posixpath.basename(folder) == "files"):
                break
        elif not places.is_checkpoint(folder) or (start not in curves and not formats.get(parent)):
            break
        folder = parent
    return folder, split


def _with_outer_config(runs: Sequence[Run]) -> list[Run]:
    """A config in a folder without curves goes to the run below it; a run without curves but with configs is none.

    Above several runs it is nobody's: settings of one would be taken for those of another.
    """
    outer = [run for run in runs if not run.series and not run.histograms]
    if not outer:
        return list(runs)
    inner = [run for run in runs if run.series or run.histograms]
    below = {one.id: sum(one.id == "." or run.id.startswith(one.id + "/") for run in inner) for one in outer}
    taken: set[str] = set()
    result = []
    for run in inner:
        above = [one for one in outer if one.config and (one.id == "." or run.id.startswith(one.id + "/"))]
        nearest = max(above, key=lambda one: len(one.id), default=None)
        if nearest is not None and below[nearest.id] == 1 and _depth(run.id) - _depth(nearest.id) <= 2:
            taken.add(nearest.id)
            run = replace(run, config={**nearest.config, **run.config}, sources=(*run.sources, *nearest.sources))
        result.append(run)
    spoken = [run for run in outer if run.id not in taken and (run.events or run.problems or run.summary)]
    return result + spoken


def _depth(path: str) -> int:
    return 0 if path == "." else path.count("/") + 1


# ---------------------------------------------------------------- one run


def _named(home: str, group: str, clusters: Sequence[list[Placed]]) -> Iterable[tuple[str, list[Placed]]]:
    """An id for each cluster: its folder or drawer, and the file's name where that does not tell it apart."""
    for cluster in clusters:
        curves = [one for one in cluster if one.reading.series]
        files = [one.reading.source for one in curves]
        lone = len(files) == 1 and files[0].format != EVENT_FILES and not places.is_plain(files[0].path)
        drawer = posixpath.commonpath([one.folder for one in curves]) if curves and all(map(in_drawer, curves)) else home
        path = home
        if len(clusters) > 1 and drawer != home:
            path = drawer
        elif (len(clusters) > 1 or lone) and files:
            name = posixpath.basename(files[0].path) if len(files) == 1 else places.stem(files[0].path)
            path = posixpath.join(home, name)
        yield posixpath.join(path, group) if group else path or ".", cluster


def _with_own_ids(runs: Sequence[Run]) -> list[Run]:
    """Runs of equal ids get their file's full name, or a number."""
    if len(runs) == 1:
        return list(runs)
    counts = Counter(run.id for run in runs)
    seen: Counter[str] = Counter()
    result = []
    for run in runs:
        if counts[run.id] > 1:
            seen[run.id] += 1
            run = replace(run, id=f"{run.id}#{seen[run.id]}") if seen[run.id] > 1 else run
        result.append(run)
    return result


def _run(run_id: str, members: Sequence[Placed], run_key: str | None) -> Run:
    events: list[Event] = []
    streams: list[Segmented] = []
    for stream in _streams(members):
        segmented, placed = _joined(stream)
        streams.append(segmented)
        events += placed
    leading = max(streams, key=lambda stream: len(stream.attempts), default=None)
    printed = {one.reading.source.path for one in members if one.reading.source.format in PRINTED}
    kept, problems = reconcile([one for stream in streams for one in _in_time(stream, leading)], printed)
    config: dict[str, Scalar] = {}
    summary: dict[str, float] = {}
    for one in members:
        config |= one.reading.config
        summary |= one.reading.summary
    prefixes = _prefixes(members, kept)
    return Run(
        id=run_id,
        key=places.key_of(run_id, run_key),
        sources=_sources(members),
        series=axes.completed(kept),
        histograms=tuple(h for one in members for h in one.reading.histograms),
        config=config,
        summary=summary,
        events=tuple(sorted(events, key=lambda event: (event.path, event.seq, event.line or 0))),
        problems=tuple(dict.fromkeys((*(p for one in members for p in one.reading.problems), *problems, *prefixes))),
        attempts=leading.attempts if leading is not None else (Attempt(0, "start"),),
        unread=tuple((one.reading.source.path, line, text) for one in members for line, text in one.reading.unread),
    )


def _in_time(stream: Segmented, leading: Segmented | None) -> Sequence[Series]:
    """A stream with fewer attempts than the leading one takes them over by wall time, where both know it."""
    if leading is None or len(stream.attempts) == len(leading.attempts):
        return stream.series
    begins = np.full(len(leading.attempts), np.inf)
    for one in leading.series:
        if one.time is not None and one.attempt is not None:
            known = np.isfinite(one.time)
            np.minimum.at(begins, one.attempt[known], one.time[known])
    if not np.isfinite(begins).all() or (np.diff(begins) < 0).any():
        return stream.series
    return [
        one
        if one.time is None or not np.isfinite(one.time).all()
        else replace(one, attempt=np.maximum(np.searchsorted(begins, one.time, side="right") - 1, 0).astype(np.int64))
        for one in stream.series
    ]


def _sources(members: Sequence[Placed]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(one.reading.source for one in members))


def _prefixes(members: Sequence[Placed], kept: Sequence[Series]) -> list[Problem]:
    """Checkpoint folders whose curves were all copies of longer ones."""
    own = {series.path for series in kept}
    return [
        Problem("prefix", one.reading.source.path, "holds an earlier copy of the same curves; the longest copy is judged")
        for one in members
        if one.reading.series and one.reading.source.path not in own and places.is_checkpoint(one.folder)
    ]


def _streams(members: Sequence[Placed]) -> list[list[Placed]]:
    """Files that one writer wrote one after another, in time order."""
    streams: dict[tuple[str, str, str], list[Placed]] = {}
    for one in members:
        path = one.reading.source.path
        event_file = one.reading.source.format == EVENT_FILES
        shape = "" if event_file else places.series_family(path)
        streams.setdefault((one.folder, one.reading.source.format, shape), []).append(one)
    ordered = [sorted(stream, key=_age) if len(stream) > 1 else stream for stream in streams.values()]
    return (
        ordered
        if len(ordered) == 1
        else sorted(ordered, key=lambda stream: (stream[0].folder, -sum(len(s) for one in stream for s in one.reading.series)))
    )


def _age(one: Placed) -> tuple[bool, float, float, tuple[tuple[int, int, str], ...]]:
    started = one.reading.started
    begins = [float(s.epoch[0]) for s in one.reading.series if len(s) == 1 and s.epoch is not None and np.isfinite(s.epoch[0])]
    return started is None, started or 0.0, max(begins, default=0.0), places.natural(one.reading.source.path)


def _joined(stream: Sequence[Placed]) -> tuple[Segmented, list[Event]]:
    """The files of a stream end to end, attempts marked; events with their place in the stream."""
    pieces: dict[tuple[str, Split | None], list[Series]] = {}
    events: list[Event] = []
    forced: list[Boundary] = []
    offset = 0
    for k, one in enumerate(stream):
        reading = one.reading
        shifted = [_shifted(s, offset, one.split) for s in reading.series]
        events += [replace(event, seq=event.seq + offset) for event in reading.events]
        if k and shifted and (reason := _contradiction(stream[k - 1].reading.config, reading.config)):
            forced.append(Boundary("attempt", offset - 1, offset, reason))
        for s in shifted:
            pieces.setdefault((s.name, s.split), []).append(s)
        offset = max([offset, *(int(s.seq[-1]) + 1 for s in shifted if len(s)), *(e.seq + 1 for e in events)])
    segmented = segment([_end_to_end(parts) for parts in pieces.values()], forced)
    path = stream[0].reading.source.path
    events += [Event("resume", boundary.reason, path, None, boundary.after) for boundary in segmented.resumes]
    return segmented, events


def _shifted(series: Series, offset: int, split: Split | None) -> Series:
    """The series with its records counted from `offset` on, and with the folder's split where it states none."""
    if offset == 0 and (series.split or not split):
        return series
    return replace(series, seq=series.seq + offset, split=series.split or split)


def _contradiction(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> str:
    """Why two files cannot be one attempt: a learning rate or batch size that changed between them."""
    for key in sorted(set(before) & set(after)):
        a, b = before[key], after[key]
        name = parse(key)
        watched = name.quantity == "learning_rate" or name.phrase == "batch size"
        if watched and isinstance(a, int | float) and isinstance(b, int | float) and a != b:
            return f"another file begins with {key} {b:g} instead of {a:g}"
    return ""


def _end_to_end(parts: Sequence[Series]) -> Series:
    """One series of several files' parts; lines are kept for the first file only, since a place names one file."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]

    def join(field: str, missing: float) -> Any:
        if all(getattr(part, field) is None for part in parts):
            return None
        kind = next(getattr(part, field).dtype for part in parts if getattr(part, field) is not None)
        blank = [
            np.full(len(part), missing, dtype=kind) if getattr(part, field) is None else getattr(part, field) for part in parts
        ]
        return np.concatenate(blank)

    line = None
    if first.line is not None:
        line = np.concatenate([first.line if part.path == first.path else np.zeros(len(part), dtype=np.int64) for part in parts])
    return replace(
        first,
        values=np.concatenate([part.values for part in parts]),
        seq=np.concatenate([part.seq for part in parts]),
        step=join("step", np.nan),
        epoch=join("epoch", np.nan),
        time=join("time", np.nan),
        stated=join("stated", 0),
        line=line,
    )
