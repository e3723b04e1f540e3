"""The layers of a network: dead and saturated units, gradients from layer to layer, updates, weights that stay, the start."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np

from loglint.curves.layers import Layer, Layers
from loglint.curves.noise import median, row_medians
from loglint.detectors import Measured, NotJudged, Span, late, later
from loglint.model import Floats

MOST = 1e6
NAMED = 6  # layers that evidence names before it only counts


def named(names: Sequence[str]) -> str:
    """The layers in words: the first few by name, then how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _whole(layers: Layers) -> tuple[Span, ...]:
    return (Span(0, len(layers) - 1),) if len(layers) else ()


class Silent(msgspec.Struct, frozen=True):
    """The most silent layer: the `share` of it that is silent (in its lower quartile of records), `excess` that over what a
    working layer may have, `change` from its first to its last quarter of records; `count` of `total` layers are beyond,
    `layers` names them."""

    share: float
    excess: float
    change: float
    count: int
    total: int
    layers: str
    records: int


def silent_units(activations: Layers, *, min_records: int, most_zeros: float, most_dead: float) -> Measured[Silent] | NotJudged:
    """Layers whose activations are exactly 0 nearly everywhere, record after record.

    Half of the values behind a ReLU are 0 in a sound layer, and more where it is sparse, so a share of zeros is held
    against `most_zeros`. Where the log counts units that never fire, that share is held against `most_dead`.
    """
    shares = {
        one.name: (one.level, most_dead) if np.isfinite(one.level).any() else (one.zero, most_zeros) for one in activations.layers
    }
    found = {name: _silence(values[np.isfinite(values)], limit, min_records) for name, (values, limit) in shares.items()}
    known = {name: one for name, one in found.items() if one is not None}
    if not known:
        return NotJudged("absent", f"no share of zeros in at least {min_records} records of a layer")
    worst = max(known, key=lambda name: known[name][1])
    beyond = [name for name, one in known.items() if one[1] >= 1]
    share, excess, change = known[worst]
    evidence = Silent(share, excess, change, len(beyond), len(known), named(beyond or [worst]), len(activations))
    return Measured(evidence, 0, _whole(activations))


def _silence(shares: Floats, limit: float, min_records: int) -> tuple[float, float, float] | None:
    if len(shares) < min_records:
        return None
    shares = shares / 100 if shares.max() > 1 else shares
    quarter = max(1, len(shares) // 4)
    low = float(np.quantile(shares, 0.25))
    return low, low / limit, median(shares[-quarter:]) - median(shares[:quarter])


class Saturated(msgspec.Struct, frozen=True):
    """The most saturated layer: the `share` of its values at the ends of the range of tanh or sigmoid (in its lower quartile of
    records); `count` of `total` bounded layers have at least as much as is asked for, `layers` names them."""

    share: float
    count: int
    total: int
    layers: str
    records: int


def saturated_units(activations: Layers, *, min_records: int, much: float) -> Measured[Saturated] | NotJudged:
    """Layers with at least `much` of their values at +-1, or at 0 and 1, record after record."""
    found = {}
    for one in activations.layers:
        outer = one.outer[np.isfinite(one.outer)]
        if len(outer) >= max(min_records, 0.8 * len(one)):
            found[one.name] = float(np.quantile(outer, 0.25))
    if not found:
        return NotJudged("absent", "no layer's values lie between -1 and 1, or 0 and 1, in histograms")
    beyond = [name for name, share in found.items() if share >= much]
    worst = max(found, key=lambda name: found[name])
    evidence = Saturated(found[worst], len(beyond), len(found), named(beyond or [worst]), len(activations))
    return Measured(evidence, 0, _whole(activations))


@late("growth", "grows")
class Depth(msgspec.Struct, frozen=True):
    """Gradients of the `first` layer (nearest the input) over the `last`: `ratio` and its inverse `inverse`, medians over all
    records; `ordered` the rank correlation of size with depth (1: larger towards the output); `growth` the largest growth of
    a layer's gradient from the first half of the run to the last tenth; `layers` the names of the first and the last."""

    ratio: float
    inverse: float
    ordered: float
    growth: float
    grows: str
    first: str
    last: str
    total: int
    records: int


def gradient_by_depth(gradients: Layers, *, min_layers: int, min_records: int) -> Measured[Depth] | NotJudged:
    """How the size of the gradient changes from layer to layer; layers without any gradient are left out."""
    sizes, typical = gradients.sizes
    if sizes.shape[1] < min_records:
        return NotJudged("too_short", f"{sizes.shape[1]} records of all layers, {min_records} needed")
    moving = np.flatnonzero(typical > 0)
    if len(moving) < min_layers:
        return NotJudged("too_short", f"{len(moving)} layers with a gradient, {min_layers} needed")
    if len(moving) < len(sizes):
        sizes, typical = sizes[moving], typical[moving]
    names = [gradients.layers[i].name for i in moving]
    ranks = np.argsort(np.argsort(typical, kind="stable"), kind="stable")
    ratio = float(typical[0] / typical[-1])
    fastest = cache(lambda: _fastest(sizes))
    evidence = Depth(
        ratio=ratio,
        inverse=1 / ratio,
        ordered=float(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1]),
        growth=later(lambda: min(MOST, fastest()[1])),
        grows=later(lambda: names[fastest()[0]]),
        first=names[0],
        last=names[-1],
        total=len(names),
        records=sizes.shape[1],
    )
    return Measured(evidence, 0, _whole(gradients))


