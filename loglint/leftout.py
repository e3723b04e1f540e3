"""What walking leaves out: by name what holds no log (code, images, weights), hidden folders, loglint's own outputs, and what the
user's globs exclude."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from loglint.globs import path_matches

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages", "lost+found", "$RECYCLE.BIN"})
KEPT_HIDDEN = frozenset({".hydra", ".dvclive", ".guild", ".neptune"})
_NO_LOG = (
    # pictures, sound, documents
    "png jpg jpeg gif bmp tif tiff webp svg ico eps ps pdf mp4 avi mov mkv webm mp3 wav flac ogg ttf woff woff2 doc docx xls xlsx "
    "ppt pptx tex bib md rst html htm css sarif xml "
    # code and build products
    "py pyc pyi pyx c cc cpp cxx h hpp cu cuh rs go java class js mjs ts jsx tsx lua r jl m sh bat ps1 so o a dll dylib exe lock "
    "whl jar egg "
    # weights, checkpoints, arrays, data sets
    "pt pth ckpt pkl pickle joblib h5 hdf5 keras safetensors onnx pb tflite npz npy mat bin params weights caffemodel solverstate "
    "model gguf ggml mlmodel msgpack pdparams pdopt arrow feather parquet orc lmdb mdb tfrecord tfrecords rec idx vocab bpe spm "
    "prototxt 7z rar iso dmg deb rpm tmp swp"
)
NO_LOG = frozenset("." + extension for extension in _NO_LOG.split())
CHECKPOINT = re.compile(
    r"\.data-\d+-of-\d+$|\.ckpt-\d+|\.(index|meta)$|^checkpoint$|^(LICENSE|COPYING|NOTICE|Makefile|Dockerfile|(loglint|pyproject)\.toml)$"
)
EVENTS = re.compile(r"\.tfevents\.\d+\.")  # a machine's name follows, with whatever ending
OWN_JSON = re.compile(rb'\s*\{\s*"schema"\s*:\s*"loglint-')
EXPORT_COLUMNS = ("run", "attempt", "series", "split", "role", "step", "epoch", "time", "seq", "value", "path", "line")
OWN_EXPORT = re.compile(rb'\s*(run,attempt,series,split,role,step,|\{"run":[^{}]*?"attempt":[^{}]*?"series":[^{}]*?"role":)')


class Filter(msgspec.Struct, frozen=True):
    """The user's globs: which of the walked files are wanted, and which files and folders are not."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]

    def takes(self, path: str) -> bool:
        """Whether a walked file passes both lists of globs."""
        return (not self.include or _matches(path, self.include)) and not self.drops(path)

    def drops(self, path: str) -> bool:
        """Whether a file or folder is excluded."""
        return _matches(path, self.exclude)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    if not patterns:
        return False
    name = path.rsplit("/", 1)[-1]
    return any(path_matches(path, pattern) or path_matches(name, pattern) for pattern in patterns)


@lru_cache(maxsize=1024)
def no_log(name: str) -> bool:
    """Whether a file name says that it holds code, media, weights or data: not worth opening when found by walking."""
    lower = name.lower()
    if EVENTS.search(lower):
        return False
    return os.path.splitext(lower)[1] in NO_LOG or CHECKPOINT.search(name) is not None


def is_own_output(head: bytes) -> bool:
    """Whether a file begins as loglint's own reports, baselines and exports do."""
    return OWN_JSON.match(head) is not None or OWN_EXPORT.match(head) is not None


def is_own_file(path: str, name: str) -> bool:
    """Whether a file on this machine is an output of loglint; what cannot be read is none."""
    if not name.lower().endswith((".json", ".jsonl", ".csv", ".tsv", ".ndjson")):
        return False
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return False
    try:
        return is_own_output(os.read(handle, 512))
    except OSError:
        return False
    finally:
        os.close(handle)


def skipped_folder(name: str) -> bool:
    """Whether a folder of this name is not walked."""
    return name in SKIPPED_FOLDERS or (name.startswith(".") and name not in KEPT_HIDDEN)
