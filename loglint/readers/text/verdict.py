"""Is this text a training log? Prose, tables of results, source code and system logs hold numbers too.

A log of training repeats a record: a quantity with a counter, or the same bare record several times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import Column
from loglint.readers.text.lines import Lines
from loglint.readers.text.template import Batch


def judge(found: list[Column], batches: Sequence[Batch], lines: Lines, path: str) -> list[Column]:
    """The columns if the text is a training log, else none."""
    strong = [column for column in found if vocabulary.strength(column.key.name) == "strong"]
    if not strong:
        return []
    counted = sum(len(column.index) for column in strong if column.key.stage != "bare")
    bare: dict[str, int] = defaultdict(int)
    for column in strong:
        if column.key.stage == "bare":
            bare[column.key.name] += len(column.index)
    if counted >= 1 or max(bare.values(), default=0) >= 3:
        return found
    return []
