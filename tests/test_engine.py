"""Judging: margins, severities, siblings, attempts, folding, and what happens when a rule itself fails."""

import math

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from loglint import engine
from loglint.fold import fold
from loglint.given import from_mapping
from loglint.model import Attempt, Event, Role, Run, Series
from loglint.report import Finding
from loglint.rulebook import find_rule, load_rules
from loglint.verdicts import margins

RULES = load_rules()
DEFAULT = tuple(rule for rule in RULES if rule.default)


def series(name, values, quantity="loss", split="train", **more):
    values = np.asarray(values, dtype=np.float64)
    n = len(values)
    role = Role(
        quantity, split=split, direction="up" if quantity in ("reward", "metric") else "down", component=more.pop("component", None)
    )
    more.setdefault("step", np.arange(n, dtype=np.float64))
    return Series(name, values, np.arange(n), line=np.arange(n) + 2, path="log.csv", role=role, **more)


def run(*curves, **more):
    return Run("demo", "demo", series=curves, **more)


def names(report):
    return [finding.name for finding in report.findings]


def decay(n=200, seed=0):
    return 2.3 * np.exp(-np.arange(n) / 30) + 0.3 + np.random.default_rng(seed).normal(0, 0.01, n)


def test_margins_are_relative_distances_and_negative_where_a_limit_is_not_reached():
    found = margins({"rise": 0.6, "points": 10, "share": math.nan}, {"min_rise": 0.5, "max_points": 8, "min_share": 0.1})
    assert found == {"min_rise": pytest.approx(0.2), "max_points": pytest.approx(-0.25), "min_share": -math.inf}


def test_a_margin_of_zero_counts_as_reached():
    assert margins({"x": 3}, {"min_x": 3, "max_x": 3}) == {"min_x": 0.0, "max_x": 0.0}


def test_a_healthy_run_has_no_finding_of_a_curve_and_says_what_was_judged():
    report = engine.judge_run(run(series("loss", decay()), series("val_loss", decay(20, 1)[:20], split="val")), DEFAULT)
    assert [f for f in report.findings if f.severity != "info"] == []
    assert "divergence" in report.judged


def test_a_finding_carries_step_line_evidence_threshold_and_a_citation():
    values = np.concatenate([decay(), np.full(20, np.nan)])
    (nan,) = [f for f in engine.judge_run(run(series("loss", values)), DEFAULT).findings if f.name == "sudden-nan"]
    assert (nan.first_step, nan.location.line, nan.location.path) == (200, 202, "log.csv")
    assert nan.evidence["count"] == 20 and nan.threshold["min_lasting"] == 0.5
    assert nan.remedy[0].cite.recipe == "alchemy"


def test_siblings_of_one_rule_are_one_finding_with_all_names():
    broken = np.concatenate([decay(), np.full(20, np.nan)])
    report = engine.judge_run(run(series("loss", broken), series("loss_box", broken, component="box")), DEFAULT)
    (nan,) = [f for f in report.findings if f.name == "sudden-nan"]
    assert set(nan.series) == {"loss", "loss_box"}


def test_every_attempt_is_judged_alone():
    values = np.concatenate([decay(), decay(60), np.full(20, np.nan)])
    attempt = np.repeat([0, 1], [200, 80])
    two = run(
        series("loss", values, attempt=attempt, step=np.concatenate([np.arange(200.0), np.arange(80.0)])),
        attempts=(Attempt(0, "start"), Attempt(1, "steps begin again")),
    )
    (nan,) = [f for f in engine.judge_run(two, DEFAULT).findings if "nan" in f.name]
    assert (nan.attempt, nan.first_step, nan.name) == (1, 60, "early-nan")


def test_superseded_points_are_not_judged():
    values = np.concatenate([decay(100), np.full(10, np.nan), decay()[100:]])
    superseded = np.repeat([False, True, False], [100, 10, 100])
    report = engine.judge_run(run(series("loss", values, superseded=superseded)), DEFAULT)
    assert not [name for name in names(report) if "nan" in name]


def test_a_rule_that_crashes_is_named_and_the_others_go_on():
    rule = find_rule("divergence", RULES)
    broken = replace(rule, detect=replace(rule.detect, settings={**rule.detect.settings, "burst": "many"}))
    values = np.concatenate([decay(), np.full(20, np.nan)])
    report = engine.judge_run(run(series("loss", values)), (broken, find_rule("sudden-nan", RULES)))
    assert [line.split(":")[0] for line in report.crashed] == ["STA001 divergence"]
    assert names(report) == ["sudden-nan"]


def test_a_missing_input_is_said_with_its_reason():
    report = engine.judge_run(run(series("loss", decay())), (find_rule("overfitting", RULES),))
    assert [(n.rule, n.kind) for n in report.not_judged] == [("GEN001", "absent")]
    assert [(n.kind, n.reason, n.rules) for n in report.run.not_judged] == [("absent", report.not_judged[0].reason, ("GEN001",))]


