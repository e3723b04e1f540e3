"""Where the records of a TFRecord file lie: length (u64), masked CRC of it, payload, masked CRC of that.

Checks the headers and finds the way again after damage; payloads and their checksums are looked at elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

import numpy as np

from loglint.model import Ints
from loglint.readers.tensorboard.checksum import masked, masked_rows

HEADER = Struct("<QI")
FRAME = 16  # bytes of a frame around its payload
LONGEST_PERIOD = 1024  # records after which the sequence of sizes may repeat
FEWEST, MOST = 64, 4096  # records walked one by one between two guesses
WINDOW = 1 << 20


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

    Training loops write the same few records over and over, so the sizes of records repeat with a short period: a period seen is
    taken as a guess for what follows, and verified for all following headers at once.
    """
    at: list[Ints] = []
    size: list[Ints] = []
    known: dict[int, int] = {}
    lost: list[int] = []
    position, batch = 0, FEWEST
    while True:
        start, end, sizes, state = position, *_one_by_one(data, position, batch, known)
        position = end
        if sizes:
            array = np.array(sizes, dtype=np.int64)
            at.append(start + 12 + np.concatenate(([0], np.cumsum(array[:-1] + FRAME))))
            size.append(array)
        if state == "cut":
            break
        if state == "damaged":
            found = _next_header(data, position + 1)
            if found is None:
                if data.count(0, position) == len(data) - position:
                    state = "cut"
                else:
                    lost.append(position)
                break
            lost.append(position)
            position = found
            continue
        guessed = _repeat(data, position, sizes, known)
        if guessed is None:
            batch = min(2 * batch, MOST)
            continue
        at.append(guessed[0])
        size.append(guessed[1])
        position = int(guessed[0][-1] + guessed[1][-1]) + 4
        batch = FEWEST if len(guessed[0]) > MOST else min(2 * batch, MOST)
    nothing = np.zeros(0, dtype=np.int64)
    whole = state == "cut" and position == len(data)
    cut = position if state == "cut" and not whole else None
    return Frames(np.concatenate([nothing, *at]), np.concatenate([nothing, *size]), tuple(lost), cut)


def _one_by_one(data: bytes, position: int, most: int, known: dict[int, int]) -> tuple[int, list[int], str]:
    """Sizes of up to `most` frames from `position`, where they end, and why: "more", "damaged" or "cut" (also the end)."""
    sizes: list[int] = []
    end = len(data)
    for _ in range(most):
        if position + 12 > end:
            return position, sizes, "cut"
        size, checksum = HEADER.unpack_from(data, position)
        if known.get(size) != checksum:
            if masked(data[position : position + 8]) != checksum:
                return position, sizes, "damaged"
            known[size] = checksum
        following = position + FRAME + size
        if following > end:
            return position, sizes, "cut"
        sizes.append(size)
        position = following
    return position, sizes, "more"


def _repeat(data: bytes, position: int, sizes: list[int], known: dict[int, int]) -> tuple[Ints, Ints] | None:
    """Payload offsets and sizes of the frames from `position` that go on in the period of `sizes`; None when there are none."""
    period = _period(sizes)
    if period is None:
        return None
    cycle = sizes[-period:] * max(1, 32 // period)
    stride = sum(cycle) + FRAME * len(cycle)
    expected = np.frombuffer(b"".join(HEADER.pack(size, known[size]) for size in cycle), "<u4")
    inside = np.concatenate(([0], np.cumsum(np.array(cycle[:-1], dtype=np.int64) + FRAME)))
    headers = np.ndarray((len(data) - 11,), "V12", data, 0, (1,))
    repeats, chunk, good = (len(data) - position) // stride, 8, 0
    places: list[Ints] = []
    while repeats > 0:
        chunk = min(chunk * 4, max(1, 65536 // len(cycle)), repeats)
        at = (position + np.arange(chunk)[:, None] * stride + inside[None, :]).ravel()
        wrong = (headers[at].view("<u4").reshape(chunk, -1) != expected).ravel()
        first = int(wrong.argmax())
        agreed = first // 3 if wrong[first] else len(at)
        places.append(at[:agreed])
        good += agreed
        if agreed < len(at):
            break
        position += chunk * stride
        repeats -= chunk
    if good == 0:
        return None
    return np.concatenate(places) + 12, np.resize(np.array(cycle, dtype=np.int64), good)


def _period(sizes: list[int]) -> int | None:
    for period in range(1, min(LONGEST_PERIOD, len(sizes) // 2) + 1):
        span = max(period, 8)
        if len(sizes) >= span + period and sizes[-span:] == sizes[-span - period : -period]:
            return period
    return None


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
            right = masked_rows(rows, 8, bytes(8), [(0, 8)]) == rows[:, 8:].copy().view("<u4")[:, 0]
            if right.any():
                return start + int(candidates[right.argmax()])
    return None
