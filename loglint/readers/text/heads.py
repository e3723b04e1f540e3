"""Lines that may be headers of tables, found without being read; read are those that rows may follow."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from loglint.model import Bools, Ints
from loglint.readers.text.headers import Header, header_of
from loglint.readers.text.letters import pieces
from loglint.readers.text.lines import Lines
from loglint.readers.text.mentions import ODD, sought
from loglint.readers.text.numerals import may_count
from loglint.readers.text.shapes import EDGE, MARKS, NUMBERED, TWICE
from loglint.readers.text.texts import places

_HEADER = re.compile(rb"(?i)^\|AP\||epoch|step|iter|itn|E#|^E[A-Z]|round|class.*map|ep\||timestep|batch")
_COUNTED = sought(rb"\|ap\||epoch|step|iter|itn|round|class.*map|ep\||batch")  # in the key of any header but those in capitals
METRIC = sought(rb"^\|ap\||loss|acc|err|map|score|ppl|perp|auc|reward|wer|bleu|giou|rmse|mae|mse|deviance|f1|uas|ents|obj|cls")
_LONGEST = 800  # bytes of a header's key
_MANY = 100  # lines of a kind from which on its first is read before it is known whether rows follow them
_EVERY = np.arange(256)
_DIGIT, _FOREIGN = NUMBERED[0][0], NUMBERED[1][0]
_UNTOLD = bytes(
    [*EDGE, *b"|+:-", *(MARKS[mark] for mark in b" =+-\x80"), *(TWICE[mark] for mark in b"+-")]
)  # what stands between rows
_TOLD = ~np.isin(_EVERY, list(_UNTOLD))
_PARTS = np.isin(_EVERY, [*EDGE, *b"|,", MARKS[ord(" ")]])  # what parts cells
_SIGNS = np.isin(_EVERY, [*(MARKS[mark] for mark in b".+-"), *TWICE.values()])


class Heads:
    """The lines of a text that may be headers of tables (`possible`, bool[lines]), and those that may be rows (`rows`)."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._known: dict[int, Header | None] = {}
        kinds = np.zeros(len(lines.keys), dtype=bool)
        kinds[[k for k in lines.mentions.of(METRIC, _named(lines)) if len(lines.keys[k]) < _LONGEST]] = True
        rows = np.bincount(lines.kind[lines.shapes.code], minlength=len(kinds))
        for kind in np.flatnonzero(kinds & (rows > _MANY)).tolist():
            kinds[kind] = self._of_kind(kind) is not None
        self.rows = np.ones(len(lines.texts), dtype=bool)
        self.possible: Bools = kinds[lines.kind][lines.shapes.code]

    def among(self, i: int) -> bool:
        """Whether a line is a header by the first of its kind."""
        return bool(self.possible[i]) and self._of_kind(int(self._lines.kind[self._lines.shapes.code[i]])) is not None

    def header(self, i: int) -> Header | None:
        """What a line names, None when it is no header."""
        kind = int(self._lines.kind[self._lines.shapes.code[i]])
        if not self.possible[i] or self._of_kind(kind) is None or self._lines.leading[kind] == i:
            return self._known.get(kind)
        return header_of(self._lines.texts[i])

    def _of_kind(self, kind: int) -> Header | None:
        if kind not in self._known:
            first = self._lines.texts[int(self._lines.leading[kind])]
            told = "\t" in first or _HEADER.search(self._lines.keys[kind])
            self._known[kind] = header_of(first) if told else None
        return self._known[kind]

    def leading(self, gap: int) -> tuple[Ints, Bools]:
        """The possible headers, in order, that may be records themselves or lead rows; and which of them may lead some.

        A row holds two numbers, and no more than `gap` other lines stand before it, those without letters and digits not counted.
        """
        lines, code = self._lines, self._lines.shapes.code
        odd = np.zeros(len(lines.keys), dtype=bool)
        odd[lines.mentions.of(ODD)] = True
        odd = odd[lines.kind]
        if not self.possible.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
        rows, told = (np.concatenate(parts) for parts in zip(*map(_rows_and_told, pieces(lines.shapes.forms)), strict=True))
        self.rows = (rows | odd)[code]
        heads, found, place = np.flatnonzero(self.possible), np.flatnonzero(self.rows), np.cumsum(told[code])
        behind = np.append(found, len(code))[np.searchsorted(found, heads, side="right")]
        leads = np.append(place, place[-1] + gap + 2)[behind] - place[heads] <= gap + 1
        wanted = leads | odd[code[heads]]
        asked = np.flatnonzero(~wanted & lines.numbered[code[heads]])
        wanted[asked] = may_count(lines.texts.take(heads[asked]).slices())
        return heads[wanted], leads[wanted]


def _rows_and_told(forms: Sequence[bytes]) -> tuple[Bools, Bools]:
    """The forms in which two cells or more may begin with a number; and those in which something else stands than between rows."""
    text = np.frombuffer(EDGE * 2 + EDGE.join(forms) + EDGE * 2, dtype=np.uint8)
    end = np.cumsum(np.fromiter(map(len, forms), dtype=np.int64, count=len(forms)) + 1) + 1
    first = np.append(2, end[:-1] + 1)
    told = _TOLD[text[first]] | _TOLD[text[first + 1]] & (first + 1 < end)
    told[[k for k in np.flatnonzero(~told).tolist() if forms[k].strip(_UNTOLD)]] = True
    number = np.flatnonzero(text == _DIGIT)
    before, last = text[number - 2], text[number - 1]
    number = number[_PARTS[last] | (_SIGNS[last] & (_PARTS | _SIGNS)[before])]
    rows = np.bincount(np.searchsorted(end, number), minlength=len(forms)) > 1
    rows[np.searchsorted(end, np.flatnonzero(text == _FOREIGN))] = True
    return rows, told


def _named(lines: Lines) -> Bools:
    """The keys that can be those of a header: with a tab in their first line, or a word for a counter, or all in capitals."""
    may = np.array([key[:1] in b"Ee" for key in lines.keys], dtype=bool)
    may[lines.mentions.possible(_COUNTED)] = True
    tabs = places(lines.texts.raw, ord("\t"))
    firsts = lines.texts.take(lines.leading)
    return may | (np.searchsorted(tabs, firsts.start) < np.searchsorted(tabs, firsts.end))
