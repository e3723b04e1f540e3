"""Axes that a series lacks come from records that tell both: exact there, monotone, and nowhere invented."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loglint import axes
from loglint.inputs import select
from loglint.model import Reading, Series, Source
from loglint.readers import reader_for
from loglint.roles import assign
from loglint.runs import assemble
from loglint.view import View


def a_series(name: str, n: int, **places: object) -> Series:
    arrays = {axis: np.array(values, dtype=np.float64) for axis, values in places.items()}
    return Series(name, np.linspace(2, 1, n), np.arange(n), path="log.csv", **arrays)  # type: ignore[arg-type]


def floats(values: object) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def completed(*series: Series) -> dict[str, Series]:
    return {one.name: one for one in axes.completed(series)}


STEADY = a_series("lr", 4, step=[100, 200, 300, 400], epoch=[1, 2, 3, 4])
TRAIN = a_series("loss", 8, step=[50, 100, 150, 200, 250, 300, 350, 400])
VAL = a_series("val_loss", 4, epoch=[1, 2, 3, 4])


def test_training_by_step_meets_validation_by_epoch_where_a_third_curve_tells_both() -> None:
    found = completed(TRAIN, VAL, STEADY)
    assert found["loss"].epoch.tolist() == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
    assert found["val_loss"] is VAL
    assert found["lr"] is STEADY


def test_rules_that_pair_them_get_one_axis() -> None:
    (run,) = assemble([Reading(Source("log.csv", "csv"), (TRAIN, VAL, STEADY))])
    view = View(assign(run), 0, {})
    (train,), (val,) = view.curves("train/loss"), view.curves("val/loss")
    assert train.axis == "step"
    assert val.axis == "epoch"
    assert train.forward("epoch") and val.forward("epoch")
    assert select("val/loss", view.best)[0].step is None


def test_an_epoch_of_many_steps_holds_until_the_next() -> None:
    telling = a_series("lr", 6, step=[0, 10, 20, 30, 40, 50], epoch=[0, 0, 0, 1, 1, 1])
    found = completed(a_series("loss", 5, step=[5, 20, 25, 30, 45]), telling)
    assert found["loss"].epoch.tolist() == [0, 0, 0, 1, 1]


def test_an_epoch_that_is_logged_as_a_curve_places_the_others() -> None:
    epoch = Series("train/epoch", floats([0, 0, 1, 1]), np.arange(4), step=floats([9, 19, 29, 39]))
    assert completed(a_series("loss", 3, step=[9, 19, 34]), epoch)["loss"].epoch.tolist() == [0, 0, 1]


def test_times_come_from_steps_and_from_epochs() -> None:
    telling = a_series("lr", 3, step=[0, 10, 20], epoch=[0, 1, 2], time=[1000, 1010, 1040])
    found = completed(a_series("loss", 3, step=[0, 15, 20]), a_series("val_loss", 2, epoch=[1, 2]), telling)
    assert found["loss"].time.tolist() == [1000, 1025, 1040]
    assert found["val_loss"].time.tolist() == [1010, 1040]


@pytest.mark.parametrize(
    "telling",
    [
        a_series("lr", 3, step=[100, 100, 200], epoch=[1, 2, 3]),  # two epochs at one step
        a_series("lr", 3, step=[100, 200, 300], epoch=[2, 1, 3]),  # epochs that go backwards
        a_series("lr", 1, step=[100], epoch=[1]),  # one record tells no length
        a_series("lr", 2, step=[1000, 2000], epoch=[1, 2]),  # records that do not reach
    ],
)
def test_nothing_is_invented_where_the_log_does_not_allow_it(telling: Series) -> None:
    assert completed(a_series("loss", 3, step=[110, 150, 190]), telling)["loss"].epoch is None


def test_epochs_of_unequal_length_are_not_carried_on() -> None:
    telling = a_series("lr", 3, step=[100, 200, 500], epoch=[1, 2, 3])
    epoch = completed(a_series("loss", 4, step=[50, 100, 350, 600]), telling)["loss"].epoch
    np.testing.assert_array_equal(epoch, [np.nan, 1, 2.5, np.nan])


def test_a_constant_length_is_carried_on_by_one_epoch_and_never_below_zero() -> None:
    telling = a_series("lr", 3, step=[99, 199, 299], epoch=[0, 1, 2])
    epoch = completed(a_series("loss", 5, step=[0, 99, 149, 399, 400]), telling)["loss"].epoch
    np.testing.assert_array_equal(epoch, [0, 0, 0.5, 3, np.nan])


def test_each_attempt_has_its_own_relation() -> None:
    def twice(one: Series) -> Series:
        return Series(one.name, one.values, one.seq, one.step, one.epoch, attempt=np.repeat([0, 1], len(one) // 2))

    telling = twice(a_series("lr", 4, step=[10, 20, 10, 20], epoch=[1, 2, 2, 4]))
    epoch = completed(twice(a_series("loss", 4, step=[10, 15, 10, 15])), telling)["loss"].epoch
    assert epoch.tolist() == [1, 1.5, 2, 3]


RISES = st.lists(st.tuples(st.integers(1, 50), st.sampled_from([0.0, 0.25, 1.0, 2.0])), min_size=2, max_size=30)


@given(RISES, st.lists(st.integers(-100, 2000), min_size=1, max_size=40), st.sampled_from(["epoch", "time"]), st.randoms())
def test_what_is_told_is_exact_at_known_records_monotone_and_between_its_neighbours(
    rises: list[tuple[int, float]], asked: list[int], told: axes.Told, order: object
) -> None:
    steps, epochs = np.cumsum(floats(rises), axis=0).T
    shuffled = np.arange(len(steps))
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    known = axes.relation(steps[shuffled], epochs[shuffled], told)
    assert known is not None
    np.testing.assert_array_equal(known.at(steps), epochs)
    places = np.sort(floats(asked))
    found = known.at(places)
    assert (np.diff(found[np.isfinite(found)]) >= 0).all()
    inside = (places >= steps[0]) & (places <= steps[-1])
    assert np.isfinite(found[inside]).all()
    before = np.searchsorted(steps, places[inside], side="right") - 1
    after = np.minimum(np.searchsorted(steps, places[inside]), len(steps) - 1)
    assert ((found[inside] >= epochs[before] - 1e-9) & (found[inside] <= epochs[after] + 1e-9)).all()
    if not known.steady:
        assert np.isnan(found[~inside]).all()


def series_of(path: str, text: str) -> dict[str, Series]:
    reader = reader_for(path, text.encode())
    assert reader is not None
    (run,) = assemble(reader.read(path, text.encode()))
    return {one.name: one for one in run.series}


def test_lightnings_table_keeps_both_columns_on_every_row() -> None:
    text = "epoch,step,train_loss,val_loss\n0,49,2.5,\n0,99,,2.25\n1,149,2.0,\n1,199,,1.75\n"
    found = series_of("metrics.csv", text)
    assert (found["train_loss"].step.tolist(), found["train_loss"].epoch.tolist()) == ([49, 149], [0, 1])
    assert (found["val_loss"].step.tolist(), found["val_loss"].epoch.tolist()) == ([99, 199], [0, 1])


def test_the_trainers_state_keeps_both_on_every_row() -> None:
    rows = [
        {"epoch": 0.5, "loss": 2.5, "step": 5},
        {"epoch": 1.0, "eval_loss": 2.25, "step": 10},
        {"epoch": 1.5, "loss": 2, "step": 15},
    ]
    found = series_of("trainer_state.json", json.dumps({"log_history": rows, "global_step": 15}))
    assert (found["loss"].step.tolist(), found["loss"].epoch.tolist()) == ([5, 15], [0.5, 1.5])
    assert (found["eval_loss"].step.tolist(), found["eval_loss"].epoch.tolist()) == ([10], [1.0])
