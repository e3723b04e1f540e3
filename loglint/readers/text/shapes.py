"""Lines classed by shape.

Two lines have one shape when they differ only in the digits of their numbers, in signs, and in the lengths of runs of digits,
spaces or bars. Where a number stands in one of them, in runs of digits counted from the left, it stands in all; so one line is
understood by `grammar`, and `digits` reads the numbers of the others as columns.

Most lines of a log are laid out as others are, character by character, digits taken for each other: they are looked up as they
stand, and only the first line of each layout is brought to its shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import numpy as np

from loglint.model import Ints
from loglint.readers.text import ids
from loglint.readers.text.texts import Bytes

_BLOCK = 1 << 16  # bytes worked on at a time, so that what is computed of them stays in the processor's cache
_KNOWN = 1 << 16  # layouts remembered at a time
_DIGIT, _SPACE, _RUNS, _SINGLES, _ID, _ALONE, _END = 1, 2, 3, 8, 11, 12, 255
MARKS = {  # what stands in a form for a byte, where it is not the byte itself
    **dict.fromkeys(range(128, 256), _RUNS),
    **dict.fromkeys(b"0123456789", _DIGIT),
    **dict.fromkeys(b" \t\r", _SPACE),
    **{mark: _RUNS + k for k, mark in enumerate(b"#=>_", 1)},
    **{mark: _SINGLES + k for k, mark in enumerate(b".-+")},
    10: _END,
}
TWICE = {mark: MARKS[mark] + _ALONE - _SINGLES for mark in b".-+"}  # what stands for several of them
SPACE = bytes([_SPACE])
EDGE = bytes([_END])
IDS = bytes([_ID + _ALONE - _SINGLES])  # what stands in a form for an identifier (`ids`): its digits are none of the shape's
NUMBERED = bytes([_DIGIT]), bytes([_RUNS])  # what stands in a form for a number, and for foreign characters
SHAPE = bytes(MARKS.get(i, i if i >= 32 else 63) for i in range(256))
_OPENS = np.isin(np.arange(256), [_SPACE, _RUNS + 2, *b":([,|"])  # what may stand before a signed number
_PADDING = re.compile(rb"\x02(?=[^\w\x01\x03\x08-\x0a])|(?<![\w,\x01\x03\x08-\x0a])\x02", re.ASCII)
_BARS = re.compile(rb"(?<=[\[(|])[\x03-\x07\x0c-\x0e]+(?=[\])|])")


class Shapes(msgspec.Struct, frozen=True):
    """The shape of each line, int64[lines], as a number; and of each shape its form and the first line that has it.

    `layout` (int32[lines]): lines with the same number are laid out alike, character by character, digits and the signs of
    exponents taken for each other; `leading` (int64[layouts]) is the first line of each.
    """

    code: Ints
    forms: list[bytes]
    first: list[int]
    layout: Ints
    leading: Ints


class Numbers(dict[bytes, int]):
    """Strings numbered in the order in which they are first asked for; `new` are those that came since it was last emptied."""

    def __init__(self) -> None:
        self.new: list[bytes] = []
        self.count = 0

    def of(self, strings: list[bytes]) -> Ints:
        """The number of each string, int32[strings]."""
        new = [string for string in dict.fromkeys(strings) if string not in self]
        self.update(zip(new, range(self.count, self.count + len(new)), strict=True))
        self.count += len(new)
        self.new += new
        return np.fromiter(map(self.__getitem__, strings), dtype=np.int32, count=len(strings))


def classify(raw: bytes, end: int | None = None) -> Shapes:
    """The lines of a text (up to a place in it) by shape, shapes in order of their first lines."""
    layouts, forms = Numbers(), Numbers()
    found: list[Ints] = []
    shapes: list[Ints] = []
    pending = 0
    for block in _blocks(raw, len(raw) if end is None else end):
        before = len(layouts.new)
        found.append(layouts.of(_laid_out(block)))
        pending += sum(map(len, layouts.new[before:]))
        if pending > _BLOCK:
            shapes.append(forms.of(_formed(layouts.new)))
            layouts.new, pending = [], 0
        if len(layouts) > _KNOWN:
            layouts.clear()
    if layouts.new:
        shapes.append(forms.of(_formed(layouts.new)))
    layout, shape = np.concatenate(found), np.concatenate(shapes)
    leading = _leading(layout)
    return Shapes(shape.astype(np.int64)[layout], forms.new, leading[_leading(shape)].tolist(), layout, leading)


def _leading(numbers: Ints) -> Ints:
    """Where each of the numbers from 0 on stands first, if that is in their order."""
    most = np.maximum.accumulate(numbers)
    return np.flatnonzero(np.concatenate([[True], most[1:] != most[:-1]]))


def _blocks(raw: bytes, stop: int) -> Iterator[bytes]:
    """Pieces of about `_BLOCK` bytes that end with a line; the line feed at the end of each is left out."""
    start = 0
    while start <= stop:
        end = raw.find(b"\n", start + _BLOCK, stop)
        end = stop if end < 0 else end
        yield raw[start:end]
        start = end + 1


def _laid_out(block: bytes) -> list[bytes]:
    """The layouts of lines: digits, white space, bars and foreign characters put for each other, and the signs of exponents."""
    text = block.translate(SHAPE)
    marks = np.frombuffer(text, dtype=np.uint8)
    known = ids.within(block)
    if len(known):
        marks = marks.copy()
        marks[known] = _ID
        text = marks.tobytes()
    signs = np.flatnonzero(marks - np.uint8(_SINGLES + 1) < 2)
    if len(signs):
        before, letter, behind = (marks.take(signs + k, mode="clip") for k in (-2, -1, 1))
        exponents = signs[((letter | 32) == ord("e")) & (before == _DIGIT) & (behind == _DIGIT)]
        if len(exponents):
            marks = marks.copy()
            marks[exponents] = _SINGLES + 1
            text = marks.tobytes()
    return text.split(EDGE)


def _formed(layouts: list[bytes]) -> list[bytes]:
    """The forms of layouts: runs of digits, spaces and bars made one, and signs left out."""
    marks = np.frombuffer(EDGE.join(layouts), dtype=np.uint8)
    if not len(marks):
        return layouts
    again = marks[1:] == marks[:-1]
    again &= marks[1:] < _ALONE
    several = again & (marks[1:] - np.uint8(_SINGLES) < _ALONE - _SINGLES)
    if several.any():
        marks = marks.copy()
        marks[:-1][several] += np.uint8(_ALONE - _SINGLES)
    kept = np.ones(len(marks), dtype=bool)
    np.logical_not(again, out=kept[1:])
    marks = marks[kept]
    signs = np.flatnonzero(marks - np.uint8(_SINGLES + 1) < 2)
    if len(signs):
        marks = np.delete(marks, _of_numbers(marks, signs))
    return marks.tobytes().split(EDGE)


def _of_numbers(marks: Bytes, signs: Ints) -> Ints:
    """The signs (places in `marks`) of numbers with a fraction, and of exponents."""
    around = np.concatenate([np.full(2, _END, dtype=np.uint8), marks, np.full(3, _END, dtype=np.uint8)])
    before, here, point, behind = (around[signs + k] for k in (1, 3, 4, 5))
    fraction = _OPENS[before] & (here == _DIGIT) & (point == _SINGLES) & (behind == _DIGIT)
    exponent = ((before | 32) == ord("e")) & (around[signs] == _DIGIT) & (here == _DIGIT)
    chosen: Ints = signs[fraction | exponent]
    return chosen


def by_shape(code: Ints) -> Iterator[tuple[int, Ints]]:
    """Each shape with the places in `code` that have it, in order; shapes in order of their number."""
    order = np.argsort(code, kind="stable")
    places = np.split(order, np.flatnonzero(np.diff(code[order])) + 1) if len(code) else []
    return ((int(code[place[0]]), place) for place in places)


def coarse(form: bytes) -> bytes:
    """The form of a shape without spaces beside punctuation and bars between brackets."""
    return _BARS.sub(b"", _PADDING.sub(b"", form))
