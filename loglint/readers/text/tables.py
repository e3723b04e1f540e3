"""Records laid out as tables: a header line over rows of numbers (fastai, spaCy, YOLO, Markdown)."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
from msgspec.structs import replace

from loglint.model import Bools, Floats, Split
from loglint.readers.text import boxes, prefix
from loglint.readers.text import words as vocabulary
from loglint.readers.text.axes import marks
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.headers import Header, Row, header_of, is_classes, merged, number, row_of
from loglint.readers.text.lines import Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.texts import places

_HEADER = re.compile(rb"(?i)^\|AP\||epoch|step|iter|itn|E#|^E[A-Z]|round|class.*map|ep\||timestep|batch")
_COUNTED = sought(rb"\|ap\||epoch|step|iter|itn|round|class.*map|ep\||batch")  # in the key of any header but those in capitals
_METRIC = sought(rb"^\|ap\||loss|acc|err|map|score|ppl|perp|auc|reward|wer|bleu|giou|rmse|mae|mse|deviance|f1|uas|ents|obj|cls")
_RULE = re.compile(r"^[\s|+:=─━┃│┼╇-]*$")
_WORDY = re.compile(r"[^\W\d_]")
_HALVES = sought(rb"train\|\W*valid(?:ation)?$|training\|\W*valid(?:ation)?$")
_GAP = 6


def read(lines: Lines) -> tuple[list[Column], set[int]]:
    """The curves of all tables and boxes, and the lines they stand on."""
    rows: dict[Header, list[Row]] = defaultdict(list)
    boxed, taken = boxes.read(lines)
    heads = lines.mentioning(_METRIC, lambda kind: _may_be_header(lines, kind), _may_be_headers(lines))
    known = frozenset(heads)
    for i in heads:
        header = header_of(lines.texts[i]) if i not in taken else None
        if header is not None:
            fitted, found = _rows(lines, i, header, known)
            rows[fitted] += found
            taken.update(row.index for row in found)
            taken.add(i)
    halves = _halved(lines, taken)
    columns = halves + [column for header, found in rows.items() for column in _columns(header, _last_drawn(found, header))]
    return _carried(columns) + boxes.columns(boxed), taken


def _carried(columns: list[Column]) -> list[Column]:
    """Validation tables without a counter get the epoch of the training rows above them, and one row for each."""
    counted = next((column for column in columns if column.key.stage != "bare" and np.isfinite(column.epoch).any()), None)
    if counted is None:
        return columns
    passed = marks([(counted.index, counted.epoch)])
    carried = []
    for column in columns:
        if column.key.stage == "bare" and column.key.label == "":
            epoch = passed.at(column.index)
            first = np.concatenate([[True], np.diff(epoch) != 0]) & np.isfinite(epoch)
            column = Column(column.key, column.index[first], column.values[first], column.step[first], epoch[first])
        carried.append(column)
    return [column for column in carried if len(column.index)]


def _halved(lines: Lines, taken: set[int]) -> list[Column]:
    """Tables with a row per metric and a column per split (`Training | Validation` over `loss | 1.0 | 0.9`)."""
    points: dict[tuple[str, Split], list[tuple[int, float]]] = defaultdict(list)
    for i in lines.mentioning(_HALVES):
        splits = [vocabulary.split_of(cell) for cell in lines.texts[i][prefix.end_of(lines.texts[i]) :].split("|")]
        for k in range(i + 1, min(i + 60, len(lines.texts))):
            cells = [cell.strip() for cell in lines.texts[k][prefix.end_of(lines.texts[k]) :].split("|")]
            if len(cells) != len(splits) + 1 or not cells[0]:
                break
            for split, cell in zip(splits, cells[1:], strict=True):
                value = number(cell)
                if value is not None and split and vocabulary.strength(cells[0]) == "strong":
                    points[(cells[0], split)].append((k, value))
            taken.add(k)
    columns = []
    for (name, split), members in points.items():
        index, values = zip(*members, strict=True)
        none = np.full(len(index), np.nan)
        columns.append(Column(Key(name, split, "table", "bare"), np.array(index, dtype=np.int64), np.array(values), none, none))
    return columns


def _may_be_headers(lines: Lines) -> Bools:
    """The keys that can be those of a header: with a tab in their first line, or a word for a counter, or all in capitals."""
    may = np.array([key[:1] in b"Ee" for key in lines.keys], dtype=bool)
    may[lines.mentions.possible(_COUNTED)] = True
    tabs = places(lines.texts.raw, ord("\t"))
    firsts = lines.texts.take(lines.leading)
    return may | (np.searchsorted(tabs, firsts.start) < np.searchsorted(tabs, firsts.end))


def _may_be_header(lines: Lines, kind: int) -> bool:
    key = lines.keys[kind]
    if len(key) >= 800:
        return False
    first = lines.texts[int(lines.members(kind)[0])]
    return ("\t" in first or _HEADER.search(key) is not None) and header_of(first) is not None


def _rows(lines: Lines, start: int, header: Header, heads: frozenset[int]) -> tuple[Header, list[Row]]:
    """The rows under the header at `start`; a few other lines may stand between them."""
    found: list[Row] = []
    gap = 0
    classes = is_classes(header.names)  # their row may come late, behind the next epoch's header
    for i in range(start + 1, len(lines.texts)):
        line = lines.texts[i]
        if i in heads and not (classes and not found and i - start <= _GAP and not line.split()[0].lower().startswith("class")):
            break
        if _RULE.match(line) and (line.strip() or header.parted == " "):
            if not line.strip() and (found or gap):
                gap += 1
            continue
        if not found and header.parted == " " and len(line.split()) < len(header.names):
            header = merged(header, line) or header
        row = row_of(line, header, i)
        if row is not None and _goes_on(header, found, row):
            found.append(row)
            gap = 0
            continue
        gap += 1
        if gap > _GAP:
            break
    return header, [row for row in found if row.cells[0] is None] if classes else found


def _goes_on(header: Header, found: list[Row], row: Row) -> bool:
    """Whether a row's counter is there, and not before that of the row above by more than a restart."""
    places = [cell for cell, counter in zip(row.cells, header.counters, strict=True) if counter]
    return not places or any(cell is not None and cell >= 0 for cell in places)


