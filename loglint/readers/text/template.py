"""Lines of one kind, read in bulk.

The first line of a kind is parsed by `grammar`; its layout becomes one regular expression that takes the numbers out of
all the others. Whatever does not fit is parsed by itself. All expressions are possessive, so they run in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np

from loglint.model import Floats, Ints
from loglint.readers.text import grammar, prefix, tokens
from loglint.readers.text.grammar import Field, Sentence
from loglint.readers.text.lines import LONGEST, Lines

INTERESTING = re.compile(
    rb"(?i)loss|err|acc|ppl|perp|epoch|iter|step|batch|nll|bp[bcd]|auc|\bf1|map|iou|bleu|reward|rew|return|score|\blr|learn|train|val|test|"
    rb"nan|inf\b|norm|mae|mse|l1|l2|cost|cer|wer|round|update|psnr|prec|rec|obj|\brank|avg|grad|time|ep[ :]|dev|"
    rb"entropy|lik|elbo|\bkl|fid|"
    rb"ndcg|hit|trl|tel|deviance|gini|progress|episode|speed|dice|fitness|gan|\bd:|\bg:"
)
_RANKED = re.compile(rb"(?i)rank|<std(?:out|err)>")
_SMALL = 16
_TRIES = 24
_SLOW_LIMIT = 150_000
_RUN = re.compile(r"([ \t]+)|(\d+)|([-+.=>#_\x80-\uffff]+)|([A-Za-z]+|.)", re.S)
_SLOT = rf"({tokens.NUMBER}|{tokens.ODD})"


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one kind: `columns[j]` (float64[n]) holds the numbers of `sentence.fields[j]` on lines `index` (int64[n])."""

    sentence: Sentence
    index: Ints
    columns: tuple[Floats, ...]
    prefix: str = ""
    rank: int | None = None
    key: bytes = b""

    def column(self, *kinds: str) -> Floats | None:
        """The first column of one of these kinds."""
        for kind in kinds:
            for found, values in zip(self.sentence.fields, self.columns, strict=True):
                if found.kind == kind:
                    return values
        return None


def group(lines: Lines, taken: Set[int]) -> dict[bytes, list[int]]:
    """Lines by key, only those that can matter and are not taken yet."""
    return {
        key: [i for i in index if i not in taken] if taken else list(index)
        for key, index in lines.by_key.items()
        if len(key) < LONGEST and INTERESTING.search(key)
    }


def read_groups(lines: Lines, groups: dict[bytes, list[int]], keep: Callable[[Sentence], bool]) -> Iterator[Batch]:
    """Batches of all groups whose sentences `keep` wants."""
    budget = _SLOW_LIMIT
    for key, index in _by_rank(lines, groups):
        rest = index
        for _ in range(_TRIES if rest else 0):
            if len(rest) < _SMALL:
                break
            batch, rest = _bulk(lines, rest, key, keep)
            if batch is None:
                break
            yield batch
        budget -= len(rest)
        if budget < 0:
            return
        for i in rest:
            line = lines.texts[i]
            start = prefix.end_of(line)
            sentence = grammar.parse(line, start)
            if keep(sentence):
                values = tuple(np.array([tokens.value_of(line[f.start : f.end])]) for f in sentence.fields)
                head = line[:start]
                yield Batch(sentence, np.array([i], dtype=np.int64), values, prefix.shape_of(head), prefix.rank_of(head), key)


def _by_rank(lines: Lines, groups: dict[bytes, list[int]]) -> Iterator[tuple[bytes, list[int]]]:
    """The groups, those of several processes parted by the rank before the message."""
    for key, index in groups.items():
        if not _RANKED.search(key[:200]):
            yield key, index
            continue
        ranks: dict[int | None, list[int]] = {}
        for i in index:
            ranks.setdefault(prefix.rank_of(lines.texts[i][:100]), []).append(i)
        for members in ranks.values():
            yield key, members


