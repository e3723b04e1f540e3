"""Where a record stands in training: counters that begin again each epoch made one axis, counters of other lines carried on.

Works on whole columns; what the numbers mean was settled by `grammar`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Bools, Floats, Ints
from loglint.readers.text.sentence import Kind
from loglint.readers.text.template import Batch

_BLOCK = 12  # lines that one record may take


def in_order(index: Ints) -> Ints | slice:
    """What puts lines in order, those of one number as they come: nothing has to be moved where they are."""
    return np.argsort(index, kind="stable") if (index[1:] < index[:-1]).any() else slice(None)


class Marks(msgspec.Struct, frozen=True):
    """Counters in order of appearance: `values[i]` is what the line `index[i]` says."""

    index: Ints
    values: Floats

    def at(self, index: Ints) -> Floats:
        """The last value said at or before each line; NaN before the first."""
        if not len(self.index):
            return np.full(len(index), np.nan)
        place = np.searchsorted(self.index, index, side="right") - 1
        said = np.where(place >= 0, self.values[np.maximum(place, 0)], np.nan)
        return self._after(index) if self._leads(index, place) else said

    def _after(self, index: Ints) -> Floats:
        """The value said next after each line; NaN after the last."""
        place = np.searchsorted(self.index, index, side="right")
        return np.where(place < len(self.index), self.values[np.minimum(place, len(self.index) - 1)], np.nan)

    def _leads(self, index: Ints, place: Ints) -> bool:
        """Whether these lines stand before the counter of their record: close ahead of one each time, first and last too."""
        if place[0] >= 0 or len(index) < 2:
            return False
        following = np.searchsorted(self.index, index, side="right")
        gaps = self.index[np.minimum(following, len(self.index) - 1)] - index
        return bool(
            (following < len(self.index)).all()
            and (gaps > 0).all()
            and (gaps <= _BLOCK).all()
            and len(np.unique(following)) == len(index)
        )


NO_MARKS = Marks(np.zeros(0, dtype=np.int64), np.zeros(0))


def marks(pairs: Sequence[tuple[Ints, Floats]]) -> Marks:
    """All that lines say of one counter, in order."""
    if not pairs:
        return NO_MARKS
    index = np.concatenate([pair[0] for pair in pairs])
    values = np.concatenate([pair[1] for pair in pairs])
    order = in_order(index)
    index, values = index[order], values[order]
    keep = np.isfinite(values)
    return Marks(index, values) if keep.all() else Marks(index[keep], values[keep])


def epoch_marks(batches: Sequence[Batch]) -> Marks:
    """The epochs that lines name, with or without values of their own."""
    found = [(batch.index, column) for batch in batches if (column := batch.column("epoch")) is not None]
    return marks(found)


class Clock(msgspec.Struct, frozen=True):
    """Counters of all lines of one kind: `step` and `total` as printed, `epoch` own or carried."""

    index: Ints
    step: Floats
    total: Floats
    epoch: Floats


def clock_key(batch: Batch) -> tuple[str, bool, bool, str | None]:
    """Batches whose step counters are one counter."""
    fields = batch.sentence.fields
    name = next(field.name.lower() for field in fields if field.kind == "step")
    return name, any(field.kind == "steps" for field in fields), any(field.kind == "epoch" for field in fields), _split(batch)


def turned(batches: Sequence[Batch]) -> list[Batch]:
    """The batches with `Batch 3/400`, where the second number goes on and the first stays, read as epoch and step."""
    counting = [batch for batch in batches if batch.column("step") is not None and batch.column("epoch") is None]
    kinds: dict[tuple[str, bool, bool, str | None], list[Batch]] = defaultdict(list)
    for batch in counting:
        if batch.column("steps") is not None and not batch.sentence.bar:
            kinds[clock_key(batch)].append(batch)
    outer = {id(batch) for members in kinds.values() if _is_outer(members) for batch in members}
    return [_relabelled(batch) if id(batch) in outer else batch for batch in batches]


def _is_outer(members: Sequence[Batch]) -> bool:
    first, second = (np.concatenate([_of(batch, kind) for batch in members]) for kind in ("step", "steps"))
    return len(np.unique(second)) > max(2, 2 * len(np.unique(first)))


def _of(batch: Batch, kind: str) -> Floats:
    column = batch.column(kind)
    return np.zeros(0) if column is None else column


def _relabelled(batch: Batch) -> Batch:
    kinds: dict[str, Kind] = {"step": "epoch", "steps": "step"}
    fields = tuple(replace(field, kind=kinds.get(field.kind, field.kind)) for field in batch.sentence.fields)
    return replace(batch, sentence=replace(batch.sentence, fields=fields))


def _split(batch: Batch) -> str | None:
    split = next(field.split for field in batch.sentence.fields if field.kind == "step")
    return split if split in ("val", "test") else None


def clock(batches: Sequence[Batch], epochs: Marks) -> Clock:
    """The rows of several batches of one clock, in order of lines."""
    index = np.concatenate([batch.index for batch in batches])
    order = in_order(index)

    def joined(*kinds: str) -> Floats:
        parts = [column if (column := batch.column(*kinds)) is not None else np.full(len(batch.index), np.nan) for batch in batches]
        return np.concatenate(parts)[order]

    index = index[order]
    own = joined("epoch")
    carried = epochs.at(index)
    return Clock(index, joined("step"), joined("steps"), np.where(np.isfinite(own), own, carried))


def global_steps(c: Clock) -> Floats:
    """One axis that goes on from epoch to epoch, where the counter begins again with each; else the counter as printed."""
    if len(c.step) == 0:
        return c.step
    if np.isfinite(c.epoch).mean() < 0.9:
        return _unwrapped(c)
    turned = np.diff(c.epoch) > 0
    fell = np.diff(c.step) <= 0
    if turned.any() and fell[turned].mean() < 0.5:
        return c.step
    if not turned.any() and not np.isfinite(c.total).any():
        return c.step
    length = _length(c)
    if length is None:
        return c.step
    base = 1.0 if np.nanmin(c.epoch) >= 1 else 0.0
    whole = np.floor(c.epoch)
    return np.where(np.isfinite(whole), (whole - base) * length + c.step, np.nan)


def _length(c: Clock) -> float | None:
    """Steps per epoch: the total printed, else the largest counter seen plus one interval."""
    totals = c.total[np.isfinite(c.total)]
    if len(totals):
        return float(max(np.max(totals), np.nanmax(c.step)))
    gaps = np.diff(c.step)
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return float(np.nanmax(c.step)) + 1.0
    return float(np.nanmax(c.step) + np.median(gaps))


def _unwrapped(c: Clock) -> Floats:
    """A counter `a/b` without any epoch: each return from near b to near 0 is one more turn."""
    if not np.isfinite(c.total).all() or len(c.step) < 3:
        return c.step
    interval = np.median(np.abs(np.diff(c.step)))
    back = np.diff(c.step) < 0
    near_end = c.step[:-1] >= c.total[:-1] - 2 * interval
    near_start = c.step[1:] <= 2 * interval
    turns = back & near_end & near_start
    if not turns.any() or (back & ~turns).any():
        return c.step
    return c.step + np.concatenate([[0], np.cumsum(turns)]) * np.max(c.total)


def repeats(step: Floats, epoch: Floats) -> Bools:
    """Rows whose counter the next row repeats (a bar drawn again): all but the last of each repetition."""
    if len(step) < 2:
        return np.zeros(len(step), dtype=bool)
    same = (np.diff(step) == 0) & ((np.diff(epoch) == 0) | ~np.isfinite(np.diff(epoch)))
    return np.concatenate([same, [False]])
