"""Where the records of a TFRecord file lie: length (u64), masked CRC of it, payload, masked CRC of that.

Checks the headers and finds the way again after damage; payloads and their checksums are looked at elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec
import numpy as np

from loglint.model import Ints
from loglint.readers.tensorboard.checksum import Checksums, masked, masked_lengths

HEADER, FRAME = 12, 16  # bytes of a frame before its payload, and around it
LARGEST = 1 << 40  # bytes of a payload that is looked for after damage
BATCH = 64  # records walked one by one where headers cannot be searched for
HISTORY = 128  # last sizes in which a period is sought
SMALL = 1 << 16  # sizes whose headers can be searched for
FIRST_WINDOW, WINDOW = 1 << 16, 1 << 20  # bytes searched at a time

Pieces = list[tuple[Ints, Ints]]
NOTHING = np.zeros(0, dtype=np.int64)


class Stretch(msgspec.Struct, frozen=True):
    """A part of a file and the frames that end in it: `at` and `size` of their payloads in `data`, int64[n], in order.

    `data` begins at byte `offset` of the file. `lost` has the offset of each piece that was skipped, `cut` the offset where the
    file ends inside a frame; both count from the beginning of the file.
    """

    data: bytes
    offset: int
    at: Ints
    size: Ints
    lost: tuple[int, ...]
    cut: int | None


def walk(blocks: Iterable[bytes]) -> Iterator[Stretch]:
    """Find every frame whose header checksum is right; `blocks` are the bytes of a file in pieces of any length.

    What a block breaks off is put before the next one, and a frame longer than a block is waited for: where blocks end makes no
    difference. A stretch in which nothing is to be told of is left out.
    """
    source = iter(blocks)
    data, offset, need, ended = b"", 0, 0, False
    astray: int | None = None  # where damage begins behind which no frame was found yet
    blank = True  # whether there are only zeros from there on
    while not ended:
        data, ended = _extended(data, source, need)
        pieces: Pieces = []
        lost: list[int] = []
        position, need, cut = 0, 0, None
        while position < len(data) and not need:
            if astray is None:
                position, need = _adjoining(data, position, pieces)
                if position == len(data) or need:
                    break
                astray, blank = offset + position, True
            begun = position
            position, need = _next_header(data, max(begun, astray + 1 - offset), ended)
            blank = blank and data.count(0, begun, position) == position - begun
            if position < len(data) and not need:
                lost.append(astray)
                astray = None
        if ended and astray is not None and not blank:
            lost.append(astray)
        elif ended and (astray is not None or position < len(data)):
            cut = offset + position if astray is None else astray
        if pieces or lost or cut is not None:
            at, size = (np.concatenate([NOTHING, *(piece[part] for piece in pieces)]) for part in (0, 1))
            yield Stretch(data, offset, at, size, tuple(lost), cut)
        offset += position
        data = data[position:]


def _extended(data: bytes, source: Iterator[bytes], need: int) -> tuple[bytes, bool]:
    """The bytes with the next block behind them, or with as many as make them `need` bytes long, and whether there are no more."""
    parts, length = [data], len(data)
    for block in source:
        parts.append(block)
        length += len(block)
        if length >= need:
            return b"".join(filter(None, parts)), False
    return b"".join(filter(None, parts)), True


def _adjoining(data: bytes, position: int, pieces: Pieces) -> tuple[int, int]:
    """Add the frames that follow one another from `position`; where they end, and how many bytes from there the next one takes.

    None are taken where the next is damaged, or data ends with a frame. Headers are searched for and kept as far as each frame
    ends where the next begins. Training loops write the same few records over and over, so the sizes of records repeat with a
    short period: a period seen is taken as a guess for what follows, and verified for many headers at once. Large records, damage
    and the end are dealt with one by one.
    """
    window = FIRST_WINDOW
    while position < len(data):
        at, size = _search(data, position, window)
        position = _take(pieces, at, size, position)
        if len(at) >= BATCH:
            at, size = _repeat(data, position, size[-HISTORY:].tolist())
            position = _take(pieces, at, size, position)
            window = FIRST_WINDOW if len(at) > BATCH else min(2 * window, WINDOW)
            continue
        at, size, need = _one_by_one(data, position)
        position = _take(pieces, at, size, position)
        if need is not None:
            return position, need
    return position, 0


@lru_cache(maxsize=65536)
def header_of(size: int) -> bytes:
    """The twelve bytes before a payload of this size."""
    length = size.to_bytes(8, "little")
    return length + masked(length).to_bytes(4, "little")


def _take(pieces: Pieces, at: Ints, size: Ints, position: int) -> int:
    """Add frames to the pieces; where they end."""
    if len(at) == 0:
        return position
    pieces.append((at, size))
    return int(at[-1] + size[-1]) + 4


def _one_by_one(data: bytes, position: int) -> tuple[Ints, Ints, int | None]:
    """Offsets and sizes of up to `BATCH` payloads from `position`, and what the next frame takes: more bytes than are left,
    0 when it is damaged, None when it was not looked at.
    """
    at: list[int] = []
    sizes: list[int] = []
    end, need = len(data), None
    while len(at) < BATCH and position < end:
        if position + HEADER > end:
            need = HEADER
            break
        header = data[position : position + HEADER]
        size = int.from_bytes(header[:8], "little")
        if header != header_of(size):
            need = 0
            break
        following = position + FRAME + size
        if following > end:
            need = FRAME + size
            break
        at.append(position + HEADER)
        sizes.append(size)
        position = following
    return np.array(at, dtype=np.int64), np.array(sizes, dtype=np.int64), need


def _repeat(data: bytes, position: int, sizes: list[int]) -> tuple[Ints, Ints]:
    """Payload offsets and sizes of the frames from `position` that go on in the period of `sizes`."""
    length = period(sizes) if len(data) - position > HISTORY * FRAME else None
    if length is None:
        return NOTHING, NOTHING
    cycle = sizes[-length:] * max(1, 32 // length)
    stride = sum(cycle) + FRAME * len(cycle)
    expected = np.frombuffer(b"".join(map(header_of, cycle)), "<u4")
    inside = np.concatenate(([0], np.cumsum(np.array(cycle[:-1], dtype=np.int64) + FRAME)))
    headers = np.ndarray((len(data) - 11,), "V12", data, 0, (1,))
    repeats, chunk = (len(data) - position) // stride, 2
    places: list[Ints] = [NOTHING]
    while repeats > 0:
        chunk = min(chunk * 4, 65536 // len(cycle), repeats)
        at = (position + np.arange(chunk)[:, None] * stride + inside[None, :]).ravel()
        wrong = (headers[at].view("<u4").reshape(chunk, -1) != expected).ravel()
        first = int(wrong.argmax())
        if wrong[first]:
            places.append(at[: first // 3])
            break
        places.append(at)
        position += chunk * stride
        repeats -= chunk
    payloads = np.concatenate(places) + 12
    return payloads, np.resize(np.array(cycle, dtype=np.int64), len(payloads))


def period(sizes: list[int]) -> int | None:
    """After how many records sizes repeat at the end of a list, told from at least eight of them; None where they do not."""
    for length in range(1, len(sizes) // 2 + 1):
        span = max(length, 8)
        if sizes[-1] == sizes[-1 - length] and len(sizes) >= span + length and sizes[-span:] == sizes[-span - length : -length]:
            return length
    return None


def _search(data: bytes, position: int, window: int) -> tuple[Ints, Ints]:
    """Payload offsets and sizes of adjoining frames from `position` in `window` bytes, told by their headers' checksums."""
    count = min(window, len(data) - position - 11)
    if count <= 0:
        return NOTHING, NOTHING
    zero = np.frombuffer(data, np.uint8, count + 7, position) == 0
    small = zero[2 : 2 + count]
    for byte in range(3, 8):
        small = small & zero[byte : byte + count]
    heads = np.flatnonzero(small)
    sizes = np.ndarray((count,), "<u2", data, position, (1,))[heads]
    right = np.ndarray((count,), "<u4", data, position + 8, (1,))[heads] == _checksums_of_sizes()[sizes]
    heads, size = heads[right], sizes[right].astype(np.int64)
    ends = heads + size + FRAME
    follows = np.concatenate((heads[:1] == 0, ends[:-1] == heads[1:])) & (position + ends <= len(data))
    agreed = len(follows) if follows.all() else int(follows.argmin())
    return position + heads[:agreed] + 12, size[:agreed]


