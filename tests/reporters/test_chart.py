"""Which curves a chart shows together, of which attempt, over which axis, with which places and heights."""

from __future__ import annotations

import msgspec

from loglint.report import AttemptInfo, Finding, RunInfo, SeriesInfo
from loglint.reporters.chart import of_curves, of_finding


def curve(name: str, values: list[float], role: str = "loss", split: str = "train", **more: object) -> SeriesInfo:
    sketch = tuple((i, v, v, 0) for i, v in enumerate(values))
    fields = {"dataset": None, "direction": "down", "axis": "step", "why": "", "points": len(values), "sketch": sketch}
    return SeriesInfo(name=name, role=role, split=split, **(fields | more))  # type: ignore[arg-type]


def found(**fields: object) -> Finding:
    given = {"rule": "GEN001", "name": "overfitting", "severity": "error", "message": "", "run": "r", "series": ("val",)}
    return Finding(**(given | fields))  # type: ignore[arg-type]


def runs(*curves: SeriesInfo) -> dict[str, RunInfo]:
    return {"r": RunInfo(id="r", key="r", series=curves)}


TRAIN, VAL = curve("train", [3.0, 2.0, 1.0]), curve("val", [3.0, 2.0, 2.5], split="val")
ACCURACY = curve("acc", [0.1, 0.5, 0.6], "metric.accuracy", "val")
INPUTS = {"val": "val", "train": "train", "metric": "acc"}


def test_a_finding_is_drawn_with_what_it_is_held_against() -> None:
    (chart,) = of_finding(found(inputs=INPUTS), runs(TRAIN, VAL, ACCURACY))
    assert [line.name for line in chart.lines] == ["val", "train"]


def test_a_curve_of_another_quantity_that_is_named_has_a_chart_of_its_own() -> None:
    first, second = of_finding(found(inputs=INPUTS, message="val rises while acc improves"), runs(TRAIN, VAL, ACCURACY))
    assert [line.name for line in second.lines] == ["acc"]
    assert len(of_finding(found(inputs=INPUTS, message="val rises, accurately"), runs(TRAIN, VAL, ACCURACY))) == 1
    assert first.lines[0].name == "val"


def test_spans_and_heights_come_from_the_finding() -> None:
    finding = found(spans=((1, 2),), evidence={"best": 2.0, "count": 7, "chance": None}, levels=("best", "chance"))
    (chart,) = of_finding(finding, runs(VAL))
    assert (chart.spans, chart.levels) == (((1.0, 2.0),), (2.0,))
    (alone,) = of_finding(found(first_step=1), runs(VAL))
    assert alone.spans == ((1.0, 1.0),)


def test_a_total_that_was_never_logged_is_drawn_by_its_parts_without_its_heights() -> None:
    finding = found(series=("a + b",), evidence={"best": 5.0}, levels=("best",))
    (chart,) = of_finding(finding, runs(curve("a", [1.0, 2.0]), curve("b", [3.0, 4.0])))
    assert ([line.name for line in chart.lines], chart.levels) == (["a", "b"], ())


def test_of_a_group_of_layers_those_that_are_named_are_drawn() -> None:
    layers = [curve(f"norm/layer.{i}", [1.0, 2.0], "gradient_norm") for i in (0, 1, 10)]
    finding = found(
        series=("norm",), message="the gradient of layer.0 is 1e-6 of that of layer.10", levels=("x",), evidence={"x": 1.0}
    )
    (chart,) = of_finding(finding, runs(*layers))
    assert [line.name for line in chart.lines] == ["norm/layer.0", "norm/layer.10"]
    assert chart.levels == ()


def test_only_the_attempt_of_the_finding_is_drawn() -> None:
    attempts = (AttemptInfo(first_index=0, reason="start"), AttemptInfo(first_index=2, reason="again", number=1, bucket=2))
    twice = curve("val", [9.0, 8.0, 1.0, 2.0, 3.0], attempts=attempts)
    (chart,) = of_finding(found(attempt=1), runs(twice))
    assert [bucket.low for bucket in chart.lines[0].buckets] == [1.0, 2.0, 3.0]
    (whole,) = of_curves([twice])
    assert len(whole.lines[0].buckets) == 5


def test_the_axis_is_that_of_the_finding() -> None:
    by_epoch = msgspec.structs.replace(VAL, sketch_axes={"epoch": (0.5, 1.0, 1.5)})
    finding = found(axis="epoch", spans=((1.0, 1.5),), inputs=INPUTS)
    (chart,) = of_finding(finding, runs(TRAIN, by_epoch))
    assert (chart.axis, chart.places) == ("epoch", (0.5, 1.5))
    assert [line.name for line in chart.lines] == ["val"], "training has no place on that axis"
    (other,) = of_finding(found(axis="time", spans=((7.0, 9.0),)), runs(VAL))
    assert (other.axis, other.spans) == ("step", ()), "a place on an axis that the curve lacks is not guessed"


def test_the_median_of_a_bucket_is_its_middle() -> None:
    noisy = msgspec.structs.replace(VAL, sketch=((0, 1.0, 9.0, 0), (5, 1.0, 2.0, 0)), sketch_middle=(1.5, None))
    (chart,) = of_finding(found(), runs(noisy))
    assert [bucket.middle for bucket in chart.lines[0].buckets] == [1.5, 1.5]


def test_what_cannot_be_drawn_has_no_chart() -> None:
    assert of_finding(found(), {}) == ()
    assert of_finding(found(series=("weights",)), runs(VAL)) == ()
    assert of_finding(found(), runs(curve("val", [1.0]))) == ()
    assert of_finding(found(), runs(curve("val", []))) == ()


def test_curves_of_one_role_are_drawn_together_and_unknown_ones_alone() -> None:
    strange = [curve(name, [1.0, 2.0], "unknown", "train") for name in ("x", "y")]
    charts = of_curves([TRAIN, ACCURACY, VAL, *strange])
    assert [[line.name for line in chart.lines] for chart in charts] == [["val", "train"], ["acc"], ["x"], ["y"]]
