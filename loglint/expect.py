"""What the user expects of a run, `require` and `[[expect]]`, held against its curves: each miss is a problem (EXP001)."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from loglint.config import Expect
from loglint.curves.noise import noise_scale
from loglint.errors import ConfigError, did_you_mean
from loglint.globs import path_matches
from loglint.model import Axis, Bools, Problem, Run, Series

_BOUND = re.compile(r"(>=|<=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_BY = re.compile(r"(step|epoch)\s+(\d+(?:\.\d+)?)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def expectations(run: Run, require: Iterable[str], expects: Iterable[Expect]) -> tuple[Problem, ...]:
    """One problem for every role that is required and not logged, and for every expectation that is missed.

    Raises `ConfigError` for an expectation that cannot be understood.
    """
    where = run.sources[0].path if run.sources else run.id
    missed = [f"requires {place}, which is not logged{_near(run, place)}" for place in require if not _named(run, place)]
    for expect in expects:
        if meant(run.id, expect):
            missed += _missed(run, expect)
    return tuple(Problem("expectation", where, message) for message in missed)


def unmatched(runs: Iterable[str], expects: Iterable[Expect]) -> tuple[str, ...]:
    """What is said of every expectation that is meant for none of the runs: it was not held against anything."""
    ids = tuple(runs)
    return tuple(
        f"expect {expect.metric!r}: no run matches runs = {expect.runs!r}: it was held against nothing"
        for expect in expects
        if not any(meant(run, expect) for run in ids)
    )


def meant(run: str, expect: Expect) -> bool:
    """Whether an expectation is for the run with this id."""
    return expect.runs == "*" or path_matches(run, expect.runs)


def _named(run: Run, metric: str) -> list[Series]:
    """The curves with this split/role, else with this name; a quantity stands for its components too."""
    wanted = metric.removeprefix("-/")

    def is_called(series: Series) -> bool:
        role = series.role
        names = {role.name, role.quantity, role.name.removeprefix("metric.")}
        return wanted in names or wanted in {f"{role.split}/{name}" for name in names} or series.name == metric

    return [series for series in run.series if is_called(series)]


def _near(run: Run, metric: str) -> str:
    """What of the run's curves may be meant."""
    places = {series.role.place for series in run.series if series.role.quantity != "unknown"}
    return did_you_mean(metric, sorted(places | {place.replace("/metric.", "/") for place in places}))


def _missed(run: Run, expect: Expect) -> list[str]:
    found = _named(run, expect.metric)
    wanted = {"best": expect.best, "final": expect.final, "max": expect.max, "min": expect.min}
    bounds = {kind: _bound(expect, kind, text) for kind, text in wanted.items() if text is not None}
    if not bounds:
        raise ConfigError(f"expect {expect.metric!r}: say one of best, final, max, min, such as best = '>= 0.76'")
    if not found:
        near = _near(run, expect.metric)
        return [f"{expect.metric} is expected to be judged ({_phrase(wanted)}) and is not logged{near}"]
    slack = expect.slack * min(map(_noise, found))
    by = f" by {expect.by}" if expect.by else ""
    return [
        f"{expect.metric} {kind} {value:.6g}, expected {sign} {bound:g}{by}{f' give or take {slack:.3g}' if slack else ''}"
        for kind, (sign, bound) in bounds.items()
        for value in [_reached(found, kind, expect)]
        if not _holds(value, sign, bound, slack)
    ]


def _phrase(wanted: dict[str, str | None]) -> str:
    return ", ".join(f"{kind} {text}" for kind, text in wanted.items() if text is not None)


def _bound(expect: Expect, kind: str, text: str) -> tuple[str, float]:
    match = _BOUND.fullmatch(text.strip())
    if match is None:
        raise ConfigError(f"expect {expect.metric!r}: {kind} = {text!r} is not an operator and a number such as '>= 0.76'")
    return match[1], float(match[2])


def _holds(value: float, sign: str, bound: float, slack: float) -> bool:
    eased = bound - slack if sign in (">", ">=") else bound + slack
    return not math.isnan(value) and _COMPARE[sign](value, eased)


def _reached(found: Sequence[Series], kind: str, expect: Expect) -> float:
    """The best of the curves' values of one kind, over the points that count; NaN when none does."""
    values = [_value(series, kind, expect) for series in found]
    finite = [value for value in values if not math.isnan(value)]
    if not finite:
        return math.nan
    return min(finite) if found[0].role.direction == "down" else max(finite)


def _value(series: Series, kind: str, expect: Expect) -> float:
    values = series.values[_counted(series, expect)]
    if kind == "final":
        return float(values[-1]) if len(values) else math.nan
    finite = values[np.isfinite(values)]
    if not len(finite):
        return math.nan
    lowest = kind == "min" or (kind == "best" and series.role.direction == "down")
    return float(finite.min() if lowest else finite.max())


def _counted(series: Series, expect: Expect) -> Bools:
    keep = np.ones(len(series), dtype=np.bool_) if series.superseded is None else ~series.superseded
    if expect.by is None:
        return keep
    match = _BY.fullmatch(expect.by.strip())
    if match is None:
        raise ConfigError(f"expect {expect.metric!r}: by = {expect.by!r} is not 'epoch N' or 'step N'")
    name: Axis = "step" if match[1] == "step" else "epoch"
    places = series.axis(name)
    return np.zeros(len(series), dtype=np.bool_) if places is None else keep & (places <= float(match[2]))


def _noise(series: Series) -> float:
    return noise_scale(series.values[np.isfinite(series.values)])
