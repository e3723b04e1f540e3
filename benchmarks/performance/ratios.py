"""What must hold of loglint's time beside that of another reader of the same file in the same run, and of judging beside reading.

The least of the rounds is compared: what else the machine does can only add to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from benchmarks.document import table

RUN = "loglint run"  # reads and judges: twice the time of reading is judging in no more than that
OURS, PANDAS, PATTERN, ACCUMULATOR = "loglint read", "pandas.read_csv", "one regular expression", "EventAccumulator"


class Bound(NamedTuple):
    """The most that loglint may take of what a reader takes: user seconds, or seconds where most is the system's."""

    input: str
    reader: str
    most: float
    of: Literal["user", "seconds"] = "user"
    ours: str = OURS


BOUNDS = (
    Bound("event file", ACCUMULATOR, 1 / 80),
    Bound("event file", "data server", 1 / 4),
    Bound("event file", "read and checksum", 8, "seconds"),
    Bound("event file", OURS, 2, ours=RUN),
    Bound("event file, one series", OURS, 2, ours=RUN),
    Bound("event folders", ACCUMULATOR, 1 / 20),
    Bound("CSV", PANDAS, 1.5),
    Bound("CSV, sparse", PANDAS, 1.65),
    Bound("CSV, wide", PANDAS, 1.75),
    Bound("text", PATTERN, 0.85),
    Bound("text, several kinds", PATTERN, 1.05),
    Bound("text, bars", PATTERN, 0.9),
    Bound("text, stamped", PATTERN, 1.35),
    Bound("text, long lines", PATTERN, 0.95),
)


@dataclass
class Times:
    """What one contender did on one input, a value for each round."""

    seconds: list[float] = field(default_factory=list)
    user: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    points: int = 0
    failure: str = ""


def measured(results: Mapping[str, Mapping[str, Times]]) -> Iterator[tuple[Bound, float]]:
    """The bounds of the inputs that were measured, and the ratios; NaN where a reader failed."""
    for bound in BOUNDS:
        if bound.input in results:
            ours, theirs = (getattr(results[bound.input][name], bound.of) for name in (bound.ours, bound.reader))
            yield bound, min(ours) / min(theirs) if ours and theirs else float("nan")


def broken(results: Mapping[str, Mapping[str, Times]]) -> list[str]:
    """The bounds that do not hold, in words."""
    return [
        f"{bound.input}: {bound.ours} over {bound.reader}, {_words(bound)}: {ratio:.3g}, at most {bound.most:.3g}"
        for bound, ratio in measured(results)
        if not ratio <= bound.most
    ]


def tell(results: Mapping[str, Mapping[str, Times]]) -> str:
    """The table of the bounds."""
    rows = [(b.input, b.ours, b.reader, _words(b), f"{ratio:.3g}", f"at most {b.most:.3g}") for b, ratio in measured(results)]
    return f"### loglint over readers\n\n{table(('input', 'loglint', 'reader', 'of', 'ratio', 'bound'), rows)}"


def _words(bound: Bound) -> str:
    return "user seconds" if bound.of == "user" else "seconds"
