"""Plain text logs, read by structure: lines, their kinds, the named numbers in them, and the curves these make.

`clean` takes out of the bytes what is for the eye only, `lines` cuts them into lines (`texts`, each decoded when it is asked
for), `glue` parts those that hold several, `shapes` finds those that are alike, `mentions` those that speak of something,
`prefix` finds where a message begins, `grammar` reads one line (a number by `figures`, into a `sentence`), `template` and
`digits` read all lines of a kind in bulk, `merge` joins kinds, `axes` and `curves` turn records into curves, `series` names and
places these; what breaks the general shape is in `tables` (with `heads`, `headers` and `rows`), `boxes`, `blocks` and `dialects`,
what is said in words in `remarks`, hyper-parameters in `settings`. Whether a text is a training log at all is said in `verdict`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loglint.model import Bools, Problem, Reading, Source
from loglint.readers.text import blocks, curves, dialects, merge, origin, remarks, series, settings, tables, template, verdict
from loglint.readers.text import patterns as user
from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import Column
from loglint.readers.text.lines import Lines, split
from loglint.readers.text.patterns import UserPattern
from loglint.readers.text.remarks import Remarks
from loglint.readers.text.sentence import Sentence
from loglint.readers.text.template import Batch

FORMAT = "text"
_NO_LOG = "no training quantity with a counter or an order was found in this text"


def claims(path: str, head: bytes) -> bool:
    """Whether the file is text: no NUL bytes unless it says UTF-16, and few control characters."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if b"\x00" in head:
        return False
    odd = len(head.translate(None, bytes(set(range(256)) - set(range(32)) | {7, 8, 9, 10, 12, 13, 27})))
    return odd <= 0.02 * len(head)


def read(path: str, data: bytes, patterns: Sequence[UserPattern] = ()) -> tuple[Reading, ...]:
    """All that a text log holds; without series and with a problem `not_a_log` when it is none.

    `patterns` are the user's regular expressions with named groups (`step`, `epoch`, and one per value), tried first. Raises
    `ConfigError` for a pattern that is none.
    """
    lines = split(data)
    said = remarks.read(lines, path)
    mine, matched = user.read(lines, patterns)
    found, used = _columns(lines, said, frozenset(matched))
    found, summary = verdict.summed_up([*mine, *found], lines)
    named = series.assemble(found, lines, path)
    explained = used.copy()
    explained[list(said.lines)] = True
    if not named:
        problem = Problem("not_a_log", path, _NO_LOG)
        unread = origin.unread(lines, explained) or origin.unread(lines, explained, measuring=False)
        return (Reading(Source(path, FORMAT), config=settings.read(lines, used), problems=(problem,), unread=unread),)
    return (
        Reading(
            Source(path, FORMAT, origin.framework(lines)),
            series=named,
            config=settings.read(lines, used),
            summary=summary,
            events=said.events,
            unread=origin.unread(lines, explained),
        ),
    )


def _columns(lines: Lines, said: Remarks, matched: frozenset[int]) -> tuple[list[Column], Bools]:
    """All curves of a text, none when it is no training log; and which lines they stand on."""
    tabled, in_tables = tables.read(lines)
    spoken, in_dialects = dialects.read(lines, in_tables)
    blocked, in_blocks = blocks.read(lines, in_tables)
    taken = in_tables.copy()
    taken[list(in_dialects | in_blocks | said.lines | matched)] = True
    batches = merge.unite(list(template.read(lines, taken, _keep)))
    batches = merge.lead_rank(merge.without_doubles(merge.without_echoes(merge.without_best(batches, lines))))
    mined = dialects.placed(curves.columns(batches), spoken)
    found = curves.merge(curves.under_headings([*mined, *tabled, *spoken, *blocked], lines))
    found = remarks.vanished(batches, remarks.stated_columns(said, found))
    found = dialects.name_splits(found, _best(batches))
    found = verdict.judge(found, lines, said)
    used = np.zeros(len(lines.texts), dtype=bool)
    used[list(in_dialects | in_blocks | matched)] = True
    for column in found:
        used[column.index] = True
    return found, used


def _keep(sentence: Sentence) -> bool:
    """Whether a line says anything of a training: a counter or a quantity."""
    if any(found.kind == "value" and vocabulary.strength(found.name) != "none" for found in sentence.fields):
        return True
    return any(found.kind == "epoch" or (found.kind == "step" and found.name and not sentence.bar) for found in sentence.fields)


def _best(batches: Sequence[Batch]) -> dict[int, float]:
    """The best so far that a line prints beside its values, by line."""
    kept: dict[int, float] = {}
    for batch in batches:
        for field, column in zip(batch.sentence.fields, batch.columns, strict=True):
            if field.kind == "value" and field.name.lower() == "best":
                kept.update(zip(batch.index.tolist(), column.tolist(), strict=True))
    return kept
