"""The outcomes of all runs, packed, and the cohorts among them: some seventy bytes of memory for each run, however large it is.

The rest of an `Outcome` lies in a spool, which goes to a temporary file, and is made anew when it is asked for. What groups are
made by stands in columns of hashes: what runs have in common (`loglint.cohorts`), equal seeds, equal points.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import overload

import msgspec
import numpy as np

from loglint.cohorts import GROUPS, Own, is_label, own_settings, seed_of
from loglint.model import Floats, Ints
from loglint.outcomes import LEVELS, Fact, Form, Outcome, Setting, shared
from loglint.spool import Spool

COMMON = 0.8  # share of a sweep's runs that must have the curve they are compared by
MOST_SHARED = 4096  # different values of one setting that are there once


class Varied(msgspec.Struct, frozen=True):
    """A setting that differs between the runs of a cohort: its key and its value in each run."""

    key: str
    values: tuple[Setting, ...]

    @property
    def numeric(self) -> bool:
        """Whether every value is a number."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)


class Levels(msgspec.Struct, frozen=True):
    """The scores of some runs at one `place`, lower is better (`mirrored`: minus what was logged): which runs have one (`runs`, by
    their index, in order), and in the order of these what a `loglint.outcomes.Score` says of each."""

    place: str
    mirrored: bool
    runs: Ints
    start: Floats
    best: Floats
    error: Floats
    points: Ints

    def logged(self, value: float) -> float:
        """A value as it was logged."""
        return -value if self.mirrored else value


class _Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An `Outcome` without its form, of which there are few."""

    run: str
    key: str
    values: tuple[Setting, ...]
    known: tuple[Fact, ...]
    levels: bytes
    places: bytes
    heights: bytes
    digest: bytes
    distinct: int
    symptoms: tuple[str, ...]


class _Name(msgspec.Struct, frozen=True, array_like=True, gc=False):
    run: str


_ENCODER = msgspec.msgpack.Encoder()
_PACKED = msgspec.msgpack.Decoder(_Packed)
_NAME = msgspec.msgpack.Decoder(_Name)


class Gathered:
    """Outcomes under the numbers 0, 1, 2 and so on, as they were added."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self.forms: list[Form] = []
        self.columns: dict[str, array[int]] = {name: array("Q") for name in ("form", "symptoms", "seed", "digest", *GROUPS)}
        self._own: list[Own] = []  # of each form
        self._forms: dict[Form, int] = {}
        self._last_form: tuple[Form | None, int] = None, 0
        self._symptoms: dict[tuple[str, ...], int] = {}
        self._spool = Spool()
        self._odd: dict[int, Outcome] = {}  # what msgpack cannot hold: a name that is no text, a number too large
        self._last, self._ordered = "", True
        for outcome in outcomes:
            self.add(outcome)

    def __len__(self) -> int:
        return len(self._spool)

    def add(self, o: Outcome) -> None:
        """Keep one more."""
        number = self._last_form[1] if o.form is self._last_form[0] else self._form(o.form)
        self._ordered, self._last = self._ordered and self._last <= o.run, o.run
        self.columns["form"].append(number)
        self.columns["symptoms"].append(self._symptoms.setdefault(o.symptoms, len(self._symptoms)))
        self.columns["seed"].append(_seeded(seed_of(o)))
        self.columns["digest"].append(int.from_bytes(o.digest[:8], "little") or 1)
        for kind, common in GROUPS.items():
            self.columns[kind].append(_hashed(common(o, self._own[number])))
        parts = (o.run, o.key, o.values, o.known, o.levels, o.places, o.heights, o.digest, o.distinct, o.symptoms)
        try:
            self._spool.add(_ENCODER.encode(parts))
        except (UnicodeEncodeError, OverflowError):
            self._odd[self._spool.add(b"")] = o

    def _form(self, form: Form) -> int:
        if form not in self._forms:
            self._forms[form] = len(self.forms)
            self.forms.append(form)
            self._own.append(own_settings(form))
        self._last_form = form, self._forms[form]
        return self._forms[form]

    def symptoms(self) -> list[tuple[str, ...]]:
        """The symptoms that runs have, by the number that stands for them in their column."""
        return list(self._symptoms)

    def number(self, form: Form) -> int:
        """What stands for a form in its column."""
        return self._forms[form]

    def outcome(self, number: int) -> Outcome:
        """The outcome of that number."""
        if number in self._odd:
            return self._odd[number]
        o, form = _PACKED.decode(self._spool[number]), self.forms[self.columns["form"][number]]
        symptoms = shared(o.symptoms)
        return Outcome(o.run, o.key, form, o.values, o.known, o.levels, o.places, o.heights, o.digest, o.distinct, symptoms)

    def name(self, number: int) -> str:
        """A run's id."""
        return self._odd[number].run if number in self._odd else _NAME.decode(self._spool[number]).run

    def ordered(self) -> Cohort:
        """All of them, in order of run."""
        numbers = range(len(self))
        return Cohort(self, np.array(numbers if self._ordered else sorted(numbers, key=self.name), dtype=np.int64))


