"""Bytes -> text in UTF-8 without what is for the eye only: encodings, colours, backspaces, bold marks, the quoting of threads.

Whether there is anything to do is asked of the whole buffer; a text is only decoded where it has to be changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from loglint.model import Bools, Ints
from loglint.readers.text.texts import Bytes, blocks, pairs, places

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|\[K(?=\s)")
_SPELLED_ANSI = re.compile(r"#033\[[0-9;?]*[A-Za-z]|(?<=>:)#015")  # control characters as a log service writes them
_PADDED_NAN = re.compile(r"\bnanx+\b")  # of PaddleOCR, cut to the width of a number
_SPELLED_RETURN = re.compile(r"#015")
_BACKSPACES = re.compile(r"\x08{2,}")
_OVERTYPED = re.compile(r"[^\n\r\x08]\x08")
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\ufeff]")
_ODD_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u3000]")
_LINE_ENDS = re.compile(r"[\u0085\u2028\u2029]")
_QUOTED = re.compile(rb"(?m)^[ \t]{0,3}(?:>[ \t]?)+")
_GLUED = re.compile(r"(\[\d+:\d\d[^\]\n]{0,300}\])(?=[^\s\]\n][^%\n]{0,80}%\|)")  # bars whose carriage returns were lost
_QUOTING = 0.3  # share of lines that begin with a quote mark in a thread
_PIECE = 1 << 17  # bytes decoded at a time
_FEW = 200  # bytes for each place up to which places are seen to one by one
_WIDE = b"\xff\xfe", b"\xfe\xff"  # the marks of UTF-16


def _encoded(characters: str) -> Mapping[bytes, bytes]:
    """The first two bytes of some characters in UTF-8, each with all last bytes there are (none: two bytes are all)."""
    found: dict[bytes, bytes] = {}
    for form in map(str.encode, characters):
        found[form[:2]] = found.get(form[:2], b"") + form[2:]
    return found


_DELETE = 0x7F
_MARK = "\ufeff".encode()
_ODD_MARKS = _encoded("\u200b\u200e\ufeff")
_UNUSUAL = _encoded("".join(map(chr, range(0x2000, 0x200B))) + "\u00a0\u202f\u3000\u0085\u2028\u2029\uff1a\u2212")
_SELDOM = frozenset({*b"#%xK*>", _DELETE, *b"".join(form[:1] for form in (*_ODD_MARKS, *_UNUSUAL))})


def utf8(data: bytes) -> bytes:
    """The text of a file in UTF-8, UTF-16 with a byte-order mark, or else Latin-1; in UTF-8 without its mark."""
    if data[:2] in _WIDE:
        return data.decode("utf-16", errors="replace").encode("utf-8", "replace")
    if _is_utf8(data):
        return data.removeprefix(_MARK)
    cut = data[:-3] if len(data) > 3 else b""
    return data.decode("utf-8-sig", errors="replace").encode() if _is_utf8(cut) else data.decode("latin-1").encode()


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, tried in pieces that stay in the processor's cache."""
    if data.isascii():
        return True
    low = 0
    while low < len(data):
        end = data.find(b"\n", low + _PIECE) + 1 or len(data)
        try:
            data[low:end].decode()
        except UnicodeDecodeError:
            return False
        low = end
    return True


