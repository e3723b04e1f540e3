"""What a number of a line means: the counter or value that the words before it name, a running average, a count of so many, or
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from loglint.readers.text import words as vocabulary
from loglint.readers.text.sentence import Field, Kind, Reader
from loglint.readers.text.tokens import Token, is_number, skip, text_at

_JOINING = frozenset(
    {"the", "on", "in", "from", "after", "with", "first", "last", "over", "to", "and", "top", "group", "for", "by", "a", "an"}
)
_TAKING = _JOINING - {"after"}
_TRAILING = frozenset(
    {"is", "was", "are", "of", "at", "at:", "now", "currently", "equals", "to", "reached", "became", "has", "value"}
)
_TIMES = frozenset({"s", "ms", "sec", "secs", "second", "seconds", "min", "mins", "m", "h", "hours", "us"})
_VERBS = frozenset({"return", "returns", "returned", "error", "errors", "exit"})  # `error 11`: no value without a sign


def take(reader: Reader, tokens: Sequence[Token], i: int) -> int:
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


def is_joined(tokens: Sequence[Token], i: int) -> bool:
    """Whether a word right before a number takes it to itself, whatever else the line says: `by 12`."""
    if i < 2 or tokens[i - 1][0] not in ("space", "wide") or tokens[i - 2][0] != "word":
        return False
    return tokens[i - 2][1][0].lower() in _TAKING


def _at_counter(reader: Reader) -> None:
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


def _odd_is_value(reader: Reader, tokens: Sequence[Token], i: int) -> bool:
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


def _in_pairs(reader: Reader, tokens: Sequence[Token], after: int) -> bool:
    """Whether a bare `nan` stands in a row of names and numbers: `loss nan loss_ctc 1.5`, a quantity before it and after it."""
    following = skip(tokens, after)
    numbered = is_number(tokens, following) or (following < len(tokens) and tokens[following][0] == "odd")
    said = reader.words[-1] if reader.words else ""
    return numbered and vocabulary.strength(said) != "none" and _counts_or_measures(text_at(tokens, after))


def _counts_or_measures(name: str) -> bool:
    return vocabulary.strength(name) != "none" or vocabulary.counter_of(name) is not None


def _name(reader: Reader) -> str:
    """The name that the pending words give, without connectives and repetitions (`loss[loss=0.5]`)."""
    found = list(reader.words)
    while found and found[-1].lower() in _TRAILING:
        found.pop()
    return " ".join(word for word, before in zip(found, ["", *found], strict=False) if word != before)[:80]


def _pair(reader: Reader, tokens: Sequence[Token], i: int, j: int) -> int:
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


def _outer(reader: Reader) -> None:
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
    reader: Reader,
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


def _named(reader: Reader, name: str, span: tuple[int, int], unit: str, odd: bool, tokens: Sequence[Token], last: int) -> None:
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
