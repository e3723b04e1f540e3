"""Files to be read: one large event file, a sweep of small ones, tables, JSON lines and text. Made once, seeded."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from google_crc32c import value as crc32c

from benchmarks.accuracy.noise import Floats
from benchmarks.performance import logs

SMALL, SMALL_SIZE = "text, small file", 100_000
EVENTS = "events.out.tfevents.1700000000.host.1.0"
Wanted = tuple[str, Callable[[Path], None]]  # where an input is to be in its folder, and what writes it there
TAGS = ("train/loss", "train/lr", "train/grad_norm", "val/loss")


@dataclass(frozen=True)
class Sizes:
    """How many points, rows or folders the inputs hold."""

    points: int
    rows: int
    folders: int
    events: int
    text: int  # bytes


FULL = Sizes(points=1_000_000, rows=1_000_000, folders=2_000, events=500, text=50_000_000)
QUICK = Sizes(points=100_000, rows=100_000, folders=100, events=500, text=5_000_000)


def _masked(data: bytes) -> int:
    """TFRecord's masked CRC-32C (tensorflow/core/lib/hash/crc32c.h)."""
    crc: int = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _frame(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", _masked(length)) + data + struct.pack("<I", _masked(data))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _scalar(tag: bytes, step: int, wall: float, value: float) -> bytes:
    """An `Event` with one `simple_value` summary (tensorboard/compat/proto/event.proto, summary.proto)."""
    one = b"\x0a" + _varint(len(tag)) + tag + b"\x15" + struct.pack("<f", value)
    summary = b"\x0a" + _varint(len(one)) + one
    return b"\x09" + struct.pack("<d", wall) + b"\x10" + _varint(step) + b"\x2a" + _varint(len(summary)) + summary


def _decay(rng: np.random.Generator, n: int) -> Floats:
    return (0.1 + 2.2 * np.exp(-np.arange(n) / (0.2 * n))) * np.exp(0.05 * rng.standard_normal(n))


def events(path: Path, points: int, seed: int = 0) -> None:
    """An event file of `points` scalars, spread over four tags."""
    rng = np.random.default_rng(seed)
    steps = points // len(TAGS)
    curves = {"train/loss": _decay(rng, steps), "val/loss": 0.05 + _decay(rng, steps)}
    curves |= {"train/lr": np.linspace(1e-3, 1e-5, steps), "train/grad_norm": rng.lognormal(0.0, 0.3, steps)}
    _write_events(path, {tag: curves[tag] for tag in TAGS})


def one_series(path: Path, points: int) -> None:
    """An event file of one scalar with as many points."""
    _write_events(path, {"train/loss": _decay(np.random.default_rng(0), points)})


def _write_events(path: Path, curves: Mapping[str, Floats]) -> None:
    """An event file of scalars by tag, each float64[n], written in turns ten times a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(_frame(b"\x09" + struct.pack("<d", 1.7e9) + b"\x1a\x0dbrain.Event:2"))
        for step, values in enumerate(zip(*curves.values(), strict=True)):
            wall = 1.7e9 + 0.1 * step
            records = (_scalar(tag.encode(), step, wall, float(value)) for tag, value in zip(curves, values, strict=True))
            file.write(b"".join(map(_frame, records)))


def sweep(path: Path, folders: int, points: int) -> None:
    """Many run folders with one small event file each."""
    for i in range(folders):
        events(path / f"run-{i:05}" / f"events.out.tfevents.17000{i:05}.host.1.0", points, seed=i)


def _rows(rows: int) -> Iterator[tuple[int, float, float, float]]:
    rng = np.random.default_rng(0)
    train, validation = _decay(rng, rows), _decay(rng, rows)
    rate = np.linspace(1e-3, 1e-5, rows)
    return ((i, float(train[i]), float(validation[i]), float(rate[i])) for i in range(rows))


def table(path: Path, rows: int) -> None:
    """A CSV of a step and three curves."""
    with path.open("w", encoding="utf-8") as file:
        file.write("step,train_loss,val_loss,lr\n")
        file.writelines(f"{i},{a:.6f},{b:.6f},{c:.8f}\n" for i, a, b, c in _rows(rows))


def sparse_table(path: Path, rows: int) -> None:
    """A CSV as Lightning's logger writes it: a row for each kind of record, most cells empty, numbers to the last digit."""
    with path.open("w", encoding="utf-8") as file:
        file.write("epoch,lr-AdamW,step,train_loss_epoch,train_loss_step,val_acc,val_loss\n")
        for i, train, validation, rate in _rows(rows):
            file.write(f"{i // 500},,{i},,{train},,\n")
            if i % 50 == 49:
                file.write(f",{rate},{i},,,,\n")
            if i % 500 == 499:
                file.write(f"{i // 500},,{i},,,{1 / (1 + validation)},{validation}\n{i // 500},,{i},{train},,,\n")


def wide_table(path: Path, rows: int) -> None:
    """A CSV of sixty columns: a gradient norm for each layer."""
    names = [f"grad_norm/layer{k}" for k in range(60)]
    norms = np.random.default_rng(0).lognormal(size=(1000, 60))
    with path.open("w", encoding="utf-8") as file:
        file.write(f"step,train_loss,{','.join(names)}\n")
        for i, train, _, _ in _rows(rows // 20):
            file.write(f"{i},{train:.6f},{','.join(f'{norm:.6f}' for norm in norms[i % 1000])}\n")


def lines(path: Path, rows: int) -> None:
    """The same as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"step": i, "train_loss": a, "val_loss": b, "lr": c}) + "\n" for i, a, b, c in _rows(rows))


def text(path: Path, rows: int) -> None:
    """The same as a trainer prints it."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"[INFO] step {i}: loss = {a:.6f}, val_loss = {b:.6f}, lr = {c:.2e}\n" for i, a, b, c in _rows(rows))


def make(folder: Path, sizes: Sizes) -> dict[str, Path]:
    """All inputs by name."""
    wanted: dict[str, Wanted] = {
        "event file": (f"one/{EVENTS}", lambda path: events(path, sizes.points)),
        "event file, one series": (f"one-series/{EVENTS}", lambda path: one_series(path, sizes.points)),
        "event folders": ("sweep", lambda path: sweep(path, sizes.folders, sizes.events)),
        "CSV": ("log.csv", lambda path: table(path, sizes.rows)),
        "CSV, sparse": ("sparse.csv", lambda path: sparse_table(path, sizes.rows)),
        "CSV, wide": ("wide.csv", lambda path: wide_table(path, sizes.rows)),
        "JSON lines": ("log.jsonl", lambda path: lines(path, sizes.rows)),
        "text": ("train.log", lambda path: text(path, sizes.rows)),
        SMALL: ("small.log", partial(logs.write, shape="several kinds", size=SMALL_SIZE)),
    }
    for shape in logs.SHAPES:
        wanted[f"text, {shape}"] = f"{shape.replace(' ', '-')}.log", partial(logs.write, shape=shape, size=sizes.text)
    return made(folder, wanted)


def made(folder: Path, wanted: Mapping[str, Wanted]) -> dict[str, Path]:
    """Inputs by name, made where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, write in wanted.values():
        if not (folder / path).exists():
            write(folder / path)
    return {name: folder / path for name, (path, _) in wanted.items()}
