"""Which of many short texts a regular expression finds something in, most of them ruled out without asking it.

An alternative of a pattern can only match where a literal that it needs stands; all texts are searched at once for the first
three letters of each such literal, and the expression is tried on those that have one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from loglint.model import Bools, Ints

_MARKS = {10: 0, 34: 30, 58: 27, 91: 28, 93: 29}  # the end of a text, and marks that begin many literals
_CLASSES = bytes(i & 31 if chr(i).isalpha() and i < 128 else _MARKS.get(i, 31) for i in range(256))  # letters of either case alike
_FEW = 32  # texts that are as quickly asked
_PIECE = re.compile(rb"\\(.)|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]+\}|(.)", re.S)
_QUANTIFIED = re.compile(rb"[?*]|\{0?,|\{0")


class Mentions:
    """Texts (without line feeds) that are searched by several patterns."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self._texts = texts
        blob = b"\n".join(texts) + b"\n\n\n"
        self._small = blob[:-3].lower().split(b"\n")
        if len(texts) >= _FEW:
            classes = np.frombuffer(blob.translate(_CLASSES), dtype=np.uint8).astype(np.uint16)
            self._triples = (classes[:-2] << 10) | (classes[1:-1] << 5) | classes[2:]
            self._ends: Ints = np.cumsum(np.array([len(text) + 1 for text in texts], dtype=np.int64))

    def of(self, pattern: re.Pattern[bytes]) -> list[int]:
        """The texts, by number and in order, in which a pattern in small letters finds something when they are in such too."""
        return [k for k in self._candidates(pattern) if pattern.search(self._small[k])]

    def as_written(self, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """The texts, by number and in order, in which a pattern finds something."""
        return (k for k in self._candidates(pattern) if pattern.search(self._texts[k]))

    def _candidates(self, pattern: re.Pattern[bytes]) -> Iterable[int]:
        known = _table(pattern.pattern) if len(self._texts) >= _FEW else None
        if known is None:
            return range(len(self._texts))
        hits = np.flatnonzero(known[self._triples])
        return dict.fromkeys(np.searchsorted(self._ends, hits, side="right").tolist())


@lru_cache(maxsize=256)
def _table(pattern: bytes) -> Bools | None:
    """Which triples of characters begin a literal that an alternative of the pattern needs; None when one needs none."""
    table = np.zeros(1 << 15, dtype=bool)
    for alternative in _alternatives(pattern):
        needed = max(_literals(alternative), key=len, default=b"").translate(_CLASSES)
        if len(needed) < 2:
            return None
        first = (needed[0] << 10) | (needed[1] << 5)
        table[first | needed[2] if len(needed) > 2 else slice(first, first + 32)] = True
    return table


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
