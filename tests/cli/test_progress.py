from __future__ import annotations

import io
import sys

import pytest

from loglint.cli import progress as module
from loglint.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, after: float, quiet: bool = False) -> str:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(module, "AFTER", after)
    with progress(quiet=quiet) as bar:
        for _ in range(3):
            bar.step()
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
