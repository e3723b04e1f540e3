"""The Dask executor on a real cluster of two worker processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from loglint.errors import InputError
from loglint.executors import execute
from loglint.lots import Order
from loglint.select import Chooser
from tests.executors.test_executors import RULES, Deadly, ids, sweep

distributed = pytest.importorskip("distributed")
NAMES = [f"run_{i:03d}" for i in range(70)]


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as running:
        yield running


def test_a_cluster_judges_as_one_process_does(cluster, tmp_path: Path) -> None:
    planned, order = sweep(tmp_path, NAMES), Order(choose=Chooser(RULES))
    here = list(execute(planned, order, "serial"))
    there = list(execute(planned, order, "dask", scheduler=cluster.scheduler_address))
    assert ids(there) == ids(here) == NAMES
    assert there == here
    assert sum(len(report.findings) for lot in there for report in lot.reports) == 24


def test_a_worker_killed_in_the_middle_loses_nothing(cluster, tmp_path: Path) -> None:
    planned, order = sweep(tmp_path, NAMES), Order(choose=Chooser(RULES))
    lots = execute(planned, order, "dask", scheduler=cluster.scheduler_address)
    found = [next(lots)]
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    found += lots
    assert ids(found) == NAMES
    assert [lot.lost for lot in found if lot.lost] == []


def test_files_that_kill_every_worker_are_given_up_and_said(cluster, tmp_path: Path) -> None:
    poison = tmp_path / "poison"
    poison.write_text("")
    planned = sweep(tmp_path / "runs", ["poisoned"])
    order = Order(choose=Deadly(RULES, poison=str(poison), once=False))
    (lot,) = execute(planned, order, "dask", scheduler=cluster.scheduler_address)
    assert lot.reports == ()
    assert "poisoned" in lot.lost[0]
    assert "not judged" in lot.lost[0]


def test_a_scheduler_that_does_not_answer_is_an_error_that_names_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("loglint.executors.dask.TIMEOUT", 0.3)
    with pytest.raises(InputError, match=r"tcp://127\.0\.0\.1:9.*scheduler"):
        next(execute(sweep(tmp_path, ["one"]), Order(), "dask", scheduler="tcp://127.0.0.1:9"))
