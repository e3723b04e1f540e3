"""Names looked for in all shapes of lines at once, held against asking word by word."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from loglint.readers.text import lines, template, words
from loglint.readers.text.naming import marked, may_name
from loglint.readers.text.shapes import classify

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
PHRASES = (
    "top5 top_1 topk mytop5 map50 map_50 bitmap_5 log_lik loglik neg_log mean_reward lr base_lr lr0 lrNow blr_2 "
    "Learning_Rate learnRate max_mem DATA_TIME weight_decay tokens_per mytokens_per norm gNorm layernorm upscale "
    "autoscaler loss_scaler ents_p f1 macroF1 xf1y mseLoss MSE rmse_x fid translation V kl_div TiMe stepTime "
    "XMLScore HTTPError l1 smoothL1 rec5 nUpdates epochs"
).split()


def _forms(texts: list[str]) -> list[bytes]:
    found = classify("\n".join(texts).encode())
    return [found.forms[code] for code in found.code] + [marked(text.encode()) for text in texts]


@pytest.mark.parametrize("around", ["{} 5", "x: {}=1.5", "({}):2", "é{} 3", "9{} 1", "_{}_ 7", "{}"])
def test_every_word_that_may_name_something_is_found(around: str) -> None:
    known = [case(word) for word in (*PHRASES, *sorted(words.NAMING)) for case in (str, str.upper, str.title)]
    naming = [word for word in known if any(map(words.may_name, template._WORD.findall(around.format(word))))]
    assert len(naming) > len(known) / 2
    found = may_name(_forms([around.format(word) for word in naming]))
    assert [word for word, one in zip(2 * naming, found, strict=True) if not one] == []


def test_words_put_together_at_random_are_found_when_they_may_name_something() -> None:
    rng = random.Random(0)
    parts = [*PHRASES, *sorted(words.NAMING), "x", "Ab", "the", "_", "1", "é", "-", ".", "QQ"]
    texts = ["".join(rng.choices(parts, k=rng.randrange(1, 5))) + " 1" for _ in range(4000)]
    found = may_name(_forms(texts))
    missed = [text for text, one in zip(2 * texts, found, strict=True) if not one and template._words(text) is not None]
    assert missed == []


def test_lines_of_logs_that_name_something_are_found() -> None:
    telling = 0
    for path in sorted(FIXTURES.rglob("*.log")) + sorted(FIXTURES.rglob("*.txt")):
        held = lines.split(path.read_bytes())
        found = may_name(held.shapes.forms) & may_name([marked(held.texts[first].encode()) for first in held.shapes.first])
        for first, one in zip(held.shapes.first, found, strict=True):
            if template._words(held.texts[first]) is not None:
                assert one, held.texts[first]
                telling += 1
    assert telling > 500


def test_most_lines_of_other_programs_are_ruled_out() -> None:
    texts = ["GET /a/b?q=17 HTTP/2.0", "pulled image 77 of registry.io/x@sha256:0a1b", "Copyright 2024 by nobody", "utf-8", ""]
    assert not may_name(_forms(texts)).any()


@pytest.mark.parametrize(
    "text", ["5/100 done", "foo 3 of 10", "n: 5", "[1, 200] x: 2", "85.3img/s", "1|2|x", "#12 | x", "up -3", "S  7"]
)
def test_a_counter_told_by_how_it_is_printed_is_found(text: str) -> None:
    assert may_name(_forms([text])).all()


def test_identifiers_are_told_as_the_phrases_tell_them() -> None:
    rng = random.Random(0)
    for _ in range(20_000):
        word = "".join(rng.choices("0123456789abcdefABCDEF", k=rng.randrange(1, 17)))
        assert words._NAMING_PHRASES.search(word) is None or "f1" in word.lower(), word
    assert words.may_name("0f1a")
    assert not words.may_name("3eeef4b16aac03d7")
