"""A line cut into words, numbers and punctuation; what they mean to each other is the business of `grammar`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

NUMBER = (
    r"[-+]?+(?:(?:0,\d{3,}+(?!,?\d)|\d{1,2},\d{4,}+(?!,?\d)"  # decimal commas
    r"|\d{1,3}(?:,\d{3})+(?!,?\d)(?:\.\d++)?"  # thousands
    r"|\d++(?:\.\d++|\.(?=[eE][-+\d]))?|\.\d++)(?:[eE][-+]?+\d++)?)"
)
ODD = r"[-+]?+(?:1\.[#](?:IND|INF|QNAN|SNAN)\d*+|(?:nan|NaN|NAN|Nan|inf|Inf|INF|infinity|Infinity)(?:\(ind\))?)"
_TOKEN = re.compile(  # each kind begins with a look at the next letter, which rules most of them out
    rf"""
      (?P<wide>\t[ \t]*+|\ {{2,}}[\ \t]*+) | (?P<space>\ )
    | (?P<other>(?=[-+\d])(?<![\w.])(?:\d{{4}}[-/]\d\d[-/]\d\d(?:[T\ _:-]\d\d[:-]\d\d[:-]\d\d(?:[.,]\d++)?Z?)?
        | \d{{1,3}}(?::\d\d){{1,2}}(?:[.,]\d++)?(?![\d.])
        | \d++(?:\.\d++){{2,}}+
        | [-+]?0[xX][0-9a-fA-F]++(?:\.[0-9a-fA-F]*+)?(?:[pP][-+]?\d++)?
        | \d++(?:\.\d++)?[dhm]\ ?\d++(?:\.\d++)?(?:m?s|m|h)(?:\ ?\d++(?:\.\d++)?m?s)?(?!\w)
        | \d++\ days?,\ \d++:\d\d:\d\d))
    | (?P<odd>(?=[-+1nNiI])(?<![\w.]){ODD}(?![\w]))
    | (?P<number>(?=[-+.\d])(?<![\w.]){NUMBER})(?P<unit>[A-Za-z%µ][\w/%]*+)?
    | (?P<counted>(?=[eEiIsSbBrR])(?i:epoch|iter|iteration|step|batch|round)[-_#]?)(?P<count>\d++)(?![\w.'@/-])
    | (?P<word>mAP@\[[^\]\s]*+\] | mAP_?@?\.?\d[\d.]*(?:[:-]\.?\d[\d.]*)? | IoU=\.?\d[\d.:]*+ | (?<!\#)\#(?!\#)(?:\d++(?!\s*/))?
        | [^\W\d](?:\w|['’](?=[^\W\d])|[@./+*%-](?=[\w%])|%(?=[\s:=]))* )
    | (?P<punct>.)
    """,
    re.X,
)
DECIMAL_COMMA = re.compile(r"[-+]?(?:0,\d{3,}|\d{1,2},\d{4,})(?:[eE][-+]?\d+)?")
_TUPLE = re.compile(r"[('),]|\\[tn]")  # of `('Episode', 12, '\\treward', 1.5)`, printed by Python 2
_WEIGHTED = re.compile(r"\(\* [^()]{1,60}\)")
_WRAPPED = re.compile(
    rf"\b(?:tensor|(?:np\.|numpy\.|jnp\.|torch\.)?(?:float|int)\d+|array|Array|DeviceArray|EagerTensor|mx\.nd\.array)\(\s*+\[?\s*+({NUMBER}|{ODD})[^()]*+\)"
)
Token = tuple[str, re.Match[str]]  # its kind, one of the groups of `_TOKEN`, and where it stands


def tokens_of(text: str, start: int) -> list[Token]:
    """The tokens of a text from `start` on."""
    return [(match.lastgroup or "punct", match) for match in _TOKEN.finditer(text, start)]


def plain(text: str) -> str:
    """The text with `(* 1 = 0.5 loss)` and the marks of a printed tuple blanked, and `tensor(0.25, device='cuda:0')` reduced to its
    number, all at their places.
    """
    if text.startswith("('") and text.rstrip().endswith(")"):
        text = _TUPLE.sub(lambda found: " " * len(found[0]), text)
    if "(* " in text:
        text = _WEIGHTED.sub(lambda found: " " * len(found[0]), text)
    return _WRAPPED.sub(_unwrap, text) if "(" in text else text


def _unwrap(match: re.Match[str]) -> str:
    """Leave only the number of `tensor(0.25, device='cuda:0')`, at its place."""
    start, end = match.span(1)
    whole = match.start()
    return " " * (start - whole) + match[1] + " " * (match.end() - end)


def skip(tokens: Sequence[Token], i: int, step: int = 1) -> int:
    """The next (or previous) token that is not white space."""
    i += step
    while 0 <= i < len(tokens) and tokens[i][0] in ("space", "wide"):
        i += step
    return i


def text_at(tokens: Sequence[Token], i: int) -> str:
    """What a token says; empty beyond either end."""
    return tokens[i][1][0] if 0 <= i < len(tokens) else ""


def is_number(tokens: Sequence[Token], i: int) -> bool:
    """Whether the token is a printed number."""
    return 0 <= i < len(tokens) and tokens[i][0] in ("number", "unit")


def colon_follows(tokens: Sequence[Token], i: int) -> bool:
    """Whether a colon or equals sign comes next."""
    j = i + 1
    while j < len(tokens) and tokens[j][0] in ("space", "wide"):
        j += 1
    return j < len(tokens) and tokens[j][1][0] in ":="


def value_of(text: str) -> float:
    """The number a slot holds: `nan`, `-1.#IND`, `1,234.5`, `89k` included."""
    if DECIMAL_COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    try:
        return float(text)
    except ValueError:
        low = text.lower().replace(",", "").replace("(ind)", "")
    if "#" in low:
        return -math.inf if "inf" in low and low.startswith("-") else math.inf if "inf" in low else math.nan
    scale = {"k": 1e3, "m": 1e6}.get(low[-1:], 1.0)
    try:
        return float(low) if scale == 1.0 else float(low[:-1]) * scale
    except ValueError:
        return math.nan
