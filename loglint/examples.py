"""An example inside a rule file -> the `Run` it describes, as if its logs had been read; judged in `loglint.rulecheck`.

Keys of a `[[bad]]` or `[[good]]` table beside why, at and at_within:

    ALIAS, "split/role"   a series in the notation of `loglint.notation`, a list of numbers, or a table {values, step, epoch, time,
                          granularity}; an alias takes the place of the rule's input, a "fact:NAME" alias goes to the config
    step, epoch, time     positions of all series, in the same notation; without any, steps are 0, 1, 2, ...
    axis = "epoch"        all series have one point an epoch, at 1, 2, 3, ...
    config                hyper-parameters beside the log
    traits                what kind of training it is ("adversarial", "reinforcement", ...)
    events, problems      tables {kind, message, path, line} as readers report them
    hist                  tag -> list of {step, edges, counts}
    text, file            a log as a reader meets it, and its file name (log.txt); goes through readers, runs and roles
    run                   [[bad.run]]: several runs, each with keys as above, and `id`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

import numpy as np
from msgspec.structs import replace

from loglint.errors import RuleError, did_you_mean
from loglint.model import (
    Axis,
    Bools,
    Direction,
    Event,
    EventKind,
    Floats,
    Granularity,
    Histograms,
    Problem,
    ProblemKind,
    Role,
    Run,
    Scalar,
    Series,
    Source,
    Split,
)
from loglint.notation import parse
from loglint.readers import HEAD, reader_for
from loglint.roles import assign
from loglint.rule import Example, Rule
from loglint.runs import assemble

AXES_GIVEN: tuple[Axis, ...] = ("step", "epoch", "time")
SERIES_KEYS = frozenset({"values", "granularity", *AXES_GIVEN})
KEYS = frozenset({"axis", "config", "traits", "events", "problems", "hist", "text", "file", "run", "id", *AXES_GIVEN})
DOWN = frozenset({"loss", "perplexity"})
UP = frozenset({"reward"})
RISING_METRICS = frozenset({"accuracy", "map", "bleu", "f1", "auc", "iou", "success"})


def example_runs(rule: Rule, example: Example) -> tuple[Run, ...]:
    """The runs of an example: one for each `[[bad.run]]`, else one. Raises RuleError naming file, example and key."""
    tables = example.content.get("run")
    if tables is None:
        return (_run(rule, example, example.content, "example"),)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _error(rule, example, "run", "tables [[bad.run]] are expected")
    shared = {key: value for key, value in example.content.items() if key != "run"}
    return tuple(_run(rule, example, {**shared, **table}, f"run-{i}") for i, table in enumerate(tables))


def example_run(rule: Rule, example: Example) -> Run:
    """The run of an example that has one, the first of several. Raises as `example_runs`."""
    return example_runs(rule, example)[0]


def place_of(rule: Rule, key: str) -> str | None:
    """The "split/role" that a content key stands for: an alias's place (the first of several), or the key itself; else None."""
    if key in rule.detect.inputs and rule.scope != "runs":
        return rule.detect.inputs[key].split("|")[0].rstrip("?")
    return key if "/" in key else None


def role_at(place: str) -> Role:
    """The role a series must have to be found at a place: "train/objective" is a training loss, "val/metric" an accuracy."""
    split, _, name = place.rpartition("/")
    quantity, _, component = {"objective": "loss", "metric": "metric.accuracy"}.get(name, name).partition(".")
    direction: Direction = "none"
    if quantity in DOWN or quantity in UP:
        direction = "down" if quantity in DOWN else "up"
    elif quantity == "metric":
        direction = "up" if component in RISING_METRICS else "down"
    known = split if split in get_args(Split) else "train" if split in ("*", "each") else None
    return Role(quantity, component or None, cast(Split | None, known), None, direction, "set by the example")


def _run(rule: Rule, example: Example, content: Mapping[str, Any], name: str) -> Run:
    if "text" in content:
        return _read(rule, example, content)
    config: dict[str, Scalar] = dict(content.get("config", {}))
    series: list[Series] = []
    for key, value in content.items():
        place = place_of(rule, key)
        if place is not None and place.startswith("fact:"):
            config[place.removeprefix("fact:")] = value
        elif place is not None:
            series.append(_series(rule, example, key, place, value, content))
        elif key not in KEYS:
            raise _error(rule, example, key, f"unknown key{did_you_mean(key, [*rule.detect.inputs, *KEYS])}")
    identity = str(content.get("id", name))
    return Run(
        id=identity,
        key=identity,
        sources=(Source("example", "example"),),
        series=tuple(series),
        histograms=tuple(_histograms(rule, example, tag, records) for tag, records in content.get("hist", {}).items()),
        config=config,
        events=tuple(_event(rule, example, table) for table in content.get("events", ())),
        problems=tuple(_problem(rule, example, table) for table in content.get("problems", ())),
        traits=frozenset(content.get("traits", ())),
    )


