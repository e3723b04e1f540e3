"""Which files of one home make one run: copies, companions, ranks, parts of one log, tables of one metric each.

Everything else makes a run of its own. What path names mean is in `loglint.places`, what happens inside a run in `loglint.runs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint import places
from loglint.model import Problem, Reading, Series, Split
from loglint.names import CURVES, parse
from loglint.reconcile import same_curve

EVENT_FILES = "tensorboard"
PRINTED = frozenset({"text", "notebook"})  # formats in which every number was printed, NaN too
MANY_FILES = 50  # with more in one folder, a file is held against its neighbour only
TABLES = "csv"
TELLING = 3  # different values that make a curve known again
FEW_CURVES = 2  # a table with at most so many may be one of several, one for each metric
LONGEST_GAP = 3  # records that may be missing between two parts of one log
STALLED = 0.9  # a rank whose log ends before this share of the first rank's steps has stopped
OVERLAP = 0.5  # two logs of the same quantity over this share of the shorter one's steps are two runs


class Placed(msgspec.Struct, frozen=True):
    """A reading, the folder it lies in, the folder of its run, and the split that folders on the way say."""

    reading: Reading
    folder: str
    home: str
    split: Split | None = None


def clusters(members: Sequence[Placed]) -> list[list[Placed]]:
    """The members of one folder, split into runs: files that contradict each other are different runs."""
    if len(members) == 1:
        return [list(members)]
    members = _first_writers(_paired_splits(sorted(members, key=lambda one: places.natural(one.reading.source.path))))
    found: list[list[Placed]] = []
    loose = [one for one in members if not one.reading.series]
    curves = [one for one in members if one.reading.series]
    for one in sorted(curves, key=lambda one: (in_drawer(one), one.reading.source.format != EVENT_FILES)):
        tried = found if len(members) <= MANY_FILES else found[-1:]
        crowded = in_drawer(one) and len(found) > 1
        home = next((cluster for cluster in tried if _belongs(one, cluster) and (not crowded or _known(one, cluster))), None)
        if home is None:
            found.append([one])
        else:
            home.append(one)
    if not found:
        return [loose] if loose else []
    for one in loose:
        for cluster in _owners(one, found):
            cluster.append(one)
    return found


def _owners(one: Placed, found: Sequence[list[Placed]]) -> Sequence[list[Placed]]:
    """The runs that a file without curves tells of: those of its name, else of its own folder, else all of its home.

    What lies in a drawer (`dvclive/params.yaml`) tells of the run whose curves lie there; above several others it is nobody's.
    """
    path = one.reading.source.path
    mates = [c for c in found if any(places.stem(m.reading.source.path) == places.stem(path) for m in c)]
    if not in_drawer(one) or len(found) == 1:
        return mates or found
    near = [c for c in found if any(_below(m.folder, one.folder) for m in c if m.reading.series)]
    return mates or near or (found if places.holds_settings(one.folder) else [])


def in_drawer(one: Placed) -> bool:
    """Whether a file lies in a folder below that of its run."""
    return one.folder != one.home


def _below(folder: str, above: str) -> bool:
    return folder == above or folder.startswith(above + "/")


def _paired_splits(members: Sequence[Placed]) -> list[Placed]:
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


def _first_writers(members: Sequence[Placed]) -> list[Placed]:
    """Event files that several processes wrote at the same time: the first is judged, the others stay listed and are said."""
    kept: list[Placed] = []
    told: dict[int, Placed] = {}
    for one in sorted(members, key=lambda m: (m.reading.started is None, m.reading.started or 0.0)):
        rival = next((other for other in kept if _at_once(other, one)), None)
        if rival is None:
            kept.append(one)
        else:
            text = f"written at the same time as {rival.reading.source.path} with the same curves, by another process; not judged"
            problem = Problem("disagreement", one.reading.source.path, text)
            told[id(one)] = replace(
                one, reading=replace(one.reading, series=(), histograms=(), problems=(*one.reading.problems, problem))
            )
    return _first_ranks([told.get(id(one), one) for one in members])


def _at_once(first: Placed, second: Placed) -> bool:
    """Whether the second event file begins while the first one is still being written, and holds its curves at its steps."""
    a, b = first.reading, second.reading
    if first.folder != second.folder or not (a.source.format == b.source.format == EVENT_FILES):
        return False
    ends = [float(np.nanmax(s.time)) for s in a.series if s.time is not None and np.isfinite(s.time).any()]
    if a.started is None or b.started is None or not ends or b.started >= max(ends):
        return False
    ours = {s.name: s for s in a.series}
    return any(s.name in ours and len(s) > 1 and _rival(ours[s.name], s) for s in b.series)


def _first_ranks(members: Sequence[Placed]) -> list[Placed]:
    """Of one job's logs by rank the first is judged; the others are compared with it and stay listed, without curves."""
    ranks = [places.rank_of(one.reading.source.path) for one in members]
    first: dict[str, tuple[int, Reading]] = {}
    for one, found in zip(members, ranks, strict=True):
        if found is not None and one.reading.series and (found[0] not in first or found[1] < first[found[0]][0]):
            first[found[0]] = (found[1], one.reading)
    return [
        one
        if found is None or found[0] not in first or found[1] == first[found[0]][0]
        else replace(one, reading=_compared(first[found[0]][1], one.reading))
        for one, found in zip(members, ranks, strict=True)
    ]


