"""Files that every tool is given: simulated runs written as each tool likes to read them, bundled logs, labelled real logs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.accuracy.faults import FAULTS, injected
from benchmarks.accuracy.generators import HEALTHY, Draw, healthy
from benchmarks.accuracy.labelled import Case

SPELLING = {
    "train/loss": "loss",
    "val/loss": "val_loss",
    "train/accuracy": "accuracy",
    "val/accuracy": "val_accuracy",
}
JSON_ONLY = frozenset({"runwise"})


def nulls(folder: Path, lengths: Sequence[int], draws: int) -> list[Case]:
    """Healthy simulated runs, written into the folder."""
    cases = []
    for (number, shape), length, index in product(enumerate(HEALTHY), lengths, range(draws)):
        draw = healthy(shape, length, index)
        path = write(draw, folder / f"null-{number:02}-{length}-{index}.csv")
        cases.append(Case(path, f"{shape} {length} {index}", (), frozenset(draw.allowed), frozenset(), True, True, True))
    return cases


def faults(folder: Path, draws: int) -> list[Case]:
    """Every fault at the strength that a careful reader calls clear, written into the folder."""
    cases = []
    for (number, (title, fault)), index in product(enumerate(FAULTS.items()), range(draws)):
        path = write(injected(title, fault.nominal, index).draw, folder / f"fault-{number:02}-{index}.csv")
        wanted = ((fault.rule,),)
        cases.append(Case(path, f"{title} {index}", wanted, frozenset({fault.rule, *fault.also}), frozenset(), False, True, True))
    return cases


def write(draw: Draw, path: Path) -> Path:
    """The draw as a CSV with the names most trainers use, and beside it the same as JSON lines; returns the CSV's path."""
    places = next((points.x for points in draw.curves.values() if (np.diff(points.x) <= 0).any()), None)
    if places is None:
        places = np.unique(np.concatenate([points.x for points in draw.curves.values()]))
    rows: list[dict[str, float]] = [{draw.axis: float(x)} for x in places]
    for axis, x in draw.extra.items():
        _fill(rows, axis, range(len(rows)) if len(x) == len(rows) else (), x)
    for name, points in draw.curves.items():
        at = range(len(rows)) if len(points.x) == len(rows) else np.searchsorted(places, points.x)
        _fill(rows, SPELLING.get(name, name), at, points.y)
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows({name: f"{value:.8g}" for name, value in row.items()} for row in rows)
    lines = (
        json.dumps({name: int(v) if name in {"step", "epoch"} and v == int(v) else v for name, v in row.items()}) for row in rows
    )
    path.with_suffix(".jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def _fill(rows: list[dict[str, float]], name: str, at: Iterable[int], values: np.ndarray) -> None:
    for i, value in zip(at, values, strict=False):
        rows[int(i)][name] = float(value)


def path_for(tool: str, case: Case) -> Path:
    """The file that a tool is given for a case: JSON lines where it reads no CSV and both were written."""
    lines = case.path.with_suffix(".jsonl")
    return lines if tool in JSON_ONLY and case.path.suffix == ".csv" and lines.exists() else case.path
