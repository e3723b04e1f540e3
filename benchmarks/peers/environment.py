"""The peers' own virtual environment: made once under `.benchmarks/`, never part of loglint's dependencies."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.labelled import Claim
from benchmarks.document import ROOT

HERE = Path(__file__).resolve().parent
DRIVER = HERE / "driver.py"
VENV = ROOT / ".benchmarks" / "peers"
OVERALL_SECONDS = 3600


@dataclass(frozen=True)
class Tool:
    """One peer, as `tools.toml` describes it."""

    name: str
    package: str
    needs: tuple[str, ...]
    severe: frozenset[str]
    means: Mapping[str, tuple[str, ...]]

    def claim(self, word: str, severity: str) -> Claim:
        """One of the tool's findings in our words; a word that is not in the table means itself."""
        return Claim(frozenset(self.means.get(word, (word,))), "warning" if severity in self.severe else "info")


@dataclass(frozen=True)
class Answer:
    """What a peer said of one path: points by series, findings as (word, severity), and why it failed."""

    series: Mapping[str, int]
    findings: tuple[tuple[str, str], ...]
    error: str = ""


def tools() -> list[Tool]:
    """Every peer of `tools.toml`."""
    table = tomllib.loads((HERE / "tools.toml").read_text("utf-8"))
    return [
        Tool(name, t["package"], tuple(t["needs"]), frozenset(t["severe"]), {k: tuple(v) for k, v in t["means"].items()})
        for name, t in table.items()
    ]


def prepare(wanted: Sequence[Tool]) -> tuple[list[Tool], dict[str, str]]:
    """Install the peers that are not there yet; those that work, and why the others do not."""
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    working, failed = [], {}
    for tool in wanted:
        done = subprocess.run([python, "-m", "pip", "install", "-q", tool.package, *tool.needs], capture_output=True, text=True)
        if done.returncode == 0:
            working.append(tool)
        else:
            failed[tool.name] = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    return working, failed


def ask(tool: Tool, paths: Sequence[Path]) -> list[Answer]:
    """What one peer says of each path; a path at which its process died is an error, and the rest are asked again."""
    answers: list[Answer] = []
    command = [str(VENV / "bin" / "python"), str(DRIVER), tool.name]
    while len(answers) < len(paths):
        rest = "".join(f"{path}\n" for path in paths[len(answers) :])
        done = subprocess.run(command, input=rest, capture_output=True, text=True, timeout=OVERALL_SECONDS)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"path"')]
        answers += [Answer(x["series"], tuple((w, s) for w, s in x["findings"]), x.get("error", "")) for x in lines]
        if len(answers) < len(paths):
            answers.append(Answer({}, (), (done.stderr.strip().splitlines() or ["the process ended"])[-1][:200]))
    return answers
