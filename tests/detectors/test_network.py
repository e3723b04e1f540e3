"""Layers: statistics of histograms against the values they were made of, tags, and the detectors on layers."""

from __future__ import annotations

import numpy as np
import pytest

from loglint.curves.layers import Layers, layer_of_histograms, layer_of_scalars
from loglint.detectors import NotJudged
from loglint.detectors.network import (
    all_zero,
    exploding_by_depth,
    gradient_by_depth,
    saturated_units,
    silent_units,
    spread_at_start,
    unmoved_weights,
    update_size,
)
from loglint.layers import layers_of, tag_of
from loglint.model import Histograms, Run, Series
from tests.detectors.made import evidence

DEPTH = {"min_layers": 3, "min_records": 3}
EXPLODES = {**DEPTH, "most_ratio": 70, "most_growth": 100, "ordered": 0.8}


def histograms(records, name="activations/l1", bins=200):
    made = [np.histogram(values, bins) for values in records]
    steps = np.arange(len(records), dtype=np.float64)
    return Histograms(name, steps, tuple(e for _, e in made), tuple(c.astype(np.float64) for c, _ in made))


def from_values(*layers, bins=200):
    made = [layer_of_histograms(f"l{i}", [histograms(records, bins=bins)]) for i, records in enumerate(layers)]
    return Layers("made", tuple(made))


def from_scalars(rows, what="size"):
    made = [
        layer_of_scalars(f"l{i}", np.arange(len(row), dtype=np.float64), np.asarray(row, dtype=np.float64), what)
        for i, row in enumerate(rows)
    ]
    return Layers("made", tuple(made))


def relu(seed, mean=0.0):
    return np.maximum(np.random.default_rng(seed).normal(mean, 1, 2000), 0)


@pytest.mark.parametrize("seed", range(5))
def test_statistics_of_a_histogram_are_those_of_its_values(seed):
    values = np.random.default_rng(seed).normal(0.3, 2, 5000)
    layer = layer_of_histograms("l", [histograms([values])])
    assert layer.sd[0] == pytest.approx(values.std(), rel=0.01)
    assert layer.size[0] == pytest.approx(np.sqrt((values**2).sum()), rel=0.01)
    assert (layer.low[0], layer.high[0]) == pytest.approx((values.min(), values.max()))
    assert layer.zero[0] == 0


@pytest.mark.parametrize("mean", [-2.0, -1.0, 0.0, 1.0])
def test_the_spike_at_zero_of_a_relu_is_its_share_of_zeros(mean):
    values = relu(1, mean)
    layer = layer_of_histograms("l", [histograms([values], bins=64)])
    assert layer.zero[0] == pytest.approx((values == 0).mean(), abs=0.04)


@pytest.mark.parametrize("spread", [0.3, 1.0, 3.0, 10.0])
def test_the_outer_share_is_that_of_the_values_near_the_ends(spread):
    rng = np.random.default_rng(2)
    tanh = np.tanh(spread * rng.normal(size=5000))
    tanh[:2] = -1, 1
    found = layer_of_histograms("l", [histograms([tanh])]).outer[0]
    assert found == pytest.approx((np.abs(tanh) > 0.9).mean(), abs=0.02)
    sigmoid = (tanh + 1) / 2
    ends = ((sigmoid > 0.95) | (sigmoid < 0.05)).mean()
    found = layer_of_histograms("l", [histograms([sigmoid])]).outer[0]
    assert found == pytest.approx(ends if ends > 0.12 else 0.0, abs=0.03) or ends < 0.12


def test_values_outside_the_range_of_tanh_have_no_outer_share():
    assert np.isnan(layer_of_histograms("l", [histograms([np.linspace(-3, 3, 500)])]).outer[0])


def test_records_of_one_tag_in_two_files_are_one_layer_and_the_later_of_equals_counts():
    first, second = histograms([[1.0, 2.0]] * 3), histograms([[5.0, 6.0]] * 3)
    layer = layer_of_histograms("l", [first, second])
    assert list(layer.step) == [0, 1, 2]
    assert layer.high[0] == 6.0


def test_dead_layers_are_found_and_sparse_ones_are_not():
    dead = [np.concatenate([np.zeros(1990), np.full(10, 0.5)])] * 5
    sound = [relu(seed) for seed in range(5)]
    settings = {"min_records": 3, "most_zeros": 0.93, "most_dead": 0.5}
    found = evidence(silent_units(from_values(sound, dead), **settings))
    assert (found.count, found.total, found.layers) == (1, 2, "l1")
    assert found.excess >= 1
    assert evidence(silent_units(from_values(sound), **settings)).excess < 1


def test_counted_dead_units_have_their_own_limit_and_may_be_percent():
    settings = {"min_records": 3, "most_zeros": 0.93, "most_dead": 0.5}
    share = evidence(silent_units(from_scalars([[0.6] * 8], "level"), **settings))
    percent = evidence(silent_units(from_scalars([[60.0] * 8], "level"), **settings))
    assert share.excess == pytest.approx(1.2)
    assert percent.excess == pytest.approx(1.2)


def test_saturation_grows_with_the_scale_of_the_weights():
    rng = np.random.default_rng(3)
    shares = []
    for spread in (0.5, 2.0, 8.0):
        records = [np.append(np.tanh(spread * rng.normal(size=3000)), [-1, 1]) for _ in range(4)]
        shares.append(evidence(saturated_units(from_values(records), min_records=3, much=0.6)).share)
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] > 0.8


