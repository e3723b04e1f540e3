"""A rule and a bibliography written to a folder, to be broken in one place by each test."""

from __future__ import annotations

from pathlib import Path

RULE = """
code = "GEN001"
name = "overfitting"
scope = "curves"
severity = "warning"
edition = "2026.1"
summary = "validation rises"
message = "{val} is {sigmas:.1f} standard errors above its best at {axis} {best_step}"
why = "because"
wrong_when = ["the metric improves"]
folds = ["GEN002", "STA"]
cite = [{ recipe = "book", where = "chapter 1" }]
zh = { summary = "过拟合", remedy = ["提前停止", { do = "降低学习率至 {lr_next}", otherwise = "降低学习率" }] }

[[severity_when]]
severity = "error"
at_least = { rise = 2 }

[[remedy]]
do = "stop at {best_step}"
cite = { recipe = "book", where = "chapter 1" }
[[remedy]]
do = "lower the learning rate to {lr_next}"
otherwise = "lower the learning rate"
cite = { recipe = "book", where = "chapter 2" }

[detect]
with = "rise_after_minimum"
inputs = { val = "val/loss", train = "train/objective?", metric = "val/metric?" }
each = "val"
min_points = 8
train_sigmas = 3
train_share = 0.5
train_rise = 0.05
metric_sigmas = 2
short_rises = 3
short_rise = 0.25
min_rise = 0.03
min_sigmas = 5

[next]
edition = "2027.1"
min_rise = 0.02

[[bad]]
why = "falls and rises"
train = "2.3-0.05x40"
val = "2.3-0.05x20 1.3+0.02x19"
at = 20
at_within = 3
[[good]]
why = "falls"
train = "2.3-0.05x40"
val = "2.3-0.05x40"
"""
SOURCES = """
[book]
title = "The Book"
url = "https://example.org/book"
year = 2020
[book.sections]
"chapter 1" = "Chapter 1: of rising"
"chapter 2" = "Chapter 2: of falling"
"""


def write_book(folder: Path, old: str = "", new: str = "", name: str = "GEN001-overfitting.toml") -> Path:
    """RULE with `old` replaced by `new` under `name`, and SOURCES, in `folder`."""
    if old and old not in RULE:
        raise ValueError(f"{old!r} is not in the rule")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(RULE.replace(old, new, 1) if old else RULE, encoding="utf-8")
    (folder / "recipes.toml").write_text(SOURCES, encoding="utf-8")
    return folder
