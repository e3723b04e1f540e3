"""A pool of processes of our own on this machine.

The standard library's pools do not say which task killed a worker, and give up all others; here each worker has a pipe of its own,
so that a death costs its task alone: its lots are tried again one by one, and one that kills a worker twice is given up and said.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

import msgspec

from loglint.discover import fetched
from loglint.executors import batches
from loglint.lots import Lot, Order, lint_files

if TYPE_CHECKING:
    from loglint.discover import File
    from loglint.executors import Plan

Context = ForkServerContext | SpawnContext
AHEAD = 256  # lots for each worker that may be done before the first of them can be given
PATIENCE = 5.0  # seconds that a worker has to end


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    """Some lots: the place of the first of them in the plan; whether a worker died of them before, and how that is said."""

    place: int
    lists: Sequence[Sequence[File]]
    again: bool = False
    died: str = ""


@dataclass(eq=False, slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: _Task


def lots(plan: Plan, order: Order, jobs: int) -> Generator[Lot, None, None]:
    """The lots of a plan, in order. However it ends, no worker outlives it; what a worker raises is raised here."""
    context = _context()
    new = _tasks(plan, jobs)
    again: deque[_Task] = deque()
    done: dict[int, Lot] = {}
    ready = 0  # the place of the lot to be given next
    busy: list[_Worker] = []
    idle: list[tuple[BaseProcess, Connection]] = []
    try:
        while True:
            while len(busy) < jobs and len(done) < AHEAD * jobs:
                task = again.popleft() if again else next(new, None)
                if task is None:
                    break
                process, pipe = idle.pop() if idle else _start(context, order)
                busy.append(_Worker(process, pipe, task))
                _send(pipe, task.lists)
            while ready in done:
                yield done.pop(ready)
                ready += 1
            if not busy:
                break
            heard = wait([worker.pipe for worker in busy])
            for worker in [one for one in busy if one.pipe in heard]:
                found = _received(worker)
                if isinstance(found, BaseException):
                    raise found
                busy.remove(worker)
                if found is None:
                    _buried(worker, again, done)
                    continue
                idle.append((worker.process, worker.pipe))
                done.update(enumerate(_told(found, worker.task), worker.task.place))
    finally:
        _end([*idle, *((worker.process, worker.pipe) for worker in busy)])


def _tasks(plan: Plan, jobs: int) -> Iterator[_Task]:
    place = 0
    for lists in batches(plan, jobs):
        yield _Task(place, lists)
        place += len(lists)


def _received(worker: _Worker) -> Sequence[Lot] | BaseException | None:
    """What a worker sent: its lots, or what it raised; None when it died."""
    try:
        found: Sequence[Lot] | BaseException = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    return found


def _told(found: Sequence[Lot], task: _Task) -> list[Lot]:
    """The lots of a task, the first of them with the death that came before it."""
    first = msgspec.structs.replace(found[0], lost=(task.died and (f"{task.died}; they were judged again",)) or ())
    return [first, *found[1:]]


def _buried(worker: _Worker, again: deque[_Task], done: dict[int, Lot]) -> None:
    """The lots of a worker that died are to be tried again one by one; one that was so tried before is done, as lost."""
    worker.pipe.close()
    worker.process.join(PATIENCE)
    code, task = worker.process.exitcode, worker.task
    how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    died = f"a worker process died ({how}) of {_named(task.lists)}"
    if task.again:
        done[task.place] = Lot(files=len(task.lists[0]), lost=(f"{died} twice: not judged",))
        return
    for place, files in enumerate(task.lists, task.place):
        again.append(_Task(place, [files], again=True, died=died if place == task.place else ""))


def _named(lists: Sequence[Sequence[File]]) -> str:
    files = [file.path for one in lists for file in one]
    return files[0] if len(files) == 1 else f"{files[0]} to {files[-1]}, {len(files)} files"


# ---------------------------------------------------------------- processes


def _context() -> Context:
    """Fork from a small server that has imported what workers need; the parent itself may have threads."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _start(context: Context, order: Order) -> tuple[BaseProcess, Connection]:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, order), daemon=True)
    with _uninterrupted():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back, here and in processes started meanwhile: it is the parent's to obey, and it ends its workers."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _send(pipe: Connection, lists: Sequence[Sequence[File]]) -> None:
    """A worker that died meanwhile is met when its answer is waited for."""
    with suppress(OSError):
        pipe.send(lists)


def _end(workers: Sequence[tuple[BaseProcess, Connection]]) -> None:
    for process, pipe in workers:
        pipe.close()
        process.terminate()
    for process, _ in workers:
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()


def _serve(pipe: Connection, order: Order) -> None:
    """A worker's life: lists of files in, their lots (or what was raised) out, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            lists = pipe.recv()
        except (EOFError, OSError):
            return
        found: list[Lot] | Exception
        try:
            found = [lint_files(files, order) for files in fetched(lists)]
        except Exception as error:
            found = error
        with suppress(OSError):
            pipe.send(found)