@pytest.mark.parametrize("factor", [0.1, 0.5, 1.0, 3.0])
def test_the_ratio_by_depth_is_that_of_first_and_last(factor):
    rng = np.random.default_rng(4)
    rows = [factor**-i * np.exp(0.1 * rng.normal(size=30)) for i in range(5)]
    found = evidence(gradient_by_depth(from_scalars(rows), **DEPTH))
    assert found.ratio == pytest.approx(factor**4, rel=0.3)
    assert found.ratio == pytest.approx(np.median(rows[0]) / np.median(rows[-1]))
    assert found.inverse == pytest.approx(1 / found.ratio)
    if factor != 1.0:
        assert found.ordered == pytest.approx(1.0 if factor < 1 else -1.0)


def test_gradients_by_depth_do_not_depend_on_the_unit_and_leave_frozen_layers_out():
    rows = [[10.0**-i] * 20 for i in range(4)]
    a = evidence(exploding_by_depth(from_scalars(rows), **EXPLODES))
    b = evidence(exploding_by_depth(from_scalars([[1e-6 * v for v in row] for row in rows]), **EXPLODES))
    c = evidence(exploding_by_depth(from_scalars([[0.0] * 20, *rows]), **EXPLODES))
    assert a.excess == pytest.approx(1000 / 70)
    assert b.excess == pytest.approx(a.excess)
    assert (c.excess, c.first, c.total) == (pytest.approx(a.excess), "l1", 4)


def test_growth_with_time_is_told_of_the_layer_that_grows():
    rows = [[1.0] * 40, [1.0] * 20 + [2.0**i for i in range(20)], [1.0] * 40]
    found = evidence(exploding_by_depth(from_scalars(rows), **EXPLODES))
    assert found.grows == "l1"
    assert found.excess > 100


@pytest.mark.parametrize(("ratio", "outside", "large"), [(1e-3, 1.0, 0), (0.1, 10.0, 1), (1e-6, 100.0, 0)])
def test_updates_are_measured_against_the_range(ratio, outside, large):
    found = evidence(update_size(from_scalars([[ratio] * 20] * 3, "level"), min_records=10, low=1e-4, high=1e-2))
    assert found.outside == pytest.approx(outside)
    assert found.large == large


def test_weights_that_stay_are_told_from_those_that_move_and_those_that_are_zero():
    rng = np.random.default_rng(5)
    still = rng.normal(size=300)
    moving = [still + 1e-3 * i for i in range(6)]
    layers = from_values([still] * 6, moving, [np.zeros(300)] * 6)
    assert evidence(unmoved_weights(layers, min_records=5)).layers == "l0"
    assert evidence(all_zero(layers, min_records=5)).layers == "l2"
    assert isinstance(all_zero(layers, min_records=7), NotJudged)


def test_the_spread_at_the_start_is_that_of_the_first_record():
    rng = np.random.default_rng(6)
    layers = from_values(*[[0.3**i * rng.normal(size=4000)] * 3 for i in range(4)])
    found = evidence(spread_at_start(layers, min_layers=4, latest=0.02))
    assert found.factor == pytest.approx(0.3**-3, rel=0.1)
    assert found.shrinks == 1
    assert found.weakest == pytest.approx(1 / 0.3, rel=0.1)


@pytest.mark.parametrize(
    ("tag", "kind", "layer", "what"),
    [
        ("gradients/0.weight", "gradient", "0.weight", "size"),
        ("grad_2.0_norm/fc1.weight", "gradient", "fc1.weight", "size"),
        ("weights/fc1/std", "weight", "fc1", "sd"),
        ("update_ratio/0.weight", "update_ratio", "0.weight", "level"),
        ("dead/relu1", "dead", "relu1", "level"),
        ("activations/relu1/zero_fraction", "activation", "relu1", "zero"),
        ("conv1.weight", "weight", "conv1.weight", ""),
        ("conv1.weight.grad", "gradient", "conv1.weight.grad", ""),
        ("dense_1/kernel_0/histogram", "weight", "dense_1", ""),
    ],
)
def test_tags_of_layers_are_understood(tag, kind, layer, what):
    found = tag_of(tag)
    assert found is not None
    assert (found.kind, found.layer, found.what) == (kind, layer, what)


@pytest.mark.parametrize(
    "tag", ["train/loss", "grad_norm/total", "train/grad_norm", "train/weight_decay", "lr", "loss/gradient_penalty"]
)
def test_tags_of_no_layer_are_left_alone(tag):
    assert tag_of(tag) is None


def test_numbered_layers_stand_in_the_order_of_their_numbers_others_as_logged():
    def run(*names):
        made = [histograms([[1.0, 2.0]], name) for name in names]
        return [layer.name for group in layers_of(Run("r", "r", histograms=tuple(made)), (), "gradient") for layer in group.layers]

    assert run("gradients/l10", "gradients/l2", "gradients/l1") == ["l1", "l2", "l10"]
    assert run("gradients/stem", "gradients/body", "gradients/head") == ["stem", "body", "head"]


def test_groups_and_kinds_of_a_run_stay_apart_and_logarithms_are_undone():
    def series(name, value):
        return Series(name, np.full(12, value), np.arange(12), step=np.arange(12.0))

    curves = (
        series("G/grad_norm/l1", 1.0),
        series("D/grad_norm/l1", 2.0),
        series("update_ratio/l1", -3.0),
        series("grad_norm/bias", 1.0),
    )
    run = Run("r", "r", series=curves)
    assert [group.name for group in layers_of(run, curves, "gradient")] == ["G/grad_norm", "D/grad_norm"]
    assert layers_of(run, curves, "update_ratio")[0].layers[0].level == pytest.approx(np.full(12, 1e-3))