def _bulk(lines: Lines, index: list[int], key: bytes, keep: Callable[[Sentence], bool]) -> tuple[Batch | None, list[int]]:
    """Read all lines laid out like the first; returns their batch and the lines that are not."""
    first = lines.texts[index[0]]
    start = prefix.end_of(first)
    sentence = grammar.parse(first, start)
    wanted = keep(sentence)
    if not wanted:
        probe = [i for i in index[:: max(1, len(index) // 4)][:4] if keep(_parse(lines.texts[i]))]
        if not probe:
            return None, []
        position = index.index(probe[0])
        index[0], index[position] = index[position], index[0]
        first = lines.texts[index[0]]
        start = prefix.end_of(first)
        sentence = grammar.parse(first, start)
    pattern = compile_layout(first, sentence.fields)
    index = sorted(index) if not wanted else index
    rows, taken, rest = _apply(pattern, lines.texts, index)
    if not taken or not sentence.fields:
        return None, index if sentence.fields else []
    if not _agrees(lines.texts, taken, sentence):
        sample = [i for i in taken if _layout(_parse(lines.texts[i])) == _layout(sentence)] if len(taken) <= 2000 else []
        chosen = set(sample) | {index[0]}
        rows = [row for row, i in zip(rows, taken, strict=True) if i in chosen]
        rest = sorted(rest + [i for i in taken if i not in chosen])
        taken = [i for i in taken if i in chosen]
    head = first[:start]
    columns = tuple(_floats(column) for column in zip(*rows, strict=True)) if sentence.fields else ()
    return Batch(sentence, np.array(taken, dtype=np.int64), columns, prefix.shape_of(head), prefix.rank_of(head), key), rest


def _parse(line: str) -> Sentence:
    return grammar.parse(line, prefix.end_of(line))


def _layout(sentence: Sentence) -> tuple[tuple[str, str, str], ...]:
    return tuple((f.kind, f.name, f.label) for f in sentence.fields)


def _agrees(texts: Sequence[str], taken: list[int], sentence: Sentence) -> bool:
    """Whether a few lines parsed one by one give the fields that the layout of the first one gives them."""
    probes = {taken[-1], taken[len(taken) // 2], taken[len(taken) // 3], taken[1] if len(taken) > 1 else taken[0]}
    return all(_layout(_parse(texts[i])) == _layout(sentence) for i in probes)


def compile_layout(line: str, fields: Sequence[Field]) -> re.Pattern[str]:
    """A pattern for all lines laid out like this one, with one group per field."""
    parts, position = ["^"], 0
    for found in fields:
        parts += [_loosen(line[position : found.start]), _slot(line[found.start : found.end])]
        position = found.end
    parts.append(r"[^\n]*+")
    return re.compile("".join(parts), re.M)


def _slot(text: str) -> str:
    return _SLOT[:-1] + r"[kKM]?)" if text[-1:] in ("k", "K", "M") else _SLOT


def _loosen(text: str) -> str:
    """The text between two numbers, with other numbers, spaces and bars free to change."""
    parts = []
    for spaces, number, bar, word in _RUN.findall(text):
        if spaces:
            parts.append(r"[ \t]*+")
        elif number:
            parts.append(r"\d*+")
        elif bar:
            parts.append(r"[-+.=>#_\x80-\uffff]*+" if len(bar) > 3 else _free(bar))
        else:
            parts.append(re.escape(word))
    return "".join(parts)


def _free(bar: str) -> str:
    """Punctuation that may come and go: a sign may be the other one."""
    signs = "-+" if set(bar) & set("-+") else ""
    return f"[{re.escape(signs + ''.join(sorted(set(bar) - set('-+'))))}]*+"


def _apply(pattern: re.Pattern[str], texts: Sequence[str], index: list[int]) -> tuple[list[tuple[str, ...]], list[int], list[int]]:
    """The groups of every line that fits, the lines that fit, and those that do not."""
    if all(pattern.match(texts[i]) for i in index[:: max(1, len(index) // 64)]):
        rows = pattern.findall("\n".join([texts[i] for i in index]))
        if rows and isinstance(rows[0], str):
            rows = [(row,) for row in rows] if pattern.groups else [() for _ in rows]
        if len(rows) == len(index):
            return rows, index, []
    rows, taken, rest = [], [], []
    for i in index:
        found = pattern.match(texts[i])
        if found:
            rows.append(found.groups())
            taken.append(i)
        else:
            rest.append(i)
    if not taken:
        return [], [], rest
    return rows, taken, rest


def _floats(column: Sequence[str]) -> Floats:
    try:
        return np.array(list(map(float, column)), dtype=np.float64)
    except ValueError:
        return np.array([tokens.value_of(text) for text in column], dtype=np.float64)
