"""The mathematics of one symptom each: curves -> evidence. Pure functions; no rule, run, file or word in them.

A detector is a public function of a module here that returns `Measured`. Its positional parameters are the inputs
that a rule's `inputs` table names: `Curve`, `Curve | None` (optional), `Layers`, or `float | None` (a fact of the run).
Its keyword-only parameters, without defaults, are numbers that the rule's `[detect]` table must give. It returns
`Measured[E]`, where E is a frozen record of numbers (the evidence: a `msgspec.Struct`, or a dataclass), or `NotJudged`. A rule's
`min_x` / `max_x` keys that are no parameters are thresholds on the evidence field `x`, compared by `loglint.verdicts.margins` and
nowhere else.
A detector across runs takes one cohort of `Outcome`s (`loglint.cohorts`) and returns a tuple of `Measured`, one for each thing
it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from inspect import isfunction
from pkgutil import iter_modules
from typing import Any, Generic, TypeAlias, TypeVar, cast

import msgspec

from loglint.report import NotJudgedKind

E = TypeVar("E")
T = TypeVar("T")
Level: TypeAlias = float  # in evidence: a height on the judged curve, in the unit logged, to be drawn on it


def later(number: Callable[[], T]) -> T:
    """A number of the evidence that is worked out when it is first asked for: a rule whose other limits are not reached never asks.

    Only for fields of an evidence class that `late` names.
    """
    return cast(T, _Unasked(number))


def late(*names: str) -> Callable[[type[E]], type[E]]:
    """Lets the fields named of a kind of evidence be given by `later`."""

    def prepare(evidence: type[E]) -> type[E]:
        for name in names:
            setattr(evidence, name, _Late(vars(evidence)[name]))
        return evidence

    return prepare


class _Unasked(msgspec.Struct, frozen=True):
    number: Callable[[], Any]


class _Late:
    """The attribute of a field that may be given by `later`: what it is worked out to takes the place of how."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __get__(self, evidence: Any, owner: type) -> Any:
        if evidence is None:
            return self
        value = self.field.__get__(evidence)
        if isinstance(value, _Unasked):
            value = value.number()
            self.field.__set__(evidence, value)
        return value


class Span(msgspec.Struct, frozen=True):
    """Where it shows: indices into the first input curve's points, first and last inclusive."""

    first: int
    last: int


class Measured(msgspec.Struct, Generic[E], frozen=True):
    """What was seen: the numbers, and the places of the first input curve that they speak of.

    `at` is the index of the onset (the step a finding names first); `since` where what leads to it begins, if earlier.
    Across runs, `runs` are the indices of those it speaks of.
    """

    evidence: E
    at: int
    spans: tuple[Span, ...] = ()
    since: int | None = None
    runs: tuple[int, ...] = ()


class NotJudged(msgspec.Struct, frozen=True):
    """Why the curves cannot tell: too short, noise too large to see a change, excluded by what the run is."""

    kind: NotJudgedKind
    reason: str


class Vetoed(msgspec.Struct, Generic[E], frozen=True):
    """The symptom was measured, and something else explains it (an LR event, a metric that still improves)."""

    measured: Measured[E]
    reason: str


@cache
def fields_of(evidence: type) -> Mapping[str, object]:
    """The fields of a kind of evidence, and what each is annotated as. Raises TypeError where it is no record of fields."""
    if issubclass(evidence, msgspec.Struct):
        names = evidence.__struct_fields__
    elif is_dataclass(evidence):
        names = tuple(field.name for field in fields(evidence))
    else:
        raise TypeError(f"{evidence.__name__} is no record of fields")
    said = {name: kind for base in reversed(evidence.__mro__) for name, kind in vars(base).get("__annotations__", {}).items()}
    return {name: said[name] for name in names}


Detector = Callable[..., Measured[Any] | Vetoed[Any] | NotJudged]
Across = Callable[..., tuple[Measured[Any], ...] | NotJudged]


@cache
def detectors() -> dict[str, Detector]:
    """Every detector by name: the public functions of this package's modules whose return annotation says `Measured`."""
    modules = [import_module(found.name) for found in iter_modules(__path__, f"{__name__}.")]
    return {
        name: function
        for module in modules
        for name, function in vars(module).items()
        if name[0] != "_" and isfunction(function) and "Measured" in str(function.__annotations__.get("return"))
    }
