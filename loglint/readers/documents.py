"""JSON text -> Python values, within bounds: NaN literals, lines, documents that break off.

What the values mean lives in `loglint.readers.json` and `loglint.readers.config`.
"""

from __future__ import annotations

import json
import re
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Floats

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.S)
_CLOSERS = {"[": "]", "{": "}"}
MAX_DEPTH = 64


def loads(text: str | bytes) -> Any:
    """The value of a JSON text, NaN and Infinity accepted; None when it is none (or is nested too deep)."""
    import msgspec

    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


class Lines(msgspec.Struct, frozen=True):
    """Lines of JSON text: the objects and their 1-based lines, the lines that hold none, and whether the last breaks off."""

    records: list[dict[str, Any]]
    numbers: list[int]
    bad: list[int]
    cut: int | None = None


def lines(data: bytes) -> Lines:
    """The objects in lines of JSON text, in order; blank lines are passed over."""
    import msgspec

    decoder = msgspec.json.Decoder()
    size = data.count(b"\n") + (not data.endswith(b"\n"))
    try:
        records = decoder.decode_lines(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _one_by_one(data)
    if len(records) == size and set(map(type, records)) == {dict}:
        return Lines(records, list(range(1, size + 1)), [])
    return _one_by_one(data)


def number_lines(data: bytes) -> dict[str, Floats] | None:
    """The columns, float64[lines], of lines that all hold a record of the same names and of numbers only; None for any others."""
    import msgspec

    first = loads(data.partition(b"\n")[0])
    if not isinstance(first, dict) or not first or any(type(one) not in (int, float) for one in first.values()):
        return None
    fields = {f"field_{k}": name for k, name in enumerate(first)}
    record = msgspec.defstruct("Record", [(field, float) for field in fields], rename=fields, forbid_unknown_fields=True, gc=False)
    try:
        records = msgspec.json.Decoder(record).decode_lines(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if len(records) != data.count(b"\n") + (not data.endswith(b"\n")):
        return None
    return {name: np.fromiter(map(attrgetter(field), records), np.float64, len(records)) for field, name in fields.items()}


def is_batches(data: bytes) -> bool:
    """Whether the first line is a list of objects and another list follows: ClearML's offline `metrics.jsonl`."""
    first, _, rest = data.lstrip().partition(b"\n")
    if not first.lstrip().startswith(b"[{") or not rest.lstrip().startswith(b"[{"):
        return False
    return isinstance(loads(first), list)


def batches(data: bytes) -> Lines:
    """The objects in lines that each hold a list of them, in order; line numbers are those of the lists."""
    found = Lines([], [], [])
    rows = data.split(b"\n")
    for number, row in enumerate(rows, 1):
        value = loads(row) if row.strip() else []
        if not isinstance(value, list):
            if number == len(rows):
                return replace(found, cut=number)
            found.bad.append(number)
            continue
        objects = [one for one in value if isinstance(one, dict)]
        found.records.extend(objects)
        found.numbers.extend([number] * len(objects))
    return found


def _one_by_one(data: bytes) -> Lines:
    import msgspec

    decode = msgspec.json.Decoder().decode
    found = Lines([], [], [])
    parts = data.split(b"\n")
    for number, line in enumerate(parts, 1):
        if not line or line.isspace():
            continue
        try:
            value = decode(line)
        except (msgspec.DecodeError, ValueError, RecursionError):
            value = loads(line)
        if isinstance(value, dict):
            found.records.append(value)
            found.numbers.append(number)
        elif value is None and number == len(parts):
            return replace(found, cut=number)
        else:
            found.bad.append(number)
    return found


def repaired(text: str) -> Any:
    """The value of a document that breaks off: cut at the last comma that ends a whole value, and closed; None if hopeless."""
    stack: list[str] = []
    cut, closers = 0, ""
    end = 0
    for match in _TOKEN.finditer(text):
        if '"' in text[end : match.start()]:  # a string that never ends
            break
        piece = match.group()
        end = match.end()
        if piece in _CLOSERS:
            stack.append(_CLOSERS[piece])
            if len(stack) > MAX_DEPTH:
                return None
        elif piece in ("]", "}"):
            if not stack or stack.pop() != piece:
                return None
            cut, closers = end, "".join(reversed(stack))
        elif piece == ",":
            cut, closers = match.start(), "".join(reversed(stack))
    return loads(text[:cut] + closers) if cut else None
