"""Every form of log of `forms.FORMS` gives exactly the curves that stand in it, whole, cut, quoted or sent with other line ends."""

import numpy as np
import pytest

from loglint.readers import text
from loglint.readers.text import words
from tests.readers.text.forms import FORMS

HOMOGENEOUS = (
    "xgboost",
    "lightgbm",
    "kaldi nnet1",
    "torchtune bar",
    "quoted in a thread",
    "two ranks",
    "fastai",
    "keras verbose 2",
    "dcgan",
    "catboost",
)


def curves(data: bytes) -> dict[str, tuple]:
    """The curves of a text that measure or steer, by name, as lists."""
    (reading,) = text.read("log.txt", data)
    told = {}
    for series in reading.series:
        if words.strength(series.name.split(": ")[-1]) == "strong" or words.is_rate(series.name):
            axes = [None if axis is None else axis.tolist() for axis in (series.step, series.epoch)]
            told[series.name] = (series.split, series.values.tolist(), *axes)
    return told


def same(found: dict[str, tuple], wanted: dict[str, tuple]) -> None:
    assert list(found) == list(wanted)
    for name, (split, *columns) in wanted.items():
        assert found[name][0] == split, name
        for got, expected in zip(found[name][1:], columns, strict=True):
            assert (got is None) == (expected is None), name
            if expected is not None:
                np.testing.assert_allclose(got, expected, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", FORMS)
def test_all_curves_are_read_exactly(name: str) -> None:
    log, wanted = FORMS[name]
    same(curves(log.encode()), wanted)


@pytest.mark.parametrize(
    ("printed", "resolution"), [("0.000000", 1e-6), ("0.0000", 1e-4), ("0.0", None), ("0.00e+00", None), ("0", None)]
)
def test_a_rate_that_reads_zero_is_known_to_be_rounded_where_digits_show_it(printed: str, resolution: float | None) -> None:
    log = "".join(f"epoch {i} loss: 2.{9 - i}3125 lr: {printed}\n" for i in range(5)).encode()
    (reading,) = text.read("log.txt", log)
    found = {series.name: series.resolution for series in reading.series}
    assert found == {"loss": None, "lr": resolution and pytest.approx(resolution)}


@pytest.mark.parametrize("name", ["nanogpt", "fairseq", "megatron with a loss left out", "hugging face trainer behind a bar"])
def test_line_ends_of_windows_and_utf_16_change_nothing(name: str) -> None:
    log, wanted = FORMS[name]
    same(curves(log.replace("\n", "\r\n").encode()), wanted)
    same(curves(log.encode("utf-16")), wanted)


@pytest.mark.parametrize("name", ["nanogpt", "pytorch mnist", "marian", "spacy", "keras verbose 2"])
def test_a_log_quoted_in_a_thread_is_the_same_log(name: str) -> None:
    log, wanted = FORMS[name]
    quoted = "".join(f"> {line}\n" for line in ["It diverges:", "```", *log.splitlines(), "```"])
    same(curves(quoted.encode()), wanted)


@pytest.mark.parametrize("name", ["nanogpt", "pytorch mnist", "marian", "xgboost", "scikit-learn perceptron"])
def test_time_stamps_before_messages_change_no_curve(name: str) -> None:
    log, wanted = FORMS[name]
    lines = log.splitlines()
    stamped = "".join(f"2024-05-01 10:{i // 60:02d}:{i % 60:02d},123 - root - INFO - {line}\n" for i, line in enumerate(lines))
    same(curves(stamped.encode()), wanted)


@pytest.mark.parametrize("name", HOMOGENEOUS)
def test_truncation_at_every_byte_invents_no_point(name: str) -> None:
    data = FORMS[name][0].encode()
    known = points(data)
    second = min(series.line[1] for series in text.read("log.txt", data)[0].series if len(series) > 1)
    judged = len(b"".join(data.splitlines(keepends=True)[: second - 1]))  # before it, no line of the same kind tells what is whole
    for cut in range(len(data)):
        extra = points(data[:cut]) - known
        assert cut <= judged or not extra, (data[:cut][-60:], extra)


def points(data: bytes) -> set[tuple[int, float]]:
    """Every (line, value) of every curve; NaN is written as a text so that sets can hold it."""
    (reading,) = text.read("log.txt", data)
    return {
        (int(line), "nan" if np.isnan(value) else float(value))
        for series in reading.series
        for line, value in zip(series.line, series.values, strict=True)
    }


def test_lines_broken_at_the_width_of_a_terminal_are_joined() -> None:
    lines = [
        f"[01/01 10:00:{i:02d} d2.utils.events]:  eta: {'1 day, ' * (i % 2)}0:10:00  iter: {20 * i + 19}  total_loss: {9 - i}.125  "
        f"loss_cls: 1.{i}25  "
        f"loss_box_reg: 0.{i}5  loss_rpn_cls: 0.{i}125  loss_rpn_loc: 0.0{i}5  lr: 0.00{i}  max_mem: 2112M"
        for i in range(1, 9)
    ]
    width = 97
    broken = "\n".join(line[at : at + width] for line in lines for at in range(0, len(line), width))
    assert curves(broken.encode()) == curves("\n".join(lines).encode())
    assert curves(broken.encode())["loss_box_reg"][1] == [0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85]
