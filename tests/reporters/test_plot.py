"""Charts in characters: what is drawn stands where the numbers say, and nothing leaves its place or its character set."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loglint.reporters.canvas import braille, segment, strokes
from loglint.reporters.chart import Bucket, Chart, Line
from loglint.reporters.plot import plots
from loglint.reporters.wrap import columns, fitted


def line(values: list[float], name: str = "loss", kinds: tuple[str, ...] = ()) -> Line:
    finite = [None if not math.isfinite(value) else value for value in values]
    return Line(name, tuple(Bucket(float(i), v, v, int(v is None)) for i, v in enumerate(finite)), kinds)


def rows(chart: Chart, width: int = 60, height: int = 6, ascii: bool = False) -> list[str]:
    return ["".join(text for text, _ in row) for row in plots([chart], width, height, ascii=ascii)]


def drawn(text: str) -> str:
    """What stands right of the axis."""
    return text[text.index(next(mark for mark in "┤│└" if mark in text)) + 1 :]


FALL = Chart((line([2.0 - i / 20 for i in range(21)]),), "step")


def test_a_dot_sets_the_bit_of_its_place_in_the_braille_character() -> None:
    assert braille([(0, 0), (3, 7)]) == {(0, 0): "⠁", (1, 1): "⢀"}
    assert braille((c, r) for c in range(2) for r in range(4)) == {(0, 0): "⣿"}


def test_strokes_show_height_and_direction() -> None:
    def both(rows_left: range, rows_right: range) -> str:
        return strokes([*((0, r) for r in rows_left), *((1, r) for r in rows_right)])[0, 0]

    assert [both(range(r, r + 1), range(r, r + 1)) for r in range(4)] == ["'", "-", "-", "."]
    assert (both(range(2, 4), range(2)), both(range(2), range(2, 4)), both(range(4), range(4))) == ("/", "\\", "|")


@given(st.tuples(st.integers(0, 40), st.integers(0, 40)), st.tuples(st.integers(0, 40), st.integers(0, 40)))
def test_a_segment_has_no_hole_and_joins_its_ends(a: tuple[int, int], b: tuple[int, int]) -> None:
    dots = list(segment(a, b))
    assert (dots[0], dots[-1]) == (a, b)
    assert all(abs(p[0] - q[0]) <= 1 and abs(p[1] - q[1]) <= 1 for p, q in pairwise(dots))


def test_the_scale_the_name_and_the_last_value_are_written() -> None:
    text = rows(FALL)
    assert text[0].startswith("   2┤")
    assert text[5].lstrip().startswith("1┤")
    assert text[5].endswith("─ loss 1")
    assert text[-1].split() == ["step", "0", "20"]


def test_a_falling_line_falls() -> None:
    heights = {}
    for row, text in enumerate(rows(FALL)[:6]):
        for column, cell in enumerate(drawn(text).split("─")[0]):
            if cell.strip():
                heights.setdefault(column, row)
    assert list(heights.values()) == sorted(heights.values())
    assert set(heights.values()) == set(range(6))


def test_what_is_no_number_stands_in_a_row_of_its_own_and_breaks_the_line() -> None:
    chart = Chart((line([1.0, 2.0, math.nan, math.nan, 2.0, 1.0], kinds=("nan",)),), "step", ((2, 3),))
    text = rows(chart, 40, 4)
    assert text[0].lstrip().startswith("nan┤")
    marks = [i for i, cell in enumerate(drawn(text[0])) if cell == "×"]
    heavy = [i for i, cell in enumerate(drawn(text[5])) if cell in "┻━"]
    assert marks == heavy == list(range(marks[0], marks[-1] + 1))
    assert not any(drawn(row)[c] not in " ┊" for row in text[1:5] for c in range(marks[0], marks[-1] + 1))


def test_a_single_spike_among_many_points_reaches_the_top() -> None:
    values = [1.0] * 400
    values[200] = 9.0
    text = rows(Chart((line(values),), "step"), 60)
    assert text[0].lstrip().startswith("9┤")
    assert drawn(text[0]).strip()


def test_heights_and_places_of_the_finding_are_marked_and_named() -> None:
    chart = Chart(FALL.lines, "step", ((10, 20),), (1.5,))
    text = rows(chart)
    (level,) = [row for row in text if "1.5┤" in row]
    assert level.count("╌") > 10
    assert text[-1].split() == ["step", "0", "10", "20"]
    assert drawn(text[-2]).index("┻") == text[-1].index("10") - text[-2].index("└")


def test_a_small_rise_is_drawn_closer_and_what_leaves_the_scale_is_said() -> None:
    values = [20.0, 12.0, 6.0, 3.0, 1.2] + [1.0 + 0.03 * i for i in range(30)]
    near = Chart((line(values),), "step", ((5, 34),), closer=True)
    scale = near.scale
    assert scale.high - scale.low == pytest.approx((20 - 1) / 4)
    text = rows(near)
    assert text[0].lstrip().startswith("20┤↑")
    assert rows(Chart(near.lines, "step", near.spans))[0].lstrip().startswith("20┤⠉") is False
    flat = Chart((line([20.0, 12.0, 6.0, 3.0, 1.2] + [1.0] * 30),), "step", ((5, 34),), closer=True)
    assert (flat.scale.low, flat.scale.high) == (1.0, 20.0), "a flat stretch looks flat"


def test_growth_over_many_orders_is_drawn_by_ratio() -> None:
    text = rows(Chart((line([10.0**i for i in range(9)]),), "step"))
    assert "log└" in text[-2]
    rising = [next(i for i, cell in enumerate(drawn(row)) if cell.strip()) for row in text[:6]]
    assert rising == sorted(rising, reverse=True)


def test_the_second_curve_is_dots_and_each_is_named_where_it_ends() -> None:
    chart = Chart((line([2.0 - i / 20 for i in range(21)], "val"), line([2.0] * 21, "train")), "step")
    text = rows(chart, 70)
    assert text[0].endswith("· train 2")
    assert text[5].endswith("─ val 1")
    plain = rows(chart, 70, ascii=True)
    assert plain[0].count("o") > 10
    assert plain[5].endswith("- val 1")


def test_charts_of_one_finding_stand_with_their_axes_above_each_other() -> None:
    other = Chart((line([1e-9 * i for i in range(1, 31)], "a longer name"),), "step")
    text = ["".join(words for words, _ in row) for row in plots([FALL, other], 70, 5)]
    ends = [(row.index("└"), len(row)) for row in text if "└" in row]
    assert len(ends) == 2
    assert ends[0] == ends[1]


def test_curves_that_end_alike_are_named_in_different_rows() -> None:
    chart = Chart(tuple(line([2.0, 1.0, 1.0], name) for name in ("first", "second", "third")), "step")
    text = rows(chart)
    assert [sum(name in row for row in text) for name in ("first", "second", "third")] == [1, 1, 1]


@pytest.mark.parametrize("name", ["损失/训练集上的平均值" * 4, "🔥" * 30, "שלום_אבדן", "x" * 200, "a\x1b[31m\u202eb"])
@pytest.mark.parametrize("width", [24, 40, 80])
def test_wide_and_hostile_names_keep_to_the_width(name: str, width: int) -> None:
    text = rows(Chart((line([2.0, 1.0, 1.5], name),), "step"), width)
    assert max(map(cell_len, text)) <= width
    assert not any(bad in row for row in text for bad in ("\x1b", "\u202e"))


@given(
    st.lists(st.lists(st.floats(width=32), min_size=2, max_size=50), min_size=1, max_size=3),
    st.integers(20, 120),
    st.integers(2, 10),
    st.booleans(),
)
def test_any_curves_fit_their_room(curves: list[list[float]], width: int, height: int, ascii: bool) -> None:
    chart = Chart(tuple(line(values, "loss", ("nan",)) for values in curves), "step", ((0, 1),), (0.5,), closer=True)
    text = rows(chart, width, height, ascii)
    assert max(map(cell_len, text)) <= width
    assert len(text) <= height + 5 + len(curves)
    assert text == [row.rstrip() for row in text]
    if ascii:
        assert "".join(text).isascii()


def test_extreme_numbers_do_not_overflow() -> None:
    assert rows(Chart((line([-1.7e308, 1.7e308, 0.0]),), "step"))
    assert rows(Chart((line([5e-324, 1.7e308]),), "step"))


@given(st.text(max_size=40), st.integers(4, 30))
def test_a_shortened_name_fits_and_keeps_its_beginning(text: str, room: int) -> None:
    short = fitted(text, room)
    assert columns(short) <= room
    if columns(text) <= room:
        assert short == text
    elif room >= 8:
        assert "..." in short
