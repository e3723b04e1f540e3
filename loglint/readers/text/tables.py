"""Records laid out as tables: a header line over rows of numbers (fastai, spaCy, YOLO, Markdown), and boxes of
`| name | value |` rows (stable-baselines and other reinforcement-learning loggers).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from msgspec.structs import replace

from loglint.model import Bools, Floats, Split
from loglint.readers.text import prefix
from loglint.readers.text import words as vocabulary
from loglint.readers.text.axes import marks
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.texts import places
from loglint.readers.text.tokens import NUMBER, ODD, value_of

_HEADER = re.compile(rb"(?i)^\|AP\||epoch|step|iter|itn|E#|^E[A-Z]|round|class.*map|ep\||timestep|batch")
_COUNTED = sought(rb"\|ap\||epoch|step|iter|itn|round|class.*map|ep\||batch")  # in the key of any header but those in capitals
_METRIC = sought(rb"^\|ap\||loss|acc|err|map|score|ppl|perp|auc|reward|wer|bleu|giou|rmse|mae|mse|deviance|f1|uas|ents|obj|cls")
_RULE = re.compile(r"^[\s|+:=─━┃│┼╇-]*$")
_BAR = re.compile(r":?\s+\d{1,3}%\|.*$|:?\s+\d{1,3}%\s*━.*$|\s+━+.*$")
_CELL = re.compile(rf"({NUMBER}|{ODD})(?:/(\d+))?([%a-zA-Z]{{0,3}})")
_BOX_ROW = re.compile(r"^\s*[|│┃]\s*([^|│┃]+?)\s*[|│┃]\s*([^|│┃]*?)\s*[|│┃]\s*$")
_THRESHOLDS = re.compile(r"@\.?\d[\d.:]*")  # of `mAP@.5:.95`
_WORD = re.compile(r"\S+")
_SPACES = re.compile(r"\t+| {2,}")
_COUNTERS = {"ts": "step", "e": "epoch", "itn": "epoch", "itn.": "epoch", "#": "step", "nepoch": "epoch"}
_WORDY = re.compile(r"[^\W\d_]")
_HALVES = sought(rb"train\|\W*valid(?:ation)?$|training\|\W*valid(?:ation)?$")
_GAP = 6
_FIRST_WORDS = frozenset(
    "train training trn valid validation val test dev eval dep ner remaining oob learning grad mean avg average elapsed".split()
)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table: their names, the counter each is (or None), how cells are parted, and where the names stand."""

    names: tuple[str, ...]
    counters: tuple[str | None, ...]
    parted: str  # "|", ",", or " "
    starts: tuple[int, ...] = field(default=(), compare=False)  # of columns parted by blanks; none where names hold blanks


class Row(msgspec.Struct, frozen=True):
    """One row of numbers under a header; NaN with `known` False where a cell holds no number."""

    index: int
    cells: tuple[float | None, ...]
    bar: bool
    label: str = ""  # the first cell, where it holds no number


def header_of(line: str) -> Header | None:
    """The columns that a header line names, None when the line is no header."""
    text = _BAR.sub("", line).strip()
    if len(text) > 2000 or any(mark in text for mark in ("=", "://", "`", "](")):
        return None
    if text.count("|") >= 2:
        names, parted = [cell.strip() for cell in text.strip("|").split("|")], "|"
    elif text.count("\t") >= 1 and ":" not in text:
        names, parted = [cell.strip() for cell in text.split("\t")], "\t"
    elif text.count(",") >= 2 and ":" not in text:
        names, parted = [cell.strip() for cell in text.split(",")], ","
    elif ":" in _THRESHOLDS.sub("", text).rstrip(":"):
        return None
    elif text.lower().startswith("class "):
        names, parted = text.split(), " "
    else:
        wide = _SPACES.split(text)
        names, parted = (wide, " ") if len(wide) >= 3 else (text.split(" "), " ")
    names = [_unclosed(name.strip("*: ")) for name in names]
    if (
        not 2 <= len(names) <= 60
        or any(_CELL.fullmatch(word) for name in names for word in name.split())
        or max(map(len, names)) > 40
    ):
        return None
    counters = tuple(_counter(name) for name in names)
    strong = [name for name in names if vocabulary.strength(name) == "strong" and not vocabulary.is_best(name)]
    results = parted == "|" and len(strong) == len(names) == len(set(names)) and len(names) > 2
    sheet = parted == "\t" and any(vocabulary.is_sure(name) for name in strong)
    if not strong or not (any(counters) or _is_classes(names) or results or sheet):
        return None
    starts = tuple(found.start() for found in _WORD.finditer(line)) if parted == " " else ()
    return Header(tuple(names), counters, parted, starts if len(starts) == len(names) else ())


