"""JSON text -> Python values, within bounds: NaN literals, lines, documents that break off.

What the values mean lives in `loglint.readers.json` and `loglint.readers.config`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

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


def lines(data: bytes) -> Iterator[tuple[int, Any, bool]]:
    """(line number, value, whole) of each line of JSON text that is not blank; value None where a line is no JSON.

    `whole` is False for the last line when no line end follows it.
    """
    import msgspec

    decode = msgspec.json.Decoder().decode
    parts = data.split(b"\n")
    for number, line in enumerate(parts, 1):
        if not line or line.isspace():
            continue
        try:
            value = decode(line)
        except (msgspec.DecodeError, ValueError, RecursionError):
            value = loads(line)
        yield number, value, number < len(parts)


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
