"""What the HTML report holds: every run, finding and extreme, in one file without an outside address, small and harmless."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import numpy as np
import pytest

from loglint.gate import Gate, judge
from loglint.given import from_mapping
from loglint.report import Report
from loglint.reporters import html
from loglint.reporters.chinese import localised
from loglint.reporters.html import content
from loglint.reporters.html.content import differing, entries, score_place
from loglint.reporters.html.curves import drawn
from loglint.reporters.html.labels import LABELS
from loglint.reporters.html.page import FOLDER, SCRIPTS
from loglint.reporters.html.page import page as whole_page
from loglint.rulebook import load_rules
from tests.page.reading import index_of, runs_of
from tests.reporters.reports import HOSTILE, hostile, real

SCRIPT = "\n".join((FOLDER / "js" / f"{name}.js").read_text("utf-8") for name in SCRIPTS)


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def report() -> Report:
    return real()


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    return html.render(report)


def many(runs: int, points: int) -> Report:
    rng = np.random.default_rng(3)
    made = []
    for number in range(runs):
        loss = 2 * np.exp(-np.arange(points) / points * 3) + rng.normal(0, 0.02, points) + 0.3
        if number % 3 == 0:
            loss[points // 2 :] = np.nan
        made += from_mapping({"train_loss": loss, "lr": np.full(points, 0.1)}, f"run-{number:03}")
    return judge(made, (), Gate(paths=("sweep",)), load_rules()).report


def test_the_file_asks_for_nothing_and_runs_only_its_own_script(page: str) -> None:
    tags = Tags(page).tags
    addresses = [value for _, attributes in tags for key, value in attributes.items() if key in ("src", "href", "action", "data")]
    assert addresses == ["data:,"]
    (policy,) = [a["content"] for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in str(policy).split(";"))
    assert directives["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/]+='", directives["script-src"])
    assert re.fullmatch(r"'sha256-[\w+/]+='", directives["style-src"])
    assert {"connect-src", "frame-src", "object-src"}.isdisjoint(directives), "they fall back to 'none'"
    assert not [a for _, a in tags if any(key.startswith("on") or key == "style" for key in a)]
    assert not re.search(r"\binnerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", SCRIPT)


def test_every_run_and_finding_of_the_report_is_in_the_page(page: str, report: Report) -> None:
    index, runs = index_of(page), runs_of(page)
    assert {row["id"] for row in index["rows"]} == {run.id for run in report.runs}
    assert [row["id"] for row in index["rows"]] == ["a", "b", "old"], "new errors first; what is ignored counts as healthy"
    summary = report.summary
    assert index["counts"] == [summary.errors, summary.warnings, summary.infos]
    found = [(f["rule"], f["status"]) for run in runs for f in run["findings"]]
    loose = [(f["rule"], f["status"]) for f in index["loose"]]
    assert sorted(found + loose) == sorted((f.rule, f.status) for f in report.findings)
    first = runs[0]["findings"][0]
    assert first["message"] == report.findings[0].message
    assert [one[0] for one in first["remedy"]] == [one.do for one in report.findings[0].remedy]
    assert all(one[1] in index["sources"] for one in first["remedy"])
    assert index["rules"]["NUM003"][2] == " ".join(next(r.why for r in report.rules if r.code == "NUM003").split())


def test_what_could_not_be_judged_is_told_for_each_run_and_for_all(page: str, report: Report) -> None:
    index, runs = index_of(page), runs_of(page)
    assert {code for _, codes, _ in index["unjudged"] for code in codes} == {entry.rule for entry in report.not_judged}
    told = {code for _, codes, _ in runs[0]["unjudged"] for code in codes}
    assert told == {code for one in report.runs[0].not_judged for code in one.rules}
    assert index["problems"][0] == ["b.log", None, "permission denied"]


@pytest.mark.parametrize("most", [400, 40])
def test_extremes_and_nan_survive_the_reduction(most: int) -> None:
    values = np.sin(np.arange(20_000) / 500)
    values[[1_234, 15_000]] = 37.5, -12.25
    values[7_000:7_003] = np.nan
    report = judge(from_mapping({"train_loss": values}, "spiky"), (), Gate(), load_rules()).report
    (curve,) = drawn(report.runs[0], most)["curves"]
    low, high, middle = (msgspec.json.decode(curve[key]) for key in ("low", "high", "y"))
    assert len(low) == most
    assert (min(low), max(high), sum(count for _, count in curve["bad"])) == (-12.25, 37.5, 3)
    assert max(value for value in middle if value is not None) < 1.01, "the line itself is not drawn through spikes"


def test_a_large_report_keeps_its_size_and_says_where_the_other_runs_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "CHUNK", 10_000)
    report = many(24, 400)
    least = len(whole_page(index_of(html.render(report)), (), (), "t", "en"))
    fewer = dict(html.files(report, "out.html", most_bytes=least + 60_000))
    assert (list(fewer), len(fewer["out.html"]) <= least + 60_000) == (["out.html"], True)
    assert 40 < index_of(fewer["out.html"])["buckets"] < 400
    first, *further = html.files(report, "out.html", most_bytes=least + 15_000)
    assert all(len(text) <= least + 15_000 for _, text in (first, *further))
    rows = index_of(first[1])["rows"]
    outside = [row for row in rows if "file" in row]
    assert rows[len(rows) - len(outside) :] == outside, "the least sick ones go"
    places = [[path, number] for path, text in further for number in range(len(index_of(text)["rows"]))]
    assert [row["file"] for row in outside] == places
    path, text = further[-1]
    assert (path, index_of(text)["home"]) == (f"out-{len(further) + 1}.html", "out.html")
    assert [row["id"] for row in index_of(text)["rows"]] == [row["id"] for row in outside if row["file"][0] == path]
    assert runs_of(text)[-1]["curves"][0]["name"] == "train_loss"


def test_a_report_of_nothing_says_so_in_front() -> None:
    nothing = judge((), (), Gate(paths=("empty",)), load_rules()).report
    assert index_of(html.render(nothing))["failures"] == ["no training curves were found: nothing was judged"]
    assert index_of(html.render(nothing, "zh"))["failures"] == ["没有找到任何训练曲线，什么都没有判断"]


def test_equal_reports_are_equal_files(report: Report, page: str) -> None:
    assert html.render(report) == page


def test_no_word_from_a_log_stands_in_the_page_as_it_is() -> None:
    report = hostile()
    page = html.render(report)
    assert HOSTILE not in page and "<script>`" not in page
    index = index_of(page)
    assert index["rows"][0]["id"].startswith("x\\x1b[31m"), "control characters are shown as escapes"
    assert "\u202e" not in str(index) and "\u202e" not in str(runs_of(page))


def test_the_page_speaks_chinese(report: Report) -> None:
    page = html.render(localised(report, load_rules()), "zh")
    index = index_of(page)
    assert '<html lang="zh-Hans">' in page
    assert index["labels"]["Symptoms"] == "症状"
    assert "不是数值" in runs_of(page)[0]["findings"][0]["message"]
    assert index_of(html.render(report))["labels"] == {}


def test_every_word_of_the_scripts_has_a_translation() -> None:
    said = set(re.findall(r'\bt\(\s*"((?:[^"\\]|\\.)*)"', SCRIPT))
    counts = set(re.findall(r'\bcounted\((?:[^"()]|\([^()]*\))*, "(\w+)"\)', SCRIPT))
    assert {"run", "curve", "point", "rule", "figure"} <= counts
    said |= {f"{{n}} {noun}{plural}" for noun in counts for plural in ("", "s")}
    assert said - LABELS.keys() == set()
    for english, chinese in LABELS.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese)), english


def test_no_name_is_given_twice_in_the_scripts() -> None:
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", SCRIPT, re.M)
    assert sorted(names) == sorted(set(names))


def test_runs_are_compared_by_what_most_of_them_log_and_told_apart_by_what_differs() -> None:
    curves = {"train_loss": np.linspace(2, 1, 20), "val_loss": np.linspace(2, 1.5, 20)}
    report = judge([run for i in range(4) for run in from_mapping(curves, str(i))], (), Gate(), load_rules()).report
    runs = [
        msgspec.structs.replace(run, config={"lr": 0.1 * (i % 2), "seed": i, "model": "mlp"}) for i, run in enumerate(report.runs)
    ]
    assert score_place(runs) == ("val/loss", "down")
    assert differing(runs) == ("lr",)
    assert [entry.run.id for entry in entries(report)] == ["0", "1", "2", "3"]


def test_the_library_of_templates_is_loaded_only_for_a_page(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("epoch,loss\n" + "".join(f"{i},{2 - 0.01 * i}\n" for i in range(50)), "utf-8")
    code = (
        "import sys; from loglint.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print('jinja2' in sys.modules, file=sys.stderr)"
    )
    for report, loaded in (("out.json", "False"), ("out.html", "True")):
        command = [sys.executable, "-c", code, "run", "m.csv", "--isolated", "-q", "--report", report]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert done.stderr.strip() == loaded, done.stderr
    assert index_of((tmp_path / "out.html").read_text("utf-8"))["rows"][0]["id"] == "m.csv"
