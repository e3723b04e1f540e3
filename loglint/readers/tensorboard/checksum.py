"""Masked CRC-32C of one record and of many records at once. Nothing here knows what a record means.

A CRC is linear over GF(2): begun at zero, the checksum of the exclusive or of two messages of equal length is the exclusive or of
their checksums, zeros before a message change nothing, and a message that its own checksum follows leaves zero behind. So any
number of messages end to end are verified by one checksum of them all: a wrong one leaves a rest that no right one takes away.
"""

from __future__ import annotations

from functools import lru_cache

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from loglint.model import Bools

Bytes = NDArray[np.uint8]
Checksums = NDArray[np.uint32]

MASK_DELTA = 0xA282EAD8  # TFRecord: rotated by 15 bits, plus this
ZERO = 0xFFFFFFFF  # what the library calls a register of zeros, since it inverts it before and after
PARTS = 16  # into which rows are divided to find the damaged ones


def crc32c(message: bytes | bytearray | memoryview, before: int = 0) -> int:
    """The CRC-32C of contiguous bytes (RFC 3720, section 12.1), continued from the checksum of what stands before them."""
    return int(google_crc32c.extend(before, bytes(message)))


def masked(message: bytes | bytearray | memoryview) -> int:
    """The masked checksum that TFRecord files store for `message`."""
    value = crc32c(message)
    return (((value >> 15) | (value << 17)) + MASK_DELTA) & 0xFFFFFFFF


def unmasked(stored: Checksums) -> Checksums:
    """The checksums behind masked ones, in an array of the same shape."""
    plain = stored - np.uint32(MASK_DELTA)
    return (plain << np.uint32(15)) | (plain >> np.uint32(17))


def from_zero(size: int) -> np.uint32:
    """What makes the checksum of a message of this size one that was begun at zero, by exclusive or."""
    return np.uint32(crc32c(bytes(size)))


def sound(rows: Bytes) -> Bools:
    """Which rows are right, bool[n], told by one checksum where all are.

    rows: uint8[n, width], C-contiguous, each any number of messages that their checksums, begun at zero, follow; zeros around them.
    Two wrong rows hide each other as seldom as a wrong one has a right checksum, once in 2^32.
    """
    if crc32c(rows.data, ZERO) == ZERO:
        return np.ones(len(rows), dtype=np.bool_)
    if len(rows) == 1:
        return np.zeros(1, dtype=np.bool_)
    step = -(-len(rows) // PARTS)
    return np.concatenate([sound(rows[start : start + step]) for start in range(0, len(rows), step)])


def masked_lengths(lengths: NDArray[np.uint64]) -> Checksums:
    """Masked checksums of the length fields of frames, uint32[n] from uint64[n]."""
    value = np.full(len(lengths), crc32c(bytes(8)), dtype=np.uint32)
    for behind in range(7, -1, -1):
        value ^= _table(behind)[(lengths & np.uint64(0xFF)).astype(np.intp)]
        lengths = lengths >> np.uint64(8)
        if not lengths.any():
            break
    return ((value >> np.uint32(15)) | (value << np.uint32(17))) + np.uint32(MASK_DELTA)


@lru_cache(maxsize=8)
def _table(behind: int) -> Checksums:
    """What a byte adds to the checksum of a message when `behind` bytes follow it, uint32[256]."""
    nothing = crc32c(bytes(1 + behind))
    return np.array([crc32c(bytes([byte]) + bytes(behind)) ^ nothing for byte in range(256)], dtype=np.uint32)
