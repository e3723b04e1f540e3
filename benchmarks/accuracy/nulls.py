"""False alarms on healthy simulated runs: how often each rule speaks where there is nothing to say.

Counted over the runs in which a rule was judged. What a draw is and what may truly be said of it: `generators`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.accuracy.generators import HEALTHY, Draw, healthy, noise_of
from benchmarks.accuracy.judge import Said, judge
from benchmarks.accuracy.pool import spread

Cell = tuple[str, int, int]  # shape, length, draws


@dataclass
class Alarms:
    """Counts over many draws. Keys of `judged`, `spoke` and `false` are (rule, shape, length); of `noises` (rule, noise).

    Where a rule spoke at all it counts as judged in every draw of that shape and length: on few records a rule that needs no
    estimate of noise says nothing else than that it fires.
    """

    draws: int = 0
    flagged: int = 0  # draws with a false alarm at warning or error
    touched: int = 0  # draws with a false alarm of any severity
    judged: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    false: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    noises: Counter[tuple[str, str]] = field(default_factory=Counter)
    severities: dict[str, str] = field(default_factory=dict)
    examples: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    crashes: Counter[str] = field(default_factory=Counter)
    by_shape: Counter[tuple[str, str]] = field(default_factory=Counter)  # ("flagged" or "draws", shape)
    by_length: Counter[tuple[str, int]] = field(default_factory=Counter)  # draws of (shape, length)
    spoke: set[tuple[str, str, int]] = field(default_factory=set)
    allowed: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (rule, severity, shape) said and true

    def add(self, other: Alarms) -> None:
        """Take in the counts of another worker."""
        self.draws += other.draws
        self.flagged += other.flagged
        self.touched += other.touched
        for name in ("judged", "false", "noises", "crashes", "by_shape", "by_length", "allowed"):
            getattr(self, name).update(getattr(other, name))
        self.severities.update(other.severities)
        for rule, found in other.examples.items():
            self.examples.setdefault(rule, []).extend(found)

    def rules(self) -> list[str]:
        """Every rule that was judged or spoke, the highest rate of false alarms first."""
        names = {rule for rule, _, _ in (*self.judged, *self.false)}
        return sorted(names, key=lambda rule: (-self.rate(rule)[0] / max(1, self.rate(rule)[1]), rule))

    def rate(self, rule: str) -> tuple[int, int]:
        """False alarms of a rule and draws in which it was judged."""
        return _total(self.false, rule), _total(self.judged, rule)


def _total(counts: Counter[tuple[str, str, int]], rule: str) -> int:
    return sum(count for (name, _, _), count in counts.items() if name == rule)


def false_alarms(draw: Draw, said: Sequence[Said]) -> list[Said]:
    """What was said of a healthy run that is not true of it."""
    return [s for s in said if not draw.permits(s.name, s.severity)]


def count(cell: Cell) -> Alarms:
    """Judge the draws of one shape and length."""
    shape, length, draws = cell
    alarms = Alarms()
    for index in range(draws):
        draw = healthy(shape, length, index)
        judgement = judge(draw)
        false = false_alarms(draw, judgement.said)
        severe = any(s.severity != "info" for s in false)
        alarms.draws += 1
        alarms.flagged += severe
        alarms.touched += bool(false)
        alarms.by_shape.update({("draws", shape): 1, ("flagged", shape): int(severe)})
        alarms.by_length[shape, length] += 1
        alarms.crashes.update(judgement.crashed)
        alarms.judged.update((rule, shape, length) for rule in judgement.judged)
        alarms.spoke.update((s.name, shape, length) for s in judgement.said)
        alarms.allowed.update((s.name, s.severity, shape) for s in judgement.said if s.name in draw.allowed)
        for said in {s.name: s for s in false}.values():
            alarms.false[said.name, shape, length] += 1
            alarms.noises[said.name, noise_of(shape, length, index).name] += 1
            alarms.severities[said.name] = said.severity
            alarms.examples.setdefault(said.name, []).append((shape, length, index))
    for key in alarms.spoke:
        alarms.judged[key] = draws
    return alarms


def measure(draws: Mapping[int, int], shapes: Sequence[str] = tuple(HEALTHY), jobs: int = 2) -> Alarms:
    """False alarms over every shape; `draws` says how many of each at every length. The costly cells go first."""
    total = Alarms()
    cells = [(shape, length, number) for length, number in draws.items() for shape in shapes]
    for alarms in spread(count, sorted(cells, key=lambda cell: -cell[1] * cell[2]), jobs):
        total.add(alarms)
    return total