def _last_drawn(rows: list[Row], header: Header) -> list[Row]:
    """Of a row that a progress bar drew again and again, the last drawing."""
    at = next((k for k, counter in enumerate(header.counters) if counter), None)
    if at is None or not rows:
        return rows
    keep = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        if after is None or not row.bar or row.cells[at] != after.cells[at] or not after.bar:
            keep.append(row)
    return keep


def _columns(header: Header, rows: list[Row]) -> list[Column]:
    if not rows:
        return []
    labels = [row.label for row in rows]
    trials = {"iter", "ts"} <= {name.lower() for name in header.names}  # the status that Ray Tune prints
    if header.parted in ("|", ",") and all(map(_WORDY.match, labels)) and len(set(labels)) == len(rows) and not trials:
        return []  # a table of results: a row for each model
    if header.parted == "|" and all(labels) and 1 < len(set(labels)) < len(rows) + trials:
        parts = [[row for row in rows if row.label == label] for label in dict.fromkeys(labels)]
        return [
            replace(column, key=replace(column.key, label=part[0].label)) for part in parts for column in _columns(header, part)
        ]
    index = np.array([row.index for row in rows], dtype=np.int64)
    table = np.array([[np.nan if cell is None else cell for cell in row.cells] for row in rows])
    known = np.array([[cell is not None for cell in row.cells] for row in rows])
    step, epoch = _places(header, table)
    counted = np.isfinite(step).any() or np.isfinite(epoch).any()
    if counted and len(rows) == 1 and not np.isnan(table[0][known[0]]).any() and header.parted in ("|", ",") and not trials:
        return []
    stage = "step" if np.isfinite(step).any() else "epoch" if counted else "bare"
    split: Split | None = None if counted or header.parted == "\t" else "val"
    columns = []
    for k, name in enumerate(header.names):
        if header.counters[k] or not name or vocabulary.is_best(name) or not known[:, k].any() or _is_size(name):
            continue
        have = known[:, k]
        key = Key(name, vocabulary.split_of(name) or split, "", stage)
        columns.append(Column(key, index[have], table[have, k], step[have], epoch[have]))
    return columns


def _is_size(name: str) -> bool:
    return (
        name.lower() in ("instances", "size", "targets", "img_size", "images", "class", "mem", "time", "labels")
        or "time" in name.lower()
    )


def _places(header: Header, table: Floats) -> tuple[Floats, Floats]:
    """The step and epoch columns of a table, NaN where it has none."""
    none = np.full(len(table), np.nan)
    found = {counter: table[:, k] for k, counter in reversed(list(enumerate(header.counters))) if counter}
    return found.get("step", none), found.get("epoch", none)
