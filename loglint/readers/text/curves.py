"""Batches of records -> curves: rows of one quantity gathered, placed on the axes, kinds of lines kept apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Bools, Floats, Ints, Split
from loglint.readers.text import axes, bars
from loglint.readers.text import words as vocabulary
from loglint.readers.text.axes import Marks
from loglint.readers.text.lines import Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.sentence import Field
from loglint.readers.text.template import Batch

FEW = 3  # records below which a bare number in front (`[30053]`, `412 |`) is no counter of a training
NEAR = 20  # lines before the first record in which its heading may stand
_HEADING = re.compile(
    rb"[^A-Za-z]*(?:(?:[a-z.]+|INFO|root)[^A-Za-z]+){0,6}(?:Training|Validating|Validation|Evaluating|Evaluation|Testing|TRAIN|VALID|TEST|TRAINING|VALIDATION)"
    rb"(?:set|results?|loop)?[^A-Za-z]*"
)
_SPLIT = sought(rb"train|valid|eval|test")
_SETTING = re.compile(rb"\s*[a-z_]+: *[A-Za-z]+\s*")  # `phase: TEST` in a network's definition announces nothing
_QUOTES = re.compile(r"(?:^| )[-+]?\d+\.\d{3}")  # a value within a name: `improved to 0.98765`
_NEVER = frozenset({"eta", "total", "remaining", "line", "size", "v_num", "seed", "cuda", "rank", "pid", "it"})


class Key(msgspec.Struct, frozen=True):
    """What tells one curve from another in a text."""

    name: str
    split: Split | None
    label: str
    stage: str  # "step of total", "step", "epoch" or "bare": which counters its lines carry


class Column(msgspec.Struct, frozen=True):
    """Rows of one curve: line, value, and the counters where the line has them (NaN where not)."""

    key: Key
    index: Ints
    values: Floats
    step: Floats
    epoch: Floats
    free: int = 0  # words of the line that name nothing
    bar: bool = False
    clear: bool = True  # the value stands behind a colon or equals sign, or in company
    stated: Bools | None = None  # points said in words
    signed: bool = False  # a colon or equals sign stands before the value

    def insert(self, place: int, line: int, step: float) -> Column:
        """This curve with a NaN at `place` that the log states in words on line `line`; at the step before if none is said."""
        if not np.isfinite(step) and place:
            step = float(self.step[place - 1])
        epoch = float(self.epoch[place - 1]) if place else np.nan
        stated = np.zeros(len(self.index), dtype=bool) if self.stated is None else self.stated
        return replace(
            self,
            index=np.insert(self.index, place, line),
            values=np.insert(self.values, place, np.nan),
            step=np.insert(self.step, place, step),
            epoch=np.insert(self.epoch, place, epoch),
            stated=np.insert(stated, place, True),
        )


def columns(batches: Sequence[Batch]) -> list[Column]:
    """All curves of all batches with their axes."""
    batches = axes.turned(batches)
    epochs = axes.epoch_marks(batches)
    batches = bars.settle(bars.without_stale(batches), epochs)
    clocks: dict[tuple[str, bool, bool, str | None], list[Batch]] = defaultdict(list)
    for batch in batches:
        if batch.column("step") is not None:
            clocks[axes.clock_key(batch)].append(batch)
    resolved: dict[int, Floats] = {}
    passed: list[tuple[Ints, Floats]] = []
    for key, members in clocks.items():
        measuring = [b for b in members if not b.sentence.bar or any(is_strong(f) for f in b.sentence.fields if f.kind == "value")]
        members = measuring or members  # bars that measure nothing count other loops
        c = axes.clock(members, epochs)
        steps = axes.global_steps(c)
        if key[3] is not None and len(np.unique(c.step)) == 1 and (np.isfinite(c.epoch).all() or len(c.step) > 1):
            continue  # how many batches the validation had: no place in training
        for batch in members:
            resolved[id(batch)] = steps if np.array_equal(c.index, batch.index) else steps[np.searchsorted(c.index, batch.index)]
        if key[3] is None:
            passed.append((c.index, steps))
    steps_seen = axes.marks(passed)
    found: list[Column] = []
    kinds = _kinds(batches)
    closing = _closing(batches)
    for batch in batches:
        kind = kinds[value_names(batch)]
        own = resolved.get(id(batch))
        made = _columns_of(batch, kind, own if own is not None else steps_seen.at(batch.index), epochs)
        found += [replace(one, key=replace(one.key, stage="epoch")) for one in made] if id(batch) in closing else made
    return found


def _closing(batches: Sequence[Batch]) -> set[int]:
    """Batches, by identity, of records that close each epoch with the means of what others, with steps of their own, told in it.

    They are printed in another way (`loss 2.5` for `loss=2.5`); a record that is only cut off, or holds a NaN, is not.
    """
    stepped = [
        (batch, {(f.name, f.split, f.explicit) for f in batch.sentence.fields if f.kind == "value"}, epoch)
        for batch in batches
        if (epoch := batch.column("epoch")) is not None and batch.column("step") is not None and not batch.sentence.bar
    ]
    return {
        id(batch)
        for batch, names, epoch in stepped
        for other, others, during in stepped
        if 2 * len({(n, s, not signed) for n, s, signed in names} & others) >= max(4, len(others))
        and _closes(batch, epoch, other, during)
    }


def _closes(batch: Batch, epoch: Floats, other: Batch, during: Floats) -> bool:
    """Whether each record stands behind those that the other kind has of its epoch, and alone against several of them."""
    if len(np.unique(epoch)) < len(epoch):
        return False
    within = [other.index[during == one] for one in epoch.tolist()]
    told = [index for index in within if len(index)]
    behind = all(not len(index) or index[-1] < at for index, at in zip(within, batch.index.tolist(), strict=True))
    return behind and 2 * len(told) >= len(within) and max(map(len, told), default=0) >= 2


class RecordKind(msgspec.Struct, frozen=True):
    """What is known of all records that hold the same values: how many there are, and which counters the best of them carry."""

    rows: int
    stage: str


def value_names(batch: Batch) -> frozenset[tuple[str, str]]:
    """The values of a record by name and heading, averages apart."""
    return frozenset((field.name, field.label) for field in batch.sentence.fields if field.kind == "value")


def _kinds(batches: Sequence[Batch]) -> dict[frozenset[tuple[str, str]], RecordKind]:
    """Records with the same values are one kind, with a bar before them or not."""
    members: dict[frozenset[tuple[str, str]], list[Batch]] = defaultdict(list)
    for batch in batches:
        members[value_names(batch)].append(batch)
    order = ("step of total", "step", "epoch", "bare")
    return {
        names: RecordKind(sum(len(batch.index) for batch in group), min((_stage(batch) for batch in group), key=order.index))
        for names, group in members.items()
    }


def _columns_of(batch: Batch, kind: RecordKind, step: Floats, epochs: Marks) -> list[Column]:
    own = batch.column("epoch")
    epoch = epochs.at(batch.index) if own is None else own
    stage = kind.stage if _stage(batch) == "bare" else _stage(batch)
    strong = any(field.kind == "value" and is_strong(field) for field in batch.sentence.fields)
    clear = sum(field.kind == "value" for field in batch.sentence.fields) > 1
    counted = kind.rows >= FEW or any(f.kind in ("steps", "epoch") or (f.kind == "step" and f.name) for f in batch.sentence.fields)
    found = []
    seen: Counter[tuple[str, Split | None, str]] = Counter()
    nothing = _of_nothing(batch)
    for field, values in zip(batch.sentence.fields, batch.columns, strict=True):
        if field.kind not in ("value", "average") or not _wanted(field, strong, _stage(batch), kind.rows, batch.sentence.bar):
            continue
        if vocabulary.strength(field.name) == "none" and not (values != np.floor(values)).any():
            continue  # whole numbers under an unknown name count or identify something
        place = (field.name, field.split, _label(field))
        seen[place] += 1
        name = field.name if seen[place] == 1 else f"{field.name} ({seen[place]})"
        column = Column(
            Key(name, field.split, place[2], stage),
            batch.index,
            values,
            step,
            epoch,
            batch.sentence.free,
            batch.sentence.bar,
            counted and (clear or field.explicit),
            signed=field.explicit,
        )
        averaged = ~(nothing & np.isnan(values))
        found.append(column if averaged.all() else _take(column, averaged))
    return [column for column in found if len(column.index)]


def _of_nothing(batch: Batch) -> Bools:
    """The records that say they are averages over nothing: Darknet's `Avg IOU: -nan, ..., count: 0` is no sick value."""
    counts = [column for field, column in zip(batch.sentence.fields, batch.columns, strict=True) if field.name.lower() == "count"]
    return counts[-1] == 0 if counts else np.zeros(len(batch.index), dtype=bool)


