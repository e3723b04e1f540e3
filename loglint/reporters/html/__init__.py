"""The report as one HTML file that opens offline: an overview, a page for each run, and a comparison of several.

`content` says what is on the page, `curves` what is drawn, `page` puts it together, `safe` keeps it harmless; the page's own
scripts and style stand beside them, the plotting library (uPlot, MIT licence) under `vendor/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from loglint.describe import BUCKETS
from loglint.report import Report, RunInfo
from loglint.reporters.closing import closing
from loglint.reporters.html.content import Entry, alone, chunks, entries, index
from loglint.reporters.html.curves import LEAST, values_in
from loglint.reporters.html.page import page
from loglint.reporters.words import Lang

MOST_BYTES = 14_500_000  # of one file
BYTES_A_VALUE = 3.6  # of a curve, compressed and in base64, measured on logs of noisy curves


def render(report: Report, lang: Lang = "en", base: Sequence[RunInfo] = ()) -> str:
    """The report as one page, whatever its size."""
    return next(files(report, "report.html", lang, base, most_bytes=None))[1]


def files(
    report: Report, name: str, lang: Lang = "en", base: Sequence[RunInfo] = (), most_bytes: int | None = MOST_BYTES
) -> Iterator[tuple[str, str]]:
    """(path, text) of the page, and of a page for each run for which it had no room: `NAME-runs/1.html` beside `NAME.html`.

    Curves are drawn with fewer points before runs are put into files of their own, the least sick ones first.
    """
    runs = entries(report, base)
    content = index(report, runs, lang) | {"buckets": BUCKETS}
    notes, heading = closing(report, lang=lang, verbose=True), title(report)
    rows, packed, inside, size = content["rows"], list[str](), 0, 0
    if most_bytes is not None:
        size = len(page(content, (), notes, heading, lang))
        content["buckets"] = _buckets(runs, most_bytes - size)
    for text, count in chunks(runs, content["buckets"], lang):
        size += len(text)
        if most_bytes is not None and size > most_bytes:
            break
        for position in range(count):
            rows[inside + position]["at"] = [len(packed), position]
        packed.append(text)
        inside += count
    stem = PurePath(name).name.rsplit(".", 1)[0]
    outside = [(f"{stem}-runs/{i}.html", entry) for i, entry in enumerate(runs[inside:], inside + 1)]
    for row, (path, _) in zip(rows[inside:], outside, strict=True):
        row["file"] = path
    yield name, page(content, packed, notes, heading, lang)
    for path, entry in outside:
        yield path, render(alone(report, entry), lang)


def title(report: Report) -> str:
    """`loglint: logs/a, logs/b`."""
    return f"loglint: {', '.join(str(path) for path in report.settings.get('paths', ()))}"


def _buckets(runs: Sequence[Entry], most_bytes: int) -> int:
    """The most buckets a curve may have for all curves to fit into so many bytes, never less than `LEAST`."""
    for most in (BUCKETS, 300, 200, 150, 100, 80, 60):
        if sum(values_in(curve, most) for entry in runs for curve in entry.run.series) * BYTES_A_VALUE <= most_bytes:
            return most
    return LEAST
