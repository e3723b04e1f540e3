"""Reports of many runs: how large the file is, how long it takes to write and to open, and how long the table takes to answer."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import msgspec
import numpy as np

from benchmarks.document import table
from loglint.describe import buckets_for, describe
from loglint.gate import Gate, judge
from loglint.given import from_mapping
from loglint.report import Finding, Report, RunInfo
from loglint.reporters.html import files
from loglint.rulebook import load_rules
from tests.page.browser import Browser
from tests.page.reading import index_of

COUNTS = (100, 1_000, 5_000)
KINDS, POINTS, ROUNDS = 40, 2_000, 3
FILTER = """
const started = performance.now();
const field = document.querySelector('input[type=search]');
field.value = 'overfit'; field.dispatchEvent(new Event('input'));
document.body.getBoundingClientRect();
const filtered = performance.now();
document.querySelector('[data-sort=run] button').click();
document.body.getBoundingClientRect();
return [filtered - started, performance.now() - filtered];
"""


def sweep(runs: int) -> Report:
    """A sweep of `runs` noisy runs with train and validation loss, accuracy, rate and gradient norm, a third of them sick.

    Forty are judged, and the others are like one of them, with values of their own: a reader judges the page, not the rules.
    """
    rng = np.random.default_rng(0)
    made = [run for number in range(KINDS) for run in from_mapping(_curves(number, rng), f"sweep/kind-{number:02}")]
    report = judge(made, (), Gate(paths=("sweep",)), load_rules()).report
    kinds = {run.id: describe(run, buckets_for(runs)) for run in made}
    found: dict[str, list[Finding]] = {run: [] for run in kinds}
    for finding in report.findings:
        if finding.run is not None:
            found[finding.run].append(finding)
    infos, findings = [], []
    for number in range(runs):
        kind = list(kinds)[number % KINDS]
        name = f"sweep/lr-{10 ** rng.uniform(-4, -1):.2g}/batch-{2 ** int(rng.integers(4, 9))}/seed-{number:05}"
        infos.append(_changed(kinds[kind], name, float(rng.normal(1, 0.03)), number))
        findings += [msgspec.structs.replace(one, run=name, key=name) for one in found[kind]]
    summary = msgspec.structs.replace(report.summary, runs=runs, series=runs * 5, points=runs * 5 * POINTS)
    return msgspec.structs.replace(report, runs=tuple(infos), findings=tuple(findings), summary=summary)


def _curves(number: int, rng: np.random.Generator) -> dict[str, object]:
    x = np.arange(POINTS) / POINTS
    noise = rng.normal(0, 0.03, (4, POINTS))
    train = 0.3 + 2 * np.exp(-x * 6) + noise[0]
    val = train + 0.1 + noise[1]
    if number % 6 == 0:
        val = val + np.maximum(0, x - 0.3) * 2
    if number % 6 == 3:
        train[int(POINTS * rng.uniform(0.3, 0.9)) :] = np.nan
    return {
        "train_loss": train,
        "val_loss": val,
        "val_acc": 0.9 - 0.8 * np.exp(-x * 5) + noise[2] / 3,
        "lr": 0.1 * (1 + np.cos(np.pi * x)) / 2,
        "grad_norm": np.exp(noise[3] * 8),
    }


def _changed(run: RunInfo, name: str, factor: float, seed: int) -> RunInfo:
    """The run under another name, its values another's: no two runs of a sweep compress to one."""
    rng = np.random.default_rng(seed)

    def other(value: object) -> object:
        return value * factor * (1 + 0.01 * rng.standard_normal()) if isinstance(value, float) else value

    series = tuple(
        msgspec.structs.replace(
            curve,
            sketch=tuple((row[0], other(row[1]), other(row[2]), row[3]) for row in curve.sketch),
            sketch_middle=tuple(map(other, curve.sketch_middle)),
        )
        for curve in run.series
    )
    config = {"lr": float(name.split("/")[1][3:]), "batch_size": int(name.split("/")[2][6:]), "seed": seed, "model": "mlp"}
    return msgspec.structs.replace(run, id=name, key=name, series=series, config=config)


def measure(browser: Browser, folder: Path, counts: tuple[int, ...] = COUNTS) -> str:
    """A Markdown table: a row for each number of runs."""
    rows = []
    for count in counts:
        report = sweep(count)
        started = time.process_time()
        pages = list(files(report, "out.html"))
        written = time.process_time() - started
        path = folder / "out.html"
        path.write_text(pages[0][1], "utf-8")
        opened, filtered, ordered = [], [], []
        for _ in range(ROUNDS):
            browser.open(path)
            opened.append(browser.js("performance.getEntriesByName('ready')[0].startTime") / 1000)
            a, b = browser.driver.execute_script(FILTER)
            filtered.append(a)
            ordered.append(b)
        own, buckets = len(pages) - 1, index_of(pages[0][1])["buckets"]
        size = len(pages[0][1].encode()) / 1e6
        times = [f"{median(opened):.2f}", f"{median(filtered):.0f}", f"{median(ordered):.0f}"]
        rows.append((f"{count:,}", f"{size:.1f}", own, buckets, f"{written:.0f}", *times))
    header = ("runs", "MB", "files besides", "stretches a curve", "to write, CPU s", "to open, s", "to filter, ms", "to sort, ms")
    return table(header, rows)
