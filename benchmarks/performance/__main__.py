"""`python -m benchmarks.performance`: loglint beside other readers on the same files, in turns; writes docs/performance.md.

Each contender runs in a process of its own, all of them once before any runs again; medians are compared. Seconds are those of the
work itself, imports not counted; the whole process is shown beside. User seconds are processor time of the process outside the
system; for text and tables they are also given as multiples of what `wc -l` takes for the same file. Only ratios within one table
mean something.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.document import DOCS, ROOT, put, table
from benchmarks.peers.environment import VENV
from benchmarks.performance import ratios, scale, whole
from benchmarks.performance.inputs import FULL, QUICK, SMALL, make
from benchmarks.performance.logs import RECORDS, SHAPES
from benchmarks.performance.ratios import Times

HERE = Path(__file__).resolve().parent
MANY, WHOLE = "run folders", "end to end"
TITLE = "How fast loglint is"
MOST_SECONDS = 600
IN_PEERS = frozenset({"tbparse", "polars", "duckdb", "orjson", "polars ndjson"})
PEERS = ("tbparse", "tensorboard", "polars", "duckdb", "orjson")
ONE_CORE = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "ARROW_NUM_THREADS"), "1")
_EVENTS = ("loglint read", "loglint run", "read and checksum", "EventAccumulator", "tbparse", "data server")
_TABLE = ("loglint read", "loglint run", "pandas.read_csv", "pandas, pyarrow engine", "pyarrow", "polars", "duckdb", "wc -l")
_TEXT = ("loglint read", "loglint run")
MATCHES: Mapping[str, Sequence[str]] = {
    "event file": _EVENTS,
    "event file, one series": ("loglint read", "loglint run"),
    "event folders": _EVENTS,
    "CSV": _TABLE,
    "CSV, sparse": _TABLE,
    "CSV, wide": _TABLE,
    "JSON lines": ("loglint read", "loglint run", "json", "orjson", "msgspec", "polars ndjson", "wc -l"),
    **dict.fromkeys(["text", *(f"text, {shape}" for shape in RECORDS)], (*_TEXT, "one regular expression", "wc -l")),
    **dict.fromkeys([*(f"text, {shape}" for shape in SHAPES if shape not in RECORDS), SMALL], (*_TEXT, "wc -l")),
}


def once(contender: str, path: Path, times: Times) -> None:
    """One round of one contender."""
    python = str(VENV / "bin" / "python") if contender in IN_PEERS else sys.executable
    command = ["wc", "-l", str(path)] if contender == "wc -l" else [python, str(HERE / "contender.py"), contender, str(path)]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=MOST_SECONDS, cwd=ROOT, env={"PYTHONPATH": str(ROOT), **ONE_CORE}
        )
    except subprocess.TimeoutExpired:
        times.failure = f"more than {MOST_SECONDS} s"
        return
    whole = time.perf_counter() - started
    if done.returncode:
        times.failure = (done.stderr.strip().splitlines() or ["failed"])[-1][:160]
        return
    times.whole.append(whole)
    if contender == "wc -l":
        times.seconds.append(whole)
        times.user.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
        return
    result = json.loads(done.stdout.splitlines()[-1])
    times.seconds.append(result["seconds"])
    times.user.append(result["user"])
    times.megabytes.append(result["megabytes"])
    times.points = result["points"]


def measure(paths: Mapping[str, Path], rounds: int, only: Sequence[str] | None) -> dict[str, dict[str, Times]]:
    """Rounds of all contenders on all inputs, in turns; one that fails or takes over a minute is not asked again."""
    results: dict[str, dict[str, Times]] = {}
    for name, contenders in MATCHES.items():
        if only and name not in only:
            continue
        mine = results[name] = {contender: Times() for contender in contenders}
        for _ in range(rounds):
            for contender, times in mine.items():
                if not times.failure and not (times.whole and times.whole[-1] > 60):
                    once(contender, paths[name], times)
    return results


def tell(name: str, results: Mapping[str, Times], size: float) -> str:
    """One input's table; ratios are to `loglint read`."""
    unit = median(results["loglint read"].seconds) if results["loglint read"].seconds else float("nan")
    counting = median(results["wc -l"].user) if "wc -l" in results and results["wc -l"].user else 0.0
    rows = []
    for contender, times in results.items():
        if times.failure:
            rows.append((contender, times.failure, *[""] * 7))
            continue
        seconds, user = median(times.seconds), median(times.user)
        memory = f"{median(times.megabytes):.0f}" if times.megabytes else ""
        rows.append(
            (
                contender,
                f"{seconds:.3f}",
                f"{seconds / unit:.2f}",
                f"{user:.3f}",
                f"{size / user:.0f}" if user else "",
                f"{user / counting:.0f}" if counting else "",
                f"{median(times.whole):.2f}",
                memory,
                times.points or "",
            )
        )
    header = ("contender", "seconds", "ratio", "user seconds", "MB/s of them", "of wc -l", "whole process", "memory, MB", "points")
    return f"### {name}, {size:.{0 if size >= 1 else 1}f} MB\n\n{table(header, rows)}"


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, one round; nothing is written")
    parser.add_argument("--rounds", type=int, help="rounds of every contender (5)")
    parser.add_argument("--input", nargs="+", choices=[*MATCHES, WHOLE, MANY], help="only these inputs")
    asked = parser.parse_args()
    sizes = QUICK if asked.quick else FULL
    results: dict[str, dict[str, Times]] = {}
    paths: dict[str, Path] = {}
    if not asked.input or set(asked.input) & MATCHES.keys():
        paths = make(ROOT / ".benchmarks" / "performance" / ("quick" if asked.quick else "full"), sizes)
        if not (VENV / "bin" / "python").exists():
            subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([VENV / "bin" / "python", "-m", "pip", "install", "-q", *PEERS], check=False)
        results = measure(paths, asked.rounds or (1 if asked.quick else 5), asked.input)
    sections = [tell(name, result, _megabytes(paths[name])) for name, result in results.items()]
    broken = [] if asked.quick else ratios.broken(results)
    sections += [ratios.tell(results)] if any(ratios.measured(results)) else []
    if not asked.input or WHOLE in asked.input:
        found = whole.paths(ROOT / ".benchmarks" / "performance" / f"whole-{sizes.rows // 10}", sizes.rows // 10)
        sections.append(whole.tell(whole.measure(found, min(asked.rounds or 3, 1 if asked.quick else 3))))
    if not asked.input or MANY in asked.input:
        count = 1_000 if asked.quick else 10_000
        place = ROOT / ".benchmarks" / "performance" / f"runs-{count}"
        spent = scale.measure(place, count, min(asked.rounds or 3, 1 if asked.quick else 3))
        sections.append(scale.tell(count, spent))
        broken += [] if asked.quick else scale.broken(spent, count)
    print("\n\n".join(sections))
    if not asked.quick and not asked.input:
        where = f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
        text = f"{__doc__.split(chr(10), 2)[2].strip()}\n\n{where}, files in the page cache.\n\n" + "\n\n".join(sections)
        put(DOCS / "performance.md", "performance", text, TITLE)
    for what in broken:
        print(f"does not hold: {what}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
