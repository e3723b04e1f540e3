"""Where lines of words may be broken. A wide character (Chinese) takes two columns, and a line may break after it."""

from __future__ import annotations

import unicodedata

_CLOSING = "，。；：、！？）】》”’％"
_OPENING = "（【《“‘"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(_width(character) for character in text)


def fitted(text: str, room: int) -> str:
    """The text in at most `room` columns (4 or more): its beginning, an ellipsis, its end; the beginning alone in less than 8."""
    if columns(text) <= room:
        return text
    if room < 8:
        return text[: _fitting(text, room)]
    start = text[: _fitting(text, (room - 3) * 2 // 3)]
    end = len(text)
    while columns(text[end - 1 :]) <= room - 3 - columns(start):
        end -= 1
    return f"{start}...{text[end:]}"


def breaks(text: str, room: int) -> list[int]:
    """The offsets at which text is cut into lines of at most `room` columns.

    Lines break after blanks and between wide characters, but not before a closing or after an opening punctuation mark;
    a longer word is cut where the line ends.
    """
    offsets: list[int] = []
    used = start = 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        width = columns(piece.rstrip())
        if used and used + width > room:
            offsets.append(start)
            used = 0
        while columns(piece.rstrip()) > room:
            cut = _fitting(piece, room)
            start += cut
            offsets.append(start)
            piece = piece[cut:]
        used += columns(piece)
        start = end
    return offsets


def _ends(text: str) -> list[int]:
    """Where a line may end: after blanks, and beside a wide character unless punctuation forbids it."""
    found = []
    for i in range(1, len(text)):
        before, after = text[i - 1], text[i]
        wide = _width(before) == 2 or _width(after) == 2
        if after.isspace() or after in _CLOSING or before in _OPENING:
            continue
        if before.isspace() or wide:
            found.append(i)
    return found


def _fitting(text: str, room: int) -> int:
    """How many characters of the text fit, at least one."""
    used = 0
    for i, character in enumerate(text):
        used += _width(character)
        if used > room:
            return max(1, i)
    return len(text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
