"""`python -m benchmarks.scale`: what a sweep costs in requests, bytes, seconds and money; writes docs/scale.md.

A sweep is made, linted from the disk and from an object store (moto's, in a process of its own), and the processor seconds,
requests and bytes of a run are measured. What larger sweeps cost is these figures times their number, at prices that are options.
"""

from __future__ import annotations

import argparse
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.document import DOCS, put, table

TITLE = "What a sweep of any size costs"
RECORDS = 500
SWEEPS = (10_000, 100_000, 10_000_000)
PAGE = 1000  # objects of one list request
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}


MEASURED = """
One run here is a table of {records} records of three curves and a file of settings, {kilobytes:.0f} kB in {objects:.0f}
objects. Measured on {runs} of them, in processor seconds of the linting process: {disk:.1f} ms a run from a disk,
{far:.1f} ms from an object store (listing, fetching, reading, all default rules).
"""
PRICES = """
The rest is multiplication: one GET for each object, one LIST for every {page} of them, the work spread over the cores.
Prices are options of the command; those used are {list:g} $ for 1,000 LIST requests, {get:g} $ for 1,000 GET requests
and {core:g} $ for a core hour, no charge for traffic inside a region. With 64 requests in flight and 40 ms for each, a
process fetches up to 1,600 objects a second, more than it can judge: the judging costs the time, and the requests cost
the money. `--executor dask` spreads both over machines.
"""


@dataclass(frozen=True)
class Cost:
    """What one run costs: processor seconds, GET requests, bytes."""

    seconds: float
    requests: float = 0.0
    bytes: float = 0.0


def make(folder: Path, runs: int) -> None:
    """So many run folders: a table of three curves with `RECORDS` records, and a file of settings."""
    steps = np.arange(RECORDS)
    for i in range(runs):
        rng = np.random.default_rng(i)
        fall = 0.3 + 2 * np.exp(-steps / 100)
        train, val = (fall + 0.05 * rng.standard_normal(RECORDS) for _ in range(2))
        rows = "".join(f"{s},{a:.5f},{b:.5f},{0.01:g}\n" for s, a, b in zip(steps, train, val, strict=True))
        run = folder / f"run-{i:05d}"
        run.mkdir(parents=True)
        (run / "metrics.csv").write_text("step,loss,val_loss,lr\n" + rows, "utf-8")
        (run / "config.yaml").write_text(f"lr: 0.01\nbatch_size: 64\nseed: {i}\n", "utf-8")


def judged(source: str, runs: int) -> float:
    """Processor seconds of this process, for each run, from the listing to the report."""
    from loglint import conclude, lint_runs

    started = time.process_time()
    report = conclude(lint_runs(source))
    seconds = time.process_time() - started
    assert report.summary.runs == runs, report.summary
    return seconds / runs


@contextmanager
def store() -> Iterator[Any]:
    """A client of an empty object store on loopback, whose address and keys stand in the environment."""
    import boto3

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.environ |= {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    try:
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield boto3.client("s3")
    finally:
        server.terminate()
        server.wait()


def from_store(folder: Path, runs: int) -> Cost:
    """The cost of a run when the folder's copy in a store is linted."""
    from loglint import remote

    counts: Counter[str] = Counter()
    fetch = remote._fetched

    async def counted(url: str, limit: int | None) -> bytes:
        data = await fetch(url, limit)
        counts["requests"] += 1
        counts["bytes"] += len(data)
        return data

    with store() as client:
        client.create_bucket(Bucket="sweep")
        for path in sorted(folder.rglob("*.*")):
            client.upload_file(str(path), "sweep", str(path.relative_to(folder)))
        remote._fetched = counted
        try:
            seconds = judged("s3://sweep", runs)
        finally:
            remote._fetched = fetch
    return Cost(seconds, counts["requests"] / runs, counts["bytes"] / runs)


def rows(disk: Cost, far: Cost, asked: argparse.Namespace) -> list[tuple[str, ...]]:
    """A line for each size of sweep: on this machine's disk, and from a store by as many cores as were asked for."""
    out = []
    for runs in SWEEPS:
        requests = far.requests * runs
        lists = math.ceil(requests / PAGE)
        hours = far.seconds * runs / 3600
        money = lists * asked.list_price / 1000 + requests * asked.get_price / 1000 + hours * asked.core_price
        out.append(
            (
                f"{runs:,}",
                _time(disk.seconds * runs / asked.cores),
                f"{lists + requests:,.0f}",
                f"{far.bytes * runs / 1e9:,.3g} GB",
                f"{hours:,.2g}",
                _time(far.seconds * runs / asked.cores),
                f"{money:,.2f} $",
            )
        )
    return out


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.2g} min" if seconds < 5400 else f"{seconds / 3600:.2g} h"


def tell(disk: Cost, far: Cost, asked: argparse.Namespace) -> str:
    """The page's text."""
    cores = f"{asked.cores} cores"
    header = ("runs", f"from a disk, {cores}", "requests", "bytes", "core hours", f"from a store, {cores}", "money")
    measured = MEASURED.format(
        records=RECORDS,
        kilobytes=far.bytes / 1e3,
        objects=far.requests,
        runs=asked.runs,
        disk=1e3 * disk.seconds,
        far=1e3 * far.seconds,
    )
    prices = PRICES.format(page=PAGE, list=asked.list_price, get=asked.get_price, core=asked.core_price)
    return "\n\n".join([measured.strip(), table(header, rows(disk, far, asked)), prices.strip()])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--runs", type=int, default=500, help="runs of the sweep that is measured")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--list-price", type=float, default=0.005, help="dollars for 1,000 LIST requests")
    parser.add_argument("--get-price", type=float, default=0.0004, help="dollars for 1,000 GET requests")
    parser.add_argument("--core-price", type=float, default=0.045, help="dollars for one core for one hour")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), asked.runs)
        judged(name, asked.runs)
        disk = Cost(judged(name, asked.runs))
        far = from_store(Path(name), asked.runs)
    text = tell(disk, far, asked)
    print(text)
    if not asked.dry:
        put(DOCS / "scale.md", "scale", text, TITLE)


if __name__ == "__main__":
    main()
