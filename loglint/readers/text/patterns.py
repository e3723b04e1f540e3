"""`[[tool.loglint.pattern]]`: regular expressions of the user's, whose named groups say what the numbers of a line are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from loglint.errors import ConfigError
from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.tokens import value_of

COUNTERS = ("step", "epoch")


def compiled(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    """The patterns ready for use. Raises `ConfigError` for one that is no regular expression or names no value."""
    ready = []
    for pattern in patterns:
        try:
            expression = re.compile(pattern)
        except re.error as error:
            raise ConfigError(
                f"[[tool.loglint.pattern]] regex {pattern!r} is no regular expression ({error}): mend or remove it"
            ) from error
        if not set(expression.groupindex) - set(COUNTERS):
            raise ConfigError(
                f"[[tool.loglint.pattern]] regex {pattern!r} names no value: write one as (?P<loss>...), counters as (?P<step>...)"
            )
        ready.append(expression)
    return ready


def read(lines: Lines, patterns: Sequence[str]) -> tuple[list[Column], set[int]]:
    """The curves that the user's patterns find, and the lines they match; the first pattern that fits a line takes it."""
    ready = compiled(patterns)
    if not ready:
        return [], set()
    points: dict[str, list[tuple[int, float, float, float]]] = defaultdict(list)
    taken: set[int] = set()
    for i, line in enumerate(lines.texts):
        found = next((match for pattern in ready if (match := pattern.search(line[:LONGEST]))), None)
        if found is None:
            continue
        taken.add(i)
        said = {name: value_of(text) for name, text in found.groupdict().items() if text is not None}
        step, epoch = (said.get(name, np.nan) for name in COUNTERS)
        for name in said.keys() - set(COUNTERS):
            points[name].append((i, said[name], step, epoch))
    return [_column(name, rows) for name, rows in sorted(points.items(), key=lambda item: item[1][0])], taken


def _column(name: str, rows: Sequence[tuple[int, float, float, float]]) -> Column:
    index, values, step, epoch = (np.array(column) for column in zip(*rows, strict=True))
    stage = "step" if np.isfinite(step).any() else "epoch" if np.isfinite(epoch).any() else "bare"
    return Column(Key(name, vocabulary.split_of(name), "", stage), index.astype(np.int64), values, step, epoch)
