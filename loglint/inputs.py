"""What a rule's input pattern selects in one attempt of a run: series by split and role, and the training objective.

Which role a series has is `loglint.roles`' matter; how a selected series is judged, the detectors'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import AXES, Bools, Floats, Ints, Run, Series, Split
from loglint.names import parse

SPLITS = ("train", "val", "test")
HELD_OUT = ("val", "test")
CARRIED = 4  # points below which, and steps per evaluation below which, no value is taken for one carried along


class Objective(msgspec.Struct, frozen=True):
    """What is being minimised. `values` is float64[n], placed on the axes of `series[0]` (also n points).

    `mirrored` says that values are minus what was logged, so that lower is better. `series` are those it was made from.
    """

    values: Floats
    mirrored: bool
    series: tuple[Series, ...]
    why: str


class NoObjective(msgspec.Struct, frozen=True):
    """Nothing in the log says what is being minimised, and why not."""

    reason: str


def attempt_of(series: Series, attempt: int) -> Series:
    """The points of one attempt, without those that a resume wrote again."""
    one = series if series.attempt is None and series.superseded is None and attempt == 0 else _written_last(series, attempt)
    fresh = _evaluated(one)
    return one if fresh is None else only(one, fresh)


def _written_last(series: Series, attempt: int) -> Series:
    """The points of a curve that belong to an attempt and were not written again."""
    keep = np.ones(len(series), dtype=np.bool_)
    if series.attempt is not None:
        keep &= series.attempt == attempt
    elif attempt != 0:
        keep[:] = False
    if series.superseded is not None:
        keep &= ~series.superseded
    return series if keep.all() else only(series, keep)


def _evaluated(series: Series) -> Bools | None:
    """The first points of each value that a held-out curve has, where it is printed with every step of an epoch; else None.

    A progress bar, or a logger that prints all it knows, carries the last evaluation along until the next one.
    """
    if series.role.split not in HELD_OUT or series.granularity != "step" or len(series) < CARRIED:
        return None
    if series.step is None or series.epoch is None:
        return None
    y, following = series.values, np.diff(series.step) == 1
    again = (y[1:] == y[:-1]) | (np.isnan(y[1:]) & np.isnan(y[:-1]))
    within = np.diff(series.epoch) == 0
    if min(following.mean(), again.mean(), within.mean()) < 1 - 1 / CARRIED:
        return None
    return np.concatenate([[True], ~again])


def only(series: Series, keep: Bools | Ints) -> Series:
    """The series with only the points that a boolean mask or index array selects, in its order."""
    arrays = {name: getattr(series, name) for name in series.__struct_fields__}
    kept: dict[str, Any] = {name: array[keep] for name, array in arrays.items() if isinstance(array, np.ndarray)}
    return replace(series, **kept)


def resolve(pattern: str, run: Run, attempt: int = 0) -> tuple[Series, ...]:
    """The series of one attempt that an input pattern of a rule file names, longest first within one role.

    `split/role` with split train, val, test, or any (`*`); without split, any. The role is a quantity (which matches all its
    components, or the one without component where there is one) or `quantity.component`; `loss*` is totals and components.
    A trailing ? (optional input) is ignored here. A test set evaluated while training stands in for a missing val.
    `train/objective` and `val/objective` give the series the objective is made from; use `objective` for its values.
    """
    split, _, role = pattern.removesuffix("?").rpartition("/")
    present = [part for one in run.series if len(part := attempt_of(one, attempt))]
    if role == "objective":
        found = objective(present, _as_split(split))
        return found.series if isinstance(found, Objective) else ()
    return select(pattern, best_versions(present))


def select(pattern: str, present: Sequence[Series]) -> tuple[Series, ...]:
    """What `resolve` finds for a pattern other than an objective, among the best versions of one attempt's series."""
    return Choice(present)(pattern)


