"""Rule packs of installed packages: folders of TOML that an entry point `loglint.rules` names. Nothing of a package is imported."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from loglint.errors import RuleError

GROUP = "loglint.rules"


@cache
def packs() -> tuple[Path, ...]:
    """The folders of all installed rule packs, in the order of the entry points' names.

    The value of an entry point is the dotted place of the folder in its package: `ourpack.rules` is `ourpack/rules`. Raises
    RuleError for one that has no such folder.
    """
    from importlib.metadata import entry_points

    folders = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        place = entry.value.replace(".", "/")
        folder = Path(str(entry.dist.locate_file(place))) if entry.dist is not None else Path(place)
        if not folder.is_dir():
            named = f"entry point {entry.name} of {GROUP} names it"
            raise RuleError(f"{folder}: no such folder of rules ({named}); reinstall its package")
        folders.append(folder)
    return tuple(folders)
