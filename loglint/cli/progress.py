"""The progress bar: on stderr, only on a terminal, and only for work that lasts over a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from rich.progress import Progress

    from loglint.lots import Lot

AFTER = 1.0  # seconds


class Bar(msgspec.Struct):
    """Counts files read and runs judged; draws nothing until a second is over."""

    enabled: bool
    files: int | None = None
    started: float = msgspec.field(default_factory=time.monotonic)
    drawn: Progress | None = None

    def expect(self, files: int) -> None:
        """How many files there are in all."""
        self.files = files

    def watch(self, lots: Iterable[Lot]) -> Iterator[Lot]:
        """The lots as they pass, each shown."""
        runs = files = 0
        for lot in lots:
            runs, files = runs + len(lot.reports), files + lot.files
            self.show(runs, files)
            yield lot

    def show(self, runs: int, files: int) -> None:
        """So many runs are judged, and so many files read."""
        if not self.enabled:
            return
        elapsed = time.monotonic() - self.started
        if self.drawn is None and elapsed > AFTER:
            self.drawn = _draw(self.files)
        if self.drawn is not None:
            self.drawn.update(self.drawn.task_ids[0], completed=files, said=said(runs, elapsed, files, self.files))

    def close(self) -> None:
        """Take the bar off the screen."""
        if self.drawn is not None:
            self.drawn.stop()


def said(runs: int, elapsed: float, files: int, total: int | None) -> str:
    """`1,200 runs, 310 a second, 0:27 left`; the time left is at the pace so far, by files."""
    words = f"{runs:,} runs, {runs / elapsed:,.0f} a second" if elapsed > 0 else f"{runs:,} runs"
    if total and files and elapsed > 0:
        left = round(elapsed * max(0, total - files) / files)
        words += f", {left // 60}:{left % 60:02d} left"
    return words


def _draw(files: int | None) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("judging"), BarColumn(), TextColumn("{task.fields[said]}"))
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True)
    bar.add_task("judging", total=files, said="")
    bar.start()
    return bar


@contextmanager
def progress(quiet: bool = False) -> Iterator[Bar]:
    """A bar for the work inside the `with` block."""
    bar = Bar(enabled=not quiet and sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.close()
