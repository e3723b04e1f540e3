"""What stands before the message of a line: time stamps, levels, logger names, ranks, pods. Told by form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, partial

import numpy as np

from loglint.model import Floats
from loglint.readers.text.digits import MANY, Digits, Layouts, Place, Runs, runs_before
from loglint.readers.text.texts import Texts

_DATE = r"(?P<date>(?:19|20)\d\d[-/.]\d\d[-/.]\d\d|\d\d/\d\d/(?:20)?\d\d(?=\W)|\d\d[/.]\d\d(?=[ T]))"
_CLOCK = r"(?P<clock>\d\d:\d\d:\d\d(?:[.,]\d+)?)"
_STAMP = rf"(?:{_DATE}(?:[ T_:-]|, ?| - )+{_CLOCK}|{_CLOCK.replace('clock', 'clock2')})(?:Z|[+-]\d\d:?\d\d| UTC|:)?"
_LEVEL = (
    r"(?:DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL|TRACE|SUCCESS|Debug|Info|Warning|Error|info|debug|warning|error|LOG)"
)
_PARTS = (
    rf"[IWEF](?:\d{{4}}|\d{{8}}) {_CLOCK.replace('clock', 'clock3')}\s++\d++ [\w./+-]++:\d++\]",  # glog
    rf"\[{_STAMP}(?:[ :,|-][^\[\]=]{{0,80}})?\](?:\s*:)?",  # [stamp logger]:
    rf"{_STAMP}(?=[\s|\]>,;:-]|$)",
    rf"\[(?:{_LEVEL}|[IWED])(?:[:|,][^\[\]=]{{0,60}})?\](?:\s*:)?",
    rf":(?={_LEVEL}:)",
    rf"{_LEVEL}:(?:[\w.]++:)?(?!\d)",
    rf"{_LEVEL}(?=\s*[-|\]>])\s*",
    r"(?:INFO|WARNING|ERROR|DEBUG|WARN)(?=\s)",
    r"(?:LOG|VLOG\[\d\]|WARNING|ERROR) \([^()]*(?:\([^()]*\)[^()]*)*\)",  # Kaldi
    r"\[(?:default|LightGBM|Info|Warning|catboost|XGBoost|tune|trainer|logging|main|root)\](?!:\d)",
    r"\[?[Rr]ank:? ?(?P<rank>\d++)\]?:?(?=\s|\[)",
    r"\[(?P<rank2>\d++),\d++\]<std(?:out|err)>:",  # mpirun
    r"\[\d++,mpirank:(?P<rank3>\d++),[\w.-]++\]<std(?:out|err)>:",
    r"(?<=\] )\((?P<rank4>\d++)/\d++\)(?=\s)",  # icefall
    r"\((?:[\w.-]++ )?pid=\d++(?:, ip=[\d.]++)?\)",  # Ray
    r"(?:worker|node|ps|chief|master)[-_]?\d++\s*[:|](?=\s)",
    r"(?:stdout|stderr) [FP](?=\s)",
    r"[\w.-]{1,60}  *\| (?=\d{4}-)",  # docker compose
    r"\[?[\w./\\-]{1,120}?\.(?:py|cpp|cc|cu|lua|h)(?::\d++\[\d++\]|\[line:\d++\]|:\d++|, line \d++|\(\d++\)| : line \d++)[:\])]?",
    r"[A-Za-z_][\w.]{1,60}(?=\s+(?:[-|—–])?\s*(?:INFO|WARNING|DEBUG|ERROR)\b)",
    r"Node\[\d+\](?=\s)",
    r"(?:__main__|root|tensorflow|absl|mmdet|mmcls|mmseg|mmengine|mmaction|allennlp[\w.]*|lightning[\w.]*|d2\.[\w.]*|[a-z_]\w*(?:\.\w+)+)(?=\s+[-|]\s|\s+INFO)",
    r"\d{10}(?:\.\d+)?(?=\s+(?:INFO|WARNING))",
    r"\d{1,7}(?=\s+(?:INFO|WARNING|DEBUG)\b)",
    r"\(\w+(?:\.py)?[: ]\d+\)(?=:?\s+(?:INFO|DEBUG|WARNING|ERROR)\b):?",
    r"\[[\w.-]+\](?=\s+\d{4}-\d\d-\d\d)",
    r"(?:[-|:>~]{1,4}|[—–])(?=\s)",
    r"\s++",
)


def _unnamed(part: str) -> str:
    """The same pattern without group names, for use inside a repetition."""
    return re.sub(r"\(\?P<\w+>", "(?:", part)


_PREFIX = re.compile("(?>" + "|".join(_unnamed(part) for part in _PARTS) + ")*")
_TIME = re.compile(rf"(?:{_DATE}(?:[ T_:-]|, ?| - )+)?{_CLOCK}")
_GLOG = re.compile(rf"[IWEF](?:20\d\d)?(\d\d)(\d\d) {_CLOCK}")
_RANK = re.compile(r"\[?[Rr]ank:? ?(\d+)\]?:?\s|\[(\d+),\d+\]<std(?:out|err)>:|mpirank:(\d+),|(?<=\] )\((\d+)/\d+\)\s")
_DIGITS = re.compile(r"\d+")
STAMP = 80  # characters in which a line's time stamp stands
_ROWS = 4096  # time stamps read at a time


def end_of(line: str) -> int:
    """Where the message begins."""
    found = _PREFIX.match(line)
    return found.end() if found else 0


def shape_of(prefix: str) -> str:
    """The form of a prefix, by which two handlers that print the same message are told apart."""
    return _DIGITS.sub("0", prefix).strip()


def rank_of(prefix: str) -> int | None:
    """The rank of the process that wrote the line, where the prefix tells it."""
    found = _RANK.search(prefix)
    return int(next(filter(None, found.groups()))) if found else None


def seconds_of(prefix: str) -> float | None:
    """The time stamp of a prefix in seconds: since 1970 when it has a date, else since midnight; None without one."""
    found = _GLOG.match(prefix) or _TIME.search(prefix)
    return _day(found) * 86400.0 + _clock(found["clock"]) if found else None


def _day(found: re.Match[str]) -> int:
    """Days since 1970 of a time stamp, 0 when it has no date."""
    if found.re is _GLOG:
        return _days(f"{found[1]}/{found[2]}")
    return _days(found["date"]) if found["date"] else 0


def all_seconds(texts: Texts, layouts: Layouts | None = None) -> Floats:
    """`seconds_of` the first `STAMP` characters of many lines of one shape: float64[lines], NaN without a time stamp."""
    known = layouts.texts.heads(STAMP) if layouts else None
    if layouts is None or known is None or known.raw is not texts.raw:  # letters of several bytes
        layouts, known = None, None
    heads = texts.cut(STAMP) if layouts else texts.heads(STAMP)
    leading: dict[int, Runs | None] = {}

    def digits(part: slice, count: int) -> Digits | None:
        if known is None:
            runs = Runs.leading(heads[part], count)
        else:
            runs = leading[count] = leading[count] if count in leading else Runs.leading(known, count)
        return Digits(heads.raw, heads.start[part], runs, layouts.code[part] if layouts else None) if runs else None

    parts = [slice(low, low + _ROWS) for low in range(0, len(texts), _ROWS)]
    return np.concatenate([_seconds(heads[part], partial(digits, part)) for part in parts]) if parts else np.zeros(0)


def _seconds(texts: Texts, digits_of: Callable[[int], Digits | None]) -> Floats:
    """The same of so many lines as are worked on at a time, of which the digits of the first few runs are given."""
    found = _GLOG.match(texts[0]) or _TIME.search(texts[0])
    if found is None or len(texts) < MANY or texts[0][found.start("clock") - 1 : found.start("clock")].isdecimal():
        return _one_by_one(texts)
    clock = runs_before(texts[0], found.start("clock"))
    fraction = len(found["clock"]) > len("HH:MM:SS")
    digits = digits_of(clock + 3 + fraction)
    if digits is None or any((digits.size(run) != 2).any() for run in range(clock, clock + 3)):
        return _one_by_one(texts)
    hour, minute = digits.values(Place(clock)), digits.values(Place(clock + 1))
    second = digits.values(Place(clock + 2, fraction=fraction))
    before = np.stack([digits.values(Place(run)) for run in range(clock)]) if clock else np.zeros((0, len(texts)))
    turns = [0, *(np.flatnonzero((before[:, 1:] != before[:, :-1]).any(axis=0)) + 1).tolist()]
    days = np.repeat([_day(one) if (one := found.re.search(texts[i])) else 0 for i in turns], np.diff([*turns, len(texts)]))
    return days * 86400.0 + (hour * 3600.0 + minute * 60.0 + second)


def _one_by_one(texts: Sequence[str]) -> Floats:
    found = [seconds_of(text) for text in texts]
    return np.array([np.nan if one is None else one for one in found], dtype=np.float64)


def _clock(text: str) -> float:
    """`HH:MM:SS.fff` in seconds."""
    return _minute(text[0:5]) + float(text[6:].replace(",", "."))


@lru_cache(maxsize=2048)
def _minute(text: str) -> float:
    """`HH:MM` in seconds."""
    return int(text[0:2]) * 3600.0 + int(text[3:5]) * 60.0


@lru_cache(maxsize=4096)
def _days(text: str) -> int:
    """Days since 1970 of a date; a date without a year is put into 1970, an impossible one is day 0."""
    parts = [int(part) for part in re.split(r"[-/.]", text)]
    try:
        if len(parts) == 2:
            return date(1970, *parts).toordinal() - 719163
        if len(text) == 10:
            return (date(*parts) if parts[0] > 31 else date(parts[2], parts[0], parts[1])).toordinal() - 719163
        return date(2000 + parts[0], parts[1], parts[2]).toordinal() - 719163
    except ValueError:
        return 0
