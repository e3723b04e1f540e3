"""Searching many texts at once, held against asking each of them; and lines ruled out before they are understood."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from loglint.readers import text
from loglint.readers.text import dialects, grammar, heads, lines, merge, origin, prefix, remarks, tables, template
from loglint.readers.text.mentions import Mentions, sought

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
PATTERNS = {
    "interesting": template.INTERESTING,
    "remarks": remarks._SPEAKING,
    "dialects": dialects._KEYS,
    "measuring": origin._MEASURING,
    "tables": heads.METRIC,
    "halves": tables._HALVES,
    "best": merge._BEST_HEADING,
    "optional": sought(rb"ab?cd|x{0,3}yz|[lo]ss|(?:e|r)r+|\[q\]w\w+:"),
}
WORDS = (
    b"loss Loss: err acc [epoch]: avg NaN, nan: inf Traceback traceback memory ,avg,rate |AP| train| "
    b"valid loss[ loss=[ ac acd abcd yz ess rrr [q]wx: "
    b'bestiteration: resum nonfinite e x to :::MLLOG "data" history'
).split()


@pytest.mark.parametrize("count", [3, 500])
@pytest.mark.parametrize("name", PATTERNS)
def test_texts_found_together_are_those_found_one_by_one(name: str, count: int) -> None:
    rng = random.Random(count)
    texts = [b"".join(rng.choices(WORDS, k=rng.randrange(4))) for _ in range(count)]
    found = Mentions(texts)
    pattern = PATTERNS[name]
    assert found.of(pattern) == [k for k, one in enumerate(texts) if pattern.search(one.lower())]
    assert list(found.as_written(pattern)) == [k for k, one in enumerate(texts) if pattern.search(one)]


def test_no_line_of_training_is_ruled_out_by_its_words() -> None:
    kept = 0
    for path in sorted(FIXTURES.rglob("*.log")) + sorted(FIXTURES.rglob("*.txt")):
        found = lines.split(path.read_bytes())
        for line in {found.texts[i] for i in found.shapes.first}:
            if text._keep(grammar.parse(line, prefix.end_of(line))):
                assert template._words(line) is not None, line
                kept += 1
    assert kept > 200


@pytest.mark.parametrize(
    "line",
    [
        "5/100 done",
        "foo bar 3 of 10",
        "n: 5",
        "[1, 200] x: 2",
        "850.3img/s",
        "1|2|x 0.5",
        "3epoch: a",
        "#12 | x 0.5",
        "log lik -3.5",
        "test 0.5",
    ],
)
def test_a_counter_without_a_metric_is_not_ruled_out(line: str) -> None:
    assert template._words(line) is not None


@pytest.mark.parametrize(
    "line", ["cached 5 documents under cache-3eeef4b16acc03d7.arrow", "loss", "worker 17 asks again for 2 shards"]
)
def test_a_line_without_word_or_number_of_training_is_ruled_out(line: str) -> None:
    assert template._words(line) is None
