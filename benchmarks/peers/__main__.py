"""`python -m benchmarks.peers`: loglint and its peers on the same files in the same run; writes docs/peers.md and docs/accuracy.md.

The peers are installed into `.benchmarks/peers`, an environment of their own. A finding counts as found when anything the tool
says may mean the rule that is wanted (`tools.toml`), and as a false alarm when nothing it may mean is true of the file.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.judge import flat
from benchmarks.accuracy.labelled import Case, Claim, Outcome, bundled, hold, shared
from benchmarks.accuracy.pool import spread
from benchmarks.accuracy.statistics import wilson
from benchmarks.document import DOCS, ROOT, put, table
from benchmarks.peers.cases import faults, nulls, path_for
from benchmarks.peers.environment import Answer, Tool, ask, prepare, tools

LENGTHS = (30, 100, 300, 1000)
DRAWS, QUICK_DRAWS = 5, 2
TITLE = "loglint and its peers"
Row = tuple[str, ...]
CAVEATS = """\
loglint was developed with the simulated runs and the labelled logs in sight, its peers were not. The real logs are no part
of the project. A tool's finding counts as found when anything it may mean is wanted, and as a false alarm when nothing it may
mean is true of the file (`benchmarks/peers/tools.toml`). Flagged: a false warning or error, of the runs that the tool could
read. Every tool is given 20 seconds a file. sk-autod reads no files: it is given the columns `loss` and `val_loss` of CSVs.
runwise is given JSON lines and event files."""
BELOW_SHORT = """\
Flagged: a false warning or error, of the runs that the tool could read. loglint was developed with these files in sight, its
peers were not. Measured in one run by `python -m benchmarks.peers`; with intervals: [docs/peers.md](docs/peers.md)."""
SIMULATED = ("tool", "files read", "healthy flagged (of those read)", "faults found")
LABELLED = ("tool", "logs read", "points exact", "wanted findings", "healthy flagged (of those read)", "read what is no log")


@dataclass(frozen=True)
class Held:
    """One tool on one case: its outcome, and the points of every series it read."""

    outcome: Outcome
    points: tuple[int, ...]


def loglint(case: Case) -> Held:
    """loglint on one case, by its Python API."""
    from loglint import lint
    from loglint.errors import LoglintError

    try:
        report = lint(case.path)
    except LoglintError as error:
        return Held(hold(case, (), read=False, problem=str(error)), ())
    claims = [Claim(frozenset({said.name}), said.severity) for said in flat(report.findings)]
    points = tuple(series.points for run in report.runs for series in run.series)
    return Held(hold(case, claims, read=bool(points)), points)


def peer(tool: Tool, cases: Sequence[Case]) -> list[Held]:
    """One peer on all cases."""
    return [
        _held(tool, case, said) for case, said in zip(cases, ask(tool, [path_for(tool.name, case) for case in cases]), strict=True)
    ]


def _held(tool: Tool, case: Case, said: Answer) -> Held:
    claims = [tool.claim(word, severity) for word, severity in said.findings]
    points = tuple(n for n in said.series.values() if n)
    return Held(hold(case, claims, read=bool(points), problem=said.error), points)


def _share(k: int, n: int) -> str:
    if n == 0:
        return "-"
    low, high = wilson(k, n)
    return f"{100 * k / n:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def simulated(results: Mapping[str, Sequence[Held]]) -> list[Row]:
    """For each tool: name, files read, healthy simulated runs flagged, clear faults found."""
    rows = []
    for name, held in results.items():
        quiet = [h.outcome for h in held if h.outcome.quiet and h.outcome.read]
        sick = [h.outcome for h in held if not h.outcome.quiet]
        rows.append(
            (
                name,
                _share(sum(h.outcome.read for h in held), len(held)),
                _share(sum(bool(o.severe) for o in quiet), len(quiet)),
                _share(sum(bool(o.hit) for o in sick), len(sick)),
            )
        )
    return rows


def labelled(results: Mapping[str, Sequence[Held]], cases: Sequence[Case]) -> list[Row]:
    """For each tool: name, logs read, points exact, wanted findings, healthy flagged, what is no log read as one."""
    rows = []
    logs = [case.is_log is True for case in cases]
    for name, held in results.items():
        real = [h for h, is_log in zip(held, logs, strict=True) if is_log]
        no_log = [h for h, case in zip(held, cases, strict=True) if case.is_log is False]
        exact = [_exact(h, case) for h, case in zip(held, cases, strict=True) if case.points and case.is_log]
        quiet = [h.outcome for h in held if h.outcome.quiet and h.outcome.read]
        hit, missed = sum(len(h.outcome.hit) for h in held), sum(len(h.outcome.missed) for h in held)
        rows.append(
            (
                name,
                _share(sum(h.outcome.read for h in real), len(real)),
                _share(sum(exact), len(exact)),
                _share(hit, hit + missed),
                f"{_share(sum(bool(o.severe) for o in quiet), len(quiet))} of {len(quiet)}",
                f"{sum(h.outcome.read for h in no_log)} of {len(no_log)}",
            )
        )
    return rows


def section(title: str, cases: Sequence[Case], rows: Sequence[Row]) -> str:
    """One set of files as a section of the page."""
    if title == "simulated":
        healthy = sum(case.quiet for case in cases)
        said = (
            f"{healthy} healthy simulated runs, {len(cases) - healthy} with one clear fault, each as CSV (JSON lines for runwise)."
        )
    else:
        said = f"{len(cases)} logs."
    return f"### {title.capitalize()} logs\n\n{said}\n\n{table(SIMULATED if title == 'simulated' else LABELLED, rows)}"


def short(rows: Mapping[str, Sequence[Row]]) -> str:
    """The few columns that the README shows, intervals left out: simulated runs, and real logs where they were measured."""
    plain = {title: {row[0]: [cell.split(" [")[0] for cell in row[1:]] for row in found} for title, found in rows.items()}
    logs = plain.get("real", plain.get("bundled", {}))
    header = (
        "tool",
        "healthy simulated runs flagged",
        "simulated faults found",
        "logs read",
        "points exact",
        "wanted findings in logs",
    )
    lines = [(tool, made[1], made[2], *logs.get(tool, ["-"] * 3)[:3]) for tool, made in plain["simulated"].items()]
    return f"{table(header, lines)}\n\n{BELOW_SHORT}"


def _exact(held: Held, case: Case) -> bool:
    """Whether some series has the number of points that the label counts: exact below 50, within 2 % above."""
    slack = 0.0 if case.points < 50 else 0.02 * case.points
    return any(abs(points - case.points) <= slack for points in held.points)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few draws; nothing is written")
    parser.add_argument("--labels", type=Path, help="folder of labelled real logs (labels.jsonl, corpus/); never copied")
    parser.add_argument("--tool", nargs="+", help="only these peers")
    parser.add_argument("--draws", type=int, help="draws of each healthy shape and length")
    parser.add_argument("--answers", type=Path, help="also write every tool's outcomes there, as JSON lines")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    started = time.perf_counter()
    working, failed = prepare([tool for tool in tools() if not asked.tool or tool.name in asked.tool])
    with tempfile.TemporaryDirectory() as folder:
        draws = asked.draws or (QUICK_DRAWS if asked.quick else DRAWS)
        made = nulls(Path(folder), LENGTHS, draws) + faults(Path(folder), 1 if asked.quick else 5)
        sets = {"simulated": made, "bundled": bundled(ROOT / "fixtures"), "real": shared(asked.labels) if asked.labels else []}
        sections, rows = [], {}
        for title, cases in sets.items():
            if not cases:
                continue
            results: dict[str, Sequence[Held]] = {"loglint": list(spread(loglint, cases, asked.jobs))}
            results |= {tool.name: peer(tool, cases) for tool in working}
            rows[title] = simulated(results) if title == "simulated" else labelled(results, cases)
            sections.append(section(title, cases, rows[title]))
            print(sections[-1] + "\n", flush=True)
            if asked.answers:
                _save(asked.answers / f"{title}.jsonl", results)
    versions = ", ".join(tool.package for tool in working)
    notes = "".join(f"\n{name} could not be installed: {why}." for name, why in failed.items())
    body = f"Measured with {versions}, by `python -m benchmarks.peers`.{notes}\n\n{CAVEATS}\n\n" + "\n\n".join(sections)
    if not asked.quick:
        put(DOCS / "peers.md", "peers", body, TITLE)
        put(ROOT / "README.md", "peers", short(rows), "loglint")
        put(DOCS / "accuracy.md", "peers", f"## Beside its peers\n\n{body}", "How often loglint is right")
    print(f"{time.perf_counter() - started:.0f} s")
    return 0


def _save(path: Path, results: Mapping[str, Sequence[Held]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for name, held in results.items():
            for h in held:
                o = h.outcome
                said = {
                    "tool": name,
                    "case": o.id,
                    "hit": o.hit,
                    "missed": o.missed,
                    "false": o.false,
                    "read": o.read,
                    "problem": o.problem,
                }
                file.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
