"""Plain text logs, read by structure: lines, their kinds, the named numbers in them, and the curves these make.

`lines` cuts bytes into lines, `prefix` finds where a message begins, `grammar` reads one line, `template` reads all lines of
a kind in bulk, `axes` and `curves` turn records into series; what breaks the general shape is in `tables` and `dialects`.
Whether a text is a training log at all is said in `verdict`.
"""

from __future__ import annotations

from collections.abc import Sequence

from loglint.model import Problem, Reading, Source
from loglint.readers.text import curves, tables, template, verdict
from loglint.readers.text import words as vocabulary
from loglint.readers.text.grammar import Sentence
from loglint.readers.text.lines import split

FORMAT = "text"


def claims(path: str, head: bytes) -> bool:
    """Whether the file is text: no NUL bytes unless it says UTF-16, and few control characters."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if b"\x00" in head:
        return False
    odd = len(head.translate(None, bytes(set(range(256)) - set(range(32)) | {7, 8, 9, 10, 12, 13, 27})))
    return odd <= 0.02 * len(head)


def keep(sentence: Sentence) -> bool:
    """Whether a line says anything of a training: a counter or a quantity."""
    if any(found.kind == "value" and vocabulary.strength(found.name) != "none" for found in sentence.fields):
        return True
    return any(found.kind == "epoch" or (found.kind == "step" and found.name and not sentence.bar) for found in sentence.fields)


def read(path: str, data: bytes, patterns: Sequence[str] = ()) -> tuple[Reading, ...]:
    """All curves of a text log; one `Reading` without series and a problem `not_a_log` when it is none."""
    lines = split(data)
    tabled, taken = tables.read(lines)
    groups = template.group(lines, taken)
    batches = list(template.read_groups(lines, groups, keep))
    found, _, _ = curves.columns(batches)
    found = curves.merge([*found, *tabled])
    found = verdict.judge(found, lines)
    series = curves.assemble(found, lines, path)
    problems = (
        () if series else (Problem("not_a_log", path, "no training quantity with a counter or an order was found in this text"),)
    )
    return (Reading(Source(path, FORMAT), series=series, problems=problems),)
