from __future__ import annotations

import subprocess
import sys
import time

import pytest

HEAVY = ("numpy", "pandas", "scipy", "tensorboard", "rich", "pyarrow", "yaml", "multiprocessing", "jinja2")


def imported(*arguments: str) -> set[str]:
    """The top-level modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "loglint", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode in (0, 1), done.stderr[-500:]
    return {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "rule", "rule overfitting", "rule GEN001 --format json", "run --help", "completion zsh"]
)
def test_explaining_imports_nothing_heavy(arguments):
    assert not imported(*arguments.split()).intersection(HEAVY)


def test_help_imports_no_command_and_no_record():
    assert not imported("--help").intersection({"msgspec", "tomllib", "difflib"})


def test_json_output_of_a_small_table_needs_neither_rich_nor_pandas(tmp_path):
    log = tmp_path / "m.csv"
    log.write_text("epoch,loss\n" + "".join(f"{i},{2 - 0.01 * i}\n" for i in range(50)), "utf-8")
    found = imported("run", str(log), "--format", "json", "--isolated")
    assert "numpy" in found
    assert not found.intersection({"rich", "pandas", "scipy", "pyarrow"})


def seconds(*command: str) -> float:
    """The least of a few timings, in seconds."""
    best = float("inf")
    for _ in range(7):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True, timeout=60)
        best = min(best, time.perf_counter() - start)
    return best


def test_help_takes_little_longer_than_importing_click():
    ratios = []
    for _ in range(3):
        ratios.append(seconds("-m", "loglint", "--help") / seconds("-c", "import click"))
        if ratios[-1] < 1.5:
            return
    assert min(ratios) < 1.5
