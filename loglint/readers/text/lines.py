"""Bytes -> physical lines of text: decoding, progress-bar updates, backspaces, colours, and the quoting of issue threads.

What a line says is the business of `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

import numpy as np

from loglint.model import Ints
from loglint.readers.text import glue
from loglint.readers.text.mentions import Mentions
from loglint.readers.text.shapes import Shapes, classify

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|\[K(?=\s)")
_SPELLED_ANSI = re.compile(r"#033\[[0-9;?]*[A-Za-z]|(?<=>:)#015")  # control characters as a log service writes them
_PADDED_NAN = re.compile(r"\bnanx+\b")  # of PaddleOCR, cut to the width of a number
_SPELLED_RETURN = re.compile(r"#015")
_BACKSPACES = re.compile(r"\x08{2,}")
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\ufeff]")
_ODD_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u3000]")
_LINE_ENDS = re.compile(r"[\u0085\u2028\u2029]")
_QUOTED = re.compile(r"(?m)^[ \t]{0,3}(?:>[ \t]?)+")
_TAIL = re.compile(r"\d[\d.eE+-]*$")
_DECIMAL = re.compile(r"\d[\d.]*(?:[eE][-+]?\d*)?")
_GLUED = re.compile(r"(\[\d+:\d\d[^\]\n]{0,300}\])(?=[^\s\]\n][^%\n]{0,80}%\|)")  # bars whose carriage returns were lost


def _encoded(characters: str) -> Mapping[bytes, bytes]:
    """The first two bytes of some characters in UTF-8, each with all last bytes there are (none: two bytes are all)."""
    found: dict[bytes, bytes] = {}
    for form in map(str.encode, characters):
        found[form[:2]] = found.get(form[:2], b"") + form[2:]
    return found


_ODD_MARKS = _encoded("\u200b\u200e\ufeff")
_UNUSUAL = _encoded("".join(map(chr, range(0x2000, 0x200B))) + "\u00a0\u202f\u3000\u0085\u2028\u2029\uff1a\u2212")
_DROPPED = bytes(sorted(set(b"0123456789.+-=># \t\r_") | set(range(0x80, 0x100))))
LONGEST = 20000
_WIDTHS = (72, 400)  # of terminals
_SAMPLED = 5000  # lines searched for whole words
_TRIMMED = 2  # spaces at the break that the terminal did not keep
_HEAD = 3  # characters by which a stamped line is known
_WORD = re.compile(r"[A-Za-z_]\w{3,}")
_WORD_END = re.compile(r"[A-Za-z_]\w*$")
_WORD_START = re.compile(r"\w+")
_USUAL = frozenset(  # words of records, that tell a cut by themselves
    "loss losses time rate norm grad batch scale global learning iteration iterations epoch number skipped consumed samples "
    "elapsed train training validation accuracy memory throughput tokens seconds gradient perplexity".split()
)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text. `texts[i]` stands on physical line `numbers[i]` (1-based); a progress bar that was redrawn
    gives several texts on one physical line. The key of a line is what remains of it without digits, spaces and bars: lines of
    one kind share a key, and `by_key` lists them; `mentions` searches the keys, in the same order, those beyond `LONGEST` left
    empty. `shapes` part the lines of one kind further; `keys` has the key of each.
    """

    texts: list[str]
    shapes: Shapes
    keys: list[bytes]
    by_key: dict[bytes, list[int]]
    mentions: Mentions
    numbers: Ints
    terminated: bool

    @property
    def told(self) -> int:
        """How many lines are not blank."""
        blank = np.array([not self.texts[first].strip() for first in self.shapes.first], dtype=bool)
        return len(self.texts) - int(np.count_nonzero(blank[self.shapes.code])) if blank.any() else len(self.texts)

    def key(self, i: int) -> bytes:
        """The key of a line."""
        return self.keys[int(self.shapes.code[i])]

    def where(self, tells: Callable[[bytes], bool]) -> list[int]:
        """The lines, in order, whose key passes a test that is made once per key."""
        chosen = [index for key, index in self.by_key.items() if len(key) < LONGEST and tells(key)]
        return sorted(chain.from_iterable(chosen)) if len(chosen) > 1 else list(*chosen)

    def kinds(self, pattern: re.Pattern[bytes]) -> dict[bytes, list[int]]:
        """The keys in which a pattern in small letters finds something, each with its lines."""
        every = list(self.by_key)
        return {every[k]: self.by_key[every[k]] for k in self.mentions.of(pattern)}

    def mentioning(self, pattern: re.Pattern[bytes], tells: Callable[[bytes], bool] = bool) -> list[int]:
        """The lines, in order, in whose key the pattern finds something, if the key passes a test as well."""
        return sorted(chain.from_iterable(index for key, index in self.kinds(pattern).items() if tells(key)))


