"""Reports in Chinese: what is translated and what is not, widths, and streams that cannot hold the characters."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules

import msgspec
import pytest
from msgspec import Struct
from rich.cells import cell_len

import loglint.detectors
from loglint.detectors import fields_of
from loglint.report import NotJudged
from loglint.reporters import markdown, quantities, render
from loglint.reporters.chinese import extract, localised, pieces, reason, translate
from loglint.reporters.closing import closing
from loglint.reporters.printed import write_report
from loglint.reporters.terminal import Terminal
from loglint.reporters.words import CHINESE, REASONS, REPORTED
from loglint.reporters.wrap import breaks, columns
from loglint.rulebook import load_rules, recipes
from loglint.verdicts import thresholds
from tests.reporters.reports import BAD, hostile, real
from tests.reporters.test_terminal import Stream

TEMPLATE = "{val} is {rise:.0f} % above its best at {axis} {step}"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "CI"):
        monkeypatch.delenv(name, raising=False)


def lines(text: str, room: int) -> list[str]:
    cuts = [0, *breaks(text, room), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def printed(width: int, monkeypatch: pytest.MonkeyPatch, form: str = "full") -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Stream()
    write_report(Terminal.of(stream, lang="zh"), localised(real(), load_rules()), form)
    return stream.getvalue().splitlines()


def test_the_values_are_read_out_of_a_sentence() -> None:
    found = extract("val is it is 12 % above its best at epoch 3", TEMPLATE)
    assert found == {("val", ""): "val", ("rise", ".0f"): "it is 12", ("axis", ""): "epoch", ("step", ""): "3"}
    assert extract("a sentence of another rule", TEMPLATE) is None
    assert extract("no placeholder", "no placeholder") == {}
    assert extract("no placeholder here", "no placeholder") is None


def test_a_sentence_is_put_together_in_another_order() -> None:
    chinese = "{val} 比第 {step} {axis}的最优值高 {rise:.0f} %"
    assert translate("loss is 12 % above its best at epoch 3", TEMPLATE, chinese) == "loss 比第 3 轮的最优值高 12 %"
    assert translate("loss is 12 % above its best at epoch 3", TEMPLATE, "{rise:.1f}") is None


def test_a_hostile_name_costs_linear_time_and_breaks_nothing() -> None:
    name = " is above its best at " * 20_000
    assert extract(f"{name} is 12 % above its best at epoch 3 and", TEMPLATE + " then") is None


def test_findings_are_translated_and_the_report_is_left_alone() -> None:
    report = real()
    before = render(report, "json")
    said = localised(report, load_rules())
    assert render(report, "json") == before
    assert said.findings[0].message.startswith("train_loss ")
    assert "不是数值" in said.findings[0].message
    assert [f.evidence for f in said.findings] == [f.evidence for f in report.findings]
    assert [f.fingerprint for f in said.findings] == [f.fingerprint for f in report.findings]
    assert all(one.do != other.do for one, other in zip(said.findings[0].remedy, report.findings[0].remedy, strict=True))


def test_a_finding_of_a_rule_that_is_not_known_stays_english() -> None:
    report = real()
    strange = msgspec.structs.replace(report.findings[0], rule="XXX001", folded=(report.findings[0],))
    (said,) = localised(msgspec.structs.replace(report, findings=(strange,)), load_rules()).findings
    assert said.message == strange.message
    assert "不是数值" in said.folded[0].message


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row for row in printed(width, monkeypatch) if "<http" not in row]
    assert max(map(cell_len, rows)) <= width
    assert not [row for row in rows if row.strip()[:1] in set("，。；：、）")]


def test_the_labels_stand_in_one_column(monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = [row for row in printed(80, monkeypatch) if row.startswith("  建议")][:1]
    assert columns(row[: row.index("1.")]) == 12


def test_machine_forms_do_not_know_chinese() -> None:
    report = real()
    for form in ("json", "jsonl", "sarif", "junit", "github", "gitlab"):
        assert not set("错误警告原因") & set(render(report, form))


def test_markdown_and_closing_lines_speak_chinese() -> None:
    page = markdown.render(localised(real(), load_rules()), "zh")
    assert "\n## loglint：3 次训练，" in page
    assert "检查了什么" in page
    assert closing(real(), lang="zh")[0].startswith("用 ")


@pytest.mark.parametrize("form", ["full", "concise"])
def test_hostile_text_gets_out_of_no_chinese_form(form: str) -> None:
    stream = Stream()
    write_report(Terminal.of(stream, lang="zh"), localised(hostile(), load_rules()), form)
    assert not any(bad in stream.getvalue() for bad in BAD)


def test_the_placeholders_of_the_fixed_words_agree() -> None:
    for english, chinese in (*CHINESE.items(), *REPORTED.items(), *REASONS.items()):
        assert sorted(set(pieces(chinese)[1])) == sorted(set(pieces(english)[1])), english


def test_every_number_that_a_rule_compares_has_a_name() -> None:
    compared = {key.split("_", 1)[1] for rule in load_rules() if rule.scope != "log" for key in thresholds(rule)}
    assert compared <= quantities.CHINESE.keys()
    assert quantities.quantity("rise_percent") == "rise percent"


def test_every_height_that_is_drawn_on_a_curve_has_a_name() -> None:
    modules = [import_module(f"loglint.detectors.{module.name}") for module in iter_modules(loglint.detectors.__path__)]
    records = [made for module in modules for made in vars(module).values() if isinstance(made, type) and issubclass(made, Struct)]
    drawn = {name for record in records if record is not Struct for name, kind in fields_of(record).items() if kind == "Level"}
    assert {"best", "tail", "level"} <= drawn
    assert drawn <= quantities.CHINESE.keys()


def test_reasons_are_told_in_chinese_or_by_their_kind() -> None:
    told = {
        "no val/loss is logged": "没有记录 val/loss",
        "3 records, 10 needed": "只有 3 条记录，需要 10 条",
        "something that no table holds": "数据点太少",
    }
    for english, chinese in told.items():
        assert reason(NotJudged(rule="GEN001", kind="too_short", reason=english)) == chinese


def test_what_the_gate_says_is_translated_inside_a_finding() -> None:
    english = "val/accuracy best 0.7, expected >= 0.76 by epoch 90"
    assert translate(english, "{what}", "{what}") == "val/accuracy 最好为 0.7，要求 >= 0.76（第 90 轮之内）"
    assert translate("the lower border of lower", "the {side} border of {key}", "{key} 的{side}边界") == "lower 的下边界"


def test_lines_break_between_wide_characters_but_not_before_a_mark() -> None:
    assert lines("学习率太高，损失震荡", 10) == ["学习率太", "高，损失震", "荡"]
    assert lines("把 learning rate 降低", 10) == ["把 ", "learning ", "rate 降低"]
    assert lines("看见（附录）", 6) == ["看见", "（附", "录）"]
    assert lines("abcdefgh", 3) == ["abc", "def", "gh"]
    assert "".join(lines("一条 long_curve/name 的，很长的句子。", 7)) == "一条 long_curve/name 的，很长的句子。"


def test_sources_and_sections_are_named_in_the_language_of_the_reader() -> None:
    known = recipes()
    alchemy, pascanu = known["alchemy"], known["pascanu2013"]
    assert (alchemy.named("zh"), alchemy.heading("nan: 1", "zh")) == ("炼丹心得", "loss变nan 1")
    assert (alchemy.named("en"), alchemy.heading("nan: 1", "en")) == (alchemy.title, "nan: 1")
    assert (pascanu.named("zh"), pascanu.heading("section 3.2", "zh")) == (pascanu.title, "section 3.2")
    assert all(source.zh for source in known.values() if source.language == "zh")
