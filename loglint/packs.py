"""Rule packs of installed packages: folders of TOML that an entry point `loglint.rules` names. Nothing of a package is imported."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from loglint.errors import RuleError

GROUP = "loglint.rules"


@cache
def packs() -> tuple[Path, ...]:
    """The folders of all installed rule packs, in the order of the entry points' names.

    The value of an entry point is the dotted place of the folder in its package: `ourpack.rules` is `ourpack/rules`. Raises
    RuleError for one that has no such folder.
    """
    if not _may_be_named():
        return ()
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


def _may_be_named() -> bool:
    """Whether the group stands in an installed distribution's `entry_points.txt`, or packages are kept elsewhere than in folders.

    The search takes a twentieth of the time in which `importlib.metadata` reads what all of them are called.
    """
    if any(finder is not PathFinder and hasattr(finder, "find_distributions") for finder in sys.meta_path):
        return True
    for place in dict.fromkeys(sys.path):
        try:
            names = os.listdir(place or ".")
        except NotADirectoryError:
            return True
        except OSError:
            continue
        for name in names:
            if name.lower().endswith((".dist-info", "egg-info")) and _names_group(os.path.join(place, name, "entry_points.txt")):
                return True
    return False


def _names_group(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return GROUP.encode() in file.read()
    except OSError:
        return False
