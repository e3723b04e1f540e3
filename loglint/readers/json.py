"""JSON and JSON lines -> readings: trainer states, histories, records of any writer.

Told apart by shape, not by framework: a list of records, a mapping of lists, a mapping of scalars with a position, or a
list of TensorBoard's triples. Reading JSON text lives in `loglint.readers.documents`, columns and axes in
`loglint.readers.table`; files that hold only settings are left to `loglint.readers.config`.
"""

from __future__ import annotations

import math
import re
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
from msgspec.structs import replace

from loglint.model import Floats, Problem, Reading, Series, Source
from loglint.readers import documents
from loglint.readers.delimited import decode
from loglint.readers.exports import from_export, is_export
from loglint.readers.names import axis_of, extension, flatten, folder, plain, quantity, split_of, stem
from loglint.readers.plots import from_plots
from loglint.readers.records import as_float, settings, to_table
from loglint.readers.table import curves, readings
from loglint.readers.table.records import Column, Table

FORMAT = "json"
SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".jsonlines", ".log", ".txt", ".out", ""})
SETTINGS = re.compile(
    r"(config|params|hparams|args|arguments|options|opt|flags|cfg|settings|hyperparameters|training_args|hyp|cmd_args"
    r"|adapter_config|generation_config|tokenizer_config|model_config|train_config|training_config|ds_config.*|deepspeed.*|package|tsconfig)$",
    re.I,
)
SUMMARY = re.compile(
    r"(wandb-summary|.*summary|(all|train|eval|test|predict)_results|final.*|best.*|results?|last_metrics|test_metrics)$", re.I
)
_EPOCH_FILE = re.compile(r"metrics_epoch_(-?\d{1,9})$")
_RUNTIME = "train_runtime"  # stands in the record that sums up a training
_TRAINER = frozenset({"log_history"})
_KEYED = re.compile(r"(?:epoch|step|iter|iteration)?[ _-]?(\d+)$", re.I)
MAX_PROBLEMS = 20
LARGE = 1 << 17  # bytes, above which it pays to decode for the names at hand


def claims(path: str, head: bytes) -> bool:
    """Whether the content begins as JSON does: a document in a file named so, or lines that each hold one object."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] not in (b"{", b"[") or extension(path) not in SUFFIXES | {".trainer_state"}:
        return extension(path) in (".jsonl", ".ndjson") and _object(text.split(b"\n", 1)[0])
    first, _, rest = text.partition(b"\n")
    if extension(path) == ".json":
        several = _object(first) and rest.lstrip()[:1] == b"{"
        return several or not SETTINGS.fullmatch(stem(path))
    if extension(path) in (".jsonl", ".ndjson", ".jsonlines"):
        return True
    if path == "-" and b"\n" in head and documents.loads(head) is not None:
        return True
    return _mostly_objects(head) or (text[:1] == b"{" and b'"log_history"' in head)


def _mostly_objects(head: bytes) -> bool:
    """Whether the first lines are JSON objects, the one that the head cuts aside."""
    lines = [line for line in head.split(b"\n") if line.strip()][:50]
    whole = lines[:-1] or lines
    return _object(whole[0]) and sum(map(_object, whole)) >= 0.8 * len(whole)


def _object(line: bytes) -> bool:
    return line.strip().startswith(b"{") and isinstance(documents.loads(line), dict)


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """Every run in a JSON file; empty when it holds no training quantity. Never raises on bad bytes."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:3] == b"\xef\xbb\xbf":
        data = decode(data).encode()
    if is_lines(data):
        columns = documents.number_lines(data) if len(data) > LARGE else None
        plainly = columns and not ({_RUNTIME} & columns.keys() or {"index", "data"} <= columns.keys())
        return _from_columns(path, columns) if columns and plainly else _from_lines(path, documents.lines(data))
    if documents.is_batches(data):
        return _from_lines(path, documents.batches(data))
    value = documents.loads(data)
    if value is not None:
        return from_value(path, value)
    text = decode(data)
    value = documents.repaired(text)
    if value is None:
        return ()
    problem = Problem("truncated", path, "the JSON document breaks off; everything before that was read", text.count("\n") + 1)
    return tuple(replace(one, problems=(problem, *one.problems)) for one in from_value(path, value))


