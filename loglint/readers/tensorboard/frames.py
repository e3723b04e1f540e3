"""Where the records of a TFRecord file lie: length (u64), masked CRC of it, payload, masked CRC of that.

Checks the headers and finds the way again after damage; payloads and their checksums are looked at elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from loglint.model import Ints
from loglint.readers.tensorboard.checksum import Checksums, masked, masked_rows

FRAME = 16  # bytes of a frame around its payload
BATCH = 64  # records walked one by one where headers cannot be searched for
HISTORY = 128  # last sizes in which a period is sought
SMALL = 1 << 16  # sizes whose headers can be searched for
FIRST_WINDOW, WINDOW = 1 << 16, 1 << 20  # bytes searched at a time

Pieces = list[tuple[Ints, Ints]]


@dataclass(frozen=True, slots=True)
class Frames:
    """Payloads of a file: `at` and `size` in bytes, int64[n], in order.

    `lost` has the offset of each stretch that was skipped, `cut` the offset where the file ends inside a frame.
    """

    at: Ints
    size: Ints
    lost: tuple[int, ...]
    cut: int | None


def walk(data: bytes) -> Frames:
    """Find every frame whose header checksum is right.

    Headers are searched for and kept as far as each frame ends where the next begins. Training loops write the same few records
    over and over, so the sizes of records repeat with a short period: a period seen is taken as a guess for what follows, and
    verified for many headers at once. Large records, damage and the end are dealt with one by one.
    """
    pieces: Pieces = []
    lost: list[int] = []
    position, cut, window = 0, None, FIRST_WINDOW
    while position < len(data):
        at, size = _search(data, position, window)
        position = _take(pieces, at, size, position)
        if len(at) >= BATCH:
            at, size = _repeat(data, position, size[-HISTORY:].tolist())
            position = _take(pieces, at, size, position)
            window = FIRST_WINDOW if len(at) > BATCH else min(2 * window, WINDOW)
            continue
        at, size, state = _one_by_one(data, position)
        position = _take(pieces, at, size, position)
        if state == "cut":
            cut = position
            break
        if state == "damaged":
            found = _next_header(data, position + 1)
            if found is None and data.count(0, position) == len(data) - position:
                cut = position
                break
            lost.append(position)
            position = len(data) if found is None else found
    nothing = np.zeros(0, dtype=np.int64)
    all_at, all_size = (np.concatenate([nothing, *(piece[part] for piece in pieces)]) for part in (0, 1))
    return Frames(all_at, all_size, tuple(lost), cut)


@lru_cache(maxsize=65536)
def _header(size: int) -> bytes:
    """The twelve bytes before a payload of this size."""
    length = size.to_bytes(8, "little")
    return length + masked(length).to_bytes(4, "little")


def _take(pieces: Pieces, at: Ints, size: Ints, position: int) -> int:
    """Add frames to the pieces; where they end."""
    if len(at) == 0:
        return position
    pieces.append((at, size))
    return int(at[-1] + size[-1]) + 4


def _one_by_one(data: bytes, position: int) -> tuple[Ints, Ints, str]:
    """Offsets and sizes of up to `BATCH` payloads from `position`, and why it ends: "more", "damaged" or "cut"."""
    at: list[int] = []
    sizes: list[int] = []
    end, state = len(data), "more"
    while len(at) < BATCH and position < end:
        if position + 12 > end:
            state = "cut"
            break
        header = data[position : position + 12]
        size = int.from_bytes(header[:8], "little")
        if header != _header(size):
            state = "damaged"
            break
        following = position + FRAME + size
        if following > end:
            state = "cut"
            break
        at.append(position + 12)
        sizes.append(size)
        position = following
    return np.array(at, dtype=np.int64), np.array(sizes, dtype=np.int64), state


def _repeat(data: bytes, position: int, sizes: list[int]) -> tuple[Ints, Ints]:
    """Payload offsets and sizes of the frames from `position` that go on in the period of `sizes`."""
    nothing = np.zeros(0, dtype=np.int64)
    period = _period(sizes) if len(data) - position > HISTORY * FRAME else None
    if period is None:
        return nothing, nothing
    cycle = sizes[-period:] * max(1, 32 // period)
    stride = sum(cycle) + FRAME * len(cycle)
    expected = np.frombuffer(b"".join(map(_header, cycle)), "<u4")
    inside = np.concatenate(([0], np.cumsum(np.array(cycle[:-1], dtype=np.int64) + FRAME)))
    headers = np.ndarray((len(data) - 11,), "V12", data, 0, (1,))
    repeats, chunk = (len(data) - position) // stride, 2
    places: list[Ints] = [nothing]
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


def _period(sizes: list[int]) -> int | None:
    for period in range(1, len(sizes) // 2 + 1):
        span = max(period, 8)
        if sizes[-1] == sizes[-1 - period] and len(sizes) >= span + period and sizes[-span:] == sizes[-span - period : -period]:
            return period
    return None


def _search(data: bytes, position: int, window: int) -> tuple[Ints, Ints]:
    """Payload offsets and sizes of adjoining frames from `position` in `window` bytes, told by their headers' checksums."""
    count = min(window, len(data) - position - 11)
    nothing = np.zeros(0, dtype=np.int64)
    if count <= 0:
        return nothing, nothing
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
    rows = np.zeros((SMALL, 8), dtype=np.uint8)
    rows.view("<u2")[:, 0] = np.arange(SMALL)
    return masked_rows(rows, 0, 8, bytes(8), [(0, 2)])


def _next_header(data: bytes, position: int) -> int | None:
    """The first offset from `position` on at which a whole frame with a right header checksum begins."""
    end = len(data) - FRAME
    for start in range(position, end, WINDOW):
        count = min(WINDOW, end - start)
        sizes = np.ndarray((count,), "<u8", data, start, (1,))
        room = (end - start) - np.arange(count)
        candidates = np.flatnonzero((sizes > 0) & (sizes <= room.astype(np.uint64)))
        if len(candidates):
            rows = np.ndarray((count,), "V12", data, start, (1,))[candidates].view(np.uint8).reshape(-1, 12)
            right = masked_rows(rows, 0, 8, bytes(12), [(0, 8)]) == rows[:, 8:].copy().view("<u4")[:, 0]
            if right.any():
                return start + int(candidates[right.argmax()])
    return None
