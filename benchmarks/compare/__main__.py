"""`python -m benchmarks.compare`: false regressions on pairs of one training, and the power to find an effect; docs/compare.md."""

from __future__ import annotations

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from benchmarks.accuracy.statistics import share
from benchmarks.compare.repeats import shapes, training
from benchmarks.document import DOCS, put, table
from loglint.compare import Pair, Pairing, judge_pairs
from loglint.rulebook import load_rules

SIZES = (1, 2, 3, 5)
LENGTHS = (30, 100, 300, 1000)
SPREADS = {1: (0.0, 0.01, 0.03), 2: (0.01,), 3: (0.01, 0.03), 5: (0.01,)}
EFFECTS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
POWER_SIZES = (1, 2, 3, 5, 10)
POWER_SPREADS = (0.005, 0.01)
POWER_SHAPES = ("pair with a small gap", "exponential decay")
TITLE = "Comparing runs: what is found, and what is found for nothing"


@dataclass(frozen=True)
class Asked:
    """One pair of the same training: so many seeds a side, their spread, and the effect that HEAD has."""

    shape: str
    length: int
    index: int
    seeds: int
    spread: float
    effect: float = 0.0


def worse(asked: Asked) -> frozenset[str]:
    """The codes of the rules that call HEAD worse than BASE, each with the figure that did."""
    base = training(asked.shape, asked.length, asked.index, range(asked.seeds), asked.spread)
    others = range(asked.seeds, 2 * asked.seeds)
    head = training(asked.shape, asked.length, asked.index, others, asked.spread, asked.effect)
    found, _ = judge_pairs(Pairing((Pair("x", base, head),)), [rule for rule in load_rules() if rule.code in ("CMP001", "CMP002")])
    return frozenset(f"{one.rule.code} {one.worse.metric}" for one in found if one.verdict == "worse")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few draws; nothing is written")
    parser.add_argument("--draws", type=int, help="draws for each shape, length and number of seeds")
    parser.add_argument("--tell", action="store_true", help="list the pairs in which a regression was seen for nothing")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    draws = asked.draws or (1 if asked.quick else 10)
    with ProcessPoolExecutor(asked.jobs) as pool:
        false = _false(pool, draws, asked.tell)
        power = _power(pool, 6 if asked.quick else 40)
    print(false, power, sep="\n\n")
    if not asked.quick:
        put(DOCS / "compare.md", "false regressions", false, TITLE)
        put(DOCS / "compare.md", "power", power, TITLE)


def _false(pool: ProcessPoolExecutor, draws: int, tell: bool) -> str:
    """How often two groups of runs of one training were told apart, by the number of seeds and their spread."""
    rows = []
    for seeds in SIZES:
        for spread in SPREADS[seeds]:
            pairs = [Asked(shape, n, i, seeds, spread) for shape in shapes() for n in LENGTHS for i in range(draws)]
            said = list(pool.map(worse, pairs, chunksize=20))
            hits = Counter(code for one in said for code in {word[:6] for word in one})
            rows.append((f"{seeds}", f"{100 * spread:g} %", share(hits["CMP001"], len(said)), share(hits["CMP002"], len(said))))
            if tell:
                print(*(f"{pair}: {sorted(one)}" for pair, one in zip(pairs, said, strict=True) if one), sep="\n")
    head = (
        "Pairs of groups of runs of one and the same training (the healthy shapes and noises of the accuracy laboratory, at "
        f"{', '.join(map(str, LENGTHS))} records): how often `loglint compare` calls HEAD worse, with Wilson's 95 % interval. "
        "The spread is what a seed does to the level at which a curve ends, as a share of its whole improvement."
    )
    return f"{head}\n\n" + table(("seeds on each side", "spread between seeds", "CMP001 regression", "CMP002 slower"), rows)


def _power(pool: ProcessPoolExecutor, draws: int) -> str:
    """How often an effect is found, by its size, the number of seeds and their spread."""
    rows = []
    for spread in POWER_SPREADS:
        for seeds in POWER_SIZES:
            cells = []
            for effect in EFFECTS:
                pairs = [Asked(POWER_SHAPES[i % len(POWER_SHAPES)], 100, i, seeds, spread, effect) for i in range(draws)]
                found = sum(any(word.startswith("CMP001") for word in one) for one in pool.map(worse, pairs, chunksize=20))
                cells.append(f"{100 * found / draws:.0f} %")
            rows.append((f"{100 * spread:g} %, {seeds}", *cells))
    head = (
        "How often a regression is found: HEAD's curves end higher by the share of the improvement in the first line; rows are the "
        f"spread between seeds and the seeds on each side. {draws} pairs each."
    )
    return f"{head}\n\n" + table(("spread, seeds", *(f"{100 * effect:g} %" for effect in EFFECTS)), rows)


if __name__ == "__main__":
    main()