def _read(rule: Rule, example: Example, content: Mapping[str, Any]) -> Run:
    """The run that a log's text makes, as the readers see it. Raises RuleError when they see none, or several."""
    for key in content:
        if key not in {"text", "file", "config", "id"}:
            raise _error(rule, example, key, "an example with `text` takes only `file`, `config` and `id` beside it")
    path, data = str(content.get("file", "log.txt")), str(content["text"]).lstrip("\n").encode()
    reader = reader_for(path, data[:HEAD])
    runs = tuple(assign(run, ()) for run in assemble(reader.read(path, data))) if reader is not None else ()
    told = [run for run in runs if run.series or run.histograms or run.events]
    if len(told) != 1:
        raise _error(rule, example, "text", f"{len(told)} runs are read from it instead of one")
    return replace(told[0], config={**told[0].config, **content.get("config", {})})


def _series(rule: Rule, example: Example, key: str, place: str, value: Any, content: Mapping[str, Any]) -> Series:
    """One series with its role; steps without a value are left out of it."""
    table = value if isinstance(value, dict) else {"values": value}
    for name in table:
        if name not in SERIES_KEYS:
            raise _error(rule, example, f"{key}.{name}", f"unknown key{did_you_mean(name, SERIES_KEYS)}")
    values, given = _points(rule, example, key, table.get("values"))
    by_epoch = content.get("axis") == "epoch"
    axes: dict[Axis, Floats] = {}
    for axis in AXES_GIVEN:
        places = table.get(axis, content.get(axis))
        if places is not None:
            axes[axis] = _axis(rule, example, f"{key}: {axis}", places, len(values))[given]
    if not axes:
        ordinals = np.arange(len(values), dtype=np.float64)
        axes = {"epoch": ordinals[given] + 1} if by_epoch else {"step": ordinals[given]}
    return Series(
        name=place,
        values=values[given],
        seq=np.flatnonzero(given).astype(np.int64),
        step=axes.get("step"),
        epoch=axes.get("epoch"),
        time=axes.get("time"),
        granularity=cast(Granularity | None, table.get("granularity", "epoch" if by_epoch else None)),
        path="example",
        role=role_at(place),
    )


def _axis(rule: Rule, example: Example, key: str, value: Any, n: int) -> Floats:
    """Positions of n points: as many as given, cut to n when more."""
    places, _ = _points(rule, example, key, value)
    if len(places) < n:
        raise _error(rule, example, key, f"{len(places)} positions for {n} points")
    return places[:n]


def _points(rule: Rule, example: Example, key: str, value: Any) -> tuple[Floats, Bools]:
    if isinstance(value, str):
        try:
            return parse(value, salt=key)
        except RuleError as error:
            raise _error(rule, example, key, str(error)) from error
    if isinstance(value, list) and all(isinstance(item, int | float) and not isinstance(item, bool) for item in value):
        return np.array(value, dtype=np.float64), np.ones(len(value), dtype=np.bool_)
    raise _error(rule, example, key, "a series in notation, or a list of numbers, is expected")


def _histograms(rule: Rule, example: Example, tag: str, records: Sequence[Mapping[str, Any]]) -> Histograms:
    try:
        return Histograms(
            name=tag,
            step=np.array([record["step"] for record in records], dtype=np.float64),
            edges=tuple(np.array(record["edges"], dtype=np.float64) for record in records),
            counts=tuple(np.array(record["counts"], dtype=np.float64) for record in records),
            path="example",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _error(rule, example, f"hist.{tag}", f"a list of {{step, edges, counts}} is expected ({error})") from error


def _event(rule: Rule, example: Example, table: Mapping[str, Any]) -> Event:
    kind = _kind(rule, example, "events", table, get_args(EventKind))
    return Event(cast(EventKind, kind), str(table.get("message", "")), _path(table), table.get("line"))


def _problem(rule: Rule, example: Example, table: Mapping[str, Any]) -> Problem:
    kind = _kind(rule, example, "problems", table, get_args(ProblemKind))
    return Problem(cast(ProblemKind, kind), _path(table), str(table.get("message", "")), table.get("line"))


def _path(table: Mapping[str, Any]) -> str:
    return str(table.get("path", "example"))


def _kind(rule: Rule, example: Example, key: str, table: Mapping[str, Any], known: Sequence[str]) -> str:
    kind = table.get("kind")
    if kind not in known:
        raise _error(rule, example, f"{key}.kind", f'"{kind}" is none of {", ".join(known)}')
    return str(kind)


def _error(rule: Rule, example: Example, key: str, message: str) -> RuleError:
    return RuleError(f'{rule.file}: {"bad" if example.bad else "good"} "{example.why}": {key}: {message}')
