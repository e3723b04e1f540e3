"""Hyper-parameters inside event files: the hparams plugin's session record, and texts that are tables, JSON or key: value lists.

Plain prose and long texts are passed over. Which of the values mean something is decided elsewhere.
"""

from __future__ import annotations

import json
import re
from struct import unpack_from

from loglint.model import Scalar
from loglint.readers.protobuf import BYTES, FIXED64, VARINT, fields, inner, varint
from loglint.readers.tensorboard.wire import Value

MOST_VALUES = 2000
LONGEST_TEXT = 1 << 18
LONGEST_VALUE = 1000
DEEPEST = 6
SUFFIX = "/text_summary"
PLAIN = {
    "args",
    "arguments",
    "config",
    "configs",
    "configuration",
    "hparams",
    "hyperparameters",
    "hyperparams",
    "params",
    "flags",
    "settings",
}
LINE = re.compile(r"^[\s*-]*`?([A-Za-z_][\w./-]{0,80})`?\s*[:=]\s*(\S.{0,400})$")


def session_config(record: bytes, value: Value) -> dict[str, Scalar]:
    """The hparams of a `_hparams_/session_start_info` record: HParamsPluginData.session_start_info.hparams."""
    found: dict[str, Scalar] = {}
    metadata = inner(record, value.start, value.end, 9)
    plugin_data = metadata and inner(record, *metadata, 1)
    content = plugin_data and inner(record, *plugin_data, 2)
    start_info = content and inner(record, *content, 3)
    if not start_info:
        return found
    for number, kind, start, end in fields(record, *start_info):
        if (number, kind) == (1, BYTES) and len(found) < MOST_VALUES:
            name, content = inner(record, start, end, 1), inner(record, start, end, 2)
            if name and content:
                key = record[slice(*name)].decode("utf-8", "replace")
                taken, known = _struct_value(record, content)
                if known:
                    found[key] = taken
    return found


def _struct_value(record: bytes, span: tuple[int, int]) -> tuple[Scalar, bool]:
    """A google.protobuf.Value that is a number, a string or a boolean, and whether it is one."""
    for number, kind, start, end in fields(record, *span):
        if (number, kind) == (2, FIXED64):
            plain = float(unpack_from("<d", record, start)[0])
            return (int(plain) if plain.is_integer() and abs(plain) < 2**53 else plain), True
        if (number, kind) == (3, BYTES):
            return record[start:end][:LONGEST_VALUE].decode("utf-8", "replace"), True
        if (number, kind) == (4, VARINT):
            return varint(record, start, end)[0] != 0, True
    return None, False


def text_config(record: bytes, value: Value) -> dict[str, Scalar]:
    """Key and value pairs of a record of the text plugin; empty when the text is no list of settings."""
    text = _string(record, value)
    if text is None:
        return {}
    pairs = dict(list((_from_json(text) or _from_table(text) or _from_lines(text)).items())[:MOST_VALUES])
    tag = value.tag.removesuffix(SUFFIX)
    prefix = "" if tag.lower().strip("_") in PLAIN else f"{tag}."
    return {prefix + key: one for key, one in pairs.items()}


def _string(record: bytes, value: Value) -> str | None:
    """The first string of a tensor of strings."""
    tensor = inner(record, value.start, value.end, 8)
    content = tensor and inner(record, *tensor, 8)
    if not content or content[1] - content[0] > LONGEST_TEXT:
        return None
    return record[slice(*content)].decode("utf-8", "replace")


def _from_json(text: str) -> dict[str, Scalar]:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or text[:start].strip("` \n\tjson<pre>"):
        return {}
    try:
        loaded = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return {}
    found: dict[str, Scalar] = {}
    _flatten(loaded, "", found, 0)
    return found


def _flatten(loaded: object, prefix: str, found: dict[str, Scalar], depth: int) -> None:
    if isinstance(loaded, dict) and depth < DEEPEST:
        for key, value in loaded.items():
            _flatten(value, f"{prefix}.{key}" if prefix else str(key), found, depth + 1)
    elif (isinstance(loaded, str | int | float | bool) or loaded is None) and prefix and len(found) < MOST_VALUES:
        found[prefix] = loaded[:LONGEST_VALUE] if isinstance(loaded, str) else loaded


def _from_table(text: str) -> dict[str, Scalar]:
    """A Markdown table of two columns."""
    rows = [
        [cell.strip(" `*") for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if line.count("|") >= 2
    ]
    rows = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    if len(rows) < 2 or any(len(row) != 2 for row in rows):
        return {}
    return {key[:200]: _plain(value) for key, value in rows[1:] if key}


def _from_lines(text: str) -> dict[str, Scalar]:
    """Lines `key: value` or `key = value`, when nearly every line is one and there are several."""
    lines = [line for line in re.sub(r"</?pre>|```\w*", "\n", text).splitlines() if line.strip()]
    matches = [match for match in map(LINE.match, lines) if match]
    if len(matches) < 3 or len(matches) < 0.8 * len(lines):
        return {}
    return {match[1]: _plain(match[2]) for match in matches}


def _plain(text: str) -> Scalar:
    """A setting as number, boolean or None where it reads as one, else as text."""
    text = text.strip().strip("`'\",")
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text in ("None", "null", ""):
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text[:LONGEST_VALUE]
