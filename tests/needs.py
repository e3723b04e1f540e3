"""Tools of the `dev` extra that some tests need: without one the test is left out, but never in continuous integration."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest


def required(module: str) -> ModuleType:
    """The module; where it is not installed the test is skipped, and fails under CI."""
    if os.environ.get("CI"):
        return importlib.import_module(module)
    return pytest.importorskip(module)


def tool(name: str) -> str:
    """The path of a command that a package of the `dev` extra installs, under the same terms."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        assert not os.environ.get("CI"), f"{name} is missing: install the dev extra"
        pytest.skip(f"{name} is not installed: it is in the dev extra")
    return found
