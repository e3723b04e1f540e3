"""Rules about rules: each law broken once in a small book, and all of them held by the shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from loglint.detectors import detectors
from loglint.rule import Rule
from loglint.rulebook import load_rules, read_rules, recipes
from loglint.rulecheck import check_book, check_detect, evidence_fields, fold_cycle
from loglint.ruletest import ExampleResult, confusion, run_examples
from tests.rules.books import write_book


def _wrong(folder: Path, old: str = "", new: str = "") -> list[str]:
    write_book(folder, old, new)
    return check_book(read_rules([folder]), recipes([folder]))


def test_a_lawful_rule_is_accepted(tmp_path: Path) -> None:
    assert _wrong(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ('with = "rise_after_minimum"', 'with = "rise_after_minium"', ["detect.with", "rise_after_minimum"]),
        ("train_sigmas = 3\n", "", ["detect.train_sigmas", "no defaults"]),
        ("train_sigmas = 3", 'train_sigmas = "3"', ["detect.train_sigmas", "a number"]),
        ("min_points = 8", "min_points = 8.5", ["detect.min_points", "whole number"]),
        ("min_points = 8", "min_points = true", ["detect.min_points", "whole number"]),
        ("min_rise = 0.03\n", "min_rize = 0.03\n", ["min_rize", "min_rise"]),
        ("min_sigmas = 5", "mini_sigmas = 5", ["mini_sigmas", "min_sigmas"]),
        ("min_sigmas = 5", "min_sigmas = nan", ["detect.min_sigmas", "threshold"]),
        ('train = "train/objective?"', 'trian = "train/objective?"', ['"trian"', '"train"']),
        ('val = "val/loss"', 'val = "val/loss?"', ["inputs.val", "optional"]),
        ('each = "val"', 'each = "train"', ["detect.each", '"val"']),
        ("0.02", "0.02\nmin_rising = 1", ["next", "min_rising"]),
        ('edition = "2027.1"', 'edition = "2026.1"', ["next.edition", "2026.1"]),
        ('edition = "2027.1"', 'edition = "later"', ["edition", "later"]),
        ("{ rise = 2 }", "{ rize = 2 }", ["severity_when", "rize", "rise"]),
        ('cite = [{ recipe = "book", where = "chapter 1" }]', "", ["cite"]),
        ('cite = [{ recipe = "book"', 'cite = [{ recipe = "boook"', ["boook", '"book"']),
        ('where = "chapter 2"', 'where = "chapter 22"', ["remedy[1].cite", "chapter 22", "chapter 2"]),
        ('wrong_when = ["the metric improves"]', "wrong_when = []", ["wrong_when"]),
        ("{val} is", "{vall} is", ["message", "{vall}", '"val"']),
        ("{sigmas:.1f}", "{sigmas:q}", ["message", "format"]),
        ("{val} is", "{val is", ["message"]),
        ("{val} is", "{lr} {val} is", ["message", "{lr}"]),
        ('otherwise = "lower the learning rate"\n', "", ["remedy[1]", "lr_next", "otherwise"]),
        ('otherwise = "lower the learning rate"', 'otherwise = "lower {lr}"', ["remedy[1].otherwise", "{lr}"]),
        ('remedy = ["提前停止"', 'remedy = ["{best_stop}"', ["zh.remedy[0]", "best_step"]),
        ('otherwise = "降低学习率"', 'otherwise = "{best_stop}"', ["zh.remedy[1].otherwise", "{best_stop}"]),
        ("降低学习率至 {lr_next}", "降低学习率至 {lr_next:.2f}", ["zh.remedy[1]", "{lr_next:.2f}"]),
        ('remedy = ["提前停止", ', "remedy = [", ["zh.remedy", "1 remedies where the English has 2"]),
        ('folds = ["GEN002", "STA"]', 'folds = ["GEN02"]', ["folds", "GEN02"]),
        ('folds = ["GEN002", "STA"]', 'folds = ["GEN001"]', ["circle", "GEN001 folds GEN001"]),
        ('train = "2.3-0.05x40"', 'trian = "2.3-0.05x40"', ['bad "falls and rises"', "trian", '"train"']),
        ('train = "2.3-0.05x40"', 'train = "2.3-0.05"', ['bad "falls and rises"', "2.3-0.05"]),
        ('train = "2.3-0.05x40"', 'train = "2.3-0.05x40"\nstep = "1 2"', ["step", "2 positions for 41 points"]),
        ('train = "2.3-0.05x40"', 'train = { value = "1x40" }', ["train.value", '"values"']),
        ('train = "2.3-0.05x40"', 'events = [{ kind = "tracebak" }]', ["events.kind", "tracebak"]),
    ],
)
def test_each_law_is_held(tmp_path: Path, old: str, new: str, parts: list[str]) -> None:
    wrong = _wrong(tmp_path, old, new)
    assert len(wrong) >= 1
    text = "\n".join(wrong)
    for part in parts:
        assert part in text


@pytest.mark.parametrize(("start", "kind"), [("[[bad]]", "bad"), ("[[good]]", "good")])
def test_a_rule_needs_examples_of_both_kinds(tmp_path: Path, start: str, kind: str) -> None:
    wrong = _wrong(tmp_path, start, "[[good]]" if kind == "bad" else "[[bad]]")
    assert any(f"no [[{kind}]] example" in message for message in wrong)


def test_a_rule_must_say_what_to_do(tmp_path: Path) -> None:
    from msgspec.structs import replace

    write_book(tmp_path)
    (rule,) = read_rules([tmp_path])
    assert any("remedy" in message for message in check_book([replace(rule, remedies=())], recipes([tmp_path])))


def test_a_code_outside_the_families_is_refused(tmp_path: Path) -> None:
    write_book(tmp_path, 'code = "GEN001"', 'code = "ABC001"', "ABC001-overfitting.toml")
    assert any("ABC is no family" in message for message in check_book(read_rules([tmp_path]), recipes([tmp_path])))


def test_a_log_rule_matches_kinds_that_readers_report(tmp_path: Path) -> None:
    write_book(tmp_path)
    (rule,) = read_rules([tmp_path])
    from msgspec.structs import replace

    from loglint.rule import Detect

    log = replace(rule, scope="log", detect=Detect("reported", {}, None, {"kinds": ("traceback", "truncatd"), "kind": 1}))
    wrong = check_detect(log)
    assert len(wrong) == 2
    assert any("truncatd" in message and "truncated" in message for message in wrong)
    assert any('"kind"' in message and '"kinds"' in message for message in wrong)


def test_longer_circles_of_folding_are_found(tmp_path: Path) -> None:
    from msgspec.structs import replace

    write_book(tmp_path)
    (rule,) = read_rules([tmp_path])
    a, b, c = (
        replace(rule, code=code, folds=folds)
        for code, folds in [("GEN001", ("NUM",)), ("NUM001", ("STA001",)), ("STA001", ("GEN001",))]
    )
    assert fold_cycle([a, b, c]) == ("GEN001", "NUM001", "STA001", "GEN001")
    assert fold_cycle([a, b, replace(c, folds=())]) == ()
    assert fold_cycle([a, b, replace(c, folds=(), views=("GEN001",))]) == ("GEN001", "NUM001", "STA001", "GEN001")


def test_every_detector_names_its_evidence() -> None:
    for detector in detectors().values():
        assert evidence_fields(detector)


def _example(folder: Path, old: str = "", new: str = "") -> list[ExampleResult]:
    write_book(folder, old, new)
    return list(run_examples(read_rules([folder])))


def test_examples_that_hold_pass(tmp_path: Path) -> None:
    bad, good = _example(tmp_path)
    assert (bad.cell, bad.passed, bad.outcome) == ("TP", True, "fired")
    assert abs(bad.position - 20) <= 3
    assert bad.margins["min_sigmas"] > 0
    assert (good.cell, good.passed, good.outcome) == ("TN", True, "quiet")


def test_a_bad_example_that_stays_silent_fails(tmp_path: Path) -> None:
    bad, good = _example(tmp_path, 'val = "2.3-0.05x20 1.3+0.02x19"', 'val = "2.3-0.05x40"')
    assert (bad.cell, bad.passed, bad.outcome) == ("FN", False, "quiet")
    assert good.passed


def test_a_bad_example_that_fires_elsewhere_fails(tmp_path: Path) -> None:
    bad, _ = _example(tmp_path, "at = 20", "at = 35")
    assert (bad.cell, bad.passed, bad.outcome) == ("FN", False, "fired")
    assert "not within 3 of 35" in bad.reason


def test_a_good_example_that_fires_fails(tmp_path: Path) -> None:
    results = _example(
        tmp_path, 'why = "falls"\ntrain = "2.3-0.05x40"\nval = "2.3-0.05x40"', 'why = "falls"\nval = "2.3-0.05x20 1.3+0.02x19"'
    )
    assert [result.cell for result in results] == ["TP", "FP"]
    assert confusion(results) == {"GEN001": {"TP": 1, "FP": 1}}


def test_the_shipped_rules_obey_the_laws() -> None:
    assert check_book(load_rules(), recipes()) == []


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_the_examples_of_a_shipped_rule_come_out_as_they_claim(rule: Rule) -> None:
    failed = [
        (result.example.why, result.cell, result.outcome, result.reason) for result in run_examples([rule]) if not result.passed
    ]
    assert failed == []


@pytest.mark.parametrize("rule", [rule for rule in load_rules() if rule.scope == "curves"], ids=lambda rule: rule.name)
def test_some_good_example_of_a_shipped_rule_is_a_near_miss_that_was_judged(rule: Rule) -> None:
    outcomes = {result.outcome for result in run_examples([rule]) if not result.example.bad}
    assert outcomes & {"quiet", "vetoed"}


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_a_shipped_rule_folds_rules_that_there_are(rule: Rule) -> None:
    codes = {other.code for other in load_rules()}
    assert [code for code in (*rule.folds, *rule.views) if not any(other.startswith(code) for other in codes)] == []


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_a_shipped_rule_speaks_in_the_style_of_the_house(rule: Rule) -> None:
    assert not rule.summary.endswith(".")
    assert rule.summary[0] == rule.summary[0].lower() or rule.summary.split()[0].isupper()
    assert len(rule.summary) <= 120
    assert not rule.message.endswith(".")
    assert all(not remedy.do.endswith(".") and remedy.do[0].isupper() for remedy in rule.remedies)
    assert rule.edition >= "2026.1"
