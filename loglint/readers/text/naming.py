"""Which of many shapes of lines can hold the name of a counter or quantity, asked of all at once: a wide net before
`words.may_name`, which is asked word by word of what stays in it.

Works on forms (`shapes`), in which letters stand as they are and a mark for any number, or on lines with the same marks and their
own digits: words are cut out by comparing neighbours, packed into machine words and looked up. Whatever `may_name` knows is in one
of the lists below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from loglint.model import Bools, Ints
from loglint.readers.text import words
from loglint.readers.text.mentions import Mentions, sought
from loglint.readers.text.shapes import MARKS, SHAPE
from loglint.readers.text.texts import Bytes, Words

_WORD = 8  # letters of a machine word
_EDGE = bytes([MARKS[10]])
_DIGIT, _FOREIGN, _LOW = MARKS[ord("0")], MARKS[0x80], MARKS[ord("_")]
_INSIDE = sought(  # anywhere in a word
    rb"loss|accura|perplex|entropy|loglik|neglog|objective|error|reward|return|auc|iou|rmse|psnr|score|grad|translation", "naming"
)
_ALONE = (  # between characters that are no letters
    "rew mse lr lrate lrm learningrate norm gnorm scale lossscale wps ups tps fps speed throughput mfu memory mem data datatime "
    "ips time seconds tflops tflop weightdecay momentum temperature clip clipfrac value v sigma std kl beta alpha dropout"
).split()
_OPENS = ("lr", "mse")  # the first letters of a word
_ENDS = ("lr", "norm", "cale", "aler", "topk")  # the last ones
_ENDS_BEFORE = {"f": b"1", "top": b"15_", "map": b"5_", "log": b"_", "neg": b"_", "ents": b"_", "kens": b"_"}
_SHORT = ("s", "i", "n", "up", "ep")  # counters, alone and close before a number
_NEAR = 4  # characters
_RATIO = re.compile(  # `1/2`, `1 of 2`, `[1, 2]`, `1|2|`, `3/s`, `#1`, and whatever is foreign
    rb"[\x01\d]\x02*(?:/|of|out)\x02*[\x01\d\x08-\x0e]|[\x01\d],\x02+[\x01\d]+[\])]|[\x01\d]\|[\x01\d]+\||/s|["
    + re.escape(bytes([MARKS[ord("#")], _FOREIGN]))
    + rb"]"
)
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD)] + [(1 << 64) - 1], dtype=np.uint64)
_DIGITS = np.isin(np.arange(256), [_DIGIT, *b"0123456789"])
_LINE = bytes(i if chr(i).isdecimal() and i < 128 else SHAPE[i] for i in range(256))
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def marked(line: bytes) -> bytes:
    """A line with the marks of forms, its digits as they are."""
    return line.translate(_LINE)


def may_name(forms: Sequence[bytes]) -> Bools:
    """The forms, or marked lines, that may hold a name, or a counter that is told by how it is printed; bool[forms]."""
    found = np.zeros(len(forms) + 1, dtype=bool)
    found[Mentions(forms).possible(_INSIDE)] = True
    blob = _EDGE * _WORD + _EDGE.join(forms) + _EDGE * 3 * _WORD
    places = np.concatenate([_named(np.frombuffer(blob, dtype=np.uint8)), [match.start() for match in _RATIO.finditer(blob)]])
    ends = _WORD + np.cumsum(np.fromiter(map(len, forms), dtype=np.int64, count=len(forms)) + 1)
    found[np.searchsorted(ends, places, side="right")] = True
    return found[:-1]


def _named(text: Bytes) -> Ints:
    """Where words begin that may name something."""
    small = text | np.uint8(32)
    letter = small - np.uint8(ord("a")) < 26
    capital = text - np.uint8(ord("A")) < 26
    opens = np.flatnonzero(letter[1:] & ~letter[:-1]) + 1
    closes = np.flatnonzero(letter[:-1] & ~letter[1:]) + 1
    cuts = np.flatnonzero(capital[1:-1] & letter[:-2] & (~capital[:-2] | (letter[2:] & ~capital[2:]))) + 1  # `stepTime`, `MSELoss`
    starts, stops = np.sort(np.concatenate([opens, cuts])), np.sort(np.concatenate([closes, cuts]))
    pieces = _packed(small, starts, stops)
    counted = _one_of(text[stops], b"125") & ~(_one_of(text[stops], b"0123456789") & _DIGITS[text[stops + 1]])
    known = _among(pieces, _PIECES) | (counted & _among(pieces, _COUNTED))
    return np.concatenate([starts[known], opens[_told(text, small, opens, closes)]])


def _told(text: Bytes, small: Bytes, opens: Ints, closes: Ints) -> Bools:
    """Which words, given by where they begin and end, are known whole or by their first or last letters."""
    whole = _packed(small, opens, closes)
    told = _among(whole, _KNOWN)
    first, last = _loaded(small, opens), _loaded(small, closes - _WORD)
    for start in _OPENS:
        told |= first & _MASKS[len(start)] == _number(start)
    for end in (*_ENDS, *_ENDS_BEFORE):
        same = last >> np.uint64(8 * (_WORD - len(end))) == _number(end)
        told |= same & _one_of(text[closes], _ENDS_BEFORE[end]) if end in _ENDS_BEFORE else same
    short = np.flatnonzero(_among(whole, _COUNTERS))
    short = short[~_joined(text[closes[short]]) & ~_joined(text[opens[short] - 1])]
    told[short] |= _DIGITS[text[closes[short] + np.arange(1, _NEAR + 1)[:, None]]].any(axis=0)
    return told


def _one_of(found: Bytes, wanted: bytes) -> Bools:
    """Which characters are one of some digits or the low line; a mark stands for any digit."""
    table = np.zeros(256, dtype=bool)
    table[[MARKS[ord("_")] if mark == ord("_") else mark for mark in wanted]] = True
    table[_DIGIT] = any(mark != ord("_") for mark in wanted)
    chosen: Bools = table[found]
    return chosen


def _joined(found: Bytes) -> Bools:
    """Which characters belong to a word without being letters."""
    joined: Bools = _DIGITS[found] | (found == _LOW)
    return joined


def _packed(small: Bytes, start: Ints, end: Ints) -> Words:
    """Words in small letters as numbers: equal when they have the same first sixteen letters."""
    size = end - start
    packed: Words = _loaded(small, start) & _MASKS[np.minimum(size, _WORD)]
    packed ^= (_loaded(small, start + _WORD) & _MASKS[np.clip(size - _WORD, 0, _WORD)]) * _FACTOR
    return packed


def _loaded(small: Bytes, at: Ints) -> Words:
    """The eight letters from a place on as a number."""
    loaded: Words = np.ndarray((len(small) - _WORD + 1,), "<u8", small, 0, (1,))[at]
    return loaded


def _number(letters: str) -> np.uint64:
    return np.uint64(int.from_bytes(letters.encode(), "little"))


def _list(known: Iterable[str]) -> Words:
    """Words packed and sorted."""
    every = sorted(word for word in set(known) if word.isascii() and word.isalpha())
    text = np.frombuffer("".join(every).encode() + bytes(2 * _WORD), dtype=np.uint8)
    end = np.cumsum([len(word) for word in every])
    return np.sort(_packed(text, end - [len(word) for word in every], end))


def _among(found: Words, known: Words) -> Bools:
    """Which numbers are in a sorted list."""
    same: Bools = known[np.minimum(np.searchsorted(known, found), len(known) - 1)] == found
    return same


_PIECES = _list(words.NAMING)
_COUNTED = _list(word.rstrip("0123456789") for word in words.NAMING if word[-1:].isdigit())
_KNOWN = _list(_ALONE)
_COUNTERS = _list(_SHORT)
