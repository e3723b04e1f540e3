"""Lines by shape, and their numbers, held against `float` on each of them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import numpy as np
import pytest

from loglint.readers.text import read, shapes
from loglint.readers.text.digits import Layouts, columns, grouped
from loglint.readers.text.shapes import Shapes, classify, coarse
from loglint.readers.text.texts import Texts

FORMS = ("{:.3f}", "{:.17g}", "{:e}", "{:.12E}", "{!r}", "{:+.4f}", "{:.0f}")
NUMBER = re.compile(r"(?<=[ =])[-+.\d][^ ,)]*")


def _line(rng: random.Random, forms: tuple[str, ...]) -> str:
    values = [rng.choice((1, -1)) * rng.lognormvariate(0, 9) for _ in forms]
    loss, acc, rate = (form.format(value) for form, value in zip(forms, values, strict=True))
    return f"{'=' * rng.randrange(1, 9)} loss: {loss}, acc={acc} (x {rate})"


def _layouts(found: Shapes, members: Sequence[int], texts: Sequence[str]) -> Layouts:
    """How some lines are laid out."""
    used, code = np.unique(found.layout[members], return_inverse=True)
    return Layouts(code, Texts.of([texts[i] for i in found.leading[used]]))


@pytest.mark.parametrize("laid_out", [False, True])
@pytest.mark.parametrize("lines", [5, 400])
def test_numbers_read_in_bulk_are_those_that_float_reads(lines: int, laid_out: bool) -> None:
    rng = random.Random(0)
    texts = [_line(rng, (rng.choice(FORMS), rng.choice(FORMS), FORMS[0])) for _ in range(40 * lines)]
    found = classify("\n".join(texts).encode())
    seen = 0
    for code in range(len(found.forms)):
        index = np.flatnonzero(found.code == code)
        members = [texts[i] for i in index]
        spans = [match.span() for match in NUMBER.finditer(members[0])]
        read = columns(Texts.of(members), spans, layouts=_layouts(found, index, texts) if laid_out else None)
        assert read is not None
        for k, values in enumerate(read.values):
            wanted = np.array([float(NUMBER.findall(text)[k]) for text in members])
            np.testing.assert_array_equal(values, wanted)
            np.testing.assert_array_equal(np.signbit(values), np.signbit(wanted))
            seen += len(values)
    assert seen == 3 * len(texts)


@pytest.mark.parametrize("times", [1, 60])
@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("steps 1,234 done", "steps 5,678 done", 5678.0),
        ("loss 0,3456 now", "loss 0,9876 now", 0.9876),
        ("step: 89k", "step: 7k", 7000.0),
        ("loss: .5", "loss: .25", 0.25),
        ("loss: 1e-05", "loss: 7e+03", 7000.0),
        ("loss: nan", "loss: nan", np.nan),
        ("loss: -1.#IND", "loss: -1.#IND", np.nan),
        ("n: 123456789012345678901", "n: 98765432109876543210", 98765432109876543210.0),
    ],
)
def test_a_number_in_an_unusual_form_is_read_as_it_is_printed(first: str, second: str, wanted: float, times: int) -> None:
    start = first.index(" ") + 1
    end = len(first.split(" done")[0].split(" now")[0])
    read = columns(Texts.of([first, *[second] * times]), [(start, end)])
    assert read is not None
    np.testing.assert_array_equal(read.values[0][1:], np.full(times, wanted))


@pytest.mark.parametrize("times", [1, 60])
def test_lines_whose_names_hold_other_digits_are_told(times: int) -> None:
    read = columns(Texts.of(["top5 acc 10.5", "top1 acc 11.5"] * times), [(9, 13)], fixed=[0])
    assert read is not None
    assert read.alike.tolist() == [True, False] * times
    assert read.values[0].tolist() == [10.5, 11.5] * times


def test_lines_laid_out_alike_have_their_digits_at_the_same_places() -> None:
    texts = [
        "lr 1.5e-05 x",
        "lr 2.5e+07 x",
        "lr 2.5e+7 x",
        "lr 9.9e-99 x",
        "lr 2.5 e+07",
        "lr -2.5e+7 x",
        "lr 2.5a-07 x",
        "lr 2.5a+07 x",
    ]
    found = classify("\n".join(texts).encode())
    assert found.layout.tolist() == [0, 0, 1, 0, 2, 3, 4, 5]
    assert found.leading.tolist() == [0, 2, 4, 5, 6, 7]


def test_layouts_that_were_forgotten_have_their_shape_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_BLOCK", 7)
    monkeypatch.setattr(shapes, "_KNOWN", 2)
    found = classify(b"\n".join(b"%s %d" % (b"abc"[i % 3 : i % 3 + 1], 10 ** (i % 5)) for i in range(60)))
    assert found.code.tolist() == [0, 1, 2] * 20
    assert (found.layout[found.leading] == np.arange(len(found.leading))).all()
    assert len(found.leading) > 15


@pytest.mark.parametrize("laid_out", [False, True])
@pytest.mark.parametrize("first", ["1 a", "12345678 a", ".25 a", "-.25 a", "123456789012 a"])
def test_a_number_at_the_very_beginning_is_read(first: str, laid_out: bool) -> None:
    texts = Texts.of([first] * 60 + ["9-"])[:-1]
    read = columns(texts, [(0, first.index(" "))], layouts=Layouts(np.zeros(60, dtype=np.int64), texts[:1]) if laid_out else None)
    assert read is not None
    assert read.values[0].tolist() == [float(first[:-2])] * 60


def test_lines_that_differ_in_numbers_bars_and_signs_have_one_shape() -> None:
    texts = ["[==>...] 5/100 loss: -0.5 lr 1e-05", "[=====>] 99/100 loss:  12.25 lr 3e+05", "[=====>] 99/100 loss: 12.25 lr -3e+05"]
    forms = [coarse(classify(text.encode()).forms[0]) for text in texts]
    assert forms[0] == forms[1]
    assert forms[2] != forms[1]


@pytest.mark.parametrize(("one", "other"), [("loss", "los"), ("1.5", "1..5"), ("a-1", "a--1"), ("1 5", "15"), ("x=1", "x>1")])
def test_what_may_mean_something_else_has_a_shape_of_its_own(one: str, other: str) -> None:
    assert classify(f"{one}\n{other}".encode()).code.tolist() == [0, 1]


def test_every_line_has_its_shape_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_BLOCK", 7)
    found = classify(b"\n\na 1\nb 22\n\na 333\nb 4")
    assert found.code.tolist() == [0, 0, 1, 2, 0, 1, 2]
    assert found.first == [0, 2, 3]


def test_lines_whose_numbers_have_commas_at_other_places_are_told_apart() -> None:
    texts = ["n 1,234", "n 56,789", "n 0,234", "n 98,7654", "n 7,777"] * 12
    codes = grouped(Texts.of(texts), [0, 1])
    assert codes is not None
    first = codes[:5].tolist()
    assert codes.tolist() == first * 12
    assert first[0] == first[4]
    assert len(set(first)) == 4


def test_a_log_with_thousands_is_read_whole() -> None:
    rows = [(i, 1000 * i + 7, 1 / (i + 1)) for i in range(200)]
    text = "".join(f"step {i} | tok/sec: {rate:,} | loss: {loss:.6f}\n" for i, rate, loss in rows)
    (reading,) = read("a.log", text.encode())
    found = {series.name: series.values.tolist() for series in reading.series}
    assert found["tok/sec"] == [rate for _, rate, _ in rows]
    assert found["loss"] == [round(loss, 6) for _, _, loss in rows]
