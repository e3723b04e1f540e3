"""Which files are read: walking, naming, archives, compression, and what is refused."""

from __future__ import annotations

import bz2
import copy
import gzip
import io
import json
import lzma
import os
import random
import tarfile
import zipfile
from operator import length_hint
from pathlib import Path

import pytest
import zstandard

from loglint import unpack
from loglint.discover import File, discover
from loglint.errors import InputError

LOG = b"epoch,loss\n0,0.5\n1,0.25\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: str, data: bytes = LOG) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(data)


def shown(*paths: str, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    return [file.path for file in discover(paths, include, exclude)]


def only(path: str) -> File:
    (file,) = discover([path])
    return file


def test_files_come_sorted_with_paths_as_given(tree: Path) -> None:
    for path in ("logs/b.csv", "logs/a/2.csv", "logs/a/10.csv", "logs/c.log"):
        put(path)
    assert shown("logs") == shown("./logs/") == ["logs/b.csv", "logs/c.log", "logs/a/10.csv", "logs/a/2.csv"]
    assert shown(".") == shown("logs")
    assert shown(str(tree / "logs/b.csv")) == [str(tree / "logs/b.csv")]


def test_folders_without_logs_are_passed_over(tree: Path) -> None:
    for folder in (".git", "__pycache__", "node_modules", ".cache", ".hidden", "env/lib", "run"):
        put(f"{folder}/log.csv")
    put("env/pyvenv.cfg", b"home = /usr\n")
    put("run/.hydra/config.yaml", b"lr: 1\n")
    put(".gitignore", b"*\n")
    assert shown(".") == ["run/log.csv", "run/.hydra/config.yaml"]


@pytest.mark.parametrize(
    "name", ["model.pt", "last.ckpt", "history.pkl", "picture.PNG", "train.py", "README.md", "model.ckpt-100.data-00000-of-00001"]
)
def test_what_cannot_be_a_log_is_read_only_when_named(tree: Path, name: str) -> None:
    put(f"run/{name}")
    put("run/log.csv")
    assert shown("run") == ["run/log.csv"]
    assert [(file.path, file.named) for file in discover([f"run/{name}"])] == [(f"run/{name}", True)]


@pytest.mark.parametrize("host", ["h", "node.m", "gpu-3.bin", "LAPTOP.local"])
def test_an_event_file_is_one_whatever_its_machine_is_called(tree: Path, host: str) -> None:
    put(f"run/events.out.tfevents.1700000000.{host}")
    assert shown("run") == [f"run/events.out.tfevents.1700000000.{host}"]


def test_only_a_named_file_is_named(tree: Path) -> None:
    put("run/log.csv")
    assert [file.named for file in discover(["run/log.csv", "run", "run/*.csv"])] == [True, False, False]


def test_links_are_followed_once_and_loops_end(tree: Path) -> None:
    put("runs/2/log.csv")
    os.symlink(tree / "runs/2", tree / "runs/1-latest")
    os.symlink(tree / "runs", tree / "runs/2/up")
    os.symlink(tree / "nowhere", tree / "runs/dangling.csv")
    assert shown("runs") == ["runs/2/log.csv"]


def test_globs_and_filters(tree: Path) -> None:
    for path in ("a/train.csv", "a/eval.csv", "b/train.csv", "b/tmp/train.csv"):
        put(path)
    assert shown("*/train.csv") == ["a/train.csv", "b/train.csv"]
    assert shown(".", include=("**/train.csv",)) == ["a/train.csv", "b/train.csv", "b/tmp/train.csv"]
    assert shown(".", exclude=("b/tmp", "eval.csv")) == ["a/train.csv", "b/train.csv"]
    assert shown("a/eval.csv", exclude=("eval.csv",)) == ["a/eval.csv"]


@pytest.mark.parametrize(
    ("path", "hint"), [("runs/trian.csv", "runs/train.csv"), ("rums", '"runs"'), ("runs/*.json", "pattern"), ("x/y/z", "x/y")]
)
def test_a_missing_path_is_an_error_that_names_the_likely_one(tree: Path, path: str, hint: str) -> None:
    put("runs/train.csv")
    with pytest.raises(InputError) as caught:
        shown(path)
    assert path in str(caught.value)
    assert hint in str(caught.value)


def test_own_reports_and_exports_are_passed_over_unless_named(tree: Path) -> None:
    put("out/report.json", json.dumps({"schema": "loglint-report-1", "runs": []}, indent=1).encode())
    put("out/report.jsonl", b'{"schema":"loglint-report-1"}\n')
    put("out/points.csv", b"run,attempt,series,split,role,step,epoch,time,seq,value,path,line\n")
    put("out/points.jsonl", b'{"run": "a", "attempt": 0, "series": "loss", "split": null, "role": "loss", "step": 1}\n')
    put("out/result.json", b'{"schema": "mine", "loss": [1, 2]}')
    assert shown(".") == ["out/result.json"]
    assert shown("out/points.csv") == ["out/points.csv"]


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(LOG),
        bz2.compress(LOG),
        lzma.compress(LOG),
        zstandard.compress(LOG),
        gzip.compress(LOG[:11]) + gzip.compress(LOG[11:]),
        LOG,
    ],
    ids=["gzip", "bzip2", "xz", "zstandard", "two gzip members", "nothing"],
)
def test_compression_is_undone_by_content(tree: Path, packed: bytes) -> None:
    put("run/log.csv", packed)
    assert only("run").read() == (LOG, ())
    assert only("run").head() == LOG


