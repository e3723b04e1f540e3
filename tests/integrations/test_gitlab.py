"""The GitLab template: of the form GitLab takes, and its script run as a runner would."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.integrations.steps import BROKEN, HEALTHY, ROOT, log, shell
from tests.needs import tool

FILE = ROOT / "integrations" / "gitlab" / "loglint.yml"
TEMPLATE = yaml.safe_load(FILE.read_text("utf-8"))


def lint(folder: Path, **variables: str) -> int:
    """Run the job's script in one shell, as a runner does."""
    lines = "\n".join(TEMPLATE["loglint"]["script"])
    return shell(lines, folder, **(TEMPLATE["variables"] | variables), PYTHONPATH=str(ROOT)).returncode


def test_the_template_is_what_the_schema_of_gitlab_asks_for():
    done = subprocess.run([tool("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", FILE], check=False)
    assert done.returncode == 0


def test_every_variable_is_declared_and_every_artifact_is_written(tmp_path):
    log(tmp_path / "base", HEALTHY)
    log(tmp_path / "runs", BROKEN)
    assert lint(tmp_path, LOGLINT_PATHS="runs", LOGLINT_BASE="base") == 1
    artifacts = TEMPLATE["loglint"]["artifacts"]
    for name in (*artifacts["paths"], *artifacts["reports"].values()):
        assert (tmp_path / name).stat().st_size > 0
    (row,) = json.loads((tmp_path / artifacts["reports"]["codequality"]).read_text("utf-8"))
    assert (row["check_name"], row["location"]["path"]) == ("NUM003 sudden-nan", "runs/metrics.csv")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"LOGLINT_PATHS": "good"}, 0),
        ({"LOGLINT_PATHS": "good broken"}, 1),
        ({"LOGLINT_PATHS": "broken", "LOGLINT_OPTIONS": "--fail-on never"}, 0),
        ({"LOGLINT_PATHS": "good", "LOGLINT_BASE": "good"}, 0),
        ({"LOGLINT_PATHS": "good", "LOGLINT_BASE": "good", "LOGLINT_HEAD": "worse"}, 1),
        ({"LOGLINT_PATHS": "missing"}, 2),
        ({"LOGLINT_PATHS": "good", "LOGLINT_BASE": "missing"}, 2),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else str(value),
)
def test_the_job_ends_as_the_gate_does(tmp_path, variables, code):
    log(tmp_path / "good", HEALTHY)
    log(tmp_path / "broken", BROKEN)
    log(tmp_path / "worse", HEALTHY | {"val_loss": "2.3>0.9/12x60~0.02@3"})
    assert lint(tmp_path, **variables) == code