def _unclosed(name: str) -> str:
    """`Box(P` and `mAP50-95)`, two columns of one group, without their half of the bracket."""
    return (
        name.split("(")[-1]
        if name.count("(") > name.count(")")
        else name.rstrip(")")
        if name.count(")") > name.count("(")
        else name
    )


def _counter(name: str) -> str | None:
    return _COUNTERS.get(name.lower()) or vocabulary.counter_of(name)


def _is_classes(names: Sequence[str]) -> bool:
    """The validation table of the YOLO family: a row per class, the one named `all` counts."""
    return names[0].lower() == "class" and any("map" in name.lower() for name in names)


def row_of(line: str, header: Header, index: int) -> Row | None:
    """The numbers of a row, None when the line does not fit the header."""
    text, bars = _BAR.subn("", line)
    text = text.strip()
    if _is_classes(header.names) and not text.startswith("all "):
        return None
    if header.parted == " ":
        cells = text.split()
        if len(cells) < len(header.names) and header.starts:
            cells = _in_place(line, header.starts)
    else:
        cells = [cell.strip() for cell in (text.strip("|") if header.parted == "|" else text).split(header.parted)]
    wanted = len(header.names)
    if len(cells) > wanted and not any(_CELL.fullmatch(cell) for cell in cells[wanted:]):
        cells = cells[:wanted]
    if len(cells) != wanted or sum(1 for cell in cells if _CELL.fullmatch(cell)) < max(2, wanted // 2):
        return None
    return Row(index, tuple(_number(cell) for cell in cells), bars > 0, "" if _number(cells[0]) is not None else cells[0])


def _in_place(line: str, starts: Sequence[int]) -> list[str]:
    """The cells of a row that leaves some blank, each under the name it starts with; none unless all do, up to the last column."""
    cells = {found.start(): found[0] for found in _WORD.finditer(line)}
    return [cells.get(start, "") for start in starts] if cells.keys() <= set(starts) and len(line) > starts[-1] else []


def _number(cell: str) -> float | None:
    found = _CELL.fullmatch(cell)
    if not found:
        return None
    return value_of(found[1] + (found[3] if found[3] in ("k", "K", "M") and not found[2] else ""))


def _merged(header: Header, line: str) -> Header | None:
    """A header of single-spaced words fitted to its first row by joining `train loss` and the like."""
    wanted, names = len(_BAR.sub("", line).split()), list(header.names)
    while len(names) > wanted:
        at = next((i for i, name in enumerate(names[:-1]) if name.lower() in _FIRST_WORDS), None)
        if at is None:
            return None
        names[at : at + 2] = [f"{names[at]} {names[at + 1]}"]
    return Header(tuple(names), tuple(_counter(name) for name in names), " ") if len(names) == wanted else None


def read(lines: Lines) -> tuple[list[Column], set[int]]:
    """The curves of all tables and boxes, and the lines they stand on."""
    rows: dict[Header, list[Row]] = defaultdict(list)
    taken: set[int] = set()
    boxes: list[tuple[int, dict[str, float]]] = []
    until = 0
    for i in lines.having([k for k, key in enumerate(lines.keys) if key[:1] == b"|" and _may_be_box(key)]).tolist():
        if i >= until:
            until = _box(lines, i, boxes, taken)
    heads = lines.mentioning(_METRIC, lambda kind: _may_be_header(lines, kind), _may_be_headers(lines))
    known = frozenset(heads)
    for i in heads:
        header = header_of(lines.texts[i]) if i not in taken else None
        if header is not None:
            fitted, found = _rows(lines, i, header, known)
            rows[fitted] += found
            taken.update(row.index for row in found)
            taken.add(i)
    halves = _halved(lines, taken)
    columns = halves + [column for header, found in rows.items() for column in _columns(header, _last_drawn(found, header))]
    return _carried(columns) + box_columns(_sectioned(boxes)), taken


def _sectioned(boxes: Sequence[tuple[int, dict[str, float]]]) -> list[tuple[int, dict[str, float]]]:
    """Boxes whose section headings were cut off, with the names that other boxes give: `loss` is their `train/loss`."""
    whole: dict[str, set[str]] = defaultdict(set)
    for _, values in boxes:
        for name in values:
            whole[name.rsplit("/", 1)[-1]].add(name)
    full = {leaf: next(iter(names - {leaf})) for leaf, names in whole.items() if len(names) == 2 and leaf in names}
    return [(index, {full.get(name, name): value for name, value in values.items()}) for index, values in boxes]


def _carried(columns: list[Column]) -> list[Column]:
    """Validation tables without a counter get the epoch of the training rows above them, and one row for each."""
    counted = next((column for column in columns if column.key.stage != "bare" and np.isfinite(column.epoch).any()), None)
    if counted is None:
        return columns
    passed = marks([(counted.index, counted.epoch)])
    carried = []
    for column in columns:
        if column.key.stage == "bare" and column.key.label == "":
            epoch = passed.at(column.index)
            first = np.concatenate([[True], np.diff(epoch) != 0]) & np.isfinite(epoch)
            column = Column(column.key, column.index[first], column.values[first], column.step[first], epoch[first])
        carried.append(column)
    return [column for column in carried if len(column.index)]


def _halved(lines: Lines, taken: set[int]) -> list[Column]:
    """Tables with a row per metric and a column per split (`Training | Validation` over `loss | 1.0 | 0.9`)."""
    points: dict[tuple[str, Split], list[tuple[int, float]]] = defaultdict(list)
    for i in lines.mentioning(_HALVES):
        splits = [vocabulary.split_of(cell) for cell in lines.texts[i][prefix.end_of(lines.texts[i]) :].split("|")]
        for k in range(i + 1, min(i + 60, len(lines.texts))):
            cells = [cell.strip() for cell in lines.texts[k][prefix.end_of(lines.texts[k]) :].split("|")]
            if len(cells) != len(splits) + 1 or not cells[0]:
                break
            for split, cell in zip(splits, cells[1:], strict=True):
                value = _number(cell)
                if value is not None and split and vocabulary.strength(cells[0]) == "strong":
                    points[(cells[0], split)].append((k, value))
            taken.add(k)
    columns = []
    for (name, split), members in points.items():
        index, values = zip(*members, strict=True)
        none = np.full(len(index), np.nan)
        columns.append(Column(Key(name, split, "table", "bare"), np.array(index, dtype=np.int64), np.array(values), none, none))
    return columns


def _may_be_box(key: bytes) -> bool:
    return key.count(b"|") == 3 and len(key) < LONGEST


def _may_be_headers(lines: Lines) -> Bools:
    """The keys that can be those of a header: with a tab in their first line, or a word for a counter, or all in capitals."""
    may = np.array([key[:1] in b"Ee" for key in lines.keys], dtype=bool)
    may[lines.mentions.possible(_COUNTED)] = True
    tabs = places(lines.texts.raw, ord("\t"))
    firsts = lines.texts.take(lines.leading)
    return may | (np.searchsorted(tabs, firsts.start) < np.searchsorted(tabs, firsts.end))


def _may_be_header(lines: Lines, kind: int) -> bool:
    key = lines.keys[kind]
    if len(key) >= 800:
        return False
    first = lines.texts[int(lines.members(kind)[0])]
    return ("\t" in first or _HEADER.search(key) is not None) and header_of(first) is not None


def _rows(lines: Lines, start: int, header: Header, heads: frozenset[int]) -> tuple[Header, list[Row]]:
    """The rows under the header at `start`; a few other lines may stand between them."""
    found: list[Row] = []
    gap = 0
    classes = _is_classes(header.names)  # their row may come late, behind the next epoch's header
    for i in range(start + 1, len(lines.texts)):
        line = lines.texts[i]
        if i in heads and not (classes and not found and i - start <= _GAP and not line.split()[0].lower().startswith("class")):
            break
        if _RULE.match(line) and (line.strip() or header.parted == " "):
            if not line.strip() and (found or gap):
                gap += 1
            continue
        if not found and header.parted == " " and len(line.split()) < len(header.names):
            header = _merged(header, line) or header
        row = row_of(line, header, i)
        if row is not None and _goes_on(header, found, row):
            found.append(row)
            gap = 0
            continue
        gap += 1
        if gap > _GAP:
            break
    return header, [row for row in found if row.cells[0] is None] if classes else found


def _goes_on(header: Header, found: list[Row], row: Row) -> bool:
    """Whether a row's counter is there, and not before that of the row above by more than a restart."""
    places = [cell for cell, counter in zip(row.cells, header.counters, strict=True) if counter]
    return not places or any(cell is not None and cell >= 0 for cell in places)


def _last_drawn(rows: list[Row], header: Header) -> list[Row]:
    """Of a row that a progress bar drew again and again, the last drawing."""
    at = next((k for k, counter in enumerate(header.counters) if counter), None)
    if at is None or not rows:
        return rows
    keep = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        if after is None or not row.bar or row.cells[at] != after.cells[at] or not after.bar:
            keep.append(row)
    return keep


def _columns(header: Header, rows: list[Row]) -> list[Column]:
    if not rows:
        return []
    labels = [row.label for row in rows]
    trials = {"iter", "ts"} <= {name.lower() for name in header.names}  # the status that Ray Tune prints
    if header.parted in ("|", ",") and all(map(_WORDY.match, labels)) and len(set(labels)) == len(rows) and not trials:
        return []  # a table of results: a row for each model
    if header.parted == "|" and all(labels) and 1 < len(set(labels)) < len(rows) + trials:
        parts = [[row for row in rows if row.label == label] for label in dict.fromkeys(labels)]
        return [
            replace(column, key=replace(column.key, label=part[0].label)) for part in parts for column in _columns(header, part)
        ]
    index = np.array([row.index for row in rows], dtype=np.int64)
    table = np.array([[np.nan if cell is None else cell for cell in row.cells] for row in rows])
    known = np.array([[cell is not None for cell in row.cells] for row in rows])
    step, epoch = _places(header, table)
    counted = np.isfinite(step).any() or np.isfinite(epoch).any()
    if counted and len(rows) == 1 and not np.isnan(table[0][known[0]]).any() and header.parted in ("|", ",") and not trials:
        return []
    stage = "step" if np.isfinite(step).any() else "epoch" if counted else "bare"
    split: Split | None = None if counted or header.parted == "\t" else "val"
    columns = []
    for k, name in enumerate(header.names):
        if header.counters[k] or not name or vocabulary.is_best(name) or not known[:, k].any() or _is_size(name):
            continue
        have = known[:, k]
        key = Key(name, vocabulary.split_of(name) or split, "", stage)
        columns.append(Column(key, index[have], table[have, k], step[have], epoch[have]))
    return columns


def _is_size(name: str) -> bool:
    return (
        name.lower() in ("instances", "size", "targets", "img_size", "images", "class", "mem", "time", "labels")
        or "time" in name.lower()
    )


def _places(header: Header, table: Floats) -> tuple[Floats, Floats]:
    """The step and epoch columns of a table, NaN where it has none."""
    none = np.full(len(table), np.nan)
    found = {counter: table[:, k] for k, counter in reversed(list(enumerate(header.counters))) if counter}
    return found.get("step", none), found.get("epoch", none)


def _box(lines: Lines, start: int, boxes: list[tuple[int, dict[str, float]]], taken: set[int]) -> int:
    """Read `| name | value |` rows from `start` on; returns the line after the box."""
    values: dict[str, float] = {}
    section = ""
    texts = 0
    i = start
    while i < len(lines.texts) and (found := _BOX_ROW.match(lines.texts[i])):
        name, cell = found[1], found[2]
        if not cell and name.endswith("/"):
            section = name
        elif (number := _number(cell)) is not None:
            values.setdefault((section if lines.texts[i].split("|")[1].startswith("    ") else "") + name, number)
        elif cell:
            texts += 1
        i += 1
    if values and texts <= 0.2 * len(values):
        boxes.append((i - 1, values))
        taken.update(range(start, i))
    return max(i, start + 1)


def box_columns(boxes: Sequence[tuple[int, dict[str, float]]]) -> list[Column]:
    """Curves of boxes that come again and again with the same names."""
    kinds: dict[frozenset[str], list[tuple[int, dict[str, float]]]] = defaultdict(list)
    for index, values in boxes:
        home = next(
            (names for names in kinds if len(names & values.keys()) >= 0.6 * min(len(names), len(values)) and len(names) > 1), None
        )
        kinds[home or frozenset(values)].append((index, values))
    columns: list[Column] = []
    for members in kinds.values():
        names = list(dict.fromkeys(name for _, values in members for name in values))
        strong = [name for name in names if vocabulary.strength(name) == "strong" and not vocabulary.is_best(name)]
        place = {kind: _box_counter(names, kind) for kind in ("step", "epoch")}
        if not strong or (len(members) < 2 and not any(place.values())) or (len(members) < 2 and not _box_sure(strong)):
            continue
        columns += [column for name in names if name not in place.values() for column in _box_column(name, members, place)]
    return columns


def _box_sure(strong: Sequence[str]) -> bool:
    return any(vocabulary.is_sure(name) and "every" not in name for name in strong)


def _box_counter(names: Sequence[str], kind: str) -> str | None:
    """The row that counts: total timesteps before iterations before anything else."""
    tails = {name: name.rsplit("/", 1)[-1] for name in names}
    found = [name for name, tail in tails.items() if vocabulary.counter_of(tail) == kind and not tail.lower().startswith("max")]
    return max(found, key=lambda name: ("total" in tails[name].lower(), "step" in tails[name].lower()), default=None)


def _box_column(name: str, members: list[tuple[int, dict[str, float]]], place: dict[str, str | None]) -> list[Column]:
    having = [(index, values) for index, values in members if name in values]
    index = np.array([at for at, _ in having], dtype=np.int64)
    axis = {
        kind: np.array([values.get(counter, np.nan) if counter else np.nan for _, values in having])
        for kind, counter in place.items()
    }
    if vocabulary.counter_of(name.rsplit("/", 1)[-1]):
        return []
    stage = "step" if place["step"] else "epoch" if place["epoch"] else "bare"
    split: Split | None = "val" if name.startswith("eval") else None
    return [
        Column(Key(name, split, "", stage), index, np.array([values[name] for _, values in having]), axis["step"], axis["epoch"])
    ]
