"""Every point of every run as one tidy table: csv, jsonl or parquet by suffix. Reading it back is `loglint.readers.exports`.

A point is a row; the columns are a contract. A missing position is blank (null), a value that is not a number is `nan`,
`inf` or `-inf` (in parquet the float itself). Finite floats are written in the shortest form that reads back exactly.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from loglint.errors import ConfigError
from loglint.leftout import EXPORT_COLUMNS
from loglint.model import Floats, Run, Series
from loglint.report import Number, number

SUFFIXES = (".csv", ".jsonl", ".parquet")
Block = list[list[Any]]  # one list per column, None where missing


def write(path: Path, runs: Iterable[Run]) -> int:
    """Write the table; returns the number of points. Raises ConfigError for an unknown suffix or a missing pyarrow."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ConfigError(f"{path}: exports are written as {', '.join(SUFFIXES)}; give one of these suffixes")
    blocks = (_block(run, series) for run in runs for series in run.series)
    path.parent.mkdir(parents=True, exist_ok=True)
    return {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}[suffix](path, blocks)


def _block(run: Run, series: Series) -> Block:
    """The columns of one series, in the order of EXPORT_COLUMNS."""
    n = len(series)
    line = [None] * n if series.line is None else [value or None for value in series.line.tolist()]
    return [
        [run.id] * n,
        [0] * n if series.attempt is None else series.attempt.tolist(),
        [series.name] * n,
        [series.role.split or series.split] * n,
        [series.role.name] * n,
        *(_places(places, n) for places in (series.step, series.epoch, series.time)),
        series.seq.tolist(),
        series.values.tolist(),
        [series.path] * n,
        line,
    ]


def _places(places: Floats | None, n: int) -> list[Number]:
    if places is None:
        return [None] * n
    return [None if math.isnan(place) else number(place) for place in places.tolist()]


def _rows(blocks: Iterable[Block]) -> Iterator[tuple[Any, ...]]:
    for block in blocks:
        yield from zip(*block, strict=True)


def _csv(path: Path, blocks: Iterable[Block]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(EXPORT_COLUMNS)
        for row in _rows(blocks):
            writer.writerow(row)
            count += 1
    return count


def _jsonl(path: Path, blocks: Iterable[Block]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in _rows(blocks):
            record = dict(zip(EXPORT_COLUMNS, row, strict=True))
            if not math.isfinite(record["value"]):
                record["value"] = number(record["value"])
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def _parquet(path: Path, blocks: Iterable[Block]) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ConfigError(f"{path}: parquet needs pyarrow: pip install 'loglint[parquet]'") from error
    kinds = {"attempt": pa.int64(), "seq": pa.int64(), "line": pa.int64()}
    kinds |= dict.fromkeys(("step", "epoch", "time", "value"), pa.float64())
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in EXPORT_COLUMNS])
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for block in blocks:
            columns = [pa.array(values, field.type, from_pandas=False) for values, field in zip(block, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            count += len(block[0])
    return count
