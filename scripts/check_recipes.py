"""Holds copies of the recipe texts against docs/recipe-outline.toml: python scripts/check_recipes.py TEXT...

The texts are not ours to ship, so tests hold the outline against the coverage, and this holds the texts against the outline, for
who has them. Prints, for each text, how many of its lines belong to which part; ends with 1 at the first line that the outline
does not have.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

OUTLINE = Path(__file__).resolve().parents[1] / "docs" / "recipe-outline.toml"
PAGE = "page"  # the section of lines that belong to the web page and not to the text


def outlines() -> dict[str, list[tuple[str, str]]]:
    """By source, every line in order: (section, first characters)."""
    tables = tomllib.loads(OUTLINE.read_text(encoding="utf-8"))["text"]
    return {table["source"]: [(where, start) for where, *starts in table["lines"] for start in starts] for table in tables}


def difference(text: str, outline: Sequence[tuple[str, str]]) -> str | None:
    """The first line of a text that is not the outline's next one, or what is left of the outline; None when all agree."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line, (where, start) in zip(lines, outline, strict=False):
        if not line.startswith(start):
            return f'"{line[:20]}" stands where "{start}" ({where}) is expected'
    if len(lines) != len(outline):
        return f"{len(lines)} lines, {len(outline)} in the outline"
    return None


def main(paths: Sequence[str]) -> int:
    """Exit code: 0 when each text is some outline's, line by line."""
    known, code = outlines(), 0
    for path in paths:
        text = Path(path).read_text(encoding="utf-8")
        first = text.strip().splitlines()[0].strip()
        source = next((key for key, outline in known.items() if first.startswith(outline[0][1])), None)
        wrong = "its first line begins no text of the outline" if source is None else difference(text, known[source])
        said = f"{path}: {wrong}"
        if wrong is None and source is not None:
            ours = [where for where, _ in known[source] if where != PAGE]
            said = f"{source}: {len(known[source])} lines, {len(ours)} of them in {len(set(ours))} sections, others of the page"
        code |= int(wrong is not None)
        sys.stdout.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
