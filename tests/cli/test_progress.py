from __future__ import annotations

import io
import sys

import pytest

from loglint.cli import progress as module
from loglint.cli.progress import progress, said
from loglint.lots import Lot


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, after: float, quiet: bool = False) -> str:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(module, "AFTER", after)
    with progress(quiet=quiet) as bar:
        bar.expect(30)
        list(bar.watch([Lot(files=10)] * 3))
    return stream.getvalue()


def test_work_that_lasts_is_shown_on_a_terminal_and_taken_off_again(monkeypatch):
    text = drawn(monkeypatch, Terminal(), after=-1)
    assert "judging" in text
    assert text.rstrip().endswith(("\x1b[2K", "\x1b[?25h"))


@pytest.mark.parametrize(
    ("stream", "after", "quiet"),
    [(io.StringIO(), -1, False), (Terminal(), 60, False), (Terminal(), -1, True)],
    ids=("pipe", "quick work", "quiet"),
)
def test_nothing_is_drawn_in_a_pipe_for_quick_work_or_when_quiet(monkeypatch, stream, after, quiet):
    assert drawn(monkeypatch, stream, after, quiet) == ""


@pytest.mark.parametrize(
    ("runs", "elapsed", "files", "total", "words"),
    [
        (1200, 4.0, 2400, 24_000, "1,200 runs, 300 a second, 0:36 left"),
        (10, 10.0, 10, 10_000, "10 runs, 1 a second, 166:30 left"),
        (10, 10.0, 10, 10, "10 runs, 1 a second, 0:00 left"),
        (0, 2.0, 0, 10, "0 runs, 0 a second"),
        (5, 1.0, 5, None, "5 runs, 5 a second"),
    ],
)
def test_the_rate_and_the_time_left_are_said(runs, elapsed, files, total, words):
    assert said(runs, elapsed, files, total) == words