def is_strong(field: Field) -> bool:
    """Whether a value is a loss or a metric by its name, and no record kept."""
    return vocabulary.strength(field.name) == "strong" and not vocabulary.is_best(field.name)


def _wanted(field: Field, strong: bool, stage: str, rows: int, bar: bool) -> bool:
    """Whether a value belongs into a curve: a metric does, its company only beside a metric or a counter."""
    name = field.name
    low = name.lower()
    if (
        vocabulary.is_best(name)
        or len(name.split(" ")) > (7 if field.explicit else 5)
        or vocabulary.counter_of(name)
        or low in _NEVER
        or _QUOTES.search(name)
    ):
        return False
    strength = vocabulary.strength(name)
    if strength == "strong":
        return True
    if field.kind == "average" or vocabulary.is_setting(name):
        return False
    if strength == "weak":
        return strong or (stage != "bare" and not bar) or (rows > 1 and vocabulary.is_rate(name))
    return strong and stage != "bare" and rows > 1 and field.explicit


def _label(field: Field) -> str:
    """The heading of a value, where it says more than a logger's name would."""
    label = field.label
    return "" if "/" in label or label.upper() in ("INFO", "LOG") else label


def _stage(batch: Batch) -> str:
    fields = batch.sentence.fields
    if any(field.kind == "step" for field in fields):
        return "step of total" if any(field.kind == "steps" and field.name for field in fields) else "step"
    return "epoch" if any(field.kind == "epoch" for field in fields) else "bare"


