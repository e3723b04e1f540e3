"""Header lines of tables, and the rows of numbers under them: one line -> the columns it names, or its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec

from loglint.readers.text import words as vocabulary
from loglint.readers.text.tokens import NUMBER, ODD, value_of

_BAR = re.compile(r":?\s+\d{1,3}%\|.*$|:?\s+\d{1,3}%\s*━.*$|\s+━+.*$")
_DONE = re.compile(r":?\s+(\d{1,3})%\|", re.ASCII)
MOST_DONE = 999
_CELL = re.compile(rf"({NUMBER}|{ODD})(?:/(\d+))?([%a-zA-Z]{{0,3}})")
_THRESHOLDS = re.compile(r"@\.?\d[\d.:]*")  # of `mAP@.5:.95`
_THOUSANDS = ("k", "K", "M")
_WORD = re.compile(r"\S+")
_SPACES = re.compile(r"\t+| {2,}")
_COUNTERS = {"ts": "step", "e": "epoch", "itn": "epoch", "itn.": "epoch", "#": "step", "nepoch": "epoch"}
_FIRST_WORDS = frozenset(
    "train training trn valid validation val test dev eval dep ner remaining oob learning grad mean avg average elapsed".split()
)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table: their names, the counter each is (or None), how cells are parted, and where the names stand."""

    names: tuple[str, ...]
    counters: tuple[str | None, ...]
    parted: str  # "|", ",", or " "
    starts: tuple[int, ...] = field(default=(), compare=False)  # of columns parted by blanks; none where names hold blanks


class Row(msgspec.Struct, frozen=True):
    """One row of numbers under a header; NaN with `known` False where a cell holds no number."""

    index: int
    cells: tuple[float | None, ...]
    bar: bool
    label: str = ""  # the first cell, where it holds no number


@lru_cache(maxsize=1024)
def header_of(line: str) -> Header | None:
    """The columns that a header line names, None when the line is no header."""
    text = _unbarred(line).strip()
    if len(text) > 2000 or any(mark in text for mark in ("=", "://", "`", "](")):
        return None
    if text.count("|") >= 2:
        names, parted = text.strip("|").split("|"), "|"
    elif "\t" in text and ":" not in text:
        names, parted = text.split("\t"), "\t"
    elif text.count(",") >= 2 and ":" not in text:
        names, parted = text.split(","), ","
    elif ":" in text and ":" in _THRESHOLDS.sub("", text).rstrip(":"):
        return None
    elif text.lower().startswith("class "):
        names, parted = text.split(), " "
    else:
        wide = _SPACES.split(text)
        names, parted = (wide, " ") if len(wide) >= 3 else (text.split(" "), " ")
    if not 2 <= len(names) <= 60 or (parted == " " and not any(map(_counts, names)) and _cleaned(names[0]).lower() != "class"):
        return None
    names = [_cleaned(name) for name in names]
    if any(_CELL.fullmatch(word) for name in names for word in name.split()) or max(map(len, names)) > 40:
        return None
    counters = tuple(map(_counter, names))
    strong = [name for name in names if vocabulary.strength(name) == "strong" and not vocabulary.is_best(name)]
    results = parted == "|" and len(strong) == len(names) == len(set(names)) and len(names) > 2
    sheet = parted == "\t" and any(vocabulary.is_sure(name) for name in strong)
    if not strong or not (any(counters) or is_classes(names) or results or sheet):
        return None
    starts = tuple(found.start() for found in _WORD.finditer(line)) if parted == " " else ()
    return Header(tuple(names), counters, parted, starts if len(starts) == len(names) else ())


def _unbarred(line: str) -> str:
    return _BAR.sub("", line) if "%" in line or "━" in line else line


@lru_cache(maxsize=65536)
def _counts(name: str) -> bool:
    """Whether a name as it is printed is a counter's."""
    return _counter(_cleaned(name)) is not None


def _cleaned(name: str) -> str:
    return _unclosed(name.strip().strip("*: "))


def _unclosed(name: str) -> str:
    """`Box(P` and `mAP50-95)`, two columns of one group, without their half of the bracket."""
    return (
        name.split("(")[-1]
        if name.count("(") > name.count(")")
        else name.rstrip(")")
        if name.count(")") > name.count("(")
        else name
    )


