"""What each reader is for, and a small example of each form it reads: the source of docs/formats.md and of the readers' tests.

Nothing here is needed to read a log. Binary formats have no example in this file; `benchmarks.formats` builds one of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec


class Form(msgspec.Struct, frozen=True):
    """One form that a reader takes: who writes it, and a file of it."""

    written_by: str
    path: str
    text: str


class About(msgspec.Struct, frozen=True):
    """A reader in words: what is taken, what is left, and what its tests hold it against; and its forms."""

    taken: str
    left: str
    oracle: str
    forms: Sequence[Form] = ()


CATALOGUE: Mapping[str, About] = {
    "tensorboard": About(
        "every scalar of every tag (old and new encodings), histograms, hyper-parameters, custom layouts, restart markers",
        "images, audio, text, graphs",
        "the tensorboard package's own messages and record writer",
    ),
    "pickles": About(
        "nothing: the file is named and refused, since loading one runs the code in it",
        "everything",
        "the opcodes of Python's pickle protocols",
    ),
    "wandb": About(
        "history, histograms, configuration, summary, exit code of a run's transaction log, online or offline",
        "media, tables, system metrics, console output",
        "LevelDB's log format and W&B's message definitions, written by hand",
    ),
    "swanlab": About(
        "the scalars of a run's own log in both of its versions, and the error it ended with",
        "media, console output, system metrics",
        "SwanLab's message definitions, written by hand",
    ),
    "sqlite": About(
        "MLflow's tracking store, trackio's projects, any table of name, value and step or epoch; one run each",
        "everything else in the database; no view, trigger or function is run",
        "Python's sqlite3",
    ),
    "parquet": About(
        "loglint's own exports, histories of any writer (needs pyarrow; a file has to be named)",
        "tables that are no history of a training",
        "pyarrow",
    ),
    "notebook": About(
        "what the cells printed, their tables and progress bars; each training cell is a run",
        "the code, pictures",
        "Python's json, and the text reader on the same lines",
        (
            Form(
                "Jupyter",
                "train.ipynb",
                '{"cells": [{"cell_type": "code", "outputs": [{"output_type": "stream", "name": "stdout",\n'
                '  "text": ["epoch 1 loss 0.9\\n", "epoch 2 loss 0.5\\n", "epoch 3 loss 0.4\\n"]}]}], "nbformat": 4}\n',
            ),
        ),
    ),
    "json": About(
        "records, lines of records, mappings of lists, plots (x and y), one file for each epoch; NaN literals and broken ends too",
        "documents without a training quantity; final results are facts, no curves",
        "Python's json",
        (
            Form(
                "Hugging Face Trainer",
                "checkpoint-20/trainer_state.json",
                '{"global_step": 20, "log_history": [\n  {"epoch": 0.5, "learning_rate": 5e-05, "loss": 1.9, "step": 10},\n'
                '  {"epoch": 1.0, "learning_rate": 3e-05, "loss": 1.2, "step": 20},\n'
                '  {"epoch": 1.0, "eval_loss": 1.3, "step": 20}]}\n',
            ),
            Form(
                "mmengine",
                "vis_data/scalars.json",
                '{"lr": 0.02, "loss": 1.9, "loss_cls": 1.2, "epoch": 1, "iter": 50, "step": 50}\n'
                '{"lr": 0.02, "loss": 1.4, "loss_cls": 0.9, "epoch": 1, "iter": 100, "step": 100}\n'
                '{"coco/bbox_mAP": 0.31, "step": 1}\n',
            ),
            Form(
                "detectron2",
                "metrics.json",
                '{"iteration": 19, "total_loss": 1.9, "lr": 0.01}\n{"iteration": 39, "total_loss": 1.4, "lr": 0.02}\n',
            ),
            Form("Keras", "history.json", '{"loss": [0.9, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.5]}\n'),
            Form(
                "Ray Tune",
                "trial/result.json",
                '{"loss": 0.9, "training_iteration": 1, "config": {"lr": 0.1}}\n'
                '{"loss": 0.5, "training_iteration": 2, "config": {"lr": 0.1}}\n',
            ),
            Form(
                "AllenNLP",
                "metrics_epoch_1.json",
                '{"epoch": 1, "training_loss": 0.5, "validation_loss": 0.6, "best_epoch": 1}\n',
            ),
            Form("Sacred", "runs/1/metrics.json", '{"training.loss": {"steps": [0, 10], "values": [0.9, 0.5]}}\n'),
            Form(
                "ClearML (reported scalars)",
                "scalars.json",
                '{"loss": {"train": {"x": [0, 1, 2], "y": [0.9, 0.5, 0.4]}, "validation": {"x": [0, 2], "y": [0.8, 0.6]}}}\n',
            ),
            Form(
                "ClearML (offline)",
                "metrics.jsonl",
                '[{"type": "training_stats_scalar", "metric": "loss", "variant": "train", "iter": 0, "value": 0.9}]\n'
                '[{"type": "training_stats_scalar", "metric": "loss", "variant": "train", "iter": 1, "value": 0.5}]\n'
                '[{"type": "training_stats_scalar", "metric": "loss", "variant": "train", "iter": 2, "value": 0.4}]\n',
            ),
            Form(
                "SwanLab (older versions)",
                "swanlog/run-1/logs/train%2Floss/1000.log",
                '{"index": 0, "data": 0.9, "create_time": "2024-01-01T00:00:00+00:00"}\n'
                '{"index": 1, "data": 0.5, "create_time": "2024-01-01T00:00:01+00:00"}\n',
            ),
            Form("TensorBoard (JSON download)", "run-train-tag-loss.json", "[[1700000000.0, 0, 0.9], [1700000001.0, 10, 0.5]]\n"),
        ),
    ),
    "config": About(
        "settings beside a log (YAML, JSON, TOML; Hydra, W&B, SwanLab, namespaces), under the names that tools give such files",
        "files of other names; secrets, e-mails, hosts and users are never shown",
        "PyYAML, Python's json and tomllib",
        (Form("Hydra and most scripts", "config.yaml", "optimizer:\n  name: sgd\n  lr: 0.1\nbatch_size: 64\nseed: 3\n"),),
    ),
    "mlflow": About(
        "metrics, parameters and the run's name of MLflow's file store",
        "artifacts and the other tags",
        "str.split and float, line by line",
        (
            Form(
                "MLflow",
                "mlruns/0/0123456789abcdef0123456789abcdef/metrics/loss",
                "1700000000000 0.9 0\n1700000001000 0.5 1\n1700000002000 0.4 2\n",
            ),
        ),
    ),
    "csv": About(
        "tables with a header, whatever the separator: wide, long (a row for each value), sheets of several runs, restarts",
        "tables of data, of results (one row for each model), without an axis",
        "Python's csv module and pandas",
        (
            Form(
                "Lightning",
                "lightning_logs/version_0/metrics.csv",
                "epoch,step,train_loss_step,val_loss\n0,9,1.9,\n0,19,1.5,\n0,19,,1.4\n1,29,1.2,\n1,39,1.1,\n1,39,,1.2\n",
            ),
            Form("Ultralytics", "results.csv", "epoch, train/box_loss, metrics/mAP50(B)\n1, 1.9, 0.2\n2, 1.5, 0.3\n3, 1.2, 0.4\n"),
            Form(
                "timm",
                "summary.csv",
                "epoch,train_loss,eval_loss,eval_top1,lr\n0,6.9,6.5,1.2,0.1\n1,6.1,5.8,4.0,0.09\n2,5.4,5.1,9.5,0.05\n",
            ),
            Form(
                "Weights & Biases (export)",
                "wandb_export.csv",
                '"Step","run-a - loss","run-a - loss__MIN","run-a - loss__MAX"\n"0","0.9","0.9","0.9"\n"1","0.5","0.5","0.5"\n',
            ),
            Form(
                "TensorBoard (CSV download)",
                "run-train-tag-loss.csv",
                "Wall time,Step,Value\n1700000000.0,0,0.9\n1700000001.0,10,0.5\n",
            ),
            Form("DVCLive", "dvclive/plots/metrics/train/loss.tsv", "step\tloss\n0\t0.9\n1\t0.5\n2\t0.4\n"),
            Form(
                "Aim (data frame of metrics)",
                "metrics.csv",
                "idx,step,value,epoch,run.hash,run.hparams.lr,metric.name,metric.context.subset\n"
                "0,0,0.9,0,ab12,0.1,loss,train\n1,10,0.5,1,ab12,0.1,loss,train\n2,20,0.4,2,ab12,0.1,loss,train\n"
                "0,0,0.8,0,ab12,0.1,loss,val\n1,10,0.6,1,ab12,0.1,loss,val\n2,20,0.5,2,ab12,0.1,loss,val\n",
            ),
            Form(
                "Stable Baselines (progress)",
                "progress.csv",
                "rollout/ep_rew_mean,time/total_timesteps,train/loss\n20.5,2048,\n31.0,4096,0.9\n45.5,6144,0.5\n",
            ),
            Form(
                "Stable Baselines (monitor)",
                "0.monitor.csv",
                '#{"t_start": 1700000000.0, "env_id": "CartPole-v1"}\nr,l,t\n12.0,12,0.5\n20.0,20,0.9\n35.0,35,1.4\n',
            ),
            Form("CatBoost", "catboost_info/learn_error.tsv", "iter\tLogloss\n0\t0.69\n1\t0.65\n2\t0.61\n"),
        ),
    ),
    "text": About(
        "lines by their structure: counters, named numbers, tables, progress bars, several ranks and kinds of lines in one file",
        "text that is no training log; `show --unread` lists lines that speak of a loss or metric and gave no point",
        "small logs written by hand with every curve that must come out",
    ),
}
