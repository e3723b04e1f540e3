"""docs/accuracy.md: the laboratory's results as tables, each section replaced by the run that measured it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.accuracy.confidence import Sample
from benchmarks.accuracy.detection import Curve
from benchmarks.accuracy.faults import FAULTS
from benchmarks.accuracy.generators import HEALTHY
from benchmarks.accuracy.labelled import Scores
from benchmarks.accuracy.noise import NOISES
from benchmarks.accuracy.nulls import Alarms
from benchmarks.accuracy.statistics import f1, share, wilson
from benchmarks.document import DOCS, put, table
from loglint.confidence import Model

PAGE = DOCS / "accuracy.md"
TITLE = "How often loglint is right"
LEAST = 500  # draws below which a rate counts as not measured
BUDGET, BUDGET_IN_ALL = 0.01, 0.05
MIN_CASES = 5
MOST_CELLS = 20
MOST_TRUE = 8
ABOUT: Mapping[str, str] = {
    "bundled": "Logs of small real trainings, healthy and with injected faults (`fixtures/`).",
    "real": "Logs that other people's trainings wrote, labelled by reading them; no part of the project, as most show no licence\n"
    "(`--labels DIR` names a folder of them).",
}


def nulls(alarms: Alarms) -> None:
    """The section on false alarms."""
    rows = []
    for rule in sorted(alarms.rules()):
        false, judged = alarms.rate(rule)
        rows.append((rule, judged, false, _percent(false, judged), _verdict(false, judged)))
    lengths = sorted({length for _, _, length in alarms.judged})
    runs = {shape: (alarms.by_shape["draws", shape], alarms.by_shape["flagged", shape]) for shape in HEALTHY}
    shapes = [(shape, drawn, flagged, _percent(flagged, drawn)) for shape, (drawn, flagged) in runs.items() if drawn]
    names = ", ".join(noise.name for noise in NOISES)
    drawn = max(shapes, key=lambda row: row[1])[0] if shapes else ""
    sizes = ", ".join(f"{n} ({alarms.by_length[drawn, n]} of each)" for n in lengths)
    put(
        PAGE,
        "nulls",
        f"""## False alarms on healthy simulated runs

{alarms.draws} runs that are healthy by construction: {len(shapes)} shapes of run at lengths {sizes},
each under {len(NOISES)} shapes of noise in turn ({names}). A finding is a false alarm unless the
construction makes it true (a flat curve *is* a plateau; `benchmarks/accuracy/generators.py` lists what is true of which
draw). Rates are over the runs in which the rule was judged, with Wilson's 95 % interval; *within*: the upper bound is at most
1 %; *open*: the rate is, the bound is not; *not measured*: judged in fewer than {LEAST} runs.
A rule that speaks on few records, and else says that they are too few, counts as judged wherever it might have spoken.

Runs with a false warning or error: {share(alarms.flagged, alarms.draws)} (budget {100 * BUDGET_IN_ALL:.0f} %).
With a false finding of any severity: {share(alarms.touched, alarms.draws)}.
Said at warning or error, and true by construction: {_true(alarms)}.

{table(("rule", "judged", "false", "rate [95 %]", "budget 1 %"), rows)}

{table(("shape of run", "runs", "flagged", "rate [95 %]"), shapes)}

{_worst_cells(alarms)}
""",
        TITLE,
    )


def _verdict(false: int, judged: int) -> str:
    if judged < LEAST:
        return "not measured"
    if wilson(false, judged)[1] <= BUDGET:
        return "within"
    return "over" if false / judged > BUDGET else "open"


def _true(alarms: Alarms) -> str:
    """What is true by construction and was said loudly, most frequent first."""
    loud = [(key, n) for key, n in alarms.allowed.most_common() if key[1] != "info"]
    said = [
        f"{rule} of {n} of {alarms.by_shape['draws', shape]} runs of shape *{shape}*" for (rule, _, shape), n in loud[:MOST_TRUE]
    ]
    return "; ".join(said) or "nothing"


def _worst_cells(alarms: Alarms) -> str:
    """Rule, shape and length whose rate is surely above the budget: the average hides them."""
    rows = [
        (*cell, alarms.judged[cell], false, _percent(false, alarms.judged[cell]))
        for cell, false in alarms.false.most_common()
        if alarms.judged[cell] and wilson(false, alarms.judged[cell])[0] > BUDGET
    ]
    if not rows:
        return "No rule is surely above its budget on any shape at any length."
    said = (
        f"Where a rule is surely above its budget on one shape at one length ({len(rows)} places, the most frequent {MOST_CELLS}):"
    )
    return f"{said}\n\n{table(('rule', 'shape', 'length', 'judged', 'false', 'rate [95 %]'), rows[:MOST_CELLS])}"


def faults(curves: Sequence[Curve]) -> None:
    """The section on detection curves."""
    rows = []
    for curve in curves:
        fault = FAULTS[curve.title]
        counts = curve.nominal
        found = share(counts.found, counts.draws) if counts.judged else "not judged"
        delay = "" if curve.delay is None else f"{100 * curve.delay:+.1f} %"
        rows.append(
            (
                curve.title,
                fault.strength,
                _level(curve.strength(0.5)),
                _level(curve.strength(0.95)),
                f"{fault.nominal:g}",
                found,
                delay,
            )
        )
    put(
        PAGE,
        "faults",
        f"""## How strong a fault has to be

