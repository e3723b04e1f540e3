"""Command-line scripts: fixtures/cli/*.txt hold commands, what they must answer, and their input files.

    What the script is about, in words.

    $ loglint run logs --format concise
    exit 1
    > a line of stdout
    ! a line of stderr

    -- logs/metrics.csv --
    epoch,loss
    0,2.3

A step is a `$` line, its exit code, and the lines it prints; steps share a folder, in order. `| findings` after a command shows
its JSON report as one line per finding; `$ cp FROM TO` copies a file. `-- name from notation --` makes a CSV of series as in
rule examples, `from hex` any bytes, `unterminated` a file without its last newline.
Seconds, the version and the folder's name are normalised. `python -m tests.cli.regenerate` rewrites the answers.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shlex
import shutil
import sys
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from unittest.mock import patch

import jsonschema

from loglint import __version__, schemas
from loglint.__main__ import main
from loglint.notation import expand

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "cli"
FILE = re.compile(r"-- (\S+)( from notation| from hex| unterminated|) --")


@dataclass(frozen=True)
class Step:
    command: str
    code: int = 0
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    about: str
    steps: tuple[Step, ...]
    files: tuple[tuple[str, str, str], ...]


def parse(text: str) -> Script:
    about, steps, files = [], [], []
    for line in text.splitlines():
        if match := FILE.fullmatch(line):
            files.append((match[1], match[2], []))
        elif files:
            files[-1][2].append(line)
        elif line.startswith("$ "):
            steps.append(Step(line[2:]))
        elif line.startswith("exit "):
            steps[-1] = replace(steps[-1], code=int(line[5:]))
        elif line[:1] == ">":
            steps[-1] = replace(steps[-1], stdout=(*steps[-1].stdout, line[2:]))
        elif line[:1] == "!":
            steps[-1] = replace(steps[-1], stderr=(*steps[-1].stderr, line[2:]))
        elif not steps:
            about.append(line)
    return Script("\n".join(about).strip(), tuple(steps), tuple((name, made, "\n".join(lines)) for name, made, lines in files))


def written(script: Script) -> str:
    out = [script.about, ""]
    for step in script.steps:
        out += [f"$ {step.command}", f"exit {step.code}"]
        out += [f"> {line}".rstrip() for line in step.stdout] + [f"! {line}".rstrip() for line in step.stderr] + [""]
    for name, made, content in script.files:
        out += [f"-- {name}{made} --", content]
    return "\n".join(out).rstrip("\n") + "\n"


def run(script: Script, folder: Path) -> Script:
    """The script with the answers that its commands give now, run in an empty folder."""
    for name, made, content in script.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes(made, content))
    return replace(script, steps=tuple(_run(step, folder) for step in script.steps))


def _bytes(kind: str, content: str) -> bytes:
    match kind:
        case " from notation":
            return _table(content).encode()
        case " from hex":
            return bytes.fromhex(content)
        case " unterminated":
            return content.rstrip("\n").encode()
        case _:
            return (content.rstrip("\n") + "\n").encode()


def _table(content: str) -> str:
    columns = {}
    for line in content.splitlines():
        name, _, text = line.partition(": ")
        if text:
            columns[name] = expand(text, name)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["epoch", *columns])
    for i, row in enumerate(zip_longest(*columns.values())):
        writer.writerow([i, *("" if value is None else f"{value:.6g}" for value in row)])
    return out.getvalue()


def _run(step: Step, folder: Path) -> Step:
    command, _, shown = step.command.partition(" | ")
    words = shlex.split(command)
    if words[0] == "cp":
        shutil.copy(folder / words[1], folder / words[2])
        return step
    assert words[0] == "loglint"
    out, err = _Stream(), _Stream()
    ours = ("LOGLINT", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "TERM", "CI")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    stdin = (folder / "stdin").read_bytes() if (folder / "stdin").exists() else b""
    with (
        contextlib.chdir(folder),
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "argv", words),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
    stdout = _findings(out.getvalue()) if shown == "findings" and out.getvalue() else out.getvalue()
    return replace(step, code=code, stdout=_lines(stdout, folder), stderr=_lines(err.getvalue(), folder))


class _Stream(io.StringIO):
    encoding = "utf-8"

    def reconfigure(self, **_: object) -> None:
        """As a real standard stream."""


def _lines(text: str, folder: Path) -> tuple[str, ...]:
    text = text.replace(str(folder), "$DIR").replace(__version__, "VERSION")
    text = re.sub(r" in \d+\.\d s", " in 0.0 s", text)
    text = re.sub(r"with \d+ rules", "with N rules", text)
    text = re.sub(r"用 \d+ 条规则检查了(.*?)耗时 \d+\.\d 秒", r"用 N 条规则检查了\1耗时 0.0 秒", text)
    text = re.sub(r"无法判断：.*?加\s*-v\s*可看是哪些。", "无法判断：...", text, flags=re.DOTALL)
    text = re.sub(r"Could not be judged: .*?-v\s+names\s+them\.", "Could not be judged: ...", text, flags=re.DOTALL)
    text = re.sub(r'("seconds":)[\d.]+', r"\g<1>0", text)
    return tuple(line.rstrip() for line in text.splitlines())


def _findings(text: str) -> str:
    report = json.loads(text)
    jsonschema.validate(report, json.loads(schemas.text("report.schema.json")))
    lines = []
    for finding in report["findings"]:
        folded = "".join(f" <- {inner['rule']}" for inner in finding["folded"])
        lines.append(f"{finding['status']} {finding['severity']} {finding['rule']} {finding['run']} {finding['place']}{folded}")
    return "\n".join(lines)
