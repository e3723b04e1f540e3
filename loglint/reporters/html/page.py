"""The page around the content: template, style, scripts and labels, in one file that needs no other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from loglint.reporters.html.labels import LABELS
from loglint.reporters.html.safe import as_json, packed, policy
from loglint.reporters.plain import plain
from loglint.reporters.words import Lang

FOLDER = Path(__file__).parent
# The scripts in the order in which each finds what it uses; the library comes after the first.
SCRIPTS = ("density", "data", "lines", "paint", "chart", "panels", "overview", "run", "compare", "start")


def page(content: dict[str, Any], chunks: Sequence[str], notes: Sequence[str], title: str, lang: Lang) -> str:
    """The whole file. `notes` are shown where scripts do not run."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    script, style = _script(), _style()
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    labels = LABELS if lang == "zh" else {}
    return environment.get_template("page.html.j2").render(
        lang={"en": "en", "zh": "zh-Hans"}[lang],
        title=plain(title),
        policy=policy(script, style),
        style=style,
        script=script,
        index=packed(as_json(content | {"labels": dict(labels)})),
        chunks=chunks,
        notes=[plain(note) for note in notes],
        generator=f"loglint {content['version']}",
    )


@cache
def _script() -> str:
    library = (FOLDER / "vendor" / "uPlot.iife.min.js").read_text("utf-8")
    before, *own = ((FOLDER / "js" / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    return "\n".join(("", "(() => {", '"use strict";', before, library, *own, "})();", ""))


@cache
def _style() -> str:
    return "\n" + "\n".join((FOLDER / name).read_text("utf-8") for name in ("vendor/uPlot.min.css", "page.css"))
