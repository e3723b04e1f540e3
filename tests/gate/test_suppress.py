from __future__ import annotations

import datetime

import pytest

from loglint.baseline import Baseline, Entry, absorb, prune, read, record, write
from loglint.config import Ignore
from loglint.errors import ConfigError
from loglint.globs import path_matches
from loglint.report import Finding, Location
from loglint.suppress import Ignores

TODAY = datetime.date(2026, 11, 20)
RULES = (("GEN001", "overfitting"), ("STA002", "loss-spike"))


def finding(rule: str = "GEN001", severity: str = "warning", run: str = "a/b", place: str = "val/loss", **more: object) -> Finding:
    name = dict(RULES).get(rule, "other")
    return Finding(rule=rule, name=name, severity=severity, message="m", run=run, key=run, place=place, **more)


@pytest.mark.parametrize(
    ("path", "glob", "matches"),
    [
        ("a/b/c.csv", "a/**", True),
        ("a/b/c.csv", "a", True),
        ("a/b/c.csv", "a/*", True),
        ("a/b/c.csv", "**/c.csv", True),
        ("c.csv", "**/c.csv", True),
        ("a/b/c.csv", "*/c.csv", False),
        ("a/b/c.csv", "b/**", False),
        ("a+b/c", "a+b/*", True),
        ("aab/c", "a+b/*", False),
        ("a1", "a?", True),
        ("a/", "a?", False),
        ("ab", "a", False),
    ],
)
def test_globs_match_a_path_or_a_folder_above_it(path, glob, matches):
    assert path_matches(path, glob) is matches


def ignore(findings, entries, today, judged, rules):
    """The findings marked, and the useless tables."""
    ignores = Ignores(entries, today)
    marked = ignores.mark(findings)
    ignores.saw(judged)
    return marked, ignores.useless(rules)


def test_an_ignore_covers_its_rules_at_its_path_only():
    entry = Ignore(rules=("GEN",), path="a/**", reason="known")
    findings = [finding(), finding("STA002"), finding(run="c/b"), finding(run="c", location=Location(path="a/x.csv"))]
    marked, useless = ignore(findings, [entry], TODAY, {"a/b"}, RULES)
    assert [f.status for f in marked] == ["ignored", "new", "new", "ignored"]
    assert useless == ()


def test_an_ignore_holds_on_its_last_day_and_not_the_day_after():
    entry = Ignore(rules=("GEN001",), reason="known", until=TODAY)
    held, _ = ignore([finding()], [entry], TODAY, {"a/b"}, RULES)
    over, useless = ignore([finding()], [entry], TODAY + datetime.timedelta(days=1), {"a/b"}, RULES)
    assert (held[0].status, over[0].status) == ("ignored", "new")
    assert [(u.entry, u.kind) for u in useless] == [(entry, "expired")]


@pytest.mark.parametrize(
    ("entry", "judged", "rules", "useless"),
    [
        (Ignore(rules=("STA",), reason="r"), {"a/b"}, RULES, True),
        (Ignore(rules=("STA",), path="z/**", reason="r"), {"a/b"}, RULES, False),
        (Ignore(rules=("STA",), path="a/**", reason="r"), {"a/b"}, RULES, True),
        (Ignore(rules=("STA",), reason="r"), {"a/b"}, RULES[:1], False),
    ],
)
def test_an_ignore_is_useless_only_where_it_could_have_covered_something(entry, judged, rules, useless):
    _, found = ignore([finding()], [entry], TODAY, judged, rules)
    assert bool(found) is useless


def test_a_baseline_absorbs_as_many_findings_as_it_counts():
    known = record([finding(), finding(), finding(run="c")])
    marked, stale = absorb([finding(), finding(), finding()], known, {"a/b", "c"})
    assert sorted(f.status for f in marked) == ["baselined", "baselined", "new"]
    assert stale == (Entry(severity="warning", rule="GEN001", run="c", place="val/loss"),)


def test_a_finding_that_grew_more_severe_is_new():
    marked, _ = absorb([finding(severity="error")], record([finding()]), {"a/b"})
    assert marked[0].status == "new"
    marked, _ = absorb([finding(severity="info")], record([finding()]), {"a/b"})
    assert marked[0].status == "baselined"


def test_of_more_findings_than_entries_the_most_severe_stays_new():
    known = Baseline(entries=(Entry(severity="error", rule="GEN001", run="a/b", place="val/loss"),))
    marked, _ = absorb([finding(severity="error"), finding(severity="info")], known, {"a/b"})
    assert [f.status for f in marked] == ["new", "baselined"]


def test_an_absorbed_warning_leaves_the_error_entry_to_the_error():
    known = record([finding(severity="error"), finding(severity="warning")])
    marked, stale = absorb([finding(severity="error"), finding(severity="warning")], known, {"a/b"})
    assert ([f.status for f in marked], stale) == (["baselined", "baselined"], ())


def test_entries_of_runs_that_were_not_looked_at_are_not_stale():
    known = record([finding(), finding(run="c")])
    _, stale = absorb([], known, {"c"})
    assert [entry.run for entry in stale] == ["c"]
    assert [entry.run for entry in prune(known, stale).entries] == ["a/b"]


def test_pruning_keeps_what_is_left_of_a_count():
    known = record([finding(), finding(), finding()])
    _, stale = absorb([finding()], known, {"a/b"})
    assert stale[0].count == 2
    assert prune(known, stale) == record([finding()])


def test_ignored_findings_are_left_to_their_ignore():
    ignored = finding(status="ignored")
    assert record([ignored]).entries == ()
    marked, _ = absorb([ignored], record([finding()]), {"a/b"})
    assert marked[0].status == "ignored"


def test_a_baseline_survives_its_file_worst_first(tmp_path):
    known = record([finding(severity="info"), finding("STA002", "error"), finding(run='x"\u202e')])
    write(tmp_path / "b.json", known)
    assert read(tmp_path / "b.json") == known
    assert [entry.severity for entry in known.entries] == ["error", "warning", "info"]
    write(tmp_path / "empty.json", record([]))
    assert read(tmp_path / "empty.json").entries == ()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema":"loglint-baseline-9","entries":[]}', '{"schema":"loglint-baseline-1","x":1}']
)
def test_what_is_no_baseline_is_refused(tmp_path, text):
    (tmp_path / "b.json").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"b\.json"):
        read(tmp_path / "b.json")
