"""What the order and the size of batches leave in the per-step loss: periods, edges of epochs, bad batches, batch noise."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np

from loglint.curves.curve import Curve, shared_axis
from loglint.curves.noise import median, noise_scale, robust_scale
from loglint.curves.period import find_period
from loglint.curves.shape import running_median
from loglint.detectors import Level, Measured, NotJudged, Span, Vetoed, late, later
from loglint.model import Floats, Ints

NEIGHBOURS = 7  # records whose median an outlier is held against
WIDEST = 51  # records of the running median that looks for early trouble
FIRST = 100  # records of which a single one may tell of trouble at the start
FAINT = 0.05  # of the run's spread: no epoch's own spread counts as less


@late("neighbours", "others")
class Periodic(msgspec.Struct, frozen=True):
    """A period of `records`, its autocorrelation `r` (the lowest at one, two and three periods), how alike `neighbours`
    and `others` among its `cycles` are."""

    records: int
    r: float
    neighbours: float
    others: float
    cycles: int
    points: int


def periodic_loss(
    loss: Curve, lr: Curve | None, *, min_points: int, shortest: int, cycles: int
) -> Measured[Periodic] | Vetoed[Periodic] | NotJudged:
    """The per-step loss repeats its shape: sorted or unshuffled data. Vetoed when the learning rate has the same period.

    A positive loss is looked at by its logarithm: what repeats is a share of the level, and shrinks with it.
    """
    if len(loss.values) < min_points:
        return NotJudged("too_short", f"{len(loss.values)} records, {min_points} needed")
    if loss.granularity == "epoch":
        return NotJudged("excluded", "one record an epoch shows no order of batches")
    y = loss.values
    found = find_period(y, shortest, cycles, logarithm=loss.extremes[0] > 0)
    if found is None:
        return Measured(Periodic(0, 0.0, 0.0, 0.0, 0, len(y)), 0)
    evidence = Periodic(
        records=found.length,
        r=min(found.r1, found.r2, found.r3),
        neighbours=later(lambda: found.neighbours),
        others=later(lambda: found.others),
        cycles=found.cycles,
        points=len(y),
    )
    measured = Measured(evidence, int(loss.places[0]), (Span(int(loss.places[0]), int(loss.places[-1])),))
    if lr is not None and len(lr.values) == len(y) and _comes_back(lr.values):
        cycle = find_period(lr.values, shortest, cycles)
        if cycle is not None and abs(cycle.length - found.length) <= max(2, 0.05 * found.length):
            return Vetoed(measured, "the learning rate has the same period")
    return measured


def _comes_back(y: Floats) -> bool:
    """Whether a curve both rises and falls, as one that has a period must."""
    steps = np.diff(y)
    return bool(steps.min(initial=0.0) < 0 < steps.max(initial=0.0))


class EdgeDrop(msgspec.Struct, frozen=True):
    """Steps down at epoch edges: the median `drop` from the last records of an epoch to the first of the next, in units of
    the noise (`sigmas`) and of the level (`share`), the share of edges that drop (`edges_down`), and the median slope
    inside epochs (`inside`, in drops: about -1 means that the loss climbs back)."""

    drop: float
    share: float
    sigmas: float
    edges_down: float
    inside: float
    edges: int
    points: int


def epoch_edges(loss: Curve, *, min_edges: int, records: int) -> Measured[EdgeDrop] | NotJudged:
    """Drops of the per-step loss at the edges of epochs, from medians of `records` on both sides.

    Each is held against the drops half-way to the edges beside it, so that neither the fall of the whole curve nor the
    correlation of neighbouring records counts as one; its error is the larger of what the noise of a record says and how
    much the drops within epochs differ.
    """
    epochs = loss.axes.get("epoch")
    if epochs is None or loss.granularity == "epoch":
        return NotJudged("absent", "the records do not say their epoch")
    whole = np.floor(epochs + 1e-9)
    edges = np.flatnonzero(np.diff(whole) > 0) + 1
    edges = edges[(edges >= records) & (edges <= len(loss) - records)]
    if len(edges) < min_edges or median(np.diff(edges, prepend=0)) < 2 * records:
        return NotJudged("too_short", f"{len(edges)} epoch edges with {records} records on either side, {min_edges} needed")
    y = loss.y
    across = np.array([_drop(y, int(e), records) for e in edges])
    half = np.diff(edges, prepend=0) // 2
    within = np.array([_drop(y, max(records, int(e - h)), records) for e, h in zip(edges, half, strict=True)])
    within = np.append(within, _drop(y, min(int(edges[-1] + half[-1]), len(y) - records), records))
    drops = across - (within[:-1] + within[1:]) / 2
    climbs = np.array([median(y[b - records : b]) - median(y[a : a + records]) for a, b in pairwise(edges)])
    drop = median(drops)
    apart = robust_scale(np.diff(within)) / float(np.sqrt(2.0))
    error = max(noise_scale(loss.values) * float(np.sqrt(2 / records)), apart, 1e-300)
    evidence = EdgeDrop(
        drop=drop,
        share=drop / max(abs(median(loss.values)), 1e-300),
        sigmas=drop / error * float(np.sqrt(len(edges))),
        edges_down=float((drops > 0).mean()),
        inside=median(climbs) / max(abs(drop), 1e-300) if len(climbs) else 0.0,
        edges=len(edges),
        points=len(y),
    )
    return Measured(evidence, int(edges[0]), tuple(Span(int(e), int(e)) for e in edges[:50]))


def _drop(y: Floats, at: int, records: int) -> float:
    """How far the median of the records before a place lies above that of the records from there on."""
    return median(y[at - records : at]) - median(y[at : at + records])


class BadBatch(msgspec.Struct, frozen=True):
    """The place in the epoch at which outliers or NaN recur: in how many epochs (`epochs`), as a share of all, and the
    chance of that at random (`log10_chance`)."""

    position: float
    epochs: int
    share: float
    log10_chance: float
    outliers: int


def bad_batch(loss: Curve, *, min_epochs: int, sigmas: float, within: float) -> Measured[BadBatch] | NotJudged:
    """Outliers above `sigmas` robust deviations, or NaN, at the same place (to `within` of an epoch) of several epochs.

    A record is held against its own neighbours (the running median of `NEIGHBOURS` records) in the spread that these have
    in its epoch, so that neither a mean that is reset at each epoch nor noise that shrinks over the run makes outliers. Epochs
    with one as far below count against it: a place that is merely noisier, as the first records of such a mean are.
    """
    epochs = loss.axes.get("epoch")
    if epochs is None or loss.granularity == "epoch":
        return NotJudged("absent", "the records do not say their place in the epoch")
    whole = np.floor(epochs + 1e-9)
    counts = np.unique(whole, return_counts=True)[1]
    if len(counts) < min_epochs or median(counts) < 10:
        return NotJudged("too_short", f"{len(counts)} epochs of {int(median(counts))} records; {min_epochs} of 10 needed")
    starts = np.concatenate([[0], np.flatnonzero(np.diff(whole) > 0) + 1])
    lengths = np.diff(np.concatenate([starts, [len(whole)]]))
    phase = (np.arange(len(whole)) - np.repeat(starts, lengths)) / np.repeat(lengths, lengths)
    local = loss.values - running_median(loss.values, NEIGHBOURS)
    general = max(robust_scale(local), 1e-300)
    residual = np.full(len(loss), np.inf)
    residual[loss.places] = local
    scales = [robust_scale(part[np.isfinite(part)]) for part in np.split(residual, starts[1:])]
    odd = np.flatnonzero(residual >= sigmas * np.maximum(np.repeat(scales, lengths), FAINT * general))
    if not len(odd):
        return Measured(BadBatch(float("nan"), 0, 0.0, 0.0, 0), 0)
    low = np.flatnonzero(residual <= -sigmas * np.maximum(np.repeat(scales, lengths), FAINT * general))
    near = [_epochs_at(i, odd, phase, whole, within) - _epochs_at(i, low, phase, whole, within) for i in odd[:2000]]
    best = int(np.argmax(near))
    rate = min(1.0, 2 * within * len(odd) / len(counts) + 1e-12)
    hits, total = near[best], len(counts)
    places = float(np.log10(1 / (2 * within)))
    chance = hits * float(np.log10(rate)) + total * float(np.log10(2)) + places
    evidence = BadBatch(float(phase[odd[best]]), hits, hits / total, chance, len(odd))
    same = [int(i) for i in odd if abs(phase[i] - phase[odd[best]]) <= within]
    return Measured(evidence, same[0], tuple(Span(i, i) for i in same[:50]))


def _epochs_at(at: int, places: Ints, phase: Floats, whole: Floats, within: float) -> int:
    """In how many epochs some of the places have the phase of the record `at`, to `within`."""
    return len(np.unique(whole[places[np.abs(phase[places] - phase[at]) <= within]]))


@late("val_noise")
class BatchNoise(msgspec.Struct, frozen=True):
    """Per-step noise of the training loss in units of its level, and that of validation."""

    noise: float
    val_noise: float
    points: int


def batch_noise(loss: Curve, val: Curve | None, *, min_points: int, min_evaluations: int) -> Measured[BatchNoise] | NotJudged:
    """Training noise over the second half of the run in units of its level, beside a smooth validation curve."""
    y = loss.values[len(loss.values) // 2 :]
    if len(loss.values) < min_points:
        return NotJudged("too_short", f"{len(loss.values)} records, {min_points} needed")
    if loss.granularity == "epoch" or loss.mirrored or (level := median(y)) <= 0:
        return NotJudged("excluded", "judged on a positive per-step loss")
    if val is None or len(val.values) < min_evaluations or val.middle <= 0:
        return NotJudged("absent", f"{min_evaluations} evaluations beside it are needed")
    v = val.values[len(val.values) // 3 :]
    evidence = BatchNoise(noise_scale(y) / level, later(lambda: noise_scale(v) / median(v)), len(loss.values))
    first = int(loss.places[len(loss.values) // 2])
    return Measured(evidence, first, (Span(first, int(loss.places[-1])),))


def _rise(y: Floats) -> Floats:
    """How far each point lies above the lowest so far."""
    return np.asarray(y - np.minimum.accumulate(y), dtype=np.float64)


@late("sigmas", "recovered", "lr_first", "calm")
class EarlyTrouble(msgspec.Struct, frozen=True):
    """Instability in the first tenth: the highest level there over the first record (`jump`), in noise (`sigmas`), whether
    the run came back (`recovered`), the learning rate's first value over its peak (`lr_first`), and where the loss was first back
    at the level from which it had jumped (`calm`, on its axis; the end of the run where it never was)."""

    jump: float
    sigmas: float
    recovered: int
    lr_first: float
    calm: float
    points: int


def early_trouble(loss: Curve, lr: Curve | None, *, min_points: int, single: float) -> Measured[EarlyTrouble] | NotJudged:
    """The loss rises in the first tenth of the run, at once or after a first fall, before it comes down.

    Runs of records count: a running median over a hundredth of the run (3 to 51 records) is looked at, and its rise
    measured in the noise of a record there. What a single one of the first hundred records rises counts `single` of what it is: of
    more the highest is high by chance.
    """
    y = loss.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    if loss.stretch > 0.05 or loss.mirrored:
        return NotJudged("excluded", "the start of the run is not in the log")
    count = max(5, len(y) // 10)
    width = min(WIDEST, max(3, (len(y) // 100) | 1))
    smooth = running_median(y[: count + width // 2], width)[:count]
    head, counts = max(((smooth, 1.0), (y[: min(count, FIRST)], single)), key=lambda one: one[1] * float(_rise(one[0]).max()))
    rise = counts * _rise(head)
    top = int(np.argmax(rise))
    low = float(np.minimum.accumulate(head)[top])
    evidence = EarlyTrouble(
        jump=float(rise[top]) / max(abs(low), 1e-300),
        sigmas=later(lambda: min(1e6, float(rise[top]) / max(noise_scale(y), noise_scale(y[: 2 * count]), 1e-300))),
        recovered=later(lambda: int(loss.shape.tail < float(y[0]))),
        lr_first=later(lambda: _first_rate(loss, lr)),
        calm=later(lambda: _calm_at(loss, top, low)),
        points=len(y),
    )
    return Measured(evidence, int(loss.places[top]), (Span(0, int(loss.places[len(head) - 1])),))


def _first_rate(loss: Curve, lr: Curve | None) -> float:
    """The learning rate's first value over its peak; 1 where it is not known."""
    if lr is None or not len(lr.values) or lr.extremes[1] <= 0 or shared_axis(loss, lr) not in lr.axes:
        return 1.0
    return float(lr.values[0] / lr.extremes[1])


