"""The Chinese words of the shipped rules: no gap, the same placeholders, and sentences that come out of the English ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from loglint.findings import fill
from loglint.reporters.chinese import AXES, RANGES, in_chinese, pieces, translate
from loglint.rule import Rule
from loglint.rulebook import load_rules

RULES = load_rules()
CHINESE = re.compile("[\u4e00-\u9fff]")
OTHER_MARKS = re.compile("(?<=[\u4e00-\u9fff])[,;:?!](?=\\s|[\u4e00-\u9fff]|$)")


def texts(rule: Rule) -> Iterator[tuple[str, str | None, str | None]]:
    """(key, English, Chinese as the file has it) of every text of a rule."""
    yield "summary", rule.summary, rule.zh.summary
    yield "message", rule.message, rule.zh.message
    yield "why", rule.why, rule.zh.why
    for i, text in enumerate(rule.wrong_when):
        yield f"wrong_when[{i}]", text, dict(enumerate(rule.zh.wrong_when)).get(i)
    for i, remedy in enumerate(rule.remedies):
        do, otherwise = dict(enumerate(rule.zh.remedies)).get(i, (None, None))
        yield f"remedy[{i}]", remedy.do, do
        yield f"remedy[{i}].otherwise", remedy.otherwise, otherwise


def sentences(rule: Rule) -> list[tuple[str, str]]:
    return [(english, chinese) for key, english, chinese in texts(rule) if english and chinese and key.startswith(("mess", "rem"))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_no_text_lacks_its_chinese(rule: Rule) -> None:
    gaps = [key for key, english, chinese in texts(rule) if (english is None) != (chinese is None)]
    assert not gaps
    assert len(rule.zh.wrong_when) == len(rule.wrong_when)
    assert len(rule.zh.remedies) == len(rule.remedies)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_placeholders_and_their_formats_agree(rule: Rule) -> None:
    for english, chinese in sentences(rule):
        assert sorted(set(pieces(chinese)[1])) == sorted(set(pieces(english)[1])), chinese


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_words_are_chinese_and_so_are_their_marks(rule: Rule) -> None:
    for _, english, chinese in texts(rule):
        if chinese and english != "{what}" and not english.startswith("{path}: {what}"):
            assert CHINESE.search(chinese), chinese
            assert not OTHER_MARKS.search(chinese), chinese
            assert "\n" not in chinese


COUNTED = re.compile(r":[a-z]{2,}\}")  # Chinese counts with words of its own


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_filled_sentence_is_the_chinese_one_filled_with_the_same_values(rule: Rule) -> None:
    for english, chinese in sentences(rule):
        names = [name for name, _ in pieces(english)[1]]
        values = {name: 2.0 + i for i, name in enumerate(names)} | {"axis": "epoch"} | dict.fromkeys(RANGES, "0.01 to 0.03")
        said = {**values, "axis": AXES["epoch"]} | dict.fromkeys(RANGES, "0.01～0.03")
        assert translate(fill(english, values) or "", english, chinese) == fill(COUNTED.sub("}", chinese), said)


def test_words_that_a_file_lacks_are_english() -> None:
    rule = RULES[0]
    bare = Rule(**{key: getattr(rule, key) for key in Rule.__slots__ if key != "zh"})
    assert in_chinese(bare).message == rule.message
    assert in_chinese(bare).remedies == rule.remedies
