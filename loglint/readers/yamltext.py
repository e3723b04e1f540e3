"""YAML text -> plain values: scalars, lists and mappings, nothing else, and no more of them than is reasonable.

What the values are for lives in `loglint.readers.config`.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

MAX_NODES = 100_000
MAX_DEPTH = 64
SHORT, SHALLOW = 65_536, 1000  # characters, and levels that a text may have, to be left to libyaml


class _Builder(yaml.constructor.SafeConstructor):
    """Builds plain values; a tag of any programming language gives the plain value under it, never an object."""


class _Loader(yaml.SafeLoader):
    """Makes the nodes of any text."""


class _Quick(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Makes the same nodes with libyaml."""


_QUICK = _Quick if yaml.__with_libyaml__ else None


def _untagged(builder: _Builder, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return builder.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return builder.construct_sequence(node, deep=True)
    return getattr(node, "value", None)


_Builder.add_multi_constructor("tag:yaml.org,2002:python/", _untagged)
_Builder.add_multi_constructor("!", _untagged)
for _each in (_Loader, _Quick):
    _each.add_implicit_resolver(  # YAML 1.1 as PyYAML reads it takes 1e-4 for a word
        "tag:yaml.org,2002:float", re.compile(r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)[eE][-+]?\d+$"), list("-+0123456789.")
    )


def load(text: str) -> Any:
    """The value of a YAML text without its aliases expanded beyond bounds; None when it is none."""
    try:
        node = _composed(text)
        if node is None or _size(node) > MAX_NODES:
            return None
        return _Builder().construct_document(node)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, OverflowError, AttributeError):
        return None


def _composed(text: str) -> yaml.Node | None:
    """The nodes of a text, by libyaml where it is there and the text cannot nest deeper than C calls may; else in Python."""
    if _QUICK is not None and len(text) <= SHORT and _depth(text) <= SHALLOW:
        try:
            return yaml.compose(text, Loader=_QUICK)
        except yaml.YAMLError:  # what only the other reads is read by the other
            pass
    return yaml.compose(text, Loader=_Loader)


def _depth(text: str) -> int:
    """How deep a text can nest at most: by every bracket, and twice by every column of its longest line."""
    return text.count("[") + text.count("{") + 2 * max(map(len, text.splitlines()), default=0)


def _size(node: yaml.Node) -> int:
    """How many values a document holds when every alias is written out (aliases of aliases multiply); stops above the bound."""
    total = 0
    stack: list[tuple[yaml.Node, frozenset[int]]] = [(node, frozenset())]
    while stack and total <= MAX_NODES:
        one, above = stack.pop()
        total += 1
        if id(one) in above or len(above) > MAX_DEPTH:
            return MAX_NODES + 1
        inside = above | {id(one)}
        if isinstance(one, yaml.MappingNode):
            stack.extend((part, inside) for pair in one.value for part in pair)
        elif isinstance(one, yaml.SequenceNode):
            stack.extend((part, inside) for part in one.value)
    return total
