"""Folders as frameworks leave them, from the disk to runs: what makes one run, what is kept apart, which settings it gets."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from loglint.corridor import Settings, collect
from loglint.model import Run

LOSS = [2.0 - 0.1 * i for i in range(12)]
HELD_OUT = [loss + 0.25 for loss in LOSS]


def text(shift: float = 0.0, start: int = 0, end: int = 12) -> str:
    return "".join(f"step {i}: loss {LOSS[i] + shift:.4f}\n" for i in range(start, end))


def table(name: str, values: list[float]) -> str:
    return f"step,{name}\n" + "".join(f"{i},{value:.4f}\n" for i, value in enumerate(values))


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def runs(root: Path, files: dict[str, str | bytes]) -> dict[str, Run]:
    write(root, files)
    return {run.id: run for run in collect((str(root),), Settings(root=root)).runs}


def curves(run: Run) -> dict[str, list[float]]:
    return {f"{one.role.split}/{one.role.name}": [round(value, 4) for value in one.values.tolist()] for one in run.series}


def rounded(values: list[float]) -> list[float]:
    return [round(value, 4) for value in values]


def test_the_logs_of_all_ranks_are_one_run_whose_first_rank_is_judged(tmp_path: Path) -> None:
    found = runs(tmp_path, {f"job/log-rank{i}.txt": text(0.001 * i) for i in range(3)})
    (run,) = found.values()
    assert curves(run) == {"train/loss": rounded(LOSS)}
    assert sorted(source.path for source in run.sources) == [f"job/log-rank{i}.txt" for i in range(3)]
    assert run.problems == ()


def test_torchruns_folders_of_ranks_are_one_run(tmp_path: Path) -> None:
    found = runs(tmp_path, {f"none_x1/attempt_0/{i}/stdout.log": text(0.001 * i) for i in range(2)})
    assert {name: curves(run) for name, run in found.items()} == {"none_x1/attempt_0": {"train/loss": rounded(LOSS)}}


@pytest.mark.parametrize(
    ("other", "said"),
    [(text(end=6), "ends at step 5"), (text(end=8) + "".join(f"step {i}: loss nan\n" for i in range(8, 12)), "has 4 points")],
    ids=["stopped", "not finite"],
)
def test_a_rank_that_parts_from_the_first_is_told(tmp_path: Path, other: str, said: str) -> None:
    (run,) = runs(tmp_path, {"job/rank_0.log": text(), "job/rank_1.log": other}).values()
    assert [(problem.kind, problem.path) for problem in run.problems] == [("disagreement", "job/rank_1.log")]
    assert said in run.problems[0].message


def test_parallel_environments_are_one_run(tmp_path: Path) -> None:
    rows = "".join(f"{i}.0,{i + 5},{i * 1.5}\n" for i in range(12))
    found = runs(tmp_path, {f"ppo/{k}.monitor.csv": '#{"t_start": 1.0, "env_id": "a"}\nr,l,t\n' + rows for k in range(3)})
    assert len(found) == 1


def test_hydras_multirun_is_one_run_for_each_job_with_its_own_settings(tmp_path: Path) -> None:
    home = "multirun/2024-01-01/12-00-00"
    files: dict[str, str | bytes] = {f"{home}/multirun.yaml": "lr: 9\n"}
    for k in range(3):
        files[f"{home}/{k}/.hydra/config.yaml"] = f"lr: 0.{k + 1}\nseed: {k}\n"
        files[f"{home}/{k}/.hydra/overrides.yaml"] = f"- lr=0.{k + 1}\n"
        files[f"{home}/{k}/train.log"] = text(k)
    found = runs(tmp_path, files)
    assert {name: (run.config["lr"], run.config["seed"]) for name, run in found.items()} == {
        f"{home}/{k}": ((k + 1) / 10, k) for k in range(3)
    }
    assert len({run.key for run in found.values()}) <= 3


def test_mlflows_store_is_one_run_for_each_run_folder(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {}
    for k, name in enumerate(("a" * 32, "b" * 32)):
        home = f"mlruns/0/{name}"
        files[f"{home}/meta.yaml"] = f"run_name: run-{k}\n"
        files[f"{home}/params/lr"] = f"0.{k + 1}"
        files[f"{home}/tags/mlflow.user"] = "somebody"
        for metric, values in (("train_loss", LOSS), ("val_loss", HELD_OUT)):
            files[f"{home}/metrics/{metric}"] = "".join(f"{1_700_000_000_000 + i} {v:.4f} {i}\n" for i, v in enumerate(values))
    found = runs(tmp_path, files)
    assert {name: curves(run) for name, run in found.items()} == {
        f"mlruns/0/{name}": {"train/loss": rounded(LOSS), "val/loss": rounded(HELD_OUT)} for name in ("a" * 32, "b" * 32)
    }
    assert [run.config["lr"] for run in found.values()] == [0.1, 0.2]


def test_ray_trials_are_one_run_each_and_their_two_logs_one(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {}
    for k in range(2):
        home = f"exp/train_{k}"
        rows = [
            {"loss": v + k, "training_iteration": i + 1, "timesteps_total": 1, "config": {"lr": 0.1}} for i, v in enumerate(LOSS)
        ]
        files[f"{home}/result.json"] = "".join(json.dumps(row) + "\n" for row in rows)
        cells = "".join(f"{row['loss']},{row['training_iteration']},1,0.1\n" for row in rows)
        files[f"{home}/progress.csv"] = f"loss,training_iteration,timesteps_total,config/lr\n{cells}"
        files[f"{home}/params.json"] = json.dumps({"lr": (k + 1) / 10})
    found = runs(tmp_path, files)
    assert list(found) == ["exp/train_0", "exp/train_1"]
    for run in found.values():
        losses = [one for one in run.series if one.role.name == "loss"]
        assert len(losses) == 1
        assert len(losses[0].also) == 1


def test_one_table_for_each_metric_is_one_run(tmp_path: Path) -> None:
    tables = {"loss": LOSS, "val_loss": HELD_OUT, "accuracy": rounded([1 - loss / 3 for loss in LOSS])}
    (run,) = runs(tmp_path, {f"out/{name}.csv": table("value", values) for name, values in tables.items()}).values()
    assert curves(run)["train/loss"] == rounded(LOSS)
    assert curves(run)["val/loss"] == rounded(HELD_OUT)
    assert len(run.series) == 3


def test_unrelated_trainings_in_one_folder_stay_apart(tmp_path: Path) -> None:
    files = {"r/resnet18.log": text(), "r/vit.log": text(1.0), "r/bert.csv": table("loss", HELD_OUT)}
    found = runs(tmp_path, files)
    assert {name: curves(run)["train/loss"] for name, run in found.items()} == {
        "r/resnet18.log": rounded(LOSS),
        "r/vit.log": rounded([loss + 1 for loss in LOSS]),
        "r/bert.csv": rounded(HELD_OUT),
    }


def test_lightnings_versions_are_runs_and_its_step_and_epoch_twins_are_told_apart(tmp_path: Path) -> None:
    rows = "".join(
        f"{i // 4},{LOSS[i]:.4f},,{i}\n" + (f"{i // 4},,{LOSS[i] + 0.15:.4f},{i}\n" if i % 4 == 3 else "") for i in range(12)
    )
    header = "epoch,train_loss_step,train_loss_epoch,step\n"
    found = runs(tmp_path, {f"lightning_logs/version_{k}/metrics.csv": header + rows for k in range(2)})
    assert list(found) == ["lightning_logs/version_0", "lightning_logs/version_1"]
    for run in found.values():
        assert {one.name: (len(one), one.granularity) for one in run.series} == {
            "train_loss_step": (12, "step"),
            "train_loss_epoch": (3, "epoch"),
        }


def _tar(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content.encode())
            archive.addfile(entry, io.BytesIO(content.encode()))
    return out.getvalue()


def _zip(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("suffix", "pack"), [("tar.gz", _tar), ("zip", _zip)])
def test_an_archive_is_read_as_the_folder_it_holds(tmp_path: Path, suffix: str, pack: object) -> None:
    inside = {"a/log.csv": table("loss", LOSS), "a/args.json": '{"lr": 0.5}', "b/train.log": text(1.0)}
    found = runs(tmp_path, {f"logs.{suffix}": pack(inside)})  # type: ignore[operator]
    assert {name: curves(run)["train/loss"] for name, run in found.items()} == {
        f"logs.{suffix}!a": rounded(LOSS),
        f"logs.{suffix}!b": rounded([loss + 1 for loss in LOSS]),
    }
    assert found[f"logs.{suffix}!a"].config == {"lr": 0.5}
