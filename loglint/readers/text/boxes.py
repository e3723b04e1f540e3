"""Boxes of `| name | value |` rows (stable-baselines and other reinforcement-learning loggers), and other records printed as names
with values: those that come again and again make curves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from loglint.model import Bools, Split
from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.headers import number
from loglint.readers.text.lines import LONGEST, Lines

_BOX_ROW = re.compile(r"^\s*[|│┃]\s*([^|│┃]+?)\s*[|│┃]\s*([^|│┃]*?)\s*[|│┃]\s*$")

Box = tuple[int, dict[str, float]]  # its last line, and its numbers by name


def read(lines: Lines) -> tuple[list[Box], Bools]:
    """All boxes of a text, and the lines they stand on, bool[lines]."""
    taken = np.zeros(len(lines.texts), dtype=bool)
    boxes: list[Box] = []
    until = 0
    for i in lines.having([k for k, key in enumerate(lines.keys) if key[:1] == b"|" and _may_be_box(key)]).tolist():
        if i >= until:
            until = _box(lines, i, boxes, taken)
    return _sectioned(boxes), taken


def _may_be_box(key: bytes) -> bool:
    return key.count(b"|") == 3 and len(key) < LONGEST


def _box(lines: Lines, start: int, boxes: list[Box], taken: Bools) -> int:
    """Read `| name | value |` rows from `start` on; returns the line after the box."""
    values: dict[str, float] = {}
    section = ""
    texts = 0
    i = start
    while i < len(lines.texts) and (found := _BOX_ROW.match(lines.texts[i])):
        name, cell = found[1], found[2]
        if not cell and name.endswith("/"):
            section = name
        elif (value := number(cell)) is not None:
            values.setdefault((section if lines.texts[i].split("|")[1].startswith("    ") else "") + name, value)
        elif cell:
            texts += 1
        i += 1
    if values and texts <= 0.2 * len(values):
        boxes.append((i - 1, values))
        taken[start:i] = True
    return max(i, start + 1)


def columns(boxes: Sequence[Box]) -> list[Column]:
    """Curves of boxes that come again and again with the same names."""
    kinds: dict[frozenset[str], list[Box]] = defaultdict(list)
    for index, values in boxes:
        home = next(
            (names for names in kinds if len(names & values.keys()) >= 0.6 * min(len(names), len(values)) and len(names) > 1), None
        )
        kinds[home or frozenset(values)].append((index, values))
    columns: list[Column] = []
    for members in kinds.values():
        names = list(dict.fromkeys(name for _, values in members for name in values))
        strong = [name for name in names if vocabulary.strength(name) == "strong" and not vocabulary.is_best(name)]
        place = {kind: _box_counter(names, kind) for kind in ("step", "epoch")}
        if not strong or (len(members) < 2 and not any(place.values())) or (len(members) < 2 and not _box_sure(strong)):
            continue
        columns += [column for name in names if name not in place.values() for column in _box_column(name, members, place)]
    return columns


def _box_sure(strong: Sequence[str]) -> bool:
    return any(vocabulary.is_sure(name) and "every" not in name for name in strong)


def _box_counter(names: Sequence[str], kind: str) -> str | None:
    """The row that counts: total timesteps before iterations before anything else."""
    tails = {name: name.rsplit("/", 1)[-1] for name in names}
    found = [name for name, tail in tails.items() if vocabulary.counter_of(tail) == kind and not tail.lower().startswith("max")]
    return max(found, key=lambda name: ("total" in tails[name].lower(), "step" in tails[name].lower()), default=None)


def _box_column(name: str, members: list[Box], place: dict[str, str | None]) -> list[Column]:
    having = [(index, values) for index, values in members if name in values]
    index = np.array([at for at, _ in having], dtype=np.int64)
    axis = {
        kind: np.array([values.get(counter, np.nan) if counter else np.nan for _, values in having])
        for kind, counter in place.items()
    }
    if vocabulary.counter_of(name.rsplit("/", 1)[-1]):
        return []
    stage = "step" if place["step"] else "epoch" if place["epoch"] else "bare"
    split: Split | None = "val" if name.startswith("eval") else None
    return [
        Column(Key(name, split, "", stage), index, np.array([values[name] for _, values in having]), axis["step"], axis["epoch"])
    ]


def _sectioned(boxes: Sequence[Box]) -> list[Box]:
    """Boxes whose section headings were cut off, with the names that other boxes give: `loss` is their `train/loss`."""
    whole: dict[str, set[str]] = defaultdict(set)
    for _, values in boxes:
        for name in values:
            whole[name.rsplit("/", 1)[-1]].add(name)
    full = {leaf: next(iter(names - {leaf})) for leaf, names in whole.items() if len(names) == 2 and leaf in names}
    return [(index, {full.get(name, name): value for name, value in values.items()}) for index, values in boxes]
