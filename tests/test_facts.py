"""Hyper-parameters are recognised under their usual names, and what nobody should see is not shown."""

from __future__ import annotations

import pytest

from loglint.facts import Fact, facts, facts_of, redact, redact_text
from loglint.model import Scalar


@pytest.mark.parametrize(
    ("config", "name", "value"),
    [
        ({"lr": 0.1}, "learning_rate", 0.1),
        ({"optimizer.lr": "1e-3"}, "learning_rate", 0.001),
        ({"--learning-rate": 0.1}, "learning_rate", 0.1),
        ({"TRAIN/BASE_LR": 0.5}, "learning_rate", 0.5),
        ({"per_device_train_batch_size": 8}, "batch_size", 8),
        ({"train.batch-size": "64"}, "batch_size", 64),
        ({"SOLVER.IMS_PER_BATCH": 16}, "batch_size", 16),
        ({"optimizer._target_": "torch.optim.AdamW"}, "optimizer", "AdamW"),
        ({"optimizer": "SGD (\nParameter Group 0)"}, "optimizer", "SGD"),
        ({"data.num_classes": 10}, "num_classes", 10),
        ({"trainer.max_epochs": 3}, "epochs", 3),
        ({"seed": 0}, "seed", 0),
        ({"warmup_ratio": 0.1}, "warmup_ratio", 0.1),
        ({"num_warmup_steps": 500}, "warmup_steps", 500),
        ({"weight_decay": 0}, "weight_decay", 0),
        ({"max_grad_norm": 1.0}, "gradient_clip", 1.0),
        ({"adam_beta2": 0.98}, "beta2", 0.98),
        ({"optimizer.betas": "0.9, 0.95"}, "beta2", 0.95),
        ({"betas": "(0.9, 0.999)"}, "beta2", 0.999),
        ({"model.dropout": 0.1}, "dropout", 0.1),
        ({"loss_fn": "CrossEntropyLoss()"}, "loss_function", "CrossEntropyLoss"),
        ({"arch": "resnet50"}, "model", "resnet50"),
        ({"max_steps": 1000}, "max_steps", 1000),
    ],
)
def test_a_usual_name_is_recognised(config: dict[str, Scalar], name: str, value: object) -> None:
    assert facts(config)[name] == Fact(value, next(iter(config)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "config",
    [
        {"lr": "auto"},
        {"lr": -1},
        {"lr": True},
        {"lr": 10**400},
        {"batch_size": 0.5},
        {"num_classes": None},
        {"max_steps": -1},
        {"optimizer": "none"},
        {"epochs": "nan"},
        {"clip_lr_name": 3},
    ],
)
def test_a_value_of_the_wrong_kind_is_no_fact(config: dict[str, Scalar]) -> None:
    assert facts(config) == {}


def test_the_surest_name_and_the_shortest_key_win() -> None:
    assert facts({"max_lr": 1.0, "discriminator.lr": 0.2, "g.lr": 0.3, "lr": 0.1})["learning_rate"] == Fact(0.1, "lr")
    assert facts({"discriminator.lr": 0.2, "g.lr": 0.3})["learning_rate"] == Fact(0.3, "g.lr")


def test_plain_values_say_the_warm_up_in_its_surest_unit() -> None:
    assert facts_of({"warmup": 0.1, "lr": 1}) == {"warmup_ratio": 0.1, "warmup": 0.1, "learning_rate": 1}
    assert facts_of({"warmup_steps": 10, "warmup_ratio": 0.1})["warmup"] == 10
    assert facts_of({}) == {}


PLANTED = {
    "wandb.api_key": "0123456789abcdef0123456789abcdef01234567",
    "hub_token": "hf_QwErTyUiOpAsDfGhJkLz",
    "db": {"password": "hunter2"},
    "auth": "Basic Zm9vOmJhcg==",
    "user": "planted_user",
    "mlflow.user": "planted_user",
    "hostname": "planted-host",
    "node_ip": "10.1.2.3",
    "output_dir": "/home/planted_user/runs/1",
    "cache": r"C:\Users\planted_user\cache",
    "data": "https://planted_user:hunter2@planted-host.example.com/set?sig=abc",
    "note": "ask planted_user@planted-host.org or ping 192.168.7.8:9000, see planted-host.cluster.local",
    "init": "tcp://10.1.2.3:23456",
    "aws": "AKIAIOSFODNN7EXAMPLE",
}
LEAKS = ("0123456789abcdef", "QwErTy", "hunter2", "Zm9v", "planted", "10.1.2.3", "192.168", "AKIA", "sig=")


def test_no_planted_secret_person_or_host_is_shown() -> None:
    config: dict[str, Scalar] = {
        key: value if isinstance(value, str) else str(value) for key, value in PLANTED.items() if key != "db"
    }
    config["db.password"] = "hunter2"
    out = repr(redact(config))
    assert [leak for leak in LEAKS if leak in out] == []
    assert set(redact(config)) == set(config)


def test_what_is_no_secret_is_shown_as_it_is() -> None:
    harmless: dict[str, Scalar] = {
        "lr": 0.1,
        "pad_token": "<pad>",
        "max_tokens": 4096,
        "tokens_per_second": 12.5,
        "tokenizer": "bert-base-uncased",
        "resume": None,
        "monitor": "val_loss",
        "version": "1.2.3",
        "optimizer._target_": "torch.optim.AdamW",
        "path": "data/train/x.csv",
        "bf16": True,
        "key_dim": 64,
    }
    assert redact(harmless) == harmless


def test_control_characters_are_taken_out() -> None:
    assert redact({"a\x1b[31m": "b\x1b]0;x\x07\u202ec"}) == {"a [31m": "b ]0;x  c"}
    assert redact_text("a\nb") == "a b"


def test_settings_are_bounded_in_number() -> None:
    assert len(redact({f"k{i}": i for i in range(2000)})) == 500
