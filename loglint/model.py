"""What was measured: points, curves, histograms, and the runs they belong to.

Frozen records only. What was *found* lives in `loglint.report`, how bytes become records in `loglint.readers`,
how records become runs in `loglint.runs`, and what a curve means in `loglint.roles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Axis = Literal["step", "epoch", "time", "seq"]
AXES: tuple[Axis, ...] = ("step", "epoch", "time", "seq")
Split = Literal["train", "val", "test"]
Direction = Literal["down", "up", "none"]
Granularity = Literal["step", "epoch"]
Scalar = str | int | float | bool | None
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ProblemKind = Literal[
    "unreadable",  # the file could not be read at all: LOG001
    "refused",  # never opened on purpose (pickle, over a size limit): LOG001
    "truncated",  # everything before a cut was read: LOG002
    "checksum",  # bytes damaged: LOG005
    "bad_row",  # a row or line that was not taken
    "disagreement",  # two sources of one run contradict each other
    "prefix",  # an earlier copy of the same curve was dropped
    "not_a_log",  # no training quantity in it: LOG006
    "useless_ignore",  # an ignore of the configuration that is expired or matches nothing: LOG009
    "expectation",  # what the user expects of a run and the run does not reach: EXP001
]
EventKind = Literal[
    "traceback",
    "out_of_memory",
    "killed",
    "communication",
    "assertion",
    "overflow",
    "non_finite",
    "interrupted",
    "restart",
    "resume",
]


class Problem(msgspec.Struct, frozen=True):
    """Something about a file that a reader met and worked around; shown in every report."""

    kind: ProblemKind
    path: str
    message: str
    line: int | None = None


class Event(msgspec.Struct, frozen=True):
    """Something a log says beside its numbers: a traceback, a restart, a skipped step.

    `seq` is the record of the same source that the event follows (-1: before the first).
    """

    kind: EventKind
    message: str
    path: str
    line: int | None = None
    seq: int = -1


class Source(msgspec.Struct, frozen=True):
    """One file that was read: `format` is the reader's name, `framework` what wrote it, where that shows."""

    path: str
    format: str
    framework: str | None = None


class Role(msgspec.Struct, frozen=True):
    """What a curve is: quantity, component, split, dataset, direction, and which knowledge said so."""

    quantity: str = "unknown"
    component: str | None = None
    split: Split | None = None
    dataset: str | None = None
    direction: Direction = "none"
    why: str = "no pattern knows this name"

    @property
    def name(self) -> str:
        """`quantity` or `quantity.component`, as rules and reports write it."""
        return self.quantity if self.component is None else f"{self.quantity}.{self.component}"

    @property
    def place(self) -> str:
        """`split/role`, the key that rules, baselines and fingerprints use."""
        return f"{self.split or '-'}/{self.name}"


class Series(msgspec.Struct, frozen=True):
    """One curve, every point in order of arrival, NaN and duplicates kept.

    Arrays share one length n. `values` (float64) is in the unit logged. `seq` is the ordinal of the record (row, line,
    event) in its source, shared by the series of one source, so that series without a common axis still align.
    `step`, `epoch`, `time` (seconds) and `line` (1-based) are None where the log has none, NaN (line: 0) where one
    point lacks it. `stated` marks points that the log says in words ("loss is NaN") and does not print as a number.
    `attempt` numbers the attempt of each point; `superseded` marks points that a resume wrote again.
    """

    name: str
    values: Floats
    seq: Ints
    step: Floats | None = None
    epoch: Floats | None = None
    time: Floats | None = None
    line: Ints | None = None
    stated: Bools | None = None
    attempt: Ints | None = None
    superseded: Bools | None = None
    split: Split | None = None  # what the format itself says (a `train/` folder, a `Test net` line); roles may refine it
    granularity: Granularity | None = None
    path: str = ""
    role: Role = Role()
    also: tuple[str, ...] = ()  # "path: name" of equal copies of this curve
    resolution: float | None = None  # the unit of the last digit printed, where a log prints `0.0000` for what may be less

    def __len__(self) -> int:
        return len(self.values)

    def axis(self, name: Axis) -> Floats | None:
        """The points' positions on one axis, float64[n], or None where the log has no such axis."""
        if name == "seq":
            return self.seq.astype(np.float64)
        values: Floats | None = getattr(self, name)
        return values

    @property
    def best_axis(self) -> Axis:
        """The first of step, epoch, time, seq on which at least half of the points are placed."""
        for name in AXES:
            places = self.axis(name)
            if places is not None and len(places) and 2 * np.count_nonzero(np.isfinite(places)) >= len(places):
                return name
        return "seq"


class Histograms(msgspec.Struct, frozen=True):
    """The histograms of one tag over training, in order of arrival.

    Record i has bucket edges `edges[i]` (float64[k_i + 1]) and counts `counts[i]` (float64[k_i]).
    """

    name: str
    step: Floats
    edges: tuple[Floats, ...]
    counts: tuple[Floats, ...]
    path: str = ""


class Reading(msgspec.Struct, frozen=True):
    """What one reader took from one file (or from one run inside a file that holds several).

    `folder` is where the run lives ("" means the file's own folder), `group` names the run inside the file,
    `config` holds hyper-parameters, `summary` final values (facts, never curves), `started` the wall time of the first
    record where the format tells it (orders several files of one run).
    """

    source: Source
    series: tuple[Series, ...] = ()
    histograms: tuple[Histograms, ...] = ()
    config: Mapping[str, Scalar] = msgspec.field(default_factory=dict)
    summary: Mapping[str, float] = msgspec.field(default_factory=dict)
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    folder: str = ""
    group: str = ""
    started: float | None = None
    unread: tuple[tuple[int, str], ...] = ()  # (line, text) that held numbers and were not understood, bounded


class Attempt(msgspec.Struct, frozen=True):
    """A stretch of a run in which steps go forward; `reason` says why it was told from the one before."""

    index: int
    reason: str


class Run(msgspec.Struct, frozen=True):
    """One training: its curves with roles, its configuration, and what its files said besides."""

    id: str
    key: str
    sources: tuple[Source, ...] = ()
    series: tuple[Series, ...] = ()
    histograms: tuple[Histograms, ...] = ()
    config: Mapping[str, Scalar] = msgspec.field(default_factory=dict)
    summary: Mapping[str, float] = msgspec.field(default_factory=dict)
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    attempts: tuple[Attempt, ...] = (Attempt(0, "start"),)
    traits: frozenset[str] = frozenset()  # "adversarial", "reinforcement", "boosting", ...: how its losses may behave
    unread: tuple[tuple[str, int, str], ...] = ()  # (path, line, text)
