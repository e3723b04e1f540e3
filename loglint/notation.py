"""A series written by hand, as the examples inside rule files have it; pure Python, so that rules are drawn without numpy.

The notation is that of promtool's unit tests, with four additions. Terms are separated by spaces and follow one another:

    2.3            one point
    _              a step without a value
    nan -nan inf   what a log may print; all notations take them as numbers
    axn            a, and n more points that are a: n + 1 points; `_xn` is n steps without a value (as in promtool)
    a+bxn a-bxn    a, and n more points, each b higher (lower) than the one before: n + 1 points
    a*bxn          a, and n more points, each b times the one before: n + 1 points
    a..bxn         a straight line from a to b in n steps: n + 1 points
    a>c/txn        a, and n more points relaxing to c with time constant t: c + (a - c) exp(-i / t), n + 1 points
    (...)xn        the terms inside, and n more copies of them, noise included: a shape that repeats
    ...~s          after any of these: Gaussian noise of standard deviation s; `~5%` is 5 % of each value
    ...~s@seed     the same with a chosen seed; else the seed follows from the term's place and the series' name
    A + B          (a plus sign between spaces) the sum, point by point, of two stretches of equal length

A blank before `xn` is allowed: "nan x20" is "nanx20".
"""

from __future__ import annotations

import math
import random
import re
import zlib
from collections import deque
from typing import TYPE_CHECKING

from loglint.errors import RuleError

if TYPE_CHECKING:
    from loglint.model import Bools, Floats

MAX_POINTS = 1_000_000
_POSITIVE = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER = rf"[+-]?(?:{_POSITIVE}|nan|inf)"
_TAIL = rf"(?:x(?P<n>\d{{1,7}}))?(?:~(?P<sd>{_POSITIVE})(?P<percent>%)?(?:@(?P<seed>\d+))?)?"
_TERM = re.compile(
    rf"(?P<first>_|{_NUMBER})"
    rf"(?:(?P<sign>[+\-*])(?P<by>{_POSITIVE})|\.\.(?P<to>{_NUMBER})|>(?P<floor>{_NUMBER})/(?P<tau>{_POSITIVE}))?{_TAIL}"
)
_CLOSE = re.compile(rf"\){_TAIL}")
_TOKEN = re.compile(r"\(|\)[^\s()]*|[^\s()]+")

Points = list[float | None]


def expand(text: str, salt: str = "") -> Points:
    """The points of a series in the notation above; None is a step without a value.

    `salt` (the name of the series) keeps the default noise of two series of one example independent.
    Raises RuleError that quotes the term which is not in the notation, or for more than a million points.
    """
    words = deque(enumerate(_TOKEN.findall(re.sub(r"\s+x(?=\d)", "x", text))))
    points = _sum(words, salt, depth=0)
    if words:
        raise RuleError(f'in "{_shorten(text)}": a ")" without its "("')
    return points


def parse(text: str, salt: str = "") -> tuple[Floats, Bools]:
    """The values, float64[n] with NaN where a step has no value, and where it has one, bool[n]. Raises as `expand`."""
    import numpy as np

    points = expand(text, salt)
    given = np.array([point is not None for point in points], dtype=np.bool_)
    return np.array([math.nan if point is None else point for point in points], dtype=np.float64), given


def _sum(words: deque[tuple[int, str]], salt: str, depth: int) -> Points:
    """Terms up to the closing parenthesis (left in `words`) or the end, summed where a lone + stands."""
    if depth > 8:
        raise RuleError("parentheses are nested more than 8 deep")
    total: Points | None = None
    stretch: Points = []
    while words and not words[0][1].startswith(")"):
        place, word = words.popleft()
        if word == "+":
            total, stretch = _add(total, stretch), []
            continue
        stretch += _group(words, salt, depth) if word == "(" else _term(word, f"{salt}:{place}")
        if len(stretch) > MAX_POINTS:
            raise RuleError(f"a series of more than {MAX_POINTS} points")
    return _add(total, stretch)


def _add(total: Points | None, stretch: Points) -> Points:
    if total is None:
        return stretch
    if len(total) != len(stretch):
        raise RuleError(f"a sum of {len(total)} and {len(stretch)} points: both sides of + need the same number")
    return [None if a is None or b is None else a + b for a, b in zip(total, stretch, strict=True)]


def _group(words: deque[tuple[int, str]], salt: str, depth: int) -> Points:
    inside = _sum(words, salt, depth + 1)
    if not words:
        raise RuleError('a "(" without its ")"')
    place, close = words.popleft()
    match = _CLOSE.fullmatch(close)
    if match is None:
        raise RuleError(f'"{_shorten(close)}" is not in the notation: after ")" comes xn, ~s or nothing')
    copies = int(match["n"] or 0) + 1
    if copies * len(inside) > MAX_POINTS:
        raise RuleError(f"a series of more than {MAX_POINTS} points")
    return _noisy(inside * copies, match, f"{salt}:{place}")


def _term(word: str, place: str) -> Points:
    match = _TERM.fullmatch(word)
    if match is None:
        raise RuleError(f'"{_shorten(word)}" is not in the notation: write a, _, axn, a+bxn, a*bxn, a..bxn or a>c/txn')
    more = int(match["n"] or 0)
    if more >= MAX_POINTS:
        raise RuleError(f"a series of more than {MAX_POINTS} points")
    if match["first"] == "_":
        if match["sign"] or match["to"] or match["floor"] or match["sd"]:
            raise RuleError(f'"{_shorten(word)}": a step without a value is written _ or _xn')
        return [None] * (more or 1)
    if match["n"] is None and (match["sign"] or match["to"] or match["floor"]):
        raise RuleError(f'"{_shorten(word)}": how many more points? end it with xn')
    return _noisy(_line(match, more), match, place)


def _line(match: re.Match[str], more: int) -> Points:
    """The n + 1 points of one term, without noise."""
    first = float(match["first"])
    if match["sign"] == "*":
        factor = float(match["by"])
        points = [first]
        for _ in range(more):
            points.append(points[-1] * factor)
        return [*points]
    if match["sign"]:
        step = float(match["sign"] + match["by"])
        return [first + step * i for i in range(more + 1)]
    if match["to"]:
        to = float(match["to"])
        return [first + (to - first) * i / more for i in range(more + 1)] if more else [first]
    if match["floor"]:
        floor, tau = float(match["floor"]), float(match["tau"])
        if tau == 0:
            raise RuleError(f'"{_shorten(match[0])}": the time constant is zero')
        return [floor + (first - floor) * math.exp(-i / tau) for i in range(more + 1)]
    return [first] * (more + 1)


def _noisy(points: Points, match: re.Match[str], place: str) -> Points:
    if match["sd"] is None:
        return points
    seed = int(match["seed"]) if match["seed"] else zlib.crc32(place.encode())
    draw = random.Random(seed)  # noqa: S311
    sd = float(match["sd"])
    scale = [sd / 100 * abs(point or 0.0) if match["percent"] else sd for point in points]
    return [None if point is None else point + draw.gauss(0.0, s) for point, s in zip(points, scale, strict=True)]


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
