"""Executors: what maps `loglint.lots.lint_files` over a plan. One module each: `serial`, `process`, `dask`.

Every executor is a function of (plan, order, jobs) that gives one `Lot` for each list of files, in the plan's order, and holds only
a bounded number of them at a time. Each is imported only when it is chosen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Literal, cast

from loglint.lots import Lot, Order

if TYPE_CHECKING:
    from loglint.discover import File

    Plan = Sequence[Sequence[File]]
    Lots = Generator[Lot, None, None]
    Executor = Callable[[Plan, Order, int], Lots]

Name = Literal["auto", "serial", "process", "dask"]
NAMES: tuple[Name, ...] = ("auto", "serial", "process", "dask")
MANY_FILES = 200  # from so many on, a pool's half second of start-up is repaid
MANY_BYTES = 32 * 2**20
BATCH_FILES = 32  # of one task: large enough that handing it over costs little, small enough that the processes end together
BATCH_BYTES = 4 * 2**20


def execute(
    plan: Plan, order: Order, name: Name = "auto", jobs: int | None = None, scheduler: str | None = None
) -> Generator[Lot, None, None]:
    """The lots of a plan, in order, by the executor of that name; `jobs` (all cores) is how many processes it may use.

    `scheduler` is the address of a Dask scheduler, whose workers are then used; without one, `dask` starts its own here.
    """
    chosen = choose(plan, jobs) if name == "auto" else name
    if scheduler is not None or chosen == "dask":
        from loglint.executors import dask

        return dask.lots(plan, order, jobs or cores(), scheduler)
    executor = cast("Executor", import_module(f"{__name__}.{chosen}").lots)
    return executor(plan, order, jobs or cores())


def choose(plan: Plan, jobs: int | None = None) -> Literal["serial", "process"]:
    """A pool of processes where there is enough to do for more than one."""
    many = sum(map(len, plan)) >= MANY_FILES or sum(file.size for files in plan for file in files) >= MANY_BYTES
    return "process" if len(plan) > 1 and ((jobs is None and many and cores() > 1) or (jobs or 1) > 1) else "serial"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batches(plan: Plan, jobs: int) -> Iterator[list[Sequence[File]]]:
    """The plan's lists in tasks of a sensible size for so many workers: at least one list, else at most about `BATCH_FILES` and
    `BATCH_BYTES`, and a quarter of a worker's share."""
    most = min(BATCH_FILES, -(-sum(map(len, plan)) // (4 * jobs)))
    batch: list[Sequence[File]] = []
    count = size = 0
    for files in plan:
        weight = sum(file.size for file in files)
        if batch and (count + len(files) > most or size + weight > BATCH_BYTES):
            yield batch
            batch, count, size = [], 0, 0
        batch.append(files)
        count, size = count + len(files), size + weight
    if batch:
        yield batch
