from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from loglint import gate
from loglint.baseline import record
from loglint.config import Config, Expect, Ignore
from loglint.corridor import Batch
from loglint.errors import ConfigError
from loglint.expect import expectations
from loglint.gate import NOTHING_JUDGED, NOTHING_READ, Gate, conclude, judge
from loglint.given import from_mapping
from loglint.lots import Lot, Order, lint_batch
from loglint.model import Problem
from loglint.rulebook import load_rules
from loglint.select import Chooser

RULES = load_rules()


def run(name: str = "a", **curves: object):
    (made,) = from_mapping(curves, name)
    return made


def healthy(name: str = "a"):
    fall = 0.3 + 2 * np.exp(-np.arange(60) / 12)
    noise = np.random.default_rng(7).normal(0, 0.02, (2, 60))
    return run(name, train_loss=fall + noise[0], val_loss=fall + 0.1 + noise[1])


def broken(name: str = "a"):
    return run(name, train_loss=[2.3 - 0.1 * i for i in range(11)] + [float("nan")] * 30)


def judged(*runs, problems=(), rules=RULES, **settings):
    own = {name: settings.pop(name) for name in ("baseline", "allow_empty") if name in settings}
    return judge(runs, problems, Gate(config=Config(**settings), **own), rules)


def test_a_healthy_run_ends_with_0_and_a_broken_one_with_1():
    assert judged(healthy()).report.exit_code == 0
    report = judged(broken("b"), healthy()).report
    assert report.exit_code == 1
    assert [(finding.run, finding.name) for finding in report.findings] == [("b", "sudden-nan")]
    assert [info.id for info in report.runs] == ["a", "b"]
    assert (report.summary.runs, report.summary.series, report.summary.points, report.summary.errors) == (2, 3, 161, 1)


@pytest.mark.parametrize(("fail_on", "code"), [("info", 1), ("warning", 1), ("error", 1), ("never", 0)])
def test_fail_on_draws_the_line(fail_on, code):
    assert judged(broken(), fail_on=fail_on).report.exit_code == code


def test_a_severity_below_the_line_does_not_fail():
    rules = gate.configured(RULES, Config(rules={"NUM003": {"severity": "warning"}}))
    assert judged(broken(), rules=rules).report.exit_code == 0
    assert judged(broken(), rules=rules, fail_on="warning").report.exit_code == 1


def test_nothing_read_and_nothing_judged_are_no_success():
    nothing, short = judged().report, judged(run(train_loss=[2.0, 1.9, 1.8])).report
    assert (nothing.exit_code, nothing.problems[-1].message) == (2, NOTHING_READ)
    assert (short.exit_code, short.problems[-1].message) == (2, NOTHING_JUDGED)
    assert judged(allow_empty=True).report.exit_code == 0
    assert judged(run(train_loss=[2.0, 1.9, 1.8]), allow_empty=True).report.exit_code == 0


def test_a_short_run_that_breaks_fails_as_a_finding():
    report = judged(run(train_loss=[2.0, 1.9, float("nan"), float("nan")])).report
    assert report.exit_code == 1
    assert {finding.rule[:3] for finding in report.findings if finding.severity == "error"} == {"NUM"}


def test_asking_only_for_the_scan_is_no_failure_to_judge():
    assert judged(run(train_loss=[2.0, 1.9, 1.8]), select=("NUM",)).report.exit_code == 0


def test_a_file_that_could_not_be_read_fails_beside_healthy_runs():
    report = judged(healthy(), problems=[Problem("unreadable", "b.log", "permission denied")]).report
    assert (report.exit_code, report.findings[0].name, report.findings[0].location.path) == (1, "unreadable-log", "b.log")


@pytest.mark.parametrize("kind", [ValueError, AttributeError, RecursionError, AssertionError])
def test_a_crashed_rule_ends_with_2_and_the_rest_is_reported(monkeypatch, kind):
    from loglint import engine

    held = engine._held

    def crash(rule, view):
        if rule.code == "STA001":
            raise kind("boom")
        return held(rule, view)

    monkeypatch.setattr(engine, "_held", crash)
    report = judged(broken()).report
    assert report.exit_code == 2
    assert "sudden-nan" in [finding.name for finding in report.findings]
    assert [("STA001" in p.message, "boom" in p.message) for p in report.problems if p.kind == "crashed"] == [(True, True)]


def test_what_was_lost_ends_with_2_and_what_was_judged_is_reported():
    order = Order(choose=Chooser(RULES))
    lots = [lint_batch(Batch((broken("a"),)), order), Lot(lost=("a worker process died of b.csv",))]
    report = conclude(lots, Gate(), order.choose).report
    assert (report.exit_code, [info.id for info in report.runs]) == (2, ["a"])
    assert report.findings[0].name == "sudden-nan"
    assert [problem.message for problem in report.problems] == ["a worker process died of b.csv"]


