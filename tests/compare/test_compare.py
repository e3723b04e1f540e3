"""Two sides held against each other: pairs, effects, verdicts, the stored summary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.stats import t, ttest_ind

from loglint.compare import judge_pairs, pair_up, read_summary, report_of, summary_of, write_summary
from loglint.contrast import contrasts, shortened
from loglint.engine import judge_run
from loglint.errors import InputError
from loglint.gate import Gate, judge
from loglint.model import Run
from loglint.report import Comparison, Finding
from loglint.rulebook import load_rules
from loglint.traces import Summary
from tests.compare.sides import ACCURACY, LOSS, SPEED, VAL_LOSS, curve, run, series, side

RULES = load_rules()


def _seeds(floors: list[float], first: int = 0, **config: float) -> list[Run]:
    return [
        run(f"seed{i}", series(LOSS, curve(f, first + i)), lr=0.1, batch_size=8, seed=i, **config) for i, f in enumerate(floors)
    ]


def _verdicts(base: list[Run], head: list[Run]) -> dict[str, str]:
    found, _ = judge_pairs(pair_up(side(base), side(head)), RULES)
    return {one.worse.metric: one.verdict for one in found}


def test_seeds_of_equal_settings_are_one_pair() -> None:
    pairing = pair_up(side(_seeds([0.4, 0.41])), side(_seeds([0.4, 0.41, 0.42])))
    assert [(len(p.base), len(p.head)) for p in pairing.pairs] == [(2, 3)]


def test_settings_decide_before_names() -> None:
    base = [
        run("a", series(LOSS, curve(0.4, 1)), lr=0.1, batch_size=8),
        run("b", series(LOSS, curve(0.4, 2)), lr=0.2, batch_size=8),
    ]
    head = [
        run("b", series(LOSS, curve(0.4, 3)), lr=0.1, batch_size=8),
        run("a", series(LOSS, curve(0.4, 4)), lr=0.2, batch_size=8),
    ]
    pairs = pair_up(side(base), side(head)).pairs
    assert sorted((p.base[0].run, p.head[0].run) for p in pairs) == [("a", "b"), ("b", "a")]


def test_without_settings_names_decide_and_the_rest_is_said() -> None:
    base = [run(name, series(LOSS, curve(0.4, 1))) for name in ("cnn", "mlp", "old")]
    head = [run(name, series(LOSS, curve(0.4, 2))) for name in ("cnn", "mlp", "new", "newer")]
    pairing = pair_up(side(base), side(head))
    assert [p.label for p in pairing.pairs] == ["cnn", "mlp"]
    assert pairing.only_base == ("old",)
    assert pairing.only_head == ("new", "newer")


def test_the_only_ones_left_are_a_pair_even_when_the_settings_changed() -> None:
    pairing = pair_up(side(_seeds([0.4])), side(_seeds([0.4], 5, dropout=0.3)))
    assert len(pairing.pairs) == 1


def test_the_error_between_seeds_is_that_of_a_pooled_t_test() -> None:
    base, head = side(_seeds([0.40, 0.47, 0.43])), side(_seeds([0.52, 0.49, 0.58], 10))
    figure = next(c for c in contrasts(base.runs, head.runs) if c.metric == "train/objective best")
    bests = [[run.traces[0].shape(np.inf).best for run in group.runs] for group in (base, head)]
    expected = ttest_ind(bests[1], bests[0], alternative="greater")
    assert t.sf(figure.effect / figure.error, figure.freedom) == pytest.approx(expected.pvalue)
    assert figure.effect == pytest.approx(np.mean(bests[1]) - np.mean(bests[0]))


def test_a_clear_loss_is_worse_its_mirror_better_and_the_same_training_neither() -> None:
    low, high = _seeds([0.4, 0.41, 0.39]), _seeds([0.8, 0.81, 0.79], 10)
    assert _verdicts(low, high)["train/objective best"] == "worse"
    assert _verdicts(high, low)["train/objective best"] == "better"
    assert _verdicts(low, _seeds([0.4, 0.41, 0.39], 20))["train/objective best"] == "same"


def test_a_metric_is_reported_as_logged_and_judged_by_its_direction() -> None:
    base = [run("a", series(ACCURACY, 1 - curve(0.2, 1, noise=0.002, start=0.9)))]
    head = [run("a", series(ACCURACY, 1 - curve(0.5, 2, noise=0.002, start=0.9)))]
    (best, *_), _ = judge_pairs(pair_up(side(base), side(head)), RULES)
    assert best.verdict == "worse"
    assert best.worse.base == pytest.approx(0.8, abs=0.01)
    assert best.worse.head == pytest.approx(0.5, abs=0.01)


def test_one_run_each_needs_more_than_seeds_may_do() -> None:
    one = [run("a", series(LOSS, curve(0.40, 1, noise=0.001)))]
    near = [run("a", series(LOSS, curve(0.44, 2, noise=0.001)))]
    far = [run("a", series(LOSS, curve(0.80, 3, noise=0.001)))]
    assert "worse" not in _verdicts(one, near).values()
    assert _verdicts(one, far)["train/objective end"] == "worse"


def test_short_curves_of_one_run_each_cannot_be_told_apart() -> None:
    base = [run("a", series(LOSS, curve(0.4, 1, n=6)))]
    head = [run("a", series(LOSS, curve(0.8, 2, n=6)))]
    assert set(_verdicts(base, head).values()) == {"cannot_tell"}


def test_a_shorter_head_is_compared_as_far_as_it_goes_and_said() -> None:
    base, head = _seeds([0.4, 0.41, 0.39]), _seeds([0.4, 0.41, 0.39], 10)
    cut = [replace(one, series=(series(LOSS, one.series[0].values[:20]),)) for one in head]
    assert "worse" not in _verdicts(base, cut).values()
    assert shortened(side(base).runs, side(cut).runs) == ("step", 59.0, 19.0)


def test_slower_is_said_of_speed_and_of_the_time_to_the_target() -> None:
    def job(name: str, seed: int, rate: float) -> Run:
        speed = rate * (1 + 0.01 * np.random.default_rng(seed).standard_normal(60))
        return run(name, series(LOSS, curve(0.4, seed), seconds=100 / rate), series(SPEED, speed))

    base = [job(f"seed{i}", i, 100.0 + i) for i in range(3)]
    head = [job(f"seed{i}", 10 + i, 70.0 + i) for i in range(3)]
    verdicts = _verdicts(base, head)
    assert verdicts["train/throughput"] == "worse"
    assert verdicts["train/objective seconds to target"] == "worse"
    assert verdicts["train/objective steps to target"] != "worse"


def _report(base: Summary, head: list[Run], fail_on: str = "error"):  # type: ignore[no-untyped-def]
    now = side(head)
    return report_of(judge(head, (), Gate(), RULES).report, base, now, pair_up(base, now), RULES, fail_on)


def test_a_regression_fails_once_and_names_its_figures() -> None:
    report = _report(side(_seeds([0.4, 0.41, 0.39])), _seeds([0.8, 0.81, 0.79], 10))
    (finding,) = [f for f in report.findings if f.rule == "CMP001"]
    assert report.exit_code == 1
    assert finding.severity == "error"
    assert finding.series[0] == "train/objective best"
    assert finding.runs == ("seed0", "seed1", "seed2")
    best = next(c for c in report.comparisons if c.metric == "train/objective best")
    assert isinstance(best, Comparison)
    assert (best.n_base, best.n_head, best.verdict) == (3, 3, "worse")
    assert best.interval[0] < best.effect < best.interval[1]  # type: ignore[operator]


def test_no_regression_passes() -> None:
    assert _report(side(_seeds([0.4, 0.41, 0.39])), _seeds([0.4, 0.41, 0.39], 10)).exit_code == 0


def test_findings_that_the_base_has_too_are_known_and_new_ones_fail() -> None:
    def broken(name: str) -> Run:
        values = curve(0.4, 1)
        values[40:] = np.nan
        return run(name, series(LOSS, values))

    sick = summary_of([broken("a")], {"a": judge_run(broken("a"), RULES).findings})
    healthy = side([run("a", series(LOSS, curve(0.4, 2)))])
    known, fresh = _report(sick, [broken("a")]), _report(healthy, [broken("a")])
    assert {f.status for f in _nan(known.findings)} == {"baselined"}
    assert {f.status for f in _nan(fresh.findings)} == {"new"}
    assert (known.exit_code, fresh.exit_code) == (0, 1)


def _nan(findings: tuple[Finding, ...]) -> list[Finding]:
    return [f for f in findings if f.rule.startswith("NUM")]


def test_sides_without_a_counterpart_are_an_error() -> None:
    base = side([run(name, series(LOSS, curve(0.4, 1))) for name in ("a", "b")])
    with pytest.raises(InputError, match="counterpart"):
        _report(base, [run(name, series(LOSS, curve(0.4, 2))) for name in ("c", "d")])


def test_a_stored_summary_is_the_same_base(tmp_path: Path) -> None:
    base = side([run("a", series(VAL_LOSS, curve(0.5, 1)), series(LOSS, curve(0.4, 2)), lr=0.1, batch_size=8)])
    path = tmp_path / "base.json"
    path.write_bytes(write_summary(base))
    assert read_summary(path) == base
    assert path.stat().st_size < 10_000


@pytest.mark.parametrize("text", ['{"schema":"loglint-summary-1","runs":[{"run":1}]}', '{"schema":"loglint-summary-9","runs":[]}'])
def test_a_damaged_or_newer_summary_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"base\.json"):
        read_summary(path)


def test_another_json_file_is_no_summary(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text('{"log_history": []}')
    assert read_summary(path) is None
