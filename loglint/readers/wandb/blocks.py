"""Records of a LevelDB-style log as W&B writes it: 32 KiB blocks, records cut into pieces, a CRC-32 for each piece.

Source of the layout: LevelDB, doc/log_format.md; the file begins with seven bytes of its own, the CRC-32 is zlib's. SwanLab
took the form over.
"""

from __future__ import annotations

import zlib
from struct import Struct

import msgspec

from loglint.model import Problem

BLOCK = 32768
MAGIC = b":W&B"
FILE_HEADER = 7
PIECE = Struct("<IHB")  # CRC of type and payload, length of the payload, type
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


class Log(msgspec.Struct, frozen=True):
    """Whole records in order; offsets of damaged pieces; offset where the file ends inside a record, or None."""

    records: tuple[bytes, ...]
    damaged: tuple[int, ...]
    cut: int | None


def split(data: bytes) -> Log:
    """Cut a log into its records. A damaged piece costs its record, a damaged length what is left of its block."""
    records: list[bytes] = []
    damaged: list[int] = []
    parts: list[bytes] = []
    begun = 0
    at, end = FILE_HEADER, len(data)
    while at < end:
        room = BLOCK - at % BLOCK
        if room < PIECE.size:
            at += room
            continue
        if at + PIECE.size > end:
            return Log(tuple(records), tuple(damaged), at)
        checksum, length, kind = PIECE.unpack_from(data, at)
        if kind == 0 and length == 0 and checksum == 0:
            at += room
            continue
        following = at + PIECE.size + length
        if following > end and length <= room - PIECE.size:
            return Log(tuple(records), tuple(damaged), at)
        if following > at + room or zlib.crc32(data[at + 6 : following]) != checksum:
            damaged.append(at)
            parts = []
            at = following if _begins_piece(data, following, at + room) else at + room
            continue
        payload = data[at + PIECE.size : following]
        if kind in (FULL, FIRST):
            begun, parts = at, []
        if kind == FULL:
            records.append(payload)
        elif kind == FIRST or parts:
            parts.append(payload)
            if kind == LAST:
                records.append(b"".join(parts))
                parts = []
        at = following
    return Log(tuple(records), tuple(damaged), begun if parts else None)


def _begins_piece(data: bytes, at: int, end: int) -> bool:
    """Whether a whole piece with a right checksum begins at this offset of a block that ends at `end`."""
    if at + PIECE.size > min(end, len(data)):
        return False
    checksum, length, _ = PIECE.unpack_from(data, at)
    following = at + PIECE.size + length
    return following <= min(end, len(data)) and zlib.crc32(data[at + 6 : following]) == int(checksum)


def problems(path: str, log: Log, size: int, unknown: int) -> tuple[Problem, ...]:
    """What was damaged, cut or beyond understanding in a file of `size` bytes; `unknown` counts records that hold nothing known."""
    found: list[Problem] = []
    if log.damaged:
        message = f"{len(log.damaged)} records are damaged and left out, the first at byte {log.damaged[0]}; copy the file anew"
        found.append(Problem("checksum", path, message))
    if unknown:
        found.append(Problem("bad_row", path, f"{unknown} records hold nothing that can be read"))
    if log.cut is not None:
        message = f"the file ends inside a record at byte {log.cut} of {size}; everything before it was read"
        found.append(Problem("truncated", path, message))
    return tuple(found)