def test_ignored_and_baselined_findings_do_not_fail_and_are_counted():
    first = judged(broken())
    known = judged(broken(), baseline=record(first.findings))
    assert (known.report.exit_code, known.report.summary.baselined, known.report.stale) == (0, 1, ())
    ignored = judged(broken(), ignore=(Ignore(rules=("NUM003",), reason="known"),)).report
    assert (ignored.exit_code, ignored.summary.ignored, ignored.findings[0].status) == (0, 1, "ignored")


def test_a_useless_ignore_is_a_warning_of_its_own():
    report = judged(healthy(), ignore=(Ignore(rules=("NUM",), reason="once"),)).report
    assert [(f.rule, f.severity, f.run) for f in report.findings] == [("LOG009", "warning", None)]


def test_what_to_log_stands_after_what_to_mend_of_the_same_severity():
    apart = [replace(rule, folds=()) for rule in RULES if rule.name in ("no-validation", "learning-rate-range-test")]
    swept = np.concatenate([np.full(80, 2.0), np.linspace(2.0, 0.5, 60), np.linspace(0.5, 6.0, 40)])
    found = judged(run(train_loss=swept, lr=1e-6 * 1.1 ** np.arange(180)), rules=apart).report.findings
    assert [finding.name for finding in found] == ["learning-rate-range-test", "no-validation"]


def test_reports_are_the_same_whatever_the_order_of_runs():
    runs = [broken(f"run{i}") if i % 3 else healthy(f"run{i}") for i in range(8)]
    one = judge(runs, (), Gate(), RULES).report
    other = judge(runs[::-1], (), Gate(), RULES).report
    assert (one.runs, one.findings, one.not_judged) == (other.runs, other.findings, other.not_judged)


def test_rules_that_could_not_be_judged_are_counted_over_runs_with_three_examples():
    report = judged(*(run(f"r{i}", train_loss=2.0 - 0.01 * np.arange(50)) for i in range(5))).report
    entry = next(e for e in report.not_judged if e.rule == "GEN001")
    assert (entry.kind, entry.runs, entry.examples) == ("absent", 5, ("r0", "r1", "r2"))


def accuracy():
    return run(val_accuracy=[0.1, 0.5, 0.7, 0.65], val_loss=[2.0, 1.0, 0.9, 1.1], epoch=[0, 1, 2, 3])


@pytest.mark.parametrize(
    ("expect", "missed"),
    [
        ({"metric": "val/accuracy", "best": ">= 0.7"}, 0),
        ({"metric": "val/accuracy", "best": "> 0.7"}, 1),
        ({"metric": "val/accuracy", "final": ">= 0.7"}, 1),
        ({"metric": "val_accuracy", "final": ">= 0.6"}, 0),
        ({"metric": "val/accuracy", "best": ">= 0.6", "by": "epoch 1"}, 1),
        ({"metric": "val/accuracy", "best": ">= 0.6", "by": "epoch 2"}, 0),
        ({"metric": "val/loss", "best": "<= 0.9"}, 0),
        ({"metric": "val/loss", "max": "< 1.5"}, 1),
        ({"metric": "val/loss", "min": "< 0.95", "final": "< 1.0"}, 1),
        ({"metric": "val/f1", "best": ">= 0"}, 1),
        ({"metric": "val/f1", "best": ">= 0", "runs": "other/*"}, 0),
    ],
)
def test_expectations_compare_best_final_and_extremes(expect, missed):
    assert len(expectations(accuracy(), (), [Expect(**expect)])) == missed


def test_slack_is_counted_in_units_of_the_curves_own_noise():
    noisy = run(val_accuracy=0.7 + np.random.default_rng(3).normal(0, 0.02, 200))
    wanted = {"metric": "val/accuracy", "final": f">= {float(noisy.series[0].values[-1]) + 0.03}"}
    assert len(expectations(noisy, (), [Expect(**wanted)])) == 1
    assert len(expectations(noisy, (), [Expect(**wanted, slack=3)])) == 0
    (missed,) = expectations(noisy, (), [Expect(metric="val/accuracy", final=">= 0.9", slack=2)])
    allowed = float(missed.message.rpartition("give or take ")[2])
    assert 0.03 < allowed < 0.05


def test_a_required_role_that_is_not_logged_is_a_miss():
    found = expectations(accuracy(), ("val/loss", "train/loss"), ())
    assert [problem.kind for problem in found] == ["expectation"]
    assert "train/loss" in found[0].message


@pytest.mark.parametrize("wrong", [{"best": "0.7"}, {"best": ">= x"}, {}, {"best": ">= 1", "by": "tomorrow"}])
def test_expectations_that_cannot_be_understood_are_refused(wrong):
    with pytest.raises(ConfigError, match="val/accuracy"):
        expectations(accuracy(), (), [Expect(metric="val/accuracy", **wrong)])
