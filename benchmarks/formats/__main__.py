"""`python -m benchmarks.formats [--labels DIR]`: write docs/formats.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.document import DOCS, ROOT, put
from benchmarks.formats import extraction
from benchmarks.formats.registry import registry

PAGE = DOCS / "formats.md"
TITLE = "Formats"


def main() -> int:
    """Write the registry's part of the page, and the tables over the bundled and, where they are given, the real logs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formats", description=__doc__)
    parser.add_argument("--labels", type=Path, help="folder of labelled real logs (labels.jsonl, corpus/); never copied")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    put(PAGE, "registry", registry(), TITLE)
    put(PAGE, "bundled logs", _section("Read of the bundled logs", extraction.bundled(ROOT / "fixtures"), asked.jobs), TITLE)
    if asked.labels:
        put(PAGE, "real logs", _section("Read of labelled real logs", extraction.real(asked.labels), asked.jobs), TITLE)
    return 0


def _section(title: str, cases: list[extraction.Expected], jobs: int) -> str:
    text = extraction.report(extraction.measure(cases, jobs))
    return f"## {title}\n\n{len(cases)} logs, without any setting.\n\n{text}"


if __name__ == "__main__":
    raise SystemExit(main())
