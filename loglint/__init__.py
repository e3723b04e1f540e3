"""loglint, the linter for training runs: the public Python API (lazy: importing it imports nothing heavy)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import os

    import pandas as pd

    from loglint import model
    from loglint.engine import Drawn
    from loglint.lots import Lot, Order
    from loglint.notebook import Report, Run, Series
    from loglint.report import RunReport

__version__ = "0.1.0"
__all__ = ["Report", "Run", "RunReport", "Series", "__version__", "conclude", "lint", "lint_run", "lint_runs", "read", "to_pandas"]
_HOMES = {"Run": "notebook", "Series": "notebook", "Report": "notebook", "RunReport": "report"}


def read(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame) -> tuple[Run, ...]:
    """The runs in a path (file, folder or glob), in a mapping of names to lists (`history.history`), or in a DataFrame.

    Raises loglint.errors.InputError when the path does not exist or the mapping holds no numbers.
    """
    from loglint.notebook import Run

    return tuple(map(Run.of, _read(source)))


def _read(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame) -> tuple[model.Run, ...]:
    from loglint.corridor import collect
    from loglint.given import from_dataframe, from_mapping

    if isinstance(source, Mapping):
        return from_mapping(source)
    if hasattr(source, "columns"):
        return from_dataframe(cast("pd.DataFrame", source))
    return collect((str(source),)).runs


def lint(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame, **settings: Any) -> Report:
    """Judge the runs in `source` (as `read` takes it) by the default rules; the report has every finding.

    `settings` are those of the configuration file, with underscores: `select=("GEN",)`, `fail_on="warning"`.
    Raises loglint.errors.InputError for a missing source and ConfigError for an unknown setting.
    """
    from loglint.gate import Gate, conclude
    from loglint.notebook import Report

    order = _order(settings)
    config, root = order.choose.config, order.settings.root
    return Report.of(conclude(_lots(source, order), Gate(config=config, root=root), order.choose).report)


def lint_runs(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame, **settings: Any) -> tuple[RunReport, ...]:
    """The judgement of every run in `source`, each by itself: what one task of a cluster does on one folder of a sweep.

    `source`, `settings` and errors are those of `lint`. The reports can be pickled and are small (no points, no sketches);
    `conclude` makes one `Report` of any number of them, and only there are effects folded under their causes. What was met in
    files that are in no run is told by the first report of their folder, or by one that has their path for its id, and no curve.
    """
    from loglint.lots import closed

    order = _order(settings, "none")
    return tuple(report for lot in _lots(source, order) for report in closed(lot, order))


def lint_run(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame, **settings: Any) -> RunReport:
    """The judgement of the only run in `source`: `lint_runs`, where one file or folder is known to be one run.

    Raises loglint.errors.InputError when there is no run in it, or when there are several.
    """
    from loglint.errors import InputError

    found = lint_runs(source, **settings)
    if len(found) == 1:
        return found[0]
    named = ", ".join(report.run.id for report in found[:3])
    what = f"holds {len(found)} runs ({named}{', ...' if found[3:] else ''}); use loglint.lint_runs" if found else "holds no run"
    raise InputError(f"{source if isinstance(source, str) else type(source).__name__}: {what}")


def conclude(reports: Iterable[RunReport], **settings: Any) -> Report:
    """One report of runs that `lint_run` or `lint_runs` judged, wherever that was: rules across runs, ignores, baseline, folding,
    exit code.

    `settings` are to be those that the runs were judged with.
    """
    from loglint.gate import Gate
    from loglint.gate import conclude as concluded
    from loglint.lots import Lot
    from loglint.notebook import Report

    order = _order(settings, "none")
    gate = Gate(config=order.choose.config, root=order.settings.root)
    return Report.of(concluded([Lot(reports=tuple(reports))], gate, order.choose).report)


def _order(settings: Mapping[str, Any], drawn: Drawn = "all") -> Order:
    from loglint.config import Loaded, convert
    from loglint.corridor import Settings
    from loglint.gate import rules_for
    from loglint.lots import Order
    from loglint.select import Chooser

    loaded = Loaded(convert({key.replace("_", "-"): value for key, value in settings.items()}, "lint()"))
    return Order(Settings.of(loaded), Chooser(rules_for(loaded), loaded.config), drawn)


def _lots(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame, order: Order) -> Iterator[Lot]:
    from loglint.corridor import Batch, plan
    from loglint.discover import fetched
    from loglint.lots import lint_batch, lint_files

    if isinstance(source, Mapping) or hasattr(source, "columns"):
        yield lint_batch(Batch(_read(source)), order)
        return
    yield from (lint_files(files, order) for files in fetched(plan([str(source)], order.settings)))


def to_pandas(run: model.Run) -> pd.DataFrame:
    """Every point of a run, one row each: attempt, series, split, role, step, epoch, time, seq, value."""
    from loglint.tables import points

    return points(run)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'loglint' has no attribute {name!r}")