class Seen(msgspec.Struct, frozen=True):
    """What one look at a text in UTF-8 tells: whether it is ASCII, its control characters (bytes `control`, uint8[found], at
    `places`, int64[found]), and which of the seldom bytes it holds.
    """

    raw: bytes
    ascii: bool
    places: Ints
    control: Bytes
    seldom: frozenset[int]

    @classmethod
    def of(cls, raw: bytes) -> Seen:
        """A text that was not looked at before, which need not be UTF-8."""
        plain, held, left = True, set[int](), set(_SELDOM)
        places: list[Ints] = []
        for low, block in blocks(raw):
            places.append(np.flatnonzero(block < ord(" ")) + low)
            piece = block.tobytes()
            plain = plain and piece.isascii()
            held |= {byte for byte in left if byte in piece}
            left -= held
        at = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
        return cls(raw, plain, at, np.frombuffer(raw, dtype=np.uint8)[at], frozenset(held))

    def after(self, raw: bytes) -> Seen:
        """What is seen of the text after a step, which may have changed nothing."""
        return self if raw is self.raw else Seen.of(raw)

    def at(self, byte: int) -> Ints:
        """Where a control character stands."""
        found: Ints = self.places[self.control == byte]
        return found

    def may_hold(self, string: bytes) -> bool:
        """Whether all seldom bytes of a string stand somewhere in the text."""
        return self.seldom.issuperset(_SELDOM.intersection(string))

    def line_ends(self) -> tuple[Ints, Bools]:
        """Where line feeds and carriage returns stand, in order, and which are line feeds."""
        feeds = self.control == ord("\n")
        ends = feeds | (self.control == ord("\r"))
        return self.places[ends], feeds[ends]


def seen(data: bytes) -> Seen:
    """The text of a file in UTF-8, line ends made line feeds."""
    found = Seen.of(data)
    found = found if found.ascii else found.after(utf8(data))
    raw = found.raw
    if len(found.at(ord("\r"))):
        raw = raw.replace(b"\r\n", b"\n") if pairs(raw, b"\r\n") else raw
        if b"\n" not in raw and b"\x1b" not in raw and b"%|" not in raw:
            raw = raw.replace(b"\r", b"\n")
    return found.after(raw)


def cleaned(found: Seen) -> Seen:
    """A text without colours, zero-width characters, bold marks and the quote marks of a thread."""
    for step in (_unspelled, _unpadded, _uncoloured, _without_backspaces, _without_odd, _plain, _unglued, _unmarked, _unquoted):
        found = found.after(step(found))
    return found


def _changed(raw: bytes, *steps: Callable[[str], str]) -> bytes:
    """The text after some steps that work on characters."""
    text = raw.decode()
    for step in steps:
        text = step(text)
    return text.encode("utf-8", "replace")


def _changed_at(raw: bytes, at: Ints, step: Callable[[str], str]) -> bytes:
    """The text after a step that works on characters of one line, taken where it has something to do: at some places, in order."""
    if not len(at):
        return raw
    if len(at) > len(raw) // _FEW:
        return _changed(raw, step)
    pieces: list[bytes] = []
    done = 0
    for place in at.tolist():
        if place >= done:
            low, high = raw.rfind(b"\n", done, place) + 1, raw.find(b"\n", place) + 1
            pieces += [raw[done : low or done], _changed(raw[low or done : high or len(raw)], step)]
            done = high or len(raw)
    return b"".join([*pieces, raw[done:]])


def _unspelled(found: Seen) -> bytes:
    """The text without control characters that a log service spelled."""
    return _changed_at(found.raw, _held(found, {b"#0": b"13"}), lambda text: _SPELLED_RETURN.sub("\r", _SPELLED_ANSI.sub("", text)))


def _unpadded(found: Seen) -> bytes:
    """The text without formats left unfilled and what numbers were padded with."""
    if found.may_hold(b"%f") and pairs(found.raw, b"%f"):
        found = found.after(
            found.raw.replace(b".%f ", b" ")
        )  # the fraction that a logger's format promised and `time` does not know
    return _changed_at(found.raw, _padded(found), lambda text: _PADDED_NAN.sub("nan", text))


def _padded(found: Seen) -> Ints:
    """Where `nanx` may stand, in order."""
    at = places(found.raw, ord("x")) if found.may_hold(b"x") else np.zeros(0, dtype=np.int64)
    at, every = at[at > 1], np.frombuffer(found.raw, dtype=np.uint8)
    behind: Ints = at[(every[at - 1] == ord("n")) & (every[at - 2] == ord("a"))]
    return behind


