"""Tags of histograms and per-layer scalars -> the layers of one attempt, in forward order.

Which words make a tag a gradient, a weight or an activation stands in rules/roles.toml; what records say of a layer is
computed in `loglint.curves.layers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

import msgspec
import numpy as np

from loglint.curves.layers import Layer, Layers, layer_of_histograms, layer_of_scalars
from loglint.model import Floats, Histograms, Run, Series
from loglint.names import knowledge, split_of, words_of

Kind = Literal["update_ratio", "dead", "gradient", "activation", "weight"]
KINDS: tuple[Kind, ...] = ("update_ratio", "dead", "gradient", "activation", "weight")
MOST_LAYERS = 2000  # of one group; further ones are not looked at
_NUMBER = re.compile(r"\d+")
_NUMBERED = re.compile(r"[_:]\d+$")  # Keras numbers the parameters of a layer: kernel_0, kernel:0


class Tag(msgspec.Struct, frozen=True):
    """What one tag says: the `kind` of its numbers, the `layer`, the `group` of tags it belongs to, and for a scalar which array of
    `Layer` it is (`what`). `offset` marks biases, scales and running statistics, `bounded` gates and probabilities."""

    kind: Kind
    layer: str
    group: str
    what: str
    offset: bool
    bounded: bool


@lru_cache(maxsize=65536)
def tag_of(name: str) -> Tag | None:
    """What a tag says, or None when it is of no layer."""
    parts = [part for part in name.split("/") if part]
    table = knowledge().layers
    for kind in KINDS:
        for i, part in enumerate(parts):
            if len(parts) > 1 and _says(words_of(part), table[kind]):
                rest = [one for j, one in enumerate(parts) if j != i]
                return _tag(kind, part, rest, parts[:i] if i + 1 < len(parts) else [])
    return _parameter(parts)


def _says(words: tuple[str, ...], vocabulary: tuple[str, ...]) -> bool:
    """Whether the words hold one that decides and none that is foreign; the first entry lists the words that may stand beside."""
    table = knowledge().layers
    beside, *decisive = vocabulary
    known = {*beside.split(), *decisive, *table["norm"], *table["sd"], *table["zero"], *table["other"]}
    return bool(set(words) & set(decisive)) and all(word in known or word.isdigit() for word in words)


def _tag(kind: Kind, part: str, rest: list[str], before: list[str]) -> Tag | None:
    table = knowledge().layers
    said = set(words_of(part))
    last = words_of(rest[-1])
    statistics = {*table["norm"], *table["sd"], *table["zero"], *table["other"]}
    if len(rest) > 1 and last and not said & statistics and all(word in statistics for word in last):
        said |= set(last)
        rest = rest[:-1]
    layer = "/".join(rest)
    words = _plain(words_of(layer))
    if words & set(table["whole"]) or all(split_of(word) or word in knowledge().words.ignored for word in words):
        return None
    group = "/".join((*before, _NUMBERED.sub("", part)))
    return Tag(kind, layer, group, _what(kind, said), bool(words & set(table["offset"])), bool(words & set(table["bounded"])))


def _plain(words: Iterable[str]) -> frozenset[str]:
    """The words without numbers behind them: bn1 is bn."""
    return frozenset(word.rstrip("0123456789") for word in words) | frozenset(word for word in words if word.isdigit())


def _what(kind: Kind, said: set[str]) -> str:
    table = knowledge().layers
    if kind in ("update_ratio", "dead"):
        return "level"
    if said & set(table["other"]):
        return ""
    if said & set(table["zero"]):
        return "zero"
    return "sd" if said & set(table["sd"]) else "size"


def _parameter(parts: list[str]) -> Tag | None:
    """A tag that is a parameter's own name (`conv1.weight`, `dense/kernel_0`), or that with `.grad` behind it."""
    table = knowledge().layers
    words = words_of("/".join(parts))
    while words and words[-1].isdigit():
        words = words[:-1]
    kind: Kind = "weight"
    if words and words[-1] in table["gradient"][1:]:
        kind, words = "gradient", words[:-1]
    while words and words[-1].isdigit():
        words = words[:-1]
    if not words or words[-1] not in table["parameter"]:
        return None
    return Tag(kind, "/".join(parts), kind, "", bool(_plain(words) & set(table["offset"])), False)


def layers_of(run: Run, series: Iterable[Series], kind: Kind) -> tuple[Layers, ...]:
    """Every group of layers of one kind: from the run's histograms, and from `series` (of one attempt) of non-negative scalars."""
    bars: dict[str, dict[str, list[Histograms]]] = {}
    for one in run.histograms:
        tag = tag_of(one.name)
        if tag is not None and tag.kind == kind and _wanted(tag) and len(one.step):
            bars.setdefault(tag.group, {}).setdefault(tag.layer, []).append(one)
    found = [_group(name, {layer: layer_of_histograms(layer, h) for layer, h in group.items()}) for name, group in bars.items()]
    scalars: dict[tuple[str, str], dict[str, Layer]] = {}
    for curve in series:
        tag = tag_of(curve.name)
        if tag is not None and tag.kind == kind and tag.what and _wanted(tag):
            layer = _scalar(tag, curve)
            if layer is not None:
                scalars.setdefault((tag.group, tag.what), {})[tag.layer] = layer
    return tuple(found + [_group(name, group) for (name, _), group in scalars.items()])


def _wanted(tag: Tag) -> bool:
    if tag.kind == "weight" and _plain(words_of(tag.layer)) & set(knowledge().layers["pretrained"]):
        return False
    return not tag.offset and not (tag.bounded and tag.kind in ("activation", "dead"))


def _scalar(tag: Tag, curve: Series) -> Layer | None:
    values = curve.values
    known = values[np.isfinite(values)]
    if tag.kind == "update_ratio" and len(known) and (known < 0).all() and known.min() > -20:
        values = 10.0**values  # logged as its decimal logarithm
    elif not len(known) or (known < 0).any():
        return None
    axis: Floats | None = curve.axis(curve.best_axis)
    return None if axis is None else layer_of_scalars(tag.layer, axis, values, tag.what)


def _group(name: str, layers: Mapping[str, Layer]) -> Layers:
    """The layers of a group, numbered ones by their numbers where their names are alike but for these, else as they were logged."""
    names = list(layers)[:MOST_LAYERS]
    if len({_NUMBER.sub("#", one) for one in names}) == 1:
        names.sort(key=lambda one: [int(number) for number in _NUMBER.findall(one)])
    return Layers(name, tuple(layers[one] for one in names))