Faults injected into simulated runs at graded strength. 50 % and 95 %: the strength at which that share of the runs is found;
*found there*: the share at a strength that a careful reader would call clear; *delay*: the step named minus the true onset, as
a share of the run (median).

{table(("fault", "strength is", "50 %", "95 %", "clear at", "found there", "delay"), rows)}
""",
        TITLE,
    )


def logs(title: str, scores: Scores) -> None:
    """The section on labelled logs, bundled or real."""
    rows, scored = [], []
    for rule, row in sorted(scores.rules.items()):
        cases = row["hit"] + row["missed"]
        if cases >= MIN_CASES:
            scored.append(f1(row["hit"], row["missed"], row["false"]))
        precision = share(row["hit"], row["hit"] + row["false"])
        rows.append(
            (
                rule,
                cases,
                precision,
                share(row["hit"], cases),
                f"{f1(row['hit'], row['missed'], row['false']):.2f}" if cases else "",
            )
        )
    hit, missed = (sum(row[kind] for row in scores.rules.values()) for kind in ("hit", "missed"))
    quiet = [o for o in scores.outcomes if o.quiet and o.read]
    errors, flagged = sum(o.severe == "error" for o in quiet), sum(bool(o.severe) for o in quiet)
    mean = f"{sum(scored) / len(scored):.2f} over {len(scored)} rules" if scored else "not measured"
    put(
        PAGE,
        f"{title} logs",
        f"""## On {title} labelled logs

{ABOUT[title]}

{len(scores.outcomes)} logs. Wanted findings found: {share(hit, hit + missed)}. Macro-F1 over rules with at least
{MIN_CASES} cases: {mean}. Healthy runs flagged with a warning or an error: {share(flagged, len(quiet))};
with an error: {share(errors, len(quiet))}.

{table(("rule", "cases", "precision", "recall", "F1"), rows)}
""",
        TITLE,
    )


def confidence(model: Model, rated: Sequence[tuple[Sample, float]]) -> None:
    """The section on the confidence of findings."""
    kinds = {"healthy": "healthy", "fault": "with a fault", "log": "labelled logs"}
    weight = {kind: 1 / max(1, sum(one.kind == kind for one, _ in rated)) for kind in kinds}
    bins = [(low, low + 0.1) for low in (0.5, 0.6, 0.7, 0.8)]
    rows = []
    for low, high in [(0.0, 0.5), *bins, (0.9, 0.95), (0.95, 1.01)]:
        own = [one for one, said in rated if low <= said < high]
        cells = [*([one.right for one in own if one.kind == kind] for kind in kinds), [one.right for one in own]]
        if own:
            even = f"{100 * sum(weight[one.kind] * one.right for one in own) / sum(weight[one.kind] for one in own):.1f} %"
            said = f"{low:.2g} to {min(1.0, high):.2g}"
            rows.append((said, *(share(sum(cell), len(cell)) if cell else "" for cell in cells), even))
    error = sum((said - one.right) ** 2 for one, said in rated) / max(1, len(rated))
    put(
        PAGE,
        "confidence",
        f"""## How sure a finding is

A finding's `confidence` is the chance that it is right, by a logistic model of how far its evidence lies beyond the thresholds
(the narrowest passed and the mean, ln(1 + distance)), of the number of records, and of one offset for each rule:
`rules/confidence.toml`. Of {len(rated)} findings of known truth, on healthy simulated runs, on injected faults of every strength
and on labelled logs, none was rated by a model that had seen its run (cross-validation in five parts). {len(model.offset)} rules
are rated; the others were seen fewer than thirty times, and their findings carry no confidence. Right, of the findings that
were so sure, and in the last column where healthy runs, faults and logs count as much as each other, as they do in the fit:

{table(("confidence", *kinds.values(), "all", "all, each kind as much"), rows)}

Among healthy runs alone fewer are right at the same confidence, since most rules have nothing to find there: what a finding is
worth depends on how many of the runs that are looked at are healthy.

Mean squared error (Brier 1950): {error:.4f}; saying the overall share right each time: {_brier(rated):.4f}.
""",
        TITLE,
    )


def _brier(rated: Sequence[tuple[Sample, float]]) -> float:
    """The mean squared error of a constant, the share that is right."""
    right = sum(one.right for one, _ in rated) / max(1, len(rated))
    return right * (1 - right)


def _level(strength: float | None) -> str:
    return "not reached" if strength is None else f"{strength:.3g}"


def _percent(k: int, n: int) -> str:
    low, high = wilson(k, n)
    return f"{100 * k / n:.2f} % [{100 * low:.2f}, {100 * high:.2f}]" if n else ""
