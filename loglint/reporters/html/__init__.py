"""The report as one HTML file that opens offline: an overview, a page for each run, and a comparison of several.

`content` says what is on the page, `curves` what is drawn, `page` puts it together, `safe` keeps it harmless; the page's own
scripts and style stand beside them, the plotting library (uPlot, MIT licence) under `vendor/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

import msgspec

from loglint.describe import BUCKETS
from loglint.report import Report, RunInfo
from loglint.reporters.closing import closing
from loglint.reporters.html.content import Entry, chunks, entries, index, only
from loglint.reporters.html.page import page
from loglint.reporters.words import Lang

MOST_BYTES = 14_500_000  # of one file
ELEMENT = 64  # characters around a chunk
LEAST = 40  # stretches below which a curve is no longer worth drawing: the rest of the runs goes into further files
SAMPLE, SURE = 40, 1.03  # runs by which the size of all is guessed, and what is added to be sure


def render(report: Report, lang: Lang = "en", base: Sequence[RunInfo] = ()) -> str:
    """The report as one page, whatever its size."""
    return next(files(report, "report.html", lang, base, most_bytes=None))[1]


def files(
    report: Report, name: str, lang: Lang = "en", base: Sequence[RunInfo] = (), most_bytes: int | None = MOST_BYTES
) -> Iterator[tuple[str, str]]:
    """(path, text) of the page, and of further pages for the runs that it had no room for: `out-2.html` beside `out.html`.

    Curves are drawn with fewer points before runs are put elsewhere, the least sick ones first. The first page names all runs.
    """
    runs = entries(report, base)
    content = index(report, runs, lang) | {"buckets": BUCKETS, "home": ""}
    notes, heading = closing(report, lang=lang, verbose=True), title(report)
    empty = 0 if most_bytes is None else len(page(content, (), notes, heading, lang))
    if most_bytes is not None:
        content["buckets"] = min(_buckets(runs, most_bytes - empty, lang), _kept(runs))
    parts = _parts(chunks(runs, content["buckets"], lang), most_bytes, empty)
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    names = [name, *(f"{stem}-{number}{suffix}" for number in range(2, len(parts) + 1))]
    rows = iter(content["rows"])
    for path, part in zip(names, parts, strict=True):
        for place, (at, row) in enumerate(zip(part.places, rows, strict=False)):
            row.update({"at": at} if path == name else {"file": [path, place]})
    yield name, page(content, parts[0].texts, notes, heading, lang)
    first = len(parts[0].places)
    for path, part in zip(names[1:], parts[1:], strict=True):
        held = runs[first : first + len(part.places)]
        first += len(held)
        own = index(only(report, held), held, lang) | {"buckets": content["buckets"], "home": name}
        for row, at in zip(own["rows"], part.places, strict=True):
            row["at"] = at
        yield path, page(own, part.texts, notes, heading, lang)


class _Part(msgspec.Struct):
    """The chunks of one file, and for each of its runs [chunk, position in it]."""

    texts: list[str] = msgspec.field(default_factory=list)
    places: list[list[int]] = msgspec.field(default_factory=list)


def _parts(packed: Iterable[tuple[str, int]], most_bytes: int | None, empty: int) -> list[_Part]:
    """Chunks in as many files as they need, each of which has `empty` bytes without them."""
    parts, size = [_Part()], empty
    for text, count in packed:
        size += len(text) + ELEMENT
        if most_bytes is not None and size > most_bytes and parts[-1].texts:
            parts.append(_Part())
            size = empty + len(text) + ELEMENT
        parts[-1].places += [[len(parts[-1].texts), position] for position in range(count)]
        parts[-1].texts.append(text)
    return parts


def title(report: Report) -> str:
    """`loglint: logs/a, logs/b`."""
    return f"loglint: {', '.join(str(path) for path in report.settings.get('paths', ()))}"


def _kept(runs: Sequence[Entry]) -> int:
    """How many stretches the report itself holds of its longest curves: of thousands of files it keeps fewer."""
    curves = [curve for entry in runs for curve in entry.run.series]
    return max((len(curve.sketch) for curve in curves if len(curve.sketch) < curve.points), default=BUCKETS)


def _buckets(runs: Sequence[Entry], most_bytes: int, lang: Lang) -> int:
    """The most stretches a curve may have for all runs to fit into so many bytes, by a sample of them; never less than `LEAST`."""
    sample = runs[:: max(1, len(runs) // SAMPLE)]
    for most in (BUCKETS, 300, 200, 150, 100, 80, 60, 50):
        size = sum(len(text) + ELEMENT for text, _ in chunks(sample, most, lang))
        if size * len(runs) / max(1, len(sample)) * SURE <= most_bytes:
            return most
    return LEAST
