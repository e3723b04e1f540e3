from __future__ import annotations

import pytest
from msgspec.structs import replace

from loglint.config import Config, PathRules
from loglint.errors import ConfigError
from loglint.rule import Detect, Rule
from loglint.select import Selection, by_path, check_edition, configured, selection_of, selects, since, strength


def rule(code: str = "GEN001", name: str = "overfitting", **changes: object) -> Rule:
    detect = Detect("rise", {"val": "val/loss"}, None, {"min_rise": 0.03, "points": 8, "kinds": ("a", "b")})
    made = Rule(code, name, "curves", "warning", True, "stable", "2026.1", "s", "m", "w", (), (), (), (), detect, (), ())
    return replace(made, **changes)


def test_a_full_code_or_name_is_stronger_than_a_prefix_and_a_prefix_than_all():
    found = [
        strength(word, "GEN001", "overfitting") for word in ("GEN001", "overfitting", "gen001", "GEN00", "GEN", "ALL", "STA", "")
    ]
    assert found[:3] == [100, 100, 100]
    assert found[3] > found[4] > found[5] > 0 == found[6] == found[7]


@pytest.mark.parametrize(
    ("selection", "on"),
    [
        (Selection(), True),
        (Selection(ignore=("GEN",)), False),
        (Selection(ignore=("ALL",)), False),
        (Selection(select=("NUM",)), False),
        (Selection(select=("GEN",)), True),
        (Selection(select=("GEN001",), ignore=("GEN",)), True),
        (Selection(select=("GEN",), ignore=("GEN001",)), False),
        (Selection(select=("GEN001",), ignore=("overfitting",)), False),
        (Selection(select=("NUM",), extend=("overfitting",)), True),
        (Selection(extend=("overfitting",), ignore=("GEN",)), True),
    ],
)
def test_the_longer_selector_decides_and_leaving_out_wins_at_equal_length(selection, on):
    assert selects(selection, rule()) is on


def test_rules_that_are_off_in_preview_or_newer_wait_until_they_are_named():
    off, preview, newer = rule(default=False), rule(stage="preview"), rule(edition="2027.1")
    for waiting in (off, preview, newer):
        assert not selects(Selection(), waiting)
        assert selects(Selection(extend=("GEN001",)), waiting)
    assert selects(Selection(preview=True), preview)
    assert not selects(Selection(select=("GEN",)), preview)
    assert selects(Selection(edition="2027.1"), newer)


def test_a_path_changes_the_selection_of_the_runs_below_it():
    tables = {"gan/**": PathRules(ignore=("STA",)), "gan/smoke/**": PathRules(select=("NUM",))}
    choose = by_path(Config(paths=tables), selection_of(Config()))
    assert choose("net/a").ignore == ()
    assert choose("gan/a").ignore == ("STA",)
    assert (choose("gan/smoke/a").select, choose("gan/smoke/a").ignore) == (("NUM",), ("STA",))


def test_a_rule_takes_its_severity_and_thresholds_from_the_configuration():
    (changed,) = configured([rule()], Config(rules={"GEN001": {"severity": "error", "min_rise": 1, "kinds": ["c"]}}))
    assert (changed.severity, changed.severity_when) == ("error", ())
    assert changed.detect.settings == {"min_rise": 1, "points": 8, "kinds": ("c",)}
    (off,) = configured([rule()], Config(rules={"overfitting": {"severity": "off"}}))
    assert off.default is False


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"overfiting": {}}, ["overfiting", "overfitting"]),
        ({"overfitting": {"min_ries": 1}}, ["min_ries", "min_rise"]),
        ({"overfitting": {"severity": "fatal"}}, ["fatal", "warning"]),
        ({"overfitting": {"min_rise": "much"}}, ["min_rise", "much"]),
        ({"overfitting": {"min_rise": True}}, ["min_rise", "True"]),
        ({"overfitting": {"kinds": 3}}, ["kinds"]),
    ],
)
def test_settings_that_the_rule_does_not_have_are_refused(table, words):
    with pytest.raises(ConfigError) as error:
        configured([rule()], Config(rules=table))
    assert all(word in str(error.value) for word in words)


def test_editions_compare_by_number_and_unknown_ones_are_refused():
    assert since("2026.9") < since("2026.10") < since("2027.1")
    check_edition("2027.1", [rule(edition="2027.1")])
    for wrong in ("2025.1", "2026", "latest"):
        with pytest.raises(ConfigError, match=wrong):
            check_edition(wrong, [rule()])