def under_headings(found: Sequence[Column], lines: Lines) -> list[Column]:
    """Columns without a split, parted by the headings (`Training`, `Validating`) that the text alternates between."""
    if not found:
        return []
    headings = lines.mentioning(_SPLIT, lambda kind: _is_heading(lines.keys[kind]))
    first = min((int(column.index[0]) for column in found if len(column.index)), default=0) - NEAR
    places = [i for i in headings if i >= first and vocabulary.split_of(lines.texts[i])]
    said = [vocabulary.split_of(lines.texts[i]) for i in places]
    if "train" not in said or len(set(said)) < 2:
        return list(found)  # only tests are announced: what stands between them is training
    index = np.array(places, dtype=np.int64)
    parted: list[Column] = []
    for column in found:
        at = np.searchsorted(index, column.index) - 1
        if column.key.split is not None or column.key.label or at.min() < 0:
            parted.append(column)
            continue
        splits = np.array([said[k] for k in at.tolist()])
        parted += [
            _take(replace(column, key=replace(column.key, split=split)), splits == split)
            for split in dict.fromkeys(splits.tolist())
        ]
    return parted


def _is_heading(key: bytes) -> bool:
    return _HEADING.fullmatch(key) is not None and not _SETTING.fullmatch(key)


def merge(found: Sequence[Column]) -> list[Column]:
    """One column per curve, redrawn progress bars taken out."""
    merged: dict[Key, list[Column]] = defaultdict(list)
    for column in found:
        merged[column.key].append(column)
    joined = [_join(key, members) for key, members in merged.items()]
    return _bars([column for column in joined if len(column.index)])


def _join(key: Key, members: Sequence[Column]) -> Column:
    """The rows of several columns of one curve, in order of lines."""
    if len(members) == 1 and isinstance(axes.in_order(members[0].index), slice):
        return replace(members[0], stated=None)
    index = np.concatenate([column.index for column in members])
    order = axes.in_order(index)
    return Column(
        key,
        index[order],
        np.concatenate([column.values for column in members])[order],
        np.concatenate([column.step for column in members])[order],
        np.concatenate([column.epoch for column in members])[order],
        min(column.free for column in members),
        any(column.bar for column in members),
        any(column.clear for column in members),
        signed=all(column.signed for column in members),
    )


def _bars(found: list[Column]) -> list[Column]:
    """Redrawn progress bars: the last drawing of each counter, and for Keras the finished bar of each epoch."""
    return [_redrawn(column) if column.bar and column.key.stage != "bare" else column for column in found]


def _redrawn(column: Column) -> Column:
    drop = axes.repeats(column.step, column.epoch)
    return column if not drop.any() else _take(column, ~drop)


def _take(column: Column, keep: Bools) -> Column:
    return replace(column, index=column.index[keep], values=column.values[keep], step=column.step[keep], epoch=column.epoch[keep])
