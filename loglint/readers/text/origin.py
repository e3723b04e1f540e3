"""Which program wrote a text log, where an unmistakable mark tells it, and which lines near its records were not understood."""

from __future__ import annotations

import re

import numpy as np

from loglint.model import Bools
from loglint.readers.text.lines import Lines

MOST_UNREAD = 200
_KEYS = 20_000  # kinds of lines in which a mark must stand
_MARKS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("caffe", re.compile(rb"solvercpp|sgd_?solvercpp")),
    ("lightgbm", re.compile(rb"\[LightGBM\]|training'sl?\w+:|valid'?s?'s\w+:")),
    ("catboost", re.compile(rb"^:learn:(?:test:best:\(\))?total:")),
    (
        "xgboost",
        re.compile(
            rb"(?i)^(?:\[::\])?\[\](?:train|valid|validation|test|eval|dtrain|dtest)\w*(?:logloss|error|rmse|auc|mae|merror|mlogloss|aucpr|map|ndcg)"
        ),
    ),
    ("darknet", re.compile(rb"^:,avg(?:loss)?,rate,seconds,images")),
    ("detectron2", re.compile(rb"dutilsevents|dengine")),
    ("mmengine", re.compile(rb"mmengine")),
    ("mmdetection", re.compile(rb"mmdet")),
    ("maskrcnn-benchmark", re.compile(rb"maskrcnnbenchmark")),
    ("fairseq", re.compile(rb"fairseq|valid on 'valid' subset|validon'valid'subset")),
    ("megatron-lm", re.compile(rb"consumedsamples:")),
    ("deepspeed", re.compile(rb"(?i)\[deepsp|deepscale")),
    ("keras", re.compile(rb"/\[\][^|]*loss:|^/[^|]*s?/?step[^|]*loss:")),
    ("tensorflow", re.compile(rb"INFO:tensorflow:|basicsessionrunhooks")),
    ("mxnet", re.compile(rb"Epoch\[\]Batch\[\]\S*Speed:|srcoperatornn|Speed:samples/sec")),
    ("kaldi", re.compile(rb"LOG(?:\[\])?\(\S*(?:train|nnet)\S*\)|WARNING(?:\[\])?\(\S*(?:train|nnet)\S*\)")),
    ("paddle", re.compile(rb"ppdet|ppcls|paddle")),
    ("flair", re.compile(rb"EPOCHdone:loss")),
    ("sockeye", re.compile(rb"sockeye")),
    ("allennlp", re.compile(rb"allennlp")),
    ("marian", re.compile(rb"Ep:Up:Sen:")),
    ("stable-baselines3", re.compile(rb"^\|rollout/\|\|$")),
    ("mlperf", re.compile(rb":::MLL?[PO]")),
    ("transformers", re.compile(rb"\{'loss':.*'learningrate':.*'epoch':")),
    ("scikit-learn", re.compile(rb"^Norm:,NNZs:|^IterTrainLoss")),
)
_NUMBERED = re.compile(r"\d")
_MEASURING = re.compile(rb"loss|accuracy|\bacc\b|ppl|perplexity|reward|bleu|\bmap\b|auc|nll")


def framework(lines: Lines) -> str | None:
    """The first program whose mark stands in the text."""
    return next((name for name, mark in _MARKS if next(lines.mentions.as_written(mark), _KEYS) < _KEYS), None)


def unread(lines: Lines, used: Bools, *, measuring: bool = True) -> tuple[tuple[int, str], ...]:
    """Lines that speak of a loss or metric (unless `measuring` is False: any lines), hold a number and gave no point.

    `used` marks lines that did, and others that are explained.

    (physical line, text) of the first of them.
    """
    told: list[tuple[int, str]] = []
    found = np.array(lines.mentioning(_MEASURING) if measuring else lines.where(lambda key: True), dtype=np.int64)
    for i in found[~used[found]].tolist():
        text = lines.texts[i]
        if _NUMBERED.search(text):
            told.append((int(lines.numbers[i]), text.strip()[:300]))
            if len(told) == MOST_UNREAD:
                break
    return tuple(told)
