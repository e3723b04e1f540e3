"""The named numbers of one line, and what is known on the way to them, reading from left to right."""

from __future__ import annotations

from typing import Literal

import msgspec

from loglint.model import Split
from loglint.readers.text import words as vocabulary

Kind = Literal["value", "average", "epoch", "epochs", "step", "steps", "percent"]


class Field(msgspec.Struct, frozen=True):
    """One number of a line: what it is called, where it stands, and what it does."""

    kind: Kind
    name: str
    start: int
    end: int
    split: Split | None = None
    label: str = ""
    explicit: bool = False  # a colon or equals sign stands before it


class Sentence(msgspec.Struct, frozen=True):
    """The named numbers of one line, and how much of the line is not explained by them."""

    fields: tuple[Field, ...]
    split: Split | None
    free: int  # words that neither name nor head a number
    bar: bool  # a progress bar stands in the line
    ended: bool  # the bar is full, or says how long it took
    running: bool  # the bar says how long it still takes


NOTHING = Sentence((), None, 0, False, False, False)


class Reader(msgspec.Struct):
    """The state of reading one line from left to right."""

    text: str
    fields: list[Field] = msgspec.field(default_factory=list)
    words: list[str] = msgspec.field(default_factory=list)
    sep: str = ""
    split: Split | None = None
    label: str = ""
    free: int = 0
    closed: bool = False
    best: bool = False
    kept: bool = False  # `best metric, ...`: the whole line tells a record
    valued: bool = False
    free_before: int = 0  # free words before the last number that was taken
    outer: str = ""  # the heading before the present one
    brace: int = -1  # where a dictionary begins
    subject: str = ""  # what a counter parts from its value: `Total reward in episode 7 is 3.5`
    owner: str = ""  # the quantity that a dictionary's entries are parts of: `Losses {'ner': 1.2}`

    def flush(self, heading: bool = False) -> None:
        """Words that no number follows: a heading when a colon stands behind them, else free text."""
        if self.words:
            said = " ".join(self.words)
            split = vocabulary.split_of(said) if len(self.words) <= 8 else None
            if self.valued and len(self.words) <= 4 and not heading:
                self.label = self.outer  # `model: resnet`: the text that a heading had for its value
            elif heading and len(self.words) <= 6:
                self.outer, self.label = self.label, said
                self.split = split or self.split
                self.best = vocabulary.is_best(said)
            else:
                if split and not self.fields_since_split():
                    self.split = split
                    self.label = said if len(self.words) <= 5 and not vocabulary.is_split_only(said) else ""
                self.kept = self.kept or (not self.fields and len(self.words) <= 3 and vocabulary.is_best(said))
                self.free += 0 if split and len(self.words) <= 4 else len(self.words)
        self.valued = heading
        self.words = []
        self.sep = ""
        self.closed = False

    def fields_since_split(self) -> bool:
        """Whether a value was read already under the present split."""
        return self.split is not None and any(f.kind == "value" for f in self.fields)
