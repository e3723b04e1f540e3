"""The hooks of .pre-commit-hooks.yaml: of the form pre-commit takes, and their entries run as it would."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

from tests.integrations.steps import BROKEN, HEALTHY, ROOT, log, shell
from tests.needs import tool

FILE = ROOT / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(FILE.read_text("utf-8"))}


def code(hook: str, folder: Path, arguments: str = "") -> int:
    """The exit code of a hook: its entry with the arguments of the user's configuration, in the root of the repository."""
    return shell(f"{HOOKS[hook]['entry']} {arguments}", folder, PYTHONPATH=str(ROOT)).returncode


def test_the_hooks_are_what_pre_commit_asks_for():
    assert subprocess.run([tool("pre-commit"), "validate-manifest", FILE], check=False).returncode == 0
    assert all(hook["language"] == "python" and hook["pass_filenames"] is False for hook in HOOKS.values())


def test_logs_are_linted(tmp_path):
    log(tmp_path / "logs" / "a", HEALTHY)
    assert code("loglint", tmp_path) == 0
    log(tmp_path / "logs" / "b", BROKEN)
    assert code("loglint", tmp_path, "logs") == 1
    assert code("loglint", tmp_path, "logs/a --select NUM") == 0


def test_a_configuration_is_checked_with_the_rules_it_names(tmp_path):
    config = tmp_path / "loglint.toml"
    for text, expected in (('ignore = ["GEN005"]', 0), ('ignore = ["GEN999"]', 2), ("selct = []", 2), ('edition = "1999.1"', 2)):
        config.write_text(text + "\n", "utf-8")
        assert code("loglint-config", tmp_path) == expected
    assert [
        bool(re.search(HOOKS["loglint-config"]["files"], name)) for name in ("ci/loglint.toml", "pyproject.toml", "a.toml")
    ] == [
        True,
        True,
        False,
    ]


def test_rules_are_tested(tmp_path):
    rule = (
        (ROOT / "rules" / "NUM003-sudden-nan.toml")
        .read_text("utf-8")
        .replace("NUM003", "NUM903")
        .replace('"sudden-nan"', '"our-nan"')
    )
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "NUM903-our-nan.toml").write_text(rule, "utf-8")
    assert code("loglint-rules", tmp_path, "ours") == 0
    (tmp_path / "ours" / "NUM903-our-nan.toml").write_text(rule.replace("min_count = 1", "min_count = 1000000"), "utf-8")
    assert code("loglint-rules", tmp_path, "ours") != 0
