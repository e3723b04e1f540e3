"""The progress bar: on stderr, only on a terminal, and only for work that lasts over a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

AFTER = 1.0  # seconds


@dataclass
class Bar:
    """Counts judged runs; draws nothing until a second is over."""

    enabled: bool
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    drawn: Progress | None = None

    def step(self, runs: int = 1) -> None:
        """So many more runs are judged; 0 when only time has passed."""
        self.done += runs
        if not self.enabled:
            return
        if self.drawn is None and time.monotonic() - self.started > AFTER:
            self.drawn = _draw()
        if self.drawn is not None:
            self.drawn.update(self.drawn.task_ids[0], completed=self.done)

    def close(self) -> None:
        """Take the bar off the screen."""
        if self.drawn is not None:
            self.drawn.stop()


def _draw() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("judging"), BarColumn(), TextColumn("{task.completed} runs"), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True)
    bar.add_task("judging", total=None)
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
