"""The part of docs/formats.md that the readers' own catalogue gives: every format with an example and what is taken from it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.document import table
from benchmarks.formats.binary import BINARY
from loglint.model import Series
from loglint.readers import MODULES, reader_for
from loglint.readers.catalogue import CATALOGUE
from loglint.roles import assign
from loglint.runs import assemble
from tests.readers.text.forms import FORMS

WIDEST = 100  # characters of a line shown
POINTS = [(0, 0.9), (10, 0.5), (20, 0.4)]


def registry() -> str:
    """Markdown: a section for each reader, in the order in which they are asked."""
    return "\n\n".join(part for name in MODULES for part in _section(name))


def _section(name: str) -> Iterator[str]:
    about = CATALOGUE[name]
    yield f"## {name}"
    yield f"Taken: {about.taken}. Left: {about.left}. Its tests hold it against: {about.oracle}."
    for form in about.forms:
        yield f"**{form.written_by}**, `{form.path}`"
        yield f"```\n{form.text.rstrip()}\n```"
        yield taken(form.path, form.text.encode())
    if name in BINARY:
        written_by, path, build = BINARY[name]
        yield f"**{written_by}**, `{path}`"
        yield taken(path, build(POINTS))
    if name == "text":
        yield f"{len(FORMS)} forms are held in the tests, among them:"
        yield table(("form", "a line of it"), ((form, f"`{_telling(text)}`") for form, (text, _) in FORMS.items()))


def taken(path: str, data: bytes) -> str:
    """One sentence on what comes out of a file: its curves with role, length and axis, and its settings."""
    reader = reader_for(path, data)
    readings = reader.read(path, data) if reader is not None else ()
    runs = [assign(run) for run in assemble(readings)]
    told = [_told(one) for run in runs for one in run.series]
    settings = [f"`{key}` = {value}" for reading in readings for key, value in reading.config.items()]
    return "Taken: " + "; ".join([*told, *(("settings " + ", ".join(settings),) if settings else ())]) + "."


def _told(series: Series) -> str:
    axis = next((name for name in ("step", "epoch", "time") if getattr(series, name) is not None), "")
    count = f"{len(series)} {'point' if len(series) == 1 else 'points'}"
    return f"`{series.name}` ({series.role.place}, {count}{f' by {axis}' if axis else ''})"


def _telling(text: str) -> str:
    """The line of a log that holds most numbers, shortened, as it looks without what steers a terminal."""
    lines = [line for line in re.split(r"[\r\n]", re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\x08", "", text)) if line.strip()]
    line = max(lines, key=lambda one: min(len(re.findall(r"\d+\.?\d*", one)), 6))
    clean = re.sub(r"\s+", " ", line).strip().replace("|", "\\|").replace("`", "'")
    return clean if len(clean) <= WIDEST else clean[: WIDEST - 3] + "..."
