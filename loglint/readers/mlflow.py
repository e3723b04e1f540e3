"""MLflow's file store -> readings: `mlruns/<experiment>/<run>/{metrics,params,tags}/<name>` and a run's meta.yaml.

A metric file has one line a point: milliseconds since 1970, value, step (old versions: no step). Each file gives one
reading with the run's folder; `loglint.runs` joins them.
"""

from __future__ import annotations

import re

import numpy as np

from loglint.model import Problem, Reading, Series, Source
from loglint.readers.cells import number
from loglint.readers.delimited import decode
from loglint.readers.names import extension, split_in

FORMAT = "mlflow"
MAX_VALUE = 500
MAX_PROBLEMS = 20
_PATH = re.compile(r"^(?:(.*)/)?(metrics|params|tags)/(.+?)(?:\.(?:gz|zst|bz2|xz|zstd))*$", re.S)
_LINE = re.compile(rb"\d{9,16} \S+(?: -?\d+)?(?: \S+){0,2}\r?(?:\n|$)")
_RUN = re.compile(r"(?:^|[/!])(?:\d+|[0-9a-f]{8,})/[0-9a-f]{32}$")
_KEPT_TAGS = frozenset({"mlflow.runName", "mlflow.source.name"})


def claims(path: str, head: bytes) -> bool:
    """Whether this is a metric file (by its lines), or a parameter or tag of a run (by the folders above it)."""
    match = _PATH.match(path)
    if match is None:
        return False
    if match.group(2) == "metrics":
        return _LINE.match(head) is not None
    return _RUN.search(match.group(1) or "") is not None and extension(path) not in (".yaml", ".json", ".csv")


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """One metric as a curve, or one parameter as a setting, in the run's folder. Never raises on bad bytes."""
    match = _PATH.match(path)
    if match is None:
        return ()
    folder, kind, name = match.group(1) or ".", match.group(2), match.group(3)
    source = Source(path, FORMAT, "MLflow")
    if kind != "metrics":
        value = decode(data).strip()[:MAX_VALUE]
        if kind == "tags" and name not in _KEPT_TAGS:
            return ()
        return (Reading(source, config={name: _setting(value)}, folder=folder),) if value else ()
    series, problems = _curve(path, name, decode(data))
    return (Reading(source, (series,) if series else (), problems=problems, folder=folder),) if series or problems else ()


def _setting(value: str) -> str | float | int:
    if re.fullmatch(r"[+-]?\d{1,18}", value):
        return int(value)
    found = number(value)
    return found if found is not None and not value.endswith("%") else value


def _curve(path: str, name: str, text: str) -> tuple[Series | None, tuple[Problem, ...]]:
    points: list[tuple[int, float, float, float]] = []
    problems: list[Problem] = []
    lines = text.splitlines()
    for index, line in enumerate(lines, 1):
        cells = line.split()
        values = [number(cell) for cell in cells]
        unterminated = index == len(lines) and not text.endswith(("\n", "\r"))
        if unterminated:
            problems.append(Problem("truncated", path, "the last line breaks off; it was not taken", index))
        elif 2 <= len(cells) <= 5 and values[0] is not None and values[1] is not None:
            third = values[2] if len(cells) > 2 else None
            points.append((index, values[0] / 1000.0, values[1], np.nan if third is None else third))
        elif cells and len(problems) < MAX_PROBLEMS:
            problems.append(Problem("bad_row", path, f"line {index} is no point; it was not taken", index))
    if not points:
        return None, tuple(problems)
    table = np.array(points, dtype=np.float64)
    step = table[:, 3] if np.isfinite(table[:, 3]).any() else None
    series = Series(
        name=name,
        values=table[:, 2],
        seq=np.arange(len(points), dtype=np.int64),
        step=step,
        time=table[:, 1],
        line=table[:, 0].astype(np.int64),
        split=split_in(name),
        path=path,
    )
    return series, tuple(problems)