class Choice:
    """The best versions of one attempt's series, to be asked for patterns.

    Which series a pattern means depends on their roles alone, so it is worked out once for all attempts with the same ones.
    """

    def __init__(self, present: Sequence[Series]) -> None:
        self.present = present
        roles = tuple([(r.split, r.quantity, r.component, len(one) > 1) for one in present for r in (one.role,)])
        self.known, self.missing = _meanings(roles)

    def __call__(self, pattern: str) -> tuple[Series, ...]:
        """The series that a pattern means, longest first within one role."""
        pattern = pattern.removesuffix("?")
        if pattern not in self.known:
            self.known[pattern] = self._meant(pattern)
        found = self.known[pattern]
        return _sorted(self.present[i] for i in found) if len(found) > 1 else tuple([self.present[i] for i in found])

    def _meant(self, pattern: str) -> tuple[int, ...]:
        split, _, role = pattern.rpartition("/")
        present = self.present
        if split in ("", "any", "*"):
            chosen = _matching(role, present)
        else:
            chosen = _matching(role, [one for one in present if one.role.split == split])
            if not chosen and split == "val":
                chosen = _matching(role, [one for one in present if one.role.split == "test" and len(one) > 1])
        wanted = set(map(id, chosen))
        return tuple(i for i, one in enumerate(present) if id(one) in wanted)


@lru_cache(maxsize=256)
def _meanings(_roles: tuple[tuple[Split | None, str, str | None, bool], ...]) -> tuple[dict[str, tuple[int, ...]], dict[str, Any]]:
    """What patterns mean among series of these (split, quantity, component, more than one point): their places, by pattern; and
    what is to be said of those that mean nothing."""
    return {}, {}


def _as_split(word: str) -> Split:
    return "val" if word == "val" else "test" if word == "test" else "train"


def _matching(role: str, series: Sequence[Series]) -> list[Series]:
    """Those whose role the pattern names; a split's only loss answers to `loss` even if it is a part."""
    if role == "loss":
        totals = [one for one in series if one.role.name == "loss"]
        parts = [one for one in series if one.role.quantity == "loss"]
        return totals or (parts if len({one.role.component for one in parts}) == 1 else [])
    if role.endswith("*"):
        return [one for one in series if one.role.name.startswith(role[:-1])]
    if "." in role:
        return [one for one in series if one.role.name == role]
    found = [one for one in series if one.role.quantity == role]
    return [one for one in found if one.role.component is None] or found


def _sorted(series: Iterable[Series]) -> tuple[Series, ...]:
    return tuple(sorted(series, key=lambda one: (one.role.name, one.role.dataset or "", *_worth(one))))


def best_versions(series: Sequence[Series]) -> list[Series]:
    """Of one curve's versions the one to judge: raw before averaged; in training per step, on held-out data per epoch.

    A version that is not finite where all that are chosen are is kept as well: it alone tells that something broke.
    """
    by_curve: dict[tuple[str, str | None], list[Series]] = {}
    for one in series:
        by_curve.setdefault((one.role.place, one.role.dataset), []).append(one)
    dropped: set[int] = set()
    for versions in by_curve.values():
        raw = [one for one in versions if not parse(one.name).average]
        dropped |= {id(one) for one in versions if raw and parse(one.name).average}
        coarse = "step" if versions[0].role.split in HELD_OUT else "epoch"
        kinds = {one.granularity for one in raw or versions}
        dropped |= {id(one) for one in versions if {"step", "epoch"} <= kinds and one.granularity == coarse}
        if not any(id(one) in dropped for one in versions):
            continue
        broken = [one for one in versions if not np.isfinite(one.values).all()]
        if all(id(one) in dropped for one in broken):
            dropped -= {id(one) for one in broken}
    return [one for one in series if id(one) not in dropped or one.role.quantity == "unknown"]


def _worth(one: Series) -> tuple[bool, bool, int]:
    """Sorts raw before averaged, per step before per epoch, long before short."""
    return parse(one.name).average, one.granularity == "epoch", -len(one)


