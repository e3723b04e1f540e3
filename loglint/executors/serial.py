"""One lot after another, in this process."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from loglint.discover import fetched
from loglint.lots import Lot, Order, lint_files

if TYPE_CHECKING:
    from loglint.executors import Plan


def lots(plan: Plan, order: Order, _jobs: int) -> Generator[Lot, None, None]:
    """The lots of a plan, in order."""
    yield from (lint_files(files, order) for files in fetched(plan))
