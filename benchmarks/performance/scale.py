"""Many small run folders through the command line: cold and known from the cache, one process and two, and streamed memory.

Each way is a process of its own, in turns, at a tenth of the folders and at all of them. Processor seconds are those of the process
(workers are no children of the command), so that what else the machine does matters little there; two processes need two cores of
their own. The cache is filled once, before the rounds; its folder is one of the benchmark's own. What must hold of the ratios
stands in `BOUNDS`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
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


ONE, TWO = ("--executor", "serial"), ("--executor", "process", "--jobs", "2")
STREAMED = ("--format", "jsonl")
WAYS: Mapping[str, Way] = {
    "one process": Way((*ONE, "--no-cache")),
    "two processes": Way((*TWO, "--no-cache")),
    "known from the cache": Way(ONE, cached=True),
    "streamed": Way((*ONE, "--no-cache", *STREAMED)),
    "a tenth, one process": Way((*ONE, "--no-cache"), share=0.1),
    "a tenth, two processes": Way((*TWO, "--no-cache"), share=0.1),
    "a tenth, known from the cache": Way(ONE, cached=True, share=0.1),
    "a tenth, streamed": Way((*ONE, "--no-cache", *STREAMED), share=0.1),
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A ratio that must not be passed; `measured` is made of the ways' figures and the number of folders."""

    what: str
    measured: Callable[[Mapping[str, Spent], int], float]
    least: float = 0.0
    most: float = float("inf")

    @property
    def limit(self) -> str:
        """The bound in words."""
        return f"at least {self.least:g}" if self.least else f"at most {self.most:g}"


def _growth(spent: Mapping[str, Spent], count: int) -> float:
    """Kilobytes of memory for each further run."""
    return 1024 * (spent["streamed"].megabytes - spent["a tenth, streamed"].megabytes) / (0.9 * count)


BOUNDS = (
    Bound("two processes over one", lambda s, _: s["one process"].seconds / s["two processes"].seconds, least=1.8),
    Bound(
        "processor time of a run in many over one in a tenth as many",
        lambda s, _: s["one process"].processor / (10 * s["a tenth, one process"].processor),
        most=1.15,
    ),
    Bound(
        "known from the cache over judged", lambda s, _: s["known from the cache"].processor / s["one process"].processor, most=0.05
    ),
    Bound("kilobytes held of each run, streamed", _growth, most=0.8),
)


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


# The peak of a process is told by itself: what its parent held when it was started counts in what `wait4` says.
COMMAND = """
import re, resource, sys
from loglint.__main__ import main
try:
    main()
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    try:
        peak = int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
    except OSError:
        peak = used.ru_maxrss
    print(used.ru_utime + used.ru_stime, peak / 1024, file=sys.stderr)
"""


def once(way: Way, paths: list[str], cache: Path) -> Spent:
    """One run of the command line; its findings go nowhere."""
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(cache / "compiled")}  # as where loglint is installed
    environment = os.environ | compiled | {"LOGLINT_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    form = () if "--format" in way.options else ("--format", "concise")
    command = [sys.executable, "-c", COMMAND, "run", *paths, "--isolated", *form, *way.options]
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd=ROOT, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 1):
        raise RuntimeError(f"loglint run {' '.join(way.options)} ended with {done.returncode}: {done.stderr.decode()[-400:]}")
    processor, megabytes = map(float, done.stderr.split()[-2:])
    return Spent(seconds, processor, megabytes)


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


def broken(spent: Mapping[str, Spent], count: int) -> list[str]:
    """The bounds that do not hold, in words."""
    figures = ((bound, bound.measured(spent, count)) for bound in BOUNDS)
    return [f"{bound.what}: {figure:.3g}, {bound.limit}" for bound, figure in figures if not bound.least <= figure <= bound.most]


def tell(count: int, spent: Mapping[str, Spent]) -> str:
    """The table of the ways, and that of the bounds."""
    alone = {name for name, way in WAYS.items() if "process" not in way.options}
    rows = [
        (
            name,
            f"{one.seconds:.2f}",
            f"{1000 * one.seconds / (count * WAYS[name].share):.2f}",
            f"{1000 * one.processor / (count * WAYS[name].share):.2f}" if name in alone else "",
            f"{one.megabytes:.0f}" if name in alone else "",
        )
        for name, one in spent.items()
    ]
    header = ("way", "seconds", "ms a run", "processor ms a run", "memory, MB")
    bounds = [(bound.what, f"{bound.measured(spent, count):.3g}", bound.limit) for bound in BOUNDS]
    return f"### {count} run folders of {ROWS} rows\n\n{table(header, rows)}\n\n{table(('ratio', 'measured', 'bound'), bounds)}"
