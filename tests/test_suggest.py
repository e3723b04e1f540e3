"""What `show` suggests to write into the configuration is valid there, and reads what was not read."""

import tomllib

import msgspec
import pytest

from loglint.config import Config
from loglint.readers import text
from loglint.readers.text.patterns import UserPattern
from loglint.suggest import pattern_lines, role_lines

STRANGE = {
    "name behind a hash": (
        [
            "12:00:01 INFO - [243/256] : (avg (std), med) = (    0.25 [ 0.0] ( 0.1), 0.26)  # train/loss",
            "12:00:02 INFO - [244/256] : (avg (std), med) = (    0.125 [ 0.0] ( 0.1), 0.26)  # train/loss",
        ],
        ("loss", [0.25, 0.125], [243, 244]),
    ),
    "no quantity named": (
        ["start of 3 ticks", "tick 1 => 0.25 hits", "tick 2 => 0.5 hits", "tick 3 => 0.75 hits"],
        ("value", [0.25, 0.5, 0.75], [1, 2, 3]),
    ),
    "value in another unit's company": (
        ["@@ it 7 ~> reward<<1.5>> ok", "@@ it 8 ~> reward<<2.5>> ok"],
        ("reward", [1.5, 2.5], [7, 8]),
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_suggested_pattern_reads_the_lines_it_was_made_for(name: str) -> None:
    texts, (called, values, steps) = STRANGE[name]
    suggested = pattern_lines(texts)
    assert suggested is not None
    table = tomllib.loads("\n".join(suggested))["tool"]["loglint"]
    msgspec.convert(table, Config)
    (reading,) = text.read("log.txt", "\n".join([*texts, ""]).encode(), [UserPattern(table["pattern"][0]["regex"])])
    (series,) = reading.series
    assert (series.name, series.values.tolist()) == (called, values)
    assert series.step is not None
    assert series.step.tolist() == steps


def test_no_pattern_is_suggested_for_lines_without_a_quantity() -> None:
    assert pattern_lines(["we moved 3 boxes", "in 12 days"]) is None
    assert pattern_lines(["best loss so far 1.75 (unchanged since 1 check)"]) is None


@pytest.mark.parametrize("name", ["obj", "train/[0]*", 'a "b" c'])
def test_a_suggested_role_is_valid_configuration(name: str) -> None:
    table = tomllib.loads("\n".join(role_lines(name)))["tool"]["loglint"]
    (role,) = msgspec.convert(table, Config).role
    assert role.role == "loss"
