"""What the curves of a run are: each series' `Role`, and the run's traits.

The words of a single name are judged by `loglint.names`; this module adds what the company says: the split of a bare
name, component or dataset, losses that need not fall. What a rule's input selects lives in `loglint.inputs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Direction, Floats, Role, Run, Series, Split
from loglint.names import CURVES, Name, Trait, component_word, is_component, knowledge, parse

SUMMED = 5  # records from which on an equal sum is no accident
PARTS = 2  # names that are parts of a loss, from which on they are no accident
NAMED_PARTS = 4  # components that are named in a reason
RARE = 0.5  # a bare metric with at most this share of the training loss's points was evaluated, not trained on


class UserRole(msgspec.Struct, frozen=True):
    """`[[tool.loglint.role]]`: what names matching the regular expression `match` are. Parts left None are inferred."""

    match: str
    quantity: str | None = None
    component: str | None = None
    split: Split | None = None
    dataset: str | None = None
    direction: Direction | None = None
    said: str = ""  # the pattern as the user wrote it


class _Seen(msgspec.Struct, frozen=True):
    """One series, what its name says, and its split so far."""

    series: Series
    name: Name
    split: Split | None


def assign(run: Run, user_roles: Sequence[UserRole] = ()) -> Run:
    """The run with a `Role` on every series, granularities filled in, and its traits.

    The user's own roles go first, then rules/roles.toml, then the company of the run's other series.
    """
    seen = _only_parts(_without_prefix(tuple(_Seen(s, name := _whole(s), _stated_split(s, name)) for s in run.series)))
    train_parts = {one.name.rest for one in seen if one.name.quantity == "loss" and one.split in (None, "train")}
    splits = _Splits.of(seen)
    roles = [_role(one, train_parts, splits) for one in seen]
    roles = _with_totals(seen, _sole_loss(seen, roles))
    known, names = _company(run, seen), [f" {' '.join(one.name.words)} " for one in seen]
    traits = tuple(trait for trait in knowledge().trait if all(_met(need, known, names) for need in trait.needs))
    roles = [_freed(one, role, traits) for one, role in zip(seen, roles, strict=True)]
    roles = [_by_user(one.series.name, role, user_roles) for one, role in zip(seen, roles, strict=True)]
    series = tuple(
        replace(one.series, role=role, granularity=one.series.granularity or one.name.granularity)
        for one, role in zip(seen, roles, strict=True)
    )
    return replace(run, series=series, traits=run.traits | {trait.name for trait in traits})


def _whole(series: Series) -> Name:
    """What the name says; one that only names a split (CatBoost's `learn`, `test`) is that split's loss, or a score if it rises."""
    name = parse(series.name)
    if (
        name.quantity != "unknown"
        or not name.split
        or name.rest
        or name.derived
        or len(name.words) > 1 + (name.dataset is not None)
    ):
        return name
    finite = series.values[np.isfinite(series.values)]
    quarter = max(1, len(finite) // 4)
    if len(finite) > 1 and np.median(finite[-quarter:]) > np.median(finite[:quarter]) and finite.min() >= 0 and finite.max() <= 1:
        return replace(name, quantity="metric", component="score", direction="up", phrase=name.split_word)
    return replace(name, quantity="loss", direction="down", phrase=name.split_word)


def _without_prefix(seen: tuple[_Seen, ...]) -> tuple[_Seen, ...]:
    """Words before all of a run's losses alike (`info/learner/default_policy/`) are no component."""
    rests = {one.name.rest for one in seen if one.name.quantity == "loss"}
    if len(rests) < 2:
        return seen
    prefix = tuple(takewhile(lambda column: len(set(column)) == 1, zip(*rests, strict=False)))
    if not prefix:
        return seen
    return tuple(
        replace(one, name=replace(one.name, rest=one.name.rest[len(prefix) :])) if one.name.quantity == "loss" else one
        for one in seen
    )


def _only_parts(seen: tuple[_Seen, ...]) -> tuple[_Seen, ...]:
    """Where no loss, reward or metric of training is logged, names made of parts of a loss (`G_GAN`, `D_real`) are losses."""
    if any(one.name.quantity in CURVES and not one.name.evaluation for one in seen):
        return seen
    parts = [_is_part(one.name) for one in seen]
    if sum(parts) < PARTS:
        return seen
    return tuple(
        replace(one, name=replace(one.name, quantity="loss", direction="down", phrase=one.series.name, known_rest=True))
        if part
        else one
        for one, part in zip(seen, parts, strict=True)
    )


def _is_part(name: Name) -> bool:
    """Whether every word is a part of a loss or one letter, and one of them the side of a game or a part by itself."""
    known = [word for word in name.rest if is_component(word)]
    return (
        name.quantity == "unknown"
        and not name.derived
        and bool(known)
        and all(word in known or len(word) == 1 for word in name.rest)
    )


def _stated_split(series: Series, name: Name) -> Split | None:
    """The split that the name or the format says; the name is nearer than the folder."""
    return name.split or series.split


def _role(one: _Seen, train_parts: set[tuple[str, ...]], splits: _Splits) -> Role:
    name = one.name
    if name.quantity == "unknown":
        why = f"{name.phrase!r} is no training quantity" if name.phrase else "no pattern knows this name"
        return Role(split=one.split, why=why)
    watched = name.quantity in CURVES or (name.quantity == "gradient_norm" and name.derived not in ("weight", "weights"))
    if name.derived and watched:
        return Role(split=one.split, why=f"{name.derived!r} makes it a statistic of {name.phrase!r}, not its curve")
    component, dataset = _parts(one, train_parts)
    split, reason = (one.split, _split_reason(one)) if one.split or name.quantity not in CURVES else splits.of_bare(one)
    role = Role(name.quantity, component, split, dataset, name.direction)
    averaged = "a mean over several records" if name.average and watched else ""
    return replace(role, why="; ".join(filter(None, (f"{name.phrase!r} is {role.name}", averaged, reason))))


def _split_reason(one: _Seen) -> str:
    if one.split is None:
        return ""
    if one.name.split == one.split:
        return f"{one.name.split_word!r} is {one.split}"
    return f"the log says {one.split}"


def _parts(one: _Seen, train_parts: set[tuple[str, ...]]) -> tuple[str | None, str | None]:
    """Component and dataset: a loss's own words are its component unless only an evaluation loss carries them."""
    name = one.name
    words = "_".join(name.rest)
    if name.quantity == "loss":
        canonical = "_".join(dict.fromkeys(component_word(word) for word in name.rest))
        held_out = one.split in ("val", "test")
        if name.rest and held_out and not name.known_rest and name.rest not in train_parts:
            return name.component, "_".join(filter(None, (name.dataset, words)))
        return canonical or name.component, name.dataset
    if name.quantity in CURVES:
        return name.component, "_".join(filter(None, (name.dataset, words))) or None
    return name.component or words or None, name.dataset


def _sole_loss(seen: Sequence[_Seen], roles: Sequence[Role]) -> list[Role]:
    """A run's only kind of loss is its total, whatever it is called (`nll_loss` alone); known parts stay parts."""
    kinds = {role.component for role in roles if role.quantity == "loss"}
    if len(kinds) != 1 or None in kinds:
        return list(roles)
    return [
        replace(role, component=None, why=f"{one.name.phrase!r} is the only loss here" + role.why.partition(" is " + role.name)[2])
        if role.quantity == "loss" and not (one.name.known_rest and not one.name.component)
        else role
        for one, role in zip(seen, roles, strict=True)
    ]


def _with_totals(seen: Sequence[_Seen], roles: Sequence[Role]) -> list[Role]:
    """A curve of no known name that always is the sum of the split's component losses is their total; a known total is told so."""
    found = list(roles)
    for split in dict.fromkeys(role.split for role in roles if role.quantity == "loss" and role.component):
        parts = [
            one.series
            for one, role in zip(seen, roles, strict=True)
            if role.quantity == "loss" and role.component and role.split == split and not one.name.average
        ]
        if len(parts) < 2 or any(not np.array_equal(part.seq, parts[0].seq) for part in parts):
            continue
        total = np.sum([part.values for part in parts], axis=0)
        named = " + ".join(part.name for part in parts[:NAMED_PARTS]) + (" + ..." if len(parts) > NAMED_PARTS else "")
        for k, (one, role) in enumerate(zip(seen, roles, strict=True)):
            bare = role.quantity == "unknown" and role.split in (None, split) and not one.name.derived
            whole = role.quantity == "loss" and not role.component and role.split == split
            if (bare or whole) and _is_sum(one.series, total, parts[0]):
                why = f"it is {named}" if bare else f"{role.why}; it is {named}"
                found[k] = Role("loss", None, split, role.dataset, "down", why) if bare else replace(role, why=why)
    return found


def _is_sum(series: Series, total: Floats, part: Series) -> bool:
    """Whether a curve moves and equals a sum at every record, to what logs print."""
    if len(series) < SUMMED or not np.array_equal(series.seq, part.seq) or not np.isfinite(series.values).all():
        return False
    return bool(
        np.ptp(series.values) > 0 and np.allclose(series.values, total, rtol=2e-3, atol=2e-3 * float(np.ptp(series.values)))
    )


# ---------------------------------------------------------------- the split of a bare name


class _Splits(msgspec.Struct, frozen=True):
    """What the named splits of a run say of the bare names beside them."""

    metrics: frozenset[tuple[str | None, tuple[str, ...], Split]]  # (component, other words, split) of metrics with a named split
    losses: frozenset[Split]
    train_points: int  # of the longest training loss, 0 where there is none
    explicit_train: bool  # some curve says "train" by name

    @staticmethod
    def of(seen: Sequence[_Seen]) -> _Splits:
        curves = [one for one in seen if one.name.quantity in CURVES and not one.name.derived]
        losses = [one for one in curves if one.name.quantity in ("loss", "perplexity")]
        return _Splits(
            metrics=frozenset(
                (one.name.component, one.name.rest, one.split) for one in curves if one.name.quantity == "metric" and one.split
            ),
            losses=frozenset(one.split for one in losses if one.split),
            train_points=max((len(one.series) for one in losses if one.split in (None, "train")), default=0),
            explicit_train=any(one.split == "train" for one in losses),
        )

    def of_bare(self, one: _Seen) -> tuple[Split | None, str]:
        """(split, reason) of a curve whose name and format say none."""
        name = one.name
        if name.quantity != "metric":
            beside = " beside a held-out one" if self.losses - {"train"} else ""
            return "train", f"a bare {name.phrase!r}{beside} is train"
        held_out = {split for component, rest, split in self.metrics if (component, rest) == (name.component, name.rest)}
        if "train" in held_out and held_out == {"train"}:
            return "val", "beside the training metric of the same kind it is val"
        if "train" not in held_out and held_out:
            return "train", "beside the held-out metric of the same kind it is train"
        if name.evaluation:
            return "val", f"{name.phrase!r} is measured on held-out data"
        if self.explicit_train and self.losses - {"train"}:
            return "val", "where every loss names its split, a bare metric is an evaluation"
        if not self.train_points:
            return None, "nothing tells the split"
        if len(one.series) <= RARE * self.train_points:
            return "val", "evaluated far less often than the training loss"
        return "train", "logged as often as the training loss"


# ---------------------------------------------------------------- traits


def _met(need: Iterable[str], known: frozenset[str], names: Sequence[str]) -> bool:
    return any(word in known or (word.startswith("word:") and any(f" {word[5:]} " in name for name in names)) for word in need)


def _company(run: Run, seen: Sequence[_Seen]) -> frozenset[str]:
    """The words that traits are known by: loss components as written, `quantity:X`, `framework:X`."""
    words = {f"framework:{source.framework}".lower() for source in run.sources if source.framework}
    for one in seen:
        if one.name.derived:
            continue
        words.add(f"quantity:{one.name.quantity}")
        if one.name.quantity == "loss" or one.name.component == "error":
            words.update(one.name.rest)
    return frozenset(words)


def _freed(one: _Seen, role: Role, traits: Sequence[Trait]) -> Role:
    """The role with direction none where a trait of the run frees the loss, or the error of one of two that oppose each other."""
    parts = {component_word(word) for word in one.name.rest}
    opposed = role.component == "error" and bool(parts & {"generator", "discriminator"})
    if role.quantity != "loss" and not opposed:
        return role
    for trait in traits:
        if (trait.frees == "all" and (not opposed or trait.name == "adversarial")) or parts & set(trait.frees):
            return replace(role, direction="none", why=f"{role.why}; {trait.why}")
    return role


# ---------------------------------------------------------------- the user's own roles


@lru_cache(maxsize=1024)
def _pattern(match: str) -> re.Pattern[str]:
    return re.compile(match)


def _by_user(name: str, role: Role, user_roles: Sequence[UserRole]) -> Role:
    for user in user_roles:
        if _pattern(user.match).search(name):
            quantity, _, component = (user.quantity or role.name).partition(".")
            same = user.quantity is None
            return Role(
                quantity=quantity,
                component=user.component or component or None,
                split=user.split or role.split,
                dataset=user.dataset or (role.dataset if same else None),
                direction=user.direction or (role.direction if same else _direction(quantity, user.component or component)),
                why=f"your own role for {user.said or user.match!r}",
            )
    return role


def _direction(quantity: str, component: str | None) -> Direction:
    """The direction that the book gives a quantity and component."""
    roles = [role for role in knowledge().role if role.quantity == quantity]
    exact = [role.direction for role in roles if role.component == (component or None)]
    return (exact or [role.direction for role in roles] or ["none"])[0]
