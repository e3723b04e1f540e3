"""Rewrite the answers in fixtures/cli/*.txt with what the commands answer now: `python -m tests.cli.regenerate [NAME...]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.cli.scripts import FOLDER, parse, run, written

if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.txt")):
        if len(sys.argv) > 1 and path.stem not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            new = written(run(parse(path.read_text("utf-8")), Path(folder).resolve()))
        if new != path.read_text("utf-8"):
            path.write_text(new, "utf-8")
            sys.stdout.write(f"rewritten: {path.name}\n")
