"""How sure a finding is: the chance that it is right, from the distances that the report itself shows.

A logistic model (Cox 1958, J. R. Stat. Soc. B 20:215) of three numbers and one offset for each rule. Its coefficients stand in
rules/confidence.toml and are fitted by `python -m benchmarks.accuracy --confidence`; a rule without an offset there was seen
too seldom to be rated, and its findings carry none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from loglint.errors import RuleError
from loglint.report import Number
from loglint.rulebook import find_rules
from loglint.verdicts import margins

FILE = "confidence.toml"
FARTHEST = 1000.0  # relative distance from a threshold beyond which more says nothing more
SIZES = ("points", "evaluations")  # evidence that says how many records there are
USUAL = 100  # records
WORDS = ("inf", "-inf", "nan")  # how the report writes numbers that are not finite
LEAST, MOST = 0.01, 0.99


class Distances(NamedTuple):
    """ln(1 + margin) of the threshold that is passed most narrowly (`closest`) and on average (`typical`), and log10 of the
    number of records over a hundred (`size`)."""

    closest: float
    typical: float
    size: float


class Model(NamedTuple):
    """Coefficients of the distances, and the offset of each rule by name."""

    closest: float
    typical: float
    size: float
    offset: Mapping[str, float]


def distances(evidence: Mapping[str, Number], threshold: Mapping[str, Number]) -> Distances:
    """What the model looks at. Thresholds of 0 and 1 are yes or no, and have no distance."""
    limits = {key: limit for key, limit in threshold.items() if isinstance(limit, int | float) and limit not in (0, 1)}
    values = {key: float(value) if value in WORDS else value for key, value in evidence.items() if value is not None}
    passed = [math.log1p(min(FARTHEST, max(0.0, margin))) for margin in margins(values, limits).values()]
    records = next((value for name in SIZES if isinstance(value := evidence.get(name), int) and value > 0), USUAL)
    return Distances(min(passed, default=0.0), sum(passed) / max(1, len(passed)), math.log10(records / USUAL))


def chance(model: Model, rule: str, seen: Distances) -> float | None:
    """The chance that a finding of a rule at these distances is right; None for a rule that the model does not know."""
    offset = model.offset.get(rule)
    if offset is None:
        return None
    score = offset + model.closest * seen.closest + model.typical * seen.typical + model.size * seen.size
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


def confidence(rule: str, evidence: Mapping[str, Number], threshold: Mapping[str, Number]) -> float | None:
    """The confidence of a finding, in hundredths between 0.01 and 0.99."""
    found = chance(shipped(), rule, distances(evidence, threshold))
    return None if found is None else min(MOST, max(LEAST, round(found, 2)))


@cache
def shipped() -> Model:
    """The coefficients of rules/confidence.toml. Raises RuleError when the file is not what it should be."""
    import tomllib

    path = find_rules() / FILE
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        offset = {str(name): float(value) for name, value in table["offset"].items()}
        return Model(float(table["closest"]), float(table["typical"]), float(table["size"]), offset)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuleError(f"{path}: {type(error).__name__}: {error}; restore the file, or fit it anew") from error