def _calm_at(loss: Curve, top: int, low: float) -> float:
    """Where on its axis the loss is back at a level after a place; its end where it never is."""
    back = loss.shape.middle[(loss.shape.middle > top) & (loss.shape.y <= low)]
    return float(loss.x[loss.places[back[0] if len(back) else -1]])


class Halvings(msgspec.Struct, frozen=True):
    """Reductions of the loss scale: how many in all, how many after the first tenth (`late`), the last value over the
    highest (`ratio`), and the last value."""

    reductions: int
    late: int
    ratio: float
    last: Level
    points: int


def loss_scale_collapse(scale: Curve, *, min_points: int, settle: float) -> Measured[Halvings] | NotJudged:
    """The loss scale of mixed precision is reduced again and again, after the first `settle` of the run."""
    y = scale.values
    if len(y) < min_points:
        return NotJudged("too_short", f"{len(y)} records, {min_points} needed")
    down = np.flatnonzero(np.diff(y) < 0) + 1
    after = down[down >= settle * len(y)]
    top = float(y.max())
    evidence = Halvings(len(down), len(after), float(y[-1]) / top if top > 0 else 0.0, float(y[-1]), len(y))
    at = int(scale.places[down[0]]) if len(down) else 0
    return Measured(evidence, at, (Span(at, int(scale.places[-1])),))
