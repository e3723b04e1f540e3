from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import msgspec
import pytest

from loglint import schemas
from loglint.errors import ConfigError
from loglint.gate import Gate, judge
from loglint.report import ProblemInfo, Report
from loglint.reporters import SUFFIXES, form_of, render
from loglint.reporters.json import without_sketches
from loglint.rulebook import load_rules
from tests.needs import required
from tests.reporters.reports import BAD, HOSTILE, hostile, real

SCHEMAS = Path(__file__).parent / "schemas"
MACHINE = sorted({*SUFFIXES.values(), "github"})
REPORT_SCHEMA = json.loads(schemas.text("report.schema.json"))


@pytest.fixture(scope="module")
def report():
    return real()


@pytest.fixture(scope="module")
def nasty():
    return hostile()


@pytest.mark.parametrize("form", MACHINE)
def test_no_control_or_bidirectional_character_from_a_log_is_written(nasty, form):
    text = render(nasty, form)
    assert not [character for character in BAD if character in text]
    assert text.encode("utf-8")


@pytest.mark.parametrize("form", MACHINE)
def test_equal_reports_are_written_alike(report, form):
    again = msgspec.structs.replace(real(), summary=report.summary)
    assert render(report, form) == render(again, form)


def test_json_is_the_report_itself_and_validates(report):
    document = json.loads(render(report, "json"))
    jsonschema.validate(document, REPORT_SCHEMA)
    assert document == json.loads(json.dumps(msgspec.to_builtins(report)))
    assert list(document)[:6] == ["schema", "version", "edition", "settings", "exit_code", "summary"]
    assert [finding["status"] for finding in document["findings"]] == ["new", "ignored", "new"]


def test_hostile_json_validates_and_keeps_the_names_as_logged(nasty):
    document = json.loads(render(nasty, "json"), strict=True)
    jsonschema.validate(document, REPORT_SCHEMA)
    assert "\u202e\x9b2J" in document["findings"][0]["message"]
    assert "]]>\\ud800\x00" in document["findings"][0]["message"]


def test_sketches_are_for_files(report):
    assert report.runs[0].series[0].sketch
    assert not any(curve.sketch for run in without_sketches(report).runs for curve in run.series)
    assert without_sketches(report).findings == report.findings


def test_json_lines_hold_every_run_with_its_findings_and_the_rest_in_the_summary(report):
    assert render(report, "jsonl").startswith('{"schema":"loglint-report-1"'), "by this it is told from a log"
    header, *runs, summary = [json.loads(line) for line in render(report, "jsonl").splitlines()]
    assert (header["kind"], header["schema"], summary["kind"]) == ("header", report.schema, "summary")
    assert [(line["run"]["id"], [f["rule"] for f in line["findings"]]) for line in runs] == [
        ("a", ["NUM003"]),
        ("b", []),
        ("old", ["NUM003"]),
    ]
    assert [finding["rule"] for finding in summary["findings"]] == ["LOG001"]
    assert summary["exit_code"] == 1


def invocations() -> list[Report]:
    """Reports of every kind: real, hostile, annotated, of nothing, of a crash."""
    crashed = ProblemInfo(path="", message=HOSTILE, kind="crashed")
    broken = msgspec.structs.replace(real(), exit_code=2, problems=(crashed,))
    nothing = judge((), (), Gate(paths=("logs",)), load_rules()).report
    return [real(), hostile(), real(annotate="configs/train.yaml"), nothing, broken]


@pytest.mark.parametrize("number", range(5))
def test_sarif_validates_against_the_oasis_schema(number):
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(render(invocations()[number], "sarif")))


@pytest.mark.parametrize("number", range(5))
def test_junit_validates_against_the_schema_of_the_xunit_plugin(number):
    required("xmlschema").XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(render(invocations()[number], "junit"))


