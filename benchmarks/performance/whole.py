"""Command lines as a person waits for them: loglint beside the tools of `peers/tools.toml` on the same files, in turns.

Each is a process of its own, from the start of the interpreter to the last line of its findings as JSON. Points are what the tool
says it read: where there are none, the seconds are those of a tool that understood nothing. loglint has its rules in its cache from
another log, and has not seen this one; `loglint --no-cache` reads its rules as on the first day.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.document import ROOT, table
from benchmarks.peers.environment import DRIVER, VENV, prepare, tools
from benchmarks.performance import inputs, logs

MOST_SECONDS = 120
OURS, UNCACHED = "loglint", "loglint --no-cache"
SMALL = 500  # steps of a small run


def paths(folder: Path, rows: int) -> dict[str, Path]:
    """A small run in each form, a hundred small runs, and a large run of `rows` rows."""
    wanted: dict[str, inputs.Wanted] = {
        "small CSV": ("small.csv", lambda path: inputs.table(path, SMALL)),
        "small JSON lines": ("small.jsonl", lambda path: inputs.lines(path, SMALL)),
        "small text": ("small.log", lambda path: inputs.text(path, SMALL)),
        "small event file": (f"small/{inputs.EVENTS}", lambda path: inputs.events(path, 4 * SMALL)),
        "100 event folders": ("folders", lambda path: inputs.sweep(path, 100, SMALL)),
        "large CSV": ("large.csv", lambda path: inputs.table(path, rows)),
        "large JSON lines": ("large.jsonl", lambda path: inputs.lines(path, rows)),
        "large text": ("large.log", lambda path: logs.write(path, shape="several kinds", size=50 * rows)),
        "large event file": (f"large/{inputs.EVENTS}", lambda path: inputs.events(path, rows)),
    }
    return inputs.made(folder, wanted)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: seconds by the clock, processor seconds, points it read; or why there is no answer."""

    seconds: float
    processor: float
    points: int
    failure: str = ""


Done = tuple[str, str, float, float]  # output, complaints, seconds by the clock, processor seconds


def ours(path: Path, cache: Path, *options: str) -> Spent:
    """One process of loglint on one path; the cache is left as it is."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(cache, copy, dirs_exist_ok=True)
        done = _lint(path, Path(copy), *options)
    return _answer(done, lambda said: int(said["summary"]["points"]))


def _lint(path: Path, cache: Path, *options: str) -> Done:
    command = [sys.executable, "-m", "loglint", "run", str(path), "--isolated", "--format", "json", *options]
    return _timed(command, environment={"LOGLINT_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": ""})  # compiled, as installed


def peer(tool: str, path: Path) -> Spent:
    """One process of a peer on one path."""
    output, *rest = _timed([str(VENV / "bin" / "python"), str(DRIVER), tool, str(MOST_SECONDS)], said=f"{path}\n")
    answer = next((line for line in output.splitlines() if line.startswith('{"path"')), "")
    return _answer((answer, *rest), lambda said: sum(said["series"].values()))


def _timed(command: Sequence[str], said: str = "", environment: Mapping[str, str] | None = None) -> Done:
    """What a process came to; without output where it took too long."""
    before, started = _children(), time.perf_counter()
    try:
        done = subprocess.run(
            command,
            input=said,
            capture_output=True,
            text=True,
            timeout=2 * MOST_SECONDS,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {}),
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer in {2 * MOST_SECONDS} s", 0.0, 0.0
    return done.stdout, done.stderr, time.perf_counter() - started, _children() - before


def _answer(done: Done, points: Callable[[dict[str, Any]], int]) -> Spent:
    output, complaints, seconds, processor = done
    try:
        said = json.loads(output)
    except ValueError:
        return Spent(seconds, processor, 0, (complaints.strip().splitlines() or ["no answer"])[-1][:60])
    return Spent(seconds, processor, points(said), said.get("error", "").replace(f"{ROOT}/", "")[:60])


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(found: Mapping[str, Path], rounds: int) -> dict[str, dict[str, list[Spent]]]:
    """Rounds of all tools on all paths, in turns; a tool that failed or took over a minute is not asked again."""
    working, failed = prepare(tools())
    for name, why in failed.items():
        print(f"{name} could not be installed: {why}", file=sys.stderr)
    results: dict[str, dict[str, list[Spent]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        for path in paths(Path(folder) / "others", rows=SMALL).values():
            _lint(path, cache)
        ask: dict[str, Callable[[Path], Spent]] = {
            OURS: lambda path: ours(path, cache),
            UNCACHED: lambda path: ours(path, cache, "--no-cache"),
        }
        ask |= {tool.name: partial(peer, tool.name) for tool in working}
        for name, path in found.items():
            mine = results[name] = {tool: [] for tool in ask}
            for _ in range(rounds):
                for tool, spent in mine.items():
                    if not spent or not (spent[-1].failure or spent[-1].seconds > 60):
                        spent.append(ask[tool](path))
    return results


def tell(results: Mapping[str, Mapping[str, Sequence[Spent]]]) -> str:
    """A table for each path; ratios are of seconds by the clock to loglint's."""
    header = ("tool", "seconds", "ratio", "processor seconds", "points")
    sections = []
    for name, by_tool in results.items():
        unit = median(one.seconds for one in by_tool[OURS])
        rows: list[tuple[object, ...]] = []
        for tool, spent in by_tool.items():
            if spent[-1].failure:
                rows.append((tool, spent[-1].failure.replace("|", "/"), "", "", ""))
                continue
            seconds, processor = median(one.seconds for one in spent), median(one.processor for one in spent)
            rows.append((tool, f"{seconds:.2f}", f"{seconds / unit:.2f}", f"{processor:.2f}", spent[-1].points))
        sections.append(f"#### {name}\n\n{table(header, rows)}")
    return f"### End to end, command line beside command line\n\n{__doc__.split(chr(10), 2)[2].strip()}\n\n" + "\n\n".join(sections)