@lru_cache(maxsize=1)
def _checksums_of_sizes() -> Checksums:
    """Masked checksum of the length field of each small size, uint32[65536]."""
    return masked_lengths(np.arange(SMALL, dtype=np.uint64))


def _next_header(data: bytes, position: int, ended: bool) -> tuple[int, int]:
    """The first offset from `position` on at which a frame with a right header checksum begins, and 0.

    Where more data follows than this, the frame may end in it: then how many bytes it takes; or there may be none: then what is to
    be searched again with what follows, and the length of a header. Where the data has ended: its end, and 0.
    """
    end = len(data) - (FRAME if ended else HEADER - 1)
    for start in range(position, end, WINDOW):
        count = min(WINDOW, end - start)
        sizes = np.ndarray((count,), "<u8", data, start, (1,))
        most = (end - start - np.arange(count)).astype(np.uint64) if ended else np.uint64(LARGEST)
        candidates = np.flatnonzero((sizes > 0) & (sizes <= most))
        if len(candidates):
            right = np.ndarray((count,), "<u4", data, start + 8, (1,))[candidates] == masked_lengths(sizes[candidates])
            if right.any():
                found = int(candidates[right.argmax()])
                need = FRAME + int(sizes[found])
                return start + found, 0 if start + found + need <= len(data) else need
    return (len(data), 0) if ended else (max(position, end), HEADER)
