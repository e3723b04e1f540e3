"""The guard of `benchmarks.performance.scale`: which ratios do not hold."""

from __future__ import annotations

from benchmarks.performance.scale import WAYS, Spent, broken

COUNT = 1000


def figures(**changed: Spent) -> dict[str, Spent]:
    """Each way's figures when a run costs 5 ms in one process and half a kilobyte, and all else is as it should be."""
    seconds = {name: 5.0 * way.share / (2 if "two" in name else 1) * (0.02 if way.cached else 1.0) for name, way in WAYS.items()}
    held = {name: Spent(took, took, 60 + WAYS[name].share * COUNT / 2048) for name, took in seconds.items()}
    return held | {name.replace("_", " "): spent for name, spent in changed.items()}


def test_what_holds_is_not_told() -> None:
    assert broken(figures(), COUNT) == []


def test_each_ratio_that_got_worse_is_told_alone() -> None:
    told = [
        broken(figures(two_processes=Spent(3.0, 1.0, 60)), COUNT),
        broken(figures(known_from_the_cache=Spent(0.5, 0.5, 60)), COUNT),
        broken(figures(streamed=Spent(5.0, 5.0, 70)), COUNT),
    ]
    assert [[what.partition(":")[0] for what in one] for one in told] == [
        ["two processes over one"],
        ["known from the cache over judged"],
        ["kilobytes held of each run, streamed"],
    ]
    (slower,) = broken(figures(one_process=Spent(6.0, 6.0, 60), two_processes=Spent(3.0, 1.0, 60)), COUNT)
    assert slower.startswith("processor time of a run in many")
