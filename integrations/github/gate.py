"""What the GitHub Action runs: lint, compare, annotate, write the job summary and the outputs, end with the gate's exit code.

Inputs are the variables INPUT_*, so that nothing of them is ever read by a shell. Annotations are shown beside the lines of a diff
that they stand at, ten of a level; the job summary holds every new finding, wherever it stands.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

LOGLINT = [sys.executable, "-m", "loglint"]
MOST = 1_000_000  # bytes; GitHub takes a summary of 1 MiB for each step


def main() -> int:
    """Run both parts; 2 when one of them could not do its job, else the worse of their exit codes."""
    folder = Path(given("REPORTS") or "loglint-reports")
    folder.mkdir(parents=True, exist_ok=True)
    paths = [line.strip() for line in given("PATHS").splitlines() if line.strip()] or ["."]
    names = {kind: folder / f"loglint.{kind}" for kind in ("json", "sarif", "xml", "md")}
    pages = [names["md"]]
    for old in names.values():
        old.unlink(missing_ok=True)
    shared = option("--fail-on", "FAIL_ON") + option("--config", "CONFIG")
    reports = [word for path in names.values() for word in ("--report", str(path))]
    known = option("--baseline", "BASELINE") + shlex.split(given("OPTIONS"))
    codes = [loglint("run", "--format", "github", *reports, *shared, *known, "--", *paths)]
    if base := given("COMPARE_BASE"):
        pages.insert(0, folder / "compare.md")
        pages[0].unlink(missing_ok=True)
        compared = ("--report", str(pages[0]), "--report", str(folder / "compare.json"))
        codes.append(loglint("compare", *shared, *compared, "--", base, given("COMPARE_HEAD") or paths[0]))
    code = 2 if any(one not in (0, 1) for one in codes) else max(codes)
    summarise(pages, code)
    outputs(code, names)
    return code


def given(name: str) -> str:
    """An input of the action, empty where it was not given."""
    return os.environ.get(f"INPUT_{name}", "").strip()


def option(flag: str, name: str) -> list[str]:
    """An option for an input that was given."""
    return [flag, given(name)] if given(name) else []


def loglint(*arguments: str) -> int:
    """Run loglint; its output is the step's."""
    sys.stdout.flush()
    return subprocess.run([*LOGLINT, *arguments], check=False).returncode  # noqa: S603


def summarise(pages: list[Path], code: int) -> None:
    """Append the pages to the job summary, or say that there are none."""
    written = [page.read_text("utf-8") for page in pages if page.is_file()]
    text = "\n".join(written) or f"## loglint\n\nNo report was written: exit code {code}. The log of this step says why.\n"
    append("GITHUB_STEP_SUMMARY", text.encode()[:MOST].decode(errors="ignore"))


def outputs(code: int, names: dict[str, Path]) -> None:
    """Set the outputs of the step."""
    counts = {}
    if names["json"].is_file():
        counts = json.loads(names["json"].read_text("utf-8"))["summary"]
    values = {
        "exit-code": code,
        "errors": counts.get("errors", 0),
        "warnings": counts.get("warnings", 0),
        "json": names["json"] if names["json"].is_file() else "",
        "sarif": names["sarif"] if names["sarif"].is_file() else "",
        "markdown": names["md"] if names["md"].is_file() else "",
    }
    append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in values.items()))


def append(variable: str, text: str) -> None:
    """Append to the file that a variable of the runner names."""
    if file := os.environ.get(variable):
        with Path(file).open("a", encoding="utf-8") as out:
            out.write(text)


if __name__ == "__main__":
    sys.exit(main())
