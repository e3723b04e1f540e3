"""Which program wrote a text log, where an unmistakable mark tells it, and which lines near its records were not understood."""

from __future__ import annotations

import re

import numpy as np

from loglint.model import Bools
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.mentions import sought

MOST_UNREAD = 200
_KEYS = 20_000  # kinds of lines in which a mark must stand
_PROGRAMS = "programs"
_MARKS: tuple[tuple[str, re.Pattern[bytes]], ...] = tuple(
    (program, sought(mark, _PROGRAMS))
    for program, mark in (
        ("caffe", rb"solvercpp|sgd_?solvercpp"),
        ("lightgbm", rb"\[LightGBM\]|training'sl?\w+:|valid'?s?'s\w+:"),
        ("catboost", rb"^:learn:(?:test:best:\(\))?total:"),
        (
            "xgboost",
            rb"(?i)^(?:\[::\])?\[\](?:train|valid|validation|test|eval|dtrain|dtest)\w*(?:logloss|error|rmse|auc|mae|merror|mlogloss|aucpr|map|ndcg)",
        ),
        ("darknet", rb"^:,avg(?:loss)?,rate,seconds,images"),
        ("detectron2", rb"dutilsevents|dengine"),
        ("mmengine", rb"mmengine"),
        ("mmdetection", rb"mmdet"),
        ("maskrcnn-benchmark", rb"maskrcnnbenchmark"),
        ("fairseq", rb"fairseq|valid on 'valid' subset|validon'valid'subset"),
        ("megatron-lm", rb"consumedsamples:"),
        ("deepspeed", rb"(?i)\[deepsp|deepscale"),
        ("keras", rb"/\[\][^|]*loss:|^/[^|]*s?/?step[^|]*loss:"),
        ("tensorflow", rb"INFO:tensorflow:|basicsessionrunhooks"),
        ("mxnet", rb"Epoch\[\]Batch\[\]\S*Speed:|srcoperatornn|Speed:samples/sec"),
        ("kaldi", rb"LOG(?:\[\])?\(\S*(?:train|nnet)\S*\)|WARNING(?:\[\])?\(\S*(?:train|nnet)\S*\)"),
        ("paddle", rb"ppdet|ppcls|paddle"),
        ("flair", rb"EPOCHdone:loss"),
        ("sockeye", rb"sockeye"),
        ("allennlp", rb"allennlp"),
        ("marian", rb"Ep:Up:Sen:"),
        ("stable-baselines3", rb"^\|rollout/\|\|$"),
        ("mlperf", rb":::MLL?[PO]"),
        ("transformers", rb"\{'loss':.*'learningrate':.*'epoch':"),
        ("scikit-learn", rb"^Norm:,NNZs:|^IterTrainLoss"),
    )
)
_NUMBERED = re.compile(r"\d")
_MEASURING = sought(rb"loss|accuracy|\bacc\b|ppl|perplexity|reward|bleu|\bmap\b|auc|nll")


def framework(lines: Lines) -> str | None:
    """The first program whose mark stands in the text."""
    return next((name for name, mark in _MARKS if next(lines.mentions.as_written(mark), _KEYS) < _KEYS), None)


def unread(lines: Lines, used: Bools, *, measuring: bool = True) -> tuple[tuple[int, str], ...]:
    """Lines that speak of a loss or metric (unless `measuring` is False: any lines), hold a number and gave no point.

    `used` marks lines that did, and others that are explained.

    (physical line, text) of the first of them.
    """
    told: list[tuple[int, str]] = []
    numbered = lines.numbered[lines.shapes.code]
    if measuring:
        found = lines.having(lines.mentions.of(_MEASURING, lines.kinds(lines.numbered)))
    else:
        short = np.array([len(key) < LONGEST for key in lines.keys], dtype=bool)
        found = np.flatnonzero(short[lines.kind][lines.shapes.code])
    for i in found[~used[found] & numbered[found]].tolist():
        text = lines.texts[i]
        if _NUMBERED.search(text):
            told.append((int(lines.numbers[i]), text.strip()[:300]))
            if len(told) == MOST_UNREAD:
                break
    return tuple(told)
