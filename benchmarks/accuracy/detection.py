"""Detection curves: how strong a symptom has to be until its rule sees it, and how late the rule says it began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from benchmarks.accuracy.faults import FAULTS, injected
from benchmarks.accuracy.generators import ALWAYS_TRUE
from benchmarks.accuracy.judge import judge
from benchmarks.accuracy.pool import spread
from benchmarks.accuracy.statistics import crossing


@dataclass
class Level:
    """Counts at one strength: draws, draws in which the rule was judged, draws in which it spoke."""

    draws: int = 0
    judged: int = 0
    found: int = 0


@dataclass
class Curve:
    """One fault's detection curve; `delays` are (onset said - onset true) as a share of the run, at the nominal strength.

    `wrong` counts what else was said at the nominal strength, and is not true.
    """

    title: str
    levels: dict[float, Level] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def rule(self) -> str:
        return FAULTS[self.title].rule

    @property
    def nominal(self) -> Level:
        return self.levels[FAULTS[self.title].nominal]

    def strength(self, target: float) -> float | None:
        """The strength at which the share of runs found reaches the target."""
        rates = [level.found / max(1, level.draws) for level in self.levels.values()]
        return crossing(list(self.levels), rates, target)

    @property
    def delay(self) -> float | None:
        """Median onset delay, share of the run."""
        return median(self.delays) if self.delays else None


def trace(title: str, draws: int) -> Curve:
    """The detection curve of one fault."""
    fault = FAULTS[title]
    curve = Curve(title)
    for strength in fault.levels:
        level = curve.levels[strength] = Level()
        for index in range(draws):
            case = injected(title, strength, index)
            judgement = judge(case.draw, extra=(fault.rule,))
            said = [s for s in judgement.said if s.name == fault.rule]
            level.draws += 1
            level.judged += bool(said) or fault.rule in judgement.judged
            level.found += bool(said)
            if strength != fault.nominal:
                continue
            curve.wrong.update({s.name for s in judgement.said if not fault.permits(s.name) and s.name not in ALWAYS_TRUE})
            x = next(iter(case.draw.curves.values())).x
            if said and case.onset is not None and said[0].first is not None:
                curve.delays.append((said[0].first - case.onset) / max(1e-12, float(x.max() - x.min())))
    return curve


def measure(draws: int, titles: Sequence[str] = tuple(FAULTS), jobs: int = 2) -> list[Curve]:
    """The detection curves of all faults."""
    return list(spread(partial(trace, draws=draws), titles, jobs))
