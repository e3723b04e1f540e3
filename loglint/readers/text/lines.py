"""Bytes -> physical lines of text, their shapes and their keys.

What is taken out of a text before is in `clean`, what a line says is the business of `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence, Set
from functools import cached_property

import msgspec
import numpy as np

from loglint.model import Bools, Ints
from loglint.readers.text import clean, glue
from loglint.readers.text.digits import MANY, Layouts
from loglint.readers.text.mentions import Mentions
from loglint.readers.text.shapes import IDS, NUMBERED, SPACE, Numbers, Shapes, classify
from loglint.readers.text.texts import Texts

_TAIL = re.compile(r"\d[\d.eE+-]*$")
_DECIMAL = re.compile(r"\d[\d.]*(?:[eE][-+]?\d*)?")
_DROPPED = bytes(sorted(set(b"0123456789.+-=># \t\r_") | set(range(0x80, 0x100))))
LONGEST = 20000
_UNSEEN = SPACE + NUMBERED[1]  # what the form of a blank line is made of
_WIDTHS = (72, 400)  # of terminals
_SAMPLED = 5000  # lines searched for whole words
_ALIKE = 0.5  # different layouts to a line up to which it pays to know them
_TRIMMED = 2  # spaces at the break that the terminal did not keep
_HEAD = 3  # characters by which a stamped line is known
_WORD = re.compile(r"[A-Za-z_]\w{3,}")
_WORD_END = re.compile(r"[A-Za-z_]\w*$")
_WORD_START = re.compile(r"\w+")
_USUAL = frozenset(  # words of records, that tell a cut by themselves
    "loss losses time rate norm grad batch scale global learning iteration iterations epoch number skipped consumed samples "
    "elapsed train training validation accuracy memory throughput tokens seconds gradient perplexity".split()
)


class Lines(msgspec.Struct, frozen=True, dict=True):
    """The lines of a text. `texts[i]` stands on physical line `numbers[i]` (1-based); a progress bar that was redrawn
    gives several texts on one physical line. `shapes` tells which lines are alike, the key of a line is what remains of it without
    digits, spaces and bars: `keys` are those of all lines in order of their first lines, `kind` (int64[shapes]) is the number of
    the key of each shape. `mentions` searches the keys, in the same order, those beyond `LONGEST` left empty.
    """

    texts: Texts
    shapes: Shapes
    keys: list[bytes]
    kind: Ints
    mentions: Mentions
    numbers: Ints
    terminated: bool

    @property
    def told(self) -> int:
        """How many lines are not blank."""
        pairs = zip(self.shapes.forms, self.shapes.first, strict=True)
        blank = np.array([not form.strip(_UNSEEN) and not self.texts[first].strip() for form, first in pairs], dtype=bool)
        return len(self.texts) - int(np.count_nonzero(blank[self.shapes.code])) if blank.any() else len(self.texts)

    def key(self, i: int) -> bytes:
        """The key of a line."""
        return self.keys[int(self.kind[self.shapes.code[i]])]

    @cached_property
    def numbered(self) -> Bools:
        """Which shapes hold a number in digits, bool[shapes]; those with foreign characters may hold foreign ones."""
        digit, foreign = NUMBERED
        return np.array([digit in form or foreign in form or IDS in form for form in self.shapes.forms], dtype=bool)

    @cached_property
    def leading(self) -> Ints:
        """The first line of each key, int64[keys]."""
        first = np.empty(len(self.keys), dtype=np.int64)
        first[self.kind[::-1]] = self.shapes.first[::-1]
        return first

    def kinds(self, shapes: Bools) -> Bools:
        """Which keys have one of some shapes, bool[keys]."""
        found = np.zeros(len(self.keys), dtype=bool)
        found[self.kind[shapes]] = True
        return found

    @cached_property
    def _listed(self) -> tuple[Ints, Ints]:
        """The lines of all keys, key by key, each key's in order; and where each key's begin."""
        kind = self.kind[self.shapes.code]
        order = np.argsort(kind.astype(np.uint16) if len(self.keys) <= 1 << 16 else kind, kind="stable")
        return order, np.concatenate([[0], np.cumsum(np.bincount(kind, minlength=len(self.keys)))])

    def members(self, k: int) -> Ints:
        """The lines of a key, given by its number, in order."""
        order, bounds = self._listed
        return order[bounds[k] : bounds[k + 1]]

    def layouts(self, index: Ints) -> Layouts | None:
        """How some lines are laid out; None where there are few of them, or hardly two are laid out alike."""
        if len(index) < MANY:
            return None
        code, leading = self.shapes.layout[index], self.shapes.leading
        if len(index) < len(leading):
            used, among = np.unique(code, return_inverse=True)
        else:
            held = np.zeros(len(leading), dtype=bool)
            held[code] = True
            used = np.flatnonzero(held)
            among = (np.cumsum(held) - 1)[code]
        return Layouts(among, self.texts.take(leading[used])) if len(used) <= _ALIKE * len(index) else None

    def having(self, kinds: Collection[int]) -> Ints:
        """The lines, in order, that have one of some keys, given by their numbers."""
        if len(kinds) < 2:
            return self.members(next(iter(kinds))) if kinds else np.zeros(0, dtype=np.int64)
        chosen = np.zeros(len(self.keys), dtype=bool)
        chosen[list(kinds)] = True
        return np.flatnonzero(chosen[self.kind][self.shapes.code])

    def mentioning(
        self, pattern: re.Pattern[bytes], tells: Callable[[int], bool] | None = None, among: Bools | None = None
    ) -> list[int]:
        """The lines, in order, in whose key a pattern in small letters finds something, if the key (its number) passes a test; only
        keys marked in `among` (bool[keys]) where it is given.
        """
        kinds = self.mentions.of(pattern, among)
        found: list[int] = self.having([k for k in kinds if tells(k)] if tells else kinds).tolist()
        return found


def split(data: bytes) -> Lines:
    """All lines of a file, every redraw of a progress bar as a line of its own."""
    found = clean.cleaned(clean.seen(data))
    terminated = found.raw.endswith(b"\n")
    ends, feeds = found.line_ends()
    texts = Texts.parted(found.raw if feeds.all() else found.raw.replace(b"\r", b"\n"), ends)
    numbers = np.concatenate([[1], 1 + np.cumsum(feeds)])
    joined = unwrapped(texts, texts.end - texts.start if found.ascii else texts.lengths())
    if joined is not None:
        texts, numbers = Texts.of(text for text, _ in joined), numbers[[first for _, first in joined]]
    if terminated:
        texts = texts[:-1]
    else:
        last = texts[len(texts) - 1]
        texts.end[-1] -= len(last.encode()) - len(_whole(texts).encode())
    lines = _classed(texts, numbers[: len(texts)], terminated)
    glued = [k for k in lines.mentions.repeated(glue.OPENING).tolist() if glue.is_glued(lines.keys[k])]
    return _parted(lines, frozenset(lines.having(glued).tolist())) if glued else lines


def _classed(texts: Texts, numbers: Ints, terminated: bool) -> Lines:
    """The lines with their shapes and keys."""
    shapes = classify(texts.raw, int(texts.end[-1]))
    known = Numbers()
    kind = known.of(_keys(texts, shapes.first)).astype(np.int64)
    mentions = Mentions([key if len(key) < LONGEST else b"" for key in known.new])
    return Lines(texts, shapes, known.new, kind, mentions, numbers, terminated)


def _keys(texts: Texts, index: Sequence[int]) -> list[bytes]:
    """The keys of some lines."""
    if 2 * len(index) > len(texts):
        every = texts.raw[: texts.end[-1]].translate(None, _DROPPED).split(b"\n")
        return [every[i] for i in index]
    return b"\n".join(texts.take(np.array(index, dtype=np.int64)).slices()).translate(None, _DROPPED).split(b"\n")


def _parted(lines: Lines, glued: Set[int]) -> Lines:
    """The lines with every record of a glued line as a line of its own."""
    texts: list[str] = []
    numbers: list[int] = []
    for i, (text, number) in enumerate(zip(lines.texts, lines.numbers.tolist(), strict=True)):
        parts = glue.pieces(text, key_of(text)) if i in glued else [text]
        texts += parts
        numbers += [number] * len(parts)
    return _classed(Texts.of(texts), np.array(numbers, dtype=np.int64), lines.terminated)


def key_of(text: str) -> bytes:
    """What is left of a line without digits, spaces and bars."""
    return text.encode("utf-8", "replace").translate(None, _DROPPED)


def unwrapped(texts: Texts, lengths: Ints) -> list[tuple[str, int]] | None:
    """The lines of a text that a terminal broke at its width, joined again, each with the index of its first piece.

    `lengths`: characters of each line. None when the text was not broken. It was when the greatest width is frequent and
    words cut by it (`lo` at the end of a line, `ss_cls` at the start of the next) stand whole elsewhere in the text, or are
    words of records time and again.
    """
    width = int(lengths.max(initial=0))
    if not _WIDTHS[0] <= width <= _WIDTHS[1]:
        return None
    full = np.flatnonzero(lengths[:-1] == width)[:_SAMPLED].tolist()
    if len(full) < 4:
        return None
    ends = ((_WORD_END.search(texts[i][-_WIDTHS[0] :]), _WORD_START.match(texts[i + 1])) for i in full)
    cuts = [tail[0] + head[0] for tail, head in ends if tail and head]
    cut = set(cuts)
    whole = {word for line in texts[:_SAMPLED] for word in _WORD.findall(line)} if cut else set()
    if not any(len(word) > 5 for word in cut & whole) and sum(word in _USUAL for word in cuts) < 2:
        return None
    heads = {line[:_HEAD] for line in texts if line[:1] == "["}
    joined: list[tuple[str, int]] = []
    for i, (line, before) in enumerate(zip(texts, [0, *lengths.tolist()], strict=False)):
        if before >= width - _TRIMMED and line.strip() and line[:_HEAD] not in heads:
            joined[-1] = (joined[-1][0] + " " * (width - before) + line, joined[-1][1])
        else:
            joined.append((line, i))
    return joined


def _whole(texts: Sequence[str]) -> str:
    """The last line of a text that breaks off, without a last number that is shorter than in lines of its kind: it was cut."""
    last = texts[len(texts) - 1]
    found = _TAIL.search(last[-LONGEST:])
    if not found:
        return last
    key = key_of(last)
    place = len(_DECIMAL.findall(last)) - 1
    keys = ((text, key_of(text)) for text in reversed(texts[-200:-1]))
    mates = [text for text, other in keys if (other.startswith(key) if key else not other)][:5]
    lengths = [len(numbers[place].partition(".")[2]) for mate in mates if len(numbers := _DECIMAL.findall(mate)) > place]
    return last[: -len(found[0])] if lengths and len(found[0].partition(".")[2]) < min(lengths) else last