def is_lines(data: bytes) -> bool:
    """Whether the first two lines that are not blank are objects of their own (or the only one is)."""
    start = len(data) - len(data.lstrip()) if data[:1].isspace() else 0
    end = data.find(b"\n", start)
    if not _object(data[start : end if end >= 0 else len(data)]):
        return False
    after = data[end + 1 : end + 65536].lstrip() if end >= 0 else b""
    return not after or after[:1] == b"{"


def _from_lines(path: str, lines: documents.Lines) -> tuple[Reading, ...]:
    problems = [
        Problem("bad_row", path, f"line {line} is no JSON object; it was not taken", line) for line in lines.bad[:MAX_PROBLEMS]
    ]
    if len(lines.bad) > MAX_PROBLEMS:
        problems.append(Problem("bad_row", path, f"{len(lines.bad) - MAX_PROBLEMS} more lines were not taken"))
    if lines.cut is not None:
        problems.append(Problem("truncated", path, "the last line breaks off; it was not taken", lines.cut))
    if len(lines.records) == 1 and not problems and not _is_swanlab(path, lines.records):
        return from_value(path, lines.records[0])
    found = (_from_swanlab if _is_swanlab(path, lines.records) else from_records)(path, lines.records, lines.numbers)
    return tuple(replace(one, problems=(*problems, *one.problems)) for one in found)


def _from_columns(path: str, columns: Mapping[str, Floats]) -> tuple[Reading, ...]:
    """The run in records that all hold the same numbers."""
    rows = np.arange(len(next(iter(columns.values()))), dtype=np.int64)
    table = Table(len(rows), {name: Column(rows, values) for name, values in columns.items()}, {}, rows + 1)
    return readings(table, Source(path, FORMAT, _framework(table)), {}, stem(path))


