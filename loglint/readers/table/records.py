"""Records with named fields, column by column: what readers make of bytes before anything is known of the columns' meaning."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np

from loglint.model import Bools, Floats, Ints


class Column(msgspec.Struct, frozen=True):
    """The cells of one column that hold something: `rows` (ascending record ordinals) and as many `values`."""

    rows: Ints
    values: Floats


class Texts(msgspec.Struct, frozen=True):
    """The cells of one column that hold words: record ordinals and as many strings."""

    rows: Ints
    values: tuple[str, ...]


class Table(msgspec.Struct, frozen=True):
    """Records 0..size-1 with named fields, in order of arrival; `lines` are 1-based, one per record, where there are lines."""

    size: int
    numbers: Mapping[str, Column]
    texts: Mapping[str, Texts] = msgspec.field(default_factory=dict)
    lines: Ints | None = None

    def keep(self, chosen: Bools) -> Table:
        """The records for which `chosen` (bool[size]) is true, under their old ordinals."""
        numbers = {}
        for name, column in self.numbers.items():
            mask = chosen[column.rows]
            if mask.any():
                numbers[name] = Column(column.rows[mask], column.values[mask])
        texts = {}
        for name, cells in self.texts.items():
            pairs = [(row, value) for row, value in zip(cells.rows.tolist(), cells.values, strict=True) if chosen[row]]
            if pairs:
                texts[name] = Texts(np.array([row for row, _ in pairs], dtype=np.int64), tuple(value for _, value in pairs))
        return Table(self.size, numbers, texts, self.lines)

    def columns(self, names: list[str], rename: Mapping[str, str]) -> Table:
        """Some of the columns, under new names where `rename` has one."""
        numbers = {rename.get(name, name): self.numbers[name] for name in names if name in self.numbers}
        texts = {rename.get(name, name): self.texts[name] for name in names if name in self.texts}
        return Table(self.size, numbers, texts, self.lines)
