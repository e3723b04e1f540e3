"""A report that is written run by run says what the whole one says."""

from __future__ import annotations

import json

import pytest

from loglint.baseline import Baseline, Entry, record
from loglint.config import Config, Ignore, PathRules
from loglint.corridor import Batch
from loglint.gate import Gate, conclude, opening
from loglint.lots import Lot, Order, lint_batch
from loglint.model import Problem
from loglint.reporters import jsonl
from loglint.reporters.sound import sound
from loglint.rulebook import load_rules
from loglint.select import Chooser
from tests.gate.test_gate import broken, healthy

RULES = load_rules()


def lots(runs, problems=(), config: Config | None = None) -> list[Lot]:
    order = Order(choose=Chooser(RULES, config or Config()), drawn="none")
    return [lint_batch(Batch((run,), tuple(problems) if i == 0 else ()), order) for i, run in enumerate(runs)]


def both(gate: Gate, runs, problems=()):
    """The whole report's lines, the streamed lines, both exit codes, and the runs in the order in which they were told."""
    made, choose = lots(runs, problems, gate.config), Chooser(RULES, gate.config)
    whole = conclude(made, gate, choose)
    told: list[str] = []
    lines = [jsonl.header_line(opening(gate))]

    def write(run, findings):
        told.append(run.id)
        lines.append(jsonl.run_line(run, findings))

    streamed = conclude(made, gate, choose, write)
    lines.append(jsonl.summary_line(streamed.report, streamed.report.findings))
    assert streamed.report.exit_code == whole.report.exit_code
    assert streamed.report.stale == whole.report.stale
    assert not streamed.report.runs
    return [json.loads(line) for line in jsonl.render(whole.report).splitlines()], list(map(json.loads, lines)), told


def same(whole, streamed) -> None:
    for summary in (whole[-1], streamed[-1]):
        summary["summary"].pop("seconds")
    assert streamed[0] == whole[0]
    assert streamed[-1] == whole[-1]
    assert sorted(streamed[1:-1], key=str) == sorted(whole[1:-1], key=str)


RUNS = [broken("c"), healthy("a"), broken("b"), healthy("d")]


def test_each_run_is_told_at_once_and_the_summary_holds_the_rest():
    whole, streamed, told = both(Gate(), RUNS, [Problem("unreadable", "x.log", "permission denied")])
    assert told == ["c", "a", "b", "d"]
    assert streamed[-1]["summary"]["errors"] == 3
    assert [finding["rule"] for finding in streamed[-1]["findings"]] == ["LOG001"]
    same(whole, streamed)


@pytest.mark.parametrize(
    "config",
    [
        Config(ignore=(Ignore(rules=("NUM",), path="b", reason="known"),)),
        Config(ignore=(Ignore(rules=("GEN001",), reason="never there"),)),
        Config(paths={"b": PathRules(ignore=("NUM",))}),
        Config(fail_on="never"),
    ],
    ids=["an ignore", "a useless ignore", "another selection for a path", "nothing fails"],
)
def test_settings_hold_as_in_the_whole_report(config):
    same(*both(Gate(config=config), RUNS)[:2])


def test_runs_that_the_baseline_may_cover_wait_for_the_end_and_are_marked_as_in_the_whole_report():
    known = record(conclude(lots([broken("b")]), Gate(), Chooser(RULES)).findings)
    whole, streamed, told = both(Gate(baseline=known), RUNS)
    assert told == ["c", "a", "d", "b"]
    assert [finding["status"] for finding in streamed[4]["findings"] if finding["rule"] == "NUM003"] == ["baselined"]
    same(whole, streamed)


def test_a_baseline_of_fewer_findings_covers_as_many_and_the_first():
    (entry,) = [
        entry for entry in record(conclude(lots([broken("b")]), Gate(), Chooser(RULES)).findings).entries if entry.rule == "NUM003"
    ]
    gone = Entry(severity="error", rule="NUM001", run="b", place="train/loss")
    whole, streamed, _ = both(Gate(baseline=Baseline(entries=(entry, gone))), [*RUNS, broken("b")])
    statuses = [
        f["status"] for line in streamed[1:-1] if line["run"]["id"] == "b" for f in line["findings"] if f["rule"] == "NUM003"
    ]
    assert sorted(statuses) == ["baselined", "new"]
    assert streamed[-1]["summary"]["baselined"] == 1
    for summary in (whole[-1], streamed[-1]):
        summary["summary"].pop("seconds")
    assert streamed[-1] == whole[-1]


def test_nothing_to_judge_has_a_header_and_a_summary():
    whole, streamed, told = both(Gate(), [])
    assert (told, len(streamed), streamed[-1]["exit_code"]) == ([], 2, 2)
    same(whole, streamed)


def test_what_is_known_only_at_the_end_explains_nothing_in_one_run_and_is_explained_by_nothing_there():
    across = {rule.code for rule in RULES if rule.scope == "runs"}
    for rule in RULES:
        explained = {other.code for other in RULES if rule.folds and other.code.startswith(rule.folds)}
        explained |= {other.code for other in RULES if rule.views and other.code.startswith(rule.views)}
        assert not (explained - across if rule.code in across else explained & across), rule.code


def test_what_was_told_line_by_line_is_not_called_sound():
    made, choose = lots(RUNS), Chooser(RULES, Config())
    assert conclude(made, Gate(), choose, lambda *_: None).report.summary.errors
    assert sound(conclude(made, Gate(), choose, lambda *_: None).report) == []
    well = conclude(lots([healthy("a")]), Gate(), choose).report
    assert sound(conclude(lots([healthy("a")]), Gate(), choose, lambda *_: None).report) == sound(well) != []
