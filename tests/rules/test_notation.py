"""The notation against promtool's definitions and against plain arithmetic."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loglint.errors import RuleError
from loglint.notation import expand, parse


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("7", [7]),
        ("1 2 3", [1, 2, 3]),
        ("0.5x3", [0.5, 0.5, 0.5, 0.5]),
        ("1+2x3", [1, 3, 5, 7]),
        ("1-2x3", [1, -1, -3, -5]),
        ("-2+1x2", [-2, -1, 0]),
        ("1e-3-1e-4x2", [1e-3, 9e-4, 8e-4]),
        ("2*3x3", [2, 6, 18, 54]),
        ("1..3x4", [1, 1.5, 2, 2.5, 3]),
        ("0.1..0x2", [0.1, 0.05, 0]),
        ("2>1/3x2", [2, 1 + math.exp(-1 / 3), 1 + math.exp(-2 / 3)]),
        ("(1 2)x2", [1, 2, 1, 2, 1, 2]),
        ("(1 (5)x1)x1 9", [1, 5, 5, 1, 5, 5, 9]),
        ("1+1x3 + (0 10)x1", [1, 12, 3, 14]),
        ("1x1 + 2x1 + 3x1", [6, 6]),
        ("", []),
    ],
)
def test_terms_give_the_points_that_arithmetic_gives(text: str, points: list[float]) -> None:
    assert expand(text) == pytest.approx(points)


def test_a_repeated_value_is_itself_and_n_more_as_in_promtool() -> None:
    assert len(expand("4x20")) == 21
    assert len(expand("4+1x20")) == 21


def test_a_blank_before_the_repetition_is_allowed() -> None:
    points = expand("2 nan x20")
    assert points[0] == 2
    assert len(points) == 22
    assert all(point is not None and math.isnan(point) for point in points[1:])


def test_missing_steps_are_none_and_count_n_as_in_promtool() -> None:
    assert expand("1 _ 2 _x3") == [1, None, 2, None, None, None]


def test_infinities_and_signed_nan_are_read() -> None:
    plus, minus, nan = expand("inf -inf -nan")
    assert (plus, minus) == (math.inf, -math.inf)
    assert nan is not None
    assert math.isnan(nan)


def test_a_product_that_overflows_is_infinite() -> None:
    assert expand("1*1e300x2") == [1, 1e300, math.inf]


def test_parse_marks_steps_without_a_value() -> None:
    values, given_points = parse("1 _ nan")
    assert given_points.tolist() == [True, False, True]
    assert values.dtype == np.float64
    assert np.isnan(values).tolist() == [False, True, True]


def test_noise_is_gaussian_of_the_standard_deviation_asked_for() -> None:
    points = np.array(expand("3x9999~0.5", "loss"), dtype=float)
    assert points.mean() == pytest.approx(3, abs=0.02)
    assert points.std() == pytest.approx(0.5, rel=0.03)


def test_relative_noise_grows_with_the_value() -> None:
    points = np.array(expand("1x4999~10% 100x4999~10%", "loss"), dtype=float)
    assert points[:5000].std() == pytest.approx(0.1, rel=0.05)
    assert points[5000:].std() == pytest.approx(10, rel=0.05)


def test_noise_is_the_same_every_time_and_differs_between_series_and_terms() -> None:
    assert expand("1x50~1", "train") == expand("1x50~1", "train")
    assert expand("1x50~1", "train") != expand("1x50~1", "val")
    both = expand("1x50~1 1x50~1", "train")
    assert both[:51] != both[51:]


def test_noise_of_a_term_does_not_depend_on_what_follows_it() -> None:
    assert expand("1x9~1 2 3 4", "train")[:10] == expand("1x9~1", "train")


def test_a_seed_decides_the_noise_whatever_the_series() -> None:
    assert expand("1x9~1@7", "train") == expand("1x9~1@7", "val") != expand("1x9~1@8", "val")
    draw = random.Random(7)
    assert expand("0x2~1@7") == [draw.gauss(0, 1) for _ in range(3)]


def test_noise_leaves_missing_steps_missing() -> None:
    assert expand("(1 _)x1~0.1")[1] is None


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("1 two 3", '"two"'),
        ("2.3-", '"2.3-"'),
        ("1-0.1", "how many more"),
        ("1>0/5", "how many more"),
        ("(1 2", "without its"),
        ("1 2)", "without its"),
        ("(1)y3", '")y3"'),
        ("_~1", "_ or _xn"),
        ("1 2 + 1", "2 and 1 points"),
        ("1>0/0x3", "time constant"),
        ("1x9999999", "points"),
        ("((1x999)x999)x999", "points"),
        ("((((((((((1))))))))))", "8 deep"),
    ],
)
def test_what_is_no_notation_is_refused_and_quoted(text: str, quoted: str) -> None:
    with pytest.raises(RuleError) as caught:
        expand(text)
    assert quoted in str(caught.value)


@given(st.text(alphabet="0123456789.x+-*>/~_()en aif@%", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        points = expand(text)
    except RuleError:
        return
    assert all(point is None or isinstance(point, float) for point in points)


@given(st.lists(st.floats(allow_nan=False), max_size=20))
def test_numbers_as_python_prints_them_are_read_back(values: list[float]) -> None:
    assert expand(" ".join(map(repr, values))) == values
