"""Records that stand behind each other on one line, their line ends or carriage returns lost, each made a line of its own.

They are known by their shape: what a line says, numbers left out, is one piece twice in a row, and the piece begins with a
counter or a time stamp.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from loglint.readers.text.mentions import sought

LONGEST = 4000  # bytes of a key that are searched
_TWICE = re.compile(
    rb"(?i)((?:\[?//::|\[::\]|[IWEF]::|progress|epoch|iteration|iter|step|episode|round|batch)(?=[^a-z])[^\n]{10,700}?)\1"
)
OPENING = sought(
    rb"//::|\[::\]|i::|w::|e::|f::|progress|epoch|iteration|iter|step|episode|round|batch"
)  # stands in such keys twice
_STAMP = re.compile(r"\[?(?:(?:19|20)\d\d[-/]\d\d[-/]\d\d[ T]|[IWEF]\d{4} )?\d\d:\d\d:\d\d")
_DROPPED = frozenset("0123456789.+-=># \t\r_")


def is_glued(key: bytes) -> bool:
    """Whether lines of this key hold the same record twice or more."""
    return len(key) >= 24 and _TWICE.search(key[:LONGEST]) is not None


def pieces(line: str, key: bytes) -> list[str]:
    """The records of one line; what stands before the first of them is a piece too."""
    found = _TWICE.search(key[:LONGEST])
    if found is None:
        return [line]
    at, size = found.span(1)[0], len(found[1])
    offsets = [at]
    while key.startswith(found[1], offsets[-1]):
        offsets.append(offsets[-1] + size)
    kept = [i for i, char in enumerate(line) if char not in _DROPPED and char < "\x80"]
    starts = _whole_stamps(line, [kept[offset] for offset in offsets if offset < len(kept)])
    cuts = [0, *(start for start in starts if start > 0), len(line)]
    return [line[a:b] for a, b in pairwise(cuts) if line[a:b].strip()]


def _whole_stamps(line: str, starts: Iterable[int]) -> list[int]:
    """The places moved to the beginning of the time stamp that they lie in."""
    spans = [found.span() for found in _STAMP.finditer(line)]
    return [next((a for a, b in spans if a <= start < b), start) for start in starts]