def _uncoloured(found: Seen) -> bytes:
    """The text without colours."""
    escapes = found.at(0x1B)
    if len(escapes) and b"\x1b]" in found.raw:  # a command to the terminal, which may take several lines
        return _changed(found.raw, lambda text: _ANSI.sub("", text))
    coloured = np.sort(np.concatenate([escapes, _held(found, {b"[K": b""})]))
    return _changed_at(found.raw, coloured, lambda text: _ANSI.sub("", text))


def _without_backspaces(found: Seen) -> bytes:
    return _changed_at(found.raw, found.at(0x08), lambda text: _OVERTYPED.sub("", _BACKSPACES.sub("\r", text)))


def _without_odd(found: Seen) -> bytes:
    """The text without characters that cannot be seen."""
    control = found.control
    odd = found.places[(control != ord("\n")) & (control - np.uint8(ord("\t")) > 1) & (control != ord("\r"))]
    if _DELETE in found.seldom or not found.ascii:
        odd = np.sort(np.concatenate([odd, places(found.raw, _DELETE), _held(found, _ODD_MARKS)]))
    return _changed_at(found.raw, odd, lambda text: _ODD.sub("", text))


def _plain(found: Seen) -> bytes:
    """The text with characters that only look like others put for them."""
    return found.raw if found.ascii else _changed_at(found.raw, _held(found, _UNUSUAL), _usual)


def _usual(text: str) -> str:
    return _LINE_ENDS.sub(" ", _ODD_SPACES.sub(" ", text)).replace("\uff1a", ":").replace("\u2212", "-")


def _unglued(found: Seen) -> bytes:
    """The text with glued bars parted."""
    glued = found.may_hold(b"%") and pairs(found.raw, b"%|") and _any(found.raw, _closes_before_more)
    return _changed(found.raw, lambda text: _GLUED.sub(r"\1\r", text)) if glued else found.raw


def _unmarked(found: Seen) -> bytes:
    """The text without marks of bold type."""
    return found.raw.replace(b"**", b"") if found.may_hold(b"*") and pairs(found.raw, b"**") else found.raw


def _unquoted(found: Seen) -> bytes:
    """The text without the quote marks of a thread."""
    if not found.may_hold(b">"):
        return found.raw
    starts = np.append(0, found.at(ord("\n")) + 1)
    quoted = np.frombuffer(found.raw, dtype=np.uint8)[starts[starts < len(found.raw)]] == ord(">")
    return _QUOTED.sub(b"", found.raw) if np.count_nonzero(quoted) >= _QUOTING * len(starts) else found.raw


def _any(raw: bytes, tells: Callable[[Bytes], Bools]) -> bool:
    """Whether a test of every byte and the next one is passed anywhere."""
    return any(bool(tells(block).any()) for _, block in blocks(raw, 1))


def _closes_before_more(text: Bytes) -> Bools:
    """Where a bracket closes and something other than a blank or bracket stands behind it."""
    behind: Bytes = text[1:][text[:-1] == ord("]")]
    found: Bools = (behind > ord(" ")) & (behind != ord("]"))
    return found


def _held(found: Seen, strings: Mapping[bytes, bytes]) -> Ints:
    """Where some strings of bytes, given as their first two with all last ones (none: two are all), stand in a text, in order."""
    wanted = [one for one in strings.items() if found.may_hold(one[0] + (one[1] if len(one[1]) == 1 else b""))]
    held = [_with_last(found.raw, text, low, *one) for low, text in (blocks(found.raw, 1) if wanted else ()) for one in wanted]
    return np.sort(np.concatenate(held)) if held else np.zeros(0, dtype=np.int64)


def _with_last(raw: bytes, text: Bytes, low: int, first: bytes, last: bytes) -> Ints:
    """Where two bytes stand beside each other in a block of a text, one of `last` behind them if there are any."""
    at = np.flatnonzero((text[:-1] == first[0]) & (text[1:] == first[1])) + low
    if not last or not len(at):
        return at
    at = at[at + 2 < len(raw)]
    return at[np.isin(np.frombuffer(raw, dtype=np.uint8)[at + 2], list(last))]
