from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from loglint.cache import opened
from loglint.config import Config, Expect
from loglint.corridor import Settings, plan
from loglint.known import remembered
from loglint.lots import Lot, Order, lint_files
from loglint.rulebook import load_rules
from loglint.select import Chooser, configured

RULES = load_rules()
FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def sweep(tmp_path) -> Path:
    for name in ("a", "b", "c"):
        rows = "".join(f"{e},{'nan' if name == 'b' and e > 15 else 2.3 - 0.05 * e}\n" for e in range(30))
        (tmp_path / "sweep" / name).mkdir(parents=True)
        (tmp_path / "sweep" / name / "metrics.csv").write_text("epoch,train_loss\n" + rows, "utf-8")
        (tmp_path / "sweep" / name / "config.yaml").write_text("lr: 0.1\n", "utf-8")
    return tmp_path / "sweep"


def lint(folder: Path, config: Config = Config(), rules=RULES, drawn="none", **settings) -> tuple[list[Lot], list[str]]:  # noqa: B008
    """The lots, and the files of those that had to be judged."""
    order = Order(Settings(root=folder, **settings), Chooser(tuple(rules), config), drawn)
    worked: list[str] = []

    def work(lists):
        for files in lists:
            worked.extend(file.path for file in files)
            yield lint_files(files, order)

    with opened() as cache:
        return list(remembered(list(plan([str(folder)], order.settings)), order, cache, work)), sorted(worked)


ALL = [f"{run}/{file}" for run in "abc" for file in ("config.yaml", "metrics.csv")]


def test_what_is_unchanged_is_not_judged_again_and_equal(sweep):
    first, worked = lint(sweep)
    assert worked == ALL
    assert ["sudden-nan" in [finding.name for finding in lot.reports[0].findings] for lot in first] == [False, True, False]
    assert lint(sweep) == (first, [])


@pytest.mark.parametrize("name", ["formats", "sick", "traps"])
def test_lots_of_real_logs_come_back_as_they_were(name):
    first, _ = lint(FIXTURES / name, drawn="all")
    again, worked = lint(FIXTURES / name, drawn="all")
    assert again == first
    assert list(map(as_json, again)) == list(map(as_json, first))
    assert not worked


def as_json(lot: Lot) -> bytes:
    return msgspec.json.encode([msgspec.structs.replace(report, outcome=None) for report in lot.reports])


def same_times(path: Path, text: str) -> None:
    before = path.stat()
    with path.open("r+", encoding="utf-8") as file:
        file.write(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_another_tail_of_the_same_size_and_time_is_seen(sweep):
    lint(sweep)
    log = sweep / "a" / "metrics.csv"
    head, _, last = log.read_text("utf-8").rpartition(",")
    same_times(log, f"{head},{'nan'.rjust(len(last) - 1)}\n")
    lots, worked = lint(sweep)
    assert worked == ALL[:2]
    assert lots[0].reports[0].run.series[0].nonfinite["nan"] == 1


def test_a_touched_a_replaced_a_grown_a_new_and_a_changed_sibling_file_are_seen(sweep):
    lint(sweep)
    os.utime(sweep / "a" / "metrics.csv", ns=(1, 1))
    assert lint(sweep)[1] == ALL[:2]
    log = sweep / "b" / "metrics.csv"
    shutil.copy2(log, sweep / "copy")
    os.replace(sweep / "copy", log)
    assert lint(sweep)[1] == ALL[2:4]
    with log.open("a") as file:
        file.write("30,0.5\n")
    assert lint(sweep)[1] == ALL[2:4]
    (sweep / "c" / "config.yaml").write_text("lr: 0.2\n", "utf-8")
    lots, worked = lint(sweep)
    assert worked == ALL[4:]
    assert lots[2].reports[0].run.config == {"lr": 0.2}
    (sweep / "c" / "val.csv").write_text("epoch,val_loss\n1,2\n2,3\n", "utf-8")
    assert lint(sweep)[1] == [*ALL[4:], "c/val.csv"]
    assert lint(sweep)[1] == []


@pytest.mark.parametrize(
    "change",
    [
        {"config": Config(select=("NUM",))},
        {"config": Config(expect=(Expect(metric="train/loss", final="< 0.1"),))},
        {"config": Config(require=("val/loss",))},
        {"rules": configured(RULES, Config(rules={"sudden-nan": {"severity": "info"}}))},
        {"drawn": "all"},
        {"run_key": "[a-z]"},
    ],
    ids=["another selection", "an expectation", "a required curve", "a rule's severity", "sketches", "the key of runs"],
)
def test_other_settings_judge_anew_and_leave_the_first_ones_known(sweep, change):
    lint(sweep)
    assert lint(sweep, **change)[1] == ALL
    assert lint(sweep, **change)[1] == []
    assert lint(sweep)[1] == []


def test_a_part_of_a_sweep_is_known_from_the_whole(sweep):
    order = Order(Settings(root=sweep), Chooser(RULES), "none")
    for buckets, paths in ((60, [sweep]), (400, [sweep / "b"])):
        planned = list(plan(list(map(str, paths)), order.settings))
        with opened() as cache:
            work = [] if buckets == 400 else [lint_files(files, order) for files in planned]
            chosen = Order(order.settings, order.choose, "none", buckets)
            (*_, last) = remembered(planned, chosen, cache, lambda lists, work=work: (lot for lot in work))
    assert last.reports[0].run.id == "b"


def test_what_failed_is_not_kept(sweep):
    order = Order(Settings(root=sweep), Chooser(RULES), "none")
    planned = list(plan([str(sweep)], order.settings))
    with opened() as cache:
        lost = list(remembered(planned, order, cache, lambda lists: (Lot(lost=("a worker died",)) for _ in lists)))
    assert len(lost) == 3
    assert lint(sweep)[1] == ALL


def cut(found: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return {key: value[:-1] for key, value in found.items()}


def parts_gone(found: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return found if len(found) > 1 else {}


@pytest.mark.parametrize("damage", [cut, parts_gone])
def test_a_lot_that_cannot_be_read_back_is_judged_again(sweep, monkeypatch, damage):
    first, _ = lint(sweep)
    from loglint.cache import Cache

    whole = Cache.several
    monkeypatch.setattr(Cache, "several", lambda self, keys: damage(whole(self, keys)))
    judged = []
    monkeypatch.setattr("loglint.known.lint_files", lambda files, order: judged.append(files) or lint_files(files, order))
    assert lint(sweep)[0] == first
    assert len(judged) == 3


def test_standard_input_is_never_known(monkeypatch, tmp_path):
    import io
    import sys

    class Stdin:
        buffer = io.BytesIO()

    for _ in range(2):
        Stdin.buffer = io.BytesIO(b"epoch,loss\n" + b"".join(b"%d,1.5\n" % i for i in range(30)))
        monkeypatch.setattr(sys, "stdin", Stdin)
        order = Order(Settings(root=tmp_path), Chooser(RULES))
        planned = list(plan(["-"], order.settings))
        with opened() as cache:
            worked: list[int] = []

            def work(lists, worked=worked, order=order):
                worked.append(len(lists))
                yield from (lint_files(files, order) for files in lists)

            list(remembered(planned, order, cache, work))
        assert worked == [1]
