"""Reads a page back: the index and the runs that it holds."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any


def element(page: str, attribute: str) -> list[str]:
    """The texts of the script elements with an attribute."""
    return re.findall(rf'<script type="text/plain" {attribute}>([^<]*)</script>', page)


def unpacked(text: str) -> Any:
    """What `loglint.reporters.html.safe.packed` packed."""
    return json.loads(zlib.decompress(base64.b64decode(text, validate=True)))


def index_of(page: str) -> dict[str, Any]:
    """The index."""
    (text,) = element(page, 'id="index"')
    return unpacked(text)


def runs_of(page: str) -> list[Any]:
    """The runs, in the order of the index's rows."""
    return [run for text in element(page, 'class="chunk"') for run in unpacked(text)]
