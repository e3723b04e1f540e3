"""TensorBoard event files: every scalar, histogram and hyper-parameter of one file, from any framework that writes them.

`frames` finds the records, `vectors` decodes those that come in large numbers, `singles` the rest; this module puts the
results together. Joining several files to a run is not done here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

import numpy as np

from loglint.model import Event, Histograms, Ints, Problem, Reading, Series, Source, Split
from loglint.readers.tensorboard import frames, singles, vectors
from loglint.readers.tensorboard.checksum import masked
from loglint.readers.tensorboard.frames import Frames
from loglint.readers.tensorboard.singles import Singles
from loglint.readers.tensorboard.vectors import Column

FORMAT = "tensorboard"
NAME = re.compile(r"(^|[/\\])[^/\\]*tfevents[^/\\]*$")
NOT_EVENTS = re.compile(r"\.(json|jsonl|csv|txt|log|ya?ml|md|profile-empty|gz|zip|zst|xz|bz2)$")
FIRST_KEYS = (b"\x09", b"\x10", b"\x1a", b"\x2a")  # an Event begins with its wall time, step, version or summary
SPLITS: tuple[tuple[re.Pattern[str], Split], ...] = (
    (re.compile(r"train(ing)?([_-]?(set|data|summary|summaries|log|logs))?", re.IGNORECASE), "train"),
    (re.compile(r"(val|valid|validation|eval|evaluation|dev)([_-].*)?|(val|dev|eval)set", re.IGNORECASE), "val"),
    (re.compile(r"test(ing)?([_-]?(set|data|summary|summaries|log|logs))?", re.IGNORECASE), "test"),
)


def claims(path: str, head: bytes) -> bool:
    """A first frame whose header checksum is right and that holds an Event, or an event file's name on an empty or damaged file."""
    if NAME.search(path) and not NOT_EVENTS.search(path):
        return True
    if len(head) < 25 or head[12:13] not in FIRST_KEYS:
        return False
    return masked(head[:8]) == int.from_bytes(head[8:12], "little")


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """Every scalar and histogram, in order of the file; series without a role. Damage costs the damaged records and a problem."""
    found = frames.walk(data)
    grouped = vectors.decode(data, found.at, found.size)
    left = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *grouped.left]))
    rest = singles.decode(data, found.at, found.size, left)
    damaged = np.sort(np.concatenate([np.array(rest.damaged, dtype=np.int64), *grouped.damaged]))
    problems, started = _problems(path, data, found, damaged, rest), _started(data, found, damaged)
    del found  # as large as half of the points
    summary: dict[str, float] = {}
    columns = _by_tag(grouped.columns, rest)
    placeholder = columns.get("hp_metric")
    if placeholder is not None and len(placeholder.value) == 1 and placeholder.value[0] == -1:
        summary["hp_metric"] = float(columns.pop("hp_metric").value[0])
    folder, suffix = _parent_of_sub_run(path, set(columns))
    split = _split_of(path)
    reading = Reading(
        source=Source(path, FORMAT, _framework(path, set(columns) | set(summary), rest.plugins)),
        series=tuple(_series(path, split, column, suffix) for column in columns.values()),
        histograms=tuple(_histograms(path, tag, bars) for tag, bars in rest.histograms.items()),
        config={**rest.texts, **rest.config},
        summary=summary,
        events=_restarts(path, rest, columns),
        problems=problems,
        folder=folder,
        started=started,
    )
    return (reading,)


def _by_tag(columns: list[Column], rest: Singles) -> dict[str, Column]:
    """One column for each tag, its points in order of the file; tags in order of their first point.

    Takes the columns out of the list: each piece is given up when its tag is joined, and no point is held twice for long.
    """
    pieces: dict[str, list[Column]] = {}
    for column in (column for column in columns if len(column.seq)):
        pieces.setdefault(column.tag, []).append(column)
    columns.clear()
    for tag, points in rest.points.items():
        seq, step, time, value = (np.array(part) for part in zip(*points, strict=True))
        pieces.setdefault(tag, []).append(Column(tag, seq.astype(np.int64), step, time, value))
    joined = [_joined(tag, pieces.pop(tag)) for tag in list(pieces)]
    return {column.tag: column for column in sorted(joined, key=lambda column: int(column.seq[0]))}


