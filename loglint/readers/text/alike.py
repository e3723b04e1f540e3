"""Which of many byte strings are equal, told without an object for each: they are laid out as rows of machine words, each row is
added up to one word, and rows with the same word are compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loglint.model import Ints
from loglint.readers.text.texts import Bytes

Words = NDArray[np.uint64]
_WORD = 8  # bytes
_WIDEST = 128  # words of a row; longer strings are compared as they are
_FACTORS = np.random.default_rng(0).integers(1 << 62, size=_WIDEST, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_HALF = np.uint64(32)


def alike(text: Bytes, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Strings text[start:end] numbered so that equal ones share a number, int64[strings], and the first string of each number.

    Numbers are in order of first strings. The strings hold no zero bytes.
    """
    code = np.zeros(len(start), dtype=np.int64)
    words = (end - start + (_WORD - 1)) // _WORD
    buffer = np.concatenate([text, np.zeros(_WIDEST * _WORD, dtype=np.uint8)])
    firsts: list[Ints] = []
    known = 0
    for width in np.flatnonzero(np.bincount(np.minimum(words, _WIDEST + 1))).tolist():
        at = np.flatnonzero(words == width) if width <= _WIDEST else np.flatnonzero(words > _WIDEST)
        if len(at) == 1 or width == 0:
            first, among = at[:1], np.zeros(len(at), dtype=np.int64)
        elif width <= _WIDEST:
            first, among = _of_width(buffer, start[at], end[at], width)
            first = at[first]
        else:
            first, among = _one_by_one(text, start[at], end[at])
            first = at[first]
        code[at] = among + known
        known += len(first)
        firsts.append(first)
    every = np.concatenate(firsts) if firsts else np.zeros(0, dtype=np.int64)
    order = np.argsort(every)
    rank = np.empty(known, dtype=np.int64)
    rank[order] = np.arange(known)
    return rank[code], every[order]


def _of_width(buffer: Bytes, start: Ints, end: Ints, width: int) -> tuple[Ints, Ints]:
    """The first of each of the different strings that fill `width` words, and which of these each string equals."""
    size = width * _WORD
    rows = np.ndarray((len(buffer) - size + 1,), f"V{size}", buffer, 0, (1,))[start].view(np.uint64).reshape(len(start), width)
    unused = ((start + size - end) * 8).astype(np.uint64)
    rows[:, -1] = rows[:, -1] << unused >> unused
    added = (rows ^ (rows >> _HALF)) @ _FACTORS[:width]
    _, first, among = np.unique(added, return_index=True, return_inverse=True)
    if (rows == rows[first[among]]).all():
        return first, among
    return _one_by_one(buffer, start, end)


def _one_by_one(text: Bytes, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The same of strings that are long, or different and yet added up to one word."""
    known: dict[bytes, int] = {}
    first: list[int] = []
    among: list[int] = []
    for i, (a, b) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        number = known.setdefault(text[a:b].tobytes(), len(known))
        if number == len(first):
            first.append(i)
        among.append(number)
    return np.array(first, dtype=np.int64), np.array(among, dtype=np.int64)
