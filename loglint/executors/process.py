"""A pool of processes of our own on this machine.

The standard library's pools do not say which task killed a worker, and give up all others; here each worker has a pipe of its own,
so that a death costs its task alone: its lots are tried again one by one, and one that kills a worker twice is given up and said.
"""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import signal
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

import msgspec

from loglint.discover import fetched
from loglint.executors import batches
from loglint.lots import Lot, Order, lint_files
from loglint.packed import Packer, Unpacker

if TYPE_CHECKING:
    from loglint.discover import File
    from loglint.executors import Plan

Context = ForkServerContext | SpawnContext
Answer = tuple[list["bytes | Lot"], dict[bytes, bytes]]  # the lots of a task, packed, and the parts that they name
AHEAD = 256  # lots for each worker that may be done before the first of them can be given
IN_HAND = 2  # tasks given to a worker, so that it need not wait for the next while the parent looks at what the others sent
BUFFERED = 64_000 if sys.platform == "linux" else 8_000  # bytes that a pipe takes while nobody reads
PATIENCE = 5.0  # seconds that a worker has to end


class _Task(msgspec.Struct, frozen=True, eq=False):
    """Some lots: the place of the first of them in the plan; whether a worker died of them before, and how that is said."""

    place: int
    lists: Sequence[Sequence[File]]
    again: bool = False
    died: str = ""


class _Worker(msgspec.Struct, eq=False):
    """A process, the pipe to it, and the tasks it was given: it is at the first of them, and finds the next when it is done."""

    process: BaseProcess
    pipe: Connection
    tasks: deque[_Task] = msgspec.field(default_factory=deque)


def lots(plan: Plan, order: Order, jobs: int) -> Generator[Lot, None, None]:
    """The lots of a plan, in order. However it ends, no worker outlives it; what a worker raises is raised here."""
    context = _context()
    new = _tasks(plan, jobs)
    again: deque[_Task] = deque()
    done: dict[int, Lot] = {}
    ready = 0  # the place of the lot to be given next
    workers: list[_Worker] = []
    unpacker = Unpacker()
    try:
        while True:
            while len(done) < AHEAD * jobs and (worker := _free(workers, context, order, jobs)) is not None:
                task = again.popleft() if again else next(new, None)
                if task is None:
                    break
                given = pickle.dumps(task.lists)
                if worker.tasks and len(given) > BUFFERED:
                    again.appendleft(task)
                    break
                worker.tasks.append(task)
                _send(worker.pipe, given)
            while ready in done:
                yield done.pop(ready)
                ready += 1
            busy = [worker for worker in workers if worker.tasks]
            if not busy:
                break
            heard = wait([worker.pipe for worker in busy])
            for worker in [one for one in busy if one.pipe in heard]:
                found = _received(worker, unpacker)
                if isinstance(found, BaseException):
                    raise found
                if found is None:
                    workers.remove(worker)
                    _buried(worker, again, done)
                    continue
                task = worker.tasks.popleft()
                done.update(enumerate(_told(found, task), task.place))
    finally:
        _end(workers)


def _free(workers: list[_Worker], context: Context, order: Order, jobs: int) -> _Worker | None:
    """The worker with the fewest tasks, a new one while there are fewer than wanted; None when all have enough to do."""
    least = min(workers, key=lambda worker: len(worker.tasks), default=None)
    if (least is None or least.tasks) and len(workers) < jobs:
        least = _start(context, order)
        workers.append(least)
    return least if least is not None and len(least.tasks) < IN_HAND else None


def _tasks(plan: Plan, jobs: int) -> Iterator[_Task]:
    place = 0
    for lists in batches(plan, jobs):
        yield _Task(place, lists)
        place += len(lists)


def _received(worker: _Worker, unpacker: Unpacker) -> Sequence[Lot] | BaseException | None:
    """What a worker sent: its lots, or what it raised; None when it died."""
    try:
        found: Answer | BaseException = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    if isinstance(found, BaseException):
        return found
    made, parts = found
    lots = [one if isinstance(one, Lot) else unpacker.unpack(one, parts.get) for one in made]
    whole = [lot for lot in lots if lot is not None]
    return whole if len(whole) == len(lots) else RuntimeError("a worker process sent what cannot be read")


def _told(found: Sequence[Lot], task: _Task) -> list[Lot]:
    """The lots of a task, the first of them with the death that came before it."""
    first = msgspec.structs.replace(found[0], lost=(task.died and (f"{task.died}; they were judged again",)) or ())
    return [first, *found[1:]]


def _buried(worker: _Worker, again: deque[_Task], done: dict[int, Lot]) -> None:
    """The lots that a worker died of are to be tried again one by one; one that was so tried before is done, as lost."""
    worker.pipe.close()
    worker.process.join(PATIENCE)
    code, task = worker.process.exitcode, worker.tasks.popleft()
    again += worker.tasks
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


def _start(context: Context, order: Order) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, order), daemon=True)
    with _uninterrupted():
        process.start()
    theirs.close()
    return _Worker(process, ours)


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


def _send(pipe: Connection, given: bytes) -> None:
    """A worker that died meanwhile is met when its answer is waited for."""
    with suppress(OSError):
        pipe.send_bytes(given)


def _end(workers: Sequence[_Worker]) -> None:
    for worker in workers:
        worker.pipe.close()
        worker.process.terminate()
    for worker in workers:
        worker.process.join(PATIENCE)
        if worker.process.exitcode is None:
            worker.process.kill()


def _serve(pipe: Connection, order: Order) -> None:
    """A worker's life: lists of files in, their lots (or what was raised) out, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000, 50, 100)  # see `loglint.__main__`
    while True:
        try:
            lists = pipe.recv()
        except (EOFError, OSError):
            return
        found: Answer | Exception
        try:
            found = _packed([lint_files(files, order) for files in fetched(lists)])
        except Exception as error:
            found = error
        with suppress(OSError):
            pipe.send(found)


def _packed(lots: Sequence[Lot]) -> Answer:
    """A task's answer; a lot in which a name is no text stays as it is."""
    packer = Packer()
    made: list[bytes | Lot] = []
    for lot in lots:
        try:
            made.append(packer.pack(lot))
        except (TypeError, ValueError, OverflowError):
            made.append(lot)
    return made, packer.fresh()
