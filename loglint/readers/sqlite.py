"""SQLite databases of metrics: MLflow's tracking store, trackio, and any table of run, name, step and value.

A database is opened from memory, and only reading its plain tables is allowed: no view, trigger or function of it is run.
SwanLab and Aim keep no curves in their SQLite files.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Event, Problem, Reading, Scalar, Series, Source

FORMAT = "sqlite"
MAGIC = b"SQLite format 3\x00"
MOST_RUNS = 10_000
MOST_VALUES = 2000
LONGEST_CELL = 1 << 22
HUGE = 1.7976931348623157e308  # what MLflow stores for infinity
WORDS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
NAMES, VALUES = ("key", "metric", "metric_name", "name", "tag"), ("value", "metric_value")
STEPS, EPOCHS = ("step", "global_step", "iteration", "iter", "step_idx"), ("epoch",)
RUNS, TIMES = (
    ("run_uuid", "run_id", "run_name", "run", "experiment_id", "trial_id"),
    ("wall_time", "timestamp", "time", "created_at"),
)

Tables = Mapping[str, tuple[str, ...]]


class _Points(msgspec.Struct):
    """Columns of one curve in order of the table; places that a row leaves out are NaN."""

    seq: list[int] = msgspec.field(default_factory=list)
    value: list[float] = msgspec.field(default_factory=list)
    step: list[float] = msgspec.field(default_factory=list)
    epoch: list[float] = msgspec.field(default_factory=list)
    time: list[float] = msgspec.field(default_factory=list)


class _Run(msgspec.Struct):
    """What the tables say of one run."""

    name: str
    curves: dict[str, _Points] = msgspec.field(default_factory=dict)
    config: dict[str, Scalar] = msgspec.field(default_factory=dict)
    status: str = ""
    started: float | None = None
    deleted: bool = False


def claims(path: str, head: bytes) -> bool:
    """The sixteen bytes that every SQLite database begins with."""
    return head.startswith(MAGIC)


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """One reading for each run, `group` its name; one without series and with a problem when there is no metric."""
    source = Source(path, FORMAT)
    runs: dict[str, _Run] = {}
    problems: list[Problem] = []
    page = int.from_bytes(data[16:18], "big")
    size = int.from_bytes(data[28:32], "big") * (65536 if page == 1 else page)
    if len(data) < size:
        problems.append(Problem("truncated", path, f"the database ends at byte {len(data)} of {size}; what could be read was read"))
    framework = None
    try:
        connection = _open(data)
        try:
            tables = _tables(connection)
            framework, take = _store(tables)
            if take is not None:
                take(connection, tables, runs)
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeError) as error:
        if not problems:
            problems.append(
                Problem("unreadable", path, f"the database cannot be read ({error}); restore it with `sqlite3 FILE .recover`")
            )
    readings = [
        _reading(Source(path, FORMAT, framework), group, run) for group, run in _named(runs) if run.curves and not run.deleted
    ]
    if not readings:
        if not problems:
            problems.append(Problem("not_a_log", path, "the database has no table of metrics with a name, a step and a value"))
        return (Reading(source, problems=tuple(problems)),)
    return (replace(readings[0], problems=tuple(problems)), *readings[1:])


def _open(data: bytes) -> sqlite3.Connection:
    """The database in memory, restricted to reading; one with a write-ahead log is opened without it."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data[:18] + b"\x01\x01" + data[20:])
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
    connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY)
    return connection


def _tables(connection: sqlite3.Connection) -> Tables:
    """Names of the plain tables and of their columns."""
    found: dict[str, tuple[str, ...]] = {}
    for name, text in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' LIMIT 1000").fetchall():
        if (
            isinstance(name, str)
            and isinstance(text, str)
            and not text.upper().startswith("CREATE VIRTUAL")
            and not name.startswith("sqlite_")
        ):
            described = connection.execute(f"SELECT * FROM {_quoted(name)} LIMIT 0").description  # noqa: S608
            found[name] = tuple(column[0] for column in described)
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