def test_sarif_has_what_code_scanning_shows(report):
    (run,) = json.loads(render(report, "sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"]
        assert f"loglint rule {rule['name']}" in rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
    assert sum("helpUri" in rule for rule in rules) > 50
    assert all(urlsplit(rule.get("helpUri", "https://x")).scheme == "https" for rule in rules)
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert place["region"]["startLine"] >= 1
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(set(hashes)) == len(hashes)
    assert run["invocations"][0] | {"toolExecutionNotifications": []} == {
        "executionSuccessful": True,
        "exitCode": 1,
        "toolExecutionNotifications": [],
    }


def test_nothing_judged_is_an_error_in_junit_and_github():
    nothing = invocations()[3]
    root = ElementTree.fromstring(render(nothing, "junit"))  # noqa: S314
    assert (root.get("errors"), root.find(".//error").get("type")) == ("1", "empty")
    assert render(nothing, "github").startswith("::error title=loglint::no training curves were found")
    allowed = judge((), (), Gate(allow_empty=True), load_rules()).report
    assert render(allowed, "github").startswith("::notice ")
    assert ElementTree.fromstring(render(allowed, "junit")).get("errors") == "0"  # noqa: S314


def test_sarif_names_rules_places_fingerprints_and_suppressions(report):
    document = json.loads(render(report, "sarif"))
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules))
    first, ignored, unread = run["results"]
    assert rules[first["ruleIndex"]] == first["ruleId"] == "NUM003"
    assert (first["level"], first["baselineState"], "suppressions" in first) == ("error", "new", False)
    assert ignored["suppressions"][0]["kind"] == "external"
    assert unread["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b.log"
    assert first["partialFingerprints"]["loglint/v1"] == report.findings[0].fingerprint
    assert all(isinstance(result["message"]["text"], str) and result["locations"] for result in run["results"])


def test_junit_fails_what_fails_skips_what_is_ignored_and_passes_what_is_healthy(report):
    root = ElementTree.fromstring(render(report, "junit"))  # noqa: S314
    suites = {suite.get("name"): suite for suite in root}
    assert suites["a"].find("testcase/failure").get("type") == "error"
    assert suites["old"].find("testcase/skipped").get("message") == "ignored"
    assert [case.get("name") for case in suites["b"]] == ["healthy"]
    assert [(suites["a"].get(key), suites["old"].get(key)) for key in ("tests", "failures", "skipped")] == [
        ("1", "1"),
        ("1", "0"),
        ("0", "1"),
    ]


def test_junit_passes_findings_below_the_line():
    root = ElementTree.fromstring(render(real(fail_on="never"), "junit"))  # noqa: S314
    assert root.find(".//failure") is None
    assert "sudden-nan" not in (root.find(".//system-out").text or "")
    assert "not a number" in root.find(".//system-out").text


def test_hostile_junit_is_well_formed(nasty):
    assert len(ElementTree.fromstring(render(nasty, "junit"))) >= 1  # noqa: S314


CODE_QUALITY = {  # what GitLab reads of a report, docs.gitlab.com: code quality report format
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}


@pytest.mark.parametrize("number", range(5))
def test_gitlab_has_the_fields_of_a_code_quality_report(number):
    jsonschema.validate(json.loads(render(invocations()[number], "gitlab")), CODE_QUALITY)


def test_gitlab_fingerprints_are_unique_and_ignored_findings_are_left_out(report, nasty):
    rows = json.loads(render(report, "gitlab"))
    assert [(row["check_name"], row["severity"]) for row in rows] == [
        ("NUM003 sudden-nan", "critical"),
        ("LOG001 unreadable-log", "critical"),
    ]
    twins = json.loads(render(nasty, "gitlab"))
    assert len({row["fingerprint"] for row in twins}) == len(twins) == 2
    assert twins[0]["location"]["lines"]["begin"] == 3


def test_github_annotations_are_one_line_each_and_escape_their_properties(report, nasty):
    lines = render(report, "github").splitlines()
    assert [line.split("::")[1].split(",")[0] for line in lines] == ["error file=a", "error file=b.log"]
    for line in render(nasty, "github").splitlines():
        command, _, message = line.removeprefix("::").partition("::")
        assert command.count(",") == 2
        assert "%250A" in message


def test_annotations_stand_at_the_configured_file():
    lines = render(real(annotate="train.yaml"), "github").splitlines()
    assert all("file=train.yaml,line=1" in line for line in lines)
    sarif = json.loads(render(real(annotate="train.yaml"), "sarif"))["runs"][0]["results"][2]
    assert sarif["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "train.yaml"
    assert sarif["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b.log"


def test_a_report_is_written_in_the_form_of_its_suffix():
    names = ("r.json", "r.GITLAB.json", "a/r.gl.sarif", "r.xml", "r.md", "r.jsonl")
    assert [form_of(name) for name in names] == ["json", "gitlab", "sarif", "junit", "markdown", "jsonl"]
    with pytest.raises(ConfigError, match=r"\.sarif"):
        form_of("r.pdf")
