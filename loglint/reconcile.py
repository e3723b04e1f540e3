"""The same curve recorded twice is one series: equal copies inside a run are found and named, contradictions reported.

Equal means equal on the shared places to the precision of the coarser copy. Which files make a run is `loglint.runs`' matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from itertools import combinations

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Bools, Floats, Ints, Problem, Series, Split
from loglint.names import parse, split_of, words_of

HEAD = 64  # points by which most curves are told apart
MOST_DECIMALS = 10
DISTINCT = 3  # different values from which the printed precision of a curve can be told
COVERED = 0.8  # share of the shorter copy's points that the longer one must have


def reconcile(series: Sequence[Series], printed: Set[str] = frozenset()) -> tuple[tuple[Series, ...], tuple[Problem, ...]]:
    """Each curve once, in the order given, copies listed in `also`; and the disagreements between files.

    `printed` are the paths of texts: what they hold was printed, NaN too.
    """
    kept = _without_absent(series, printed)
    families: dict[tuple[str, ...], list[int]] = {}
    for i, one in enumerate(kept):
        families.setdefault(_family(one.name, one.split), []).append(i)
    copies: dict[int, list[int]] = {}
    problems: list[Problem] = []
    for members in families.values():
        if len(members) > 1:
            copies |= _copies(kept, members)
            problems += _disagreements(kept, [i for i in members if not any(i in c for c in copies.values())])
    dropped = {copy for found in copies.values() for copy in found}
    result = tuple(_with_copies(one, [kept[k] for k in copies.get(i, ())]) for i, one in enumerate(kept) if i not in dropped)
    return result, tuple(problems)


def _with_copies(one: Series, copies: Sequence[Series]) -> Series:
    if not copies:
        return one
    also = [place for copy in copies for place in (f"{copy.path}: {copy.name}", *copy.also)]
    return replace(one, also=(*one.also, *also), split=one.split or next((copy.split for copy in copies if copy.split), None))


def _without_absent(series: Sequence[Series], printed: Set[str]) -> list[Series]:
    """Columns that hold nothing but NaN are absent, but for what training itself computes: there a NaN is a NaN."""
    finite = any(np.isfinite(one.values).any() for one in series)
    return [one for one in series if not (finite and _is_blank(one) and not _is_computed(one, printed))]


def _is_blank(one: Series) -> bool:
    return len(one) > 0 and math.isnan(one.values.item(0)) and bool(np.isnan(one.values).all())


def _is_computed(one: Series, printed: Set[str]) -> bool:
    name = parse(one.name)
    held_out = (name.split or one.split or "train") != "train" and one.path not in printed
    return name.quantity in ("loss", "perplexity", "gradient_norm") and not held_out


@lru_cache(maxsize=4096)
def _family(curve: str, said: Split | None) -> tuple[str, ...]:
    """Curves that can be copies of one another: the same quantity, metric and split; unknown ones by their words."""
    name = parse(curve)
    split = (name.split if name.split in ("val", "test") else said or name.split) or "train"
    if name.quantity == "unknown" or name.derived:
        return ("unknown", split, *words_of(curve.rsplit("/", 1)[-1]))
    return (name.quantity, split, name.component or "") if name.quantity != "loss" else ("loss", split)


def _copies(series: Sequence[Series], members: Sequence[int]) -> dict[int, list[int]]:
    """index of the copy to keep -> indices of its copies; the most complete is kept, then the most precise."""
    decimals = {i: _decimals(series[i].values) for i in members}
    order = sorted(members, key=lambda i: (-len(series[i]), -decimals[i], i))
    apart = _Apart.of([series[i] for i in order], [decimals[i] for i in order])
    found: dict[int, list[int]] = {}
    gone: set[int] = set()
    for rank, i in enumerate(order):
        if i in gone:
            continue
        told = apart.told(rank)
        for other, k in enumerate(order[rank + 1 :], rank + 1):
            if k not in gone and not told[other] and same_curve(series[i], series[k], min(decimals[i], decimals[k])):
                found.setdefault(i, []).append(k)
                gone.add(k)
    return found


class _Apart(msgspec.Struct, frozen=True):
    """What tells curves on the same places apart before they are compared pair by pair: `heads` (float64[curves, HEAD]), their
    first values (NaN behind the last), to the precision `coarse` (float64[curves]); `places` (int64[curves]), equal where two
    curves have the very same steps and epochs.
    """

    heads: Floats
    coarse: Floats
    places: Ints

    @classmethod
    def of(cls, curves: Sequence[Series], decimals: Sequence[int]) -> _Apart:
        heads = np.full((len(curves), HEAD), np.nan)
        for row, one in zip(heads, curves, strict=True):
            row[: len(one)] = one.values[:HEAD]
        known: dict[tuple[int, int, int], int] = {}
        places = [known.setdefault((id(one.step), id(one.epoch), len(one)), len(known)) for one in curves]
        return cls(heads, np.array([_rounding(k) for k in decimals]), np.array(places, dtype=np.int64))

    def told(self, i: int) -> list[bool]:
        """Which curves cannot be copies of one of them."""
        coarse = np.maximum(self.coarse, self.coarse[i])[:, None]
        told: Bools = (self.places == self.places[i]) & ~_within(self.heads[i], self.heads, coarse).all(axis=1)
        return told.tolist()  # type: ignore[no-any-return]


def same_curve(long: Series, short: Series, decimals: int | None = None) -> bool:
    """Whether `short` holds the points of `long`, or part of them, to the coarser one's precision (digits after the point)."""
    matched = _matched(long, short)
    if matched is None and len(long) == len(short) > 2:
        matched = long.values, short.values
    if matched is None:
        return False
    a, b = matched
    k = min(_decimals(long.values), _decimals(short.values)) if decimals is None else decimals
    if not _within(a[:HEAD], b[:HEAD], _rounding(k)).all():
        return False
    named_alike = _said(long) == _said(short)
    if len(b) < max(1, COVERED * len(short)) or (not named_alike and (len(b) < 3 or _constant(b))):
        return False
    if not named_alike and parse(long.name).dataset != parse(short.name).dataset:
        return False
    return bool(_close(a, b, k).all())


