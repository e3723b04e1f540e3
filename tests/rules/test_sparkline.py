"""What the drawing must keep: order of heights, spikes, non-finite values, gaps, the width."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from loglint.reporters.sparkline import ASCII_LEVELS, BLOCKS, NON_FINITE, NON_FINITE_ASCII, sparkline


def test_heights_follow_the_values() -> None:
    drawn = sparkline([float(i) for i in range(8)], 8)
    assert drawn == BLOCKS


def test_a_single_spike_is_drawn_however_narrow_the_line() -> None:
    values = [1.0] * 500 + [9.0] + [1.0] * 499
    drawn = sparkline(values, 20)
    assert len(drawn) == 20
    assert drawn[10] == BLOCKS[-1]
    assert set(drawn[:10] + drawn[11:]) == {BLOCKS[0]}


def test_one_nan_among_many_points_shows() -> None:
    values = [1.0, 2.0] * 200
    values[100] = math.nan
    assert sparkline(values, 10)[2] == NON_FINITE
    assert sparkline(values, 10, ascii=True)[2] == NON_FINITE_ASCII


def test_a_missing_value_is_a_gap() -> None:
    assert sparkline([1.0, None, 2.0], 10)[1] == " "


def test_a_constant_is_drawn_in_the_middle() -> None:
    assert sparkline([5.0] * 4, 4) == BLOCKS[4] * 4


def test_the_mark_stands_under_its_points() -> None:
    line, mark = sparkline([float(i) for i in range(100)], 10, (40, 59)).split("\n")
    assert len(line) == 10
    assert mark == "    ^^"


def test_growth_over_many_orders_is_drawn_on_a_logarithmic_scale() -> None:
    drawn = sparkline([10.0**i for i in range(8)], 8)
    assert drawn == BLOCKS


def test_nothing_is_drawn_of_nothing() -> None:
    assert sparkline([], 10) == ""
    assert sparkline([1.0], 0) == ""


@given(st.lists(st.one_of(st.none(), st.floats())), st.integers(1, 40), st.booleans())
def test_any_curve_fits_its_width_in_the_characters_promised(values: list[float | None], width: int, ascii: bool) -> None:
    drawn = sparkline(values, width, None, ascii)
    assert len(drawn) == min(width, len(values))
    allowed = ASCII_LEVELS + NON_FINITE_ASCII if ascii else BLOCKS + NON_FINITE
    assert set(drawn) <= set(allowed + " ")
