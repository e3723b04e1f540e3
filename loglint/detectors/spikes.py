"""Isolated upward excursions that come back. What does not come back is a level shift; what recurs each epoch is data."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.curves.curve import Curve
from loglint.curves.noise import MAD_TO_SD, median, noise_scale, quantile, row_deviations, row_medians, windows
from loglint.curves.shape import shape_of
from loglint.detectors import Level, Measured, NotJudged, Span
from loglint.detectors.shift import lr_raised
from loglint.model import Floats, Ints

NORMAL, STUDENT = 2.44, 3.56  # 98th over 80th percentile of a normal variable, and of Student's t with three degrees of freedom
EPOCHS, RECORDS = 3, 4  # epochs, and records in each, that tell what is usual at a place of an epoch
LEAST = 1e-300  # no deviation counts as less
EVERY, WINDOWS = 20_000, 5_000  # up to so many points every window is looked at, in longer curves so many windows


class Spikes(msgspec.Struct, frozen=True):
    """Excursions that recover: how many, `share` of records in them, and of the largest its `sigmas` over the local
    median, `excess` over the run's own 98th percentile of sigmas, `height` as a share of the range, `value`, `usual`
    level before it and `recovery` in records."""

    count: int
    share: float
    sigmas: float
    excess: float
    height: float
    value: Level
    usual: Level
    recovery: int
    step: float


NONE = Measured(Spikes(0, 0.0, 0.0, 0.0, 0.0, float("nan"), float("nan"), 0, float("nan")), 0)


def spikes(
    loss: Curve,
    lr: Curve | None,
    *,
    min_points: int,
    window: int,
    sigmas: float,
    over_own: float,
    tails_from: int,
    company: float,
    over_dips: float,
    min_share: float,
) -> Measured[Spikes] | NotJudged:
    """Points far above a trailing median, by the local MAD, that the curve comes back from.

    A candidate is `sigmas` local deviations and `min_share` of the range above the trailing median of `window` records,
    and `over_own` times the run's own 98th percentile of that distance (heavy tails are the run's habit, no event). A
    single record, whose neighbours do not rise to `company` of its height, needs more where these tails are heavier than
    normal ones: their extremes grow with the records beyond `tails_from`. A run that dips as suddenly, to a share of the
    height (`over_dips` says how often the dip may fit into it), has noise on both sides and no spikes. Nor is what comes at the
    same place of other epochs, up or down, to a share of one over `over_own`: a running mean jumps wherever it begins again. What
    follows a raise of the learning rate within five records is the schedule's doing. A perplexity is judged by its
    logarithm, the loss it was made from.
    """
    if len(loss.values) < min_points:
        return NotJudged("too_short", f"{len(loss.values)} records, {min_points} needed")
    logged = loss.quantity == "perplexity" and bool((loss.values > 0).all())
    y = np.log(loss.values) if logged else loss.values
    shape = shape_of(y) if logged else loss.shape
    window = min(window, max(5, len(y) // 4))
    extent = max(shape.progress, median(np.abs(shape.y - shape.tail)), 1e-300)
    if not _may_stand_out(y, window, sigmas, min_share * extent):
        return NONE
    middle, scale = _trailing(y, window)
    distance = y - middle
    z = distance / scale
    over = np.flatnonzero((z >= sigmas) & (distance >= min_share * extent))
    if not len(over):
        return NONE
    usual = max(quantile(z, 0.98 if len(y) >= 50 else 1 - 2 / len(y)), 1.0)
    over = over[z[over] >= over_own * usual]
    if not len(over):
        return NONE
    alone = over_own * usual * max(1.0, len(y) / tails_from) ** _heaviness(z)
    dips = over_dips * float(((np.minimum(y[:-2], y[2:]) - y[1:-1]) / scale[1:-1]).max(initial=0.0))
    groups = np.split(over, np.flatnonzero(np.diff(over) > 2) + 1)
    groups = [group for group in groups if _stands_out(z, group, alone, dips, company)]
    groups = [group for group in groups if lr is None or not _at_raise(loss, lr, group)]
    if groups:
        begins = _epoch_starts(loss)
        groups = [group for group in groups if _is_event(z, group, begins, over_own)]
    found = [(group, back) for group in groups if (back := _recovery(y, group, middle, scale)) is not None]
    if not found:
        return NONE
    group, back = max(found, key=lambda item: float(z[item[0]].max()))
    sign = -1.0 if loss.mirrored else 1.0
    top = int(group[np.argmax(z[group])])
    evidence = Spikes(
        count=len(found),
        share=sum(len(g) for g, _ in found) / len(y),
        sigmas=min(1e6, float(z[top])),
        excess=min(1e6, float(z[top]) / usual),
        height=float(distance[top]) / extent,
        value=sign * float(loss.values[top]),
        usual=sign * float(np.exp(middle[top]) if logged else middle[top]),
        recovery=back,
        step=float(loss.x[loss.places[top]]),
    )
    spans = tuple(Span(int(loss.places[g[0]]), int(loss.places[g[-1]])) for g, _ in found[:50])
    return Measured(evidence, int(loss.places[top]), spans)


def _stands_out(z: Floats, group: Ints, alone: float, dips: float, company: float) -> bool:
    """Whether an excursion is higher than `dips`, and has a neighbour of `company` times its height or is higher than `alone`."""
    top = int(group[np.argmax(z[group])])
    height = float(z[top])
    beside = max(float(z[i]) for i in (top - 1, top + 1) if 0 <= i < len(z))
    return height >= dips and (beside >= company * height or height >= alone)


def _epoch_starts(loss: Curve) -> Ints:
    """Indices of the first finite record of each epoch; none where they are not known or hold few records."""
    if not loss.forward("epoch"):
        return np.zeros(0, dtype=np.int64)
    epoch = np.floor(loss.axes["epoch"][loss.places])
    begins = np.append(0, np.flatnonzero(np.diff(epoch) > 0) + 1)
    return begins if len(begins) >= EPOCHS and len(epoch) >= RECORDS * len(begins) else begins[:0]


def _is_event(z: Floats, group: Ints, begins: Ints, over: float) -> bool:
    """Whether an excursion is `over` times what the records at its place of the other epochs usually are, give or take two."""
    top = int(group[np.argmax(z[group])])
    mine = int(np.searchsorted(begins, top, side="right")) - 1
    if mine < 0:
        return True
    others = np.delete(begins, mine) + top - begins[mine]
    others = others[others < len(z) + 2]
    around = np.clip(others[:, None] + np.arange(-2, 3), 0, len(z) - 1)
    return not len(others) or float(z[top]) >= over * median(np.abs(z[around]).max(axis=1))


def _heaviness(z: Floats) -> float:
    """The power of n with which the largest of n values grows, float64[n] -> 0 to 1/3: 0 for normal tails, 1/3 for those of
    Student's t with three degrees of freedom (extreme value index; Embrechts, Klueppelberg and Mikosch 1997, section 3.3).

    Read off the 98th percentile over the 80th, which a few spikes do not move.
    """
    high, low = quantile(z, 0.98), quantile(z, 0.8)
    return float(np.clip((high / low - NORMAL) / (STUDENT - NORMAL), 0.0, 1.0)) / 3 if low > 0 else 1 / 3


def _at_raise(loss: Curve, lr: Curve, group: Ints) -> bool:
    return lr_raised(loss, lr, int(loss.places[group[-1]]), int(loss.places[max(0, group[0] - 5)]))


def _trailing(y: Floats, window: int) -> tuple[Floats, Floats]:
    """Median of the `window` records before each point, and their robust deviation.

    The first two records have nothing to stand out from; the next three are held against the highest before them and the
    noise of the rest; those with fewer than `window` before them against what there is. In long curves evenly spaced windows
    are taken, and each point is held against the last one that ends before it.
    """
    first, early = _at_first(y, window)
    apart, views = _windows_before(y, window)
    middle, spread = row_deviations(views)
    rest = len(y) - len(first)
    medians = np.concatenate([first, np.repeat(middle, apart)[:rest]])
    deviations = np.concatenate([early, np.repeat(MAD_TO_SD * spread, apart)[:rest]])
    known = np.isfinite(deviations[2:])
    usual = median(deviations[2:] if known.all() else deviations[2:][known])
    floor = max(usual * 0.5, median(y if y.min() >= 0 else np.abs(y)) * 1e-6, _grain(y), LEAST)
    return medians, np.maximum(deviations, floor, out=deviations)


def _at_first(y: Floats, window: int) -> tuple[Floats, Floats]:
    """What the records before a whole window is there are held against."""
    count = min(window, len(y))
    medians, deviations = y[:count].copy(), np.full(count, np.inf)
    medians[2:5], deviations[2:5] = np.maximum.accumulate(y[:4])[1 : count - 1], noise_scale(y[5:]) or np.inf
    few = range(5, count)
    if few:
        medians[5:], deviations[5:] = _levels(y[:count], few)
    return medians, deviations


def _windows_before(y: Floats, window: int) -> tuple[int, Floats]:
    """After how many points the next window is taken, and the `window` records before each of the points that one is taken for."""
    apart = 1 if len(y) <= EVERY else -(-len(y) // WINDOWS)
    return apart, windows(y, window)[: len(y) - window : apart]


def _may_stand_out(y: Floats, window: int, sigmas: float, height: float) -> bool:
    """False where no point lies `height` above its trailing median and `sigmas` deviations; nearly always so without deviations.

    Where windows are taken of some points only, the highest point of each stretch is held against its window: what that does
    not reach no point does. No scale is less than the deviation in the window.
    """
    first = min(window, len(y))
    if bool((y[1:first] - np.minimum.accumulate(y[: first - 1]) >= height).any()):
        medians, deviations = _at_first(y, window)
        distance = y[:first] - medians
        if bool(((distance >= height) & (distance / np.maximum(deviations, LEAST) >= sigmas)).any()):
            return True
    apart, views = _windows_before(y, window)
    if not len(views):
        return False
    top = y[window:] if apart == 1 else np.maximum.reduceat(y[window:], np.arange(0, len(y) - window, apart))
    distance = top - row_medians(views)
    high = np.flatnonzero(distance >= height)
    if apart == 1 or not len(high):
        return bool(len(high))
    spread = np.maximum(MAD_TO_SD * row_deviations(views[high])[1], LEAST)
    return bool((distance[high] / spread >= sigmas).any())


def _grain(y: Floats) -> float:
    """Half the smallest step of a curve that often repeats its value, as rounded ones do; 0 for others."""
    moved = int(np.count_nonzero(y[1:] != y[:-1]))
    if not 0 < moved <= 0.8 * (len(y) - 1):
        return 0.0
    steps = np.abs(np.diff(y))
    return float(steps[steps > 0].min()) / 2


def _levels(y: Floats, counts: range) -> tuple[Floats, Floats]:
    """Median of the first so many values, for each of the counts, and the robust deviation of those values."""
    many = np.array(counts)
    lower, upper = (many - 1) // 2, many // 2
    rows = np.where(np.arange(len(y)) < many[:, None], y, np.inf)
    each = np.arange(len(many))
    ordered = np.sort(rows, axis=1)
    middle = (ordered[each, lower] + ordered[each, upper]) / 2
    apart = np.sort(np.abs(rows - middle[:, None]), axis=1)
    return middle, MAD_TO_SD * (apart[each, lower] + apart[each, upper]) / 2


def _recovery(y: Floats, group: Ints, middle: Floats, scale: Floats) -> int | None:
    """Records after the excursion until the curve is back within three deviations of where it was; None if it never is."""
    level = middle[group[0]] + 3 * scale[group[0]]
    rest = y[group[-1] + 1 :]
    back = np.flatnonzero(rest <= level)
    return int(back[0]) + 1 if len(back) and len(rest) >= 2 else None