class Cohort(Sequence[Outcome]):
    """Some of the runs that were gathered, each made anew when it is asked for."""

    def __init__(self, kept: Gathered, numbers: Ints) -> None:
        self._kept, self._numbers = kept, numbers

    @staticmethod
    def of(runs: Sequence[Outcome]) -> Cohort:
        """These runs, in their order."""
        return runs if isinstance(runs, Cohort) else Cohort(Gathered(runs), np.arange(len(runs)))

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Outcome: ...
    @overload
    def __getitem__(self, at: slice) -> Cohort: ...
    def __getitem__(self, at: int | slice) -> Outcome | Cohort:
        return Cohort(self._kept, self._numbers[at]) if isinstance(at, slice) else self._kept.outcome(int(self._numbers[at]))

    def __iter__(self) -> Iterator[Outcome]:
        return map(self._kept.outcome, map(int, self._numbers))

    def names(self) -> Iterator[str]:
        """The runs' ids."""
        return map(self._kept.name, map(int, self._numbers))

    def part(self, indices: Iterable[int] | Ints) -> Cohort:
        """Those at these places."""
        places = np.asarray(indices if isinstance(indices, np.ndarray) else list(indices), dtype=np.int64)
        whole = len(places) == len(self) and bool((places == np.arange(len(self))).all())
        return self if whole else Cohort(self._kept, self._numbers[places])

    def column(self, name: str) -> np.ndarray:
        """What stands for each run: equal numbers for equal ones, 0 for a run without (`Gathered.columns`)."""
        return np.frombuffer(self._kept.columns[name], dtype=np.uint64)[self._numbers]

    def alike(self, name: str) -> list[Ints]:
        """The places of runs that are equal in a column, two at the least, in order; groups in order of the first of them."""
        return equal(self.column(name))

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The forms of the runs, in order of the first of each."""
        _, firsts = np.unique(numbers := self.column("form"), return_index=True)
        return tuple(self._kept.forms[int(numbers[i])] for i in np.sort(firsts))

    def symptoms(self) -> Iterator[tuple[str, ...]]:
        """Each run's symptoms."""
        known = self._kept.symptoms()
        return (known[int(number)] for number in self.column("symptoms"))

    @cached_property
    def varied(self) -> tuple[Varied, ...]:
        """The settings that differ between the runs, labels left out; of keys that hold the same values the shortest."""
        same = self.column("repeats")
        if same[0] and (same == same[0]).all():
            return ()
        common = set(self.forms[0].settings).intersection(*(form.settings for form in self.forms))
        keys = sorted((key for key in common if not is_label(key)), key=lambda k: (k.count(".") + k.count("/"), len(k), k))
        first, differing = None, set[int]()
        for row in self._rows(keys):
            first = row if first is None else first
            if row != first:
                differing.update(k for k, value in enumerate(row) if value != first[k])
        chosen = [key for k, key in enumerate(keys) if k in differing]
        found: dict[tuple[Setting, ...], Varied] = {}
        for key, values in zip(chosen, self._values(chosen), strict=True):
            found.setdefault(values, Varied(key, values))
        return tuple(found.values())

    def _rows(self, keys: Sequence[str]) -> Iterator[list[Setting]]:
        """Each run's settings under these keys, which all of them have."""
        where = {id(form): [form.settings.index(key) for key in keys] for form in self.forms}
        for one in self if keys else ():
            yield [one.values[i] for i in where[id(one.form)]]

    def _values(self, keys: Sequence[str]) -> list[tuple[Setting, ...]]:
        """The settings under each key, run by run; while they are few, equal values are there once."""
        columns: list[list[Setting]] = [[] for _ in keys]
        pools: list[dict[tuple[type, Setting], Setting]] = [{} for _ in keys]
        for row in self._rows(keys):
            for column, pool, value in zip(columns, pools, row, strict=True):
                which = type(value), value
                column.append(pool.setdefault(which, value) if len(pool) < MOST_SHARED else pool.get(which, value))
        return [tuple(column) for column in columns]

    @cached_property
    def levels(self) -> Levels | None:
        """The scores at the first place by which most runs can be compared; None without one."""
        numbers = self.column("form")
        count = {form: int((numbers == self._kept.number(form)).sum()) for form in self.forms}
        places = dict.fromkeys(score[0] for form in self.forms for score in form.scores)
        order = {place: min(_rank(form, place) for form in self.forms) for place in places}
        for place in sorted(places, key=lambda p: order[p]):
            having = {form: rank for form in self.forms if (rank := _rank(form, place)) < len(form.scores)}
            if sum(count[form] for form in having) >= COMMON * len(self):
                mirrored = {form.scores[rank][3] for form, rank in having.items()}
                if len(mirrored) == 1:
                    return self._levels(place, mirrored.pop(), {id(form): rank * LEVELS.size for form, rank in having.items()})
        return None

    def _levels(self, place: str, mirrored: bool, where: dict[int, int]) -> Levels:
        runs, points, numbers = array("q"), array("q"), [array("d") for _ in range(3)]
        for i, one in enumerate(self):
            if (at := where.get(id(one.form))) is not None:
                first, lowest, _, spread, _, count = LEVELS.unpack_from(one.levels, at)
                runs.append(i)
                points.append(count)
                for column, value in zip(numbers, (first, lowest, spread), strict=True):
                    column.append(value)
        start, best, error = map(np.array, numbers)
        return Levels(place, mirrored, np.array(runs), start, best, error, np.array(points))