def _joined(tag: str, parts: list[Column]) -> Column:
    if len(parts) == 1:
        return parts[0]
    parts = sorted(parts, key=lambda part: int(part.seq[0]))
    seq = np.concatenate([part.seq for part in parts])
    step, time, value = (np.concatenate([getattr(part, name) for part in parts]) for name in ("step", "time", "value"))
    if (seq[1:] >= seq[:-1]).all():
        return Column(tag, seq, step, time, value)
    order = np.argsort(seq, kind="stable")
    return Column(tag, seq[order], step[order], time[order], value[order])


def _series(path: str, split: Split | None, column: Column, suffix: str) -> Series:
    return Series(
        name=column.tag + suffix,
        values=column.value,
        seq=column.seq,
        step=column.step,
        time=column.time,
        split=split,
        path=path,
    )


def _split_of(path: str) -> Split | None:
    """What the name of the file's folder says: Keras writes `train/` and `validation/`, estimators `eval/` and `eval_name/`."""
    folder = posixpath.basename(posixpath.dirname(path.replace("\\", "/")))
    return next((split for pattern, split in SPLITS if pattern.fullmatch(folder)), None)


def _parent_of_sub_run(path: str, tags: set[str]) -> tuple[str, str]:
    """Folder of the run and suffix of the tag for what PyTorch's `add_scalars` writes, else ("", "").

    It makes a folder `<tag>_<name>` of its own for each of the curves, the slashes of the tag replaced, with that tag only.
    """
    parent, folder = posixpath.split(posixpath.dirname(path.replace("\\", "/")))
    if len(tags) == 1:
        stem = next(iter(tags)).replace("/", "_") + "_"
        if folder.startswith(stem) and len(folder) > len(stem):
            return parent or ".", "/" + folder[len(stem) :]
    return "", ""


def _histograms(path: str, tag: str, bars: list[singles.Bars]) -> Histograms:
    steps, edges, counts = zip(*bars, strict=True)
    return Histograms(tag, np.array(steps, dtype=np.float64), tuple(edges), tuple(counts), path)


def _framework(path: str, tags: set[str], plugins: set[str]) -> str | None:
    """What wrote the file, where its tags, plugins or name tell."""
    if "graph_keras_model" in plugins or any(re.match(r"(epoch|batch|evaluation)_(loss|acc)", tag) for tag in tags):
        return "keras"
    if "hp_metric" in tags:
        return "lightning"
    if any(tag.startswith("ray/tune/") for tag in tags):
        return "ray"
    return "tensorflow" if path.endswith(".v2") else None


def _restarts(path: str, rest: Singles, columns: Mapping[str, Column]) -> tuple[Event, ...]:
    """SessionLog START markers; the one that begins a training from scratch is none."""
    first = min((int(column.seq[0]) for column in columns.values()), default=None)
    return tuple(
        Event("restart", f"session started at step {step:.0f}", path, seq=ordinal - 1)
        for ordinal, step in rest.restarts
        if step > 0 or (first is not None and ordinal > first)
    )


def _problems(path: str, data: bytes, found: Frames, damaged: Ints, rest: Singles) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    if len(damaged) or found.lost:
        first = min([*found.lost, *(found.at[damaged[:1]] - 12).tolist()])
        count = len(damaged) + len(found.lost)
        what = "record is" if count == 1 else "records are"
        problems.append(
            Problem("checksum", path, f"{count} {what} damaged and left out, the first at byte {first}; copy the file anew")
        )
    if rest.unknown:
        first = int(found.at[rest.unknown[0]]) - 12
        problems.append(
            Problem("bad_row", path, f"{len(rest.unknown)} records hold no event that can be read, the first at byte {first}")
        )
    if found.cut is not None:
        message = f"the file ends inside a record at byte {found.cut} of {len(data)}; everything before it was read"
        problems.append(Problem("truncated", path, message))
    return tuple(problems)


def _started(data: bytes, found: Frames, damaged: Ints) -> float | None:
    """Wall time of the first record whose checksum is right."""
    gone = set(damaged[:1000].tolist())
    for ordinal in range(min(len(found.at), 1000)):
        if ordinal not in gone:
            at, size = int(found.at[ordinal]), int(found.size[ordinal])
            if size >= 9 and data[at : at + 1] == b"\x09":
                return float(np.frombuffer(data, "<f8", 1, at + 1)[0])
    return None
