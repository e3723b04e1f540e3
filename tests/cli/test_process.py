from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loglint.cache import NAME

LOGLINT = [sys.executable, "-m", "loglint"]


def loglint(*arguments: str, environment: dict[str, str] | None = None, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*LOGLINT, *arguments], capture_output=True, timeout=60, check=False, env=os.environ | (environment or {}), **options
    )


@pytest.fixture
def log(tmp_path) -> Path:
    path = tmp_path / "m.csv"
    rows = "".join(f"{i},{'nan' if i > 10 else 2.3 - 0.1 * i}\n" for i in range(40))
    path.write_text("epoch,train_loss\n" + rows, "utf-8")
    return path


def heeds_interrupts() -> None:
    """As a job in the foreground: one in the background is started with Ctrl-C ignored, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_run_ends_with_130_and_one_line():
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [*LOGLINT, "run", "-", "--isolated"], stdin=pipe, stderr=pipe, stdout=pipe, preexec_fn=heeds_interrupts
    )
    process.stdin.write(b"epoch,train_loss\n" * 20_000)  # more than a pipe holds: it is being read when this returns
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.decode().strip() == "loglint: interrupted"


@pytest.mark.parametrize("form", ["full", "jsonl"])
def test_a_reader_that_leaves_early_does_not_turn_findings_into_a_pass(tmp_path, form):
    for i in range(120):
        (tmp_path / f"r{i}.csv").write_text("epoch,train_loss\n" + "".join(f"{e},nan\n" for e in range(12)), "utf-8")
    command = f"{sys.executable} -m loglint run {tmp_path} --isolated --format {form} --jobs 1 | head -c 10 > /dev/null"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr.decode()
    assert "BrokenPipe" not in done.stderr.decode()


def test_a_reader_that_leaves_early_does_not_fail_what_is_well(tmp_path):
    (tmp_path / "m.csv").write_text("epoch,train_loss\n" + "".join(f"{e},{2.3 - 0.05 * e}\n" for e in range(40)), "utf-8")
    command = f"{sys.executable} -m loglint run {tmp_path} --isolated | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_output_that_cannot_be_written_ends_with_two_and_closed_streams_keep_the_verdict(log):
    command = f"{sys.executable} -m loglint run {log} --isolated"
    codes = [subprocess.run(["bash", "-c", f"{command} {where}"], check=False).returncode for where in ("> /dev/full", ">&- 2>&-")]
    assert codes == [2, 1]


def test_an_internal_error_shows_a_traceback_only_when_asked(log):
    breaking = "import loglint.corridor as c, sys\nc.plan = None\nfrom loglint.__main__ import main\nmain()"
    command = [sys.executable, "-c", breaking, "run", str(log)]
    quiet, loud = (
        subprocess.run([*command, *more], capture_output=True, text=True, check=False, timeout=60) for more in ([], ["-v"])
    )
    assert (quiet.returncode, loud.returncode) == (2, 2)
    assert "Traceback" not in quiet.stderr
    assert "internal error, TypeError" in quiet.stderr
    assert "Traceback" in loud.stderr


def test_an_unreadable_configuration_is_said_without_a_traceback(tmp_path, log):
    (tmp_path / "loglint.toml").write_bytes(b"\xff\xfe\x00")
    done = loglint("run", str(log), cwd=tmp_path)
    assert done.returncode == 2
    assert b"loglint.toml" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_output_in_a_narrow_encoding_is_ascii(log, encoding):
    done = loglint("run", str(log), "--isolated", environment={"PYTHONIOENCODING": encoding})
    assert done.returncode == 1
    assert done.stdout.isascii()
    assert b"xxxx" in done.stdout


def test_a_report_is_written_for_every_suffix_beside_the_printed_one(tmp_path, log):
    names = ["r.json", "r.jsonl", "r.sarif", "r.xml", "r.md", "sub/r.gitlab.json"]
    options = [word for name in names for word in ("--report", str(tmp_path / name))]
    done = loglint("run", str(log), "--isolated", "--format", "concise", *options)
    assert done.returncode == 1
    assert all((tmp_path / name).stat().st_size > 100 for name in names)
    assert b'"sketch":[[' in (tmp_path / "r.json").read_bytes()


def test_output_is_the_same_from_run_to_run_but_for_the_seconds(log):
    first, second = (loglint("run", str(log), "--isolated", "--format", "json").stdout for _ in range(2))
    assert re.sub(rb'"seconds":[\d.]+', b"", first) == re.sub(rb'"seconds":[\d.]+', b"", second)


def test_a_file_name_that_is_no_text_is_reported_in_every_form(tmp_path, log):
    strange = os.path.join(os.fsencode(tmp_path), b"log\xff.csv")
    Path(os.fsdecode(strange)).write_bytes(log.read_bytes())
    for form in ("full", "json"):
        done = subprocess.run(
            [*LOGLINT, "run", strange, "--isolated", "--format", form], capture_output=True, check=False, timeout=60
        )
        assert done.returncode == 1, done.stderr
        assert done.stdout.decode("utf-8")


def test_completion_scripts_name_the_command():
    for shell in ("bash", "zsh", "fish"):
        assert b"_LOGLINT_COMPLETE" in loglint("completion", shell).stdout


@pytest.mark.parametrize(("encoding", "spoken"), [("ascii", "not a number"), ("latin-1", "not a number"), ("gbk", "不是数值")])
def test_chinese_is_spoken_where_the_stream_can_hold_it(log, encoding, spoken):
    done = loglint("run", str(log), "--isolated", "--lang", "zh", environment={"PYTHONIOENCODING": encoding})
    assert done.returncode == 1
    assert spoken in done.stdout.decode(encoding)


def test_json_is_the_same_in_every_language(log):
    english, chinese = (loglint("run", str(log), "--isolated", "--lang", lang, "--format", "json").stdout for lang in ("en", "zh"))
    assert re.sub(rb'"seconds":[\d.]+', b"", chinese) == re.sub(rb'"seconds":[\d.]+', b"", english)


def test_the_configuration_chooses_the_language_and_the_command_line_overrules_it(tmp_path, log):
    (tmp_path / "loglint.toml").write_text('lang = "zh"\n', "utf-8")
    utf8 = {"PYTHONIOENCODING": "utf-8"}
    assert "不是数值" in loglint("run", str(log), cwd=tmp_path, environment=utf8).stdout.decode()
    assert "不是数值" not in loglint("run", str(log), "--lang", "en", cwd=tmp_path, environment=utf8).stdout.decode()


def test_a_rule_that_crashes_ends_with_two_and_the_other_findings_are_printed(log):
    breaking = (
        "import loglint.detectors as d\ndef boom(*_, **__): raise ValueError('boom')\n"
        "d.detectors()['climb_from_best'] = boom\nfrom loglint.__main__ import main\nmain()"
    )
    well = "".join(f"{i},{2.3 * 0.95**i + 0.01 * (i % 3)}\n" for i in range(60))
    (log.parent / "well.csv").write_text("epoch,train_loss\n" + well, "utf-8")
    command = [sys.executable, "-c", breaking, "run", ".", "--isolated", "--format", "concise"]
    done = subprocess.run(command, cwd=log.parent, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "NUM003 sudden-nan" in done.stdout
    words = " ".join(done.stdout.split())
    assert "well.csv: rule crashed: STA001 divergence: ValueError: boom" in words


def test_a_worker_that_is_killed_ends_with_two(tmp_path, log):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif any('multiprocessing' in word for word in sys.orig_argv):\n"
        "    import os, signal, loglint.engine\n"
        "    loglint.engine.View = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n",
        "utf-8",
    )
    done = loglint("run", str(log), "--isolated", "--executor", "process", "--jobs", "2", environment={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert b"loglint failed: a worker process died" in done.stdout


def stripped(output: bytes) -> bytes:
    return re.sub(rb'"seconds":[\d.]+', b"", output)


def test_known_runs_give_the_same_output_and_no_cache_writes_nothing(tmp_path, log):
    folder = tmp_path / "cache"
    cached = {"LOGLINT_CACHE_DIR": str(folder)}
    without = loglint("run", str(log), "--isolated", "--format", "json", "--no-cache", environment=cached)
    assert not folder.exists()
    first, second = (loglint("run", str(log), "--isolated", "--format", "json", environment=cached) for _ in range(2))
    assert stripped(first.stdout) == stripped(second.stdout) == stripped(without.stdout)
    assert list(folder.iterdir())


def test_a_damaged_cache_is_said_when_asked_and_changes_nothing(tmp_path, log):
    (tmp_path / NAME).write_bytes(b"rubbish" * 999)
    done = loglint("run", str(log), "--isolated", "-v", environment={"LOGLINT_CACHE_DIR": str(tmp_path)})
    assert done.returncode == 1
    assert b"was damaged" in done.stderr
    quiet = loglint("run", str(log), "--isolated", environment={"LOGLINT_CACHE_DIR": str(tmp_path)})
    assert (quiet.returncode, b"damaged" in quiet.stderr) == (1, False)


def test_the_cache_is_no_log(tmp_path, log):
    environment = {"LOGLINT_CACHE_DIR": str(tmp_path)}
    first, second = (loglint("run", str(tmp_path), "--isolated", "--format", "json", environment=environment) for _ in range(2))
    assert stripped(first.stdout) == stripped(second.stdout)