def test_a_compressed_log_that_breaks_off_gives_what_was_before(tree: Path) -> None:
    text = b"".join(b"%d,%d\n" % (i, i * i) for i in range(50_000))
    put("log.csv.gz", gzip.compress(text)[:-5000])
    data, problems = only("log.csv.gz").read()
    assert text.startswith(data)
    assert len(data) > 100_000
    assert [problem.kind for problem in problems] == ["truncated"]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_bomb_is_refused(tree: Path, monkeypatch: pytest.MonkeyPatch, compress: object) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1 << 20)
    put("bomb.log", compress(bytes(24 << 20)))  # type: ignore[operator]
    data, problems = only("bomb.log").read()
    assert (data, [problem.kind for problem in problems]) == (b"", ["refused"])


def archive(kind: str, inner: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in inner.items():
                packed.writestr(name, data)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in inner.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    raw = out.getvalue()
    return gzip.compress(raw) if kind == "tgz" else zstandard.compress(raw) if kind == "tar.zst" else raw


@pytest.mark.parametrize("kind", ["zip", "tar", "tgz", "tar.zst"])
def test_archives_are_entered_one_level_deep(tree: Path, kind: str) -> None:
    inner = {
        "b/log.csv": LOG,
        "a.csv.gz": gzip.compress(LOG),
        "../../etc/log.csv": LOG,
        "model.pt": LOG,
        "inner.zip": LOG,
        ".git/log.csv": LOG,
    }
    put(f"ci/logs.{kind}", archive(kind, inner))
    found = list(discover(["ci"]))
    assert [file.path for file in found] == [f"ci/logs.{kind}!{name}" for name in ("a.csv.gz", "b/log.csv", "etc/log.csv")]
    assert [file.read() for file in found] == [(LOG, ())] * 3
    assert shown(f"ci/logs.{kind}") == [file.path for file in found]
    assert [copy.deepcopy(file).read()[0] for file in found] == [LOG] * 3


@pytest.mark.parametrize("name", ["broken.zip", "broken.tar", "broken.tgz"])
def test_a_broken_archive_is_a_problem(tree: Path, name: str) -> None:
    put(name, b"\x1f\x8b not an archive at all")
    assert [problem.kind for file in discover([name]) for problem in file.read()[1]] in (["unreadable"], ["truncated"])


def test_an_unreadable_file_is_a_problem(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("run/log.csv")
    (file,) = discover(["run"])
    Path("run/log.csv").unlink()
    data, problems = file.read()
    assert (data, [(problem.kind, problem.path) for problem in problems]) == (b"", [("unreadable", "run/log.csv")])
    assert file.head() == b""


def test_standard_input_is_read_once_and_decompressed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = type("Stdin", (), {"buffer": io.BytesIO(gzip.compress(LOG))})
    monkeypatch.setattr("sys.stdin", stdin)
    (file,) = discover(["-"])
    assert (file.path, file.named, file.read(), file.head()) == ("-", True, (LOG, ()), LOG)


NOISE = random.Random(0).randbytes(3000) + bytes(range(256)) * 20


def packed_in(kind: str, content: bytes) -> bytes:
    """The content compressed, or in an archive as `a.log`."""
    compress = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}
    return compress[kind](content) if kind in compress else content if kind == "plain" else archive(kind, {"a.log": content})


@pytest.mark.parametrize("kind", ["plain", "gz", "bz2", "xz", "zst", "zip", "tar", "tgz"])
def test_files_come_in_blocks_however_they_are_packed(tree: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr("loglint.pieces.BLOCK", 1000)
    monkeypatch.setattr("loglint.unpack.CHUNK", 64)
    put(f"in/a.{kind}", packed_in(kind, NOISE))
    (file,) = discover([f"in/a.{kind}"])
    blocks = file.blocks()
    assert blocks is not None
    for _ in range(2):
        lengths = [len(block) for block in blocks]
        assert (sum(lengths), blocks.length, blocks.problems) == (len(NOISE), len(NOISE), ())
        assert all(1000 <= length < 100_000 for length in lengths[:-1])
        assert b"".join(blocks) == NOISE
    Path(f"in/a.{kind}").unlink()
    if kind not in ("tar", "tgz"):
        with pytest.raises(OSError, match="No such file"):
            list(file.blocks() or [])


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
def test_blocks_of_what_breaks_off_or_is_damaged_are_what_is_read_of_it_as_a_whole(
    tree: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("loglint.pieces.BLOCK", 1000)
    monkeypatch.setattr("loglint.unpack.CHUNK", 64)
    text = b"".join(b"%d,%d\n" % (i, i * i) for i in range(1500))
    whole = packed_in(kind, text[:9000]) + packed_in(kind, text[9000:])
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        flipped = bytearray(whole)
        flipped[at] ^= 0x55
        for content in (whole[:at], bytes(flipped), whole[:at] + b"more"):
            put("a.log", content)
            (file,) = discover(["a.log"])
            blocks, (data, problems) = file.blocks(), file.read()
            assert blocks is not None
            assert (b"".join(blocks), blocks.problems) == (data, problems)


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst", "zip"])
def test_blocks_of_a_bomb_end_at_its_bounds(tree: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1 << 20)
    put(f"bomb.{kind}", packed_in(kind, bytes(24 << 20)))
    (file,) = discover([f"bomb.{kind}"])
    assert [problem.kind for problem in file.read()[1]] == ["refused"]
    blocks = file.blocks()
    assert (blocks is None) == (kind == "zip")
    if blocks is not None:
        with pytest.raises(OSError, match="unpacks to more than"):
            list(blocks)


def test_how_many_blocks_come_is_told_from_the_first(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loglint.pieces.BLOCK", 100_000)
    text = random.Random(1).randbytes(500_000).hex().encode()
    for kind in ("plain", "gz", "bz2", "zst", "zip"):
        put(f"a.{kind}", packed_in(kind, text))
        (file,) = discover([f"a.{kind}"])
        blocks = file.blocks()
        assert blocks is not None
        next(iter(blocks))
        assert 7 <= length_hint(blocks) <= 13


@pytest.mark.parametrize("kind", ["tar", "tgz", "tar.zst"])
def test_large_files_in_tars_are_not_held_as_they_are(tree: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr("loglint.archives.BLOCK", 4000)
    monkeypatch.setattr("loglint.pieces.BLOCK", 4000)
    text = b"".join(b"%d,%d\n" % (i, i * i) for i in range(5000))
    inner = {
        "a.log": text,
        "b.log.gz": gzip.compress(text),
        "c.log": text[:3000],
        "own.json": b'{"schema": "loglint-report-1"}' + bytes(9000),
    }
    put(f"logs.{kind}", archive(kind, inner))
    found = list(discover([f"logs.{kind}"]))
    assert [(file.path.partition("!")[2], file.size) for file in found] == [
        (name, len(inner[name])) for name in ("a.log", "b.log.gz", "c.log")
    ]
    assert len(found[0].content or b"") < len(text) / 2
    for file, content in zip(found, (text, text, text[:3000]), strict=True):
        blocks = file.blocks()
        assert blocks is not None
        assert (file.read(), file.head(), b"".join(blocks)) == ((content, ()), content, content)


@pytest.mark.parametrize("kind", ["tar", "tgz", "tar.zst"])
def test_a_tar_that_breaks_off_gives_its_whole_files_and_says_so(tree: Path, kind: str) -> None:
    first, second = (random.Random(seed).randbytes(200_000).hex().encode() for seed in (1, 2))
    whole = archive(kind, {"a.log": first, "b.log": second})
    put(f"logs.{kind}", whole[: len(whole) * 7 // 10])
    lost, kept = discover([f"logs.{kind}"])
    assert lost.refusal is not None
    assert lost.refusal.kind == "truncated"
    assert (kept.path, kept.read()) == (f"logs.{kind}!a.log", (first, ()))


def test_what_stands_behind_a_compressed_tar_is_bounded_too(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1 << 20)
    put("logs.tgz", archive("tgz", {"a.log": LOG}) + gzip.compress(bytes(24 << 20)))
    assert [file.refusal.kind for file in discover(["logs.tgz"]) if file.refusal] == ["refused"]
