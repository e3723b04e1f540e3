"""Is this text a training log? Prose, tables of results, source code and system logs hold numbers too.

A log of training repeats a record that holds a loss or a metric: with a counter of its own, under epochs that headings
count, or bare but so often that the text consists of it. A single record will do if a counter and a sure name stand in it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import FEW, Column
from loglint.readers.text.lines import Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.remarks import Remarks
from loglint.readers.text.shapes import SPACE, classify

PROSE = 6  # words that name nothing, beyond which a line is a sentence
SHOWN = 5  # records of a log that a program's text shows in a comment, at least
_STATEMENT = re.compile(
    r"\s*(?:import \w|from [\w.]+ import |def \w+\(|class \w+|return\b|(?:for|if|while|with|elif) .*:\s*$|"
    r"(?:else|try|finally):\s*$|except\b.*:|"
    r"#include|public |private |static |void |function\b|const |let |var |package |namespace |"
    r"\}\s*(?:else)?\s*\{?$|\w+\(.*\);\s*$|@\w+|sub \w+|my [%$@(]|"
    r"(?:if|for|while|elsif|unless) ?\(.*\{\s*$)"
)
_OPENINGS = frozenset(  # the first three characters of a statement in the form of its line, some others too
    form[:3]
    for form in classify(
        b"import,from,def,class,return,for,if ,if(,while,with,elif,else,try,finally,except,#include,public,private,static,void,"
        b"function,const,let,var,package,namespace,sub,my ,elsif,unless".replace(b",", b"\n")
    ).forms
)
_ENDED = re.compile(r"\D*[A-Za-z]\D*;\s*$")  # a statement without a number
_CLOSING = sought(b"trainruntime")  # in the key of Hugging Face's last record
_PROSE_WORDS = frozenset(  # beside a quantity they make a sentence of one record
    "and or the a an our expect expected target should about around reach reaches reached get gets gives got obtain obtained "
    "roughly achieve achieves achieved report reported final baseline than with".split()
)
FALLS = 0.2  # share of records whose counter may be behind the one before
NEAR = 15  # lines that one record printed as a block takes
DENSE = 0.25  # share of a text's lines that bare records must make up


def judge(found: list[Column], lines: Lines, said: Remarks) -> list[Column]:
    """The columns if the text is a training log, else none."""
    if not found or lines.texts[0].startswith("%!PS"):
        return []  # PostScript draws its letters between numbers
    strong = [column for column in found if vocabulary.strength(column.key.name) == "strong"]
    lines_of = Counter(int(column.index[0]) for column in strong if column.key.stage.startswith("step") and column.clear)
    strong = [column for column in strong if _terse(column) or (lines_of[int(column.index[0])] >= 3 and column.free <= 3 * PROSE)]
    if _is_source(lines):
        strong = [column for column in strong if column.key.stage != "bare" and len(column.index) >= SHOWN]
        return found if any(_counted(column) for column in strong) else []
    if said.sure or said.scales or any(_counted(column) for column in strong) or _paced(found):
        return found
    if _dense(strong, lines) or _headed(strong) or _placed(strong) or _lost(strong) or _together(strong) or _block(strong):
        return found
    return []


def _terse(column: Column) -> bool:
    """Whether a line is no sentence, or one that a program repeats with its counter going on."""
    return column.free <= PROSE or (
        column.free <= 2 * PROSE and len(column.index) >= FEW and column.key.stage.startswith("step") and _forward(column)
    )


def _counted(column: Column) -> bool:
    """Whether the records say themselves where in training they stand."""
    if column.key.stage == "bare":
        return False
    sure = vocabulary.is_sure(column.key.name)
    if len(column.index) == 1:
        return sure and column.clear and not _PROSE_WORDS & set(column.key.name.lower().split())
    place = column.step if np.isfinite(column.step).any() else column.epoch
    finite = place[np.isfinite(place)]
    several = len(finite) > 1 and bool(finite.min() < finite.max())
    return (sure and column.clear) or (several and (column.clear or bool((np.diff(place) < 0).mean() <= FALLS)))


def _is_source(lines: Lines) -> bool:
    """Whether the text is a program: every twentieth line or more is a statement that no log prints."""
    shapes = zip(lines.shapes.forms, lines.shapes.first, strict=True)
    statement = np.array([_may_state(form) and _is_statement(lines.texts[first]) for form, first in shapes], dtype=bool)
    least = max(3, 0.05 * lines.told)
    stated = np.flatnonzero(statement[lines.shapes.code]).tolist() if statement.any() else []
    if len(stated) < least:
        return False
    above = ((lines.texts[k] for k in range(i - 1, -1, -1) if lines.texts[k].strip()) for i in stated)
    return sum('File "' not in next(texts, "") for texts in above) >= least  # a traceback quotes statements, each under its file


def _may_state(form: bytes) -> bool:
    """Whether a line of this form can be a statement."""
    bare = form.strip(SPACE)
    return bare[:3] in _OPENINGS or bare[:1] in b"@}" or bare[-1:] == b";"


def _is_statement(text: str) -> bool:
    return _STATEMENT.match(text) is not None or (";" in text and _ENDED.match(text) is not None)


def _paced(found: Sequence[Column]) -> bool:
    """Whether a learning rate or gradient norm is logged against a counter, the loss being left out."""
    return any(
        column.key.stage != "bare" and len(column.index) > 1 and vocabulary.is_rate(column.key.name) and _forward(column)
        for column in found
    )


def _forward(column: Column) -> bool:
    """Whether the counter of a curve goes up nearly always."""
    place = column.step if np.isfinite(column.step).any() else column.epoch
    return bool((np.diff(place) > 0).mean() >= 0.8)


def _lost(strong: Sequence[Column]) -> bool:
    """Whether losses of a split are printed as NaN: only a training does that."""
    return any("loss" in column.key.name.lower() and column.key.split and np.isnan(column.values).any() for column in strong)


def _together(strong: Sequence[Column]) -> bool:
    """Whether three losses stand in one line under a heading that counts epochs."""
    under = [column for column in strong if "loss" in column.key.name.lower() and np.isfinite(column.epoch).any()]
    lines = [int(column.index[0]) for column in under]
    return any(lines.count(line) >= 3 for line in set(lines))


def _block(strong: Sequence[Column]) -> bool:
    """Whether a loss or reward and two quantities more, each on a line of its own, stand close together behind one step."""
    bare = [
        (int(column.index[-1]), float(column.step[-1]), column.key.name.lower())
        for column in strong
        if column.key.stage == "bare" and column.signed and column.free == 0 and column.key.name.count(" ") < 4
    ]
    placed = sorted(one for one in bare if np.isfinite(one[1]) and vocabulary.is_sure(one[2]))
    return any(
        a[0] < b[0] < c[0] <= a[0] + NEAR
        and a[1] == b[1] == c[1]
        and any("loss" in one[2] or "reward" in one[2] for one in (a, b, c))
        for a, b, c in zip(placed, placed[1:], placed[2:], strict=False)
    )


def summed_up(found: Sequence[Column], lines: Lines) -> tuple[list[Column], dict[str, float]]:
    """The curves, and apart from them the single values that close a log (`Test accuracy: 0.91`, a run time's companions)."""
    counted = [column for column in found if column.key.stage != "bare" and vocabulary.strength(column.key.name) == "strong"]
    last = max((int(column.index[-1]) for column in counted if len(column.index) > 1), default=None)
    closing = frozenset(lines.having(list(lines.mentions.as_written(_CLOSING))).tolist())
    first = min((int(column.index[0]) for column in counted if len(column.index) > 1), default=None)
    curves: list[Column] = []
    facts: dict[str, float] = {}
    for column in found:
        single = len(column.index) == 1 and column.stated is None
        if single and (int(column.index[0]) in closing or (_closes(column, last))):
            facts[column.key.name] = float(column.values[0])
        elif (
            single
            and column.key.stage == "bare"
            and first is not None
            and int(column.index[0]) < first
            and "loss" not in column.key.name
        ):
            continue  # a setting printed before the first record
        elif single and column.key.stage == "bare" and column.free > PROSE and len(found) > 1:
            continue  # a number in a sentence beside the records
        else:
            curves.append(column)
    return curves, facts


def _closes(column: Column, last: int | None) -> bool:
    """Whether a bare value stands behind all records and is of no validation that may go on."""
    return (
        column.key.stage == "bare"
        and column.key.split != "val"
        and column.key.label != "overflow"
        and last is not None
        and int(column.index[0]) > last
    )


def _dense(strong: Sequence[Column], lines: Lines) -> bool:
    """Whether the text consists of bare records of one kind."""
    rows: dict[tuple[str, str], int] = defaultdict(int)
    for column in strong:
        if (
            column.key.stage == "bare"
            and vocabulary.is_sure(column.key.name)
            and "err" not in column.key.name.lower()
            and len(column.key.name.split(" ")) <= 4
        ):
            rows[(column.key.name, column.key.label)] += len(column.index)
    most = max(rows.values(), default=0)
    return most >= 3 and most >= DENSE * lines.told / max(1, _period(rows))


def _period(rows: dict[tuple[str, str], int]) -> int:
    """How many lines one record of the text takes: bare records often come several lines to a record."""
    return max(1, min(8, len(rows)))


def _headed(strong: Sequence[Column]) -> bool:
    """Whether bare records stand under headings that count epochs, or each under a step of its own."""
    bare = [column for column in strong if column.key.stage == "bare" and vocabulary.is_sure(column.key.name)]
    return any(len(np.unique(column.epoch[np.isfinite(column.epoch)])) > 1 or _stepped(column) for column in bare)


def _stepped(column: Column) -> bool:
    """Whether each record has a step of its own, further on than that of the one before."""
    records = len(column.index)
    few_words = column.free == 0 or (records >= FEW and column.free <= 2)
    return records > 1 and bool((np.diff(column.step) > 0).all()) and column.clear and few_words


def _placed(strong: Sequence[Column]) -> bool:
    """Whether one line says epoch and step, and two losses or metrics beside them."""
    lines = [
        int(column.index[0])
        for column in strong
        if column.key.stage.startswith("step") and column.clear and np.isfinite([column.epoch[0], column.step[0]]).all()
    ]
    return any(lines.count(line) >= 2 for line in set(lines))
