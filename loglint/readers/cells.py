"""One cell of a table -> a number, for all the ways in which training scripts print one."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import cache

BLANK = frozenset({"", "-", "--", "none", "null", "n/a", "na", "#n/a", "<na>", "[]", "{}", "?"})
_WORDS = {
    "nan": math.nan,
    "+nan": math.nan,
    "-nan": math.nan,
    "-nan(ind)": math.nan,
    "1.#ind": math.nan,
    "-1.#ind": math.nan,
    "1.#qnan": math.nan,
    "-1.#qnan": math.nan,
    "1.#inf": math.inf,
    "-1.#inf": -math.inf,
}
_WRAPPED = re.compile(
    r"(?:<?tf\.)?tensor\(\s*([^\s,()\[\]]+)\s*[,)].*|\[+\s*([^\s,\[\]]+)\s*\]+|np\.float\d+\(([^()]+)\)|([^\s%]+)\s*%", re.I | re.S
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.I | re.A)
_COUNTER = re.compile(r"\[?\s*(?:epoch|step|iter(?:ation)?)?[ _:-]*(\d+)\s*(?:/\s*\d+)?\s*\]?", re.I | re.A)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.A)
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.A)


def number(text: str, comma: bool = False) -> float | None:
    """The number in a cell, NaN and infinities included; None for a blank or for words.

    `comma`: the table writes a decimal comma. `85.3%` is 85.3, `tensor(0.25, device='cuda:0')` and `[0.25]` are 0.25.
    """
    cell = text.strip()
    if _NUMBER.fullmatch(cell):
        return float(cell)
    if comma and _COMMA.fullmatch(cell):
        return float(cell.replace(",", "."))
    lower = cell.lower()
    if lower in _WORDS:
        return _WORDS[lower]
    if _GROUPED.fullmatch(cell):
        return float(cell.replace(",", ""))
    wrapped = _WRAPPED.fullmatch(cell)
    inner = next((group for group in wrapped.groups() if group is not None), "") if wrapped else ""
    return number(inner, comma) if inner and inner != cell else None


def is_blank(text: str) -> bool:
    """Whether a cell holds nothing to plot: no point, as told from a NaN. A list of several numbers is none either."""
    cell = text.strip()
    return cell.lower() in BLANK or (cell.startswith("[") and cell.endswith("]") and "," in cell)


def counter(text: str) -> float | None:
    """The count in a cell of an axis: 48 for `48/299`, `[48/299]`, `Epoch 48` or `48`."""
    match = _COUNTER.fullmatch(text.strip())
    return float(match.group(1)) if match else number(text)


@cache
def _midnight() -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC)


def moment(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 or `YYYY-MM-DD_HH-MM-SS` time stamp (UTC where it names no zone), else None."""
    cell = text.strip()
    if len(cell) < 10 or not cell[:4].isdigit():
        return None
    cell = cell.replace("/", "-").replace(",", ".")
    if len(cell) >= 19 and cell[10] == "_":
        cell = f"{cell[:10]}T{cell[11:].replace('-', ':')}"
    try:
        when = datetime.fromisoformat(cell)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return (when - _midnight()).total_seconds()
