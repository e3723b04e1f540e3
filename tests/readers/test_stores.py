"""The stores of trackers and frameworks, one by one: every example of the catalogue gives exactly what stands in it."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import zstandard
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.util import tensor_util

from benchmarks.formats.binary import BINARY
from loglint.corridor import collect
from loglint.readers import MODULES, reader_for
from loglint.readers.catalogue import CATALOGUE
from tests.readers.event_files import START, file_of, simple, version
from tests.readers.test_contract import SAMPLES

# what a curve must be: split, values, steps (None: the log has none), epochs
Curve = tuple[str | None, list[float], list[float] | None, list[float] | None]
FORMS = {form.written_by: form for about in CATALOGUE.values() for form in about.forms}

WANTED: Mapping[str, dict[str, Curve]] = {
    "Jupyter": {"loss": (None, [0.9, 0.5, 0.4], None, [1, 2, 3])},
    "Hugging Face Trainer": {
        "learning_rate": (None, [5e-05, 3e-05], [10, 20], [0.5, 1]),
        "loss": (None, [1.9, 1.2], [10, 20], [0.5, 1]),
        "eval_loss": (None, [1.3], [20], [1]),
    },
    "mmengine": {
        "lr": (None, [0.02, 0.02], [50, 100], [1, 1]),
        "loss": (None, [1.9, 1.4], [50, 100], [1, 1]),
        "loss_cls": (None, [1.2, 0.9], [50, 100], [1, 1]),
        "coco/bbox_mAP": (None, [0.31], [100], [1]),
    },
    "detectron2": {"total_loss": (None, [1.9, 1.4], [19, 39], None), "lr": (None, [0.01, 0.02], [19, 39], None)},
    "Keras": {"loss": (None, [0.9, 0.5, 0.4], None, None), "val_loss": (None, [0.8, 0.6, 0.5], None, None)},
    "Ray Tune": {"loss": (None, [0.9, 0.5], [1, 2], None)},
    "AllenNLP": {"training_loss": (None, [0.5], None, [1]), "validation_loss": (None, [0.6], None, [1])},
    "Sacred": {"training.loss": (None, [0.9, 0.5], [0, 10], None)},
    "ClearML (reported scalars)": {
        "loss/train": (None, [0.9, 0.5, 0.4], [0, 1, 2], None),
        "loss/validation": (None, [0.8, 0.6], [0, 2], None),
    },
    "ClearML (offline)": {"loss/train": (None, [0.9, 0.5, 0.4], [0, 1, 2], None)},
    "SwanLab (older versions)": {"train/loss": (None, [0.9, 0.5], [0, 1], None)},
    "TensorBoard (JSON download)": {"loss": ("train", [0.9, 0.5], [0, 10], None)},
    "Hydra and most scripts": {},
    "MLflow": {"loss": (None, [0.9, 0.5, 0.4], [0, 1, 2], None)},
    "Lightning": {
        "train_loss_step": (None, [1.9, 1.5, 1.2, 1.1], [9, 19, 29, 39], [0, 0, 1, 1]),
        "val_loss": (None, [1.4, 1.2], [19, 39], [0, 1]),
    },
    "Ultralytics": {
        "train/box_loss": (None, [1.9, 1.5, 1.2], None, [1, 2, 3]),
        "metrics/mAP50(B)": (None, [0.2, 0.3, 0.4], None, [1, 2, 3]),
    },
    "timm": {
        "train_loss": (None, [6.9, 6.1, 5.4], None, [0, 1, 2]),
        "eval_loss": (None, [6.5, 5.8, 5.1], None, [0, 1, 2]),
        "eval_top1": (None, [1.2, 4.0, 9.5], None, [0, 1, 2]),
        "lr": (None, [0.1, 0.09, 0.05], None, [0, 1, 2]),
    },
    "Weights & Biases (export)": {"loss": (None, [0.9, 0.5], [0, 1], None)},
    "TensorBoard (CSV download)": {"loss": ("train", [0.9, 0.5], [0, 10], None)},
    "DVCLive": {"train/loss": ("train", [0.9, 0.5, 0.4], [0, 1, 2], None)},
    "Aim (data frame of metrics)": {
        "train/loss": ("train", [0.9, 0.5, 0.4], [0, 10, 20], [0, 1, 2]),
        "val/loss": ("val", [0.8, 0.6, 0.5], [0, 10, 20], [0, 1, 2]),
    },
    "Stable Baselines (progress)": {
        "rollout/ep_rew_mean": (None, [20.5, 31.0, 45.5], [2048, 4096, 6144], None),
        "train/loss": (None, [0.9, 0.5], [4096, 6144], None),
    },
    "Stable Baselines (monitor)": {
        "episode_reward": (None, [12, 20, 35], None, None),
        "episode_length": (None, [12, 20, 35], None, None),
    },
    "CatBoost": {"Logloss": ("train", [0.69, 0.65, 0.61], [0, 1, 2], None)},
}
SETTINGS = {
    "Ray Tune": {"lr": 0.1},
    "Hydra and most scripts": {"optimizer.name": "sgd", "optimizer.lr": 0.1, "batch_size": 64, "seed": 3},
    "Stable Baselines (monitor)": {"t_start": 1700000000.0, "env_id": "CartPole-v1"},
}


def curves(path: str, data: bytes) -> dict[str, Curve]:
    reader = reader_for(path, data)
    assert reader is not None
    (reading,) = reader.read(path, data)
    return {
        one.name: (one.split, one.values.tolist(), *(None if axis is None else axis.tolist() for axis in (one.step, one.epoch)))
        for one in reading.series
    }


@pytest.mark.parametrize("written_by", FORMS)
def test_an_example_gives_exactly_what_stands_in_it(written_by: str) -> None:
    form = FORMS[written_by]
    assert curves(form.path, form.text.encode()) == WANTED[written_by]


@pytest.mark.parametrize("written_by", SETTINGS)
def test_an_examples_settings_are_kept(written_by: str) -> None:
    form = FORMS[written_by]
    (reading,) = reader_for(form.path, form.text.encode()).read(form.path, form.text.encode())  # type: ignore[union-attr]
    assert {key: reading.config[key] for key in SETTINGS[written_by]} == SETTINGS[written_by]


def test_every_reader_has_an_oracle_and_stands_in_the_contract_test() -> None:
    assert set(CATALOGUE) == set(MODULES)
    assert all(about.oracle for about in CATALOGUE.values())
    apart = {"pickles", "config"}  # they give no curve
    assert {name for name, _, _ in SAMPLES.values()} == set(MODULES) - apart


STORES = {
    **{form.written_by: (form.path, form.text.encode()) for form in FORMS.values() if WANTED[form.written_by]},
    **{
        written_by: (path, build([(0, 0.9), (10, 0.5), (20, 0.4)]))
        for name, (written_by, path, build) in BINARY.items()
        if name != "parquet"
    },
}


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstandard"])
def test_every_store_reads_the_same_when_it_is_compressed(
    pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    suffix = ".gz" if pack is gzip.compress else ".zst"
    for number, (path, data) in enumerate(STORES.values()):
        plain, packed = (tmp_path / kind / str(number) / path for kind in ("plain", "packed"))
        plain.parent.mkdir(parents=True)
        packed.parent.mkdir(parents=True)
        plain.write_bytes(data)
        packed.with_name(packed.name + suffix).write_bytes(pack(data))
    different = {}
    for number, name in enumerate(STORES):
        found = [
            [(one.name, one.values.tolist()) for run in collect((f"{kind}/{number}",)).runs for one in run.series]
            for kind in ("plain", "packed")
        ]
        if found[0] != found[1] or not found[0]:
            different[name] = found
    assert different == {}


# ---------------------------------------------------------------- TensorBoard


def test_custom_layouts_are_passed_over_and_cost_nothing() -> None:
    chart = layout_pb2.Chart(title="losses", multiline=layout_pb2.MultilineChartContent(tag=["loss/.*"]))
    layout = layout_pb2.Layout(category=[layout_pb2.Category(title="all", chart=[chart])])
    value = Summary.Value(
        tag="custom_scalars__config__",
        tensor=tensor_util.make_tensor_proto(layout.SerializeToString()),
        metadata=SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="custom_scalars")),
    )
    told = Event(wall_time=START, summary=Summary(value=[value]))
    data = file_of([version(), told, simple("loss/train", 1, 2.0), simple("loss/train", 2, 1.5)])
    assert curves("events.out.tfevents.1", data) == {"loss/train": (None, [2, 1.5], [1, 2], None)}


def test_kohyas_tags_keep_their_slashes() -> None:
    tags = ("loss/current", "loss/average", "lr/unet", "lr/d*lr/unet")
    data = file_of([version(), *(simple(tag, step, 0.5 / step) for step in (1, 2) for tag in tags)])
    assert curves("logs/20240501/network_train/events.out.tfevents.1", data) == {
        tag: (None, [0.5, 0.25], [1, 2], None) for tag in tags
    }


def test_an_event_file_inside_an_archive_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("run/events.out.tfevents.1", file_of([version(), simple("a/b/loss", 1, 2.0), simple("a/b/loss", 2, 1.0)]))
    (tmp_path / "logs.zip").write_bytes(packed.getvalue())
    (run,) = collect(("logs.zip",)).runs
    assert [(one.name, one.values.tolist()) for one in run.series] == [("a/b/loss", [2.0, 1.0])]


def test_several_values_of_one_summary_are_points_of_their_own() -> None:
    both = Summary(value=[Summary.Value(tag="loss/g", simple_value=1.0), Summary.Value(tag="loss/d", simple_value=2.0)])
    data = file_of([version(), Event(wall_time=START, step=3, summary=both)])
    assert curves("events.out.tfevents.1", data) == {"loss/g": (None, [1], [3], None), "loss/d": (None, [2], [3], None)}
