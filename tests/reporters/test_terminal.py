from __future__ import annotations

import io

import msgspec
import pytest
from rich.cells import cell_len

from loglint.report import Report, Summary
from loglint.reporters.chart import Bucket, Chart, Line
from loglint.reporters.closing import closing
from loglint.reporters.plain import plain, shorten, to_json
from loglint.reporters.printed import write_report
from loglint.reporters.terminal import Terminal
from tests.reporters.reports import BAD, hostile, real


class Stream(io.StringIO):
    def __init__(self, encoding: str = "utf-8", tty: bool = False):
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self) -> str:
        return self._encoding

    def isatty(self) -> bool:
        return self._tty


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "CI"):
        monkeypatch.delenv(name, raising=False)


def printed(report: Report, form: str = "full", stream: Stream | None = None, color: str = "auto", **options: object) -> str:
    stream = stream or Stream()
    write_report(Terminal.of(stream, color, **options), report, form)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["full", "concise"])
@pytest.mark.parametrize("color", ["auto", "always"])
def test_hostile_text_is_neither_markup_nor_control(form, color):
    report = hostile()
    text = printed(report, form, color=color)
    lines = printed(msgspec.structs.replace(report, findings=()), form, color=color)
    assert "[red]</b>" in text
    assert "\\x1b[31m" in text
    own = {"\x1b"} if color == "always" else set()
    assert not [character for character in set(BAD) - own if character in text + lines]
    if form == "concise":
        without = lines.count("no symptom") + lines.count("Found sound")
        assert len(text.splitlines()) - len(lines.splitlines()) == 2 - without


@pytest.mark.parametrize(
    ("environment", "tty", "color", "escapes"),
    [
        ({}, False, "auto", False),
        ({"TERM": "xterm"}, True, "auto", True),
        ({"TERM": "dumb"}, True, "auto", False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, "auto", False),
        ({"FORCE_COLOR": "1", "TERM": "xterm"}, False, "auto", True),
        ({}, False, "always", True),
        ({"NO_COLOR": "1"}, True, "always", True),
        ({"TERM": "xterm", "FORCE_COLOR": "1"}, True, "never", False),
    ],
)
def test_colours_follow_the_option_the_environment_and_the_stream(monkeypatch, environment, tty, color, escapes):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    text = printed(real(), stream=Stream(tty=tty), color=color)
    assert ("\x1b[1;31m" in text or "\x1b[31m" in text) is escapes


def test_a_stream_that_cannot_hold_blocks_gets_ascii():
    text = printed(real(), stream=Stream("ascii"))
    assert text.isascii()
    assert "xxxx" in text, "every place that is no number is marked"


@pytest.mark.parametrize(
    ("environment", "tty", "encoding", "drawn"),
    [
        ({}, False, "utf-8", "braille"),
        ({"TERM": "xterm-256color", "CI": "true"}, True, "utf-8", "braille"),
        ({"TERM": "dumb"}, True, "utf-8", "strokes"),
        ({"TERM": "linux"}, True, "utf-8", "strokes"),
        ({"CI": "true"}, False, "utf-8", "strokes"),
        ({}, False, "ascii", "strokes"),
        ({}, False, "latin-1", "strokes"),
        ({}, True, "gbk", "strokes"),
    ],
)
def test_curves_are_braille_where_it_can_be_shown_and_strokes_elsewhere(monkeypatch, environment, tty, encoding, drawn):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    text = printed(real(), stream=Stream(encoding, tty), color="never")
    assert any("\u2800" < character < "\u2900" for character in text) is (drawn == "braille")
    assert ("nan+" in text) is (drawn == "strokes")
    assert text.encode(encoding)


def test_a_curve_stands_beside_its_label_or_below_it_on_a_narrow_terminal(monkeypatch):
    wide = printed(real())
    assert "  curve       nan┤" in wide
    assert "─ train_loss nan" in wide
    monkeypatch.setenv("COLUMNS", "40")
    narrow = printed(real()).splitlines()
    chart = narrow[narrow.index("  curve") + 1 :]
    assert chart[0].startswith("    nan┤")
    assert "  ─ train_loss nan" in chart


def test_a_style_ends_with_its_words():
    text = printed(real(), color="always")
    assert "\x1b[1;31merror\x1b[0m\x1b[1m NUM003 sudden-nan\x1b[0m  a @ epoch 11" in text
    assert "\n  train_loss is not a number from" in text


