"""The wire format of protocol buffers: varints and fields of a message, without a schema.

What the fields mean is known to the reader that asks.
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class UnusualError(ValueError):
    """The bytes are no message this module takes."""


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The varint at `at` and the offset behind it."""
    value = shift = 0
    while at < end and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise UnusualError("varint without an end")


def fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(field number, wire type, start, end) of each field of the message in data[at:end]."""
    while at < end:
        key = data[at]
        if key < 0x80:
            at += 1
        else:
            key, at = varint(data, at, end)
        kind = key & 7
        if kind == BYTES:
            length = data[at] if at < end else 0x80
            if length < 0x80:
                start = at + 1
            else:
                length, start = varint(data, at, end)
            following = start + length
        elif kind == VARINT:
            start = at
            following = varint(data, at, end)[1]
        elif kind in (FIXED64, FIXED32):
            start = at
            following = at + (8 if kind == FIXED64 else 4)
        else:
            raise UnusualError(f"wire type {kind}")
        if following > end or key < 8:
            raise UnusualError("field beyond the end of its message")
        yield key >> 3, kind, start, following
        at = following


def inner(data: bytes, start: int, end: int, wanted: int) -> tuple[int, int] | None:
    """Start and end of the first length-delimited field with this number in data[start:end]."""
    for number, kind, first, last in fields(data, start, end):
        if (number, kind) == (wanted, BYTES):
            return first, last
    return None
