"""Draws the terminal pictures of the README and docs from bundled logs, by running the command and recording what it prints.

    python scripts/pictures.py            # writes docs/pictures/*.svg

A picture is what `loglint` printed, character for character; `tests/test_pictures.py` holds that none is out of step.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
PICTURES = {
    "run": ("run", "fixtures/sick/overfitting-small-data.csv"),
    "nan": ("run", "fixtures/sick/nan-after-growth.csv"),
    "why-not": ("rule", "overfitting", "--on", "fixtures/healthy/keras-csv-logger.csv"),
}
WIDTH = 100


def printed(arguments: tuple[str, ...]) -> str:
    """What `loglint ARGUMENTS` prints in colours at `WIDTH` columns, but for the time it took."""
    environment = {"COLUMNS": str(WIDTH), "FORCE_COLOR": "1", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "loglint", *arguments, *(("--color", "always") if arguments[0] == "run" else ())]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)  # noqa: S603
    text = done.stdout.decode("utf-8")
    return "\n".join(line.split(" rules in ")[0] + " rules." if " rules in " in line else line for line in text.splitlines())


def draw(name: str) -> str:
    """The SVG of one picture."""
    arguments = PICTURES[name]
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print(Text.from_ansi(f"$ loglint {' '.join(arguments)}\n{printed(arguments)}"))
    return console.export_svg(title="loglint", theme=MONOKAI, unique_id=f"loglint-{name}")


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(draw(name), "utf-8")


if __name__ == "__main__":
    main()
