"""Records printed as blocks of `name: value` lines: the results of Ray Tune and RLlib (`Result for PPO_CartPole_0:`, or the same
block alone, as `pretty_print` writes it). Which of their numbers count is told as for boxes, in `boxes`.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from loglint.model import Bools
from loglint.readers.text import boxes, prefix
from loglint.readers.text.curves import Column
from loglint.readers.text.lines import Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.tokens import NUMBER, ODD, value_of

_COUNTER = sought(rb"^trainingiteration:$")
_HEAD = re.compile(r"\s*Result for ([^\s:]+):\s*$")
_LINE = re.compile(rf"\s*([\w./@-]+): *(?:({NUMBER}|{ODD})|[^\s].*)?\s*$")
_LONGEST = 2000  # lines of a block
_IDLE = re.compile(r"(?i)_since_restore|_this_iter|pid$|^timestamp$|num_|episodes_|_ms$|_perc$|coeff?$|^date|_id$")


def read(lines: Lines, skip: Bools) -> tuple[list[Column], set[int]]:
    """The curves of all blocks, trial by trial, and the lines they stand on."""
    trials: dict[str, list[tuple[int, dict[str, float]]]] = {}
    taken: set[int] = set()
    for i in lines.having(list(lines.mentions.as_written(_COUNTER))).tolist():
        if i in taken or skip[i]:
            continue
        first, last = _extent(lines, i)
        head = _HEAD.match(lines.texts[first - 1]) if first else None
        values = _values(lines, first, last)
        trials.setdefault(head[1] if head else "", []).append((last, values))
        taken.update(range(first - bool(head), last + 1))
    columns = []
    for trial, found in trials.items():
        label = trial if len(trials) > 1 else ""
        columns += [replace(column, key=replace(column.key, label=label)) for column in boxes.columns(found)]
    return columns, taken if columns else set()


def _extent(lines: Lines, at: int) -> tuple[int, int]:
    """The first and last line of the block around a line."""
    first = last = at
    while first and at - first < _LONGEST and _is_row(lines, first - 1):
        first -= 1
    while last + 1 < len(lines.texts) and last - at < _LONGEST and _is_row(lines, last + 1):
        last += 1
    return first, last


def _is_row(lines: Lines, i: int) -> bool:
    text = lines.texts[i]
    return not _HEAD.match(text) and _LINE.match(text, _start(text)) is not None


def _start(text: str) -> int:
    """Where the row begins behind a worker's name, its indentation kept."""
    return 0 if text[:1].isspace() else prefix.end_of(text)


def _values(lines: Lines, first: int, last: int) -> dict[str, float]:
    """The numbers of a block by the last part of their names, the first of each name."""
    values: dict[str, float] = {}
    for i in range(first, last + 1):
        found = _LINE.match(lines.texts[i], _start(lines.texts[i]))
        if found and found[2] is not None and not _IDLE.search(found[1]):
            values.setdefault(found[1], value_of(found[2]))
    return values
