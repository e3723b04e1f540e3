"""The page of a rule says everything the rule file says, and what its citations stand for."""

from __future__ import annotations

import json
from pathlib import Path

from rich.cells import cell_len

from loglint.reporters.rule_page import explain, listing, markdown, pages, text, to_json
from loglint.rulebook import load_rules, read_rules, recipes
from tests.rules.books import write_book


def test_citations_are_resolved_to_title_and_section(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    page = explain(rule, recipes([tmp_path]))
    assert page.cite[0].title == "The Book"
    assert page.cite[0].section == "Chapter 1: of rising"
    assert page.cite[0].url == "https://example.org/book"
    assert [action.cite.where for action in page.remedy] == ["chapter 1", "chapter 2"]


def test_thresholds_are_told_from_settings_of_the_detector(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    page = explain(rule, recipes([tmp_path]))
    assert page.thresholds == ("rise is at least 0.03", "sigmas is at least 5")
    assert page.settings == {
        "min_points": 8,
        "train_sigmas": 3,
        "train_share": 0.5,
        "train_rise": 0.05,
        "metric_sigmas": 2,
        "short_rises": 3,
        "short_rise": 0.25,
    }
    assert page.next == {"min_rise": 0.02}


def test_inputs_are_put_in_words(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    page = explain(rule, recipes([tmp_path]))
    assert [(one.alias, one.place, one.optional) for one in page.inputs] == [
        ("val", "val/loss", False),
        ("train", "train/objective", True),
        ("metric", "val/metric", True),
    ]
    assert page.inputs[0].meaning == "validation loss"


def test_examples_are_drawn_with_the_place_marked(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    bad, good = explain(rule, recipes([tmp_path])).examples
    (train, val) = bad.curves
    assert (train[0], train[1]) == ("train", "2.3-0.05x40")
    line, mark = val[2].split("\n")
    assert len(line) == 41
    assert [i for i, c in enumerate(mark) if c == "^"] == list(range(17, 24))
    assert "\n" not in good.curves[0][2]


def test_an_ascii_page_holds_no_block_characters(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path, 'why = "falls"\n', 'why = "falls"\nmetric = "1 nan 2"\n')])
    drawn = explain(rule, recipes([tmp_path]), ascii=True).examples
    assert all(curve[2].isascii() for example in drawn for curve in example.curves)


def test_chinese_words_are_used_where_the_file_has_them(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    page = explain(rule, recipes([tmp_path]), lang="zh")
    assert page.summary == "过拟合"
    assert [action.do for action in page.remedy] == ["提前停止", "降低学习率至 {lr_next}"]
    assert page.why == "because"


def test_json_form_holds_the_same_as_the_record(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    page = json.loads(to_json(explain(rule, recipes([tmp_path]))))
    assert page["code"] == "GEN001"
    assert page["wrong_when"] == ["the metric improves"]
    assert page["remedy"][1]["otherwise"] == "lower the learning rate"


def test_text_stays_within_the_width_in_columns_of_the_terminal() -> None:
    for rule in load_rules():
        lines = text(explain(rule, recipes()), width=100).splitlines()
        assert max(cell_len(line) for line in lines) <= 100


def test_markdown_has_the_fixed_headings(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    headings = [line for line in markdown(explain(rule, recipes([tmp_path]))).splitlines() if line.startswith("#")]
    assert headings == [
        "# GEN001 overfitting",
        "## Why it matters",
        "## When it is wrong",
        "## What is measured",
        "## What to do",
        "## Who says so",
        "## Examples",
    ]


def test_the_index_lists_every_rule_under_its_family() -> None:
    rules = load_rules()
    files = pages(rules, recipes())
    assert set(files) == {"README.md"} | {f"{rule.code}-{rule.name}.md" for rule in rules}
    rows = [line for line in files["README.md"].splitlines() if line.startswith("| [")]
    assert [row.split()[1].lstrip("[") for row in rows] == [rule.code for rule in rules]
    assert len([line for line in files["README.md"].splitlines() if line.startswith("## ")]) == len({r.code[:3] for r in rules})


def test_the_listing_has_one_line_a_rule() -> None:
    rules = load_rules()
    assert [line.split()[0] for line in listing(rules).splitlines() if line.startswith("  ")] == [rule.code for rule in rules]
