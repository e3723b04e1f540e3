"""The Markdown report as a pull request shows it: rendered, and looked at for what hostile text made of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from markdown_it import MarkdownIt

from loglint.report import Finding, Report, Summary
from loglint.reporters import render
from loglint.reporters.markdown import LIMIT, literal, marker
from loglint.rulebook import recipes
from tests.reporters.reports import HOSTILE, hostile, real

OURS = {"details", "summary", "b", "code", "h2", "p", "pre", "ul", "ol", "li", "br", "em", "a"}
OURS |= {"table", "thead", "tbody", "tr", "th", "td"}
PAYLOADS = [
    HOSTILE,
    "[click](javascript:alert(1)) ![x](http://evil.example/p.png)",
    "<img src=x onerror=alert(1)> </details> </summary> <!-- -->",
    "```\n<script>alert(1)</script>\n```",
    "a | b | c\n--- | --- | ---",
    "@all @org/team #1 owner/repo#2 GH-3",
    "http://evil.example www.evil.example <http://evil.example> a@evil.example",
    "--> <script>alert(1)</script> <!--",
    "&lt;script&gt; &#64;all &commat;all",
    "# heading\n- item\n1. item\n> quote",
    "`code` $math$ ~~gone~~ **bold** :tada:",
]


class Page(HTMLParser):
    """Tags, links and texts (outside code) of a rendered page; comments end a text as they do for GitHub's filters."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = [""]
        self.depth = self.code = 0
        self.feed(MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"]).render(source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}
        self.depth += tag == "details"
        self.code += tag == "code"
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "details"
        self.code -= tag == "code"
        assert self.depth >= 0
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.texts.append("")


def tried(text: str) -> Report:
    """A report in which a text stands everywhere a log can put one."""
    report = hostile()
    (head, *_) = report.findings
    finding = msgspec.structs.replace(
        head,
        message=text,
        run=text,
        series=(text,),
        inputs={"train": text},
        location=msgspec.structs.replace(head.location, path=text),
        remedy=tuple(msgspec.structs.replace(remedy, do=text) for remedy in head.remedy),
        threshold={"min_rise": text},
        evidence={"rise": text},
    )
    run = msgspec.structs.replace(report.runs[0], id=text)
    run = msgspec.structs.replace(
        run, series=(msgspec.structs.replace(run.series[0], name=text, sketch=((0, 1, 1, 0), (1, 2, 2, 1))),)
    )
    problems = tuple(msgspec.structs.replace(problem, path=text, message=text) for problem in report.problems)
    settings = report.settings | {"paths": [text], "config": text}
    return msgspec.structs.replace(report, runs=(run,), findings=(finding, finding, finding), problems=problems, settings=settings)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_from_a_log_makes_no_markup_link_or_mention(payload: str) -> None:
    source = render(tried(payload), "markdown")
    page = Page(source)
    assert page.tags <= OURS
    assert page.attributes <= {"href", "style", "class", "start"}
    assert page.links <= {recipe.url for recipe in recipes().values()}
    assert page.depth == 0
    assert not [text for text in page.texts if re.search(r"(?<![\w`])@\w|#\d", text)]
    assert source.count("<details>") == 4
    assert all(bad not in source for bad in ("\x1b", "\u202e", "\r"))


@pytest.mark.parametrize("payload", PAYLOADS[1:])
def test_escaped_text_reads_as_it_was_written(payload: str) -> None:
    line = payload.replace("\n", " ")
    page = Page(literal(line))
    assert "".join(page.texts).strip() == line
    assert page.tags == {"p"}


def test_a_finding_is_a_collapsed_block_with_its_curve_numbers_and_first_remedies() -> None:
    page = render(real(), "markdown")
    assert page.count("<details>") == page.count("</details>") == 3
    summary, chart = re.search(r"<summary>error <b>NUM003 sudden-nan</b>.*<code>(.*)</code>", page), page.split("```")[1]
    assert summary is not None
    assert summary[1].endswith("×")
    assert chart.isascii()
    assert "nan+" in chart
    assert "\n3. " in page
    assert "\n4. " not in page
    assert "2 more: `loglint rule sudden-nan`" in page


def test_several_rules_are_listed_first_with_what_to_do() -> None:
    rows = [line for line in render(real(), "markdown").splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[1] for row in rows[2:]] == ["LOG001 unreadable-log", "NUM003 sudden-nan"]


def test_the_marker_comes_first_and_depends_on_the_paths_alone() -> None:
    report = real()
    other = msgspec.structs.replace(report, findings=(), summary=Summary(runs=1))
    assert render(report, "markdown").splitlines()[0] == render(other, "markdown").splitlines()[0] == marker(report)
    assert marker(msgspec.structs.replace(report, settings={"paths": ["elsewhere"]})) != marker(report)


def test_one_finding_more_leaves_the_order_of_the_others() -> None:
    (finding,) = [f for f in real().findings if f.rule == "NUM003" and f.status == "new"]
    names = [("STA002", "b"), ("GEN001", "a"), ("STA002", "a"), ("NUM003", "a")]
    several = [msgspec.structs.replace(finding, rule=rule, run=run) for rule, run in names]
    runs = tuple(msgspec.structs.replace(real().runs[0], id=run) for run in "ab")

    def order(findings: list[Finding]) -> list[str]:
        page = render(msgspec.structs.replace(real(), runs=runs, findings=tuple(findings)), "markdown")
        return re.findall(r"<summary>error <b>(\S+) .*?<code>(\S+) ", page)

    assert order(several) == [("GEN001", "a"), ("NUM003", "a"), ("STA002", "a"), ("STA002", "b")]
    assert order(several[::-1]) == order(several)
    assert [each for each in order(several) if each != ("NUM003", "a")] == order(several[:3])


@pytest.mark.parametrize("message", ["short", "@" * 60_000, "中" * 60_000])
def test_a_page_fits_a_comment_and_counts_what_it_leaves_out(message: str) -> None:
    (head, *_) = [f for f in real().findings if f.status == "new"]
    many = tuple(msgspec.structs.replace(head, message=message, run=f"run{i}") for i in range(300))
    page = render(msgspec.structs.replace(real(), findings=many), "markdown")
    assert len(page) <= LIMIT
    shown = page.count("<b>NUM003")
    said = re.search(r"_and (\d+) more, for which a comment has no room: NUM003 sudden-nan \((\d+)\)_", page)
    assert said is not None
    assert shown >= 3
    assert int(said[1]) == int(said[2]) == 300 - shown
    assert Page(page).depth == 0


def test_the_worst_that_logs_can_hold_fits_too() -> None:
    report = tried("@" * 60_000)
    rules = [f"XYZ{i:03} a-rule-with-a-name-as-long-as-any".split() for i in range(100)]
    many = [msgspec.structs.replace(report.findings[0], rule=rule, name=name) for rule, name in rules]
    page = render(msgspec.structs.replace(report, findings=tuple(many), problems=report.problems * 50), "markdown")
    assert len(page) <= LIMIT
    assert Page(page).depth == 0
