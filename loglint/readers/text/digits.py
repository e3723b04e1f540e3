"""The numbers of lines of one shape, read in bulk: digits of a machine word added up at once, whole columns at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools, Floats, Ints
from loglint.readers.text.texts import Texts, Words
from loglint.readers.text.tokens import DECIMAL_COMMA, value_of

_BLOCK, _ROWS = 1 << 20, 4096  # characters or lines worked on at a time, whichever is more
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<fraction>\d*))?(?:[eE][-+]?(?P<exponent>\d+))?"
    r"(?P<suffix>[kKM]?)",
    re.ASCII,
)
_RUN = re.compile(r"\d+", re.ASCII)
MANY = 50  # lines that are worth while
_PLUS, _MINUS = b"+-"
_LOAD, _FULL = 8, (1 << 64) - 1  # digits of one machine word, and the word whose bits are all set
_POWERS = np.array([10.0**k for k in range(23)])  # those that float64 holds exactly
_WHOLE_POWERS = np.array([10**k for k in range(20)], dtype=np.uint64)
_MOST_DIGITS = 19  # of a mantissa in 64 bits
_EXACT = np.uint64(1 << 53)
_SURE_DIGITS = 16  # of a mantissa from which on it may not be exact


class Place(msgspec.Struct, frozen=True):
    """How a number is printed: its first run of digits in the line; how many runs its whole digits take (`1,234` takes two), its
    fraction and its exponent; whether a sign may stand before it; what its suffix multiplies it by.
    """

    run: int
    whole: int = 1
    fraction: int = 0
    exponent: int = 0
    signed: bool = False
    scale: float = 1.0

    @property
    def last(self) -> int:
        """Its last run of digits."""
        return self.run + self.whole + self.fraction + self.exponent - 1

    @property
    def point(self) -> int:
        """Characters between its sign and its first digit."""
        return 0 if self.whole else 1


def place_of(line: str, start: int, end: int) -> Place | float | None:
    """Where a number stands in a line; its value when it is a word (`nan`), None when it is printed in an unusual way."""
    text = line[start:end]
    found = _NUMBER.fullmatch(text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text)
    if not found or not (found["whole"] or found["fraction"]):
        return None if not text.isascii() or (_RUN.search(text) and "#" not in text) else value_of(text)
    if line[start - 1 : start].isdecimal() or line[end : end + 1].isdecimal():
        return None
    return Place(
        run=runs_before(line, start),
        whole=len(_RUN.findall(found["whole"])),
        fraction=bool(found["fraction"]),
        exponent=bool(found["exponent"]),
        signed=bool(found["sign"]) or line[start - 1 : start] not in ("-", "+"),
        scale={"k": 1e3, "K": 1e3, "M": 1e6}.get(found["suffix"], 1.0),
    )


def runs_before(line: str, end: int) -> int:
    """How many runs of digits begin before a character."""
    return sum(1 for _ in _RUN.finditer(line, 0, end))


class Layouts(msgspec.Struct, frozen=True):
    """Which of many lines are laid out alike, character by character: line i has its digits where line `code[i]` (int64[lines]) of
    `texts` has them.
    """

    code: Ints
    texts: Texts


class Columns(msgspec.Struct, frozen=True):
    """`values[j]` (float64[lines]) stands at place j; `alike[i]` tells whether the fixed runs of line i read as in the first."""

    values: tuple[Floats, ...]
    alike: Bools


def columns(
    texts: Texts, spans: Sequence[tuple[int, int]], fixed: Sequence[int] = (), layouts: Layouts | None = None
) -> Columns | None:
    """The numbers at `spans` (characters of the first line) of lines of one shape, and whether the digit runs `fixed` differ.

    None when a number is printed in a way that must be understood line by line.
    """
    places = [place_of(texts[0], *span) for span in spans]
    if None in places:
        return None
    if len(texts) < MANY:
        return _one_by_one(texts, places, fixed)
    found, alike = [np.empty(len(texts)) for _ in places], np.ones(len(texts), dtype=bool)
    words = [_RUN.findall(texts[0])[run] for run in fixed]
    for part, digits in _parts(texts, layouts):
        if digits is None:
            return _one_by_one(texts, places, fixed)
        for column, place in zip(found, places, strict=True):
            column[part] = digits.values(place) if isinstance(place, Place) else place
        for run, word in zip(fixed, words, strict=True):
            alike[part] &= digits.reads(run, word)
    return Columns(tuple(found), alike)


def grouped(texts: Texts, runs: Sequence[int], layouts: Layouts | None = None) -> Ints | None:
    """Lines of one shape told apart by how some of their runs of digits are printed, int64[lines].

    Lines with the same number agree in the length of each run and in whether it is a lone 0, so that `1,234` and `0,234` are read
    as what they are. None when the lines have not as many runs as each other.
    """
    codes = np.zeros(len(texts), dtype=np.int64)
    for part, digits in _parts(texts, layouts):
        if digits is None:
            return None
        for run in runs:
            size = np.minimum(digits.size(run), 15)
            codes[part] = codes[part] * 17 + np.where(digits.reads(run, "0"), 16, size)
    return codes


def _parts(texts: Texts, layouts: Layouts | None) -> Iterator[tuple[slice, Digits | None]]:
    """The digits of so many lines as are worked on at a time; None when not all lines have as many runs of them."""
    rows = max(_ROWS, _BLOCK // (1 + len(texts[0])))
    known = Runs.of(layouts.texts) if layouts else None
    for low in range(0, len(texts), rows):
        part = slice(low, low + rows)
        runs = known if layouts else Runs.of(texts[part])
        yield part, Digits(texts.raw, texts.start[part], runs, layouts.code[part] if layouts else None) if runs else None


def _one_by_one(texts: Texts, places: Sequence[Place | float | None], fixed: Sequence[int]) -> Columns | None:
    """The same of few lines."""
    rows: list[list[float]] = []
    alike: list[bool] = []
    first: list[str] = []
    count = len(_RUN.findall(texts[0]))
    for text in texts:
        runs = [found.span() for found in _RUN.finditer(text)]
        if len(runs) != count:
            return None
        rows.append([_value(text, runs, place) if isinstance(place, Place) else place or 0.0 for place in places])
        read = [text[slice(*runs[run])] for run in fixed]
        first = first or read
        alike.append(read == first)
    return Columns(tuple(np.array(rows).reshape(len(texts), len(places)).T), np.array(alike))


def _value(text: str, runs: Sequence[tuple[int, int]], place: Place) -> float:
    start, end = runs[place.run][0] - place.point, runs[place.last][1]
    sign = place.signed and text[max(0, start - 1) : start] == "-"
    return value_of(text[start - sign : end + (place.scale != 1.0)])


class Runs(msgspec.Struct, frozen=True):
    """The runs of digits of some lines: run k of a line is text[start[first + k]:end[first + k]] of a text in which the line begins
    at `line` (`first` and `line` int64[lines]). A line feed stands before the text.
    """

    text: bytes
    start: Ints
    end: Ints
    first: Ints
    line: Ints
    known: dict[int, tuple[Ints, Ints]] = msgspec.field(default_factory=dict)  # those that were asked for

    @classmethod
    def leading(cls, texts: Texts, runs: int) -> Runs | None:
        """The first so many runs of some lines; None when one has fewer."""
        text, line, end = texts.together()
        found, count = cls._of(text, line, end)
        if (count < runs).any():
            return None
        last = found.first + (runs - 1)
        found.end[last] = np.minimum(found.end[last], end)
        return found

    @classmethod
    def of(cls, texts: Texts) -> Runs | None:
        """The runs of some lines; None when not all lines have as many."""
        found, count = cls._of(*texts.together())
        return found if (count == count[0]).all() else None

    @classmethod
    def _of(cls, text: bytes, line: Ints, end: Ints) -> tuple[Runs, Ints]:
        """All runs of a text, and how many of them each line has."""
        text = b"\n" + text + b"\n"
        digit = np.frombuffer(text, dtype=np.uint8) - np.uint8(48) < 10
        edges = np.flatnonzero(digit[1:] != digit[:-1])
        start = edges[0::2]
        first = np.searchsorted(start, line)
        return cls(text, start, edges[1::2], first, line), np.searchsorted(start, end) - first

    def span(self, run: int) -> tuple[Ints, Ints]:
        """How far from the beginning of its line a run begins, and how many digits it has; one number where all lines agree."""
        if run not in self.known:
            at = self.first + run
            start = self.start[at]
            self.known[run] = _shared(start - self.line), _shared(self.end[at] - start)
        return self.known[run]

    def signed(self, run: int, point: int) -> bool:
        """Whether a sign stands in any line so many characters before the beginning of a run, and one more."""
        before = np.frombuffer(self.text, dtype=np.uint8)[self.start[self.first + run] - point]
        return bool(((before == _MINUS) | (before == _PLUS)).any())


class Digits(msgspec.Struct):
    """The digits of lines that begin at `line` (int64[lines]) in a text: those of line i stand where `runs` has them in its line i,
    or in its line `layout[i]` if `layout` (int64[lines]) is given.
    """

    text: bytes
    line: Ints
    runs: Runs
    layout: Ints | None = None
    early: bool = False  # whether a machine word that ends with a digit may begin before the text

    def __post_init__(self) -> None:
        self.early = int(self.line.min()) < _LOAD
        if len(self.text) < _LOAD:
            self.text += b"\n" * _LOAD

    def span(self, run: int) -> tuple[Ints, Ints]:
        """Where a run begins in each line, and where it ends."""
        begin, _ = self.runs.span(run)
        start = self.line + self._of_each(begin)
        return start, start + self.size(run)

    def size(self, run: int) -> Ints:
        """How many digits a run has in each line; one number where all lines agree."""
        return self._of_each(self.runs.span(run)[1])

    def _of_each(self, numbers: NDArray[Any]) -> NDArray[Any]:
        return numbers if self.layout is None or len(numbers) == 1 else numbers[self.layout]

    def reads(self, run: int, word: str) -> Bools:
        """Which lines have this word for the run."""
        found, size = self._whole(run)
        same: Bools = (found == int(word[-2 * _LOAD :])) & (size == len(word)) & (size <= 2 * _LOAD)
        return same

    def values(self, place: Place) -> Floats:
        """The numbers at one place, correctly rounded: an exact mantissa by an exact power of ten (Clinger 1990), else `float`."""
        mantissa, size, digits, longest = self._mantissa(place)
        power = -size if place.fraction else np.zeros(1, dtype=np.int64)
        if place.exponent:
            exponent, size = self._whole(place.last)
            longest = max(longest, int(size.max()))
            shift = np.minimum(exponent, 1000).astype(np.int64)
            power = power + np.where(self._negative(self.span(place.last)[0]), -shift, shift)
        power = _shared(power)
        values = mantissa.astype(np.float64)
        scale = _POWERS[np.minimum(np.abs(power), 22)]
        if place.exponent:
            values = np.where(power < 0, values / scale, values * scale)
        elif place.fraction:
            values = values / scale
        if longest > _LOAD or int(digits.max()) >= _SURE_DIGITS or int(np.abs(power).max()) >= len(_POWERS):
            self._repair(values, place, (mantissa > _EXACT) | (np.abs(power) > 22))
        if place.signed and self.runs.signed(place.run, place.point):
            minus = self._negative(self.span(place.run)[0] - place.point)
            values = np.where(minus, -values, values) if minus.any() else values
        return values * place.scale if place.scale != 1.0 else values

    def _mantissa(self, place: Place) -> tuple[Words, Ints, Ints, int]:
        """A number without its point and exponent; how many digits its last run and all its runs have, and at most one of them."""
        if place.whole == place.fraction == 1:
            whole, fraction = (self.runs.span(run)[1] for run in (place.run, place.run + 1))
            if int((whole + fraction).max()) < _LOAD:
                return self._pointed(place.run + 1, whole, fraction), self._of_each(fraction), whole + fraction, _LOAD
        mantissa, size = self._whole(place.run)
        longest, digits = int(size.max()), size
        for run in range(place.run + 1, place.run + place.whole + place.fraction):
            more, size = self._whole(run)
            longest, digits = max(longest, int(size.max())), digits + size
            mantissa = mantissa * _WHOLE_POWERS[_shared(np.minimum(size, _MOST_DIGITS))] + more
        return mantissa, size, digits, longest

    def _pointed(self, run: int, whole: Ints, fraction: Ints) -> Words:
        """Numbers that fit into a machine word with their point: those that end with a run, by the digits before and behind it."""
        words = self._loaded(self.span(run)[1])
        before = self._of_each(np.uint64(_FULL) >> (8 * fraction).astype(np.uint64))  # bytes before the fraction
        words ^= (words ^ (words << np.uint64(8))) & before
        return _added(words, self._of_each(whole + fraction))

    def _repair(self, values: Floats, place: Place, odd: Bools) -> None:
        """Put `float` in for the numbers that are odd, or have a run too long to be added up or too many digits."""
        start, end = self.span(place.run)[0], self.span(place.last)[1]
        for run in range(place.run, place.last + 1):
            odd = odd | (self.size(run) > 2 * _LOAD)
        for run in range(place.run + 1, place.run + place.whole + place.fraction):
            odd |= self.span(run)[1] - start > _MOST_DIGITS
        for k in np.flatnonzero(odd).tolist():
            values[k] = value_of(self.text[int(start[k]) - place.point : int(end[k])].decode())

    def _negative(self, at: Ints) -> Bools:
        """Where a minus stands before a place."""
        minus: Bools = np.frombuffer(self.text, dtype=np.uint8)[at - 1] == _MINUS
        return minus & (at > 0) if self.early else minus

    def _whole(self, run: int) -> tuple[Words, Ints]:
        """A run of digits as whole numbers, no more than its last sixteen digits, and how many it has."""
        end, size = self.span(run)[1], self.size(run)
        if int(size.max()) <= _LOAD:
            return self._eight(end, size), size
        found = self._eight(end, np.minimum(size, _LOAD))
        rest = np.flatnonzero(size > _LOAD) if len(size) > 1 else slice(None)
        more = self._eight(end[rest] - _LOAD, np.minimum(size[rest] - _LOAD, _LOAD))
        found[rest] += more * np.uint64(10**_LOAD)
        return found, size

    def _eight(self, end: Ints, size: Ints) -> Words:
        """The numbers that the `size` (1 to 8) digits before each `end` make."""
        return _added(self._loaded(end), size)

    def _loaded(self, end: Ints) -> Words:
        """The eight characters before each `end`, the last one highest."""
        words: Words = np.ndarray((len(self.text) - _LOAD + 1,), "<u8", self.text, 0, (1,))[end - _LOAD]
        for k in np.flatnonzero(end < _LOAD).tolist() if self.early else ():
            words[k] = int.from_bytes(self.text[: int(end[k])].rjust(_LOAD), "little")
        return words


def _added(words: Words, size: Ints) -> Words:
    """The numbers that the `size` (1 to 8) highest digits in machine words make, added up at once; the words are spent."""
    unused = _shared((_LOAD - size) * 8).astype(np.uint64)
    words &= np.uint64(0x0F0F0F0F0F0F0F0F)
    words >>= unused
    words <<= unused
    words = (words * np.uint64(10) + (words >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    words = (words * np.uint64(100) + (words >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (words * np.uint64(10000) + (words >> np.uint64(32))) & np.uint64(0xFFFFFFFF)


def _shared(numbers: Ints) -> Ints:
    """The numbers, or only one of them where all are the same."""
    return numbers[:1] if len(numbers) and int(numbers.min()) == int(numbers.max()) else numbers
