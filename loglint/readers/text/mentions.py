"""Which of many short texts a regular expression finds something in, most of them ruled out without asking it.

An alternative of a pattern can only match where a literal that it needs stands. All texts are searched at once for the literals of
all patterns that were made by `sought`, eight letters of each: where the first three of one stand, the eight letters from there on
are compared as a number. An alternative that is its literal and nothing else is proved by that; of the others each is tried by
itself on the texts that hold its literal.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import zip_longest

import msgspec
import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools, Ints

Words = NDArray[np.uint64]
_MARKS = {10: 0, 34: 30, 58: 27, 91: 28, 93: 29}  # the end of a text, and marks that begin many literals
_CLASSES = bytes(i & 31 if chr(i).isalpha() and i < 128 else _MARKS.get(i, 31) for i in range(256))  # letters of either case alike
_BLOCK = 1 << 17  # letters worked on at a time
_WORD = 8  # letters of a literal that are compared
_PIECE = re.compile(rb"\\(.)|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]+\}|(.)", re.S)
_QUANTIFIED = re.compile(rb"[?*]|\{0?,|\{0")
_PLAIN = re.compile(rb"[a-z:\"]{2,8}|[a-z:\"]{2,7}\$")  # an alternative that its letters prove
_FLAGS = re.compile(rb"\(\?[a-z]+\)")
_SOUGHT: dict[str, list[re.Pattern[bytes]]] = defaultdict(list)
_FAMILY: dict[re.Pattern[bytes], str] = {}


def sought(pattern: bytes, family: str = "") -> re.Pattern[bytes]:
    """A pattern that texts may be searched by; those of one family are searched at once when one is asked for."""
    compiled = re.compile(pattern)
    if compiled not in _FAMILY:
        _FAMILY[compiled] = family
        _SOUGHT[family].append(compiled)
    return compiled


ODD = sought(rb"nan|inf")  # numbers that are words


class _Needs(msgspec.Struct, frozen=True):
    """The literals that a pattern needs, by number: those that prove it, and the alternatives that each of the others allows, with
    what must stand in a text beside it.

    `free` tells whether an alternative needs no literal.
    """

    literals: tuple[int, ...]
    proofs: tuple[int, ...]
    asked: tuple[tuple[int, bytes, re.Pattern[bytes]], ...]
    free: bool


class _Tables(msgspec.Struct, frozen=True):
    """The literals of a family as numbers (`packed`, under `mask`), and for each triple of letters which of them may begin with
    it: those in column `bucket[triple]` of `members`. Literal 0 and bucket 0 are none.
    """

    needs: dict[re.Pattern[bytes], _Needs]
    packed: Words
    mask: Words
    bucket: NDArray[np.uint16]
    members: NDArray[np.int64]


class Mentions:
    """Texts (without line feeds) that are searched by several patterns."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self._texts = texts
        self._blob = b"\n".join(texts) + b"\n" * (_WORD + 1)
        self._found: dict[tuple[str, int], tuple[Ints, Ints]] = {}

    def of(self, pattern: re.Pattern[bytes], among: Bools | None = None) -> list[int]:
        """The texts, by number and in order, in which a pattern in small letters finds something when they are in such too; only of
        those marked in `among` (bool[texts]) where it is given.
        """
        needs, text, literal = self._places(pattern)
        if needs.free:
            every = range(len(self._texts)) if among is None else np.flatnonzero(among).tolist()
            return [k for k in every if pattern.search(self._texts[k].lower())]
        found = np.zeros(len(self._texts), dtype=bool)
        for one in needs.proofs:
            found[text[literal == one]] = True
        for one, beside, alternatives in needs.asked:
            held = np.zeros(len(found), dtype=bool)
            held[text[literal == one]] = True
            held &= ~found
            if among is not None:
                held &= among
            if len(beside) == 1 and not beside.isalpha():
                held &= self._with(beside[0])
            asked = ((k, self._texts[k].lower()) for k in np.flatnonzero(held).tolist())
            found[[k for k, small in asked if beside in small and alternatives.search(small)]] = True
        return np.flatnonzero(found if among is None else found & among).tolist()

    def as_written(self, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """The texts, by number and in order, in which a pattern finds something."""
        return (k for k in self.possible(pattern).tolist() if pattern.search(self._texts[k]))

    def possible(self, pattern: re.Pattern[bytes]) -> Ints:
        """The texts, by number and in order, in which a pattern may find something, and some more."""
        needs, text, _ = self._places(pattern)
        found = np.full(len(self._texts), needs.free)
        found[text] = True
        return np.flatnonzero(found)

    def repeated(self, pattern: re.Pattern[bytes]) -> Ints:
        """The texts, by number and in order, at two places or more of which a pattern may match."""
        _, text, _ = self._places(pattern)
        return np.flatnonzero(np.bincount(text, minlength=1) > 1)

    def _with(self, byte: int) -> Bools:
        """The texts in which a byte stands, bool[texts]."""
        found = np.zeros(len(self._texts), dtype=bool)
        found[np.searchsorted(self._ends, np.flatnonzero(np.frombuffer(self._blob, dtype=np.uint8) == byte), side="right")] = True
        return found

    @cached_property
    def _ends(self) -> Ints:
        """Where each text ends."""
        ends: Ints = np.cumsum(np.fromiter(map(len, self._texts), dtype=np.int64, count=len(self._texts)) + 1)
        return ends

    def _places(self, pattern: re.Pattern[bytes]) -> tuple[_Needs, Ints, Ints]:
        """What a pattern needs; the text of each place at which one of its literals stands, and the literal."""
        family = _FAMILY[pattern], len(_SOUGHT[_FAMILY[pattern]])
        tables = _tables(*family)
        if family not in self._found:
            self._found[family] = self._scan(tables)
        text, literal = self._found[family]
        needs = tables.needs[pattern]
        wanted = np.zeros(len(tables.packed), dtype=bool)
        wanted[list(needs.literals)] = True
        chosen = wanted[literal]
        return needs, text[chosen], literal[chosen]

    def _scan(self, tables: _Tables) -> tuple[Ints, Ints]:
        """The text of each place at which a literal stands, and the literal."""
        classes = np.frombuffer(self._blob.translate(_CLASSES), dtype=np.uint8)
        words = np.ndarray((len(classes) - _WORD + 1,), "<u8", classes, 0, (1,))
        places, literals = [], []
        for low in range(0, len(classes) - _WORD, _BLOCK):
            letters = classes[low : min(low + _BLOCK, len(classes) - _WORD) + 2].astype(np.uint16)
            bucket = tables.bucket.take((letters[:-2] << 10) | (letters[1:-1] << 5) | letters[2:])
            at = np.flatnonzero(bucket)
            bucket, word = bucket[at], words[at + low]
            for members in tables.members:
                literal = members[bucket]
                here = np.flatnonzero(word & tables.mask[literal] == tables.packed[literal])
                places.append(at[here] + low)
                literals.append(literal[here])
        if not places:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        return np.searchsorted(self._ends, np.concatenate(places), side="right"), np.concatenate(literals)


@lru_cache(maxsize=16)
def _tables(family: str, count: int) -> _Tables:
    """What the patterns of a family need, of which there are `count`."""
    known: dict[bytes, int] = {b"": 0}
    needs = {pattern: _needs(pattern, known) for pattern in _SOUGHT[family]}
    packed = np.array([int.from_bytes(letters, "little") for letters in known], dtype=np.uint64)
    mask = np.array([(1 << 8 * len(letters)) - 1 for letters in known], dtype=np.uint64)
    packed[0] = 1  # which no word is, as the mask is 0
    begun: dict[int, list[int]] = defaultdict(list)
    for letters, number in list(known.items())[1:]:
        for triple in _within(letters[:3]):
            begun[triple].append(number)
    bucket = np.zeros(1 << 15, dtype=np.uint16)
    columns: dict[tuple[int, ...], int] = {(0,): 0}
    for triple, numbers in begun.items():
        bucket[triple] = columns.setdefault(tuple(numbers), len(columns))
    members = np.array(list(zip_longest(*columns, fillvalue=0)), dtype=np.int64)
    return _Tables(needs, packed, mask, bucket, members)


def _needs(pattern: re.Pattern[bytes], known: dict[bytes, int]) -> _Needs:
    """What a pattern needs; literals are numbered in `known`."""
    proofs: list[int] = []
    asked: dict[tuple[int, bytes], list[bytes]] = defaultdict(list)
    free = False
    for alternative in _alternatives(pattern.pattern):
        proved = _PLAIN.fullmatch(alternative) is not None
        literals = sorted(filter(None, _literals(alternative)), key=len)
        needed = alternative.replace(b"$", b"\n") if proved else literals[-1][:_WORD] if literals else b""
        if len(needed) < 2:
            free = True
            continue
        number = known.setdefault(needed.translate(_CLASSES), len(known))
        if proved:
            proofs.append(number)
        else:
            asked[number, literals[0]].append(alternative)
    flagged = _FLAGS.match(pattern.pattern) is not None
    ready = [(*key, pattern if flagged else re.compile(b"|".join(parts))) for key, parts in asked.items()]
    return _Needs((*proofs, *(number for number, _, _ in ready)), tuple(proofs), tuple(ready), free)


def _within(letters: bytes) -> range:
    """The triples that begin with two or three letters, given as classes."""
    low = 0
    for letter in letters:
        low = low << 5 | letter
    missing = 5 * (3 - len(letters))
    return range(low << missing, (low + 1) << missing)


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