def _compared(first: Reading, other: Reading) -> Reading:
    """A further rank's log without its curves, and with what of them is not as in the first rank's log."""
    theirs = {series.name: series for series in other.series}
    for series in first.series:
        said = _apart(series, theirs[series.name]) if series.name in theirs else ""
        if said and parse(series.name).quantity in CURVES:
            text = f"another rank of the job of {first.source.path}, where {series.name!r} {said}"
            problem = Problem("disagreement", other.source.path, text)
            return replace(other, series=(), histograms=(), unread=(), problems=(*other.problems, problem))
    return replace(other, series=(), histograms=(), unread=())


def _apart(first: Series, other: Series) -> str:
    """How one rank's curve differs from the first's in what they must share: being finite, and going on; "" where it does not."""
    bad, ours = int((~np.isfinite(other.values)).sum()), int((~np.isfinite(first.values)).sum())
    if bool(bad) != bool(ours):
        return f"has {_counted(ours)}; here it has {_counted(bad)}"
    x, y = first.axis("step"), other.axis("step")
    if x is None or y is None or not (np.isfinite(x).any() and np.isfinite(y).any()):
        return ""
    end, stop = float(np.nanmax(x)), float(np.nanmax(y))
    return f"goes on to step {end:g}; here it ends at step {stop:g}" if stop < STALLED * end else ""


def _counted(bad: int) -> str:
    """`bad` points that are not finite, in words."""
    return f"{bad} points that are no finite numbers" if bad else "only finite points"


def _belongs(one: Placed, cluster: Sequence[Placed]) -> bool:
    """Whether a file tells of the same run as those of a cluster."""
    return all(_compatible(one, other) for other in cluster if other.reading.series)


def _known(one: Placed, cluster: Sequence[Placed]) -> bool:
    """Whether a file from a drawer is known to tell of one of several runs above: a copy of its curves, its name, its drawers."""
    curves = [other for other in cluster if other.reading.series]
    return all(in_drawer(other) for other in curves) or any(_names_match(one, other) or _copies(one, other) for other in curves)


def _copies(a: Placed, b: Placed) -> bool:
    """Whether at least half of the telling curves that two files share are equal."""
    ours, theirs = _curves(a), _curves(b)
    equal = [_same(x, theirs[key]) for key, x in ours.items() if key in theirs and _telling(x)]
    return bool(equal) and sum(equal) >= 0.5 * len(equal)


def _same(x: Series, y: Series) -> bool:
    return same_curve(*((x, y) if len(x) >= len(y) else (y, x)))


def _compatible(a: Placed, b: Placed) -> bool:
    """Whether two files of one home may tell of one run: copies, companions, parts of one log, or tables of one metric each."""
    same_format = a.reading.source.format == b.reading.source.format
    named = a.reading.folder and a.reading.folder == b.reading.folder
    if named or a.folder != b.folder or (same_format and a.reading.source.format == EVENT_FILES):
        return True
    ours, theirs = _curves(a), _curves(b)
    shared = [(x, y) for key, x in ours.items() for y in (theirs.get(key),) if y is not None]
    if _copies(a, b):
        return True
    companions = _is_companion(a) or _is_companion(b) or _names_match(a, b)
    if any(_rival(x, y) for x, y in shared):
        return companions and not same_format
    if companions:
        return True
    if places.series_family(a.reading.source.path) == places.series_family(b.reading.source.path):
        return all(_goes_on(x, y) for x, y in shared)
    return not shared and _of_one_metric(a, ours) and _of_one_metric(b, theirs)


def _of_one_metric(one: Placed, curves: Mapping[tuple[str, str, str], Series]) -> bool:
    """Whether a table is one of several, one for each metric: it holds few curves, and its name names a quantity."""
    named = parse(places.stem(one.reading.source.path)).quantity != "unknown"
    return one.reading.source.format == TABLES and len(curves) <= FEW_CURVES and named


def _telling(series: Series) -> bool:
    """Whether a curve moves enough for an equal one to be its copy, and no other run stuck at the same value."""
    return len(np.unique(series.values[np.isfinite(series.values)])) >= TELLING


def _names_match(a: Placed, b: Placed) -> bool:
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


def _is_companion(one: Placed) -> bool:
    return one.reading.source.format == EVENT_FILES or places.is_plain(one.reading.source.path)


def _curves(one: Placed) -> dict[tuple[str, str, str], Series]:
    """The losses, metrics and rewards of a reading by what their names say."""
    found: dict[tuple[str, str, str], Series] = {}
    for series in one.reading.series:
        name = parse(series.name)
        split = name.split or series.split or one.split or "train"
        if name.quantity in CURVES and not name.derived and len(series):
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
