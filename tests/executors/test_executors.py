from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loglint.corridor import Settings, plan
from loglint.discover import File
from loglint.errors import ConfigError
from loglint.executors import BATCH_FILES, batches, choose, execute
from loglint.gate import Gate, conclude
from loglint.lots import Lot, Order, lint_files
from loglint.rule import Rule
from loglint.rulebook import find_rule, load_rules
from loglint.select import Chooser
from tests.cli.test_process import heeds_interrupts

RULES = (find_rule("sudden-nan", load_rules()),)


class Deadly(Chooser, frozen=True, eq=False):
    """Chooses as usual, but the process that asks for a run with `word` in its id dies while the file `poison` is there."""

    poison: str = ""
    once: bool = True

    def __call__(self, run: str) -> tuple[Rule, ...]:
        if "poisoned" in run and os.path.exists(self.poison):
            if self.once:
                os.unlink(self.poison)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(run)


class Refusing(Chooser):
    def __call__(self, run: str) -> tuple[Rule, ...]:
        raise ConfigError(f"nothing is chosen for {run}")


def sweep(folder: Path, names: list[str]) -> list[list[File]]:
    for i, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        rows = "".join(f"{e},{'nan' if i % 3 == 0 and e > 15 else 2.3 - 0.05 * e}\n" for e in range(30))
        (folder / name / "metrics.csv").write_text("epoch,train_loss\n" + rows, "utf-8")
    return list(plan([str(folder)], Settings(root=folder)))


def ids(lots: list[Lot]) -> list[str]:
    return [report.run.id for lot in lots for report in lot.reports]


NAMES = [f"run_{i:03d}" for i in range(70)]


def test_processes_find_what_one_process_finds_in_the_same_order(tmp_path):
    planned = sweep(tmp_path, NAMES)
    order = Order(Settings(root=tmp_path), Chooser(RULES))
    serial, process = (list(execute(planned, order, name, 2)) for name in ("serial", "process"))
    assert len(serial) == 70
    assert process == serial
    assert sum(len(report.findings) for lot in serial for report in lot.reports) == 24
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(("once", "judged"), [(True, 40), (False, 39)], ids=("an accident", "of the run itself"))
def test_a_worker_that_is_killed_is_said_and_the_rest_is_judged(tmp_path, once, judged):
    planned = sweep(tmp_path / "runs", [*NAMES[:20], "run_020_poisoned", *NAMES[21:40]])
    (tmp_path / "poison").touch()
    order = Order(Settings(root=tmp_path / "runs"), Deadly(RULES, poison=str(tmp_path / "poison"), once=once))
    lots = list(execute(planned, order, "process", 2))
    assert [lot.files for lot in lots] == [1] * 40
    assert len(ids(lots)) == judged
    assert ("run_020_poisoned" in ids(lots)) is once
    report = conclude(lots, Gate(), Chooser(RULES)).report
    assert report.exit_code == 2
    said = [problem.message for problem in report.problems if problem.kind == "crashed"]
    assert "killed by signal 9" in said[0]
    assert any("run_020_poisoned/metrics.csv twice: not judged" in message for message in said) is not once


def test_what_a_worker_raises_is_raised_and_no_worker_is_left(tmp_path):
    planned = sweep(tmp_path, NAMES[:4])
    with pytest.raises(ConfigError, match="nothing is chosen for run_00"):
        list(execute(planned, Order(Settings(root=tmp_path), Refusing(RULES)), "process", 2))
    assert not multiprocessing.active_children()


def test_lots_that_nobody_takes_end_their_workers(tmp_path):
    lots = execute(sweep(tmp_path, NAMES[:4]), Order(Settings(root=tmp_path), Chooser(RULES)), "process", 2)
    assert ids([next(lots)]) == ["run_000"]
    lots.close()
    assert not multiprocessing.active_children()


def test_the_work_on_a_lot_goes_through_pickle_and_leaves_sketches_out_on_demand(tmp_path):
    (files,) = sweep(tmp_path, NAMES[:1])
    order = Order(Settings(root=tmp_path), Chooser(RULES), drawn="none")
    order.choose("run_000")
    function, files, order = pickle.loads(pickle.dumps((lint_files, files, order)))
    lot = pickle.loads(pickle.dumps(function(files, order)))
    (report,) = lot.reports
    assert (report.run.id, report.run.series[0].points, report.run.series[0].sketch) == ("run_000", 30, ())
    assert [finding.first_step for finding in report.findings] == [16]


def sized(*sizes: int) -> list[list[File]]:
    return [[File(f"{i}.csv", False, size)] for i, size in enumerate(sizes)]


def test_tasks_hold_many_small_lots_and_large_ones_alone():
    assert [len(batch) for batch in batches(sized(*[10] * 300), 2)][:3] == [BATCH_FILES] * 3
    assert [len(batch) for batch in batches(sized(*[10] * 20), 2)] == [3] * 6 + [2]
    assert [len(batch) for batch in batches(sized(10, 10**9, 10, 10), 1)] == [1, 1, 1, 1]
    assert list(batches([], 2)) == []


def test_processes_are_chosen_by_the_size_of_the_work(monkeypatch):
    monkeypatch.setattr("loglint.executors.cores", lambda: 2)
    assert choose(sized(*[10] * 500)) == "process"
    assert choose(sized(10**8, 10**8)) == "process"
    assert choose(sized(10**9)) == "serial"
    assert choose(sized(10, 10)) == "serial"
    assert choose(sized(10, 10), jobs=2) == "process"
    assert choose(sized(*[10] * 500), jobs=1) == "serial"
    monkeypatch.setattr("loglint.executors.cores", lambda: 1)
    assert choose(sized(*[10] * 500)) == "serial"


def workers(parent: int) -> list[int]:
    """Processes below one, by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found += [int(entry.name), *workers(int(entry.name))]
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_ctrl_c_ends_all_workers_with_130_and_one_line(tmp_path):
    sweep(tmp_path, [f"run_{i:04d}" for i in range(3000)])
    command = [sys.executable, "-m", "loglint", "run", str(tmp_path), "--isolated", "--jobs", "2", "--format", "jsonl"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=heeds_interrupts
    )
    deadline = time.monotonic() + 30
    while len(workers(process.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    below = workers(process.pid)
    assert len(below) >= 3
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.decode().strip()) == (130, "loglint: interrupted")
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in below) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