@pytest.mark.parametrize("name", ["训练/损失🔥" * 3, "val_אבדן_loss", "x\x1b[31m" * 9])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "gbk"])
def test_a_chart_keeps_to_the_width_whatever_its_curve_is_called(monkeypatch, name, encoding):
    chart = Chart((Line(name, tuple(Bucket(float(i), float(i), float(i), 0) for i in range(9))),), "step")
    for width in (40, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        stream = Stream(encoding)
        Terminal.of(stream).charts([chart], 5, label="curve")
        assert max(map(cell_len, stream.getvalue().splitlines())) <= width
        assert encoding != "ascii" or stream.getvalue().isascii()


def test_the_last_column_of_a_table_has_lines_of_its_own_where_there_is_no_room(monkeypatch):
    rows = [("train/loss", "300", "the words of a longer reason"), ("lr", "25", "short")]
    printed_at = {}
    for width in ("30", "60"):
        monkeypatch.setenv("COLUMNS", width)
        stream = Stream()
        Terminal.of(stream).table(rows, indent=2, right=(1,))
        printed_at[width] = stream.getvalue().splitlines()
    assert printed_at["60"] == ["  train/loss  300  the words of a longer reason", "  lr           25  short"]
    assert printed_at["30"] == ["  train/loss  300", "    the words of a longer", "    reason", "  lr           25", "    short"]


def test_a_line_that_begins_with_a_right_to_left_name_is_kept_left_to_right():
    report = real()
    finding = msgspec.structs.replace(report.findings[0], message="שלום was 1.3")
    text = printed(msgspec.structs.replace(report, findings=(finding,)))
    (line,) = [line for line in text.splitlines() if "שלום" in line]
    assert line == "\u200e  שלום was 1.3"


@pytest.mark.parametrize("width", [40, 60, 100])
def test_lines_keep_to_the_width_and_end_without_blanks(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    lines = printed(real()).splitlines()
    assert max(len(line) for line in lines) <= width
    assert lines == [line.rstrip() for line in lines]


def test_the_full_form_shows_place_numbers_reason_remedies_and_source():
    text = printed(real())
    assert "error NUM003 sudden-nan  a @ epoch 11" in text
    for label in ("  curve ", "  found ", "  why ", "  do  ", "  see "):
        assert label in text
    assert text.count("NUM003") == 1, "the ignored finding is only counted"
    assert "(1 ignored)" in text


def test_verbose_shows_every_remedy_and_all_evidence():
    short, long = printed(real()), printed(real(), verbose=True)
    assert "4. " in long
    assert "4. " not in short
    assert long.count("allowed") > short.count("allowed")


def test_quiet_prints_findings_only():
    assert "Checked" not in printed(real(), quiet=True)
    assert "sudden-nan" in printed(real(), quiet=True)


def test_a_healthy_report_says_so_and_what_was_checked():
    report = real()
    healthy = msgspec.structs.replace(report, findings=(), exit_code=0, summary=Summary(runs=1, series=2, points=120, rules=50))
    lines = printed(healthy).splitlines()
    assert lines[0] == "The run shows no symptom that loglint knows."
    assert lines[1].startswith("Checked 1 run, 2 curves, 120 points with 50 rules")


def test_the_closing_lines_say_what_could_not_be_judged_and_why():
    report = real()
    short = closing(report)
    named = closing(report, verbose=True)
    assert any(line.startswith("Could not be judged:") and "no val/loss is logged" in line for line in short)
    assert any("no val/loss is logged" in line and "overfitting" in line for line in named)
    assert any("c.csv:7: 5 columns" in line for line in short)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\tb\nc", "a\\x09b\\x0ac"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\u202eabc", "\\u202eabc"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("中文 é ×", "中文 é ×"),
    ],
)
def test_plain_escapes_what_acts_and_keeps_what_reads(text, safe):
    assert plain(text) == safe


def test_json_keeps_its_meaning_when_made_safe():
    document = to_json({"a": "\u202e\U000e0041\x7f\n"})
    assert msgspec.json.decode(document) == {"a": "\u202e\U000e0041\x7f\n"}
    assert document.isascii()


def test_shortening_keeps_both_ends():
    assert shorten("abcdefghij" * 10, 20) == "abcdefghija...efghij"
    assert shorten("short", 20) == "short"
