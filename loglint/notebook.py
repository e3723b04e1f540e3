"""`Run`, `Series` and `Report` as the public interface hands them out: records that can show and draw themselves.

The records below (`loglint.model`, `loglint.report`) know nothing of how they are shown; these add nothing to what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from loglint import model, report
from loglint.describe import describe, describe_series
from loglint.errors import InputError
from loglint.reporters import counted, figure, place_of, role_words
from loglint.reporters.chart import Chart, chosen, of_curves, of_finding
from loglint.reporters.closing import closing
from loglint.reporters.plain import plain
from loglint.reporters.plot import plots
from loglint.reporters.svg import element
from loglint.reporters.words import unit

if TYPE_CHECKING:
    import pandas as pd

COLOURS = {"error": "#d33", "warning": "#c77700", "info": "#2f81c7"}
MOST = 20  # rows of a table, charts of a picture
SHOWN = 5  # findings drawn below a report
COLUMNS, ROWS = 100, 9  # of a chart where there are only characters


class Picture(msgspec.Struct, frozen=True):
    """Charts with a line of words above each; SVG in a notebook, characters in a terminal.

    Needs no plotting library. `hidden` counts the charts that were left out.
    """

    charts: tuple[tuple[str, Chart], ...]
    hidden: int = 0

    def __repr__(self) -> str:
        parts = []
        for words, chart in self.charts:
            rows = plots([chart], COLUMNS, ROWS)
            parts.append("\n".join([plain(words), *("".join(text for text, _ in row) for row in rows)]).strip("\n"))
        return "\n\n".join([*parts, *([f"and {self.hidden} more"] if self.hidden else [])])

    def _repr_html_(self) -> str:
        box = Element("div")
        for words, chart in self.charts:
            if words:
                _text(box, "div", words)
            box.append(element(chart, unit("en", chart.axis)))
        if self.hidden:
            _text(box, "div", f"and {self.hidden} more")
        return _markup(box)

    def save(self, path: str | Path) -> None:
        """Write the charts as one HTML file (.html), or a single chart as SVG (.svg), black on white.

        Raises loglint.errors.InputError for another suffix, and for .svg unless there is exactly one chart.
        """
        target = Path(path)
        if target.suffix == ".html":
            target.write_text(f'<!doctype html><meta charset="utf-8">{self._repr_html_()}', "utf-8")
        elif target.suffix == ".svg" and len(self.charts) == 1:
            drawn = element(self.charts[0][1], unit("en", self.charts[0][1].axis))
            drawn.set("style", "background:white;color:black")
            target.write_text(tostring(drawn, encoding="unicode"), "utf-8")
        else:
            raise InputError(f"{target}: a picture is saved as .html, or as .svg when it is one chart ({len(self.charts)} here)")


class Series(model.Series, frozen=True):
    """A curve (`loglint.model.Series`) that shows itself."""

    @classmethod
    def of(cls, series: model.Series) -> Series:
        """The same curve."""
        held = {name: getattr(series, name) for name in model.Series.__struct_fields__}
        return series if isinstance(series, cls) else cls(**held)

    def plot(self) -> Picture:
        """The curve over its best axis. Raises loglint.errors.InputError when it has fewer than two points."""
        return _picture([("", chart) for chart in of_curves([self._info])], f"{self.name} has {len(self)} points: nothing to draw")

    def __repr__(self) -> str:
        info = self._info
        ends = f", {_ends(info)}" if _ends(info) else ""
        return plain(f"<Series {self.name}: {role_words(info)}, {counted(len(self), 'point')} by {self.best_axis}{ends}>")

    def _repr_html_(self) -> str:
        box = Element("div")
        _text(box, "div", repr(self)[1:-1])
        _text(box, "div", self.role.why, style="opacity:0.7")
        for chart in of_curves([self._info]):
            box.append(element(chart, unit("en", chart.axis)))
        return _markup(box)

    @property
    def _info(self) -> report.SeriesInfo:
        return describe_series(self, model.Run("", ""))


class Run(model.Run, frozen=True):
    """A training (`loglint.model.Run`) that shows itself."""

    series: tuple[Series, ...] = ()

    @classmethod
    def of(cls, run: model.Run) -> Run:
        """The same run."""
        held = {name: getattr(run, name) for name in model.Run.__struct_fields__}
        return run if isinstance(run, cls) else cls(**held | {"series": tuple(map(Series.of, run.series))})

    def plot(self, series: str = "") -> Picture:
        """The curves whose name or role matches `series` (globs or parts of names, by comma; all by default).

        Training and validation of one quantity share a chart. Raises loglint.errors.InputError when no curve matches.
        """
        charts = [("", chart) for chart in of_curves(chosen(describe(self), series))]
        names = ", ".join(one.name for one in self.series[:MOST])
        return _picture(charts, f"no curve with two points or more matches {series!r}; there are {names or 'none'}")

    def to_pandas(self) -> pd.DataFrame:
        """Every point, one row each: attempt, series, split, role, step, epoch, time, seq, value."""
        from loglint.tables import points

        return points(self)

    def __repr__(self) -> str:
        points = sum(map(len, self.series))
        return plain(f"<Run {self.id or '.'}: {counted(len(self.series), 'curve')}, {counted(points, 'point')}>")

    def _repr_html_(self) -> str:
        info = describe(self)
        box = Element("div")
        _text(box, "div", f"{info.id or '.'}: {counted(len(info.series), 'curve')}", style="font-weight:bold")
        for source in info.sources[:MOST]:
            written = f" by {source.framework}" if source.framework else ""
            _text(box, "div", f"{source.path} ({source.format}{written})", style="opacity:0.7")
        told = info.series[:MOST]
        rows = [(c.name, role_words(c), f"{c.points:,}", c.axis, _ends(c), c.why) for c in told]
        box.append(_table(("curve", "role", "points", "axis", "first to last", "because"), rows, len(info.series) - len(rows)))
        for chart in of_curves(info.series)[:SHOWN]:
            box.append(element(chart, unit("en", chart.axis)))
        return _markup(box)


class Report(report.Report, frozen=True, kw_only=True):
    """A whole invocation (`loglint.report.Report`) that shows itself."""

    @classmethod
    def of(cls, judged: report.Report) -> Report:
        """The same report."""
        held = {name: getattr(judged, name) for name in judged.__struct_fields__}
        return judged if isinstance(judged, cls) else cls(**held)

    def plot(self, rule: str = "") -> Picture:
        """The curves of the new findings, most severe first, or of those of one rule (its code, a prefix of it, or its name).

        Raises loglint.errors.InputError when there is no such finding that can be drawn.
        """
        runs = {run.id: run for run in self.runs}
        chosen = [f for f in _ranked(self) if f.rule.startswith(rule) or f.name == rule]
        charts = [(_headline(finding), chart) for finding in chosen for chart in of_finding(finding, runs)]
        of = f" of {rule}" if rule else ""
        drawable = any(curve.sketch for run in self.runs for curve in run.series)
        why = "none about a single logged curve" if drawable else "and the report holds no curves (lint_runs leaves them out)"
        return _picture(charts, f"no new finding{of} can be drawn: there {_are(len(chosen))}, {why}")

    def to_pandas(self) -> pd.DataFrame:
        """Every finding, one row for each run it is about, folded ones included: see `loglint.tables.findings`."""
        from loglint.tables import findings

        return findings(self)

    def __repr__(self) -> str:
        return f"<Report: {closing(self)[0]}>"

    def _repr_html_(self) -> str:
        runs = {run.id: run for run in self.runs}
        ranked = _ranked(self)
        box = Element("div")
        _text(box, "div", closing(self)[0], style="font-weight:bold")
        if ranked:
            rows = [(f.severity, f"{f.rule} {f.name}", place_of(f), f.message) for f in ranked[:MOST]]
            box.append(_table(("severity", "rule", "where", "what"), rows, len(ranked) - len(rows)))
        for index, finding in enumerate(ranked[:SHOWN]):
            box.append(_details(finding, of_finding(finding, runs), opened=not index))
        for line in closing(self)[1:]:
            _text(box, "div", line, style="opacity:0.7")
        return _markup(box)


def _ranked(judged: report.Report) -> list[report.Finding]:
    """The new findings, most severe first."""
    new = [finding for finding in judged.findings if finding.status == "new"]
    return sorted(new, key=lambda finding: -report.SEVERITIES.index(finding.severity))


def _headline(finding: report.Finding) -> str:
    return f"{finding.severity} {finding.rule} {finding.name}  {place_of(finding)}: {finding.message}"


def _are(count: int) -> str:
    return f"is {count}" if count == 1 else f"are {count}"


def _picture(charts: Sequence[tuple[str, Chart]], nothing: str) -> Picture:
    if not charts:
        raise InputError(nothing)
    return Picture(tuple(charts[:MOST]), max(0, len(charts) - MOST))


def _details(finding: report.Finding, charts: Sequence[Chart], opened: bool) -> Element:
    """One finding, to open and close: its curves, why, and what to do."""
    box = Element("details", {"open": ""} if opened else {})
    head = _text(box, "summary", f"{finding.severity} {finding.rule} {finding.name}  {place_of(finding)}")
    head.set("style", f"cursor:pointer;color:{COLOURS[finding.severity]}")
    _text(box, "div", finding.message)
    for chart in charts:
        box.append(element(chart, unit("en", chart.axis)))
    steps = SubElement(box, "ol", {"style": "margin-top:0"})
    for remedy in finding.remedy[:3]:
        _text(steps, "li", remedy.do)
    return box


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], hidden: int) -> Element:
    left = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"
    table = Element("table")
    head = SubElement(table, "tr")
    for title in titles:
        _text(head, "th", title, style=left)
    for row in rows:
        line = SubElement(table, "tr")
        for cell in row:
            _text(line, "td", cell, style=left)
    if hidden > 0:
        _text(SubElement(table, "tr"), "td", f"and {hidden:,} more", style=left)
    return table


def _ends(curve: report.SeriesInfo) -> str:
    return f"{figure(curve.first[1])} to {figure(curve.last[1])}" if curve.first and curve.last else ""


def _text(parent: Element, tag: str, words: str, **attributes: str) -> Element:
    """A new element in the parent that holds words and can hold nothing else."""
    child = SubElement(parent, tag, attributes)
    child.text = plain(words)
    return child


def _markup(root: Element) -> str:
    return tostring(root, encoding="unicode", method="html")
