"""Draws the terminal pictures of the README and docs from bundled logs, by running the commands and recording what they print.

    python scripts/pictures.py                    # writes docs/pictures/*.svg
    python scripts/pictures.py FOLDER [COLUMNS]   # the same elsewhere, at another width, to look at

A picture is what `loglint` printed, character for character, on a dark page and on a light one; `tests/test_pictures.py` holds
that none is out of step.
"""

from __future__ import annotations

import html
import io
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import MONOKAI, TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
WIDTH = 100
LIGHT = TerminalTheme(
    (255, 255, 255),
    (36, 41, 47),
    [(36, 41, 47), (207, 34, 46), (17, 99, 41), (154, 103, 0), (9, 105, 218), (130, 80, 223), (27, 124, 131), (110, 119, 129)],
    [(87, 96, 106), (164, 14, 38), (26, 127, 55), (99, 60, 1), (33, 139, 255), (163, 117, 255), (49, 146, 170), (140, 149, 159)],
)
THEMES = {"": MONOKAI, "-light": LIGHT}
FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)  # a picture fetches nothing

TEXT = re.compile(
    r'<text(?P<head>[^>]*?)x="(?P<x>[\d.]+)"(?P<middle>[^>]*?)textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*)>(?P<text>[^<]+)</text>'
)


@dataclass(frozen=True)
class Command:
    """`loglint ARGUMENTS`, of whose output the picture shows all lines, or some from the beginning or (negative) the end."""

    arguments: str
    lines: int | None = None

    def __str__(self) -> str:
        shown = "" if self.lines is None else f" | {'head' if self.lines > 0 else 'tail'} -{abs(self.lines)}"
        return f"loglint {self.arguments}{shown}"


def _finding(log: str, rule: str, lines: int) -> Command:
    return Command(f"run fixtures/sick/{log} --select {rule}", lines)


SEVERAL = (
    "overfitting-small-data.csv keras-history-overfitting.json early-nan-sgd.csv nan-after-growth.csv loss-spike-once"
    " level-shift-labels-swapped"
)
PICTURES = {
    "run": (Command("run fixtures/sick/overfitting-small-data.csv"),),
    "why-not": (Command("rule overfitting --on fixtures/healthy/keras-csv-logger.csv"),),
    "curves": (
        _finding("miscalibrated.csv", "GEN001", 13),
        _finding("sudden-nan-log-of-zero.csv", "NUM003", 13),
        _finding("level-shift-half-the-units-die.csv", "STA003", 12),
        _finding("loss-spike-once", "STA002", 12),
        _finding("vanishing-gradient-saturated.csv", "OPT010", 17),
    ),
    "show": (Command("show fixtures/healthy/char-lm-warmup-cosine.jsonl --plot"),),
    "several": (Command("run " + " ".join(f"fixtures/sick/{name}" for name in SEVERAL.split()), -20),),
    "chinese": (Command("run fixtures/sick/sudden-nan-log-of-zero.csv --lang zh"),),
}


@cache
def printed(command: Command, width: int = WIDTH) -> str:
    """What the command prints in colours at so many columns, but for the time it took."""
    environment = {"COLUMNS": str(width), "FORCE_COLOR": "1", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    line = [sys.executable, "-m", "loglint", *shlex.split(command.arguments), "--color", "always"]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, check=False)  # noqa: S603
    lines = done.stdout.decode("utf-8").splitlines()
    lines = [re.sub(r" in [\d.]+ s:", ":", re.sub(r"，耗时 [\d.]+ 秒", "", text)) for text in lines]
    return "\n".join(lines if command.lines is None else lines[: command.lines] if command.lines > 0 else lines[command.lines :])


def draw(name: str, theme: str = "", width: int = WIDTH) -> str:
    """The SVG of one picture in one of the `THEMES`."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, highlight=False)
    for command in PICTURES[name]:
        console.print(Text.from_ansi(f"$ {command}\n{printed(command, width)}\n"))
    return _wide(console.export_svg(title="loglint", theme=THEMES[theme], unique_id=f"loglint-{name}", code_format=FORMAT))


def _wide(svg: str) -> str:
    """The picture with wide characters in their columns: rich counts every character of a text as one, and fonts differ."""

    def placed(match: re.Match[str]) -> str:
        text = html.unescape(match["text"])
        column, x, parts = float(match["length"]) / len(text), float(match["x"]), []
        for _, group in groupby(text, key=lambda character: cell_len(character) == 2):
            part = "".join(group)
            width = column * cell_len(part)
            length = f'{match["middle"]}textLength="{width:g}"{match["rest"]}'
            parts.append(f'<text{match["head"]}x="{x:g}"{length}>{html.escape(part).replace(" ", "&#160;")}</text>')
            x += width
        return "".join(parts)

    return TEXT.sub(placed, svg)


def main(folder: Path = FOLDER, width: int = WIDTH) -> None:
    """Write every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        for theme in THEMES:
            (folder / f"{name}{theme}.svg").write_text(draw(name, theme, width), "utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]), *map(int, sys.argv[2:3]))