Take = Callable[[sqlite3.Connection, Tables, dict[str, _Run]], None]


def _store(tables: Tables) -> tuple[str | None, Take | None]:
    """What wrote the database, and how to take its runs."""
    if {"key", "value", "run_uuid", "step", "is_nan"} <= set(tables.get("metrics", ())):
        return "mlflow", _take_mlflow
    if {"run_name", "step", "metrics"} <= set(tables.get("metrics", ())):
        return "trackio", _take_trackio
    return None, (_take_long if any(_long_columns(columns) for columns in tables.values()) else None)


def _rows(connection: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    """Rows in order of insertion."""
    names = ", ".join(map(_quoted, columns))
    try:
        yield from connection.execute(f"SELECT {names} FROM {_quoted(table)} ORDER BY rowid")  # noqa: S608
    except sqlite3.OperationalError as error:
        if "no such column" not in str(error):
            raise
        yield from connection.execute(f"SELECT {names} FROM {_quoted(table)}")  # noqa: S608


def _run(runs: dict[str, _Run], key: object) -> _Run | None:
    """The run with this key, new where it is not known; None beyond the bound."""
    name = str(key)
    if name not in runs and len(runs) >= MOST_RUNS:
        return None
    return runs.setdefault(name, _Run(name))


def _add(run: _Run, name: str, seq: int, value: float, step: object, epoch: object, time: float | None) -> None:
    points = run.curves.setdefault(name, _Points())
    points.seq.append(seq)
    points.value.append(value)
    for column, place in ((points.step, _number(step)), (points.epoch, _number(epoch)), (points.time, time)):
        column.append(float("nan") if place is None else place)


def _take_mlflow(connection: sqlite3.Connection, tables: Tables, runs: dict[str, _Run]) -> None:
    """MLflow's tracking store (mlflow/store/tracking/dbmodels/models.py): NaN is a flag, infinity the largest number."""
    if {"run_uuid", "name", "status", "start_time", "lifecycle_stage"} <= set(tables.get("runs", ())):
        for key, name, status, start, stage in _rows(
            connection, "runs", ("run_uuid", "name", "status", "start_time", "lifecycle_stage")
        ):
            run = _run(runs, key)
            if run is not None:
                run.name, run.status, run.deleted = str(name or key), str(status), stage == "deleted"
                milliseconds = _number(start)
                run.started = None if milliseconds is None else milliseconds / 1000
    if {"run_uuid", "key", "value"} <= set(tables.get("params", ())):
        for key, name, text in _rows(connection, "params", ("run_uuid", "key", "value")):
            run = _run(runs, key)
            if run is not None and len(run.config) < MOST_VALUES:
                run.config[str(name)] = _plain(str(text))
    for seq, row in enumerate(_rows(connection, "metrics", ("run_uuid", "key", "value", "is_nan", "step", "timestamp"))):
        key, name, raw, is_nan, step, time = row
        run, value, milliseconds = _run(runs, key), _number(raw), _number(time)
        if run is not None and value is not None:
            value = float("nan") if is_nan else float(np.copysign(np.inf, value)) if abs(value) >= HUGE else value
            _add(run, str(name), seq, value, step, None, None if milliseconds is None else milliseconds / 1000)


def _take_trackio(connection: sqlite3.Connection, tables: Tables, runs: dict[str, _Run]) -> None:
    """trackio's store: one JSON object of metrics for each step of a run, and one of settings for each run.

    Runs are told apart by `run_id` where the store has it: their names repeat.
    """
    names = set(tables["metrics"])
    own = "run_id" if "run_id" in names else "run_name"
    columns = (own, "run_name", "step", "metrics", "timestamp" if "timestamp" in names else "step")
    for seq, (key, name_of_run, step, text, stamp) in enumerate(_rows(connection, "metrics", columns)):
        run = _run(runs, key)
        if run is not None:
            run.name = str(name_of_run)
        for name, value in _flat(_loaded(text)):
            number = _number(value)
            if run is not None and number is not None:
                _add(run, name, seq, number, step, None, _seconds(stamp))
    if {own, "config"} <= set(tables.get("configs", ())):
        for key, text in _rows(connection, "configs", (own, "config")):
            run = runs.get(str(key))
            for name, value in _flat(_loaded(text)):
                if (
                    run is not None
                    and len(run.config) < MOST_VALUES
                    and isinstance(value, str | int | float | bool)
                    and name[0] != "_"
                ):
                    run.config[name] = value


def _long_columns(columns: tuple[str, ...]) -> tuple[str, str, str | None, str | None, str | None, str | None] | None:
    """Columns of name, value, step, epoch, run and time of a table with one row for each point; None when it is no such table."""
    lower = {column.lower(): column for column in columns}
    name, value, step, epoch, run, time = (
        next((lower[known] for known in group if known in lower), None) for group in (NAMES, VALUES, STEPS, EPOCHS, RUNS, TIMES)
    )
    if name is None or value is None or (step is None and epoch is None):
        return None
    return name, value, step, epoch, run, time


def _take_long(connection: sqlite3.Connection, tables: Tables, runs: dict[str, _Run]) -> None:
    """Tables of name, value and step or epoch, whoever wrote them."""
    for table, columns in tables.items():
        found = _long_columns(columns)
        if found is None:
            continue
        present = tuple(column for column in found if column is not None)
        for seq, row in enumerate(_rows(connection, table, present)):
            cells = dict(zip(present, row, strict=True))
            name, value, step, epoch, key, time = (None if column is None else cells[column] for column in found)
            run, number = _run(runs, table if key is None else key), _number(value)
            if run is not None and number is not None:
                _add(run, str(name), seq, number, step, epoch, _seconds(time))


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return WORDS.get(value) if isinstance(value, str) else None


def _seconds(value: object) -> float | None:
    """A time of day as seconds: a number as it is, an ISO 8601 text converted."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (ValueError, OverflowError, OSError):
            return None
    return _number(value)


def _plain(text: str) -> Scalar:
    """A parameter that was stored as text, as the number or truth value it reads as."""
    if text in ("True", "False"):
        return text == "True"
    if text == "None":
        return None
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text[:1000]


def _loaded(text: object) -> dict[str, object]:
    try:
        loaded = json.loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _flat(values: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict) and "_type" not in value and depth < 6:
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        elif prefix or name:
            yield f"{prefix}{name}", value


def _named(runs: Mapping[str, _Run]) -> Iterator[tuple[str, _Run]]:
    """Each run with a name that no other run has."""
    times = Counter(run.name for run in runs.values())
    for key, run in runs.items():
        yield (run.name if times[run.name] == 1 else f"{run.name}-{key[:8]}"), run


def _reading(source: Source, group: str, run: _Run) -> Reading:
    kinds = {"KILLED": "the run is marked as killed", "FAILED": "the run is marked as failed"}
    last = max(points.seq[-1] for points in run.curves.values())
    events = (
        (Event("killed" if run.status == "KILLED" else "traceback", kinds[run.status], source.path, seq=last),)
        if run.status in kinds
        else ()
    )
    return Reading(
        source=source,
        series=tuple(_series(source.path, name, points) for name, points in run.curves.items()),
        config=run.config,
        events=events,
        group=group,
        started=run.started,
    )


def _series(path: str, name: str, points: _Points) -> Series:
    """A curve; an axis that is empty, or a step that never moves (MLflow's default is 0), is none."""
    step, epoch, time = (np.array(column, dtype=np.float64) for column in (points.step, points.epoch, points.time))
    still = len(step) > 1 and bool((step == step[0]).all())
    return Series(
        name=name,
        values=np.array(points.value, dtype=np.float64),
        seq=np.array(points.seq, dtype=np.int64),
        step=None if still or np.isnan(step).all() else step,
        epoch=None if np.isnan(epoch).all() else epoch,
        time=None if np.isnan(time).all() else time,
        path=path,
    )
