"""A repository to try integrations on, and the steps of a CI service run as its runner would, without the service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from loglint.notation import expand

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
HEALTHY = {"train_loss": "2.3>0.3/12x60~0.02@1", "val_loss": "2.3>0.4/12x60~0.02@2"}
OVERFITTING = {"train_loss": "2.3>0.05/12x59~0.01", "val_loss": "2.3>0.6/6x19~0.01 0.62+0.03x39~0.01"}
BROKEN = {"train_loss": "2.3-0.02x10 nan x29"}


def log(folder: Path, curves: dict[str, str], name: str = "metrics.csv") -> Path:
    """Write curves in the notation of rule examples as a CSV file."""
    columns = [expand(text, name) for text in curves.values()]
    rows = [",".join(["epoch", *curves])]
    rows += [",".join([str(i), *(f"{value:.6g}" for value in row)]) for i, row in enumerate(zip(*columns, strict=True))]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(rows) + "\n", "utf-8")
    return folder / name


def shell(lines: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the lines of a step as the runner's bash does, with this environment's loglint on the path."""
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("INPUT_", "GITHUB_", "LOGLINT"))}
    keep |= {"PATH": f"{BIN}:{keep['PATH']}"} | environment
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", lines]
    return subprocess.run(command, cwd=folder, env=keep, capture_output=True, text=True, check=False, timeout=120)
