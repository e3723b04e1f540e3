"""Identifiers put for each other when lines are told apart: none that could name something, and no number is one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from loglint.readers import text
from loglint.readers.text import ids, lines, shapes, words


def _told(line: str) -> str:
    """What is told of a line among others that hold identifiers: a mark for each of their characters."""
    block = "\n".join([line, *["x 3eeef4b16aac03d7"] * 9]).encode()
    marks = np.frombuffer(block, dtype=np.uint8).copy()
    marks[ids.within(block)] = ord("*")
    return marks.tobytes().decode("utf-8", "replace").split("\n")[0]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("pod/train-3c8a9b2d on x", "pod/train-******** on x"),
        ("3eeef4b16aac03d7", "****************"),
        ("sha256:0a1b2c3d00, b4d1", "sha256:**********, b4d1"),
        ("loss 1.2345678e05 1e5", "loss 1.2345678e05 1e5"),
        ("12345678 12345abc", "12345678 12345abc"),
        ("cache-3e2ef1b16aac03d7 2acc3b4e5", "cache-3e2ef1b16aac03d7 2acc3b4e5"),
        ("3eeef4b16aac03g7 _3eeef4b16aac03d7 é3eeef4b16aac03d7", "3eeef4b16aac03g7 _3eeef4b16aac03d7 é3eeef4b16aac03d7"),
    ],
)
def test_identifiers_are_words_of_hexadecimal_digits(line: str, told: str) -> None:
    assert _told(line) == told


def test_no_identifier_may_name_something() -> None:
    rng = random.Random(0)
    made = ["".join(rng.choices("0123456789abcdef", k=rng.randrange(4, 30))) for _ in range(20_000)]
    block = "\n".join(made).encode()
    found = np.zeros(len(block) + 1, dtype=bool)
    found[ids.within(block)] = True
    starts = np.cumsum([0, *(len(word) + 1 for word in made[:-1])])
    hidden = [word for word, start in zip(made, starts.tolist(), strict=True) if found[start]]
    assert len(hidden) > 5000
    assert [word for word in hidden if words.may_name(word) or len(word) < ids._LEAST] == []


def test_lines_that_differ_in_identifiers_have_one_shape_and_keep_their_numbers() -> None:
    rng = random.Random(1)
    made = [("".join(rng.choices("0123456789abcdef", k=16)), rng.random()) for _ in range(300)]
    log = "".join(f"step {k}: loss {value:.6f} of shard {word}\n" for k, (word, value) in enumerate(made))
    found = lines.split(log.encode())
    assert len(found.shapes.forms) < len(made) / 2
    assert any(shapes.IDS in form for form in found.shapes.forms)
    (reading,) = text.read("log.txt", log.encode())
    (loss,) = reading.series
    np.testing.assert_allclose(loss.values, [round(value, 6) for _, value in made])
    assert loss.step is not None
    assert loss.step.tolist() == list(range(300))
