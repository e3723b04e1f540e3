"""Records of a W&B transaction log -> names and plain values. Field numbers are those of wandb_internal.proto.

Console output, system metrics, files and artifacts are passed over.
"""

from __future__ import annotations

import json
import re
from struct import unpack_from

import msgspec

from loglint.readers.protobuf import BYTES, FIXED64, VARINT, UnusualError, fields, varint

HISTORY, SUMMARY, CONFIG, TELEMETRY, METRIC, RUN, EXIT = 2, 3, 5, 11, 12, 17, 18
LONGEST_VALUE = 1 << 22
NUMBER = re.compile(rb"-?[0-9]+\.[0-9]+")  # most of what is logged
DEEPEST = 16
IMPORTS = {
    9: "lightning",
    106: "lightning",
    11: "transformers",
    4: "fastai",
    2: "keras",
    6: "xgboost",
    8: "lightgbm",
    7: "catboost",
}


class Row(msgspec.Struct, frozen=True):
    """One history record: its step as the writer counts (None: unsaid) and the logged items, decoded from JSON."""

    step: int | None
    items: dict[str, object]


class Contents(msgspec.Struct):
    """All that a transaction log says of its run; `axes` maps a metric's name or its beginning to the name of its axis."""

    rows: list[Row] = msgspec.field(default_factory=list)
    config: dict[str, object] = msgspec.field(default_factory=dict)
    summary: dict[str, object] = msgspec.field(default_factory=dict)
    axes: dict[str, str] = msgspec.field(default_factory=dict)
    imports: set[int] = msgspec.field(default_factory=set)
    exit_code: int | None = None
    resumed_at: int | None = None
    started: float | None = None
    unknown: int = 0


def gather(records: tuple[bytes, ...]) -> Contents:
    """Read all records; those that cannot be read are counted."""
    contents = Contents()
    for record in records:
        try:
            for number, kind, start, end in fields(record, 0, len(record)):
                if kind == BYTES:
                    _take(record, number, start, end, contents)
        except UnusualError:
            contents.unknown += 1
    return contents


def _take(record: bytes, number: int, start: int, end: int, contents: Contents) -> None:
    if number == HISTORY:
        contents.rows.append(_row(record, start, end))
    elif number == SUMMARY:
        _update(record, start, end, contents.summary)
    elif number == CONFIG:
        _update(record, start, end, contents.config)
    elif number == METRIC:
        _axis(record, start, end, contents.axes)
    elif number == TELEMETRY:
        _imports(record, start, end, contents.imports)
    elif number == EXIT:
        codes = [varint(record, a, b)[0] for inner, kind, a, b in fields(record, start, end) if (inner, kind) == (1, VARINT)]
        contents.exit_code = _signed(codes[0]) if codes else 0
    elif number == RUN:
        _run(record, start, end, contents)


def _run(record: bytes, start: int, end: int, contents: Contents) -> None:
    resumed, first_step = False, 0
    for number, kind, a, b in fields(record, start, end):
        if (number, kind) == (4, BYTES):
            _update(record, a, b, contents.config)
        elif (number, kind) == (17, BYTES):
            parts = {inner: varint(record, c, d)[0] for inner, inner_kind, c, d in fields(record, a, b) if inner_kind == VARINT}
            contents.started = parts.get(1, 0) + parts.get(2, 0) / 1e9
        elif (number, kind) == (18, VARINT):
            resumed = varint(record, a, b)[0] != 0
        elif (number, kind) == (14, VARINT):
            first_step = _signed(varint(record, a, b)[0])
    if resumed:
        contents.resumed_at = first_step


def _imports(record: bytes, start: int, end: int, imports: set[int]) -> None:
    for number, kind, a, b in fields(record, start, end):
        if number in (1, 2) and kind == BYTES:
            imports.update(inner for inner, inner_kind, _, _ in fields(record, a, b) if inner_kind == VARINT)


def _axis(record: bytes, start: int, end: int, axes: dict[str, str]) -> None:
    """Remember a metric's definition, when it names the metric that is its axis."""
    texts = {
        number: _text(record, a, b) for number, kind, a, b in fields(record, start, end) if kind == BYTES and number in (1, 2, 4)
    }
    name = texts.get(1) or texts.get(2)
    if name and texts.get(4):
        axes[name.replace("\\.", ".")] = texts[4]


def _row(record: bytes, start: int, end: int) -> Row:
    step: int | None = None
    items: dict[str, object] = {}
    for number, kind, a, b in fields(record, start, end):
        if (number, kind) == (1, BYTES):
            _place(items, *_item(record, a, b))
        elif (number, kind) == (2, BYTES):
            step = next((_signed(varint(record, c, d)[0]) for n, k, c, d in fields(record, a, b) if (n, k) == (1, VARINT)), 0)
    return Row(step, items)


def _update(record: bytes, start: int, end: int, target: dict[str, object]) -> None:
    """Apply a summary or configuration record: field 1 updates a value, field 2 removes it."""
    for number, kind, a, b in fields(record, start, end):
        if kind == BYTES and number in (1, 2):
            path, value = _item(record, a, b)
            if number == 1:
                _place(target, path, value)
            elif len(path) == 1:
                target.pop(path[0], None)


def _place(target: dict[str, object], path: list[str], value: object) -> None:
    """Set a value under one name, or under several names in mappings inside of each other."""
    for name in path[:-1]:
        below = target.setdefault(name, {})
        if not isinstance(below, dict):
            return
        target = below
    if path:
        target[path[-1]] = value


def _item(record: bytes, start: int, end: int) -> tuple[list[str], object]:
    """Name (several when nested) and value of an item: JSON in field 16 or 8, or a typed value in fields 4 to 7."""
    path: list[str] = []
    value: object = None
    for number, kind, a, b in fields(record, start, end):
        if number in (1, 2) and kind == BYTES:
            path.append(_text(record, a, b))
        elif number in (8, 16) and kind == BYTES and b - a <= LONGEST_VALUE:
            value = _json(record[a:b])
        elif number == 4 and kind == VARINT:
            value = varint(record, a, b)[0] != 0
        elif number == 5 and kind == VARINT:
            bits = varint(record, a, b)[0]
            value = (bits >> 1) ^ -(bits & 1)
        elif number == 6 and kind == FIXED64:
            value = float(unpack_from("<d", record, a)[0])
        elif number == 7 and kind == BYTES:
            value = _text(record, a, b)
    return path[:DEEPEST], value


def _json(raw: bytes) -> object:
    """A JSON value; None where it is none (a writer that was killed) or nested beyond reason."""
    try:
        if NUMBER.fullmatch(raw):
            return float(raw)
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _text(record: bytes, start: int, end: int) -> str:
    return record[start:end].decode("utf-8", "replace")


def _signed(bits: int) -> int:
    bits &= 0xFFFFFFFFFFFFFFFF
    return bits - (1 << 64) if bits >> 63 else bits
