"""The example repository, as its readers would try it, and its workflow step by step."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.integrations.steps import ROOT, shell
from tests.integrations.test_github import ACTION, Job
from tests.needs import tool

EXAMPLE = ROOT / "docs" / "examples" / "gate"
WORKFLOW = EXAMPLE / ".github" / "workflows" / "gate.yml"
STEPS = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["gate"]["steps"]
TRAIN = next(step["run"] for step in STEPS if "smoke.py" in step.get("run", ""))
WITH = next(step["with"] for step in STEPS if "/loglint@" in step.get("uses", ""))


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A checkout of the example."""
    made = Job(tmp_path)
    shutil.copytree(EXAMPLE, made.work, dirs_exist_ok=True)
    return made


def gate(job: Job, train: str) -> subprocess.CompletedProcess[str]:
    """Train, then the action with the inputs of the workflow."""
    assert shell(train, job.work).returncode == 0
    return job.run(**{name.replace("-", "_"): value for name, value in WITH.items()})


def test_the_workflow_is_what_the_schema_of_workflows_asks_for():
    done = subprocess.run([tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", WORKFLOW], check=False)
    assert done.returncode == 0
    assert set(WITH) <= set(ACTION["inputs"])


def test_main_as_it_is_passes(job):
    done = gate(job, TRAIN)
    assert (done.returncode, job.outputs["errors"], job.outputs["warnings"]) == (0, "0", "0")


def test_an_injected_regression_fails_and_says_by_how_much(job):
    (job.work / "loglint.toml").write_text('edition = "2026.1"\n', "utf-8")  # no expectation: the comparison alone decides
    done = gate(job, f"{TRAIN} --lr 0.01")
    assert (done.returncode, job.outputs["errors"]) == (1, "0")
    (finding,) = json.loads((job.work / "loglint-reports" / "compare.json").read_text("utf-8"))["findings"]
    assert (finding["rule"], finding["runs"]) == ("CMP001", ["runs/seed1", "runs/seed2", "runs/seed3"])
    assert "CMP001" in job.summary.read_text("utf-8")


def test_a_curve_that_is_no_longer_logged_fails(job):
    script = job.work / "smoke.py"
    script.write_text(script.read_text("utf-8").replace('"val_loss"', '"v"'), "utf-8")
    done = gate(job, TRAIN)
    assert done.returncode == 1
    assert "requires val/loss" in done.stdout


def test_the_commands_of_its_readme_end_as_they_say(job):
    lines = re.findall(r"^    (python .*?) +# (\d)", (EXAMPLE / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [int(code) for _, code in lines] == [0, 0, 1, 1]
    for command, code in lines:
        shutil.rmtree(job.work / "runs", ignore_errors=True)
        assert shell(command, job.work, PYTHONPATH=str(ROOT)).returncode == int(code), command