def test_adversarial_losses_are_left_alone_but_not_their_nan():
    free = Role("loss", component="generator", split="train", direction="none")
    values = np.concatenate([np.linspace(1, 5, 100), np.full(20, np.nan)])
    found = names(engine.judge_run(run(replace(series("loss_G", values), role=free)), DEFAULT))
    assert "divergence" not in found and any("nan" in name for name in found)


@pytest.mark.parametrize(("line", "expected"), [(100, []), (500, ["crashed-run"])])
def test_an_error_that_training_outlived_is_no_crash(line, expected):
    crashed = run(series("loss", decay()), events=(Event("traceback", "ValueError: no", "log.csv", line),))
    assert names(engine.judge_run(crashed, (find_rule("crashed-run", RULES),))) == expected


# ---------------------------------------------------------------- folding


def found(rule, severity="warning", onset=0.0, **more):
    return Finding(rule=rule, name=rule.lower(), severity=severity, message="", run="demo", onset=onset, **more)


VIEWS = {"GEN001": ("GEN003",)}
FOLDS = {"NUM001": ["STA001", "OPT001"], "STA001": ["STA003"]}


def test_an_effect_goes_under_its_cause_and_the_headline_takes_the_worst_severity():
    (head,) = fold([found("NUM001", "warning", 0.1), found("STA001", "error", 0.2)], FOLDS, VIEWS)
    assert (head.rule, head.severity, [f.rule for f in head.folded]) == ("NUM001", "error", ["STA001"])


def test_a_chain_of_causes_has_one_headline():
    (head,) = fold([found("STA003"), found("STA001"), found("NUM001")], FOLDS, VIEWS)
    assert head.rule == "NUM001" and {f.rule for f in head.folded} == {"STA001", "STA003"}


def test_a_cause_that_begins_later_explains_nothing():
    assert len(fold([found("NUM001", onset=0.9), found("STA001", onset=0.1)], FOLDS, VIEWS)) == 2


def test_another_view_of_the_same_goes_under_it_whenever_it_begins():
    (head,) = fold([found("GEN003", onset=0.1), found("GEN001", onset=0.9)], FOLDS, VIEWS)
    assert (head.rule, [f.rule for f in head.folded]) == ("GEN001", ["GEN003"])
    assert len(fold([found("GEN003"), found("GEN001", attempt=1)], FOLDS, VIEWS)) == 2


@pytest.mark.parametrize("other", [{"attempt": 1}, {"run": "another"}])
def test_findings_of_other_attempts_and_runs_stay_apart(other):
    assert len(fold([found("NUM001"), msgspec.structs.replace(found("STA001"), **other)], FOLDS, VIEWS)) == 2


def test_an_ignored_headline_takes_its_members_along():
    (head,) = fold([found("NUM001", status="ignored"), found("STA001")], FOLDS, VIEWS)
    assert head.status == "ignored" and head.folded[0].status == "ignored"


def test_a_more_severe_member_of_an_ignored_headline_becomes_the_headline():
    (head,) = fold([found("NUM001", status="ignored"), found("STA001", "error")], FOLDS, VIEWS)
    assert (head.rule, head.status, [f.rule for f in head.folded]) == ("STA001", "new", ["NUM001"])


@pytest.mark.parametrize(("cause", "effect"), [("baselined", "new"), ("new", "baselined"), ("new", "ignored")])
def test_what_is_known_makes_nothing_more_severe(cause, effect):
    (head,) = fold([found("NUM001", "warning", status=cause), found("STA001", "error", status=effect)], FOLDS, VIEWS)
    assert (head.rule, head.severity, head.status) == (
        ("STA001", "error", "new") if effect == "new" else ("NUM001", "warning", "new")
    )


SEVERAL = {
    "train_loss": (2.3, 0.3),
    "train_accuracy": (0.1, 0.9),
    "val_loss": (2.3, 0.4),
    "val_accuracy": (0.1, 0.8),
    "learning_rate": (0.1, 0.001),
    "grad_norm": (3.0, 1.0),
    "throughput": (900.0, 1000.0),
}


@pytest.mark.parametrize("broken", SEVERAL)
@pytest.mark.parametrize("kind", ["nan", "inf", "one finite", "finite at the end", "constant"])
def test_no_rule_crashes_when_any_curve_holds_next_to_nothing(broken, kind):
    rng = np.random.default_rng(5)
    curves = {name: a + (b - a) * (1 - np.exp(-np.arange(60) / 8)) + 0.01 * rng.normal(size=60) for name, (a, b) in SEVERAL.items()}
    bad = np.full(60, {"inf": np.inf, "constant": 0.5}.get(kind, np.nan))
    bad[{"one finite": slice(20, 21), "finite at the end": slice(58, 60)}.get(kind, slice(0, 0))] = 1.0
    (made,) = from_mapping(curves | {broken: bad}, "run")
    assert engine.judge_run(made, RULES).crashed == ()
