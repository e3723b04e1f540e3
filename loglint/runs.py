"""Readings -> runs, as a person would group them: folders, files that belong together, their order, their copies.

Pure: nothing is read here. Inside a run `loglint.attempts` finds new beginnings and `loglint.reconcile` copies;
`loglint.places` knows what path names mean, `loglint.roles` later says what the curves are.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from loglint import places
from loglint.attempts import Boundary, Segmented, segment
from loglint.model import Attempt, Event, Problem, Reading, Run, Scalar, Series, Source, Split
from loglint.names import parse
from loglint.reconcile import reconcile, same_curve

EVENT_FILES = "tensorboard"
MANY_FILES = 50  # with more in one folder, a file is held against its neighbour only
TABLES = "csv"
TELLING = 3  # different values that make a curve known again
FEW_CURVES = 2  # a table with at most so many may be one of several, one for each metric
LONGEST_GAP = 3  # records that may be missing between two parts of one log
OVERLAP = 0.5  # two logs of the same quantity over this share of the shorter one's steps are two runs


@dataclass(frozen=True, slots=True)
class _Placed:
    """A reading, the folder it lies in, the folder of its run, and the split that folders on the way say."""

    reading: Reading
    folder: str
    home: str
    split: Split | None = None


def assemble(readings: Sequence[Reading], root: str = "", run_key: str | None = None) -> tuple[Run, ...]:
    """The runs that the readings make, sorted by id; series without roles.

    `root` is the folder that ids are relative to; `run_key` a regular expression for the ids' lasting part. One folder is one
    run, with its split, checkpoint and drawer folders, unless files contradict each other.
    """
    placed = _place(readings, root)
    homes: dict[tuple[str, str], list[_Placed]] = {}
    for one in placed:
        homes.setdefault((one.home, one.reading.group), []).append(one)
    lone = {home: [group for h, group in homes if h == home] for home, _ in homes}
    runs: list[Run] = []
    for (home, group), members in sorted(homes.items()):
        if group == "" and len(lone[home]) > 1 and not any(one.reading.series for one in members):
            continue
        shared = homes.get((home, ""), []) if group else []
        extra = [one for one in shared if not one.reading.series]
        for name, cluster in _named(home, group, _clusters(members)):
            runs.append(_run(name, [*cluster, *extra], run_key))
    return tuple(sorted(_with_own_ids(_with_outer_config(runs)), key=lambda run: run.id))


# ---------------------------------------------------------------- folders


def _place(readings: Sequence[Reading], root: str) -> list[_Placed]:
    folders = []
    for reading in readings:
        path = places.relative(reading.source.path, root)
        folders.append(places.relative(reading.folder, root) if reading.folder else places.folder_of(path))
    curves = {folder for folder, reading in zip(folders, readings, strict=True) if reading.series}
    formats: dict[str, set[str]] = {}
    for folder, reading in zip(folders, readings, strict=True):
        formats.setdefault(folder, set()).add(reading.source.format)
    homes = {folder: _home(folder, curves, formats) for folder in set(folders)}
    return [_Placed(reading, folder, *homes[folder]) for folder, reading in zip(folders, readings, strict=True)]


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
        elif places.is_inner(folder):
            named_config = "config" in posixpath.basename(folder) or posixpath.basename(folder) == ".hydra"
            if not (parent in curves or named_config or posixpath.basename(folder) == "files"):
                break
        elif not places.is_checkpoint(folder) or (start not in curves and not formats.get(parent)):
            break
        folder = parent
    return folder, split


def _with_outer_config(runs: Sequence[Run]) -> list[Run]:
    """Configs in a folder without curves go to the runs below it; a run without curves but with configs is none."""
    outer = [run for run in runs if not run.series and not run.histograms]
    inner = [run for run in runs if run.series or run.histograms]
    taken: set[str] = set()
    result = []
    for run in inner:
        above = [one for one in outer if one.config and (one.id == "." or run.id.startswith(one.id + "/"))]
        nearest = max(above, key=lambda one: len(one.id), default=None)
        if nearest is not None and run.id.count("/") - (nearest.id.count("/") if nearest.id != "." else -1) <= 2:
            taken.add(nearest.id)
            run = replace(run, config={**nearest.config, **run.config}, sources=(*run.sources, *nearest.sources))
        result.append(run)
    spoken = [run for run in outer if run.id not in taken and (run.events or run.problems or run.summary)]
    return result + spoken


# ---------------------------------------------------------------- files of one folder


def _clusters(members: Sequence[_Placed]) -> list[list[_Placed]]:
    """The members of one folder, split into runs: files that contradict each other are different runs."""
    members = _first_ranks(_paired_splits(sorted(members, key=lambda one: places.natural(one.reading.source.path))))
    clusters: list[list[_Placed]] = []
    loose = [one for one in members if not one.reading.series]
    curves = [one for one in members if one.reading.series]
    for one in sorted(curves, key=lambda one: one.reading.source.format != EVENT_FILES):
        tried = clusters if len(members) <= MANY_FILES else clusters[-1:]
        home = next((cluster for cluster in tried if _belongs(one, cluster)), None)
        if home is None:
            clusters.append([one])
        else:
            home.append(one)
    if not clusters:
        return [loose] if loose else []
    for one in loose:
        mates = [c for c in clusters if any(places.stem(m.reading.source.path) == places.stem(one.reading.source.path) for m in c)]
        for cluster in mates or clusters:
            cluster.append(one)
    return clusters


def _paired_splits(members: Sequence[_Placed]) -> list[_Placed]:
    """train_log.txt beside val_log.txt: the file's name gives its curves their split."""
    named = [places.split_stem(one.reading.source.path) for one in members]
    pairs: dict[tuple[str, ...], set[Split]] = {}
    for found in named:
        if found is not None:
            pairs.setdefault(found[0], set()).add(found[1])
    return [
        replace(one, split=one.split or found[1]) if found is not None and len(pairs[found[0]]) > 1 else one
        for one, found in zip(members, named, strict=True)
    ]


