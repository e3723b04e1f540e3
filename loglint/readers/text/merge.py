"""Batches made fewer: one per layout, no echoes of a second log handler or process, one rank of a distributed job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
from msgspec.structs import replace

from loglint.model import Bools
from loglint.readers.text import words as vocabulary
from loglint.readers.text.axes import in_order
from loglint.readers.text.lines import Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.template import Batch

_BEST_HEADING = sought(rb"best ?iteration ?(?:is)?:?$")
_NEAR = 3  # lines between a message and its echo
_ECHOED = 0.6  # share of rows that must be echoes for the rest to be taken for ones
_DOUBLED = 0.5  # share of counters at which a record must stand twice for its repetitions to be taken for echoes


def layout(batch: Batch) -> tuple[Hashable, ...]:
    """What batches of one kind of line have in common."""
    fields = tuple((f.kind, f.name, f.label, f.split, f.explicit) for f in batch.sentence.fields)
    return (*fields, batch.sentence.bar, batch.sentence.running)


def unite(batches: Sequence[Batch]) -> list[Batch]:
    """Batches of the same layout and prefix joined, rows in order of lines."""
    kinds: dict[Hashable, list[Batch]] = defaultdict(list)
    for batch in batches:
        kinds[(layout(batch), batch.prefix, batch.rank)].append(batch)
    return [_joined(members) for members in kinds.values()]


def _joined(members: Sequence[Batch]) -> Batch:
    if len(members) == 1:
        return members[0]
    index = np.concatenate([batch.index for batch in members])
    order = in_order(index)
    columns = tuple(np.concatenate([batch.columns[k] for batch in members])[order] for k in range(len(members[0].sentence.fields)))
    sentence = min((batch.sentence for batch in members), key=lambda s: s.free)
    return replace(members[0], sentence=sentence, index=index[order], columns=columns)


def without_echoes(batches: Sequence[Batch]) -> list[Batch]:
    """Drop lines that say again, behind another prefix, what a line just said: two handlers of one logger."""
    kinds: dict[Hashable, list[int]] = defaultdict(list)
    for i, batch in enumerate(batches):
        kinds[layout(batch)].append(i)
    kept = list(batches)
    for members in kinds.values():
        members.sort(key=lambda i: -len(batches[i].index))
        for position, i in enumerate(members):
            for j in members[:position]:
                echo = _echo(kept[j], kept[i])
                if echo.any() and echo.mean() >= _ECHOED:
                    kept[i] = _rows(kept[i], ~echo)
    return [batch for batch in kept if len(batch.index)]


def without_doubles(batches: Sequence[Batch]) -> list[Batch]:
    """Drop records that stand twice, counter and all, a few lines apart: one logger with two handlers, several processes."""
    kept = [_rows(batch, ~_double(batch)) if _counts(batch) else batch for batch in batches]
    return [batch for batch in kept if len(batch.index)]


def _counts(batch: Batch) -> bool:
    fields = batch.sentence.fields
    named = any(f.kind == "step" and f.name for f in fields)
    return named and not batch.sentence.bar and any(f.kind == "value" and vocabulary.strength(f.name) == "strong" for f in fields)


def _double(batch: Batch) -> Bools:
    """Rows that repeat counters, losses and metrics of one of the few rows before them; none unless that is the rule."""
    n = len(batch.index)
    double = np.zeros(n, dtype=bool)
    pairs = zip(batch.sentence.fields, batch.columns, strict=True)
    told = [column for field, column in pairs if field.kind != "value" or vocabulary.strength(field.name) == "strong"]
    for back in range(1, min(_NEAR, n - 1) + 1):
        same = batch.index[back:] - batch.index[:-back] <= _NEAR + 2 * back
        for column in told:
            if not same.any():
                break
            same &= (column[back:] == column[:-back]) | (np.isnan(column[back:]) & np.isnan(column[:-back]))
        double[back:] |= same
    repeated = int(double.sum())
    single = n - repeated
    return double if repeated >= max(2, _DOUBLED * single) or repeated == single else np.zeros(n, dtype=bool)


def _echo(first: Batch, second: Batch) -> Bools:
    """Rows of `second` whose numbers stand in a row of `first` a few lines away."""
    if first.prefix == second.prefix or not first.columns or not len(first.index):
        return np.zeros(len(second.index), dtype=bool)
    place = np.clip(np.searchsorted(first.index, second.index), 1, max(1, len(first.index) - 1))
    echo = np.zeros(len(second.index), dtype=bool)
    for shift in (-1, 0):
        at = np.clip(place + shift, 0, len(first.index) - 1)
        near = np.abs(first.index[at] - second.index) <= _NEAR
        same = np.ones(len(second.index), dtype=bool)
        for a, b in zip(first.columns, second.columns, strict=True):
            same &= (a[at] == b) | (np.isnan(a[at]) & np.isnan(b))
        echo |= near & same
    return echo


def _rows(batch: Batch, keep: Bools) -> Batch:
    if keep.all():
        return batch
    return replace(batch, index=batch.index[keep], columns=tuple(column[keep] for column in batch.columns))


def without_best(batches: Sequence[Batch], lines: Lines) -> list[Batch]:
    """Drop a record that is printed again under `Best iteration:`."""
    said = {i + 1 for i in lines.mentioning(_BEST_HEADING)}
    if not said:
        return list(batches)
    kept = [_rows(batch, ~np.isin(batch.index, list(said))) for batch in batches]
    return [batch for batch in kept if len(batch.index)]


def lead_rank(batches: Sequence[Batch]) -> list[Batch]:
    """Of the processes that log the same metrics, the one of the lowest rank."""
    ranks = {batch.rank for batch in batches if batch.rank is not None and _measures(batch)}
    if len(ranks) < 2:
        return list(batches)
    lead = min(ranks)
    return [batch for batch in batches if batch.rank is None or batch.rank == lead]


def _measures(batch: Batch) -> bool:
    return any(f.kind == "value" and vocabulary.strength(f.name) == "strong" for f in batch.sentence.fields)
