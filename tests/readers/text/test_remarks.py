"""What a log says in words becomes events, stated points and loss scales, each at its line."""

import numpy as np
import pytest

from loglint.model import Reading
from loglint.readers import text


def read(log: str) -> Reading:
    (reading,) = text.read("train.log", log.encode())
    return reading


STEPS = "step 10 loss 3.5\nstep 20 loss 3.25\nstep 30 loss 3.0\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "ERROR:tensorflow:Model diverged with loss = NaN.",
        "Loss is nan, stopping training",
        "NanLossDuringTrainingError: NaN loss during training.",
        "FloatingPointError: Loss became infinite or NaN at iteration=40!",
        "Runtime Error: floatingPointError: Loss became infinite or NaN at iteration=40!",
        "WARNING: non-finite loss detected, skipping this batch",
        "Loss is not finite, stopping the run",
    ],
)
def test_a_loss_said_to_be_non_finite_is_a_stated_point(sentence: str) -> None:
    (loss,) = (series for series in read(STEPS + sentence + "\n").series if series.name == "loss")
    assert loss.values[:3].tolist() == [3.5, 3.25, 3.0]
    assert np.isnan(loss.values[3])
    assert loss.stated is not None
    assert loss.stated.tolist() == [False, False, False, True]
    assert loss.line.tolist() == [1, 2, 3, 4]


def test_what_a_thread_says_before_it_quotes_the_records_is_no_point() -> None:
    said = "All went well until iteration 20 where the loss became infinity:\n"
    (loss,) = (series for series in read(said + STEPS.replace("3.25", "inf")).series if series.name == "loss")
    assert loss.values.tolist() == [3.5, np.inf, 3.0]
    assert loss.stated is None


def test_one_fact_said_twice_is_one_point() -> None:
    log = (
        STEPS + "ERROR:tensorflow:Model diverged with loss = NaN.\nTraceback (most recent call last):\n  File "
        "'x'\nNanLossDuringTrainingError: NaN loss during training.\n"
    )
    assert [len(series) for series in read(log).series] == [4]


def test_a_printed_nan_is_a_number_and_no_statement() -> None:
    (loss,) = read("step 10 loss 3.5\nstep 20 loss = nan\nstep 20, loss = nan\n").series[:1]
    assert loss.stated is None


@pytest.mark.parametrize(
    ("line", "scale"),
    [
        ("Gradient overflow.  Skipping step, loss scaler 0 reducing loss scale to 32768.0", 32768.0),
        ("[deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: 65536, reducing to 16384", 16384.0),
        ("| WARNING: overflow detected, setting loss scale to: 64.0", 64.0),
    ],
)
def test_an_overflow_is_an_event_and_a_loss_scale(line: str, scale: float) -> None:
    reading = read(STEPS + line + "\n")
    assert [(event.kind, event.line) for event in reading.events] == [("overflow", 4)]
    assert {series.name: series.values.tolist() for series in reading.series}["loss scale"] == [scale]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB", "out_of_memory"),
        ("slurmstepd: error: *** JOB 12 ON n1 CANCELLED AT 2024-01-01T10:00:00 DUE TO TIME LIMIT ***", "interrupted"),
        ("RuntimeError: NCCL error in: ProcessGroupNCCL.cpp:1, unhandled system error", "communication"),
        ("KeyboardInterrupt", "interrupted"),
        ("AssertionError", "assertion"),
        ("ValueError: Expected more than 1 value per channel", "traceback"),
    ],
)
def test_an_end_by_accident_is_an_event(line: str, kind: str) -> None:
    assert [(event.kind, event.line) for event in read(STEPS + line + "\n").events] == [(kind, 4)]


def test_settings_printed_before_the_records_are_kept() -> None:
    log = (
        "Namespace(lr=0.1, batch_size=256, optimizer='sgd', nesterov=True, password='x')\nmomentum: 0.9\n| epochs | 90 |\n" + STEPS
    )
    assert read(log).config == {"lr": 0.1, "batch_size": 256, "optimizer": "sgd", "nesterov": True, "momentum": 0.9, "epochs": 90}


def test_a_single_value_behind_all_records_is_a_fact_and_no_curve() -> None:
    reading = read(STEPS + "Test accuracy: 91.25\n")
    assert dict(reading.summary) == {"Test accuracy": 91.25}
    assert [series.name for series in reading.series] == ["loss"]


def test_two_handlers_of_one_logger_say_each_record_once() -> None:
    log = "".join(
        f"INFO:trainer:step {i} loss {9 - i}.5\n2024-01-01 10:00:0{i} INFO step {i} loss {9 - i}.5\n" for i in range(1, 6)
    )
    (loss,) = read(log).series
    assert loss.values.tolist() == [8.5, 7.5, 6.5, 5.5, 4.5]


def test_times_are_seconds_and_go_on_past_midnight() -> None:
    (loss,) = read("[23:59:58] step 1 loss 3.5\n[23:59:59] step 2 loss 3.4\n[00:00:03] step 3 loss 3.3\n").series
    assert loss.time is not None
    assert np.diff(loss.time).tolist() == [1.0, 4.0]


def test_lines_that_measure_but_were_not_understood_are_listed() -> None:
    reading = read(STEPS + "losses so far: see figure 3\n")
    assert reading.unread == ((4, "losses so far: see figure 3"),)