def _first_ranks(members: Sequence[_Placed]) -> list[_Placed]:
    """Of one job's logs by rank the first is judged; the others stay listed, without curves."""
    ranks = [places.rank_of(one.reading.source.path) for one in members]
    first: dict[str, int] = {}
    for found in ranks:
        if found is not None:
            first[found[0]] = min(found[1], first.get(found[0], found[1]))
    return [
        replace(one, reading=replace(one.reading, series=(), histograms=(), unread=()))
        if found is not None and found[1] != first[found[0]]
        else one
        for one, found in zip(members, ranks, strict=True)
    ]


def _belongs(one: _Placed, cluster: Sequence[_Placed]) -> bool:
    """Whether a file tells of the same run as those of a cluster."""
    return all(_compatible(one, other) for other in cluster if other.reading.series)


def _compatible(a: _Placed, b: _Placed) -> bool:
    """Whether two files of one home may tell of one run: copies, companions, parts of one log, or tables of one metric each."""
    same_format = a.reading.source.format == b.reading.source.format
    if a.folder != b.folder or (same_format and a.reading.source.format == EVENT_FILES):
        return True
    ours, theirs = _curves(a), _curves(b)
    shared = [(x, y) for key, x in ours.items() for y in (theirs.get(key),) if y is not None]
    equal = [same_curve(*((x, y) if len(x) >= len(y) else (y, x))) for x, y in shared if _telling(x)]
    if equal and sum(equal) >= 0.5 * len(equal):
        return True
    companions = _is_companion(a) or _is_companion(b) or _names_match(a, b)
    if any(_rival(x, y) for x, y in shared):
        return companions and not same_format
    if companions:
        return True
    if places.series_family(a.reading.source.path) == places.series_family(b.reading.source.path):
        return all(_goes_on(x, y) for x, y in shared)
    return same_format and not shared and max(len(ours), len(theirs)) <= FEW_CURVES and a.reading.source.format == TABLES


def _telling(series: Series) -> bool:
    """Whether a curve moves enough for an equal one to be its copy, and no other run stuck at the same value."""
    return len(np.unique(series.values[np.isfinite(series.values)])) >= TELLING


def _names_match(a: _Placed, b: _Placed) -> bool:
    return places.stem(a.reading.source.path) == places.stem(b.reading.source.path)


def _goes_on(a: Series, b: Series) -> bool:
    """Whether one of two curves, of which neither is a rival of the other, begins about where the other ends."""
    for name in ("step", "epoch"):
        x, y = a.axis(name), b.axis(name)
        if x is None or y is None or not np.isfinite(x).all() or not np.isfinite(y).all():
            continue
        gap = max(float(x.min() - y.max()), float(y.min() - x.max()))
        spacing = max((float(np.median(np.abs(np.diff(z)))) for z in (x, y) if len(z) > 1), default=np.inf)
        return gap <= LONGEST_GAP * spacing
    return False


def _is_companion(one: _Placed) -> bool:
    return one.reading.source.format == EVENT_FILES or places.is_plain(one.reading.source.path)


def _curves(one: _Placed) -> dict[tuple[str, str, str], Series]:
    """The losses, metrics and rewards of a reading by what their names say."""
    found: dict[tuple[str, str, str], Series] = {}
    for series in one.reading.series:
        name = parse(series.name)
        split = name.split or series.split or one.split or "train"
        if name.quantity in ("loss", "perplexity", "metric", "reward") and not name.derived and len(series):
            part = "_".join((name.component or "", *name.rest, name.dataset or ""))
            found.setdefault((name.quantity, part, split), series)
    return found


