"""Hyper-parameters that a log prints before or between its records: argument dumps, `key: value` lists, command lines, tables."""

from __future__ import annotations

import re

import numpy as np

from loglint.model import Bools, Ints, Scalar
from loglint.readers.text import prefix
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.shapes import IDS, classify

MOST = 500
_EARLY = 20_000  # lines that are searched
_SHOWN = 3  # lines of a kind that are looked at
_DUMP = re.compile(r"(?:Namespace|[Cc]onfig|Args|Arguments|HParams|hparams|EasyDict|AttrDict)\((.*)$")
_PAIR = re.compile(r"(\w[\w.-]{0,60})\s*=\s*('[^']*'|\"[^\"]*\"|[^,()\[\]{}'\"]+)(?=[,)}]|$)")
_QUOTED_PAIR = re.compile(r"['\"]([A-Za-z_][\w./-]{0,60})['\"]\s*:\s*('[^']*'|\"[^\"]*\"|[-+.\w]+)(?=\s*[,}]|\s*$)")
_LINE = re.compile(
    r"['\"]?([A-Za-z_][\w.-]{0,60}|[A-Za-z][\w-]*(?: [\w()-]+){1,3})['\"]?\s*[:=]\s*('[^']{0,100}'|"
    r"\"[^\"]{0,100}\"|[-+.\w/]{1,60}),?\s*"
)
_CELLS = re.compile(r"\s*[|│]\s*([A-Za-z][^|│]{0,60}?)\s*[|│]\s*([^|│\s]{1,60})\s*[|│]\s*")
_OPTION = re.compile(r"(?:^|\s)--([A-Za-z][\w.-]{0,60})(?:=|\s+)([^\s-][^\s]{0,80}|-?\d[^\s]*)")
_TEXTS = re.compile(
    r"(?i)optim|sched|model|arch|data|loss|policy|precision|dtype|activation|solver|type|net|task|criterion|mode|algo|env|kernel|name"
)
_SECRET = re.compile(r"(?i)token|secret|passw|api_?key|credential|host|user|mail|addr|url|port|path|dir|file")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_CANDIDATE = re.compile(r"[:=(|]|--")
_FORM = re.compile(b"[" + b"".join(map(re.escape, sorted({form[:1] for form in classify(b":\n=\n(\n|\n--").forms}))) + b"]")
_EDGES = ("|", "│")
_NO_SETTING = re.compile(
    r"(?i)^(?:epoch|iter|iteration|step|batch|loss|acc|accuracy|eta|time|error|warning|info|note|line|file|test|train|val)\b"
)


def read(lines: Lines, used: Bools) -> dict[str, Scalar]:
    """Scalars by name, the first mention of each; records and lines of curves (`used`) are left alone."""
    found: dict[str, Scalar] = {}
    seen: dict[int, int] = {}
    candidates = _candidates(lines, used)
    for i, key in zip(candidates.tolist(), lines.kind[lines.shapes.code[candidates]].tolist(), strict=True):
        if len(found) >= MOST:
            break
        several = seen.get(key, 0) >= _SHOWN and IDS not in lines.shapes.forms[int(lines.shapes.code[i])]
        if several or not _CANDIDATE.search(lines.texts[i][:LONGEST]):
            continue
        seen[key] = seen.get(key, 0) + 1
        for name, text in _pairs(lines.texts[i][:LONGEST]):
            if name not in found and len(found) < MOST and not _SECRET.search(name) and (value := scalar(text, name)) is not None:
                found[name] = value
    return found


def _candidates(lines: Lines, used: Bools) -> Ints:
    """The early lines that are no records and whose form may hold a setting."""
    index = np.flatnonzero(~used[:_EARLY])
    shapes, among = np.unique(lines.shapes.code[index], return_inverse=True)
    may = np.array([_FORM.search(lines.shapes.forms[shape]) is not None for shape in shapes.tolist()], dtype=bool)
    found: Ints = index[may[among]]
    return found


def _pairs(line: str) -> list[tuple[str, str]]:
    message = line[prefix.end_of(line) :]
    dump = _DUMP.search(message) if "(" in message else None
    if dump:
        return _PAIR.findall(dump[1])
    if "{" in message and (quoted := _QUOTED_PAIR.findall(message)):
        return quoted
    if message.count(" --") >= 2:
        return _OPTION.findall(message)
    cells = _CELLS.fullmatch(line) if line.lstrip()[:1] in _EDGES else None
    if cells:
        return [(cells[1], cells[2])]
    one = _LINE.fullmatch(message.strip())
    return [(one[1], one[2])] if one and not _NO_SETTING.match(one[1]) else []


def scalar(text: str, name: str) -> Scalar:
    """A number, a truth value, or the text of a setting that has a word for its value; None for anything else."""
    bare = text.strip().strip("'\"")
    if _NUMBER.fullmatch(bare):
        return float(bare) if any(mark in bare for mark in ".eE") else int(bare[:18])
    if bare in ("True", "true", "False", "false"):
        return bare.lower() == "true"
    return bare[:100] if bare and bare not in ("None", "null") and _TEXTS.search(name) else None
