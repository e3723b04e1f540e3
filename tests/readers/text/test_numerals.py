"""Lines ruled out before they are understood, held against understanding all of them."""

from __future__ import annotations

import random
from itertools import groupby
from pathlib import Path

import pytest

from loglint.readers import text
from loglint.readers.text import grammar, lines, numerals, prefix, template
from tests.readers.text.forms import FORMS

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
WORDS = (
    "loss Loss acc step epoch Epoch iter update by in to for after at and of the train val test valid: lr = : | / , ; - -- "
    ". # % ( ) [ ] { } > s it/s ms img/s GPU utf8 x86_64 part-00012 epoch12 iter_300 step#4 mAP50 mAP@0.5 IoU=0.5 INFO "
    "WARNING-7 LOG INFO: [INFO] top5 f1 ('Episode', sha256:0a1b 3eeef4b16aac03d7 abc.5 it's5 a%5 a--5 12abc/x-5 (#77) #8/9 "
    "##5 #12abc tensor(0.25) (*1=2) best é2 10.0.0.1 2024-03-01 09:30:01 I0312 node12 rank5 loss5: 1|2| [1, "
).split()


def _line(rng: random.Random) -> str:
    """Words and numbers, parted by blanks or not."""
    parts = [rng.choice(WORDS) if rng.random() < 0.7 else _number(rng) for _ in range(rng.randrange(1, 12))]
    return "".join(part + rng.choice(("", " ", " ", " ", "  ", "/", "-", ".")) for part in parts)


def _number(rng: random.Random) -> str:
    return rng.choice(
        (f"{rng.randrange(10**4)}", f"{rng.random():.3f}", f"-{rng.random():.2e}", f"{rng.randrange(99)}%", ".5", "1,234")
    )


def _texts() -> list[bytes]:
    rng = random.Random(0)
    files = sorted(FIXTURES.rglob("*.log")) + sorted(FIXTURES.rglob("*.txt"))
    made = ["\n".join(_line(rng) for _ in range(400)) for _ in range(8)]
    return [path.read_bytes()[:40_000] for path in files] + [one.encode() for one in (*made, *(log for log, _ in FORMS.values()))]


def test_no_line_that_speaks_of_a_training_is_ruled_out() -> None:
    kept = 0
    for data in _texts():
        found = lines.split(data)
        telling = template._telling(found)
        for code, first in enumerate(found.shapes.first):
            line = found.texts[first]
            if template.INTERESTING.search(found.key(first).lower()) and text._keep(grammar.parse(line, prefix.end_of(line))):
                assert telling[code], line
                kept += 1
    assert kept > 500


def test_no_line_with_a_number_is_taken_for_one_without() -> None:
    rng = random.Random(1)
    told = [line for line in (_line(rng) for _ in range(20_000)) if "nan" not in line.lower() and "inf" not in line.lower()]
    found = numerals.may_count([line.encode() for line in told])
    missed = [line for line, one in zip(told, found, strict=True) if not one and grammar.parse(line, prefix.end_of(line)).fields]
    assert missed == []
    assert 1000 < found.sum() < len(told) - 1000


def test_numbers_that_words_take_to_themselves_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(2)
    told = [f"{_line(rng)} {rng.choice(('by', 'to', 'in', 'for', 'The'))} {_number(rng)}" for _ in range(5000)]
    quick = [grammar.parse(line, prefix.end_of(line)).fields for line in told]
    monkeypatch.setattr(grammar, "_holds_number", lambda tokens: True)
    assert quick == [grammar.parse(line, prefix.end_of(line)).fields for line in told]


def test_lines_that_say_the_same_but_for_ids_have_the_same_words() -> None:
    rng = random.Random(3)
    told = sorted((line for line in (_line(rng) for _ in range(5000)) if line.isascii()), key=lambda line: rng.random())
    told += [line.replace("3eeef4b16aac03d7", "77e0b5").replace("node12", "node9") for line in told]
    without = numerals.without_ids([line.encode() for line in told])
    pairs = sorted(zip(without, told, strict=True))
    for _, same in groupby(pairs, key=lambda pair: pair[0]):
        assert len({template._words(line) for _, line in same} - {None}) <= 1
    assert len(set(without)) < len(set(told))


@pytest.mark.parametrize(
    "line", ["utf8 is read", "fixed (#7333).", "part-00012.tar is here", "see #12 for more", "node12/cache-77ab"]
)
def test_digits_of_words_are_no_numbers(line: str) -> None:
    assert not numerals.may_count([line.encode()]).any()


@pytest.mark.parametrize(
    "line", ["epoch12 x", "INFO-12", "#8/9", "# 8", "a 5", "mAP50-95 x", "it's 5", "12abc", "é5", "('a', 'b5')"]
)
def test_digits_that_may_be_numbers_are_taken_for_some(line: str) -> None:
    assert numerals.may_count([line.encode()]).all()
