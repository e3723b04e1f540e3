"""Rules across runs: what they find in a whole invocation, and how little is kept for it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact

from loglint.across import judge_together
from loglint.detectors.region import sick_region
from loglint.detectors.search import sweep_edge
from loglint.gate import Gate, judge
from loglint.outcomes import Outcome
from loglint.rulebook import load_rules
from tests.compare.sides import LOSS, curve, outcome, run, series

RULES = [rule for rule in load_rules() if rule.scope == "runs"]


def _outcome(name: str, lr: float, sick: bool, wd: float = 0.0) -> Outcome:
    return Outcome.of(name, name, settings={"lr": lr, "wd": wd}, symptoms=("STA001",) if sick else ())


def test_the_chance_of_a_region_is_fishers_times_the_tests() -> None:
    runs = [_outcome(f"r{i}", lr=float(i % 8), sick=i % 8 >= 6 or i == 3) for i in range(40)]
    (found,) = sick_region(runs, at_least=3)  # type: ignore[misc]
    region = found.evidence
    table = [
        [region.inside, region.sick - region.inside],
        [region.others_inside, region.others - region.others_inside],
    ]
    assert region.region == "lr >= 6"
    assert region.p == pytest.approx(fisher_exact(table, alternative="greater").pvalue * region.tests)


def test_a_setting_drawn_at_random_separates_nothing() -> None:
    rule = next(rule for rule in RULES if rule.code == "CMP011")
    rng = np.random.default_rng(1)
    said = 0
    for _ in range(200):
        runs = [_outcome(f"r{i}", float(rng.random()), bool(rng.random() < 0.3), float(rng.random())) for i in range(40)]
        found = sick_region(runs, at_least=3)
        said += sum(one.evidence.p <= rule.detect.settings["max_p"] for one in found)  # type: ignore[union-attr, operator]
    assert said <= 2


def test_the_edge_is_not_claimed_for_settings_of_which_more_is_better() -> None:
    runs = [outcome(run(f"r{i}", series(LOSS, curve(1.0 - 0.1 * i, i)), lr=0.1, batch_size=8, epochs=i + 1)) for i in range(6)]
    (found,) = sweep_edge(runs, bins=5, endless=())  # type: ignore[misc]
    assert (found.evidence.key, found.evidence.side, found.evidence.best_value) == ("epochs", "upper", 6)
    assert not isinstance(sweep_edge(runs, bins=5, endless=("epochs",)), tuple)


def test_unrelated_folders_draw_no_finding_across_runs() -> None:
    runs = [run(f"project-{i}/log", series(LOSS, curve(0.3 + 0.1 * i, i))) for i in range(6)]
    report = judge(runs, (), Gate(), RULES).report
    assert report.findings == ()
    assert {entry.rule for entry in report.not_judged} >= {"CMP003", "CMP004", "CMP005", "CMP007", "CMP011"}


def test_a_rule_not_chosen_for_a_run_does_not_see_it() -> None:
    same = curve(0.4, 1)
    outcomes = [outcome(run(f"r{i}", series(LOSS, same), lr=0.1, batch_size=8, mixup=bool(i))) for i in range(2)]
    assert [f.rule for f in judge_together(outcomes, lambda _: RULES).findings] == ["CMP005"]
    assert judge_together(outcomes, lambda name: RULES if name == "r0" else ()).findings == ()


def test_a_finding_across_runs_names_them_and_can_be_ignored_by_path() -> None:
    same = curve(0.4, 1)
    runs = [run(f"r{i}", series(LOSS, same), lr=0.1, batch_size=8, mixup=bool(i)) for i in range(2)]
    (finding,) = judge(runs, (), Gate(), RULES).report.findings
    assert finding.runs == ("r0", "r1")
    assert finding.run is None
    assert finding.evidence["keys"] == "mixup"


def test_what_is_kept_of_a_run_does_not_grow_with_its_points() -> None:
    kept = outcome(run("r", series(LOSS, curve(0.4, 1, n=100_000)), seed=1))
    assert len(kept.head) == 64
    assert len(kept.scores) == 1
