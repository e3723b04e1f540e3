"""Digits within words, found in many lines at once: in which lines a number stands beside them, what a line says without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loglint.model import Bools, Ints
from loglint.readers.text import words
from loglint.readers.text.letters import WORD, among, packed, packed_list, pieces
from loglint.readers.text.naming import marked, named
from loglint.readers.text.texts import Bytes

_EVERY = np.arange(256)
_DECIMAL = np.isin(_EVERY, list(b"0123456789"))
_FOREIGN = _EVERY >= 128
_LETTER = np.array([chr(byte).isalpha() for byte in range(128)] + [False] * 128)
_IN_WORD = _DECIMAL | _LETTER | (ord("_") == _EVERY) | _FOREIGN
_NO_HEX = _IN_WORD & ~np.isin(_EVERY, list(b"0123456789abcdefABCDEF"))
_JOINS = np.isin(_EVERY, list(b"@./+*%-"))  # two words into one
_PARTED = packed_list(  # words that a number may stand behind with nothing but a mark between: counters, metrics, levels of logging
    "epoch iter iteration step batch round map iou nan inf infinity debug info notice warning warn error critical fatal trace "
    "success log".split()
)


def may_count(lines: Sequence[bytes]) -> Bools:
    """The lines in which `grammar` may find a number, bool[lines]; digits of a word (`utf8`, `part-00012`, `#123`) are none."""
    return np.concatenate([np.zeros(0, dtype=bool), *map(_may_count, pieces(lines))])


def _may_count(lines: Sequence[bytes]) -> Bools:
    text, start, end = _words(lines)
    first, before = text[start], text[start - 1]
    told = ~_DECIMAL[first] & ~_FOREIGN[first] & ~_parted(text, start, end)
    joined = _JOINS[before] & (np.concatenate([[0], end[:-1]]) == start - 1)
    order = np.arange(len(start))
    chain = np.maximum.accumulate(np.where(joined, 0, order))
    within = np.maximum.accumulate(np.where(told, order, -1)) >= chain
    holds = _count(_DECIMAL[text], start, end)
    numbered = (before == ord("#")) & ~_IN_WORD[text[start - 2]] & (text[start - 2] != ord("#")) & _DECIMAL[first]
    behind = np.where(text[end] == ord(" "), text[end + 1], text[end])
    numbered &= (holds < end - start) | (text[end] == ord("\n")) | ((behind != ord("/")) & (behind > ord(" ")))
    counts = (holds > 0) & ~within & ~numbered
    quoted = np.flatnonzero((text[:-1] == ord("(")) & (text[1:] == ord("'")))
    places = np.concatenate([start[counts], np.flatnonzero(_FOREIGN[text]), quoted])
    ends = WORD + np.cumsum(np.fromiter(map(len, lines), dtype=np.int64, count=len(lines)) + 1)
    found = np.zeros(len(lines), dtype=bool)
    found[np.searchsorted(ends, places, side="right")] = True
    return found


def _parted(text: Bytes, start: Ints, end: Ints) -> Bools:
    """Which words begin with letters that are one of `_PARTED`."""
    letters = np.flatnonzero(~_LETTER[text])
    stop = letters[np.searchsorted(letters, start)]
    return among(packed(text | np.uint8(32), start, np.minimum(stop, end)), _PARTED)


def without_ids(lines: Sequence[bytes]) -> list[bytes]:
    """Lines with the words that hold digits and can name nothing put for each other: one 0 for each."""
    return [line for piece in pieces(lines) for line in _without_ids(piece)]


def _without_ids(lines: Sequence[bytes]) -> list[bytes]:
    text, start, end = _words(lines)
    at = np.flatnonzero((_count(_DECIMAL[text], start, end) > 0) & (_count(_FOREIGN[text], start, end) == 0))
    start, end = start[at], end[at]
    raw = text.tobytes()
    known = np.sort(named(np.frombuffer(marked(raw), dtype=np.uint8)))
    names = np.searchsorted(known, start) < np.searchsorted(known, end)
    asked = np.flatnonzero(names | (_count(_NO_HEX[text], start, end) > 0))
    pairs = zip(start[asked].tolist(), end[asked].tolist(), strict=True)
    names[asked] = [words.may_name(raw[low:high].decode()) for low, high in pairs]
    start, end = start[~names], end[~names]
    depth = np.zeros(len(text), dtype=np.int8)
    depth[start + 1] += 1
    depth[end] -= 1
    text = text.copy()
    text[start] = ord("0")
    kept: bytes = text[np.cumsum(depth, dtype=np.int8) == 0].tobytes()
    return kept[WORD : -3 * WORD].split(b"\n")


def _words(lines: Sequence[bytes]) -> tuple[Bytes, Ints, Ints]:
    """A buffer of the lines, padded, and where the words in it begin and end."""
    text = np.frombuffer(b"\n" * WORD + b"\n".join(lines) + b"\n" * 3 * WORD, dtype=np.uint8)
    inside = _IN_WORD[text]
    return text, np.flatnonzero(inside[1:] & ~inside[:-1]) + 1, np.flatnonzero(inside[:-1] & ~inside[1:]) + 1


def _count(marks: Bools, start: Ints, end: Ints) -> Ints:
    """How many bytes are marked from each start to its end."""
    total: Ints = np.concatenate([[0], np.cumsum(marks)])
    return total[end] - total[start]