def _counter(name: str) -> str | None:
    return _COUNTERS.get(name.lower()) or vocabulary.counter_of(name)


def is_classes(names: Sequence[str]) -> bool:
    """The validation table of the YOLO family: a row per class, the one named `all` counts."""
    return names[0].lower() == "class" and any("map" in name.lower() for name in names)


def row_of(line: str, header: Header, index: int) -> Row | None:
    """The numbers of a row, None when the line does not fit the header."""
    bare = _unbarred(line)
    text = bare.strip()
    if is_classes(header.names) and not text.startswith("all "):
        return None
    if header.parted == " ":
        cells = text.split()
        if len(cells) < len(header.names) and header.starts:
            cells = _in_place(line, header.starts)
    else:
        cells = [cell.strip() for cell in (text.strip("|") if header.parted == "|" else text).split(header.parted)]
    wanted = len(header.names)
    if len(cells) > wanted and not any(_CELL.fullmatch(cell) for cell in cells[wanted:]):
        cells = cells[:wanted]
    if len(cells) != wanted:
        return None
    numbers = tuple(map(number, cells))
    if sum(cell is not None for cell in numbers) < max(2, wanted // 2):
        return None
    return Row(index, numbers, len(bare) < len(line), "" if numbers[0] is not None else cells[0])


def _in_place(line: str, starts: Sequence[int]) -> list[str]:
    """The cells of a row that leaves some blank, each under the name it starts with; none unless all do, up to the last column."""
    cells = {found.start(): found[0] for found in _WORD.finditer(line)}
    return [cells.get(start, "") for start in starts] if cells.keys() <= set(starts) and len(line) > starts[-1] else []


def number(cell: str) -> float | None:
    """The number that a cell holds."""
    found = _CELL.fullmatch(cell)
    if not found:
        return None
    return value_of(found[1] + (found[3] if found[3] in _THOUSANDS and not found[2] else ""))


def merged(header: Header, line: str) -> Header | None:
    """A header of single-spaced words fitted to its first row by joining `train loss` and the like."""
    wanted, names = len(_unbarred(line).split()), list(header.names)
    while len(names) > wanted:
        at = next((i for i, name in enumerate(names[:-1]) if name.lower() in _FIRST_WORDS), None)
        if at is None:
            return None
        names[at : at + 2] = [f"{names[at]} {names[at + 1]}"]
    return Header(tuple(names), tuple(_counter(name) for name in names), " ") if len(names) == wanted else None


class Layout(msgspec.Struct, frozen=True):
    """Where the numbers of a row stand, cell by cell, None for a cell without one; its label; and where the share stands that a
    progress bar behind it says is done.
    """

    spans: tuple[tuple[int, int] | None, ...]
    label: str
    done: tuple[int, int] | None


def layout_of(line: str, header: Header) -> Layout | None:
    """How a row is laid out; None where other lines of its shape (`shapes`) need not have their numbers at the same runs of digits,
    or may be no rows.
    """
    row = row_of(line, header, 0)
    bare = _unbarred(line)
    bar = _DONE.match(line, len(bare))
    if row is None or header.parted not in (" ", "|") or not bare.isascii() or "%" in bare or "," in bare or row.bar != bool(bar):
        return None
    cells = [found.span() for found in _WORD.finditer(bare)] if header.parted == " " else _between_bars(bare)
    if len(cells) < len(header.names) or not (row.label.isalpha() or not row.label):
        return None
    found = [_CELL.fullmatch(bare, *cell) for cell in cells[: len(header.names)]]
    counters = [cell for cell, counter in zip(found, header.counters, strict=True) if counter and cell]
    if any(header.counters) and not any(counter[1].isdigit() for counter in counters):
        return None
    spans = tuple(
        None if cell is None else (cell.start(1), cell.end(3) if cell[3] in _THOUSANDS and not cell[2] else cell.end(1))
        for cell in found
    )
    return Layout(spans, row.label, bar.span(1) if bar else None)


def _between_bars(line: str) -> list[tuple[int, int]]:
    """Where the cells of a row stand that is parted by bars."""
    text = line.strip()
    start = line.index(text) + len(text) - len(text.lstrip("|"))
    cells = []
    for cell in text.strip("|").split("|"):
        bare = cell.strip()
        at = start + cell.index(bare)
        cells.append((at, at + len(bare)))
        start += len(cell) + 1
    return cells
