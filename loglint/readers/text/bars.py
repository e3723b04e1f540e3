"""Records that a loop over batches prints on its way: Keras bars, which end in the value of the epoch, and validation loops,
whose running means are a value of the epoch only at their end.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Bools, Floats, Ints, Split
from loglint.readers.text import words as vocabulary
from loglint.readers.text.axes import Marks, in_order
from loglint.readers.text.sentence import Field
from loglint.readers.text.template import Batch

_NEAR = 4  # lines between the end of a validation loop and its summary


class Loop(msgspec.Struct, frozen=True):
    """The lines of loops of one sort, in order: counter, end, epoch, and the number of the turn each line belongs to."""

    index: Ints
    step: Floats
    total: Floats
    epoch: Floats
    turn: Ints

    @property
    def last(self) -> Bools:
        """The last line of each turn."""
        return np.concatenate([np.diff(self.turn) > 0, [True]]) if len(self.index) else np.zeros(0, dtype=bool)


def loop(batches: Sequence[Batch], epochs: Marks) -> Loop:
    """The lines of several batches, cut into turns: the counter falls, the end or the epoch changes, a finished bar is followed."""
    index = np.concatenate([batch.index for batch in batches])
    order = in_order(index)
    index = index[order]
    step, total = (np.concatenate([_column(batch, kind) for batch in batches])[order] for kind in ("step", "steps"))
    own = np.concatenate([_column(batch, "epoch") for batch in batches])[order]
    epoch = np.where(np.isfinite(own), own, epochs.at(index))
    changed = (np.diff(step) < 0) | (np.diff(total) != 0) | (np.nan_to_num(np.diff(epoch)) != 0)
    drawing = np.concatenate([np.full(len(batch.index), batch.sentence.running) for batch in batches])[order]
    changed |= (step[:-1] >= total[:-1]) & ~drawing[:-1] & (step[1:] >= total[1:]) & (np.diff(index) > 1)
    return Loop(index, step, total, epoch, np.concatenate([[0], np.cumsum(changed)]).astype(np.int64))


def without_stale(batches: Sequence[Batch]) -> list[Batch]:
    """Drop drawings of a bar at its start (`0/100 [00:00<?, ?it/s, loss=0.5]`) that only show the values of the turn before."""
    if not any(b"?it/s" in batch.key for batch in batches):
        return list(batches)
    kept = [batch if b"?it/s" not in batch.key else _fresh(batch, batches) for batch in batches]
    return [batch for batch in kept if len(batch.index)]


def _fresh(batch: Batch, batches: Sequence[Batch]) -> Batch:
    """The rows of a bar at its start in which some value is new."""
    fresh = np.ones(len(batch.index), dtype=bool)
    named = [(f.name, column) for f, column in zip(batch.sentence.fields, batch.columns, strict=True) if f.kind == "value"]
    for other in batches if named else ():
        columns = {f.name: column for f, column in zip(other.sentence.fields, other.columns, strict=True) if f.kind == "value"}
        if other is batch or not all(name in columns for name, _ in named):
            continue
        place = np.searchsorted(other.index, batch.index) - 1
        same = place >= 0
        for name, column in named:
            same &= columns[name][np.maximum(place, 0)] == column
        fresh &= ~same
    return _only(batch, batch.index[fresh])


def _column(batch: Batch, kind: str) -> Floats:
    found = batch.column(kind)
    return np.full(len(batch.index), np.nan) if found is None else found


def is_keras(batch: Batch) -> bool:
    """Whether a bar opens the line (`12/100 [===>...]`) as Keras draws it, or full counters (`9/9 - 3s - loss: 1`)."""
    fields = batch.sentence.fields
    if len(fields) < 3 or fields[0].kind != "step" or fields[0].name or b"|" in batch.key:
        return False
    if fields[1].kind != "steps" or any(field.kind == "epoch" for field in fields):
        return False
    if not batch.sentence.bar and not (batch.columns[0] == batch.columns[1]).all():
        return False
    return any(field.kind == "value" for field in fields)


def is_validation_loop(batch: Batch) -> bool:
    """Whether a line counts the batches of a validation: `Test: [10/196] Loss 0.5 (0.6)`."""
    counted = [field for field in batch.sentence.fields if field.kind in ("step", "steps")]
    return len(counted) == 2 and counted[0].split in ("val", "test") and vocabulary.counter_of(counted[0].name) != "epoch"


def settle(batches: Sequence[Batch], epochs: Marks) -> list[Batch]:
    """Loops replaced by what they came to; other batches as they are."""
    keras = [batch for batch in batches if is_keras(batch)]
    tests = [batch for batch in batches if is_validation_loop(batch) and not is_keras(batch)]
    special = {id(batch) for batch in (*keras, *tests)}
    rest = [batch for batch in batches if id(batch) not in special]
    settled = _keras(keras, epochs) if keras else []
    if tests:
        rest, ends = _validations(tests, rest, epochs)
        settled += ends
    return [*rest, *settled]


def _keras(bars: Sequence[Batch], epochs: Marks) -> list[Batch]:
    """The finished bar of each epoch, and the bars on the way when no or only one epoch was finished."""
    c = loop(bars, epochs)
    full = c.step >= c.total
    ends = full & np.isin(c.turn, c.turn[full]) & _last_full(c, full)
    ends &= ~_evaluations(c, ends, bars)
    found: list[Batch] = []
    if not ends.any() or (ends.sum() == 1 and (~full).sum() >= 3):
        drawn = ~full if ends.any() else np.concatenate([np.diff(c.step) != 0, [True]])
        found += [_only(batch, c.index[drawn]) for batch in bars]
        if ends.any():
            found = [_renamed(batch, " (running)") for batch in found]
    found += [_at_epoch(_only(batch, c.index[ends]), c) for batch in bars]
    return [batch for batch in found if len(batch.index)]


def _last_full(c: Loop, full: Bools) -> Bools:
    """The last full bar of each turn: Keras draws it once without and once with the validation."""
    keep = np.zeros(len(full), dtype=bool)
    last: dict[int, int] = {}
    for k in np.flatnonzero(full).tolist():
        last[int(c.turn[k])] = k
    keep[list(last.values())] = True
    return keep


def _evaluations(c: Loop, ends: Bools, bars: Sequence[Batch]) -> Bools:
    """Full bars of `evaluate()` after a fit: a second one in its epoch, of another length."""
    first: dict[float, float] = {}
    other = np.zeros(len(ends), dtype=bool)
    for k in np.flatnonzero(ends).tolist():
        epoch = float(c.epoch[k])
        if not np.isfinite(epoch):
            continue
        if epoch in first and first[epoch] != c.total[k]:
            other[k] = True
        first.setdefault(epoch, float(c.total[k]))
    return other


def _only(batch: Batch, index: Ints) -> Batch:
    keep = np.isin(batch.index, index)
    return replace(batch, index=batch.index[keep], columns=tuple(column[keep] for column in batch.columns))


def _renamed(batch: Batch, suffix: str) -> Batch:
    fields = tuple(replace(f, name=f.name + suffix) if f.kind == "value" else f for f in batch.sentence.fields)
    return replace(batch, sentence=replace(batch.sentence, fields=fields))


def _at_epoch(batch: Batch, c: Loop) -> Batch:
    """A record of the epoch: its place in the loop gives way to the epoch that the heading counted."""
    pairs = [
        (f, column)
        for f, column in zip(batch.sentence.fields, batch.columns, strict=True)
        if f.kind not in ("step", "steps", "epoch")
    ]
    epoch = c.epoch[np.searchsorted(c.index, batch.index)]
    fields = (Field("epoch", "epoch", 0, 0), *(f for f, _ in pairs))
    return replace(
        batch,
        sentence=replace(batch.sentence, fields=fields, bar=False, running=False),
        columns=(epoch, *(column for _, column in pairs)),
    )


def _validations(tests: Sequence[Batch], rest: Sequence[Batch], epochs: Marks) -> tuple[list[Batch], list[Batch]]:
    """The last line of each validation loop, running means taken for values; a summary right behind gets its split."""
    c = loop(tests, epochs)
    ends = c.index[c.last]
    split = next(field.split for field in tests[0].sentence.fields if field.kind == "step")
    followed = [_as_summary(batch, c.index, split) for batch in rest]
    known = {
        (f.name.lower(), f.split) for batch in followed for f in batch.sentence.fields if f.kind == "value" and f.split == split
    }
    if not any(_trains(batch) for batch in rest):
        return followed, []
    closed = [_mean(_only(batch, ends), known, split) for batch in tests]
    return followed, [batch for batch in closed if len(batch.index) and batch.sentence.fields]


def _trains(batch: Batch) -> bool:
    """Whether a batch is a record of training: a loss or metric against a counter."""
    measured = any(f.kind == "value" and vocabulary.strength(f.name) == "strong" for f in batch.sentence.fields)
    return measured and any(f.kind in ("step", "epoch") for f in batch.sentence.fields)


def _as_summary(batch: Batch, loops: Ints, split: Split | None) -> Batch:
    """A record without counter and split that always stands right behind a validation loop belongs to it."""
    fields = batch.sentence.fields
    if any(f.kind in ("step", "epoch") or f.split for f in fields) or not len(loops):
        return batch
    place = np.searchsorted(loops, batch.index) - 1
    behind = (place >= 0) & (batch.index - loops[np.maximum(place, 0)] <= _NEAR)
    if behind.mean() < 0.8:
        return batch
    return replace(batch, sentence=replace(batch.sentence, fields=tuple(replace(f, split=split) for f in fields), split=split))


def _mean(batch: Batch, known: set[tuple[str, Split | None]], split: Split | None) -> Batch:
    """The end of a loop: its running means where it has them, its values where not; without counters, and without what is known."""
    averages = {
        f.name.removesuffix(" (avg)"): column
        for f, column in zip(batch.sentence.fields, batch.columns, strict=True)
        if f.kind == "average"
    }
    pairs = [
        (replace(f, split=f.split or split), averages.get(f.name, column))
        for f, column in zip(batch.sentence.fields, batch.columns, strict=True)
        if f.kind == "value" and vocabulary.strength(f.name) == "strong" and (f.name.lower(), f.split or split) not in known
    ]
    own = batch.column("epoch")
    if own is not None:
        pairs.append((Field("epoch", "epoch", 0, 0), own))
    sentence = replace(batch.sentence, fields=tuple(f for f, _ in pairs), bar=False)
    return replace(batch, sentence=sentence, columns=tuple(column for _, column in pairs))
