"""What is known of lots from an earlier run: the identity of files and of all that they are judged by -> their `Lot`.

A lot is known again when its files have the same names, sizes, times of change, inodes and last bytes (in a store: the same names,
sizes and versions), and loglint's code, the rules and the settings are the same. Where the bytes are kept lives in `loglint.cache`.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, overload

import msgspec

from loglint.cache import Cache, digest
from loglint.lots import Lot, Order, lint_files
from loglint.packed import Packer, Unpacker
from loglint.remote import is_url

if TYPE_CHECKING:
    from loglint.discover import File
    from loglint.executors import Lots, Plan

Thing = TypeVar("Thing")
NO_KEY = bytes(20)
TAIL = 4096  # bytes at the end of a file that are part of its identity
TOGETHER = 256  # lots that are read from the cache and written to it at once


def remembered(plan: Plan, order: Order, cache: Cache, work: Callable[[Plan], Lots]) -> Generator[Lot, None, None]:
    """The lots of a plan, in order: those that are known from the cache, all others by `work`, and kept from then on."""
    made_from = digest(b"lot", msgspec.msgpack.encode(_conditions(order)))
    keys, held = bytearray(), bytearray()  # of each lot its key (zeros where it has none), and whether it is in the cache
    for some in _batches(key_of(files, made_from) for files in plan):
        there = cache.held([one for one in some if one is not None])
        keys += b"".join(one or NO_KEY for one in some)
        held += bytes(one in there for one in some)
    fresh = work(_Rest(plan, array("L", (at for at, known in enumerate(held) if not known))))
    packer, unpacker = Packer(), Unpacker()
    news: dict[bytes, bytes] = {}
    try:
        for places in _batches(range(len(held))):
            mine = {at: bytes(keys[at * len(NO_KEY) : (at + 1) * len(NO_KEY)]) for at in places}
            known = cache.several([key for at, key in mine.items() if held[at]])
            for at, key in mine.items():
                lot = unpacker.unpack(known[key], cache.get) if key in known else None
                if lot is None:
                    lot = lint_files(plan[at], order) if held[at] else next(fresh)
                    if key != NO_KEY and (packed := _packed(lot, packer)) is not None:
                        news[key] = packed
                yield lot
            cache.put(packer.fresh() | news)
            news = {}
    finally:
        fresh.close()
        cache.put(packer.fresh() | news)


def _batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    iterator = iter(things)
    while some := list(islice(iterator, TOGETHER)):
        yield some


class _Rest(Sequence[Sequence["File"]]):
    """Some lots of a plan."""

    def __init__(self, plan: Plan, places: array[int]) -> None:
        self._plan, self._places = plan, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Sequence[File]: ...
    @overload
    def __getitem__(self, at: slice) -> _Rest: ...
    def __getitem__(self, at: int | slice) -> Sequence[File] | _Rest:
        return _Rest(self._plan, self._places[at]) if isinstance(at, slice) else self._plan[self._places[at]]


def _conditions(order: Order) -> tuple[object, ...]:
    """All of an order that a lot depends on, as records that can be written down."""
    settings, config = order.settings, order.choose.config
    reading = (str(settings.root), settings.patterns, settings.roles, settings.run_key)
    chosen = (config.select, config.extend_select, config.ignored_rules, config.preview, config.edition, config.paths)
    drawn = (
        order.drawn,
        order.buckets if order.drawn != "none" else 0,
    )  # how finely curves are drawn depends on how many files there are
    return order.choose.rules, reading, chosen, config.require, config.expect, drawn


def key_of(files: Sequence[File], made_from: bytes) -> bytes | None:
    """The key of a lot; None for files that have no lasting identity (standard input, a store that tells no versions)."""
    made = hashlib.blake2b(made_from, digest_size=len(NO_KEY))
    for file in files:
        identity = _identity(file)
        if identity is None:
            return None
        made.update(len(identity).to_bytes(4, "little") + identity)
    return made.digest()


def _identity(file: File) -> bytes | None:
    shown = repr((file.path, file.named, file.size, file.member, file.refusal)).encode("utf-8", "surrogatepass")
    if file.refusal is not None:
        return None if is_url(file.path) else shown
    if is_url(file.place):
        return shown + b"\0" + file.version.encode() if file.version else None
    if not file.place:
        return None
    try:
        handle = os.open(file.place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        if status.st_size > TAIL:
            os.lseek(handle, status.st_size - TAIL, os.SEEK_SET)
        tail = os.read(handle, TAIL)
    except OSError:
        return None
    finally:
        os.close(handle)
    return shown + f"\0{status.st_size} {status.st_mtime_ns} {status.st_ino}\0".encode() + tail


def _packed(lot: Lot, packer: Packer) -> bytes | None:
    """The lot as bytes; None for one that is not to be kept: something failed, was not to be had, or a name in it is no text."""
    if lot.lost or any(report.crashed for report in lot.reports):
        return None
    if any(problem.kind == "unreadable" and is_url(problem.path) for problem in lot.problems):
        return None
    try:
        return packer.pack(lot)
    except (TypeError, ValueError, OverflowError):
        return None
