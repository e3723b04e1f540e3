"""The composite action, its last step run as the runner would: inputs, outputs, annotations, job summary, exit code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.integrations.steps import BIN, BROKEN, HEALTHY, OVERFITTING, ROOT, log, shell
from tests.needs import tool

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INSTALL, LINT = ACTION["runs"]["steps"]


class Job:
    """A job that uses the action: what its inputs are, and what is left of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "temp").mkdir()
        (folder / "temp" / "loglint").symlink_to(BIN.parent)
        self.work = folder / "work"
        self.work.mkdir()

    def run(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step with its inputs filled in; unknown inputs are refused, as the runner warns of them."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(ACTION["inputs"])
        values = {name: str(one["default"]) for name, one in ACTION["inputs"].items()} | given
        filled = {name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text) for name, text in LINT["env"].items()}
        self.output.unlink(missing_ok=True)
        self.summary.unlink(missing_ok=True)
        runner = {
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "PYTHONPATH": str(ROOT),
        }
        return shell(LINT["run"], self.work, **filled, **runner)

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def summary(self) -> Path:
        return self.folder / "summary.md"

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text("utf-8").splitlines())


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_the_action_is_what_the_schema_of_actions_asks_for():
    done = subprocess.run([tool("check-jsonschema"), "--builtin-schema", "vendor.github-actions", ROOT / "action.yml"], check=False)
    assert done.returncode == 0


def test_no_input_is_ever_part_of_a_script():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
    used = set(re.findall(r"inputs\.([\w-]+)", str(ACTION["runs"])))
    assert used == set(ACTION["inputs"])
    assert set(re.findall(r"outputs\.([\w-]+)", str(ACTION["outputs"]))) == set(ACTION["outputs"])


def test_healthy_runs_pass_with_a_summary(job):
    log(job.work / "runs" / "a", HEALTHY)
    done = job.run(paths="runs")
    assert (done.returncode, done.stdout) == (0, "")
    assert job.outputs == {
        "exit-code": "0",
        "errors": "0",
        "warnings": "0",
        "json": "loglint-reports/loglint.json",
        "sarif": "loglint-reports/loglint.sarif",
        "markdown": "loglint-reports/loglint.md",
    }
    assert "## loglint: 0 findings in 1 run" in job.summary.read_text("utf-8")


def test_a_finding_is_annotated_and_stands_in_the_summary_though_logs_are_in_no_diff(job):
    log(job.work / "runs" / "a", BROKEN)
    done = job.run(paths="runs")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=runs/a/metrics.csv,line=13,title=NUM003 sudden-nan::")
    assert (job.outputs["exit-code"], job.outputs["errors"]) == ("1", "1")
    assert "sudden-nan" in job.summary.read_text("utf-8")


def test_annotations_are_anchored_where_the_configuration_says(job):
    log(job.work / "runs" / "a", BROKEN)
    (job.work / "loglint.toml").write_text('annotate = "train.yaml"\n', "utf-8")
    assert job.run(paths="runs").stdout.startswith("::error file=train.yaml,line=1,")


def test_a_baseline_and_a_severity_are_taken(job):
    log(job.work / "runs" / "a", OVERFITTING)
    assert job.run(paths="runs", fail_on="never").returncode == 0
    assert job.run(paths="runs", fail_on="warning").returncode == 1
    shell("loglint baseline runs -o known.json", job.work, PYTHONPATH=str(ROOT))
    assert job.run(paths="runs", fail_on="info", baseline="known.json").returncode == 0
    assert job.run(paths="runs", fail_on="info", options="--select GEN001 --no-baseline").returncode == 1


def test_several_paths_are_one_a_line_and_may_look_like_options(job):
    log(job.work / "a b", HEALTHY)
    log(job.work / "--c", BROKEN)
    assert job.run(paths="a b\n--c\n").returncode == 1
    assert job.run(paths="a b").returncode == 0


def test_a_regression_fails_though_no_rule_of_one_run_fires(job):
    log(job.work / "base" / "seed1", HEALTHY)
    log(job.work / "runs" / "seed2", HEALTHY | {"val_loss": "2.3>0.9/12x60~0.02@3"})
    shell("loglint compare base --save base.json", job.work, PYTHONPATH=str(ROOT))
    assert job.run(paths="runs", fail_on="error").returncode == 0
    assert job.run(paths="runs", compare_base="base.json").returncode == 1
    assert "loglint compare" in job.summary.read_text("utf-8")
    assert job.run(paths="base", compare_base="base.json", compare_head="base").returncode == 0


def test_nothing_to_judge_is_two_and_said_in_the_summary(job):
    done = job.run(paths="runs")
    assert (done.returncode, job.outputs["exit-code"], job.outputs["json"]) == (2, "2", "")
    assert "exit code 2" in job.summary.read_text("utf-8")
    (job.work / "runs").mkdir()
    assert job.run(paths="runs").stdout.startswith("::error title=loglint::no training curves were found")
    assert job.run(paths="runs", options="--allow-empty").returncode == 0


def test_an_input_of_shell_syntax_is_only_a_path(job):
    log(job.work / "runs", HEALTHY)
    assert job.run(paths="$(touch broken); runs").returncode == 2
    assert not (job.work / "broken").exists()
