"""One line of a log -> its named numbers.

A line is cut into words, numbers and punctuation, and read left to right: words before a number name it (`figures`), words before
a colon that no number follows head what comes after, a bracketed number after a value is its running average, `a/b` counts.
Nothing is known here about frameworks; forms that break these habits are in `dialects` and `tables`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loglint.readers.text import figures
from loglint.readers.text import words as vocabulary
from loglint.readers.text.lines import LONGEST
from loglint.readers.text.sentence import NOTHING, Field, Kind, Reader, Sentence
from loglint.readers.text.tokens import NUMBER, ODD, Token, colon_follows, is_number, plain, tokens_of

_STATEMENT = re.compile(
    r"\s*(?:def|class|import|from|return|if|for|while|elif|else|assert|raise|parser\.|//|/\*|@)\b.*[:({;]|\W*wandb:|"
    r"\s*(?:const |static |unsigned )*(?:float|double|int|auto|bool|let|var|size_t) \w+ *="
)
_NO_RECORDS = tuple(  # what no record of a training holds, and a mark without which it cannot stand
    (mark, re.compile(pattern))
    for mark, pattern in (
        (
            "(",
            r"(?:Namespace|[Cc]onfig|Args|Arguments|argparse|hparams|HParams|EasyDict|AttrDict|print|printf|format|logger\.\w+|logging\.\w+|"
            r"(?:Conv\dd|BatchNorm|Linear|ReLU|Dropout|Dense|Activation|LayerNorm|Embedding|LSTM|GRU|Softmax|Pool\w*)\w*)\(",
        ),
        ("--", r"\s--[a-z][\w-]*[ =][^\n]*\s--[a-z]"),
        ("%", r"%\.?\d*[fdeg]\b"),
        ("|", r"\|\s*(?:const |static |unsigned )*(?:float|double|int|auto|bool|let|var|size_t) \w+ *="),
        ("{", r"\{\s*:"),
    )
)
_BYTES = re.compile(r"(?:\b[0-9A-Fa-f]{2}:){5}")  # of an address or certificate
_PAIRED = re.compile(  # `epoch|step|Loss: ...`, `[epoch, step] loss: ...`, `1epoch:train:1-100batch: ...`
    r"(\d+)\|(\d+)\|(?=[A-Za-z])|[\[(] *(\d+), +(\d+)[\])](?= *:? *[A-Za-z])|(\d+)epoch:(?:\w+:)?\d+-(\d+)batch:"
)
_POSITIONAL = re.compile(  # `train 050 2.03e+00 24.54 78.37`: split, step, loss, top-1, top-5 (DARTS and its kin)
    r"(train|valid|test) (\d{3,}) (-?\d\.\d{6}e[-+]\d\d|nan) (\d+\.\d+) (\d+\.\d+)\s*$"
)
_PLACED = re.compile(  # `Loss [1, 100](epoch, minibatch): 9.66`
    rf"([A-Za-z][\w ]{{0,30}}?) *\[(\d+), *(\d+)\] *(?:\(epoch, *[a-z]+\))? *[:=] *({NUMBER}|{ODD})\s*$"
)
_CLOSERS = frozenset(")]}>")
_STOPPED = frozenset({"exp", "log", "sqrt", "round", "print", "len"})
_NUMBERS = frozenset({"number", "unit", "odd", "count"})
_NOTHING = frozenset({"none", "null", "nil", "n/a"})  # what is printed for a value that is not there


def parse(line: str, start: int = 0) -> Sentence:
    """Read one line from `start` (where its message begins)."""
    text = line[:LONGEST]
    if _is_no_record(text, start):
        return NOTHING
    text = plain(text)
    if text[start : start + 1] in "tv" and (found := _POSITIONAL.match(text, start)):
        return _positional(found)
    if (placed := _PLACED.match(text, start)) and vocabulary.strength(placed[1]) == "strong":
        return _told_behind(placed)
    reader = Reader(text)
    if paired := _PAIRED.match(text, start):
        first = paired.lastindex - 1 if paired.lastindex else 1
        split = vocabulary.split_of(paired[0])
        reader.fields = [Field("epoch", "", *paired.span(first), split), Field("step", "step", *paired.span(first + 1), split)]
        reader.split = split
        start = paired.end()
    tokens = tokens_of(text, start)
    if not paired and not _holds_number(tokens):
        return NOTHING
    wide = False
    i = 0
    while i < len(tokens):
        kind, match = tokens[i]
        if kind == "wide":
            wide = True
        elif kind == "word":
            _word(reader, match[0], wide, tokens, i)
        elif kind == "count":
            _counted(reader, match)
        elif kind in ("number", "unit", "odd"):
            taken = len(reader.fields)
            i = figures.take(reader, tokens, i)
            if len(reader.fields) > taken:
                reader.free_before = reader.free
        elif kind == "other":
            reader.words, reader.sep, reader.closed = [], "", False
        elif kind == "punct":
            _punct(reader, match[0], tokens, i)
        wide = wide if kind == "space" else kind == "wide"
        i += 1
    reader.flush()
    return _finish(reader, text, start)


def _holds_number(tokens: Sequence[Token]) -> bool:
    """Whether a line has a number that does not belong to words like `by 12`, behind which only a counter's would count."""
    words: list[str] = []
    for i, (kind, match) in enumerate(tokens):
        if kind == "word":
            words += [match[0]] if vocabulary.pieces(match[0]) else []
        elif kind in _NUMBERS and (
            kind not in ("number", "unit")
            or not figures.is_joined(tokens, i)
            or any(map(vocabulary.counts, words[-vocabulary.COUNTER :]))
        ):
            return True
    return False


