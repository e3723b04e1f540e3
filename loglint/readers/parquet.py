"""Parquet tables -> readings: loglint's own exports and histories of any writer. Needs pyarrow (`loglint[parquet]`).

What the columns mean lives in `loglint.readers.table` and `loglint.readers.exports`.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from loglint.model import Problem, Reading, Source
from loglint.readers.exports import from_export, is_export
from loglint.readers.names import stem
from loglint.readers.table import readings
from loglint.readers.table.records import Column, Table, Texts
from loglint.readers.table.sheets import MAX_SERIES

FORMAT = "parquet"
MAX_CELLS = 500_000_000


def claims(path: str, head: bytes) -> bool:
    """Whether the file begins with Parquet's magic number."""
    return head[:4] == b"PAR1"


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """Every run in the table; a reading with a problem when it cannot be read. Never raises on bad bytes."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        return (_refused(path, "needs pyarrow: install loglint[parquet]"),)
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
        if file.metadata.num_rows * file.metadata.num_columns > MAX_CELLS:
            return (_refused(path, f"holds more than {MAX_CELLS} cells"),)
        names = file.schema_arrow.names[:MAX_SERIES]
        columns = file.read(columns=names).to_pydict()
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        return (_refused(path, f"is no readable Parquet file: {str(error)[:200]}"),)
    table = _table(columns)
    if is_export([*columns]):
        return from_export(table, path)
    return readings(table, Source(path, FORMAT), lone_name=stem(path))


def _refused(path: str, why: str) -> Reading:
    return Reading(Source(path, FORMAT), problems=(Problem("unreadable", path, why),))


def _table(columns: dict[str, list[Any]]) -> Table:
    numbers: dict[str, Column] = {}
    texts: dict[str, Texts] = {}
    size = max((len(cells) for cells in columns.values()), default=0)
    for name, cells in columns.items():
        held = [(row, cell) for row, cell in enumerate(cells) if cell is not None]
        rows = np.array([row for row, _ in held], dtype=np.int64)
        kinds = {type(cell) for _, cell in held}
        if kinds and kinds <= {int, float}:
            numbers[name] = Column(rows, np.array([cell for _, cell in held], dtype=np.float64))
        elif kinds == {str}:
            texts[name] = Texts(rows, tuple(cell for _, cell in held))
    return Table(size, numbers, texts)