def decode(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 with a byte-order mark, or else Latin-1."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        cut = data[:-3] if len(data) > 3 else b""
        try:
            cut.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("latin-1")
        return data.decode("utf-8-sig", errors="replace")


def split(data: bytes) -> Lines:
    """All lines of a file, every redraw of a progress bar as a line of its own."""
    text = decode(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\n" not in text and "\r" in text and "\x1b" not in text and "%|" not in text:
        text = text.replace("\r", "\n")
    text, raw = _clean(text)
    terminated = text.endswith("\n")
    numbers = np.arange(1, raw.count(b"\n") + 2, dtype=np.int64)
    if b"\r" in raw:
        numbers = _numbers(raw)
        text, raw = text.replace("\r", "\n"), raw.replace(b"\r", b"\n")
    texts = text.split("\n")
    joined = unwrapped(texts)
    if joined is not None:
        texts, numbers = [texts_of for texts_of, _ in joined], numbers[[first for _, first in joined]]
        raw = "\n".join(texts).encode("utf-8", "replace")
    if terminated:
        texts.pop()
        raw = raw[:-1]
    else:
        whole = _whole(texts)
        raw = raw[: len(raw) - len(texts[-1]) + len(whole)]
        texts[-1] = whole
    if not texts:
        return Lines([], Shapes(np.zeros(0, dtype=np.int64), [], []), [], {}, Mentions([]), numbers[:0], terminated)
    lines = _classed(texts, raw, numbers[: len(texts)], terminated)
    glued = lines.where(glue.is_glued)
    return _parted(lines, frozenset(glued)) if glued else lines


def _classed(texts: list[str], raw: bytes, numbers: Ints, terminated: bool) -> Lines:
    """The lines with their shapes and keys; `raw` is the same text in UTF-8."""
    shapes = classify(raw)
    keys = [key_of(texts[first]) for first in shapes.first]
    by_key = _by_key(shapes.code, keys)
    mentions = Mentions([key if len(key) < LONGEST else b"" for key in by_key])
    return Lines(texts, shapes, keys, by_key, mentions, numbers, terminated)


def _parted(lines: Lines, glued: Set[int]) -> Lines:
    """The lines with every record of a glued line as a line of its own."""
    texts: list[str] = []
    numbers: list[int] = []
    for i, (text, number) in enumerate(zip(lines.texts, lines.numbers.tolist(), strict=True)):
        parts = glue.pieces(text, lines.key(i)) if i in glued else [text]
        texts += parts
        numbers += [number] * len(parts)
    return _classed(texts, "\n".join(texts).encode("utf-8", "replace"), np.array(numbers, dtype=np.int64), lines.terminated)


def key_of(text: str) -> bytes:
    """What is left of a line without digits, spaces and bars."""
    return text.encode("utf-8", "replace").translate(None, _DROPPED)


def _by_key(shape: Ints, keys: Sequence[bytes]) -> dict[bytes, list[int]]:
    """The lines of each key, in order; keys in order of their first lines."""
    ordinals: dict[bytes, int] = {}
    kind = np.array([ordinals.setdefault(key, len(ordinals)) for key in keys], dtype=np.int64)[shape]
    order = np.argsort(kind, kind="stable").tolist()
    ends = np.cumsum(np.bincount(kind, minlength=len(ordinals))).tolist()
    return {key: order[start:end] for key, start, end in zip(ordinals, [0, *ends], ends, strict=False)}


def unwrapped(texts: list[str]) -> list[tuple[str, int]] | None:
    """The lines of a text that a terminal broke at its width, joined again, each with the index of its first piece.

    None when the text was not broken. It was when the greatest width is frequent and words cut by it (`lo` at the end of a
    line, `ss_cls` at the start of the next) stand whole elsewhere in the text, or are words of records time and again.
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    width = int(lengths.max(initial=0))
    if not _WIDTHS[0] <= width <= _WIDTHS[1]:
        return None
    full = np.flatnonzero(lengths[:-1] == width)[:_SAMPLED].tolist()
    if len(full) < 4:
        return None
    ends = ((_WORD_END.search(texts[i][-_WIDTHS[0] :]), _WORD_START.match(texts[i + 1])) for i in full)
    cuts = [tail[0] + head[0] for tail, head in ends if tail and head]
    cut = set(cuts)
    whole = {word for line in texts[:_SAMPLED] for word in _WORD.findall(line)} if cut else set()
    if not any(len(word) > 5 for word in cut & whole) and sum(word in _USUAL for word in cuts) < 2:
        return None
    heads = {line[:_HEAD] for line in texts if line[:1] == "["}
    joined: list[tuple[str, int]] = []
    for i, line in enumerate(texts):
        before = len(texts[i - 1]) if i else 0
        if before >= width - _TRIMMED and line.strip() and line[:_HEAD] not in heads:
            joined[-1] = (joined[-1][0] + " " * (width - before) + line, joined[-1][1])
        else:
            joined.append((line, i))
    return joined


def _whole(texts: Sequence[str]) -> str:
    """The last line of a text that breaks off, without a last number that is shorter than in lines of its kind: it was cut."""
    last = texts[-1]
    found = _TAIL.search(last[-LONGEST:])
    if not found:
        return last
    key = key_of(last)
    place = len(_DECIMAL.findall(last)) - 1
    keys = ((text, key_of(text)) for text in reversed(texts[-200:-1]))
    mates = [text for text, other in keys if (other.startswith(key) if key else not other)][:5]
    lengths = [len(numbers[place].partition(".")[2]) for mate in mates if len(numbers := _DECIMAL.findall(mate)) > place]
    return last[: -len(found[0])] if lengths and len(found[0].partition(".")[2]) < min(lengths) else last


def _clean(text: str) -> tuple[str, bytes]:
    """Take out what is for the eye only: colours, zero-width characters, bold marks, quote marks of a thread; and in UTF-8."""
    raw = text.encode("utf-8", "replace")
    for step in (_spelled_out, _uncoloured, _plain, _unmarked):
        cleaned = step(text, raw)
        if cleaned is not text:
            text, raw = cleaned, cleaned.encode("utf-8", "replace")
    return text, raw


def _spelled_out(text: str, raw: bytes) -> str:
    """The text with control characters that a log service spelled, numbers that were padded and formats left unfilled."""
    if _pairs(raw, b"#0"):
        text = _SPELLED_RETURN.sub("\r", _SPELLED_ANSI.sub("", text))
    if _pairs(raw, b"%f"):
        text = text.replace(".%f ", " ")  # the fraction that a logger's format promised and `time` does not know
    return _PADDED_NAN.sub("nan", text) if b"nanx" in raw else text


def _uncoloured(text: str, raw: bytes) -> str:
    """The text without colours and backspaces."""
    if b"\x1b" in raw or _pairs(raw, b"[K"):
        text = _ANSI.sub("", text)
    if b"\x08" in raw:
        text = _BACKSPACES.sub("\r", text)
        text = re.sub(r"[^\n\r\x08]\x08", "", text)
    return text


def _plain(text: str, raw: bytes) -> str:
    """The text without characters that cannot be seen, and with those that only look like others put for them."""
    if _is_odd(raw):
        text = _ODD.sub("", text)
    if _holds(raw, _UNUSUAL):
        text = _LINE_ENDS.sub(" ", _ODD_SPACES.sub(" ", text)).replace("\uff1a", ":").replace("\u2212", "-")
    return text


def _unmarked(text: str, raw: bytes) -> str:
    """The text with glued bars parted, and without marks of bold type and of quoting."""
    if _pairs(raw, b"%|"):
        text = _GLUED.sub(r"\1\r", text)
    if _pairs(raw, b"**"):
        text = text.replace("**", "")
    if _pairs(raw, b"\n>") + raw.startswith(b">") >= 0.3 * (raw.count(b"\n") + 1):
        text = _QUOTED.sub("", text)
    return text


def _pairs(raw: bytes, pair: bytes) -> int:
    """How often two bytes stand beside each other, counted at much the same speed whatever the text is."""
    text = np.frombuffer(raw, dtype=np.uint8)
    return int(np.count_nonzero((text[:-1] == pair[0]) & (text[1:] == pair[1])))


def _is_odd(raw: bytes) -> bool:
    """Whether a text in UTF-8 may hold a character of `_ODD`."""
    controls = int(np.count_nonzero(np.frombuffer(raw, dtype=np.uint8) < ord(" ")))
    return controls > sum(map(raw.count, (b"\t", b"\n", b"\r"))) or b"\x7f" in raw or _holds(raw, _ODD_MARKS)


def _holds(raw: bytes, characters: Mapping[bytes, bytes]) -> bool:
    """Whether one of the characters, given as the beginnings and last bytes of their UTF-8 forms, stands in a text."""
    if raw.isascii():
        return False
    text = np.frombuffer(raw + b"\n", dtype=np.uint8)
    for pair, last in characters.items():
        at = np.flatnonzero((text[:-2] == pair[0]) & (text[1:-1] == pair[1]))
        if len(at) and (not last or np.isin(text[at + 2], list(last)).any()):
            return True
    return False


def _numbers(raw: bytes) -> Ints:
    """The physical line (1-based) of every piece that ends at a line feed or a carriage return."""
    text = np.frombuffer(raw, dtype=np.uint8)
    ends = text[(text == 10) | (text == 13)]
    return np.concatenate([[1], 1 + np.cumsum(ends == 10)]).astype(np.int64)
