"""What a user may write into the configuration to correct a reading: two lines for a kind of line that gave nothing, two for a
curve whose name says nothing. A pattern is only suggested when it has been tried on the lines themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np

from loglint.readers.text import lines, patterns, prefix, words
from loglint.readers.text.patterns import UserPattern
from loglint.readers.text.tokens import NUMBER, ODD

TRIED = 20  # lines for which a pattern is looked for
REPEATED = 3  # lines of one kind from which on one without a named quantity is worth a pattern
LEFT = 12  # characters before a number by which it is known again
NEAR = 24  # characters behind a name within which its value stands
_NUMBER = re.compile(rf"(?<![\w.])(?:{NUMBER}|{ODD})(?![\w.])")
_WORD = re.compile(r"[A-Za-z][\w./@-]*")
_VALUE = r"[-+.\w]+"


def pattern_lines(texts: Sequence[str]) -> tuple[str, str] | None:
    """The `[[tool.loglint.pattern]]` that reads the first of these lines that one can be made for; None where none can."""
    keys = [lines.key_of(text) for text in texts[:TRIED]]
    for text, key in zip(texts, keys, strict=False):
        expression = _expression(text) or (_positional(text) if keys.count(key) >= REPEATED else None)
        if expression is not None and _works(expression, texts):
            quoted = json.dumps(expression) if "'" in expression else f"'{expression}'"
            return "[[tool.loglint.pattern]]", f"regex = {quoted}"
    return None


def role_lines(name: str) -> tuple[str, str, str]:
    """The `[[tool.loglint.role]]` for a curve called `name`, to be filled in with what it is."""
    glob = re.sub(r"[\[\]*?]", "?", name)
    known = "metric.accuracy, reward, learning_rate, gradient_norm, throughput, unknown"
    return "[[tool.loglint.role]]", f"name = {json.dumps(glob, ensure_ascii=False)}", f'role = "loss"  # or {known}'


def _expression(text: str) -> str | None:
    """A regular expression with a group for the quantity that the line names, and one for its counter where it has one."""
    start = prefix.end_of(text)
    if any(words.is_best(word) for word in _WORD.findall(text)):
        return None
    name = next((w for w in _WORD.finditer(text, start) if words.strength(w[0]) == "strong"), None)
    if name is None:
        return None
    numbers = list(_NUMBER.finditer(text, start))
    behind = next((n for n in numbers if 0 <= n.start() - name.end() <= NEAR), None)
    value = behind or next((n for n in numbers if not n[0].isdigit() and n.start() < name.start()), None)
    if value is None:
        return None
    counter = next((n for n in numbers if n[0].isdigit() and n.start() < value.start() and _counts(text, n)), None)
    group = "loss" if "loss" in name[0].lower() else re.sub(r"\W", "_", name[0])
    parts = [_known(text, start, counter.start()) + r"(?P<step>\d+).*?"] if counter else []
    parts.append(_known(text, counter.end() if counter else start, value.start()) + rf"(?P<{group}>{_VALUE})")
    if behind is None:
        parts.append(".*" + re.escape(name[0]))
    return "".join(parts)


def _positional(text: str) -> str | None:
    """For a line that says no quantity, and comes again: its counter, and the first number behind that as `value`."""
    start = prefix.end_of(text)
    numbers = list(_NUMBER.finditer(text, start))
    counter = next((n for n in numbers if n[0].isdigit() and _counts(text, n)), None)
    value = next((n for n in numbers if counter and n.start() > counter.end() and not n[0].isdigit()), None)
    if counter is None or value is None:
        return None
    left, between = _known(text, start, counter.start()), _known(text, counter.end(), value.start())
    return rf"{left}(?P<step>\d+).*?{between}(?P<value>{_VALUE})"


def _counts(text: str, number: re.Match[str]) -> bool:
    """Whether a number is a counter: an end follows it (`10/100`), or a word says so before it."""
    before = _WORD.findall(text[max(0, number.start() - LEFT) : number.start()])
    return text[number.end() : number.end() + 1] == "/" or bool(before and words.counter_of(before[-1]))


def _known(text: str, start: int, end: int) -> str:
    """What stands right before a number and holds no number itself, spaces free."""
    left = re.split(r"\d", text[max(start, end - LEFT) : end])[-1]
    return r"\s*".join(re.escape(piece) for piece in re.split(r"\s+", left))


def _works(expression: str, texts: Sequence[str]) -> bool:
    """Whether the pattern finds a number in one of the lines, as the reader of patterns reads them."""
    columns, _ = patterns.read(lines.split("\n".join(texts).encode()), [UserPattern(expression)])
    return any(np.isfinite(column.values).any() for column in columns)
