"""Words of a buffer as machine words: compared and looked up as numbers, without an object for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from loglint.model import Bools, Ints
from loglint.readers.text.texts import Bytes, Words

WORD = 8  # letters of a machine word
MASKS = np.array([(1 << 8 * size) - 1 for size in range(WORD)] + [(1 << 64) - 1], dtype=np.uint64)
_PIECE = 1 << 16  # bytes
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def pieces(strings: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Strings in order, so many at a time that what is computed of them stays in the processor's cache."""
    size = max(1, _PIECE * len(strings) // (1 + sum(map(len, strings))))
    return (strings[low : low + size] for low in range(0, len(strings), size))


def packed(small: Bytes, start: Ints, end: Ints) -> Words:
    """Words in small letters as numbers: equal when they have the same first sixteen letters."""
    size = end - start
    found: Words = loaded(small, start) & MASKS[np.minimum(size, WORD)]
    found ^= (loaded(small, start + WORD) & MASKS[np.clip(size - WORD, 0, WORD)]) * _FACTOR
    return found


def loaded(small: Bytes, at: Ints) -> Words:
    """The eight letters from a place on as a number."""
    words: Words = np.ndarray((len(small) - WORD + 1,), "<u8", small, 0, (1,))[at]
    return words


def number(letters: str) -> np.uint64:
    """Up to eight letters as a number."""
    return np.uint64(int.from_bytes(letters.encode(), "little"))


def packed_list(known: Iterable[str]) -> Words:
    """Words packed and sorted."""
    every = sorted(word for word in set(known) if word.isascii() and word.isalpha())
    text = np.frombuffer("".join(every).encode() + bytes(2 * WORD), dtype=np.uint8)
    end = np.cumsum([len(word) for word in every])
    return np.sort(packed(text, end - [len(word) for word in every], end))


def among(found: Words, known: Words) -> Bools:
    """Which numbers are in a sorted list."""
    same: Bools = known[np.minimum(np.searchsorted(known, found), len(known) - 1)] == found
    return same