def _is_swanlab(path: str, records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether lines are SwanLab's `logs/<metric>/1000.log`: one point each, named by the folder alone."""
    above = folder(path).rpartition("/")[0]
    return (above == "logs" or above.endswith("/logs")) and all({"index", "data"} <= set(record) for record in records[:100])


def _from_swanlab(path: str, records: Sequence[Mapping[str, Any]], lines: Sequence[int]) -> tuple[Reading, ...]:
    metric_folder = folder(path)
    home = folder(folder(metric_folder)) or "."
    name = urllib.parse.unquote(metric_folder.rpartition("/")[2])
    rows = [
        {"step": one["index"], name: one["data"]} | ({"timestamp": one["create_time"]} if "create_time" in one else {})
        for one in records
    ]
    series, problems = curves(to_table(rows, lines), path, sure=True)
    return (Reading(Source(path, FORMAT, "SwanLab"), series, problems=problems, folder=home),) if series else ()


def from_records(path: str, records: Sequence[Mapping[str, Any]], lines: Sequence[int] | None = None) -> tuple[Reading, ...]:
    """The runs in a list of records; the one with the run time of the whole training is a summary and no point."""
    final = [record for record in records if _RUNTIME in record and "loss" not in record]
    if final:
        kept = [index for index, record in enumerate(records) if _RUNTIME not in record or "loss" in record]
        records = [records[index] for index in kept]
        lines = None if lines is None else [lines[index] for index in kept]
    table = to_table(_placed_evaluations(records), lines)
    if is_export([*table.numbers, *table.texts, *(records[0] if records else ())]):
        return from_export(table, path)
    summary = {key: as_float(value) for record in final for key, value in flatten(record, "/").items() if _is_number(value)}
    source = Source(path, FORMAT, _framework(table))
    found = readings(table, source, settings(records), stem(path))
    return tuple(replace(one, summary={**summary, **one.summary}) for one in found)


def _placed_evaluations(records: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """mmengine's records with evaluations where they belong: their `step` is an epoch, while that of training is an iteration."""
    if not any("iter" in record and "step" in record for record in records[:100]):
        return records
    placed: list[Mapping[str, Any]] = []
    last: Mapping[str, Any] | None = None
    for record in records:
        if "iter" in record:
            last = record
        elif last is not None and record.get("step", math.inf) <= last.get("epoch", -1) < last.get("step", -1):
            record = {**record, "step": last["step"], "epoch": record["step"]}
        placed.append(record)
    return placed


def from_value(path: str, value: object) -> tuple[Reading, ...]:
    """The runs in one JSON value, by its shape."""
    if isinstance(value, dict):
        return _from_mapping(path, value)
    if isinstance(value, list) and value:
        if _is_triples(value):
            return _from_triples(path, value)
        if drawn := from_plots(path, value, FORMAT, stem(path)):
            return drawn
        if _is_records(value):
            return from_records(path, value)
        if all(isinstance(one, dict) and _lists(one) for one in value[:100]):
            found = [(str(index), one) for index, one in enumerate(value[:100])]
            return tuple(replace(r, group=name) for name, one in found for r in _from_mapping(path, one))
    return ()


def _from_mapping(path: str, value: dict[str, Any]) -> tuple[Reading, ...]:
    if _is_records(value.get("log_history")):
        return _trainer_state(path, value)
    if sacred := {key: one for key, one in value.items() if isinstance(one, dict) and {"steps", "values"} <= set(one)}:
        return _sacred(path, sacred)
    if drawn := from_plots(path, value, FORMAT, stem(path)):
        return drawn
    if _lists(value):
        return _history(path, value)
    if keyed := _keyed(value):
        return from_records(path, keyed)
    scalars = {key: one for key, one in flatten(value, "/", 6).items() if _is_number(one)}
    if any(quantity(key) for key in scalars):
        inner = _nested(path, value)
        return inner or _point(path, value, {key: as_float(one) for key, one in scalars.items()})
    return _nested(path, value)


def _nested(path: str, value: dict[str, Any], depth: int = 0) -> tuple[Reading, ...]:
    """Runs inside the members of a mapping, each under the member's key."""
    found: list[tuple[str, tuple[Reading, ...]]] = []
    for key, one in list(value.items())[:200]:
        inner: tuple[Reading, ...] = ()
        if isinstance(one, list):
            inner = from_value(path, one)
        elif isinstance(one, dict) and depth < 4:
            inner = _history(path, one) if _lists(one) else _nested(path, one, depth + 1)
        if inner:
            found.append((key, inner))
    if len(found) == 1:
        return found[0][1]
    return tuple(replace(one, group=f"{key}/{one.group}".rstrip("/")) for key, inner in found for one in inner)


def _trainer_state(path: str, value: dict[str, Any]) -> tuple[Reading, ...]:
    """Hugging Face's trainer state: `log_history` holds the records, the rest are facts."""
    facts = {
        key: one for key, one in flatten({k: v for k, v in value.items() if k not in _TRAINER}, ".").items() if one is not None
    }
    found = from_records(path, value["log_history"])
    source = Source(path, FORMAT, "HF Trainer")
    return tuple(replace(one, source=source, config={**facts, **one.config}) for one in found)


def _sacred(path: str, value: Mapping[str, Any]) -> tuple[Reading, ...]:
    """Sacred's metrics: each name with its own steps, values and time stamps."""
    series: list[Series] = []
    for name, one in value.items():
        values = one["values"]
        if not isinstance(values, list) or not isinstance(one["steps"], list):
            continue
        record = [{"step": s, name: _value(v)} for s, v in zip(one["steps"], values, strict=False)]
        stamps = one.get("timestamps")
        if isinstance(stamps, list):
            record = [{**row, "timestamp": stamp} for row, stamp in zip(record, stamps, strict=False)]
        series += curves(to_table(record), path)[0]
    return (Reading(Source(path, FORMAT, "Sacred"), tuple(series)),) if series else ()


def _value(value: object) -> object:
    """A number as jsonpickle writes NumPy's: in a mapping with a `value`."""
    return value.get("value") if isinstance(value, dict) else value


def _history(path: str, value: Mapping[str, Any]) -> tuple[Reading, ...]:
    """A mapping of lists, one number an epoch (Keras' history): all lists of one length share a position."""
    numbers: dict[str, Column] = {}
    size = 0
    for name, one in _unwrapped(_lists(value)).items():
        pairs = [(index, as_float(item)) for index, item in enumerate(one) if _is_number(item)]
        if pairs:
            numbers[name] = Column(
                np.array([i for i, _ in pairs], dtype=np.int64), np.array([v for _, v in pairs], dtype=np.float64)
            )
            size = max(size, len(one))
    lengths = {len(column.rows) for name, column in numbers.items() if axis_of(name)}
    if lengths and len(lengths | {size}) > 1:
        numbers = {name: column for name, column in numbers.items() if not axis_of(name)}
    facts = {
        key: one
        for key, one in flatten({k: v for k, v in value.items() if not isinstance(v, list)}, ".").items()
        if one is not None
    }
    return readings(Table(size, numbers), Source(path, FORMAT), facts if any(not quantity(k) for k in facts) else {})


def _lists(value: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, list[Any]]:
    """The lists of numbers in a mapping, nested ones under joined keys; empty unless one is a training quantity."""
    found: dict[str, list[Any]] = {}
    for key, one in list(value.items())[:2000]:
        name = f"{prefix}/{key}" if prefix else str(key)
        if isinstance(one, list) and one and all(_is_number(item) or item is None for item in one):
            found[name] = one
        elif (
            isinstance(one, dict)
            and one
            and all(str(k).isdigit() for k in one)
            and all(_is_number(v) or v is None for v in one.values())
        ):
            found[name] = list(one.values())
        elif isinstance(one, dict) and depth < 3:
            found |= _lists(one, name, depth + 1)
    if depth == 0 and not any(quantity(name) and len(one) > 1 for name, one in found.items()):
        return {}
    return found


def _unwrapped(lists: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Lists without the one wrapper (`history/`) that stands before all their names; a split's name is kept."""
    heads = {name.partition("/")[0] for name in lists}
    if len(heads) != 1 or split_of(*heads) is not None or not all("/" in name for name in lists):
        return lists
    return _unwrapped({name.partition("/")[2]: one for name, one in lists.items()})


def _keyed(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Records under their epoch: {"1": {...}, "2": {...}} or {"epoch_1": {...}}."""
    matches = [_KEYED.match(str(key)) for key in value]
    if len(value) < 2 or not all(matches) or not all(isinstance(one, dict) for one in value.values()):
        return []
    name = "step" if next(iter(value)).lower().startswith(("step", "iter")) else "epoch"
    return [{name: int(match.group(1)), **one} for match, one in zip(matches, value.values(), strict=True) if match is not None]


def _point(path: str, value: Mapping[str, Any], scalars: Mapping[str, float]) -> tuple[Reading, ...]:
    """One record: a point when it says where it stands, a summary when it speaks of the best or of the end."""
    name = stem(path)
    source = Source(path, FORMAT)
    epoch = _EPOCH_FILE.search(name)
    placed = any(axis_of(key) and (axis_of(key) or ("", 0))[0] != "time" for key in scalars)
    final = any(plain(key).startswith(("best_", "final_")) for key in value) or _RUNTIME in value
    if not epoch and (final or not placed or SUMMARY.fullmatch(name)):
        return (Reading(source, summary=scalars),)
    kept = {
        key: one
        for key, one in scalars.items()
        if not (epoch and plain(key).startswith(("best_", "peak_", "training_start", "training_epochs")))
    }
    if epoch:
        kept = {**{key: one for key, one in kept.items() if axis_of(key) is None}, "epoch": float(epoch.group(1))}
    series, problems = curves(to_table([kept]), path)
    framework = "AllenNLP" if epoch else None
    if not epoch:
        return (Reading(source, series, problems=problems, summary=scalars),)
    order = np.array([int(epoch.group(1))], dtype=np.int64)
    return (Reading(replace(source, framework=framework), tuple(replace(one, seq=order) for one in series), problems=problems),)


def _is_records(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value) and not _lists(value[0])


def _is_triples(value: Sequence[object]) -> bool:
    return all(isinstance(one, list) and len(one) == 3 and all(map(_is_number, one)) for one in value)


def _from_triples(path: str, value: Sequence[Sequence[float]]) -> tuple[Reading, ...]:
    """TensorBoard's JSON download of one scalar: wall time, step, value."""
    match = re.fullmatch(r"run-(.*?)[-,_]tag-(.*)", stem(path))
    name = match.group(2) if match else stem(path)
    table = to_table([{"wall_time": one[0], "step": one[1], name: one[2]} for one in value])
    split = split_of(re.split(r"[_/-]", match.group(1))[-1]) if match else None
    found = readings(table, Source(path, FORMAT, "TensorBoard"))
    return tuple(replace(one, series=tuple(replace(s, split=s.split or split) for s in one.series)) for one in found)


def _framework(table: Table) -> str | None:
    names = {*table.numbers, *table.texts}
    if {"training_iteration", "timesteps_total"} <= names:
        return "Ray"
    if {"iteration", "eta_seconds", "total_loss"} <= names:
        return "detectron2"
    if {"mode", "epoch", "iter"} <= names:
        return "mmcv"
    return None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
