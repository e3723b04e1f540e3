"""Which of many shapes of lines can hold the name of a counter or quantity, asked of all at once: a wide net before
`words.may_name`, which is asked word by word of what stays in it.

Works on forms (`shapes`), in which letters stand as they are and a mark for any number, or on lines with the same marks and their
own digits: words are cut out by comparing neighbours, packed into machine words and looked up. Whatever `may_name` knows is in one
of the lists below.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from loglint.model import Bools, Ints
from loglint.readers.text import words
from loglint.readers.text.letters import MASKS, WORD, among, loaded, number, packed, packed_list, pieces
from loglint.readers.text.mentions import Mentions, sought
from loglint.readers.text.shapes import EDGE, IDS, MARKS, SHAPE, TWICE
from loglint.readers.text.texts import Bytes

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

_DIGITS = np.isin(np.arange(256), [_DIGIT, *IDS, *b"0123456789"])
_LINE = bytes(i if chr(i).isdecimal() and i < 128 else SHAPE[i] for i in range(256))
_SPACE = MARKS[ord(" ")]
_OPEN = _DIGITS | (np.arange(256) == _SPACE)  # what may stand before what is counted, and behind
_COUNTED_OUT = _DIGITS | np.isin(np.arange(256), [MARKS[mark] for mark in b".-+"] + list(TWICE.values()))
_ALWAYS = np.isin(np.arange(256), [MARKS[ord("#")], _FOREIGN])


def marked(line: bytes) -> bytes:
    """A line with the marks of forms, its digits as they are."""
    return line.translate(_LINE)


def may_name(forms: Sequence[bytes]) -> Bools:
    """The forms, or marked lines, that may hold a name, or a counter that is told by how it is printed; bool[forms]."""
    return np.concatenate([np.zeros(0, dtype=bool), *map(_may_name, pieces(forms))])


def _may_name(forms: Sequence[bytes]) -> Bools:
    found = np.zeros(len(forms) + 1, dtype=bool)
    found[Mentions(forms).possible(_INSIDE)] = True
    blob = EDGE * WORD + EDGE.join(forms) + EDGE * 3 * WORD
    text = np.frombuffer(blob, dtype=np.uint8)
    places = np.concatenate([named(text), _counting(text)])
    ends = WORD + np.cumsum(np.fromiter(map(len, forms), dtype=np.int64, count=len(forms)) + 1)
    found[np.searchsorted(ends, places, side="right")] = True
    return found[:-1]


def named(text: Bytes) -> Ints:
    """Where words begin that may name something, in marked lines with `WORD` bytes in front of them and three times that behind."""
    small = text | np.uint8(32)
    letter = small - np.uint8(ord("a")) < 26
    capital = text - np.uint8(ord("A")) < 26
    opens = np.flatnonzero(letter[1:] & ~letter[:-1]) + 1
    closes = np.flatnonzero(letter[:-1] & ~letter[1:]) + 1
    cuts = np.flatnonzero(capital[1:-1] & letter[:-2] & (~capital[:-2] | (letter[2:] & ~capital[2:]))) + 1  # `stepTime`, `MSELoss`
    starts, stops = np.sort(np.concatenate([opens, cuts])), np.sort(np.concatenate([closes, cuts]))
    pieces = packed(small, starts, stops)
    counted = _one_of(text[stops], b"125") & ~(_one_of(text[stops], b"0123456789") & _DIGITS[text[stops + 1]])
    known = among(pieces, _PIECES) | (counted & among(pieces, _COUNTED))
    return np.concatenate([starts[known], opens[_told(text, small, opens, closes)]])


def _counting(text: Bytes) -> Ints:
    """Where something may be counted without a name: `1/2`, `1 of 2`, `[1, 2]`, `1|2|`, `3/s`, `#1`, and whatever is foreign."""
    first, before, here, *behind = (text[k : len(text) - 5 + k] for k in range(6))
    digit = _DIGITS[before]
    opens = digit | ((before == _SPACE) & _OPEN[first])
    closes = [_COUNTED_OUT[one] | ((one == _SPACE) & (_OPEN | _COUNTED_OUT)[after]) for one, after in pairwise([*behind])]
    found = _ALWAYS[here] | ((here == ord("/")) & ((opens & closes[0]) | (behind[0] == ord("s"))))
    found |= (here == ord("o")) & opens & (((behind[0] == ord("f")) & closes[1]) | (behind[0] == ord("u")))
    found |= digit & (((here == ord(",")) & (behind[0] == _SPACE)) | ((here == ord("|")) & _DIGITS[behind[0]]))
    return np.flatnonzero(found) + 2


def _told(text: Bytes, small: Bytes, opens: Ints, closes: Ints) -> Bools:
    """Which words, given by where they begin and end, are known whole or by their first or last letters."""
    whole = packed(small, opens, closes)
    told = among(whole, _KNOWN)
    first, last = loaded(small, opens), loaded(small, closes - WORD)
    for start in _OPENS:
        told |= first & MASKS[len(start)] == number(start)
    for end in (*_ENDS, *_ENDS_BEFORE):
        same = last >> np.uint64(8 * (WORD - len(end))) == number(end)
        told |= same & _one_of(text[closes], _ENDS_BEFORE[end]) if end in _ENDS_BEFORE else same
    short = np.flatnonzero(among(whole, _COUNTERS))
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


_PIECES = packed_list(words.NAMING)
_COUNTED = packed_list(word.rstrip("0123456789") for word in words.NAMING if word[-1:].isdigit())
_KNOWN = packed_list(_ALONE)
_COUNTERS = packed_list(_SHORT)
