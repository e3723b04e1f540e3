"""Curves of a text -> `Series`: named so that kinds of lines stay apart; with the records, times and lines of their points."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from loglint.model import Floats, Granularity, Ints, Series
from loglint.readers.text import prefix
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.lines import Lines
from loglint.readers.text.shapes import IDS, by_shape

MOST_SERIES = 400
_ROUNDED = re.compile(r"(?<![\d.])0\.(0{2,})(?![\d.eE])")


def assemble(found: Sequence[Column], lines: Lines, path: str, seconds: bool = True) -> tuple[Series, ...]:
    """Curves with names that keep kinds of lines apart, in order of appearance."""
    joined = sorted(found, key=lambda c: int(c.index[0]))[:MOST_SERIES]
    names = _names([column.key for column in joined], [len(column.index) for column in joined])
    held = np.zeros(len(lines.texts), dtype=bool)
    for column in joined:
        held[column.index] = True
    times = np.full(len(held), np.nan)
    if seconds:
        times[held] = _times(np.flatnonzero(held), lines)
    seq = np.cumsum(held) - 1
    placed: dict[int, _Placed] = {}  # by the identity of the lines
    for column in joined:
        if id(column.index) not in placed:
            placed[id(column.index)] = _Placed.of(column.index, seq, times, lines)
    return tuple(_series(column, name, placed[id(column.index)], lines, path) for column, name in zip(joined, names, strict=True))


class _Placed(msgspec.Struct, frozen=True):
    """Where the records of some lines lie: their numbers, times and physical lines, as `Series` has them."""

    seq: Ints
    time: Floats | None
    line: Ints

    @classmethod
    def of(cls, index: Ints, seq: Ints, times: Floats, lines: Lines) -> _Placed:
        """Those of lines `index`; `seq` and `times` are those of every line."""
        time = times[index]
        return cls(seq[index].astype(np.int64, copy=False), time if np.isfinite(time).any() else None, lines.numbers[index])


def _names(keys: Sequence[Key], lengths: Sequence[int]) -> list[str]:
    """Names as logged; where one name stands in several kinds of lines, all but the main one get their kind before it."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        by_name[key.name.lower()].append(i)
    names = [key.name for key in keys]
    for members in by_name.values():
        if len(members) == 1:
            continue
        main = max(members, key=lambda i: (keys[i].split in (None, "train"), keys[i].label == "", lengths[i]))
        for i in members:
            key = keys[i]
            kind = key.label or (key.split if key.split != keys[main].split else "") or key.stage
            if i != main or key.label:
                names[i] = f"{kind}: {key.name}"
    used: Counter[str] = Counter()
    for i, name in enumerate(names):
        used[name] += 1
        if used[name] > 1:
            names[i] = f"{name} [{keys[i].stage}]" if keys[i].stage not in name else f"{name} ({used[name]})"
    return names


def _times(index: Ints, lines: Lines) -> Floats:
    """Seconds of the time stamps before the messages, NaN without; a clock without a date goes on past midnight."""
    times = np.full(len(index), np.nan)
    stamped: dict[int, bool] = {}
    for shape, at in by_shape(lines.shapes.code[index]):
        line, key = lines.texts[int(index[at[0]])], int(lines.kind[shape])
        if key not in stamped:
            stamped[key] = prefix.seconds_of(line[: prefix.end_of(line)]) is not None
        if stamped[key]:
            for part in np.split(at, len(at)) if IDS in lines.shapes.forms[shape] else [at]:
                times[part] = prefix.all_seconds(lines.texts.take(index[part]), lines.layouts(index[part]))
    days = np.concatenate([[0], np.cumsum(np.diff(times) < -43200)]) if len(times) else times
    return np.where(times < 86400, times + 86400.0 * days, times)


def _series(column: Column, name: str, placed: _Placed, lines: Lines, path: str) -> Series:
    granularity: Granularity | None = {"epoch": "epoch", "step": "step", "step of total": "step"}.get(column.key.stage)  # type: ignore[assignment]
    return Series(
        name=name,
        values=column.values,
        seq=placed.seq,
        step=column.step if np.isfinite(column.step).any() else None,
        epoch=column.epoch if np.isfinite(column.epoch).any() else None,
        time=placed.time,
        line=placed.line,
        stated=column.stated,
        split=column.key.split,
        granularity=granularity,
        path=path,
        resolution=None if column.values.all() else _resolution(lines.texts[int(column.index[np.argmin(np.abs(column.values))])]),
    )


def _resolution(line: str) -> float | None:
    """The unit of the last digit of the coarsest `0.0000` in a line; a lone `0.0` is how a true zero is printed."""
    printed = [len(digits) for digits in _ROUNDED.findall(line)]
    return 10.0 ** -min(printed) if printed else None
