"""What must hold of loglint's processor time beside that of another reader of the same file in the same run.

The least of the rounds is compared: what else the machine does can only add to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks.document import table

OURS, PANDAS, PATTERN = "loglint read", "pandas.read_csv", "one regular expression"
AT_MOST: Mapping[str, tuple[str, float]] = {  # user seconds of `loglint read` in those of another reader
    "CSV": (PANDAS, 1.6),
    "CSV, sparse": (PANDAS, 2.0),
    "CSV, wide": (PANDAS, 3.0),
    "text": (PATTERN, 1.3),
    "text, several kinds": (PATTERN, 1.5),
    "text, bars": (PATTERN, 1.5),
    "text, stamped": (PATTERN, 1.9),
    "text, long lines": (PATTERN, 1.5),
}


@dataclass
class Times:
    """What one contender did on one input, a value for each round."""

    seconds: list[float] = field(default_factory=list)
    user: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    points: int = 0
    failure: str = ""


def measured(results: Mapping[str, Mapping[str, Times]]) -> Iterator[tuple[str, str, float, float]]:
    """(input, reader, ratio, bound) of what was measured; a reader that failed has ratio NaN."""
    for name, (other, most) in AT_MOST.items():
        if name in results:
            ours, theirs = results[name][OURS].user, results[name][other].user
            yield name, other, min(ours) / min(theirs) if ours and theirs else float("nan"), most


def broken(results: Mapping[str, Mapping[str, Times]]) -> list[str]:
    """The bounds that do not hold, in words."""
    return [
        f"{name}: {OURS} over {other}, user seconds: {ratio:.3g}, at most {most:g}"
        for name, other, ratio, most in measured(results)
        if not ratio <= most
    ]


def tell(results: Mapping[str, Mapping[str, Times]]) -> str:
    """The table of the bounds."""
    rows = [(name, other, f"{ratio:.3g}", f"at most {most:g}") for name, other, ratio, most in measured(results)]
    return f"### {OURS} over other readers, user seconds\n\n{table(('input', 'reader', 'ratio', 'bound'), rows)}"
