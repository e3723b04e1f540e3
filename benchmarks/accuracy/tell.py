"""The laboratory's results on a terminal, worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.accuracy.confidence import Sample
from benchmarks.accuracy.detection import Curve
from benchmarks.accuracy.faults import FAULTS
from benchmarks.accuracy.generators import Draw
from benchmarks.accuracy.judge import judge, rulebook, run_of
from benchmarks.accuracy.labelled import Scores
from benchmarks.accuracy.nulls import Alarms
from benchmarks.accuracy.statistics import f1, share, wilson
from loglint.confidence import Model
from loglint.engine import examine

EXAMPLES = 40


def nulls(alarms: Alarms, rule: str | None = None) -> str:
    """False alarms / judged by rule, worst first, with the shapes, lengths and noises that cause most of them."""
    lines = [f"{'rule':30} {'severity':8} {'false/judged':>14}  rate, 95 % interval      worst: shape length false/judged; noise"]
    for name in [rule] if rule else alarms.rules():
        false, judged = alarms.rate(name)
        low, high = wilson(false, judged)
        mark = "!" if judged and false / judged > 0.01 else " "
        rate = f"{100 * false / max(1, judged):5.2f} % [{100 * low:.2f}, {100 * high:.2f}]"
        lines.append(f"{name:30} {alarms.severities.get(name, ''):8} {false:6}/{judged:<7}{mark} {rate:24} {_worst(alarms, name)}")
    lines += [f"crashed: {crash} ({count})" for crash, count in alarms.crashes.most_common(10)]
    if rule:
        lines += [
            "false alarms of this rule, for --show:",
            *(f'  "{s}" {n} {i}' for s, n, i in alarms.examples.get(rule, [])[:EXAMPLES]),
        ]
    flagged = sorted({shape for _, shape in alarms.by_shape}, key=lambda s: -alarms.by_shape["flagged", s])
    worst = ", ".join(
        f"{s} {alarms.by_shape['flagged', s]}/{alarms.by_shape['draws', s]}" for s in flagged[:6] if alarms.by_shape["flagged", s]
    )
    lines.append(f"runs flagged: warning or error {share(alarms.flagged, alarms.draws)}; any {share(alarms.touched, alarms.draws)}")
    lines.append(f"flagged most: {worst or 'none'}")
    lines.append("said, and true by construction: " + ", ".join(f"{r} ({sev}, {s}) {n}" for (r, sev, s), n in _true(alarms, rule)))
    return "\n".join(lines)


def _true(alarms: Alarms, rule: str | None) -> list[tuple[tuple[str, str, str], int]]:
    return [(key, n) for key, n in alarms.allowed.most_common() if rule in (None, key[0])][:EXAMPLES]


def _worst(alarms: Alarms, rule: str) -> str:
    cells = sorted((key for key in alarms.false if key[0] == rule), key=lambda key: -alarms.false[key])[:3]
    places = [
        f"{shape} {length} {alarms.false[rule, shape, length]}/{alarms.judged[rule, shape, length]}" for _, shape, length in cells
    ]
    loud = sorted((key for key in alarms.noises if key[0] == rule), key=lambda key: -alarms.noises[key])[:2]
    noises = [f"{noise} {alarms.noises[rule, noise]}" for _, noise in loud]
    return "; ".join(filter(None, (", ".join(places), ", ".join(noises))))


def faults(curves: Sequence[Curve]) -> str:
    """Share found at each strength, the strengths at 50 and 95 %, and the onset delay."""
    lines = []
    for curve in curves:
        fault = FAULTS[curve.title]
        steps = " ".join(f"{level:g}:{100 * counts.found // max(1, counts.draws)}" for level, counts in curve.levels.items())
        half, most = curve.strength(0.5), curve.strength(0.95)
        delay = "" if curve.delay is None else f"  delay {100 * curve.delay:+.1f} % of the run"
        wrong = "" if not curve.wrong else "  also said: " + ", ".join(f"{n} {c}" for n, c in curve.wrong.most_common(4))
        silent = "" if curve.nominal.judged else "  NOT JUDGED"
        lines.append(f"{curve.title:38} {steps}   50 %: {_level(half)} 95 %: {_level(most)}{delay}{silent}{wrong}")
        lines[-1] += f"   [{fault.strength}; clear at {fault.nominal:g}]"
    return "\n".join(lines)


def _level(strength: float | None) -> str:
    return "never" if strength is None else f"{strength:.3g}"


def logs(title: str, scores: Scores) -> str:
    """Found, missed and false by rule; cases that fall short."""
    lines = [f"-- {title} logs: {len(scores.outcomes)} cases"]
    for name, row in sorted(scores.rules.items(), key=lambda item: f1(item[1]["hit"], item[1]["missed"], item[1]["false"])):
        lines.append(f"{name:30} found {row['hit']:4} missed {row['missed']:4} false {row['false']:4}")
    for outcome in scores.outcomes:
        parts = [("missed ", outcome.missed), ("false ", outcome.false), ("wrong ", outcome.wrong)]
        said = "; ".join(word + ", ".join(names) for word, names in parts if names)
        if said or outcome.problem:
            lines.append(f"  {outcome.id}: {said or outcome.problem}")
    hit, missed = (sum(row[kind] for row in scores.rules.values()) for kind in ("hit", "missed"))
    quiet = [o for o in scores.outcomes if o.quiet and o.read]
    lines.append(
        f"wanted found {share(hit, hit + missed)}; healthy flagged {share(sum(bool(o.severe) for o in quiet), len(quiet))}"
    )
    return "\n".join(lines)


def confidence(model: Model, rated: Sequence[tuple[Sample, float]]) -> str:
    """The coefficients, and the share of findings that is right at each confidence."""
    lines = [f"closest {model.closest}, typical {model.typical}, size {model.size}; {len(model.offset)} rules rated"]
    for low in (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        high = {0.0: 0.5, 0.9: 0.95, 0.95: 1.01}.get(low, low + 0.1)
        own = [one for one, said in rated if low <= said < high]
        kinds = {kind: [one.right for one in own if one.kind == kind] for kind in ("healthy", "fault", "log")}
        lines.append(f"{low:4} " + "   ".join(f"{kind} {share(sum(cell), len(cell))}" for kind, cell in kinds.items()))
    return "\n".join(lines)


def draw(drawn: Draw, permits: Callable[[str, str], bool], rule: str | None = None) -> str:
    """Everything said of one draw, with its evidence; and of one rule, what it measured and how far it was from speaking."""
    judgement = judge(drawn)
    lines = [f"{', '.join(f'{name} x {len(points.y)}' for name, points in drawn.curves.items())}"]
    for said in judgement.said:
        lines.append(f"{'true ' if permits(said.name, said.severity) else 'FALSE'} {said.severity} {said.name}: {said.message}")
        lines.append("      " + ", ".join(f"{k}={v}" for k, v in said.evidence.items()))
    for verdict in examine(run_of(drawn), rulebook()[rule]) if rule in rulebook() else ():
        lines.append(f"{rule}: {verdict.outcome} {verdict.reason}")
        lines.append("      " + ", ".join(f"{k}={v}" for k, v in verdict.evidence.items()))
        lines.append("      margins: " + ", ".join(f"{k}={v:.3g}" for k, v in verdict.margins.items()))
    for name, points in drawn.curves.items():
        lines.append(f"  {name}: " + " ".join(f"{value:.4g}" for value in points.y[:: max(1, len(points.y) // 60)]))
    return "\n".join([*lines, *judgement.crashed])
