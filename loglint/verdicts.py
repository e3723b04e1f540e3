"""One rule held against one attempt: inputs -> detector -> evidence against thresholds -> verdict.

`margins` is the only place where evidence meets a threshold. What a verdict is called in words lives in
`loglint.findings`; which rules are judged at all in `loglint.engine`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from types import FunctionType
from typing import Any, Literal, cast

import msgspec

from loglint.curves.curve import Curve
from loglint.curves.layers import Layers
from loglint.detectors import Detector, Measured, NotJudged, Span, Vetoed, detectors, fields_of
from loglint.report import NotJudgedKind
from loglint.rule import Rule, Setting

Outcome = Literal["fired", "quiet", "vetoed", "not_judged"]
Evidence = Mapping[str, float | int | str]


class Verdict(msgspec.Struct, frozen=True):
    """What one rule says of one input (one validation set, one loss) of one attempt.

    `margins` holds the signed, relative distance of each evidence field from its threshold: the rule fires when none is
    negative. `position` is where the symptom begins on the curve's axis, `onset` the same as a share of the attempt;
    `levels` are the evidence fields that are heights on the curve.
    """

    rule: Rule
    outcome: Outcome
    curves: Mapping[str, Curve | Layers]
    evidence: Evidence
    threshold: Mapping[str, float]
    margins: Mapping[str, float]
    at: int = 0
    position: float = math.nan
    onset: float = 0.0
    spans: tuple[Span, ...] = ()
    reason: str = ""
    kind: NotJudgedKind | None = None
    curve: Curve | Layers | None = None
    levels: tuple[str, ...] = ()

    @property
    def strength(self) -> float:
        """The smallest margin: how safely the rule fired, or by how much it did not."""
        return min(self.margins.values(), default=0.0)


@cache
def signature(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The inputs (positional) and settings (keyword-only) that a detector asks for."""
    code = cast(FunctionType, detectors()[name]).__code__
    inputs = code.co_argcount
    return code.co_varnames[:inputs], code.co_varnames[inputs : inputs + code.co_kwonlyargcount]


def thresholds(rule: Rule) -> dict[str, Setting]:
    """The `min_x` / `max_x` settings of a rule that its detector does not take as parameters."""
    taken = signature(rule.detect.detector)[1]
    return {key: value for key, value in rule.detect.settings.items() if key not in taken}


class Prepared(msgspec.Struct, frozen=True):
    """What a rule's `[detect]` table means: the detector, the names of its inputs, its parameters, and the limits left over
    (`allowed`: those that are numbers)."""

    rule: Rule
    detector: Detector
    inputs: tuple[str, ...]
    parameters: Mapping[str, Setting]
    limits: Mapping[str, Setting]
    allowed: Mapping[str, float]
    tests: tuple[tuple[str, str, Setting], ...]  # (key, evidence field, bound) of each limit


_PREPARED: dict[int, Prepared] = {}  # by the rule's id; an entry holds its rule, so that no other can take that id


def prepared(rule: Rule) -> Prepared:
    """The meaning of a rule's `[detect]` table, worked out once for each rule."""
    if id(rule) not in _PREPARED:
        names, taken = signature(rule.detect.detector)
        settings, limits = rule.detect.settings, thresholds(rule)
        allowed = {key: value for key, value in limits.items() if isinstance(value, int | float)}
        _PREPARED[id(rule)] = Prepared(
            rule,
            detectors()[rule.detect.detector],
            names,
            {key: settings[key] for key in taken},
            limits,
            allowed,
            tuple((key, key[4:], bound) for key, bound in limits.items()),
        )
    return _PREPARED[id(rule)]


def margins(evidence: Evidence, limits: Mapping[str, Setting]) -> dict[str, float]:
    """Signed distance of each evidence field from its limit, in units of the limit; negative where it is not reached.

    A field that is not a number reaches no limit.
    """
    return {key: _margin(key, evidence[key[4:]], bound) for key, bound in limits.items()}


def _margin(key: str, value: float | int | str, bound: Setting) -> float:
    if not isinstance(value, (int, float)) or not isinstance(bound, (int, float)) or math.isnan(value):
        return -math.inf
    distance = (value - bound) if key.startswith("min_") else (bound - value)
    return distance / abs(bound) if bound else float(distance)


def evidence_of(measured: Any) -> dict[str, float | int | str]:
    """The evidence as a mapping."""
    return {name: getattr(measured, name) for name in fields_of(measured.__class__)}


def levels_of(measured: Any) -> tuple[str, ...]:
    """The evidence fields that are finite heights on the judged curve (annotated `Level`)."""
    return tuple(name for name in _levels(measured.__class__) if math.isfinite(getattr(measured, name)))


@cache
def _levels(evidence: type) -> tuple[str, ...]:
    return tuple(name for name, kind in fields_of(evidence).items() if kind == "Level")


def measure(rule: Rule, inputs: Mapping[str, Any]) -> Measured[Any] | Vetoed[Any] | NotJudged:
    """What a rule's detector says of resolved inputs (alias -> `Curve`, `Layers`, number, or None)."""
    known = _PREPARED.get(id(rule)) or prepared(rule)
    return known.detector(*[inputs.get(name) for name in known.inputs], **known.parameters)


def passes(rule: Rule, measured: Measured[Any]) -> bool:
    """Whether no margin is negative, without the rest of the verdict."""
    evidence, known = measured.evidence, _PREPARED.get(id(rule)) or prepared(rule)
    return all(_margin(key, getattr(evidence, name), bound) >= 0 for key, name, bound in known.tests)


def judge(rule: Rule, inputs: Mapping[str, Any], extent: tuple[float, float]) -> Verdict:
    """Run a rule's detector on resolved inputs and compare with its thresholds.

    `extent` is the first and last position of the attempt on the judged curve's axis.
    """
    result = measure(rule, inputs)
    if isinstance(result, NotJudged):
        return Verdict(rule, "not_judged", _curves(inputs), {}, {}, {}, reason=result.reason, kind=result.kind)
    return verdict_of(rule, inputs, result, extent)


def verdict_of(rule: Rule, inputs: Mapping[str, Any], result: Measured[Any] | Vetoed[Any], extent: tuple[float, float]) -> Verdict:
    """The verdict on what was measured."""
    known, curves = prepared(rule), _curves(inputs)
    measured: Measured[Any] = result.measured if isinstance(result, Vetoed) else result
    evidence = evidence_of(measured.evidence)
    distances = margins(evidence, known.limits)
    passed = min(distances.values(), default=0.0) >= 0
    curve = curves.get(rule.detect.judged)
    position = float(curve.x[measured.at]) if curve is not None and len(curve) else math.nan
    begins = float(curve.x[measured.since]) if curve is not None and measured.since is not None else position
    first, last = extent
    return Verdict(
        rule=rule,
        outcome=("vetoed" if isinstance(result, Vetoed) else "fired") if passed else "quiet",
        curves=curves,
        evidence=evidence,
        threshold=known.allowed,
        margins=distances,
        at=measured.at,
        position=position,
        onset=(begins - first) / (last - first) if last > first else 0.0,
        spans=measured.spans,
        reason=result.reason if isinstance(result, Vetoed) else "",
        curve=curve,
        levels=levels_of(measured.evidence),
    )


def _curves(inputs: Mapping[str, Any]) -> dict[str, Curve | Layers]:
    return {alias: value for alias, value in inputs.items() if isinstance(value, (Curve, Layers))}


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that speaks for its siblings: the earliest of the strongest."""
    return max(verdicts, key=lambda v: (v.strength, -v.onset))
