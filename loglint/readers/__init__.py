"""Bytes -> `Reading`. One module per format family; the order of `MODULES` is the order in which they are asked.

A reader module has three names: `FORMAT` (its name in reports), `claims(path, head)` (does this file look like mine,
judged by content; `head` is the first 64 KiB) and `read(path, data)` (every point, in order; never raises on bad
bytes, reports a `Problem` instead). One that need not have a whole file in memory also has `read_blocks(path, blocks)`: the
same of the bytes in pieces. Nothing is sampled, sorted, de-duplicated, unpickled or executed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Protocol, cast, runtime_checkable

from loglint.model import Reading

HEAD = 65536
MODULES: Sequence[str] = (
    "tensorboard",
    "pickles",
    "wandb",
    "swanlab",
    "sqlite",
    "parquet",
    "notebook",
    "json",
    "config",
    "mlflow",
    "csv",
    "text",
)


class Reader(Protocol):
    """What a module of this package offers."""

    FORMAT: str

    def claims(self, path: str, head: bytes) -> bool:
        """Whether a file with this name and beginning is in this module's format."""
        ...

    def read(self, path: str, data: bytes) -> tuple[Reading, ...]:
        """All that the file holds; empty when there is no training quantity in it."""
        ...


@runtime_checkable
class BlockReader(Reader, Protocol):
    """A reader that takes a file piece by piece, and holds no more of its bytes than it needs."""

    def read_blocks(self, path: str, blocks: Iterable[bytes]) -> tuple[Reading, ...]:
        """What `read` gives for all the blocks together, wherever one ends. An OSError of the blocks is let through."""
        ...


def reader_for(path: str, head: bytes) -> Reader | None:
    """The first reader that claims the file, imported only now; None when nobody does.

    A table by its suffix is shown to the table reader first, so that the commonest small file imports no other.
    """
    tables_first = sorted(MODULES, key=lambda name: name != "csv") if path.endswith((".csv", ".tsv")) else MODULES
    for name in tables_first:
        module = cast(Reader, import_module(f"{__name__}.{name}"))
        if module.claims(path, head):
            return module
    return None
