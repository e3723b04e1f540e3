"""Hyper-parameters beside a log -> readings with `config` only: YAML, JSON, TOML, Hydra, W&B, Namespace dumps.

A file is taken for settings by its name (or the folder a tool keeps them in), never by content alone. Reading YAML text
lives in `loglint.readers.yamltext`, what the keys mean in `loglint.facts`.
"""

from __future__ import annotations

import re
from typing import Any

from loglint.model import Problem, Reading, Scalar, Source
from loglint.readers import documents
from loglint.readers.delimited import decode
from loglint.readers.json import SETTINGS
from loglint.readers.names import extension, flatten, stem

FORMAT = "config"
MAX_KEYS = 500
MAX_BYTES = 1 << 20
_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".toml"})
_FOLDERS = re.compile(r"(?:^|[/!])(?:\.hydra|\.guild|params?|configs?)/[^/]+$")
_HYDRA = re.compile(r"(?:^|[/!])\.hydra/(?:config|overrides|hydra)\.yaml$")
_MORE = re.compile(
    r"(?:data|model|train|trainer|experiment|run|exp)?[_-]?(?:config|hparams|params|args|opt|cfg)(?:[_-]?\d+|_\w+)?$", re.I
)
_NEVER = re.compile(
    r"(?:^|[/!])(?:pyproject\.toml|hydra\.yaml|meta\.ya?ml|requirements.*|environment\.ya?ml|docker.*|wandb-metadata\.json)$", re.I
)
_BOOKKEEPING = frozenset({"_wandb", "wandb_version", "hydra", "defaults"})


def claims(path: str, head: bytes) -> bool:
    """Whether the name is one under which training scripts keep their settings."""
    if extension(path) not in _SUFFIXES or _NEVER.search(path) or b"\x00" in head[:1024]:
        return False
    name = stem(path)
    return bool(SETTINGS.fullmatch(name) or _MORE.fullmatch(name) or _FOLDERS.search(path))


def read(path: str, data: bytes) -> tuple[Reading, ...]:
    """The settings in a file, flattened with dots, at most 500; no readings when there are none. Never raises on bad bytes."""
    if len(data) > MAX_BYTES:
        problem = Problem("refused", path, f"settings of more than {MAX_BYTES >> 20} MiB are not read")
        return (Reading(Source(path, FORMAT), problems=(problem,)),)
    value = _parsed(path, decode(data))
    if _HYDRA.search(path) and isinstance(value, list):
        pairs = [one.lstrip("+~").split("=", 1) for one in value if isinstance(one, str) and "=" in one]
        value = {key: _yaml(text) for key, text in pairs}
    if not isinstance(value, dict):
        return ()
    config = scalars(value)
    folder = path.rpartition("/.hydra/")[0] or "." if _HYDRA.search(path) else ""
    return (Reading(Source(path, FORMAT), config=config, folder=folder),) if config else ()


def _parsed(path: str, text: str) -> Any:
    if extension(path) == ".toml":
        import tomllib

        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError):
            return None
    if extension(path) == ".json":
        return documents.loads(text)
    return _yaml(text)


def _yaml(text: str) -> Any:
    from loglint.readers.yamltext import load

    return load(text)


def scalars(value: dict[str, Any]) -> dict[str, Scalar]:
    """Settings as dotted keys; `{key: {value: ..., desc: ...}}` (W&B, SwanLab) is unwrapped, tools' own bookkeeping left out."""
    kept = {key: one for key, one in value.items() if key not in _BOOKKEEPING}
    plain = {
        key: one["value"] if isinstance(one, dict) and "value" in one and set(one) <= {"value", "desc", "sort"} else one
        for key, one in kept.items()
    }
    return dict(list(flatten(plain, ".").items())[:MAX_KEYS])
