"""Forms of log line that break the general grammar: Darknet's values before their names, MLPerf's and DLLogger's JSON events,
printed arrays and histories of losses, curves named by nothing but their split (CatBoost, GluonCV).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeGuard

import numpy as np
from msgspec.structs import replace

from loglint.model import Bools, Floats
from loglint.readers.text import axes
from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.tokens import NUMBER, ODD, value_of

_VALUE = rf"({NUMBER}|{ODD})"
_DARKNET = re.compile(
    rf"^\s*(?:\([^)]*\)\s*)?(\d+):\s*{_VALUE},\s*{_VALUE}\s+avg(?:\s+loss)?,\s*{_VALUE}\s+rate,\s*{_VALUE}\s+seconds,\s*(\d+)\s+images"
)
_KALDI = re.compile(
    rf"(?i)(overall )?average (objective function|log-?likelihood|loss|"
    rf"cross-entropy) (?:for '([^']+)' )?(?:for minibatches (\d+)-(\d+) )?is {_VALUE}(?=.* over )"
)
_TUTORIAL = re.compile(rf"^\s*\d+[hm] \d+[ms] \(- [^()]+\) \((\d+) \d+%\) {_VALUE}\s*$")
_TRIAL = re.compile(rf"^\s*-\s+(\S+):\s+[A-Z]+\b.*\b\d+ s, (\d+) iter(?:, (\d+) ts)?, {_VALUE} rew\s*$")
_TICK = re.compile(rf"^\W*tick\s+\d+\s+kimg\s+({NUMBER})\s.*?(sec/tick\s.*)$")
_SNAPSHOT = re.compile(r"^\W*network-snapshot-(\d+)\s+time\s.*?\s((?:fid|kid|is|ppl|pr|swd|ms-ssim)\S*\s.*)$", re.I)
_NAMED = re.compile(rf"(\S*[A-Za-z]\S*)\s+{_VALUE}(?=\s|$)")
_MLPERF = re.compile(r":::MLP\S*\s+(?:\S+\s+)?(\d+\.\d+)\s+\([^()]*(?:\([^()]*\))?[^()]*\)\s+(\w+)(?::\s*(.+))?$")
_MLLOG = re.compile(r":::MLLOG\s+(\{.*\})\s*$")
_DLL = re.compile(r"^\s*(?:DLLL?\s+)?(\{.*\"(?:data|metrics)\".*\})\s*$")
_ARRAY_START = re.compile(
    r"(?i)(?:^|[\s'\"{,._])((?:train(?:ing)?|val(?:id(?:ation)?)?|test|eval)?[ _.-]?(?:loss(?:es)?|"
    r"acc(?:uracy)?|costs?|errors?|perplexit(?:y|ies)|rewards?)"
    r"(?:[ _.-]?(?:history|array|list|curve|values|log|s|_))*)['\"]?\s*(?:=+|:|\s)\s*(?:array\(|tensor\()?\[\s*(?=[-+\d.n])"
)
_ARRAY_HEAD = re.compile(
    r"(?i)^\W*((?:train(?:ing)?|val(?:idation)?|test)?\s*(?:loss(?:es)?|accuracy|cost|error|reward)s?\s+(?:array|history|curve|list|values)\b)"
)
_SHORT = {"trl": "train loss", "tel": "val loss"}  # the names of llm.c's main.log
_MOST_ITEMS = 100_000
_LISTED = rb"\S*[ '\"]*:?[ (a-z]*\["
_HISTORY = rb"(?:es)?s?(?:array|history|curve|list|values)"
_KEYS = sought(
    rb"avg|average|iter,ts,|s,iter,rew|sec/kimg|snapshot|:::ml|ms\(ms\)\(%\)|\"data\"|\"metrics\"|"
    + b"|".join(name + _HISTORY for name in (b"loss", b"accuracy", b"cost", b"error", b"reward"))
    + b"|"
    + b"|".join(name + _LISTED for name in (b"loss", b"acc", b"cost", b"error", b"perplex", b"reward"))
)

Point = tuple[str, int, float, float, float]  # name, line, value, step, epoch
_Dialect = Callable[[Lines, int], tuple[list[Point], int]]  # the points of a line, and the line to go on with


def read(lines: Lines, skip: Bools) -> tuple[list[Column], set[int]]:
    """The curves that dialects tell, and the lines they used."""
    known: dict[bytes, _Dialect | None] = {}
    points: dict[str, list[Point]] = defaultdict(list)
    taken: set[int] = set()
    until = -1
    for i in lines.mentioning(_KEYS):
        if i < until or skip[i]:
            continue
        key = lines.key(i)
        if key not in known:
            known[key] = _dialect(lines, i)
        dialect = known[key]
        if dialect is None:
            continue
        found, until = dialect(lines, i)
        for point in found:
            points[point[0]].append(point)
        if found or dialect is _mlperf:
            taken.update(range(i, until))
    return [_column(name, members) for name, members in points.items()], taken


def placed(found: Sequence[Column], spoken: Sequence[Column]) -> list[Column]:
    """Values printed now and then without any counter, between the records of a dialect, stand at the record before them."""
    passed = axes.marks([(column.index, column.step) for column in spoken])
    return [
        replace(column, step=passed.at(column.index))
        if len(passed.index) > len(column.index)
        and not np.isfinite([column.step, column.epoch]).any()
        and column.index[0] > passed.index[0]
        else column
        for column in found
    ]


def _dialect(lines: Lines, i: int) -> _Dialect | None:
    """Which dialect the line at `i` speaks."""
    line = lines.texts[i]
    if len(line) > 50 * LONGEST:
        return None
    if _DARKNET.match(line):
        return _darknet
    if _TUTORIAL.match(line):
        return _tutorial
    if _KALDI.search(line):
        return _kaldi
    if _TRIAL.match(line):
        return _trial
    if _TICK.match(line) or _SNAPSHOT.match(line):
        return _tick
    if ":::ML" in line:
        return _mlperf
    if _DLL.match(line):
        return _dllogger
    if _ARRAY_START.search(line) or _ARRAY_HEAD.match(line):
        return _array
    return None


def _column(name: str, points: Sequence[Point]) -> Column:
    step, epoch = (np.array([point[k] for point in points], dtype=np.float64) for k in (3, 4))
    stage = "step" if np.isfinite(step).any() else "epoch" if np.isfinite(epoch).any() else "bare"
    index = np.array([point[1] for point in points], dtype=np.int64)
    values = np.array([point[2] for point in points], dtype=np.float64)
    trial, _, name = name.rpartition("\t")
    return Column(Key(name, vocabulary.split_of(name), trial, stage), index, values, step, epoch)


def _darknet(lines: Lines, i: int) -> tuple[list[Point], int]:
    """`iteration: loss, mean avg loss, rate rate, t seconds, n images` (darknet, src/detector.c)."""
    found = _DARKNET.match(lines.texts[i])
    if not found:
        return [], i + 1
    step = float(found[1])
    names = ("loss", "loss (avg)", "learning rate", "seconds")
    return [(name, i, value_of(text), step, np.nan) for name, text in zip(names, found.group(2, 3, 4, 5), strict=True)], i + 1


def _trial(lines: Lines, i: int) -> tuple[list[Point], int]:
    """` - PPO_CartPole-v0_0:	RUNNING [pid=8], 53 s, 12 iter, 48000 ts, 21.5 rew` of older Ray Tune: a curve per trial."""
    found = _TRIAL.match(lines.texts[i])
    if not found:
        return [], i + 1
    return [(f"{found[1]}\treward", i, value_of(found[4]), float(found[3] or found[2]), np.nan)], i + 1


def _tick(lines: Lines, i: int) -> tuple[list[Point], int]:
    """`tick 3 kimg 18.2 time 34m 16s sec/tick 652.4 ...` and `network-snapshot-000018 time 2m 1s fid50k 61.2` of StyleGAN."""
    found = _TICK.match(lines.texts[i]) or _SNAPSHOT.match(lines.texts[i])
    if not found:
        return [], i + 1
    return [(name, i, value_of(text), float(found[1]), np.nan) for name, text in _NAMED.findall(found[2])], i + 1


def _kaldi(lines: Lines, i: int) -> tuple[list[Point], int]:
    """`Average objective function for 'output' for minibatches 0-99 is -0.25 over 640000 frames` (nnet3)."""
    found = _KALDI.search(lines.texts[i])
    if not found:
        return [], i + 1
    name = f"{(found[1] or '').lower()}{found[2].lower()}" + (f" {found[3]}" if found[3] else "")
    return [(name, i, value_of(found[6]), float(found[5]) if found[5] else np.nan, np.nan)], i + 1


def _tutorial(lines: Lines, i: int) -> tuple[list[Point], int]:
    """`1m 12s (- 12m 2s) (5000 6%) 2.85`: elapsed, remaining, iteration and loss (PyTorch's translation tutorials)."""
    found = _TUTORIAL.match(lines.texts[i])
    return ([("loss", i, value_of(found[2]), float(found[1]), np.nan)] if found else []), i + 1


def _mlperf(lines: Lines, i: int) -> tuple[list[Point], int]:
    """An event of MLPerf's compliance log, of either form; values of runs, not of hyper-parameters."""
    line = lines.texts[i]
    new = _MLLOG.search(line)
    if new:
        event = _json(new[1])
        name, value, about = event.get("key"), event.get("value"), event.get("metadata") or {}
    else:
        old = _MLPERF.search(line)
        if not old:
            return [], i + 1
        name, value = old[2], _json_value(old[3] or "")
        about = value if isinstance(value, dict) else {}
        value = about.get("value", value)
    if (
        not isinstance(name, str)
        or not isinstance(about, dict)
        or name.startswith(("model_hp", "opt_", "train_hp", "input_", "eval_target", "eval_hp"))
    ):
        return [], i + 1
    named = value.items() if isinstance(value, dict) else [(name, value)]
    epoch = _first_number(about, "epoch_num", "epoch", "epoch_count")
    step = _first_number(about, "step_num", "iteration", "step", "iter_num")
    return [
        (str(name), i, float(value), step, epoch)
        for name, value in named
        if _is_number(value) and vocabulary.strength(str(name)) == "strong" and np.isfinite([step, epoch]).any()
    ], i + 1


def _first_number(about: dict[object, object], *names: str) -> float:
    return next((float(value) for name in names if _is_number(value := about.get(name))), np.nan)


def _dllogger(lines: Lines, i: int) -> tuple[list[Point], int]:
    """An event of NVIDIA's DLLogger: `{"step": [epoch, iteration], "data": {"train.loss": 4.2}}`."""
    found = _DLL.match(lines.texts[i])
    event = _json(found[1]) if found else {}
    data = event.get("data", event.get("metrics"))
    place = event.get("step")
    if not isinstance(data, dict) or event.get("type", "LOG") != "LOG":
        return [], i + 1
    numbers = (
        [float(at) for at in place if _is_number(at)] if isinstance(place, list) else [float(place)] if _is_number(place) else []
    )
    epoch = numbers[0] if len(numbers) > 1 or (isinstance(place, list) and numbers) else np.nan
    step = numbers[1] if len(numbers) > 1 else numbers[0] if not isinstance(place, list) and numbers else np.nan
    return [(str(name), i, float(value), step, epoch) for name, value in data.items() if _is_number(value)], i + 1


def _json(text: str) -> dict[str, object]:
    value = _json_value(text)
    return value if isinstance(value, dict) else {}


def _json_value(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _array(lines: Lines, i: int) -> tuple[list[Point], int]:
    """A list of losses printed at once (`loss_history = [...]`, a NumPy array under a heading), over several lines if need be."""
    line = lines.texts[i]
    found: list[Point] = []
    until = i + 1
    for start in _ARRAY_START.finditer(line):
        values, until = _items(lines, i, start.end())
        found += [(start[1].strip(), at, value, float(k), np.nan) for k, (at, value) in enumerate(values)]
    head = _ARRAY_HEAD.match(line)
    if not found and head and i + 1 < len(lines.texts) and lines.texts[i + 1].lstrip().startswith("["):
        values, until = _items(lines, i + 1, lines.texts[i + 1].index("[") + 1)
        found = [(head[1].strip(), at, value, float(k), np.nan) for k, (at, value) in enumerate(values)]
    return (found, until) if len(found) >= 3 else ([], i + 1)


def _items(lines: Lines, i: int, start: int) -> tuple[list[tuple[int, float]], int]:
    """The numbers from a bracket on to its end, each with the line it stands on; the text may break off."""
    found: list[tuple[int, float]] = []
    for k in range(i, min(i + 5000, len(lines.texts))):
        text = lines.texts[k][start if k == i else 0 :]
        inside, closed, _ = text.partition("]")
        tokens = inside.replace(",", " ").split()
        numbers = list(_numbers(tokens))
        if len(numbers) < len(tokens) and not closed:
            return found, k
        found += [(k, number) for number in numbers]
        if closed or len(found) > _MOST_ITEMS:
            return found, k + 1
    return found, len(lines.texts)


def _numbers(tokens: Sequence[str]) -> Iterator[float]:
    for token in tokens:
        bare = token.strip("'\"")
        if re.fullmatch(_VALUE, bare) or re.fullmatch(r"[-+]?\d+\.", bare):
            yield value_of(bare.rstrip("."))


def name_splits(columns: Sequence[Column], best: dict[int, float]) -> list[Column]:
    """Curves named only by their split get `loss` or `score` behind it: by the record that stands beside them (`best`, the
    kept best by line), else by whether they rise within 0..1.
    """
    has_loss = any("loss" in column.key.name.lower() for column in columns)
    named = []
    for column in columns:
        short = _SHORT.get(column.key.name)
        if short:
            column = replace(column, key=replace(column.key, name=short))
        elif vocabulary.is_split_only(column.key.name):
            if not _fractional(column):
                continue  # the size of a split
            suffix = "score" if _rises(column, columns, best) else "error" if has_loss else "loss"
            column = replace(column, key=replace(column.key, name=f"{column.key.name} {suffix}"))
        named.append(column)
    return named


def _fractional(column: Column) -> bool:
    """Whether a value lies between whole numbers, or is none."""
    return bool((column.values != np.floor(column.values)).any() or (np.abs(column.values) <= 1).all())


def _rises(column: Column, columns: Sequence[Column], best: dict[int, float]) -> bool:
    """Whether a curve without a metric's name is one that should rise."""
    held = next(
        (other for other in columns if other.key.split in ("test", "val") and vocabulary.is_split_only(other.key.name)), None
    )
    if best and held is not None:
        pairs = [(value, best[i]) for i, value in zip(held.index.tolist(), held.values.tolist(), strict=True) if i in best]
        worse = [kept - value for value, kept in pairs if kept != value]
        if worse:
            return sum(1 for gap in worse if gap > 0) > len(worse) / 2
        return len(pairs) > 1 and pairs[-1][1] > pairs[0][1]
    values = column.values[np.isfinite(column.values)]
    if not len(values) or values.min() < 0 or values.max() > 100:
        return False
    fits = np.split(column.values, np.flatnonzero(np.diff(column.step) < 0) + 1)
    rising = [_higher_at_last(fit[np.isfinite(fit)]) for fit in fits if len(fit) > 1]
    return sum(rising) > len(rising) / 2


def _higher_at_last(values: Floats) -> bool:
    """Whether the last third of a curve lies above its first."""
    third = max(1, len(values) // 3)
    return bool(len(values)) and bool(np.median(values[-third:]) > np.median(values[:third]))