def _is_no_record(text: str, start: int) -> bool:
    """Whether a line is a statement of a program, a dump of arguments, a layer, or the like."""
    begins = not text[:start].strip()
    if begins and _STATEMENT.match(text):
        return True
    low = 0 if begins else start
    for mark, pattern in _NO_RECORDS:
        if mark in text and pattern.search(text, low):
            return True
    return text.count(":") >= 5 and _BYTES.search(text, low) is not None


def _positional(found: re.Match[str]) -> Sentence:
    split = vocabulary.split_of(found[1])
    names: tuple[tuple[Kind, str], ...] = (("step", ""), ("value", "loss"), ("value", "top1"), ("value", "top5"))
    fields = tuple(Field(kind, name, *found.span(k), split, "", True) for k, (kind, name) in enumerate(names, 2))
    return Sentence(fields, split, 0, False, False, False)


def _told_behind(found: re.Match[str]) -> Sentence:
    split = vocabulary.split_of(found[1])
    counters = (Field("epoch", "", *found.span(2), split), Field("step", "step", *found.span(3), split))
    return Sentence((*counters, Field("value", found[1], *found.span(4), split, "", True)), split, 0, False, False, False)


def _finish(reader: Reader, text: str, start: int) -> Sentence:
    bar = "%|" in text or "[==" in text or "..]" in text or "==]" in text or "━" in text or "it/s" in text or "s/it" in text
    running = "ETA:" in text and "[" in text
    if reader.brace >= 0 and any(f.kind == "epoch" and f.start > reader.brace for f in reader.fields):
        reader.fields = [f for f in reader.fields if f.name or f.start > reader.brace or f.kind not in ("step", "steps")]
    free = reader.free_before if reader.fields else reader.free
    split = reader.split if not any(f.split for f in reader.fields) else next((f.split for f in reader.fields if f.split), None)
    return Sentence(tuple(reader.fields), split, free, bar, bar and not running, running)


def _word(reader: Reader, word: str, wide: bool, tokens: Sequence[Token], i: int) -> None:
    if reader.words and reader.sep:
        reader.flush(heading=reader.sep == ":" and word.lower() not in _NOTHING)
    elif reader.words and (wide or reader.closed) and not reader.words[-1].startswith("("):
        joins = reader.closed and not wide
        if not joins:
            reader.flush()
    reader.closed = False
    reader.words.append(word.rstrip(".") or word)


def _counted(reader: Reader, match: re.Match[str]) -> None:
    """`epoch12` or `iter_300`: a counter written as one word."""
    reader.flush()
    name = match["counted"].rstrip("-_#")
    kind = vocabulary.counter_of(name)
    if kind and not any(f.kind == kind for f in reader.fields):
        reader.fields.append(Field(kind, name, match.start("count"), match.end("count"), reader.split, reader.label))


def _punct(reader: Reader, char: str, tokens: Sequence[Token], i: int) -> None:
    if char in ":=":
        if reader.words and not reader.sep:
            reader.sep = char
    elif char in ",;|" or (char == "." and is_number(tokens, i - 1)):
        reader.flush(heading=False)
    elif char == "{":
        said = " ".join(reader.words)
        reader.owner = said if vocabulary.strength(said) == "strong" else ""
        reader.flush()
        reader.brace = tokens[i][1].start()
    elif char in _CLOSERS:
        reader.owner = "" if char == "}" else reader.owner
        if char == "]" and reader.words and not reader.sep and not colon_follows(tokens, i):
            said = " ".join(reader.words)
            if vocabulary.is_split_only(said):
                reader.split, reader.label = vocabulary.split_of(said), ""
                reader.words = []
        reader.closed = True
    elif char == "-" and tokens[i - 1][0] in ("space", "wide") and reader.words:
        reader.flush()
    elif char == "(" and reader.words and reader.words[-1].lower() in _STOPPED and tokens[i - 1][0] == "word":
        reader.words.append("(")
