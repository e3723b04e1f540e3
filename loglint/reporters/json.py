"""The report as `loglint-report-1` JSON (DESIGN of the fields: `loglint.report`), and its form on stdout without sketches."""

from __future__ import annotations

import msgspec

from loglint.report import Report, RunInfo
from loglint.reporters.plain import to_json


def render(report: Report) -> str:
    """One JSON document."""
    return to_json(report) + "\n"


def without_sketches(report: Report) -> Report:
    """The report with the curves' sketches left out: they are for files and for `show`."""
    return msgspec.structs.replace(report, runs=tuple(bare(run) for run in report.runs))


def bare(run: RunInfo) -> RunInfo:
    """A run without its curves' sketches."""
    series = tuple(msgspec.structs.replace(curve, sketch=(), sketch_middle=(), sketch_axes={}) for curve in run.series)
    return msgspec.structs.replace(run, series=series)
