"""Delimited tables -> readings: CSV, TSV, white space and pipe tables of any writer.

What is particular to a writer (file names of TensorBoard's exports, DVCLive's folders, CatBoost's and Stable Baselines'
column names) stands here; dialects are in `loglint.readers.delimited`, columns and axes in `loglint.readers.table`, tables
that loglint exported itself in `loglint.readers.exports`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from loglint.model import Reading, Source, Split
from loglint.readers import bulk
from loglint.readers.delimited import SMALL, Layout, Parsed, decode, looked_at, parse, sniff
from loglint.readers.exports import from_export, is_export
from loglint.readers.names import axis_of, extension, folder, quantity, split_in, split_of, stem, words
from loglint.readers.table import readings
from loglint.readers.table.records import Table

FORMAT = "csv"
TABLES = frozenset({".csv", ".tsv", ".tab"})
MAYBE = frozenset({".txt", ".log", ".dat", ".data", ".out", ".stats", ""})
_TENSORBOARD = re.compile(r"run-(.*?)[-,_]tag-(.*)")
_EXPORTED = ("Wall time", "Step", "Value")  # the header of TensorBoard's downloads
_DVCLIVE = re.compile(r"^(?:(.*)/)?(?:plots/metrics|dvclive/scalars)/(.+?)\.(?:tsv|csv)")
_CATBOOST = re.compile(r"(?:^|[_-])(learn|test)(?:_\d+)?_error")


class Place(msgspec.Struct, frozen=True):
    """What the path of a table says: the name of a nameless column, the split, the run's folder and group, the writer."""

    name: str
    split: Split | None = None
    folder: str = ""
    group: str = ""
    framework: str | None = None


def claims(path: str, head: bytes) -> bool:
    """Whether the first lines are a header and rows under it, in a file whose suffix speaks of a table or of nothing."""
    suffix = extension(path)
    binary = b"\x00" in head[:1024] and head[:2] not in (b"\xff\xfe", b"\xfe\xff")
    if binary or suffix not in TABLES | MAYBE:
        return False
    lines: Sequence[str]
    if len(head) < SMALL:
        _, lines, layout = looked_at(head)
    else:
        lines = decode(head).splitlines()
        lines = lines[:-1] if len(lines) > 1 else lines
        layout = sniff(lines)
    if layout is None:
        return False
    return suffix in TABLES or _surely(path, layout, lines)


def _surely(path: str, layout: Layout, lines: Sequence[str]) -> bool:
    """Whether a file without a table's suffix is one all the same: an axis and a quantity in the header, rows right under it.

    A file that is named after a quantity may do without a header (`losses.txt`).
    """
    if layout.header in (("value",), ("step", "value")):
        return quantity(stem(path)) == "strong"
    named = any(axis_of(name) for name in layout.header) and any(quantity(name) for name in layout.header)
    return named and layout.first <= 3 and len(lines) > layout.first


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """Every run in a table; empty when it holds no training quantity along an axis. Never raises on bad bytes."""
    parsed = bulk.parse(data, path) if bulk.pays(len(data)) else None
    parsed = parsed or parse(data, path)
    if parsed is None:
        return ()
    if is_export(parsed.header):
        return from_export(parsed.table, path)
    place = _place(path)
    parsed, place = _monitor(parsed, place)
    table = _lone(parsed.table, place, path)
    source = Source(path, FORMAT, place.framework or _framework(parsed.header))
    sure = place.framework == "CatBoost" or parsed.header == _EXPORTED
    found = readings(table, source, parsed.config, place.name, sure)
    return tuple(_completed(one, parsed, place) for one in found)


def _completed(reading: Reading, parsed: Parsed, place: Place) -> Reading:
    series = reading.series
    if place.split is not None:
        series = tuple(
            one if one.split or split_in(one.name) not in (None, place.split) else replace(one, split=place.split) for one in series
        )
    return replace(
        reading,
        series=series,
        events=parsed.events,
        problems=(*parsed.problems, *reading.problems),
        folder=place.folder,
        group=reading.group or place.group,
    )


def _place(path: str) -> Place:
    name = stem(path)
    parent = folder(path).rpartition("/")[2]
    if match := _TENSORBOARD.fullmatch(name):
        run, tag = match.groups()
        split = split_of(re.split(r"[_/-]", run)[-1])
        rest = re.sub(r"(?:^|[_/-])[A-Za-z]+$", "", run) if split else run
        return Place(tag, split, group="" if rest in ("", ".") else rest, framework="TensorBoard")
    if match := _DVCLIVE.match(path):
        return Place(match.group(2), split_in(match.group(2).split("/")[0]), folder=match.group(1) or ".", framework="DVCLive")
    if (match := _CATBOOST.search(name)) and extension(path) == ".tsv":
        return Place(name, "train" if match.group(1) == "learn" else "val", framework="CatBoost")
    return Place(name, split_of(name) or split_of(parent))


def _monitor(parsed: Parsed, place: Place) -> tuple[Parsed, Place]:
    """Stable Baselines' monitor file under plain names: r, l, t are an episode's reward, length and time."""
    if parsed.header[:3] != ("r", "l", "t"):
        return parsed, place
    names = {"r": "episode_reward", "l": "episode_length", "t": "time"}
    table = parsed.table.columns([*parsed.table.numbers, *parsed.table.texts], names)
    return replace(parsed, table=table), replace(place, framework="Stable Baselines")


def _lone(table: Table, place: Place, path: str) -> Table:
    """A table with one curve whose file name says more than its column: that curve under the file's name."""
    columns = [name for name in table.numbers if axis_of(name) is None]
    if len(columns) != 1 or not quantity(columns[0]):
        return table
    if place.framework == "DVCLive" or set(words(columns[0])) < set(words(stem(path))):
        return table.columns([*table.numbers, *table.texts], {columns[0]: place.name})
    return table


def _framework(header: tuple[str, ...]) -> str | None:
    names = set(header)
    if {"training_iteration", "timesteps_total"} <= names:
        return "Ray"
    if any(name.startswith("metrics/mAP") for name in names):
        return "YOLO"
    if any(name.endswith("__MIN") for name in names):
        return "Weights & Biases"
    return None
