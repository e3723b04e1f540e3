"""The Dockerfile: linted, and its steps done in a folder: what it copies is enough for a wheel that works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import zipfile

from tests.integrations.steps import BROKEN, ROOT, log
from tests.needs import tool

FILE = ROOT / "Dockerfile"
STEPS = [line.split(" ", 1) for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def test_hadolint_has_nothing_to_say():
    done = subprocess.run([tool("hadolint"), FILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_is_enough_for_a_wheel_that_works(tmp_path):
    source, wheels = tmp_path / "src", tmp_path / "wheels"
    source.mkdir()
    kept = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    for what, words in STEPS:
        *names, target = shlex.split(words)
        if what == "COPY" and not words.startswith("--from"):
            for name in names:
                assert name in kept, ".dockerignore keeps it out of the build"
                place = source / target / name if target.endswith("/") else source / target
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, place)
    build = next(words for what, words in STEPS if what == "RUN" and "pip wheel" in words)
    command = build.replace("python ", f"{sys.executable} ", 1).replace("/wheels", str(wheels))
    subprocess.run([*shlex.split(command), "--no-build-isolation", "--quiet"], cwd=source, check=True, timeout=120)
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    log(tmp_path / "logs", BROKEN)
    entry, default = (
        shlex.split(" ".join(re.findall(r'"(.*?)"', words))) for what, words in STEPS if what in ("ENTRYPOINT", "CMD")
    )
    assert entry == ["loglint"]
    installed = {"PYTHONPATH": str(tmp_path / "installed"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", *entry, *default], cwd=tmp_path / "logs", env=installed, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "NUM003" in done.stdout) == (1, True)
