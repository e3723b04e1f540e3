"""Jupyter notebooks -> readings: the text and the HTML tables that training cells printed.

Every code cell that shows a training is a run of its own (group `cell 7`, when there are several); its printed text goes
through `loglint.readers.text`, its tables (HF Trainer and fastai draw them) through `loglint.readers.csv`'s machinery.
Line numbers count from the first line of the cell's output. Code cells are never looked at, let alone run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from msgspec.structs import replace

from loglint.model import Event, EventKind, Reading, Series, Source
from loglint.readers import documents
from loglint.readers.delimited import decode, parse
from loglint.readers.names import extension
from loglint.readers.table import readings

FORMAT = "notebook"
MAX_CELLS = 5000
MAX_OUTPUT = 64 << 20  # characters of one cell
_ERRORS: tuple[tuple[str, EventKind], ...] = (
    ("out of memory", "out_of_memory"),
    ("OutOfMemory", "out_of_memory"),
    ("ResourceExhausted", "out_of_memory"),
    ("KeyboardInterrupt", "interrupted"),
    ("AssertionError", "assertion"),
)


def claims(path: str, head: bytes) -> bool:
    """Whether the file is named as a notebook, or begins as one."""
    if extension(path) == ".ipynb":
        return head.lstrip()[:1] == b"{"
    return re.match(rb'\s*\{\s*"(?:cells|metadata|nbformat)"\s*:', head) is not None and b'"cell_type"' in head


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """The trainings that the cells of a notebook show; empty when none does. Never raises on bad bytes."""
    text = decode(data)
    value = documents.loads(text)
    if value is None:
        value = documents.repaired(text)
    found = [(index, reading) for index, cell in _cells(value) if (reading := _cell(path, cell)) is not None]
    if len(found) == 1:
        return (found[0][1],)
    return tuple(replace(reading, group=f"cell {index}") for index, reading in found)


def _cells(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(1-based position, cell) of every code cell, in the layouts of notebook format 3 and 4."""
    if not isinstance(value, dict):
        return
    cells = value.get("cells")
    if not isinstance(cells, list):
        sheets = value.get("worksheets")
        cells = (
            [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
            if isinstance(sheets, list)
            else []
        )
    for index, cell in enumerate(cells[:MAX_CELLS], 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            yield index, cell


def _cell(path: str, cell: Mapping[str, Any]) -> Reading | None:
    """One reading of all that a cell printed, None when that is no training."""
    from loglint.readers import text

    outputs = [one for one in _list(cell.get("outputs")) if isinstance(one, dict)]
    printed = "".join(_printed(one) for one in outputs)[:MAX_OUTPUT]
    found = list(text.read(path, printed.encode("utf-8", "replace"))) if printed.strip() else []
    found += [reading for one in outputs for table in html_tables(_html(one)) for reading in _table(path, table)]
    series: list[Series] = []
    seen: set[str] = set()
    for reading in found:
        series += [one for one in reading.series if one.name not in seen]
        seen |= {one.name for one in reading.series}
    if not series:
        return None
    events = [event for reading in found for event in reading.events]
    events += [event for one in outputs if (event := _error(path, one)) is not None]
    config = {key: value for reading in found for key, value in reading.config.items()}
    problems = tuple(problem for reading in found if reading.series for problem in reading.problems)
    source = Source(path, FORMAT, next((reading.source.framework for reading in found if reading.series), None))
    return Reading(source, tuple(series), config=config, events=tuple(events), problems=problems)


def _printed(output: Mapping[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        return _text(output.get("text"))
    data = output.get("data", output)
    if kind in ("execute_result", "display_data", "pyout") and isinstance(data, dict) and "text/html" not in data:
        return _text(data.get("text/plain", data.get("text"))) + "\n"
    return ""


def _html(output: Mapping[str, Any]) -> str:
    data = output.get("data", output)
    return _text(data.get("text/html", data.get("html"))) if isinstance(data, dict) else ""


def _error(path: str, output: Mapping[str, Any]) -> Event | None:
    if output.get("output_type") not in ("error", "pyerr"):
        return None
    message = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"[:500]
    kind: EventKind = next((kind for word, kind in _ERRORS if word in message), "traceback")
    return Event(kind, message, path)


def _table(path: str, table: list[list[str]]) -> tuple[Reading, ...]:
    """An HTML table read as the tab-separated table it is."""
    rows = "\n".join("\t".join(re.sub(r"\s+", " ", cell).strip() for cell in row) for row in table)
    parsed = parse((rows + "\n").encode(), path)
    return readings(parsed.table, Source(path, FORMAT)) if parsed is not None else ()


class _Tables(HTMLParser):
    """Collects the cells of tables; nested tables are read as part of the outer one."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.tables[-1][-1][-1] += data


def html_tables(html: str) -> list[list[list[str]]]:
    """The tables of an HTML text as rows of cells, header rows included."""
    if "<table" not in html:
        return []
    parser = _Tables()
    parser.feed(html)
    parser.close()
    return [[row for row in table if row] for table in parser.tables if len(table) > 1]


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
