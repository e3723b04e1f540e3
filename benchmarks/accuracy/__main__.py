"""`python -m benchmarks.accuracy`: the whole laboratory, or the part asked for; writes docs/accuracy.md."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.accuracy import page, tell
from benchmarks.accuracy.faults import FAULTS, injected
from benchmarks.accuracy.generators import HEALTHY, LENGTHS, healthy
from benchmarks.accuracy.noise import NOISES
from benchmarks.document import ROOT
from loglint.confidence import FILE

QUICK_LENGTHS = (10, 30, 100, 300, 1000)
QUICK_DRAWS = len(NOISES)
FULL_DRAWS = 60 * len(NOISES)  # of each shape at each length: 1020
FULL_FAULT_DRAWS, QUICK_FAULT_DRAWS = 50, 10


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few draws, no lengths above 1000; nothing is written")
    parser.add_argument("--nulls", action="store_true", help="only false alarms on healthy simulated runs")
    parser.add_argument("--faults", action="store_true", help="only detection curves of injected faults")
    parser.add_argument("--logs", action="store_true", help="only the bundled logs and the labelled real logs")
    parser.add_argument("--confidence", action="store_true", help="only fit rules/confidence.toml, and rate it")
    parser.add_argument("--draws", type=int, help="draws for each shape and length, or each fault and strength")
    parser.add_argument("--lengths", type=int, nargs="+", help="lengths of the healthy curves")
    parser.add_argument("--shape", nargs="+", choices=list(HEALTHY), default=list(HEALTHY), metavar="SHAPE")
    parser.add_argument("--fault", nargs="+", choices=list(FAULTS), default=list(FAULTS), metavar="FAULT")
    parser.add_argument("--rule", help="show this rule only, and every draw in which it cried wolf")
    parser.add_argument(
        "--show",
        nargs=3,
        metavar=("NAME", "NUMBER", "INDEX"),
        help="print what is said of one draw: shape and length, or fault and strength",
    )
    parser.add_argument("--labels", type=Path, help="folder of labelled real logs (labels.jsonl, corpus/); never copied")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def main() -> int:
    asked = options()
    if asked.show:
        name, number, index = asked.show
        if name in FAULTS:
            print(tell.draw(injected(name, float(number), int(index)).draw, FAULTS[name].permits, FAULTS[name].rule))
        else:
            drawn = healthy(name, int(number), int(index))
            print(tell.draw(drawn, drawn.permits, asked.rule))
        return 0
    started = time.perf_counter()
    everything = not (asked.nulls or asked.faults or asked.logs or asked.confidence)
    if everything or asked.nulls:
        _nulls(asked)
    if everything or asked.faults:
        _faults(asked)
    if everything or asked.logs:
        _logs(asked)
    if everything or asked.confidence:
        _confidence(asked)
    print(f"{time.perf_counter() - started:.0f} s")
    return 0


def _nulls(asked: argparse.Namespace) -> None:
    from benchmarks.accuracy import nulls

    lengths = asked.lengths or (QUICK_LENGTHS if asked.quick else LENGTHS)
    draws = dict.fromkeys(lengths, asked.draws or (QUICK_DRAWS if asked.quick else FULL_DRAWS))
    alarms = nulls.measure(draws, asked.shape, asked.jobs)
    print(tell.nulls(alarms, asked.rule))
    if not asked.quick:
        page.nulls(alarms)


def _faults(asked: argparse.Namespace) -> None:
    from benchmarks.accuracy import detection

    curves = detection.measure(asked.draws or (QUICK_FAULT_DRAWS if asked.quick else FULL_FAULT_DRAWS), asked.fault, asked.jobs)
    print(tell.faults(curves))
    if not asked.quick:
        page.faults(curves)


def _logs(asked: argparse.Namespace) -> None:
    from benchmarks.accuracy import labelled

    real = labelled.shared(asked.labels) if asked.labels else []
    for title, cases in (("bundled", labelled.bundled(ROOT / "fixtures")), ("real", real)):
        if not cases:
            continue
        scores = labelled.measure(cases, asked.jobs)
        print(tell.logs(title, scores))
        if not asked.quick:
            page.logs(title, scores)


def _confidence(asked: argparse.Namespace) -> None:
    from benchmarks.accuracy import confidence, labelled

    cases = labelled.bundled(ROOT / "fixtures") + (labelled.shared(asked.labels) if asked.labels else [])
    found = confidence.collect(asked.draws or (QUICK_FAULT_DRAWS if asked.quick else FULL_FAULT_DRAWS), cases, asked.jobs)
    model, rated = confidence.fit(found), confidence.held_out(found)
    print(tell.confidence(model, rated))
    if not asked.quick:
        (ROOT / "rules" / FILE).write_text(confidence.written(model), "utf-8")
        page.confidence(model, rated)


if __name__ == "__main__":
    raise SystemExit(main())
