"""Which runs may be held against each other: repeats of one training, the runs of one sweep, the company of one folder.

Unrelated trainings that happen to lie below one path must not meet here, so every kind asks for equal curves or equal kinds of
settings, and settings count only where hyper-parameters were recognised among them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from loglint.outcomes import Form, Outcome, Score, Setting

RECOGNISED = 2  # hyper-parameters beside the seed that make two settings comparable
COMMON = 0.8  # share of a sweep's runs that must have the curve they are compared by
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# Words of settings that tell runs apart and change nothing in the training.
_LABELS = frozenset(
    "seed seeds name names id ids uuid dir dirs directory path paths file files folder root output outputs out log logs logging "
    "logger date time timestamp started created host hostname port pid user url device devices gpu gpus cuda rank node local "
    "world worker workers num save saves saving saved print verbose wandb tensorboard tags tag notes note comment group project "
    "entity checkpoint checkpoints ckpt run runs trial trials experiment exp version index job slurm display plot tqdm "
    "progress bar interval freq frequency every steps args cfg config configs trainer hydra master addr address report to random "
    "manual global state".split()
)
# Alone they may be what is trained, on what, from what and for how long.
_NOT_LABELS = frozenset(
    {(word,) for word in "steps time interval world state random version name root path file dir folder checkpoint ckpt".split()}
    | {("num", "steps"), ("global", "steps"), ("random", "steps")}
)
_SUBJECT = frozenset("data dataset datasets task tasks env environment corpus benchmark".split())


class Varied(msgspec.Struct, frozen=True):
    """A setting that differs between the runs of a cohort: its key and its value in each run."""

    key: str
    values: tuple[Setting, ...]

    @property
    def numeric(self) -> bool:
        """Whether every value is a number."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)


def cohorts(kind: str, outcomes: Sequence[Outcome]) -> tuple[tuple[Outcome, ...], ...]:
    """The groups of runs that a rule's input of this kind stands for, each in order of run; raises KeyError for another kind.

    each: every run alone. repeats: equal curves and settings, but for the seed and labels. sweep: one objective and subject,
    the same keys of settings. company: equal curves in one folder.
    """
    key = KINDS[kind][0]
    groups: dict[Hashable, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: o.run):
        group = key(outcome)
        if group is not None:
            groups.setdefault(group, []).append(outcome)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1 or kind == "each")


def repeats(outcomes: Sequence[Outcome]) -> tuple[tuple[Outcome, ...], ...]:
    """Runs of one training each, with or without another seed."""
    return cohorts("repeats", outcomes)


@lru_cache(maxsize=4096)
def is_label(key: str) -> bool:
    """Whether a setting only names a run, a place or a machine: every word of its key says so."""
    words = tuple(word.lower() for word in _WORDS.findall(key))
    return words[:1] == ("hydra",) or (words not in _NOT_LABELS and all(word in _LABELS or word.isdigit() for word in words))


def seed_of(outcome: Outcome) -> float | int | str | None:
    """The run's recorded seed."""
    return outcome.known[outcome.form.facts.index("seed")] if "seed" in outcome.form.facts else None


def varied(outcomes: Sequence[Outcome]) -> tuple[Varied, ...]:
    """The settings that differ between runs, labels left out; of keys that hold the same values the shortest."""
    forms = _forms(outcomes)
    common = set(outcomes[0].form.settings).intersection(*(form.settings for form in forms.values()))
    found: dict[tuple[Setting, ...], Varied] = {}
    for key in sorted(common, key=lambda k: (k.count(".") + k.count("/"), len(k), k)):
        if is_label(key):
            continue
        at = {which: form.settings.index(key) for which, form in forms.items()}
        values = tuple(outcome.values[at[id(outcome.form)]] for outcome in outcomes)
        if len(set(values)) > 1:
            found.setdefault(values, Varied(key, values))
    return tuple(found.values())


def common_score(outcomes: Sequence[Outcome]) -> tuple[str, dict[int, Score]] | None:
    """The first place by which most runs can be compared, and each run's score there by its index; None without one."""
    forms = _forms(outcomes).values()
    places = dict.fromkeys(score[0] for form in forms for score in form.scores)
    order = {place: min(_rank(form, place) for form in forms) for place in places}
    for place in sorted(places, key=lambda p: order[p]):
        scores = {i: score for i, outcome in enumerate(outcomes) if (score := outcome.score(place)) is not None}
        if len(scores) >= COMMON * len(outcomes) and len({s.mirrored for s in scores.values()}) == 1:
            return place, scores
    return None


def _forms(outcomes: Sequence[Outcome]) -> dict[int, Form]:
    """The forms of some runs by their ids, in order of the runs."""
    return {id(outcome.form): outcome.form for outcome in outcomes}


def listed(names: Iterable[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    shown = list(names)
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


def _rank(form: Form, place: str) -> int:
    return next((i for i, one in enumerate(form.scores) if one[0] == place), len(form.scores))


class _Own(msgspec.Struct, frozen=True):
    """Of the settings of one form those that are no labels: their keys, sorted, and where they stand; those of the subject."""

    keys: tuple[str, ...]
    places: tuple[int, ...]
    subject: tuple[tuple[str, int], ...]
    recognised: int


@lru_cache(maxsize=4096)
def _own(form: Form) -> _Own:
    own = sorted((key, i) for i, key in enumerate(form.settings) if not is_label(key))
    subject = tuple((key, i) for key, i in own if _is_subject(key))
    recognised = len(set(form.facts) - {"seed", "warmup"})
    return _Own(tuple(key for key, _ in own), tuple(i for _, i in own), subject, recognised)


def _repeat(outcome: Outcome) -> Hashable:
    own = _own(outcome.form)
    if own.recognised < RECOGNISED or not outcome.form.scores:
        return None
    values = outcome.values
    return outcome.form.curves, own.keys, tuple([(type(values[i]), values[i]) for i in own.places])


def _sweep(outcome: Outcome) -> Hashable:
    own, places = _own(outcome.form), outcome.form.scores
    if own.recognised < RECOGNISED or not places:
        return None
    _, name, _, mirrored = next((one for one in places if one[0] == "train/objective"), places[0])
    subject = tuple((key, value) for key, i in own.subject if isinstance(value := outcome.values[i], str))
    return name, mirrored, own.keys, subject


def _is_subject(key: str) -> bool:
    return any(word.lower() in _SUBJECT for word in _WORDS.findall(key))


def _company(outcome: Outcome) -> Hashable:
    return (outcome.form.curves, posixpath.dirname(outcome.run)) if outcome.form.scores else None


KINDS: Mapping[str, tuple[Callable[[Outcome], Hashable], str]] = {
    "each": (lambda outcome: outcome.run, "each run alone"),
    "repeats": (_repeat, "runs of equal curves and settings, but for the seed, names, places and machines"),
    "sweep": (_sweep, "runs of one objective on the same data, with the same keys of settings"),
    "compared": (lambda _: None, "the runs of BASE and of HEAD that belong together, in `loglint compare`"),
    "company": (_company, "runs of equal curves in one folder"),
}
