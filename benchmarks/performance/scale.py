"""Many small run folders through the command line: one process, a pool, everything known from the cache, and streamed memory.

Each way is a process of its own, in turns. Processor seconds are those of the process and its workers, so that what else the
machine does matters little. The cache is filled once, before the rounds; its folder is one of the benchmark's own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.document import ROOT, table

ROWS = 100  # of each run's table: three curves over so many steps


@dataclass(frozen=True, slots=True)
class Way:
    """One way to lint the folders: options, whether the cache is used, and how many of the folders."""

    options: tuple[str, ...]
    cached: bool = False
    share: float = 1.0


WAYS: Mapping[str, Way] = {
    "one process": Way(("--executor", "serial", "--no-cache")),
    "two processes": Way(("--executor", "process", "--jobs", "2", "--no-cache")),
    "known from the cache": Way(("--executor", "serial"), cached=True),
    "streamed, a tenth": Way(("--executor", "serial", "--no-cache", "--format", "jsonl"), share=0.1),
    "streamed": Way(("--executor", "serial", "--no-cache", "--format", "jsonl")),
}


def folders(path: Path, count: int) -> Path:
    """`count` run folders of a table and its settings, every tenth of which ends in NaN; made where they are not there yet."""
    rng = np.random.default_rng(0)
    steps = np.arange(ROWS)
    for i in range(count):
        folder = path / f"run-{i:05}"
        if (folder / "config.yaml").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        train, val = 0.3 + 2 * np.exp(-steps / (ROWS / 6)) + rng.normal(0, 0.05, (2, ROWS))
        if i % 10 == 3:
            train[ROWS // 2 :] = np.nan
        rows = zip(steps, train, val, 1e-3 * (1 - steps / ROWS), strict=True)
        text = "".join(f"{s},{a:.6f},{b:.6f},{r:.8f}\n" for s, a, b, r in rows)
        (folder / "metrics.csv").write_text("step,train_loss,val_loss,lr\n" + text, "utf-8")
        (folder / "config.yaml").write_text(f"lr: 0.001\nbatch_size: 32\nseed: {i}\noptimizer: adam\n", "utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Spent:
    """What one way took: seconds by the clock, processor seconds and megabytes of the command's own process."""

    seconds: float
    processor: float
    megabytes: float


def once(way: Way, paths: list[str], cache: Path) -> Spent:
    """One run of the command line; its findings go nowhere."""
    environment = os.environ | {"LOGLINT_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "loglint", "run", *paths, "--isolated", "--format", "concise", *way.options]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with tempfile.TemporaryFile() as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, env=environment, cwd=ROOT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command[:6])} ... ended with {process.returncode}")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(seconds, processor, used.ru_maxrss / 1024)


def measure(path: Path, count: int, rounds: int) -> dict[str, Spent]:
    """Medians of all ways over the rounds, in turns."""
    everything = [str(folder) for folder in sorted(folders(path, count).iterdir())][:count]
    spent: dict[str, list[Spent]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as cache:
        once(Way(("--executor", "serial"), cached=True), [str(path)], Path(cache))
        for _ in range(rounds):
            for name, way in WAYS.items():
                paths = [str(path)] if way.share == 1.0 else everything[: int(way.share * count)]
                spent[name].append(once(way, paths, Path(cache)))
    return {
        name: Spent(*(median(getattr(one, what) for one in found) for what in ("seconds", "processor", "megabytes")))
        for name, found in spent.items()
    }


def tell(count: int, spent: Mapping[str, Spent]) -> str:
    """The table; ratios are to one process."""
    unit = spent["one process"].seconds
    alone = {name for name, way in WAYS.items() if "process" not in way.options}  # workers are no children of the command
    rows = [
        (
            name,
            f"{one.seconds:.2f}",
            f"{unit / one.seconds * WAYS[name].share:.2f}",
            f"{1000 * one.seconds / (count * WAYS[name].share):.2f}",
            f"{1000 * one.processor / (count * WAYS[name].share):.2f}" if name in alone else "",
            f"{one.megabytes:.0f}" if name in alone else "",
        )
        for name, one in spent.items()
    ]
    header = ("way", "seconds", "times as fast", "ms a run", "processor ms a run", "memory, MB")
    return f"### {count} run folders of {ROWS} rows\n\n{table(header, rows)}"
