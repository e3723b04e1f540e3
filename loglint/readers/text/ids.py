"""Identifiers in a text (hashes, ids of containers and requests): words of hexadecimal digits that no name of a quantity is in."""

from __future__ import annotations

import numpy as np

from loglint.model import Ints
from loglint.readers.text import words
from loglint.readers.text.texts import Bytes

_LEAST = 8  # characters of an identifier
_TURNS = 2  # times at least that a digit follows a letter in one, so that it is no number (`12345e07`)
_SPARSE = 400  # characters to such a place beyond which it does not pay to look for identifiers
_OUTSIDE, _OTHER, _LETTER, _DIGIT = 0, 1, 2, 3  # of a word: not in one, in no identifier, and the two sorts that are
_SORTS = bytes(
    _LETTER
    if byte in b"abcdef"
    else _DIGIT
    if byte in b"0123456789"
    else _OTHER
    if byte >= 128 or chr(byte).isalpha() or byte == ord("_")
    else _OUTSIDE
    for byte in range(256)
)
_NAMES = sorted(word.encode() for word in words.NAMING if set(word) <= set("abcdef"))


def within(block: bytes) -> Ints:
    """The characters of some lines that belong to identifiers, int64[characters], in order; none where there are few."""
    text = np.frombuffer(block, dtype=np.uint8)
    turns = np.flatnonzero((text[:-1] - np.uint8(ord("a")) < 6) & (text[1:] - np.uint8(ord("0")) < 10))
    if len(turns) * _SPARSE < len(block):
        return np.zeros(0, dtype=np.int64)
    ends = np.append(np.flatnonzero(text == ord("\n")), len(text))
    line = np.searchsorted(ends, turns)
    line = np.unique(line[1:][line[1:] == line[:-1]])
    if 2 * len(line) > len(ends):
        return _within(block)
    first, last = np.where(line > 0, ends[line - 1] + 1, 0), ends[line]
    found = _within(b"\n".join([block[low:high] for low, high in zip(first.tolist(), last.tolist(), strict=True)]))
    before = np.concatenate([[0], np.cumsum(last - first + 1)])
    at = np.searchsorted(before, found, side="right") - 1
    placed: Ints = found - before[at] + first[at]
    return placed


def _within(block: bytes) -> Ints:
    sorts = np.frombuffer(block.translate(_SORTS), dtype=np.uint8)
    turns = np.flatnonzero((sorts[:-1] == _LETTER) & (sorts[1:] == _DIGIT))
    edges = np.concatenate([[-1], np.flatnonzero(sorts == _OUTSIDE), [len(sorts)]])
    word = np.searchsorted(edges, turns)
    word = np.unique(word[1:][word[1:] == word[:-1]])
    start, end = edges[word - 1] + 1, edges[word]
    other = np.flatnonzero(sorts == _OTHER)
    ids = (end - start >= _LEAST) & (np.searchsorted(other, start) == np.searchsorted(other, end))
    start, end = start[ids], end[ids]
    named = _named(np.frombuffer(block, dtype=np.uint8), _each(start, end))
    unnamed = np.searchsorted(named, start) == np.searchsorted(named, end)
    return _each(start[unnamed], end[unnamed])


def _each(start: Ints, end: Ints) -> Ints:
    """All places from each start to its end."""
    size = end - start
    places: Ints = np.arange(int(size.sum())) + np.repeat(start - np.cumsum(size) + size, size)
    return places


def _named(text: Bytes, at: Ints) -> Ints:
    """Where in identifiers, given by the places of their characters, what could be the name of a quantity stands: `f1`, `acc`."""
    padded = np.concatenate([text, np.zeros(_LEAST, dtype=np.uint8)])
    here, before = text[at], padded[at - 1]
    letter, after = before - np.uint8(ord("a")) < 26, padded[at + 1]
    capital = before - np.uint8(ord("A")) < 26
    begins = ~letter & ~capital
    two = begins & (after == ord("2")) & (padded[at + 2] - np.uint8(ord("0")) >= 10)
    places = [at[(here == ord("f")) & ((after == ord("1")) | two)]]
    for name in _NAMES:
        found = at[begins & (here == name[0])]
        for k, one in enumerate(name):
            found = found[padded[found + k] == one]
        places.append(found[(padded[found + len(name)] | np.uint8(32)) - np.uint8(ord("a")) >= 26])
    return np.sort(np.concatenate(places))
