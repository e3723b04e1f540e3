"""The one glob language of configuration and options: *, ** and ? on paths relative to the root."""

from __future__ import annotations

import re
from functools import cache


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    out = ""
    for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern):
        out += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))
    return re.compile(f"{out}(?:/.*)?", re.DOTALL)


def path_matches(path: str, glob: str) -> bool:
    """Whether a path, or a folder above it, matches a glob with *, ** and ?, both relative to the root."""
    return _glob(glob.removeprefix("./").rstrip("/")).fullmatch(path.removeprefix("./")) is not None
