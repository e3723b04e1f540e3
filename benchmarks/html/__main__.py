"""`python -m benchmarks.html [libraries] [runs]`: measures in headless Chromium and writes the figures into docs/html-report.md."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.document import DOCS, put
from benchmarks.html import libraries, runs
from tests.page.browser import opened

PAGE = DOCS / "html-report.md"
TITLE = "The HTML report"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.html", description=__doc__)
    parser.add_argument("part", nargs="?", choices=["libraries", "runs"], help="measure only this")
    parser.add_argument("--count", type=int, action="append", help="measure reports of so many runs, and write nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opened() as browser:
        if given.count:
            print(runs.measure(browser, Path(folder), tuple(given.count)))
            return
        if given.part in (None, "libraries"):
            text = libraries.compare(browser, Path(folder))
            print(text)
            put(PAGE, "libraries", text, TITLE)
        if given.part in (None, "runs"):
            text = runs.measure(browser, Path(folder))
            print(text)
            put(PAGE, "runs", text, TITLE)


if __name__ == "__main__":
    main()
