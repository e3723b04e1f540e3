"""Text from logs made safe to print: nothing that moves a cursor, changes a colour or reverses reading order gets through."""

from __future__ import annotations

import json
import re
from typing import IO, Any

import msgspec

_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls, escape among them
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f"  # soft hyphen, marks, separators, bidi embeddings and isolates
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff"  # selectors, byte order mark, surrogates, tags
)
_LINE = re.compile(f"[{_UNSAFE}\t\n]")
_LINES = re.compile(f"[{_UNSAFE}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def plain(text: str, *, keep_lines: bool = False) -> str:
    """The text with control, bidirectional and invisible characters written as escapes; `keep_lines` lets newlines through."""
    return (_LINES if keep_lines else _LINE).sub(_escape, text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters: the beginning, an ellipsis, the end."""
    if len(text) <= limit:
        return text
    head = (limit - 3) * 2 // 3
    return f"{text[:head]}...{text[len(text) - (limit - 3 - head) :]}"


def to_json(record: Any) -> str:
    r"""A record as one line of JSON in which unsafe characters stand as \u escapes: equal when parsed, harmless when printed.

    Halves of surrogate pairs (bytes of a file name that are no UTF-8) are no text in JSON: they are written as `\\udc80`.
    """
    try:
        document = msgspec.json.encode(record).decode()
    except UnicodeEncodeError:
        document = json.dumps(msgspec.to_builtins(record), ensure_ascii=False, separators=(",", ":"))
        document = _SURROGATE.sub(lambda match: f"\\\\u{ord(match.group()):04x}", document)
    return _LINES.sub(_json_escape, document)


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))


def encodes(stream: IO[str], characters: str = "▁█×") -> bool:
    """Whether a stream's encoding holds these characters: unless others are given, those that curves are drawn with."""
    try:
        characters.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
