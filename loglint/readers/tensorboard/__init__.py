"""TensorBoard event files: every scalar, histogram and hyper-parameter of one file, from any framework that writes them.

`frames` finds the records, `cycles` and `vectors` decode those that come in large numbers, `singles` the rest, and `content` puts
together what they find; this module makes a reading of it. Joining several files to a run is not done here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from loglint.model import Event, Histograms, Problem, Reading, Series, Source, Split
from loglint.readers.tensorboard.checksum import masked

if TYPE_CHECKING:
    from loglint.readers.tensorboard import singles
    from loglint.readers.tensorboard.content import Content
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
    from loglint.readers.tensorboard.content import gather_whole

    return _reading(path, gather_whole(data))


def read_blocks(path: str, blocks: Iterable[bytes]) -> tuple[Reading, ...]:
    """The same of the bytes in pieces, of which no more are held than a piece and what the one before it broke off."""
    from loglint.readers.tensorboard.content import gather

    return _reading(path, gather(blocks))


def _reading(path: str, content: Content) -> tuple[Reading, ...]:
    columns, rest = content.columns, content.rest
    summary: dict[str, float] = {}
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
        problems=_problems(path, content),
        folder=folder,
        started=content.started,
    )
    return (reading,)


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


def _problems(path: str, content: Content) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    if content.damaged:
        what = "record is" if content.damaged == 1 else "records are"
        said = f"{content.damaged} {what} damaged and left out, the first at byte {content.first_damaged}; copy the file anew"
        problems.append(Problem("checksum", path, said))
    if unknown := content.rest.unknown:
        said = f"{len(unknown)} records hold no event that can be read, the first at byte {unknown[0]}"
        problems.append(Problem("bad_row", path, said))
    if content.cut is not None:
        said = f"the file ends inside a record at byte {content.cut} of {content.length}; everything before it was read"
        problems.append(Problem("truncated", path, said))
    return tuple(problems)
