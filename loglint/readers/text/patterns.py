"""`[[tool.loglint.pattern]]`: regular expressions of the user's, whose named groups say what the numbers of a line are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from loglint.errors import ConfigError
from loglint.model import Split
from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.tokens import value_of

COUNTERS = ("step", "epoch")


class UserPattern(msgspec.Struct, frozen=True):
    """A regular expression, and the split of the curves it finds (None: as their names say)."""

    regex: str
    split: Split | None = None


def compiled(patterns: Sequence[UserPattern]) -> list[tuple[re.Pattern[str], Split | None]]:
    """The patterns ready for use. Raises `ConfigError` for one that is no regular expression or names no value."""
    ready = []
    for pattern in patterns:
        try:
            expression = re.compile(pattern.regex)
        except re.error as error:
            raise ConfigError(
                f"[[tool.loglint.pattern]] regex {pattern.regex!r} is no regular expression ({error}): mend or remove it"
            ) from error
        if not set(expression.groupindex) - set(COUNTERS):
            raise ConfigError(
                f"[[tool.loglint.pattern]] regex {pattern.regex!r} names no value: "
                "write one as (?P<loss>...), counters as (?P<step>...)"
            )
        ready.append((expression, pattern.split))
    return ready


def read(lines: Lines, patterns: Sequence[UserPattern]) -> tuple[list[Column], set[int]]:
    """The curves that the user's patterns find, and the lines they match; the first pattern that fits a line takes it."""
    ready = compiled(patterns)
    if not ready:
        return [], set()
    points: dict[tuple[str, Split | None], list[tuple[int, float, float, float]]] = defaultdict(list)
    taken: set[int] = set()
    for i, line in enumerate(lines.texts):
        matches = ((match, split) for pattern, split in ready if (match := pattern.search(line[:LONGEST])))
        found, split = next(matches, (None, None))
        if found is None:
            continue
        taken.add(i)
        said = {name: value_of(text) for name, text in found.groupdict().items() if text is not None}
        step, epoch = (said.get(name, np.nan) for name in COUNTERS)
        for name in said.keys() - set(COUNTERS):
            points[name, split].append((i, said[name], step, epoch))
    return [_column(*key, rows) for key, rows in sorted(points.items(), key=lambda item: item[1][0])], taken


def _column(name: str, split: Split | None, rows: Sequence[tuple[int, float, float, float]]) -> Column:
    index, values, step, epoch = (np.array(column) for column in zip(*rows, strict=True))
    stage = "step" if np.isfinite(step).any() else "epoch" if np.isfinite(epoch).any() else "bare"
    return Column(Key(name, split or vocabulary.split_of(name), "", stage), index.astype(np.int64), values, step, epoch)
