from __future__ import annotations

import tempfile

import numpy as np
import pytest

from loglint import spool
from loglint.spool import Spool


@pytest.fixture(params=["in a file", "in memory", "no folder for a file"])
def place(request, monkeypatch):
    if request.param == "in a file":
        monkeypatch.setattr(spool, "HELD", 100)
    if request.param == "no folder for a file":
        monkeypatch.setattr(spool, "HELD", 100)
        monkeypatch.setattr(tempfile, "TemporaryFile", refused)


def refused(*_args, **_options):
    raise FileNotFoundError("no usable temporary directory")


def test_records_come_back_in_any_order_while_more_are_kept(place):
    rng = np.random.default_rng(0)
    records: list[bytes] = []
    kept = Spool()
    for size in rng.integers(0, 60, 300).tolist():
        records.append(rng.bytes(size))
        assert kept.add(records[-1]) == len(records) - 1
        some = int(rng.integers(0, len(records)))
        assert kept[some] == records[some]
    assert list(kept) == records
    anywhere = rng.permutation(len(records)).tolist()
    assert [kept[i] for i in anywhere] == [records[i] for i in anywhere]


def test_there_is_nothing_behind_the_last(place):
    kept = Spool()
    kept.add(b"one")
    with pytest.raises(IndexError):
        kept[1]
