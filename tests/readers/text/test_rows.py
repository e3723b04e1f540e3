"""Rows of tables read by their shapes, and headers that no row can follow left unread, held against reading every line."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from loglint.model import Bools, Ints
from loglint.readers import text
from loglint.readers.text import headers, rows
from loglint.readers.text.heads import Heads
from tests.readers.text.forms import FORMS

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
HEADS = (
    "epoch     train_loss  valid_loss  accuracy  time",
    "| Step | Training Loss | Validation Loss | Accuracy |",
    "Epoch   gpu_mem       box       obj       cls    labels  img_size",
    "step train loss val loss acc",
    "iter,loss,acc",
    "epoch\tloss\tacc",
)
BETWEEN = ("", "saving the model", "|----|----|----|", "# 12", "accuracy reached 0.5 at step 3", "------", "epoch map err", "12 34")


def _cell(rng: random.Random) -> str:
    number = rng.choice(
        (f"{rng.lognormvariate(0, 3):.4f}", f"{rng.randrange(10**5)}", f"{rng.gauss(0, 1):.2e}", f"-{rng.random():.3f}")
    )
    return rng.choice((number, number, number, "nan", f"{number}%", "1,234", "5/10", "12k", "00:12", "None", "-3"))


def _row(rng: random.Random, head: str, step: int) -> str:
    if head.startswith("Epoch "):
        drawn = "█" * rng.randrange(10)
        cells = "".join(f"{rng.random():10.4g}" for _ in range(3))
        bar = f"{rng.randrange(101):3}%|{drawn:<10}| 4/8 [00:01<00:02]"
        return f"{step:>5}/299      3.4G{cells}{rng.randrange(99):10}       640: {bar}"
    mark = next((mark for mark in "|,\t" if mark in head), " ")
    count = head.strip("|").count(mark) if mark != " " else 4
    cells = [f"{step}", *(_cell(rng) for _ in range(count - (mark == "|") + (mark != " ")))]
    return {"|": "| " + " | ".join(cells) + " |", " ": "  ".join(f"{cell:<9}" for cell in cells)}.get(mark, mark.join(cells))


def _log(rng: random.Random) -> bytes:
    told = []
    for _ in range(rng.randrange(1, 6)):
        head = rng.choice(HEADS)
        told.append(head)
        for step in range(rng.choice((0, 3, 80))):
            told.append(_row(rng, head, step))
            if rng.random() < 0.05:
                told += rng.choices(BETWEEN, k=rng.randrange(1, 9))
    return "\n".join(told).encode()


def _logs() -> list[bytes]:
    rng = random.Random(0)
    files = sorted(FIXTURES.rglob("*.log")) + sorted(FIXTURES.rglob("*.txt"))
    forms = [log.encode() for log, _ in FORMS.values()]
    return [_log(rng) for _ in range(15)] + [path.read_bytes()[:6000] for path in files] + forms


def _told(data: bytes) -> list[tuple[object, ...]]:
    told: list[tuple[object, ...]] = []
    for reading in text.read("log.txt", data):
        told.append((reading.problems, reading.unread, reading.summary, reading.events, reading.config))
        for one in reading.series:
            axes = [None if axis is None else axis.tobytes() for axis in (one.values, one.step, one.epoch, one.line)]
            told.append((one.name, one.split, *axes))
    return told


def test_rows_read_by_their_shapes_are_those_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    logs = _logs()
    layouts: list[bool] = []

    def counted(line: str, header: headers.Header) -> headers.Layout | None:
        found = headers.layout_of(line, header)
        layouts.append(found is not None)
        return found

    monkeypatch.setattr(rows, "layout_of", counted)
    quick = [_told(log) for log in logs]
    assert sum(layouts) > 100
    assert not all(layouts)
    monkeypatch.setattr(rows, "layout_of", lambda line, header: None)
    for log, found in zip(logs, quick, strict=True):
        assert found == _told(log)


def test_headers_left_unread_lead_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    logs = _logs()
    quick = [_told(log) for log in logs]

    def every(heads: Heads, gap: int) -> tuple[Ints, Bools]:
        index = np.flatnonzero(heads.possible)
        return index, np.ones(len(index), dtype=bool)

    monkeypatch.setattr(Heads, "leading", every)
    for log, found in zip(logs, quick, strict=True):
        assert found == _told(log)
