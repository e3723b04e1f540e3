"""One Event message: which values it holds and where their bytes lie. Decodes nothing but varints and names.

Field numbers are those of event.proto, summary.proto and tensor.proto in the tensorboard package. What this module does not
take (`UnusualError`) may still be a valid message: the protocol buffers of that package are asked then.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from loglint.readers.protobuf import BYTES, FIXED32, FIXED64, VARINT, UnusualError, fields, varint

What = Literal["scalar", "histogram", "tensor", "skipped"]

# DataType -> struct and NumPy code of an element of `tensor_content`
CONTENT = {1: "f", 2: "d", 3: "i", 4: "B", 5: "h", 6: "b", 9: "q", 10: "?", 17: "H", 19: "e", 22: "I", 23: "Q"}
# field of TensorProto -> codes of a packed element; "v" is a varint, "e" a varint that holds a half float's bits
PACKED = {5: "f", 6: "d", 7: "v", 10: "v", 11: "v", 16: "v", 17: "v"}
HALF, DOUBLE, STRING, BFLOAT = 19, 2, 7, 14


class Place(msgspec.Struct, frozen=True):
    """`width` bytes from `at`: an element with a struct code, a varint ("v"), or a half float inside a varint ("w")."""

    at: int
    width: int
    code: str


class Value(msgspec.Struct, frozen=True):
    """One value of a summary; `start` and `end` enclose its message, `scalar` is set when `what` says so."""

    tag: str
    what: What
    start: int
    end: int
    plugin: str | None = None
    scalar: Place | None = None


class EventPlaces(msgspec.Struct, frozen=True):
    """An Event: places of wall time and step (None: left out, so zero), values, and the restart marker of a session."""

    wall: Place | None
    step: Place | None
    values: tuple[Value, ...]
    session_start: bool = False


def parse(data: bytes, start: int, end: int) -> EventPlaces:
    """Take the Event in data[start:end] apart; places count from the beginning of `data`. Raises `UnusualError`."""
    wall = step = None
    values: tuple[Value, ...] = ()
    session_start = False
    seen: set[int] = set()
    for number, kind, a, b in fields(data, start, end):
        if number in seen:
            raise UnusualError("field twice")
        seen.add(number)
        if (number, kind) == (1, FIXED64):
            wall = Place(a, 8, "d")
        elif (number, kind) == (2, VARINT):
            step = Place(a, b - a, "v")
        elif (number, kind) == (5, BYTES):
            values = tuple(_value(data, *span) for n, k, *span in fields(data, a, b) if (n, k) == (1, BYTES))
        elif (number, kind) == (7, BYTES):
            session_start = any(n == 1 and data[c:d] == b"\x01" for n, _, c, d in fields(data, a, b))
        elif number in (1, 2, 5, 7):
            raise UnusualError("wire type does not fit the field")
    return EventPlaces(wall, step, values, session_start)


def _value(data: bytes, start: int, end: int) -> Value:
    parts: dict[int, tuple[int, int, int]] = {}
    for number, kind, a, b in fields(data, start, end):
        if number in parts:
            raise UnusualError("field twice")
        parts[number] = (kind, a, b)
    tag = _text(data, parts[1]) if 1 in parts else ""
    plugin, is_scalar = _metadata(data, parts[9]) if 9 in parts else (None, False)
    if 2 in parts:
        if parts[2][0] != FIXED32:
            raise UnusualError("simple_value is no float")
        return Value(tag, "scalar", start, end, plugin, Place(parts[2][1], 4, "f"))
    if 5 in parts:
        return Value(tag, "histogram", start, end, plugin)
    if 8 not in parts:
        return Value(tag, "skipped", start, end, plugin)
    scalar = _scalar(data, parts[8][1], parts[8][2]) if plugin in (None, "scalars") or is_scalar else None
    return Value(tag, "scalar" if scalar else "tensor", start, end, plugin, scalar)


def _text(data: bytes, part: tuple[int, int, int]) -> str:
    kind, start, end = part
    if kind != BYTES:
        raise UnusualError("text of another wire type")
    return data[start:end].decode("utf-8", "replace")


def _metadata(data: bytes, part: tuple[int, int, int]) -> tuple[str | None, bool]:
    """Plugin name, and whether the data class is DATA_CLASS_SCALAR."""
    plugin, is_scalar = None, False
    for number, kind, start, end in fields(data, part[1], part[2]):
        if (number, kind) == (1, BYTES):
            for inner, inner_kind, a, b in fields(data, start, end):
                if inner == 1:
                    plugin = _text(data, (inner_kind, a, b))
        elif (number, kind) == (4, VARINT):
            is_scalar = varint(data, start, end)[0] == 1
    return plugin, is_scalar


def _scalar(data: bytes, start: int, end: int) -> Place | None:
    """Where the only number of a TensorProto lies; None when it is no single number."""
    kind_of_data = 0
    found: Place | None = None
    for number, kind, a, b in fields(data, start, end):
        if number == 1:
            kind_of_data = varint(data, a, b)[0]
        elif number == 2:
            if _elements(data, a, b) != 1:
                return None
        elif number == 4 or number in PACKED or number == 13:
            if found is not None:
                raise UnusualError("two contents")
            if kind != BYTES:
                raise UnusualError("not packed")
            code = CONTENT.get(kind_of_data) if number == 4 else PACKED.get(number, "w")
            found = _single(data, a, b, code)
            if found is None:
                return None
        elif number not in (3,):
            return None
    if kind_of_data not in CONTENT or (found is not None and found.code == "w" and kind_of_data != HALF):
        return None
    if found is None:
        raise UnusualError("a tensor without content")
    return found


def _single(data: bytes, start: int, end: int, code: str | None) -> Place | None:
    widths = {"f": 4, "d": 8, "i": 4, "B": 1, "h": 2, "b": 1, "q": 8, "?": 1, "H": 2, "e": 2, "I": 4, "Q": 8}
    if code is None:
        return None
    if code in "vw":
        return Place(start, end - start, code) if start < end and varint(data, start, end)[1] == end else None
    return Place(start, end - start, code) if end - start == widths[code] else None


def _elements(data: bytes, start: int, end: int) -> int:
    """Number of elements of a TensorShapeProto."""
    count = 1
    for number, kind, a, b in fields(data, start, end):
        if (number, kind) != (2, BYTES):
            raise UnusualError("unknown rank")
        size = 0
        for inner, _, c, d in fields(data, a, b):
            if inner == 1:
                size = varint(data, c, d)[0]
        count *= size
    return count