def _rival(a: Series, b: Series) -> bool:
    """Whether two curves of one name claim the same stretch of training."""
    for name in ("step", "epoch"):
        x, y = a.axis(name), b.axis(name)
        if x is None or y is None or not np.isfinite(x).any() or not np.isfinite(y).any():
            continue
        low, high = max(np.nanmin(x), np.nanmin(y)), min(np.nanmax(x), np.nanmax(y))
        inside = min(((x >= low) & (x <= high)).sum(), ((y >= low) & (y <= high)).sum())
        return bool(inside >= OVERLAP * min(len(a), len(b)))
    return True


def _named(home: str, group: str, clusters: Sequence[list[_Placed]]) -> Iterable[tuple[str, list[_Placed]]]:
    """An id for each cluster: its folder, and the file's stem where the folder does not tell it apart."""
    for cluster in clusters:
        files = [one.reading.source for one in cluster if one.reading.series]
        lone = len(files) == 1 and files[0].format != EVENT_FILES and not places.is_plain(files[0].path)
        path = home
        if (len(clusters) > 1 or lone) and files:
            path = posixpath.join(home, places.stem(files[0].path) if len(clusters) > 1 else posixpath.basename(files[0].path))
        yield posixpath.join(path, group) if group else path or ".", cluster


def _with_own_ids(runs: Sequence[Run]) -> list[Run]:
    """Runs of equal ids get their file's full name, or a number."""
    counts = Counter(run.id for run in runs)
    seen: Counter[str] = Counter()
    result = []
    for run in runs:
        if counts[run.id] > 1:
            seen[run.id] += 1
            run = replace(run, id=f"{run.id}#{seen[run.id]}") if seen[run.id] > 1 else run
        result.append(run)
    return result


# ---------------------------------------------------------------- one run


def _run(run_id: str, members: Sequence[_Placed], run_key: str | None) -> Run:
    series: list[Series] = []
    events: list[Event] = []
    reasons: list[str] = []
    for stream in _streams(members):
        segmented, placed = _joined(stream)
        series += segmented.series
        events += placed
        reasons += [attempt.reason for attempt in segmented.attempts[len(reasons) + 1 :]]
    kept, problems = reconcile(series)
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
        series=kept,
        histograms=tuple(h for one in members for h in one.reading.histograms),
        config=config,
        summary=summary,
        events=tuple(sorted(events, key=lambda event: (event.path, event.seq, event.line or 0))),
        problems=tuple(dict.fromkeys((*(p for one in members for p in one.reading.problems), *problems, *prefixes))),
        attempts=(Attempt(0, "start"), *(Attempt(i, reason) for i, reason in enumerate(reasons, 1))),
        unread=tuple((one.reading.source.path, line, text) for one in members for line, text in one.reading.unread),
    )


def _sources(members: Sequence[_Placed]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(one.reading.source for one in members))


def _prefixes(members: Sequence[_Placed], kept: Sequence[Series]) -> list[Problem]:
    """Checkpoint folders whose curves were all copies of longer ones."""
    own = {series.path for series in kept}
    return [
        Problem("prefix", one.reading.source.path, "holds an earlier copy of the same curves; the longest copy is judged")
        for one in members
        if one.reading.series and one.reading.source.path not in own and places.is_checkpoint(one.folder)
    ]


def _streams(members: Sequence[_Placed]) -> list[list[_Placed]]:
    """Files that one writer wrote one after another, in time order."""
    streams: dict[tuple[str, str, str], list[_Placed]] = {}
    for one in members:
        path = one.reading.source.path
        event_file = one.reading.source.format == EVENT_FILES
        shape = "" if event_file else places.series_family(path)
        streams.setdefault((one.folder, one.reading.source.format, shape), []).append(one)
    ordered = [sorted(stream, key=_age) for stream in streams.values()]
    return sorted(ordered, key=lambda stream: (stream[0].folder, -sum(len(s) for one in stream for s in one.reading.series)))


def _age(one: _Placed) -> tuple[bool, float, float, tuple[tuple[int, int, str], ...]]:
    started = one.reading.started
    begins = [float(s.epoch[0]) for s in one.reading.series if len(s) == 1 and s.epoch is not None and np.isfinite(s.epoch[0])]
    return started is None, started or 0.0, max(begins, default=0.0), places.natural(one.reading.source.path)


def _joined(stream: Sequence[_Placed]) -> tuple[Segmented, list[Event]]:
    """The files of a stream end to end, attempts marked; events with their place in the stream."""
    pieces: dict[tuple[str, Split | None], list[Series]] = {}
    events: list[Event] = []
    forced: list[Boundary] = []
    offset = 0
    for k, one in enumerate(stream):
        reading = one.reading
        shifted = [replace(s, seq=s.seq + offset, split=_split(s, one)) for s in reading.series]
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


def _split(series: Series, one: _Placed) -> Split | None:
    return series.split or one.split


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
