"""Reports to write in every form: of real judgements, and with text that tries to get out of its place."""

from __future__ import annotations

import msgspec
import numpy as np

from loglint.config import Config, Ignore
from loglint.gate import Gate, judge
from loglint.given import from_mapping
from loglint.model import Problem
from loglint.report import Cite, Finding, Location, Remedy, Report
from loglint.rulebook import load_rules

HOSTILE = "x\x1b[31m\r\n\u202e\x9b2J[red]</b><script>`|*_%0A::error::,@all]]>\ud800\x00"
BAD = ("\x1b", "\r", "\u202e", "\x9b", "\x00", "\ud800")


def sick(name: str):
    curves = {"train_loss": [2.3 - 0.1 * i for i in range(11)] + [float("nan")] * 30}
    return from_mapping(curves, name)[0]


def fine(name: str):
    train, val = np.random.default_rng(7).normal(0, 0.02, (2, 60)) + 0.3 + 2 * np.exp(-np.arange(60) / 12)
    return from_mapping({"train_loss": train, "val_loss": val + 0.05}, name)[0]


def real(**settings: object) -> Report:
    """Two sick runs, one of them ignored, one healthy, and a file that could not be read."""
    config = Config(ignore=(Ignore(rules=("NUM003",), path="old", reason="known"),), **settings)
    problems = (Problem("unreadable", "b.log", "permission denied"), Problem("bad_row", "c.csv", "5 columns", 7))
    runs = (sick("a"), fine("b"), sick("old"))
    return judge(runs, problems, Gate(config=config, paths=("logs",)), load_rules()).report


def hostile() -> Report:
    """Every text that can come from a log is hostile."""
    report = real()
    cite = Cite(recipe="recipe", where="x")
    finding = Finding(
        rule="GEN001",
        name="overfitting",
        severity="error",
        message=HOSTILE,
        run=HOSTILE,
        series=(HOSTILE,),
        first_step=3,
        location=Location(path=HOSTILE, line=3),
        evidence={"rise": "nan"},
        threshold={"min_rise": 1.5},
        remedy=(Remedy(do=HOSTILE, cite=cite),),
        folded=(report.findings[0],),
        fingerprint="0" * 16,
    )
    info = report.runs[0]
    curve = msgspec.structs.replace(info.series[0], name=HOSTILE)
    runs = (msgspec.structs.replace(info, id=HOSTILE, series=(curve,), config={HOSTILE: HOSTILE}),)
    problems = tuple(msgspec.structs.replace(problem, path=HOSTILE, message=HOSTILE) for problem in report.problems)
    return msgspec.structs.replace(report, runs=runs, findings=(finding, finding), problems=problems)
