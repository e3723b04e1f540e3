from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.performance.inputs import events

UNASKED = {"pandas", "scipy", "tensorboard", "google", "jinja2", "pyarrow", "obstore", "plotly"}
HEAVY = ("numpy", "pandas", "scipy", "tensorboard", "rich", "pyarrow", "yaml", "multiprocessing", "jinja2")


def imported(*arguments: str) -> set[str]:
    """The modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "loglint", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode in (0, 1), done.stderr[-500:]
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


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


def test_small_event_folders_need_neither_tensorboard_nor_pandas(tmp_path):
    events(tmp_path / "run" / "events.out.tfevents.1", 2000)
    found = imported("run", str(tmp_path), "--isolated")
    assert {"numpy", "google_crc32c"} <= found
    assert not found.intersection(UNASKED)


def test_a_small_table_needs_no_other_reader(tmp_path):
    found = imported("run", str(table(tmp_path, 0)), "--isolated")
    assert "numpy" in found
    assert not found.intersection(UNASKED | {"google_crc32c", "html", "asyncio", "importlib.metadata", "numpy.ma"})


def table(folder: Path, seed: int) -> Path:
    """A log that was not there before, so that it is judged and not remembered."""
    log = folder / f"log-{seed}.csv"
    rows = "".join(f"{i},{2 - 0.01 * i + 0.003 * ((i * 7 + seed) % 11):.4f}\n" for i in range(60))
    log.write_text("epoch,train_loss\n" + rows, "utf-8")
    return log


def processor_seconds(*command: str, environment: Mapping[str, str]) -> float:
    """User time of a Python process of its own: what it does itself, whatever else the machine does."""
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(environment)
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return used.ru_utime


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="processor time of one child")
def test_commands_start_about_as_fast_as_what_they_stand_on(tmp_path):
    environment = os.environ | {"LOGLINT_CACHE_DIR": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    commands = {
        "click": lambda _: ("-c", "import click"),
        "version": lambda _: ("-m", "loglint", "--version"),
        "help": lambda _: ("-m", "loglint", "--help"),
        "pandas": lambda _: ("-c", "import pandas"),
        "run": lambda turn: ("-m", "loglint", "run", str(table(tmp_path, turn)), "--isolated", "--fail-on", "never"),
    }
    limits = {"version": ("click", 1.5), "help": ("click", 1.5), "run": ("pandas", 1.4)}
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(30):
        for name, command in commands.items():
            spent[name].append(processor_seconds(*command(turn), environment=environment))
        # The first turn writes bytecode and rules; what else the machine does can only add to the least of the others.
        least = {name: min(times[1:], default=math.inf) for name, times in spent.items()}
        if turn >= 6 and all(least[name] <= most * least[beside] for name, (beside, most) in limits.items()):
            return
    pytest.fail(f"user seconds {least}, asked at most {limits}")
