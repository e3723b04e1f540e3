"""Which of many short texts a regular expression finds something in, most of them ruled out without asking it.

An alternative of a pattern can only match where a literal that it needs stands. All texts are searched at once for the first three
letters of the literals of all patterns that were made by `sought`; where a literal has four, the fourth must follow. The expression
is tried on what is left, and not even there when the alternative is its literal and nothing else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools, Ints

Masks = NDArray[np.uint64]
_MARKS = {10: 0, 34: 30, 58: 27, 91: 28, 93: 29}  # the end of a text, and marks that begin many literals
_CLASSES = bytes(i & 31 if chr(i).isalpha() and i < 128 else _MARKS.get(i, 31) for i in range(256))  # letters of either case alike
_BLOCK = 1 << 17  # letters worked on at a time
_PIECE = re.compile(rb"\\(.)|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]+\}|(.)", re.S)
_QUANTIFIED = re.compile(rb"[?*]|\{0?,|\{0")
_PLAIN = re.compile(rb"[a-z]{2,3}")  # an alternative that three letters prove
_SOUGHT: dict[str, list[re.Pattern[bytes]]] = defaultdict(list)
_FAMILY: dict[re.Pattern[bytes], str] = {}


def sought(pattern: bytes, family: str = "") -> re.Pattern[bytes]:
    """A pattern that texts may be searched by; those of one family, 32 at most, are searched at once when one is asked for."""
    compiled = re.compile(pattern)
    if compiled not in _FAMILY:
        _FAMILY[compiled] = family
        _SOUGHT[family].append(compiled)
    return compiled


@dataclass(frozen=True, slots=True)
class _Tables:
    """For each triple of letters the patterns, two bits each, that may match where it begins (`first`) or comes second (`second`):
    the lower bit for a literal that the triple proves to be there, the upper one where the expression must be asked.
    """

    first: Masks
    second: Masks
    free: list[bool]  # of each pattern, whether an alternative needs no literal


class Mentions:
    """Texts (without line feeds) that are searched by several patterns."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self._texts = texts
        self._blob = b"\n".join(texts) + b"\n\n\n\n"
        self._found: dict[tuple[str, int], tuple[Ints, Masks]] = {}

    def of(self, pattern: re.Pattern[bytes], among: Bools | None = None) -> list[int]:
        """The texts, by number and in order, in which a pattern in small letters finds something when they are in such too; only of
        those marked in `among` (bool[texts]) where it is given.
        """
        text, sure = self._candidates(pattern)
        if among is not None:
            text, sure = text[among[text]], sure[among[text]]
        pairs = zip(text.tolist(), sure.tolist(), strict=True)
        return [k for k, known in pairs if known or pattern.search(self._texts[k].lower())]

    def as_written(self, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """The texts, by number and in order, in which a pattern finds something."""
        return (k for k in self._candidates(pattern)[0].tolist() if pattern.search(self._texts[k]))

    def possible(self, pattern: re.Pattern[bytes]) -> Ints:
        """The texts, by number and in order, in which a pattern may find something, and some more."""
        return self._candidates(pattern)[0]

    def repeated(self, pattern: re.Pattern[bytes]) -> Ints:
        """The texts, by number and in order, at two places or more of which a pattern may match."""
        text, _ = self._places(pattern)
        return np.unique(text[1:][text[1:] == text[:-1]])

    def _candidates(self, pattern: re.Pattern[bytes]) -> tuple[Ints, Bools]:
        """The texts in which a pattern may match, and in which of them it is known to."""
        family = _FAMILY[pattern]
        if _tables(family, len(_SOUGHT[family])).free[_number(pattern)]:
            return np.arange(len(self._texts)), np.zeros(len(self._texts), dtype=bool)
        text, sure = self._places(pattern)
        if not len(text):
            return text, sure
        first = np.flatnonzero(np.concatenate([[True], text[1:] != text[:-1]]))
        return text[first], np.logical_or.reduceat(sure, first)

    def _places(self, pattern: re.Pattern[bytes]) -> tuple[Ints, Bools]:
        """The text of each place at which a pattern may match, in order, and whether it is known to match there."""
        family = _FAMILY[pattern], len(_SOUGHT[_FAMILY[pattern]])
        if family not in self._found:
            self._found[family] = self._scan(_tables(*family))
        text, patterns = self._found[family]
        bits = patterns >> np.uint64(2 * _number(pattern)) & np.uint64(3)
        at = np.flatnonzero(bits)
        return text[at], (bits[at] & np.uint64(1)).astype(bool)

    def _scan(self, tables: _Tables) -> tuple[Ints, Masks]:
        """The text of each place at which some pattern may match, and which patterns these are, two bits each."""
        ends: Ints = np.cumsum(np.fromiter(map(len, self._texts), dtype=np.int64, count=len(self._texts)) + 1)
        classes = np.frombuffer(self._blob.translate(_CLASSES), dtype=np.uint8)
        places, patterns = [], []
        for low in range(0, len(classes) - 3, _BLOCK):
            letters = classes[low : low + _BLOCK + 3].astype(np.uint16)
            triples = (letters[:-2] << 10) | (letters[1:-1] << 5) | letters[2:]
            may = tables.first.take(triples[:-1])
            at = np.flatnonzero(may)
            bits = may[at] & tables.second.take(triples[at + 1])
            kept = np.flatnonzero(bits)
            places.append(at[kept] + low)
            patterns.append(bits[kept])
        return np.searchsorted(ends, np.concatenate(places), side="right"), np.concatenate(patterns)


@lru_cache(maxsize=256)
def _number(pattern: re.Pattern[bytes]) -> int:
    """The place of a pattern in its family."""
    return _SOUGHT[_FAMILY[pattern]].index(pattern)


@lru_cache(maxsize=16)
def _tables(family: str, count: int) -> _Tables:
    """What the patterns of a family need, of which there are `count`."""
    first, second = np.zeros(1 << 15, dtype=np.uint64), np.zeros(1 << 15, dtype=np.uint64)
    free = [False] * count
    for number, pattern in enumerate(_SOUGHT[family]):
        sure, may = np.uint64(1 << 2 * number), np.uint64(2 << 2 * number)
        for alternative in _alternatives(pattern.pattern):
            needed = max(_literals(alternative), key=len, default=b"").translate(_CLASSES)
            bit = sure if _PLAIN.fullmatch(alternative) else may
            if len(needed) < 2:
                free[number] = True
                continue
            first[_within(needed[:3])] |= bit
            second[_within(needed[1:4])] |= bit
    return _Tables(first, second, free)


def _within(letters: bytes) -> slice:
    """The triples that begin with one to three letters, given as classes."""
    low = 0
    for letter in letters:
        low = low << 5 | letter
    missing = 5 * (3 - len(letters))
    return slice(low << missing, (low + 1) << missing)


def _alternatives(pattern: bytes) -> list[bytes]:
    """The parts of a pattern between its outermost bars."""
    parts, depth = [b""], 0
    for found in _PIECE.finditer(pattern):
        piece = found[0]
        depth += (piece == b"(") - (piece == b")")
        if piece == b"|" and depth == 0:
            parts.append(b"")
        else:
            parts[-1] += piece
    return parts


def _literals(alternative: bytes) -> Iterator[bytes]:
    """Runs of characters that stand in every text that an alternative matches, those in groups aside."""
    run, depth = b"", 0
    for found in _PIECE.finditer(alternative):
        escaped, plain = found[1], found[2]
        literal = escaped if escaped and not escaped.isalnum() else plain if plain and plain not in b"^$.()?*+{}" else None
        depth += (plain == b"(") - (plain == b")")
        if literal is None or depth or _QUANTIFIED.match(alternative, found.end()):
            yield run
            run = b""
        else:
            run += literal
    yield run
