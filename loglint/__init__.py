"""loglint, the linter for training runs: the public Python API (lazy: importing it imports nothing heavy)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import os

    import pandas as pd

    from loglint.model import Problem, Run, Series
    from loglint.report import Report

__version__ = "0.1.0"
__all__ = ["Report", "Run", "Series", "__version__", "lint", "read", "to_pandas"]
_HOMES = {"Run": "loglint.model", "Series": "loglint.model", "Report": "loglint.report"}


def read(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame) -> tuple[Run, ...]:
    """The runs in a path (file, folder or glob), in a mapping of names to lists (`history.history`), or in a DataFrame.

    Raises loglint.errors.InputError when the path does not exist or the mapping holds no numbers.
    """
    from loglint import corridor

    if isinstance(source, Mapping):
        return corridor.from_mapping(source)
    if hasattr(source, "columns"):
        return corridor.from_dataframe(cast("pd.DataFrame", source))
    return corridor.collect((str(source),)).runs


def lint(source: str | os.PathLike[str] | Mapping[str, Any] | pd.DataFrame, **settings: Any) -> Report:
    """Judge the runs in `source` (as `read` takes it) by the default rules; the report has every finding.

    `settings` are those of the configuration file, with underscores: `select=("GEN",)`, `fail_on="warning"`.
    Raises loglint.errors.InputError for a missing source and ConfigError for an unknown setting.
    """
    from loglint.config import Loaded, convert
    from loglint.gate import Gate, judge, rules_for

    config = convert({key.replace("_", "-"): value for key, value in settings.items()}, "lint()")
    loaded = Loaded(config)
    if isinstance(source, Mapping) or hasattr(source, "columns"):
        runs, problems = read(source), cast("tuple[Problem, ...]", ())
    else:
        from loglint.corridor import collect

        collected = collect((str(source),), loaded)
        runs, problems = collected.runs, collected.problems
    return judge(runs, problems, Gate(config=config, root=loaded.root), rules_for(loaded)).report


def to_pandas(run: Run) -> pd.DataFrame:
    """Every point of a run, one row each: attempt, series, split, role, step, epoch, time, seq, value."""
    import numpy as np
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "attempt": 0 if one.attempt is None else one.attempt,
                "series": one.name,
                "split": one.role.split,
                "role": one.role.name,
                **{axis: np.nan if getattr(one, axis) is None else getattr(one, axis) for axis in ("step", "epoch", "time")},
                "seq": one.seq,
                "value": one.values,
            }
        )
        for one in run.series
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'loglint' has no attribute {name!r}")
