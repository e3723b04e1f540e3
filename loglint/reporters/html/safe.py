"""What keeps a page from running what a log says: data that cannot leave its element, and a policy that names our own script."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import msgspec

from loglint.reporters.plain import plain


def as_json(content: Any) -> bytes:
    """Dicts, lists, numbers and text as JSON; every text, keys included, goes through `plain`, `msgspec.Raw` is taken as it is."""
    return msgspec.json.encode(_plain(content))


def packed(json: bytes) -> str:
    """JSON compressed (zlib) in base64: letters, digits, `+`, `/` and `=`, of which no markup can be made."""
    return base64.b64encode(zlib.compress(json)).decode()


def policy(script: str, style: str) -> str:
    """A Content-Security-Policy under which this script and this style work and nothing else is loaded, run or sent."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
