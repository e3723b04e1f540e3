"""Masked CRC-32C of one record and of many records at once. Nothing here knows what a record means.

A CRC is affine over GF(2): the checksum of a message of fixed length is the exclusive or of one contribution for each of
its bytes and a constant. Where many records differ in a few bytes only, only those bytes are looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from crc32c import crc32c
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Checksums = NDArray[np.uint32]

POLYNOMIAL = 0x82F63B78  # Castagnoli, reflected (RFC 3720, appendix B.4)
MASK_DELTA = 0xA282EAD8  # TFRecord: rotated by 15 bits, plus this
WIDE = 4096  # from this many records on, tables of two bytes are worth their making


def masked(message: bytes | memoryview) -> int:
    """The masked checksum that TFRecord files store for `message`."""
    value = crc32c(message)
    return (((value >> 15) | (value << 17)) + MASK_DELTA) & 0xFFFFFFFF


def masked_rows(rows: Bytes, start: int, end: int, constant: bytes, spans: Sequence[tuple[int, int]]) -> Checksums:
    """Masked checksums of columns `start` to `end` of each row, uint32[n].

    rows: uint8[n, width], C-contiguous. `constant` is one row with zeros inside `spans`; outside of the spans (first and last
    column) and between start and end every row must be equal to it.
    """
    value = contributions(rows, end, spans) ^ rotated(crc32c(constant[start:end]))
    return value + np.uint32(MASK_DELTA)


def rotated(value: int) -> np.uint32:
    """A checksum as it is before the constant of the mask is added."""
    return np.uint32(((value >> 15) | (value << 17)) & 0xFFFFFFFF)


def contributions(rows: Bytes, end: int, spans: Sequence[tuple[int, int]]) -> Checksums:
    """What the bytes inside the spans add to the rotated checksum of columns up to `end` of each row, uint32[n].

    rows: uint8[n, width], C-contiguous. Rotation is linear too, so the tables are rotated, and not the sums.
    """
    if len(rows) < WIDE:
        columns, tables, offsets = tables_of(end, tuple(spans))
        found: Checksums = np.bitwise_xor.reduce(tables.take(rows.take(columns, axis=1) + offsets, mode="wrap"), axis=1)
        return found
    value = np.zeros(len(rows), dtype=np.uint32)
    for first, last in spans:
        for at in range(first, last, 2):
            _add(value, rows, at, min(2, last - at), end - 1 - at)
    return value


def _add(value: Checksums, rows: Bytes, at: int, step: int, behind: int) -> None:
    """Add in place the contribution of `step` bytes from column `at`; `behind` bytes follow the first of them."""
    key: NDArray[np.uint16] | Bytes = np.ndarray((len(rows),), f"<u{step}", rows, at, (rows.strides[0],))
    table = _pair(behind) if step == 2 else _rotated(behind)
    if (key == key[0]).all():
        value ^= table[key[:1]]
    else:
        value ^= table.take(key.astype(np.intp), mode="wrap")


@lru_cache(maxsize=256)
def tables_of(end: int, spans: tuple[tuple[int, int], ...]) -> tuple[NDArray[np.intp], Checksums, NDArray[np.intp]]:
    """Columns within the spans of messages that end at `end`, their tables one after the other, and where each table begins."""
    columns = np.array([column for first, last in spans for column in range(first, last)], dtype=np.intp)
    tables = np.concatenate([np.zeros(0, dtype=np.uint32), *(_rotated(end - 1 - column) for column in columns.tolist())])
    return columns, tables, np.arange(len(columns), dtype=np.intp) * 256


def _rotated(behind: int) -> Checksums:
    table = _table(behind)
    return (table >> np.uint32(15)) | (table << np.uint32(17))


@lru_cache(maxsize=4096)
def _table(behind: int) -> Checksums:
    """What a byte adds to the checksum when `behind` bytes follow it, uint32[256]."""
    if behind:
        before = _table_of_block(behind // 64)
        for _ in range(behind % 64):
            before = _shift(before)
        return before
    value = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        value = (value >> np.uint32(1)) ^ np.where(value & np.uint32(1), np.uint32(POLYNOMIAL), np.uint32(0))
    return value


@lru_cache(maxsize=4096)
def _table_of_block(blocks: int) -> Checksums:
    if blocks == 0:
        return _table(0)
    value = _table_of_block(blocks - 1)
    for _ in range(64):
        value = _shift(value)
    return value


def _shift(value: Checksums) -> Checksums:
    shifted: Checksums = (value >> np.uint32(8)) ^ _table(0)[value & np.uint32(255)]
    return shifted


@lru_cache(maxsize=256)
def _pair(behind: int) -> Checksums:
    """What two neighbouring bytes add, `behind` bytes following the first, uint32[65536]; the key is little-endian."""
    table: Checksums = (_rotated(behind - 1)[:, None] ^ _rotated(behind)[None, :]).ravel()
    return table
