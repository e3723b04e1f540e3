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
from loglint.readers.text.headers import Header, number
from loglint.readers.text.heads import Heads
from loglint.readers.text.lines import Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.rows import GAP, Rows, Sheet

_WORDY = re.compile(r"[^\W\d_]")
_HALVES = sought(rb"train\|\W*valid(?:ation)?$|training\|\W*valid(?:ation)?$")


def read(lines: Lines) -> tuple[list[Column], Bools]:
    """The curves of all tables and boxes, and the lines they stand on, bool[lines]."""
    boxed, taken = boxes.read(lines)
    heads = Heads(lines)
    rows = Rows(lines, heads)
    for i, leads in zip(*map(np.ndarray.tolist, heads.leading(GAP)), strict=True):
        header = heads.header(i) if not taken[i] else None
        if header is not None:
            taken[i] = True
            if leads:
                rows.gather(i, header, taken)
    halves = _halved(lines, taken)
    columns = halves + [column for header, found in rows.sheets() for column in _columns(header, _last_drawn(found, header))]
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


def _halved(lines: Lines, taken: Bools) -> list[Column]:
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
            taken[k] = True
    columns = []
    for (name, split), members in points.items():
        index, values = zip(*members, strict=True)
        none = np.full(len(index), np.nan)
        columns.append(Column(Key(name, split, "table", "bare"), np.array(index, dtype=np.int64), np.array(values), none, none))
    return columns


def _last_drawn(rows: Sheet, header: Header) -> Sheet:
    """Of a row that a progress bar drew again and again, the last drawing."""
    at = next((k for k, counter in enumerate(header.counters) if counter), None)
    if at is None:
        return rows
    cell, known = rows.cells[:, at], rows.known[:, at]
    same = (cell[1:] == cell[:-1]) & known[1:] & known[:-1] | ~(known[1:] | known[:-1])
    return rows.take(np.append(~(rows.bar[:-1] & rows.bar[1:] & same), True))


def _columns(header: Header, rows: Sheet) -> list[Column]:
    labels = list(dict.fromkeys(rows.label.tolist()))
    trials = {"iter", "ts"} <= {name.lower() for name in header.names}  # the status that Ray Tune prints
    if header.parted in ("|", ",") and all(map(_WORDY.match, labels)) and len(labels) == len(rows.index) and not trials:
        return []  # a table of results: a row for each model
    if header.parted == "|" and all(labels) and 1 < len(labels) < len(rows.index) + trials:
        return [
            replace(column, key=replace(column.key, label=label))
            for label in labels
            for column in _columns(header, rows.take(rows.label == label))
        ]
    table, known = rows.cells, rows.known
    step, epoch = _places(header, table)
    counted = np.isfinite(step).any() or np.isfinite(epoch).any()
    if counted and len(table) == 1 and not np.isnan(table[0][known[0]]).any() and header.parted in ("|", ",") and not trials:
        return []
    stage = "step" if np.isfinite(step).any() else "epoch" if counted else "bare"
    split: Split | None = None if counted or header.parted == "\t" else "val"
    columns = []
    for k, name in enumerate(header.names):
        if header.counters[k] or not name or vocabulary.is_best(name) or not known[:, k].any() or _is_size(name):
            continue
        have = known[:, k]
        key = Key(name, vocabulary.split_of(name) or split, "", stage)
        columns.append(Column(key, rows.index[have], table[have, k], step[have], epoch[have]))
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