def _said(one: Series) -> frozenset[str]:
    """The words of a name without those that only say the split."""
    return frozenset(word for word in parse(one.name).words if split_of(word) is None)


def _constant(values: Floats) -> bool:
    finite = values[np.isfinite(values)]
    return len(finite) == 0 or bool((finite == finite[0]).all())


def _rounding(decimals: int) -> float:
    """The most that printing so many decimals takes from a value or adds to it."""
    return 0.0 if decimals >= MOST_DECIMALS else 0.501 * 10.0**-decimals


def _close(a: Floats, b: Floats, decimals: int) -> Bools:
    distinct = min(len(np.unique(x[np.isfinite(x)])) for x in (a, b))
    return _within(a, b, 0.0 if distinct < DISTINCT else _rounding(decimals))


def _within(a: Floats, b: Floats, coarse: float | Floats) -> Bools:
    size = np.maximum(np.abs(a), np.abs(b))
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= coarse + 2e-6 * size
    same: Bools = near | (np.isnan(a) & np.isnan(b)) | (a == b)
    return same


def _decimals(values: Floats) -> int:
    """The number of decimals that all finite values are printed with (float32 rounding allowed for); at most 10."""
    finite = values[np.isfinite(values)]
    if len(finite) > 2000:
        finite = finite[:: len(finite) // 2000]
    return next((k for k in range(MOST_DECIMALS) if _printed(finite[:HEAD], k) and _printed(finite, k)), MOST_DECIMALS)


def _printed(finite: Floats, decimals: int) -> bool:
    return bool((np.abs(finite - np.round(finite, decimals)) <= 1.2e-7 * np.abs(finite)).all())


def _matched(long: Series, short: Series) -> tuple[Floats, Floats] | None:
    """Values of both at the places that both have, by the first axis they share; None where they share none."""
    for name in ("step", "epoch"):
        a, b = long.axis(name), short.axis(name)
        if a is None or b is None or not len(a) or not len(b) or not np.isfinite(a).all() or not np.isfinite(b).all():
            continue
        if len(a) == len(b) and np.array_equal(a, b):
            return long.values, short.values
        if _rises(a) and _rises(b):
            at_a = np.minimum(np.searchsorted(a, b), len(a) - 1)
            at_b = np.flatnonzero(a[at_a] == b)
            at_a = at_a[at_b]
        elif len(np.unique(a)) < len(a) and len(np.unique(b)) < len(b):
            continue
        else:
            _, at_a, at_b = np.intersect1d(a, b, return_indices=True)
        if len(at_a) >= COVERED * len(short):
            return long.values[at_a], short.values[at_b]
    return None


def _rises(places: Floats) -> bool:
    """Whether each place is beyond the one before."""
    return bool((places[1:] > places[:-1]).all())


def _disagreements(series: Sequence[Series], members: Iterable[int]) -> list[Problem]:
    """Curves of one name from two files that hold different values at the same places."""
    found: list[Problem] = []
    told: set[tuple[str, str]] = set()
    for i, k in combinations(members, 2):
        a, b = series[i], series[k]
        pair = (a.path, b.path)
        if a.path == b.path or pair in told or parse(a.name).words != parse(b.name).words:
            continue
        matched = _matched(a, b)
        if matched is not None and len(matched[0]) >= 0.5 * min(len(a), len(b)):
            told.add(pair)
            text = f"{a.name!r} here and {b.name!r} in {b.path} differ at the same steps; both are kept"
            found.append(Problem("disagreement", a.path, text))
    return found
