"""Lines that stand in one buffer, held against lists of them."""

from __future__ import annotations

import numpy as np
import pytest

from loglint.readers.text import clean, texts
from loglint.readers.text.texts import Texts

LINES = ["", "loss: 0.5", "é ▏ 12", "", "x" * 300, "1e-05 ー", "end"]


@pytest.mark.parametrize("block", [3, 1 << 18])
def test_lines_of_a_buffer_are_those_that_splitting_gives(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_BLOCK", block)
    found = Texts.parted("\n".join(LINES).encode())
    assert list(found) == LINES
    assert found.lengths().tolist() == list(map(len, LINES))
    assert list(found[2:]) == LINES[2:]
    assert list(found.take(np.array([5, 1]))) == [LINES[5], LINES[1]]


@pytest.mark.parametrize("chosen", [[0, 1, 2, 3], [1, 6], [5, 1], [4]])
def test_some_lines_stand_in_one_buffer_in_their_order(chosen: list[int]) -> None:
    text, start, end = Texts.of(LINES).take(np.array(chosen)).together()
    assert [text[a:b].decode() for a, b in zip(start, end, strict=True)] == [LINES[i] for i in chosen]


def test_heads_of_lines_count_characters() -> None:
    assert list(Texts.of(LINES).heads(3)) == [line[:3] for line in LINES]
    assert list(Texts.of(["abcd", "e"]).heads(3)) == ["abc", "e"]


@pytest.mark.parametrize("at", [0, 5, 8, 12])
def test_marks_across_the_edges_of_blocks_are_seen(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_BLOCK", 4)
    plain = b"abcdefghijklmnop"
    for mark, wanted in ((b"**", b""), ("\u200b".encode(), b""), ("\u00a0".encode(), b" "), (b"\x1b[32m", b""), (b"\x07", b"")):
        assert clean.cleaned(clean.seen(plain[:at] + mark + plain[at:])).raw == plain[:at] + wanted + plain[at:]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeffloss é".encode(), "loss é"),
        ("loss é".encode("utf-16"), "loss é"),
        ("loss é".encode("latin-1") + b" 1234", "loss é 1234"),
        ("loss 12 é".encode()[:-1], "loss 12 \ufffd"),
        (b"\xe9", "\ufffd"),
        (b"", ""),
    ],
)
def test_text_of_any_encoding_becomes_utf8(data: bytes, text: str) -> None:
    assert clean.utf8(data).decode() == text
