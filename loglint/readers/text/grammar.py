"""One line of a log -> its named numbers.

A line is cut into words, numbers and punctuation, and read left to right: words before a number name it, words before a
colon that no number follows head what comes after, a bracketed number after a value is its running average, `a/b` counts.
Nothing is known here about frameworks; forms that break these habits are in `dialects` and `tables`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from loglint.model import Split
from loglint.readers.text import words as vocabulary
from loglint.readers.text.lines import LONGEST
from loglint.readers.text.tokens import NUMBER, ODD, Token, colon_follows, is_number, plain, skip, text_at, tokens_of

Kind = Literal["value", "average", "epoch", "epochs", "step", "steps", "percent"]

_NOT_A_RECORD = re.compile(
    r"^\W*wandb:|\s--[a-z][\w-]*[ =][^\n]*\s--[a-z]|(?:Namespace|[Cc]onfig|Args|Arguments|argparse|hparams|"
    r"HParams|EasyDict|AttrDict|print|printf|format|logger\.\w+|logging\.\w+)\(|"
    r"(?:\b[0-9A-Fa-f]{2}:){5}|(?:^|\|)\s*(?:const |static |unsigned )*(?:float|double|int|auto|bool|let|var|size_t) \w+ *=|"
    r"^\s*(?:def|class|import|from|return|if|for|while|elif|else|assert|raise|parser\.|//|/\*|@)\b.*[:({;]|\{\s*:|%\.?\d*[fdeg]\b|"
    r"(?:Conv\dd|BatchNorm|Linear|ReLU|Dropout|Dense|Activation|LayerNorm|Embedding|LSTM|GRU|Softmax|Pool\w*)\w*\("
)
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
_JOINING = frozenset(
    {"the", "on", "in", "from", "after", "with", "first", "last", "over", "to", "and", "top", "group", "for", "by", "a", "an"}
)
_TRAILING = frozenset(
    {"is", "was", "are", "of", "at", "at:", "now", "currently", "equals", "to", "reached", "became", "has", "value"}
)
_TIMES = frozenset({"s", "ms", "sec", "secs", "second", "seconds", "min", "mins", "m", "h", "hours", "us"})
_VERBS = frozenset({"return", "returns", "returned", "error", "errors", "exit"})  # `error 11`: no value without a sign
_STOPPED = frozenset({"exp", "log", "sqrt", "round", "print", "len"})


_NOTHING = frozenset({"none", "null", "nil", "n/a"})  # what is printed for a value that is not there


class Field(msgspec.Struct, frozen=True):
    """One number of a line: what it is called, where it stands, and what it does."""

    kind: Kind
    name: str
    start: int
    end: int
    split: Split | None = None
    label: str = ""
    explicit: bool = False  # a colon or equals sign stands before it


class Sentence(msgspec.Struct, frozen=True):
    """The named numbers of one line, and how much of the line is not explained by them."""

    fields: tuple[Field, ...]
    split: Split | None
    free: int  # words that neither name nor head a number
    bar: bool  # a progress bar stands in the line
    ended: bool  # the bar is full, or says how long it took
    running: bool  # the bar says how long it still takes


NOTHING = Sentence((), None, 0, False, False, False)


class _Reader(msgspec.Struct):
    """The state of reading one line from left to right."""

    text: str
    fields: list[Field] = msgspec.field(default_factory=list)
    words: list[str] = msgspec.field(default_factory=list)
    sep: str = ""
    split: Split | None = None
    label: str = ""
    free: int = 0
    closed: bool = False
    best: bool = False
    kept: bool = False  # `best metric, ...`: the whole line tells a record
    valued: bool = False
    free_before: int = 0  # free words before the last number that was taken
    outer: str = ""  # the heading before the present one
    brace: int = -1  # where a dictionary begins
    subject: str = ""  # what a counter parts from its value: `Total reward in episode 7 is 3.5`
    owner: str = ""  # the quantity that a dictionary's entries are parts of: `Losses {'ner': 1.2}`

    def flush(self, heading: bool = False) -> None:
        """Words that no number follows: a heading when a colon stands behind them, else free text."""
        if self.words:
            said = " ".join(self.words)
            split = vocabulary.split_of(said) if len(self.words) <= 8 else None
            if self.valued and len(self.words) <= 4 and not heading:
                self.label = self.outer  # `model: resnet`: the text that a heading had for its value
            elif heading and len(self.words) <= 6:
                self.outer, self.label = self.label, said
                self.split = split or self.split
                self.best = vocabulary.is_best(said)
            else:
                if split and not self.fields_since_split():
                    self.split = split
                    self.label = said if len(self.words) <= 5 and not vocabulary.is_split_only(said) else ""
                self.kept = self.kept or (not self.fields and len(self.words) <= 3 and vocabulary.is_best(said))
                self.free += 0 if split and len(self.words) <= 4 else len(self.words)
        self.valued = heading
        self.words = []
        self.sep = ""
        self.closed = False

    def fields_since_split(self) -> bool:
        """Whether a value was read already under the present split."""
        return self.split is not None and any(f.kind == "value" for f in self.fields)


def parse(line: str, start: int = 0) -> Sentence:
    """Read one line from `start` (where its message begins)."""
    text = line[:LONGEST]
    if _NOT_A_RECORD.search(text, start if text[:start].strip() else 0):
        return NOTHING
    text = plain(text)
    if text[start : start + 1] in "tv" and (found := _POSITIONAL.match(text, start)):
        return _positional(found)
    if (placed := _PLACED.match(text, start)) and vocabulary.strength(placed[1]) == "strong":
        return _told_behind(placed)
    reader = _Reader(text)
    if paired := _PAIRED.match(text, start):
        first = paired.lastindex - 1 if paired.lastindex else 1
        split = vocabulary.split_of(paired[0])
        reader.fields = [Field("epoch", "", *paired.span(first), split), Field("step", "step", *paired.span(first + 1), split)]
        reader.split = split
        start = paired.end()
    tokens = tokens_of(text, start)
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
            i = _number(reader, tokens, i)
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


def _positional(found: re.Match[str]) -> Sentence:
    split = vocabulary.split_of(found[1])
    names: tuple[tuple[Kind, str], ...] = (("step", ""), ("value", "loss"), ("value", "top1"), ("value", "top5"))
    fields = tuple(Field(kind, name, *found.span(k), split, "", True) for k, (kind, name) in enumerate(names, 2))
    return Sentence(fields, split, 0, False, False, False)


def _told_behind(found: re.Match[str]) -> Sentence:
    split = vocabulary.split_of(found[1])
    counters = (Field("epoch", "", *found.span(2), split), Field("step", "step", *found.span(3), split))
    return Sentence((*counters, Field("value", found[1], *found.span(4), split, "", True)), split, 0, False, False, False)


def _finish(reader: _Reader, text: str, start: int) -> Sentence:
    bar = "%|" in text or "[==" in text or "..]" in text or "==]" in text or "━" in text or "it/s" in text or "s/it" in text
    running = "ETA:" in text and "[" in text
    if reader.brace >= 0 and any(f.kind == "epoch" and f.start > reader.brace for f in reader.fields):
        reader.fields = [f for f in reader.fields if f.name or f.start > reader.brace or f.kind not in ("step", "steps")]
    free = reader.free_before if reader.fields else reader.free
    split = reader.split if not any(f.split for f in reader.fields) else next((f.split for f in reader.fields if f.split), None)
    return Sentence(tuple(reader.fields), split, free, bar, bar and not running, running)


def _word(reader: _Reader, word: str, wide: bool, tokens: Sequence[Token], i: int) -> None:
    if reader.words and reader.sep:
        reader.flush(heading=reader.sep == ":" and word.lower() not in _NOTHING)
    elif reader.words and (wide or reader.closed) and not reader.words[-1].startswith("("):
        joins = reader.closed and not wide
        if not joins:
            reader.flush()
    reader.closed = False
    reader.words.append(word.rstrip(".") or word)


def _counted(reader: _Reader, match: re.Match[str]) -> None:
    """`epoch12` or `iter_300`: a counter written as one word."""
    reader.flush()
    name = match["counted"].rstrip("-_#")
    kind = vocabulary.counter_of(name)
    if kind and not any(f.kind == kind for f in reader.fields):
        reader.fields.append(Field(kind, name, match.start("count"), match.end("count"), reader.split, reader.label))


def _punct(reader: _Reader, char: str, tokens: Sequence[Token], i: int) -> None:
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


def _number(reader: _Reader, tokens: Sequence[Token], i: int) -> int:
    """Give the number at `i` its meaning; returns the index of the last token used."""
    kind, match = tokens[i]
    odd = kind == "odd"
    if odd and not _odd_is_value(reader, tokens, i):
        reader.words.append(match[0])
        return i
    span = match.span() if odd else match.span("number")
    unit = "" if odd else (match["unit"] or "")
    before, after = skip(tokens, i, -1), skip(tokens, i)
    if (
        reader.words
        and not reader.sep
        and not odd
        and reader.words[-1].lower() in _JOINING
        and not vocabulary.counter_of(" ".join(reader.words))
    ):
        if (
            reader.words[-1].lower() in ("after", "at")
            and after < len(tokens)
            and vocabulary.counter_of(text_at(tokens, after)) == "step"
        ):
            reader.words = [text_at(tokens, after)]
        else:
            reader.words.append(match[0])
            return i
    if not odd and text_at(tokens, after) in ("/", "of", "out") and is_number(tokens, skip(tokens, after)):
        return _pair(reader, tokens, i, skip(tokens, after))
    if not odd and not reader.sep:
        _at_counter(reader)
    name = _name(reader)
    if reader.subject and not name and (reader.words or reader.sep):
        name = reader.subject
        reader.label = ""
    last = i
    if not unit and not odd and after == i + 1 and text_at(tokens, after) == "%":
        unit, last = "%", after
    elif not unit and after < len(tokens) and tokens[after][0] == "word" and _unit_like(tokens, after, bool(name)):
        unit, last = text_at(tokens, after), after
    if (
        unit
        and text_at(tokens, over := skip(tokens, last)) == "/"
        and skip(tokens, over) < len(tokens)
        and tokens[skip(tokens, over)][0] == "word"
    ):
        last = skip(tokens, over)  # `0.5 s / iter`
    if name and reader.sep == "" and reader.words and reader.words[-1] == "(":
        name = ""
    if not name:
        _unnamed(reader, tokens, i, before, skip(tokens, last), span, unit, odd)
    else:
        _named(reader, name, span, unit, odd, tokens, last)
    reader.words, reader.sep, reader.closed = [], "", False
    return last


def _at_counter(reader: _Reader) -> None:
    """`validation loss at iteration 20`: what stands before the counter heads the line."""
    for k in range(1, len(reader.words) - 1):
        joint = reader.words[k].lower()
        if joint in ("at", "after", "for", "in", "of") and vocabulary.counter_of(" ".join(reader.words[k + 1 :])):
            tail = reader.words[k + 1 :]
            reader.words = reader.words[:k]
            reader.subject = " ".join(reader.words)
            reader.flush(heading=True)
            reader.words = tail
            return


def _unit_like(tokens: Sequence[Token], i: int, named: bool) -> bool:
    """Whether the word at `i` is the unit of the number before it: it is one, and does not name a number itself."""
    if not vocabulary.is_unit(text_at(tokens, i)):
        return False
    following = text_at(tokens, skip(tokens, i))
    return following not in (":", "=", "[") and not (
        is_number(tokens, skip(tokens, i)) and vocabulary.counter_of(text_at(tokens, i)) is not None
    )


def _odd_is_value(reader: _Reader, tokens: Sequence[Token], i: int) -> bool:
    """Whether `nan` here is a printed number and not a word of a sentence."""
    if reader.sep:
        return True
    before, after = text_at(tokens, skip(tokens, i, -1)), skip(tokens, i)
    if after < len(tokens) and tokens[after][0] == "word" and tokens[skip(tokens, i, -1)][0] != "punct" and after == i + 2:
        return tokens[i - 1][0] == "wide" or _in_pairs(reader, tokens, after)
    if reader.words:
        said = " ".join(reader.words)
        return vocabulary.strength(said) != "none" or before in "([" or bool(reader.label and vocabulary.counter_of(said))
    return before in ("(", "[", "|", ",", "") or is_number(tokens, skip(tokens, i, -1))


def _in_pairs(reader: _Reader, tokens: Sequence[Token], after: int) -> bool:
    """Whether a bare `nan` stands in a row of names and numbers: `loss nan loss_ctc 1.5`, a quantity before it and after it."""
    following = skip(tokens, after)
    numbered = is_number(tokens, following) or (following < len(tokens) and tokens[following][0] == "odd")
    said = reader.words[-1] if reader.words else ""
    return numbered and vocabulary.strength(said) != "none" and _counts_or_measures(text_at(tokens, after))


def _counts_or_measures(name: str) -> bool:
    return vocabulary.strength(name) != "none" or vocabulary.counter_of(name) is not None


def _name(reader: _Reader) -> str:
    """The name that the pending words give, without connectives and repetitions (`loss[loss=0.5]`)."""
    found = list(reader.words)
    while found and found[-1].lower() in _TRAILING:
        found.pop()
    return " ".join(word for word, before in zip(found, ["", *found], strict=False) if word != before)[:80]


def _pair(reader: _Reader, tokens: Sequence[Token], i: int, j: int) -> int:
    """`a/b`: a counter and its end, or a ratio."""
    (_, first), (_, second) = tokens[i], tokens[j]
    whole = "." not in first["number"] and "." not in second["number"]
    name = _name(reader)
    spans = first.span("number"), second.span("number")
    counter = vocabulary.counter_of(name) if name else "step"
    words = bool(reader.words) or bool(reader.sep)
    if not counter and not reader.sep and vocabulary.split_of(name) and not vocabulary.measures(name):
        counter = "step"
    if (not counter or counter == "step") and vocabulary.is_split_only(name):
        counter, reader.split, name = "step", vocabulary.split_of(name), ""
    if name and not counter and not reader.sep and whole and vocabulary.strength(name) == "none" and len(reader.words) <= 4:
        counter = "step"  # `97% Epoch bar 12/100`
        reader.free += len(reader.words)
    if counter and whole:
        if vocabulary.split_of(name):
            reader.split = vocabulary.split_of(name)
        if name and words and counter == "step" and any(f.kind == "step" for f in reader.fields):
            reader.fields = [f for f in reader.fields if f.kind not in ("step", "steps") or f.name]
            _outer(reader)
        if not name and [f.kind for f in reader.fields] == ["step", "steps"] and not reader.fields[0].name:
            reader.fields = [replace(reader.fields[0], kind="epoch"), replace(reader.fields[1], kind="epochs")]
        if not any(f.kind == counter for f in reader.fields):
            total: Kind = "epochs" if counter == "epoch" else "steps"
            reader.fields.append(Field(counter, name, *spans[0], reader.split, reader.label))
            reader.fields.append(Field(total, name, *spans[1], reader.split, reader.label))
    elif name and whole:
        share = _share(tokens, j)
        if share is not None:
            _named(reader, name, tokens[share][1].span("number"), "%", False, tokens, share)
            j = share
    reader.words, reader.sep, reader.closed = [], "", False
    return j


def _outer(reader: _Reader) -> None:
    """`iteration:1 step:100/304`: a counter without an end before one with an end is the outer loop, an epoch."""
    kinds = [f.kind for f in reader.fields]
    if kinds == ["step"]:
        reader.fields = [replace(reader.fields[0], kind="epoch")]


def _share(tokens: Sequence[Token], j: int) -> int | None:
    """The percentage or fraction that is printed behind a ratio: `1000/10000 (10.00%)`, `2515/10042 = 0.25`."""
    k = skip(tokens, j)
    if text_at(tokens, k) in ("(", "=") and is_number(tokens, skip(tokens, k)):
        return skip(tokens, k)
    return None


def _unnamed(
    reader: _Reader,
    tokens: Sequence[Token],
    i: int,
    before: int,
    after: int,
    span: tuple[int, int],
    unit: str,
    odd: bool,
) -> None:
    """A number that no word precedes: a running average, a counter at the start, or a number named by its unit."""
    previous = reader.fields[-1] if reader.fields else None
    opened = text_at(tokens, before)
    text = tokens[i][1][0] if odd else tokens[i][1]["number"]
    if (
        opened in ("(", "[")
        and text_at(tokens, after) in (")", "]")
        and unit in ("", "%")
        and previous
        and previous.kind == "value"
    ):
        if skip(tokens, before, -1) >= 0 and _touches(tokens, skip(tokens, before, -1), previous):
            reader.fields.append(
                Field("average", f"{previous.name} (avg)", *span, previous.split, previous.label, previous.explicit)
            )
        return
    if odd:
        return
    whole = text.isdigit()
    has_step = any(f.kind == "step" for f in reader.fields)
    if unit.isalpha() and vocabulary.counter_of(unit) and not unit.endswith("s") and whole:
        kind = vocabulary.counter_of(unit)
        if kind and not any(f.kind == kind for f in reader.fields):
            reader.fields.append(Field(kind, unit, *span, reader.split, reader.label))
    elif (
        whole and not unit and not has_step and not any(f.kind == "value" for f in reader.fields) and _leads(tokens, before, after)
    ):
        reader.fields.append(Field("step", "", *span, reader.split, reader.label))
    elif unit and unit not in ("%", "s", "ms", "sec", "secs", "seconds", "min", "h", "K", "M", "G", "x", "z") and _says_rate(unit):
        reader.fields.append(Field("value", unit, *span, reader.split, reader.label))


def _says_rate(unit: str) -> bool:
    return ("/s" in unit and unit.partition("/")[0] not in _TIMES) or unit.lower() in ("fps", "sps")


def _touches(tokens: Sequence[Token], i: int, previous: Field) -> bool:
    """Whether the token before a bracket is the previous value itself, or its unit."""
    return (tokens[i][1].end() <= previous.end + 12 and tokens[i][0] != "punct") or text_at(tokens, i) in ("%",)


def _leads(tokens: Sequence[Token], before: int, after: int) -> bool:
    """Whether a bare whole number opens the line as its counter: `[12] ...`, `12: ...`, `#12 ...`, `12 | ...`."""
    opened, closes = text_at(tokens, before), text_at(tokens, after)
    if opened == "[" and closes == "]":
        return skip(tokens, before, -1) < 0 or text_at(tokens, skip(tokens, before, -1)) in (":", "]")
    return before < 0 and closes in (":", "|")


def _named(reader: _Reader, name: str, span: tuple[int, int], unit: str, odd: bool, tokens: Sequence[Token], last: int) -> None:
    """A number with a name: a counter, or a value."""
    text = reader.text[span[0] : span[1]]
    counter = None if odd else vocabulary.counter_of(name)
    whole = not odd and text.lstrip("+").replace(",", "").isdigit()
    if counter and (whole or (counter == "epoch" and unit != "%") or unit in ("k", "K", "M")) and not text.startswith("-"):
        if vocabulary.split_of(name):
            reader.split = vocabulary.split_of(name)
        mine = [f for f in reader.fields if f.kind == counter]
        if mine and not mine[0].name and counter == "step":
            reader.fields = [f for f in reader.fields if f.kind not in ("step", "steps")]
            mine = []
        if not mine:
            stop = span[1] + (1 if unit in ("k", "K", "M") else 0)
            reader.fields.append(Field(counter, name, span[0], stop, reader.split, reader.label, bool(reader.sep)))
        elif counter == "step" and len(mine) == 1 and _rank(name) > _rank(mine[0].name):
            stop = span[1] + (1 if unit in ("k", "K", "M") else 0)
            reader.fields = [f for f in reader.fields if f.kind not in ("step", "steps")]
            reader.fields.append(Field(counter, name, span[0], stop, reader.split, reader.label, bool(reader.sep)))
        return
    if vocabulary.is_split_only(name) and whole and _bracket_follows(tokens, skip(tokens, last)):
        reader.split = vocabulary.split_of(name)
        reader.fields.append(Field("epoch", name, *span, reader.split, reader.label))
        return
    behind = skip(tokens, last)
    if unit == "%" and text_at(tokens, behind) == "|" and (behind == last + 1 or vocabulary.strength(name) != "strong"):
        reader.split = vocabulary.split_of(name) or reader.split
        return  # how full a progress bar is
    if reader.label and (odd or unit == "%") and vocabulary.counter_of(name):
        name = f"{reader.label} {name}"
    if unit == "it" and text_at(tokens, behind) == "[":
        return  # how far a bar without an end has come
    owner = reader.owner
    if reader.sep and " " not in name and vocabulary.strength(reader.label) == "strong" and reader.label.count(" ") < 2:
        owner = owner or reader.label  # `loss: total: 3.5, xy: 1.25`
    if owner and vocabulary.strength(name) == "none" and not vocabulary.is_best(owner):
        name = f"{owner} {name}"
    if (reader.best or reader.kept) and not vocabulary.is_best(name):
        name = f"best {name}"
    if unit == "%" and name.lower() == "progress":
        reader.fields.append(Field("step", name, *span, reader.split, reader.label))
        return
    if vocabulary.is_split_only(name) and unit in _TIMES:
        return
    said = name.lower().split(" ")
    if not reader.sep and ({said[0], said[-1]} & _VERBS) and (len(said) > 1 or odd or text.lstrip("+-").isdigit()):
        return
    split = vocabulary.split_of(name) or reader.split
    if split in ("val", "test") and reader.split is None and vocabulary.split_of(name.split(" ")[0]) == split and " " in name:
        reader.split = split
    reader.fields.append(Field("value", name, *span, split, reader.label, bool(reader.sep)))


def _bracket_follows(tokens: Sequence[Token], i: int) -> bool:
    """Whether a bracket opens at `i`, or right behind one that closes there: `Test 3 [10/20]`, `Test: [3][10/20]`."""
    return text_at(tokens, skip(tokens, i) if text_at(tokens, i) == "]" else i) == "["


def _rank(name: str) -> int:
    """How much a step counter means: global ones over local ones."""
    low = name.lower()
    if any(word in low for word in ("global", "total", "num_updates", "nupdates", "timestep")):
        return 3
    if any(word in low for word in ("step", "iter", "update")):
        return 2
    return 1 if low else 0