def cohorts(kind: str, runs: Sequence[Outcome]) -> Iterator[Cohort]:
    """The groups of runs that a rule's input of this kind stands for, each in the order of the runs; KeyError for another kind.

    each: every run alone. repeats: equal curves and settings, but for the seed and labels. sweep: one objective and subject,
    the same keys of settings. company: equal curves in one folder. compared: none, `loglint compare` makes them.
    """
    whole = Cohort.of(runs)
    if kind == "each":
        return (whole[i : i + 1] for i in range(len(whole)))
    return iter(()) if kind == "compared" else (whole.part(group) for group in whole.alike(kind))


def equal(keys: np.ndarray) -> list[Ints]:
    """The places of equal keys, two at the least, in order; groups in order of the first of them. A key of 0 is equal to none."""
    order = np.argsort(keys, kind="stable")
    bounds = np.flatnonzero(np.diff(keys[order], prepend=keys[order[:1]] + 1, append=keys[order[-1:]] + 1))
    sizes = np.diff(bounds)
    wanted = np.flatnonzero((sizes > 1) & (keys[order[bounds[:-1]]] != 0))
    groups = [order[bounds[i] : bounds[i] + sizes[i]] for i in wanted]
    return sorted(groups, key=lambda group: int(group[0]))


def _rank(form: Form, place: str) -> int:
    return next((i for i, one in enumerate(form.scores) if one[0] == place), len(form.scores))


@lru_cache(maxsize=1024)
def _hashed(text: str | None) -> int:
    """64 bits that stand for a text; 0 for None alone."""
    if text is None:
        return 0
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") or 1


def _seeded(seed: float | int | str | None) -> int:
    """64 bits that stand for a seed, the same for equal ones; 0 for None alone."""
    if isinstance(seed, float) and seed.is_integer():
        seed = int(seed)
    if isinstance(seed, int) and 0 <= seed < 2**63:
        return seed + 1
    return _hashed(None if seed is None else repr(seed))
