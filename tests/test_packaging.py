"""What is installed is what was tested: wheel and sdist are built, the wheel runs in a fresh environment."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("report.schema.json", "config.schema.json", "py.typed", *(f"reporters/html/{name}" for name in (
    "page.html.j2", "page.css", "js/start.js", "vendor/uPlot.iife.min.js", "vendor/uPlot.min.css", "vendor/uPlot.LICENSE"
)))  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the sdist, built with what is installed here (no download)."""
    folder = tmp_path_factory.mktemp("dist")
    for kind in ("--wheel", "--sdist"):
        command = [sys.executable, "-m", "build", kind, "--no-isolation", "--outdir", str(folder), str(ROOT)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


def names_in_wheel(folder: Path) -> set[str]:
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_every_rule_and_schema_and_nothing_but_the_package(built):
    names = names_in_wheel(built)
    rules = {f"loglint/rules/{path.name}" for path in (ROOT / "rules").glob("*.toml")}
    assert rules <= names
    assert {f"loglint/{name}" for name in SHIPPED} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"loglint"}
    assert "loglint/rules.py" not in names


def test_the_sdist_holds_what_is_needed_to_build_and_test(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    wanted = {"pyproject.toml", "LICENSE", "rules/recipes.toml", "loglint/__main__.py", "tests/test_packaging.py"}
    assert wanted <= names


def test_the_installed_wheel_judges_a_log_with_the_packaged_rules(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=120)
    python = venv / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, timeout=120)
    site = next(venv.glob("lib/python*/site-packages"))
    dependencies = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "dependencies.pth").write_text(dependencies + "\n", "utf-8")
    rows = "".join(f"{i},{'nan' if i > 10 else 2.3 - 0.1 * i}\n" for i in range(40))
    (tmp_path / "m.csv").write_text("epoch,train_loss\n" + rows, "utf-8")

    def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    place = ask("-c", "import loglint.rulebook as r; print(r.find_rules())").stdout.strip()
    assert Path(place) == site / "loglint" / "rules"
    done = ask("-m", "loglint", "run", "m.csv", "--format", "json", "--isolated")
    assert done.returncode == 1, done.stderr
    assert [finding["name"] for finding in json.loads(done.stdout)["findings"]] == ["sudden-nan"]
    script = subprocess.run(
        [venv / "bin" / "loglint", "rule", "overfitting"], capture_output=True, text=True, check=True, timeout=60
    )
    assert script.stdout.startswith("GEN001 overfitting")
