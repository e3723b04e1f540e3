"""Lines of one kind, read in bulk.

One line of each shape is understood by `grammar`; `digits` reads the numbers of all others from the same places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

import msgspec
import numpy as np

from loglint.model import Bools, Floats, Ints
from loglint.readers.text import grammar, naming, numerals, prefix, tokens
from loglint.readers.text import words as vocabulary
from loglint.readers.text.digits import Layouts, Place, columns, grouped, place_of
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.mentions import ODD, sought
from loglint.readers.text.sentence import Sentence
from loglint.readers.text.shapes import EDGE, IDS, by_shape, coarse
from loglint.readers.text.texts import Texts

INTERESTING = sought(
    rb"loss|err|acc|ppl|perp|epoch|iter|step|batch|nll|bp[bcd]|auc|\bf1|map|iou|bleu|reward|rew|return|score|\blr|learn|train|val|test|"
    rb"nan|inf\b|norm|mae|mse|l1|l2|cost|cer|wer|round|update|psnr|prec|rec|obj|\brank|avg|grad|time|ep[ :]|dev|"
    rb"entropy|lik|elbo|\bkl|fid|"
    rb"ndcg|hit|trl|tel|deviance|gini|progress|episode|speed|dice|fitness|gan|\bd:|\bg:"
)
_RANKED = re.compile(rb"(?i)rank|<std(?:out|err)>|\]\(/\)")
_SLOW_LIMIT = 150_000
_PROBED = 32  # lines of one shape of which more than one is looked at
_RUN = re.compile(r"\d+", re.ASCII)
_GROUPED = re.compile(r"\d+(?:,\d+)+", re.ASCII)
_NUMERIC = re.compile(r"\d|(?i:nan|inf)")
_RATIO = re.compile(r"\d(?:\s*(?:/|of|out)\s*[-+.\d]|, +\d+[\])]|\|\d+\|)")  # `5/100`, `[1, 200] x`, `1|2|x`
_SHORT = re.compile(r"\b(?:[sinSIN]|[uU][pP]|[eE][pP])\b\W{0,3}?[-+]?\d")  # `n: 5`
_NUMBERED = re.compile(r"\w*\d\w*")
_WORD = re.compile(r"(?<!\w)[^\W\d]\w*|(?<=\d)[A-Za-z]+(?![\w/%])")
_MOST_RUNS = 15  # that are told apart by their length
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


class Batch(msgspec.Struct, frozen=True):
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


def read(lines: Lines, taken: Bools, keep: Callable[[Sentence], bool]) -> Iterator[Batch]:
    """Batches of all lines that are not taken yet and whose sentences `keep` wants, kinds in order."""
    wanted = _telling(lines)
    reader = _Reader(lines, keep)
    left = np.flatnonzero(wanted[lines.shapes.code] & ~taken)
    kind = lines.kind[lines.shapes.code[left]]
    alone = np.bincount(kind, minlength=len(lines.keys)) == 1
    single = alone[kind]
    words = dict(zip(kind[single].tolist(), numerals.without_ids(lines.texts.take(left[single]).slices()), strict=True))
    only = dict(zip(kind[single].tolist(), left[single].tolist(), strict=True))
    among = np.zeros(len(lines.texts), dtype=bool)
    among[left] = True
    for k in np.flatnonzero(lines.kinds(wanted)).tolist():
        if k in words:
            if words[k] not in reader.silent:
                yield from reader.read(np.array([only[k]]), lines.keys[k], words=words[k])
        else:
            index = lines.members(k)
            for members in _by_rank(lines, lines.keys[k], index[among[index]]):
                for alike in _by_shape(lines, members):
                    yield from reader.read(alike, lines.keys[k])
        if reader.budget < 0:
            return


def _telling(lines: Lines) -> Bools:
    """The shapes that can matter, bool[shapes]: with a number, and with a word or form from which something could be read."""
    odd = np.zeros(len(lines.keys), dtype=bool)
    odd[lines.mentions.of(ODD)] = True
    numbered = lines.numbered | odd[lines.kind]
    speaks = np.zeros(len(lines.keys), dtype=bool)
    speaks[lines.mentions.of(INTERESTING, lines.kinds(numbered))] = True
    telling = numbered & speaks[lines.kind]
    single = np.bincount(lines.shapes.code, minlength=len(telling)) == 1
    several, lone = np.flatnonzero(telling & ~single), np.flatnonzero(telling & single)
    telling[several] = naming.may_name([lines.shapes.forms[k] for k in several.tolist()])
    firsts = lines.texts.take(np.array(lines.shapes.first)[lone])
    telling[lone] = naming.may_name(naming.marked(b"\n".join(firsts.slices())).split(EDGE)) if len(lone) else False
    asked = np.flatnonzero(telling & ~odd[lines.kind])
    telling[asked] = numerals.may_count(lines.texts.take(np.array(lines.shapes.first)[asked]).slices())
    return telling


def _by_rank(lines: Lines, key: bytes, index: Ints) -> list[Ints]:
    """The lines of a kind, those of several processes parted by the rank before the message."""
    if not _RANKED.search(key[:200]):
        return [index]
    return _parted(index, lines.texts.take(index), lambda text: prefix.rank_of(text[:100]))


def _by_shape(lines: Lines, index: Ints) -> Iterable[Ints]:
    """The lines of each shape, in order; shapes that differ in padding and progress bars only are one."""
    if len(index) < 2:
        return [index] if len(index) else []
    code = lines.shapes.code[index]
    if (code == code[0]).all():
        return [index]
    shapes, first, among = np.unique(code, return_index=True, return_inverse=True)
    parts: dict[bytes, int] = {}
    part = np.empty(len(shapes), dtype=np.int64)
    for k in np.argsort(first).tolist():
        part[k] = parts.setdefault(coarse(lines.shapes.forms[int(shapes[k])]), len(parts))
    return [index[place] for _, place in by_shape(part[among])]


class _Reader(msgspec.Struct):
    """Reads lines of one shape; `budget` is the number of lines that may still be understood one by one, `silent` holds the words
    of those that said nothing.
    """

    lines: Lines
    keep: Callable[[Sentence], bool]
    budget: int = _SLOW_LIMIT
    silent: set[str | bytes] = msgspec.field(default_factory=set)

    def parse(self, i: int) -> Sentence:
        """What one line says."""
        self.budget -= 1
        line = self.lines.texts[i]
        return grammar.parse(line, prefix.end_of(line))

    def read(self, members: Ints, key: bytes, parted: int = 0, words: bytes = b"") -> Iterator[Batch]:
        """The records on lines of one shape, none when they say nothing of a training.

        `parted`: 1 when numbers with a comma are grouped alike and foreign words are the same, 2 when digits in names are too.
        `words` are those of a line alone of its kind, without ids.
        """
        line = self.lines.texts[int(members[0])]
        told = _words(line[:LONGEST])
        if told is None or told in self.silent:
            self.silent.add(words)
            return
        sentence = self.parse(int(members[0]))
        if not self.keep(sentence):
            others = members[:: len(members) // 4][1:4].tolist() if len(members) >= _PROBED else []
            first = next((i for i in others if self.keep(self.parse(i))), None)
            if first is not None:
                yield from self.read(np.concatenate([[first], members[members != first]]), key, parted)
            else:
                self.silent |= {told, words}
            return
        if len(members) == 1:
            yield self.batch(members, sentence, [np.array([tokens.value_of(line[f.start : f.end])]) for f in sentence.fields], key)
            return
        if IDS in self.lines.shapes.forms[int(self.lines.shapes.code[members[0]])]:
            yield from self.each(np.split(members, len(members)), key, 2)
            return
        texts, layouts = self.lines.texts.take(members), self.lines.layouts(members)
        if parted < 1 and (parts := _forms(texts, sentence, layouts)):
            yield from self.each([members[part] for part in parts], key, 1)
            return
        names = _names(line, sentence)
        spans = [(field.start, field.end) for field in sentence.fields]
        found = columns(texts, spans, names, layouts) if self.agrees(members, sentence, parted) else None
        if found is None:
            yield from self.each(np.split(members, len(members)), key, 2)
        elif parted < 2 and not found.alike.all():
            places = [place_of(line, *span) for span in spans]
            for part in _parted(np.arange(len(members)), texts, lambda text: _chosen(_RUN.findall(text), names)):
                yield from self.named(members[part], places, [column[part] for column in found.values], key)
        else:
            yield self.batch(members, sentence, found.values, key)

    def named(self, members: Ints, places: Sequence[Place | float | None], values: Sequence[Floats], key: bytes) -> Iterator[Batch]:
        """The records on lines that differ by the digits in their names from others of their shape, which were read: theirs are the
        `values` if their numbers stand at the same places.
        """
        line = self.lines.texts[int(members[0])]
        told = _words(line[:LONGEST])
        if told is None or told in self.silent or self.budget < 0:
            return
        own = self.parse(int(members[0]))
        if len(members) < _PROBED and self.keep(own) and [place_of(line, f.start, f.end) for f in own.fields] == places:
            yield self.batch(members, own, values, key)
        else:
            yield from self.read(members, key, 2)

    def each(self, parts: Iterable[Ints], key: bytes, parted: int) -> Iterator[Batch]:
        """The records of several parts of a shape."""
        for members in parts:
            if self.budget > 0:
                yield from self.read(members, key, parted)

    def agrees(self, members: Ints, sentence: Sentence, parted: int) -> bool:
        """Whether a few lines, understood by themselves, have the fields of the first, but for digits that part them yet."""
        probes = {int(members[-1]), int(members[len(members) // 2])} if len(members) >= _PROBED else set()
        return all(_layout(self.parse(i), parted) == _layout(sentence, parted) for i in probes)

    def batch(self, index: Ints, sentence: Sentence, found: Sequence[Floats], key: bytes) -> Batch:
        """Records in order of lines."""
        line = self.lines.texts[int(index[0])]
        head = line[: prefix.end_of(line)]
        if (index[1:] < index[:-1]).any():
            order = np.argsort(index)
            index, found = index[order], [column[order] for column in found]
        return Batch(sentence, index, tuple(found), prefix.shape_of(head), prefix.rank_of(head), key)


def _words(line: str) -> str | None:
    """A line with its numbers, and the words with digits that can name nothing, put for each other.

    None when it can hold neither a counter nor a quantity: there is no number, or no word or form without which none is found.
    """
    if not _NUMERIC.search(line):
        return None
    names = any(vocabulary.may_name(word[0]) for word in _WORD.finditer(line))
    if not (names or "/s" in line or "#" in line or _RATIO.search(line) or _SHORT.search(line)):
        return None
    return _NUMBERED.sub(lambda word: "0" if word[0].isdigit() or not vocabulary.may_name(word[0]) else word[0], line)


def _layout(sentence: Sentence, parted: int) -> list[tuple[str, ...]]:
    """The fields of a line, digits in their names put for each other where lines are parted by them yet."""
    fields: list[tuple[str, ...]] = [(f.kind, f.name, f.label) for f in sentence.fields]
    return fields if parted > 1 else [tuple(_RUN.sub("0", said) for said in field) for field in fields]


def _chosen(runs: Sequence[str], chosen: Sequence[int]) -> tuple[str, ...]:
    return tuple(runs[k] for k in chosen)


def _said(sentence: Sentence) -> str:
    return " ".join(f"{field.name} {field.label}" for field in sentence.fields)


def _names(line: str, sentence: Sentence) -> list[int]:
    """The runs of digits of a line, counted from the left, that may belong to a name (`top5`) and are no number."""
    digits = set(_RUN.findall(_said(sentence)))
    if not digits:
        return []
    inside = [(field.start, field.end) for field in sentence.fields]
    runs = enumerate(_RUN.finditer(line, 0, inside[-1][1]))
    return [k for k, run in runs if run[0] in digits and not any(start <= run.start() < end for start, end in inside)]


def _forms(texts: Texts, sentence: Sentence, layouts: Layouts | None) -> list[Ints]:
    """Lines of one shape, by their places in `texts`, parted where they may say different things: by how numbers with a comma are
    grouped, and by words in letters that are not ASCII. Empty where neither stands.
    """
    if not _said(sentence).isascii():
        return _parted(np.arange(len(texts)), texts, lambda text: tuple(_FOREIGN.findall(text)))
    start, end = prefix.end_of(texts[0]), sentence.fields[-1].end
    spans = [found.span() for found in _GROUPED.finditer(texts[0], start, end)]
    runs = [k for k, run in enumerate(_RUN.finditer(texts[0])) if any(low <= run.start() < high for low, high in spans)]
    codes = grouped(texts, runs[:_MOST_RUNS], layouts) if runs else None
    if codes is None:
        return np.split(np.arange(len(texts)), len(texts)) if runs else []
    return [place for _, place in by_shape(codes)]


def _parted(members: Ints, texts: Texts, tell: Callable[[str], Hashable]) -> list[Ints]:
    """The lines in parts that are told apart by something in their text, parts in order of their first lines."""
    parts: dict[Hashable, list[int]] = defaultdict(list)
    for i, text in zip(members.tolist(), texts, strict=True):
        parts[tell(text)].append(i)
    return [np.array(part, dtype=np.int64) for part in parts.values()]