def _fastest(sizes: Floats) -> tuple[int, float]:
    """The row that grows most, and by what: the median of its last tenth (at least three records) over that of its first half."""
    n = sizes.shape[1]
    end = row_medians(sizes[:, -max(3, n // 10) :])
    growths = end / np.maximum(row_medians(sizes[:, : max(1, n // 2)]), 1e-300)
    top = int(np.argmax(growths))
    return top, float(growths[top])


class Explosion(msgspec.Struct, frozen=True):
    """As `Depth`, with `excess` the larger of the ratio over what is allowed (where it falls with depth) and the growth over what
    is allowed."""

    excess: float
    ratio: float
    growth: float
    grows: str
    first: str
    last: str
    total: int
    records: int


def exploding_by_depth(
    gradients: Layers, *, min_layers: int, min_records: int, most_ratio: float, most_growth: float, ordered: float
) -> Measured[Explosion] | NotJudged:
    """Gradients that grow on their way back to the input (by more than `most_ratio`, in rank order), or with time."""
    found = gradient_by_depth(gradients, min_layers=min_layers, min_records=min_records)
    if isinstance(found, NotJudged):
        return found
    depth = found.evidence
    back = depth.ratio / most_ratio if depth.ordered <= -ordered else 0.0
    evidence = Explosion(
        excess=max(back, depth.growth / most_growth),
        ratio=depth.ratio,
        growth=depth.growth,
        grows=depth.grows,
        first=depth.first,
        last=depth.last,
        total=depth.total,
        records=depth.records,
    )
    return Measured(evidence, found.at, found.spans)


class Update(msgspec.Struct, frozen=True):
    """The median `ratio` of updates to weights over layers and records, by what factor it lies outside the range given
    (`outside`, 1 inside), and 1 where it is too `large`."""

    ratio: float
    outside: float
    large: int
    total: int
    records: int


def update_size(updates: Layers, *, min_records: int, low: float, high: float) -> Measured[Update] | NotJudged:
    """Size of an update over the size of the weights, the median of layers and of all records after the first fifth."""
    typical = [median(one.level[len(one) // 5 :]) for one in updates.layers if len(one) >= min_records]
    if not typical:
        return NotJudged("too_short", f"no layer with {min_records} records")
    ratio = median(typical)
    evidence = Update(
        ratio, max(1.0, ratio / high, min(MOST, low / max(ratio, 1e-300))), int(ratio > high), len(typical), len(updates)
    )
    return Measured(evidence, len(updates) // 5, _whole(updates))


class Unmoved(msgspec.Struct, frozen=True):
    """How many layers (`count` of `total`, `share`) have weights that are the same in every record; `layers` names them."""

    count: int
    total: int
    share: float
    layers: str
    records: int


def unmoved_weights(weights: Layers, *, min_records: int) -> Measured[Unmoved] | NotJudged:
    """Layers whose weights never change, to the last digit of what is logged."""
    judged = [one for one in weights.layers if len(one) >= min_records]
    if not judged:
        return NotJudged("too_short", f"no layer with {min_records} records")
    still = [one.name for one in judged if one.constant and not _all_zero(one)]
    evidence = Unmoved(len(still), len(judged), len(still) / len(judged), named(still), max(map(len, judged)))
    return Measured(evidence, 0, _whole(weights))


def all_zero(weights: Layers, *, min_records: int) -> Measured[Unmoved] | NotJudged:
    """Layers all of whose weights are 0 in every record."""
    judged = [one for one in weights.layers if len(one) >= min_records]
    if not judged:
        return NotJudged("too_short", f"no layer with {min_records} records")
    zero = [one.name for one in judged if _all_zero(one)]
    evidence = Unmoved(len(zero), len(judged), len(zero) / len(judged), named(zero), max(map(len, judged)))
    return Measured(evidence, 0, _whole(weights))


def _all_zero(layer: Layer) -> bool:
    return bool((layer.size == 0).all() or (layer.zero == 1).all())


class Spread(msgspec.Struct, frozen=True):
    """Standard deviations of the activations at the first record: `factor` from the first layer to the last (its inverse where it
    is below 1), `weakest` the smallest factor between neighbours in that direction, `shrinks` 1 where they get smaller."""

    factor: float
    weakest: float
    shrinks: int
    first: float
    last: float
    first_layer: str
    last_layer: str
    total: int


def spread_at_start(activations: Layers, *, min_layers: int, latest: float) -> Measured[Spread] | NotJudged:
    """How the spread of activations changes from layer to layer before anything is learned.

    The first record must lie in the first `latest` of the records' extent.
    """
    spreads = activations.matrix("sd")
    x = activations.x
    if len(activations.layers) < min_layers or not spreads.shape[1]:
        return NotJudged("too_short", f"{len(activations.layers)} layers recorded together, {min_layers} needed")
    if x[0] > latest * x[-1]:
        return NotJudged("excluded", "the start of the run is not in the log")
    start = spreads[:, 0]
    if not (np.isfinite(start) & (start > 0)).all():
        return NotJudged("excluded", "a layer without any spread")
    steps = np.diff(np.log(start))
    total = float(steps.sum())
    direction = -1.0 if total < 0 else 1.0
    evidence = Spread(
        factor=min(MOST, float(np.exp(abs(total)))),
        weakest=min(MOST, float(np.exp((direction * steps).min()))),
        shrinks=int(total < 0),
        first=float(start[0]),
        last=float(start[-1]),
        first_layer=activations.layers[0].name,
        last_layer=activations.layers[-1].name,
        total=len(start),
    )
    return Measured(evidence, 0, (Span(0, 0),))
