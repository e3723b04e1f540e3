"""A Dask cluster: the workers of a scheduler that is running, or some on this machine.

Workers read the files themselves: they have to see the same paths or stores. Dask gives what a dead worker had in hand to the
others; a task of which workers die again and again is given up and said. Needs `pip install "loglint[dask]"`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loglint.errors import InputError
from loglint.executors import batches
from loglint.executors.serial import lots as lint_lists
from loglint.lots import Lot, Order

if TYPE_CHECKING:
    from loglint.discover import File
    from loglint.executors import Plan

AHEAD = 4  # tasks in hand for each thread of the cluster
TIMEOUT = 30  # seconds in which a scheduler has to answer


def lots(plan: Plan, order: Order, jobs: int, scheduler: str | None = None) -> Generator[Lot, None, None]:
    """The lots of a plan, in order. Raises InputError where Dask is not installed or the scheduler does not answer."""
    with _client(jobs, scheduler) as client:
        threads = max(1, sum(client.nthreads().values()))
        tasks = batches(plan, threads)
        waiting: deque[tuple[Sequence[Sequence[File]], Any]] = deque()
        for lists in tasks:
            waiting.append((lists, client.submit(_lint, lists, order, pure=False)))
            if len(waiting) >= AHEAD * threads:
                yield from _finished(*waiting.popleft())
        while waiting:
            yield from _finished(*waiting.popleft())


def _lint(lists: Sequence[Sequence[File]], order: Order) -> list[Lot]:
    return list(lint_lists(lists, order, 1))


def _finished(lists: Sequence[Sequence[File]], future: Any) -> Sequence[Lot]:
    from distributed.scheduler import KilledWorker

    try:
        found: Sequence[Lot] = future.result()
    except KilledWorker as error:
        names = [file.path for files in lists for file in files]
        what = f"Dask gave up {names[0]} to {names[-1]}: workers died of them {error.allowed_failures + 1} times: not judged"
        return [Lot(files=len(names), lost=(what,)), *[Lot()] * (len(lists) - 1)]
    return found


@contextmanager
def _client(jobs: int, scheduler: str | None) -> Iterator[Any]:
    try:
        import distributed
    except ImportError:
        raise InputError('--executor dask needs Dask: pip install "loglint[dask]"') from None
    connect: Any = distributed.Client
    start: Any = distributed.LocalCluster
    if scheduler is not None:
        try:
            client = connect(scheduler, timeout=TIMEOUT, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(f"{scheduler}: no Dask scheduler answers there: {error}") from None
        with client:
            yield client
        return
    with (
        start(n_workers=jobs, threads_per_worker=1, dashboard_address=None) as cluster,
        connect(cluster, set_as_default=False) as client,
    ):
        yield client