def objective(series: Sequence[Series], split: Split = "train") -> Objective | NoObjective:
    """What one attempt minimises, from its series (already of one attempt): see DESIGN section 4.

    The total loss if logged, else the sum of its components where all are present, else perplexity, else an error metric,
    else a metric or reward mirrored so that up is worse. Raw before running averages, per step before per epoch.
    """
    mine = [one for one in series if one.role.split == split or (one.role.split is None and split == "train")]
    if split == "val" and not mine:
        mine = [one for one in series if one.role.split == "test"]
    mine = best_versions(mine)
    free = [one for one in mine if one.role.quantity == "loss" and one.role.direction == "none"]
    mine = [one for one in mine if one.role.direction != "none"]
    for choose in (_total, _summed, _perplexity, _falling, _rising):
        found = choose(mine)
        if found is not None:
            return found
    if free:
        return NoObjective("only losses that need not fall: " + ", ".join(sorted(one.name for one in free)[:4]))
    return NoObjective(f"no {split} loss, perplexity, metric or reward is logged")


def _best(series: Iterable[Series]) -> Series | None:
    return min(series, key=lambda one: (*_worth(one), one.name), default=None)


def _one(mirror: bool, why: str, chosen: Series | None) -> Objective | None:
    if chosen is None:
        return None
    return Objective(-chosen.values if mirror else chosen.values, mirror, (chosen,), f"{why} {chosen.name!r}")


def _total(mine: Sequence[Series]) -> Objective | None:
    return _one(False, "the total loss", _best(one for one in mine if one.role.name == "loss"))


def _summed(mine: Sequence[Series]) -> Objective | None:
    by_part: dict[str, list[Series]] = {}
    for one in mine:
        if one.role.quantity == "loss" and one.role.component:
            by_part.setdefault(one.role.component, []).append(one)
    parts = [part for part in map(_best, by_part.values()) if part is not None]
    if not parts:
        return None
    if len(parts) == 1:
        return _one(False, "the only loss", parts[0])
    shared = _shared(parts)
    if shared is None:
        return _one(False, "the longest of its losses", _best(parts))
    total = np.sum([part.values for part in shared], axis=0)
    return Objective(total, False, shared, "the sum of " + ", ".join(repr(part.name) for part in shared))


def _shared(parts: Sequence[Series]) -> tuple[Series, ...] | None:
    """The parts on the places that all have; None when they share fewer than half of the shortest one's points."""
    for name in AXES:
        places = [one.axis(name) for one in parts]
        known = [place for place in places if place is not None and np.isfinite(place).all()]
        if len(known) < len(parts):
            continue
        if all(np.array_equal(known[0], place) for place in known[1:]):
            return tuple(parts)
        common = known[0]
        for place in known[1:]:
            common = np.intersect1d(common, place)
        if len(common) >= 0.5 * min(map(len, known)):
            last = [_last_at(place, common) for place in known]
            return tuple(only(one, index) for one, index in zip(parts, last, strict=True))
    return None


def _last_at(places: Floats, common: Floats) -> Ints:
    """For each common place the index of the last point there, int64[len(common)]."""
    reverse = places[::-1]
    unique, first = np.unique(reverse, return_index=True)
    return len(places) - 1 - first[np.searchsorted(unique, common)]


def _perplexity(mine: Sequence[Series]) -> Objective | None:
    return _one(False, "the perplexity", _best(one for one in mine if one.role.quantity == "perplexity"))


def _falling(mine: Sequence[Series]) -> Objective | None:
    return _one(False, "the error", _first_metric(mine, lambda one: one.role.quantity == "metric" and one.role.direction == "down"))


def _rising(mine: Sequence[Series]) -> Objective | None:
    def chosen(one: Series) -> bool:
        return one.role.quantity in ("metric", "reward") and one.role.direction == "up"

    return _one(True, "for want of a loss, minus", _first_metric(mine, chosen))


def _first_metric(mine: Sequence[Series], wanted: Callable[[Series], bool]) -> Series | None:
    """The first metric in the order in which they were logged, of its versions the best."""
    found = [one for one in mine if wanted(one)]
    return _best(one for one in found if one.role.name == found[0].role.name) if found else None
