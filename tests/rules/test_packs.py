"""The guide for rule authors, taken at its word: its rule tests clean, is applied from a folder, and from an installed package."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parent.parent.parent / "docs/writing-rules.md"
ROWS = [f"{i},{2.3 * 0.9**i:.4f},{0.44 if i > 11 else 0.1 + 0.02 * i:.4f}" for i in range(30)]


@pytest.fixture
def rules(tmp_path):
    """The guide's two files, in the folder of a package."""
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    folder = tmp_path / "site/ourpack/rules"
    folder.mkdir(parents=True)
    (folder / "GEN901-validation-accuracy-frozen.toml").write_text(blocks[0], encoding="utf-8")
    (folder / "recipes.toml").write_text(blocks[1], encoding="utf-8")
    (tmp_path / "log.csv").write_text("\n".join(["step,train_loss,val_accuracy", *ROWS]), encoding="utf-8")
    return folder


def loglint(*arguments, folder, path=""):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (path, os.environ.get("PYTHONPATH"))))}
    command = [sys.executable, "-m", "loglint", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def found(answer):
    return {finding["name"] for finding in json.loads(answer.stdout)["findings"]}


def test_the_guides_rule_passes_its_own_examples(rules, tmp_path):
    assert loglint("test", rules, folder=tmp_path).returncode == 0


def test_the_guides_rule_is_applied_from_a_folder(rules, tmp_path):
    (tmp_path / "loglint.toml").write_text('rule-dirs = ["site/ourpack/rules"]\n', encoding="utf-8")
    assert "validation-accuracy-frozen" in found(loglint("run", "log.csv", "--format", "json", folder=tmp_path))


def test_an_installed_pack_is_found_by_its_entry_point_and_not_imported(rules, tmp_path):
    information = tmp_path / "site/ourpack-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: ourpack\nVersion: 1.0\n", encoding="utf-8")
    (information / "entry_points.txt").write_text("[loglint.rules]\nours = ourpack.rules\n", encoding="utf-8")
    (rules.parent / "__init__.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    answer = loglint("run", "log.csv", "--format", "json", folder=tmp_path, path=str(tmp_path / "site"))
    assert "validation-accuracy-frozen" in found(answer)
