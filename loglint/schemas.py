"""The JSON schemas that ship with the package; `python -m loglint.schemas` writes them anew from the records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loglint import config, report

FOLDER = Path(__file__).parent
SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "report.schema.json": report.json_schema,
    "config.schema.json": config.json_schema,
}


def text(name: str) -> str:
    """The text of one shipped schema as its records give it now."""
    return json.dumps(SCHEMAS[name](), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name in SCHEMAS:
        (FOLDER / name).write_text(text(name), "utf-8")
