"""Runs inside the peers' own environment: paths on stdin, one line of JSON for each on stdout. Standard library only.

`python driver.py TOOL [SECONDS]`: how long a tool may take for each path, 20 seconds if nothing else is said.

Each tool is called as its documentation says: by its command line's `main` where that reads the format, else by the function
that its command line calls. What its words mean is `tools.toml`'s affair.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import logging
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
SECONDS = 20
FAILURES = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, RuntimeError, TypeError, ValueError, csv.Error)


class TooLong(BaseException):
    """A tool did not answer in time; not an Exception, so that no tool swallows it."""


@contextlib.contextmanager
def as_folder(path: str) -> Iterator[str]:
    """The path, or for an event file a folder that holds nothing else: what readers of TensorBoard log folders take."""
    if "tfevents" not in Path(path).name or Path(path).is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, Path(path).name).symlink_to(Path(path).resolve())
        yield folder


def command(main: Callable[[list[str]], Any], arguments: list[str]) -> Any:
    """The JSON that a tool's command line prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main(arguments)
    return json.loads(out.getvalue())


def losslint(path: str) -> Answer:
    from losslint.cli import main

    said = command(main, ["check", path, "--format", "json"])
    series = {f"{run['source']}:{name}": run["points"] for run in said["runs"] for name in run["series"] if run["points"]}
    return {"series": series, "findings": [(f["check"], f["severity"]) for f in said["findings"]]}


def runmedic(path: str) -> Answer:
    from runmedic.cli import main

    said = command(main, ["diagnose", path, "--json"])
    series = {f"{run['run']}:{name}": s["points"] for run in said for name, s in run["series"].items()}
    return {"series": series, "findings": [(f["check"], f["severity"]) for run in said for f in run["findings"]]}


def runwise(path: str) -> Answer:
    from runwise.anomalies import detect_anomalies
    from runwise.core import RunAnalyzer

    if Path(path).is_dir() or "tfevents" in Path(path).name:
        from runwise.tensorboard import TensorBoardParser

        with as_folder(path) as folder:
            parser = TensorBoardParser(Path(folder))
            history = [row for run in parser.list_runs() for row in parser.get_history_data(run)]
    else:
        history = RunAnalyzer().parse_local_log(Path(path))
    names = {key for row in history for key in row}
    loss = next((name for name in ("loss", "train/loss", "train_loss") if name in names), "loss")
    found = detect_anomalies(history, loss_key=loss) if history else []
    series = {name: sum(name in row for row in history) for name in names}
    return {"series": series, "findings": [(a.type, a.severity) for a in found]}


def trainproof(path: str) -> Answer:
    from trainproof.cli import main

    def with_arguments(arguments: list[str]) -> None:
        sys.argv = ["trainproof", *arguments]
        main()

    said = command(with_arguments, ["doctor", path, "--json"])
    series = {r.get("file", ""): r.get("num_records", 0) for r in said["reports"] if r.get("num_records")}
    findings = [(f["id"], f["level"]) for r in said["reports"] for f in r["findings"]]
    return {"series": series, "findings": findings}


def trainspotter(path: str) -> Answer:
    from trainspotter.cli import main

    said = command(main, ["analyze", path, "--output", "json"])
    series = {name: m["count"] for name, m in said["run"]["metrics"].items()}
    return {"series": series, "findings": [(f["detector"], f["severity"]) for f in said["findings"]]}


def training_doctor(path: str) -> Answer:
    from training_doctor import Doctor

    with as_folder(path) as folder:
        doctor = Doctor().load(folder)
    found = {(d.problem, d.severity.value) for d in doctor.analyze()}
    return {"series": {name: len(points) for name, points in doctor.store}, "findings": sorted(found)}


def sk_autod(path: str) -> Answer:
    """The tool takes two lists of numbers; it is given the losses of a CSV that names them `loss` and `val_loss`."""
    from sk_autod import diagnose

    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("loss") and row.get("val_loss")]
    train, validation = ([float(row[name]) for row in rows] for name in ("loss", "val_loss"))
    if not train:
        return {"series": {}, "findings": []}
    findings = [(f.detector_name, f.severity.value) for f in diagnose(train, validation).findings]
    return {"series": {"loss": len(train), "val_loss": len(validation)}, "findings": findings}


TOOLS: dict[str, Callable[[str], Answer]] = {
    "losslint": losslint,
    "runmedic": runmedic,
    "runwise": runwise,
    "trainproof": trainproof,
    "trainspotter": trainspotter,
    "training-doctor": training_doctor,
    "sk-autod": sk_autod,
}


@contextlib.contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raises TooLong when the block takes longer."""

    def ring(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def answer(tool: Callable[[str], Answer], path: str, seconds: int) -> Answer:
    """What the tool says of one path; a tool that fails has read nothing and says why."""
    try:
        with at_most(seconds), contextlib.redirect_stderr(io.StringIO()):
            return tool(path)
    except TooLong:
        return {"series": {}, "findings": [], "error": f"no answer in {seconds} s"}
    except FAILURES as error:
        return {"series": {}, "findings": [], "error": f"{type(error).__name__}: {error}"[:200]}


def main() -> None:
    tool = TOOLS[sys.argv[1]]
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    out = sys.stdout
    for line in sys.stdin:
        path = line.rstrip("\n")
        print(json.dumps({"path": path, **answer(tool, path, seconds)}), file=out, flush=True)


if __name__ == "__main__":
    main()
