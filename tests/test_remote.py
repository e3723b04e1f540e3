"""Logs in object stores and behind web servers: the same findings as on the disk, in words of the URL, and clear errors.

The store is moto's, on loopback; the web server the standard library's.
"""

from __future__ import annotations

import datetime
import functools
import http.server
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from functools import partial
from pathlib import Path

import pytest

from loglint import known, lint, lint_run, remote
from loglint.cache import opened
from loglint.corridor import Settings, collect, plan
from loglint.discover import discover
from loglint.errors import InputError
from loglint.executors import execute
from loglint.known import remembered
from loglint.lots import Lot, Order
from loglint.rulebook import load_rules
from loglint.select import Chooser

boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto.server")
SICK = Path(__file__).resolve().parents[1] / "fixtures" / "sick"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def bucket():
    """The client of a store with some of the bundled logs in its bucket `logs`."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        client = boto3.client("s3")
        client.create_bucket(Bucket="logs")
        for path in sorted([*SICK.glob("early-nan*/*"), *SICK.glob("*.csv"), *SICK.glob("lightning-overfitting/*")]):
            client.upload_file(str(path), "logs", f"sweep/{path.relative_to(SICK)}")
        yield client
        server.stop()
        remote._store.cache_clear()


@pytest.fixture
def site(tmp_path: Path):
    """(the folder that a web server shows, its address)."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def said(report) -> list[tuple[str, str]]:
    return sorted((finding.name, finding.message) for finding in report.findings)


def test_a_prefix_of_a_bucket_gives_what_the_same_folder_gives(bucket, tmp_path: Path) -> None:
    for path in [*SICK.glob("early-nan*/*"), *SICK.glob("*.csv"), *SICK.glob("lightning-overfitting/*")]:
        copy = tmp_path / path.relative_to(SICK)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    here, there = lint(tmp_path), lint("s3://logs/sweep")
    assert here.summary.points == there.summary.points > 10_000
    assert [f.name for f in here.findings if not f.runs] == [f.name for f in there.findings if not f.runs]
    assert {f.run.removeprefix("s3://logs/sweep/") for f in there.findings if f.run} == {
        f.run.removeprefix(f"{tmp_path}/") for f in here.findings if f.run
    }


def test_settings_beside_the_log_and_one_object_are_read(bucket) -> None:
    report = lint_run("s3://logs/sweep/lightning-overfitting/")
    assert report.run.id == "s3://logs/sweep/lightning-overfitting"
    assert report.run.config["lr"] > 0
    (only,) = collect(["s3://logs/sweep/early-nan-sgd.csv"]).runs
    assert len(only.series[0]) == 400


def test_a_pool_of_processes_reads_the_store_too(bucket) -> None:
    command = [
        sys.executable,
        "-m",
        "loglint",
        "run",
        "s3://logs/sweep",
        "--format",
        "jsonl",
        "--fail-on",
        "never",
        "--isolated",
        "-q",
    ]
    outputs = [
        subprocess.run([*command, *more], capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()
        for more in (["--executor", "serial"], ["--executor", "process", "--jobs", "2"])
    ]
    assert outputs[0][1:-1] == outputs[1][1:-1]
    assert len(outputs[0]) > 40


def test_an_archive_is_entered_and_own_reports_are_not_logs(bucket) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(SICK / "early-nan-sgd.csv", "job/train.csv")
    bucket.put_object(Bucket="logs", Key="packed/artifacts.tar.gz", Body=packed.getvalue())
    bucket.put_object(Bucket="logs", Key="packed/report.json", Body=b'{"schema": "loglint-report-1", "runs": []}')
    bucket.put_object(Bucket="logs", Key="packed/weights.pt", Body=b"\x80\x02")
    found = collect(["s3://logs/packed/"])
    assert [run.id for run in found.runs] == ["s3://logs/packed/artifacts.tar.gz!job"]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s3://logs/nothing/here", "no object is there"),
        ("s3://no-such-bucket/x", "bucket does not exist"),
    ],
)
def test_what_is_not_there_is_an_error_that_names_the_url(bucket, url: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        collect([url])
    assert url in str(caught.value)
    assert words in str(caught.value)


def test_a_bucket_of_google_is_read_by_the_same_requests(bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_BASE_URL", os.environ["AWS_ENDPOINT_URL"])
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    for name, body in (("a/log.csv", rows(1.5)), ("a/config.yaml", b"lr: 0.1\n"), ("b c/l+o%g.csv", rows(1.6))):
        bucket.put_object(Bucket="logs", Key=f"google/{name}", Body=body, ACL="public-read")
    first, second = collect(["gs://logs/google/"]).runs
    assert (first.id, first.config, len(first.series[0])) == ("gs://logs/google/a", {"lr": 0.1}, 31)
    assert second.id == "gs://logs/google/b c/l+o%g.csv"
    (only,) = collect(["gs://logs/google/b c/l+o%g.csv"]).runs
    assert only.series[0].values[-1] == 1.6
    with pytest.raises(InputError, match="no object is there"):
        collect(["gs://logs/elsewhere/"])


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Generic S3 error: GET http://h/x?sig=1 in 3.2ms - 403", "Generic S3 error: GET its address - 403"),
        ("<Error><Message>No such thing.\nRequestId:1\nTime:2</Message></Error>", "No such thing"),
        ("", "OSError"),
    ],
)
def test_reasons_hold_no_address_no_time_and_one_line(told: str, words: str) -> None:
    assert remote._reason(OSError(told)) == words


def test_an_object_that_vanishes_costs_itself_only(bucket) -> None:
    for name in ("kept", "gone"):
        bucket.put_object(
            Bucket="logs", Key=f"two/{name}.csv", Body=b"step,loss\n" + b"".join(b"%d,%d\n" % (i, i) for i in range(20))
        )
    planned = list(plan(["s3://logs/two"], Settings()))
    bucket.delete_object(Bucket="logs", Key="two/gone.csv")
    (lot,) = execute(planned, Order(), "serial")
    assert [report.run.id for report in lot.reports] == ["s3://logs/two/kept.csv"]
    assert [(problem.kind, problem.path) for problem in lot.problems] == [("unreadable", "s3://logs/two/gone.csv")]


def test_a_web_servers_listing_and_its_files_are_read(site) -> None:
    folder, address = site
    (folder / "run one" / "deep").mkdir(parents=True)
    log = "step,loss\n" + "".join(f"{i},{2 - i / 50}\n" for i in range(50))
    (folder / "run one" / "deep" / "a&b.csv").write_text(log)
    (folder / "top.csv").write_text(log)
    (folder / "index-not.html").write_text("<a href='../secret.csv'>up</a><a href='http://example.invalid/x.csv'>away</a>")
    assert [file.path for file in discover([f"{address}/"])] == [f"{address}/run one/deep/a&b.csv", f"{address}/top.csv"]
    (run,) = collect([f"{address}/top.csv"]).runs
    assert len(run.series[0]) == 50


def test_links_that_lead_up_or_away_are_not_followed(site) -> None:
    folder, address = site
    (folder / "index.html").write_text(
        '<a href="../x.csv">1</a><a href="//elsewhere.invalid/x.csv">2</a><a href="http://elsewhere.invalid/x.csv">3</a>'
        '<a href="%2e%2e/x.csv">4</a><a href="?C=N">5</a><a href="ok.csv">6</a>'
    )
    assert [file.path for file in discover([f"{address}/"])] == [f"{address}/ok.csv"]


def fetched(url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[Lot]]:
    """The objects that had to be fetched to judge what is below a URL, and the lots."""
    asked: list[str] = []
    whole = remote._fetched
    monkeypatch.setattr(remote, "_fetched", lambda url, limit: asked.append(url) or whole(url, limit))
    order = Order(Settings(), Chooser(load_rules()), "none")
    with opened() as cache:
        lots = list(remembered(list(plan([url], order.settings)), order, cache, partial(execute, order=order, name="serial")))
    monkeypatch.setattr(remote, "_fetched", whole)
    return [name.removeprefix(url) for name in asked], lots


def rows(last: float) -> bytes:
    return b"step,loss\n" + b"".join(b"%d,%g\n" % (i, 2 - i / 50) for i in range(30)) + b"30,%g\n" % last


def test_what_is_unchanged_in_a_store_is_not_fetched_again(bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path))
    for name in ("a/log.csv", "b/log.csv", "b/config.yaml"):
        bucket.put_object(Bucket="logs", Key=f"kept/{name}", Body=rows(1.5) if name.endswith("csv") else b"lr: 0.1\n")
    url = "s3://logs/kept/"
    first = fetched(url, monkeypatch)
    assert first[0] == ["a/log.csv", "b/config.yaml", "b/log.csv"]
    assert fetched(url, monkeypatch) == ([], first[1])
    bucket.put_object(Bucket="logs", Key="kept/a/log.csv", Body=rows(1.6))  # as long as before
    assert fetched(url, monkeypatch)[0] == ["a/log.csv"]
    bucket.put_object(Bucket="logs", Key="kept/b/config.yaml", Body=b"lr: 0.2\n")
    asked, lots = fetched(url, monkeypatch)
    assert asked == ["b/config.yaml", "b/log.csv"]
    assert lots[1].reports[0].run.config == {"lr": 0.2}
    assert fetched(f"{url}a/log.csv", monkeypatch)[0] == [""]
    assert fetched(f"{url}a/log.csv", monkeypatch)[0] == []


def test_an_archive_that_is_unchanged_is_not_fetched_again(bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path))

    def put(kind: str, last: float, also: float) -> None:
        packed = io.BytesIO()
        if kind == "zip":
            with zipfile.ZipFile(packed, "w") as archive:
                for name, value in (("a", last), ("b", also)):
                    archive.writestr(f"{name}/log.csv", rows(value))
        else:
            with tarfile.open(fileobj=packed, mode="w:gz") as archive:
                for name, value in (("a", last), ("b", also)):
                    info = tarfile.TarInfo(f"{name}/log.csv")
                    info.size = len(rows(value))
                    archive.addfile(info, io.BytesIO(rows(value)))
        bucket.put_object(Bucket="logs", Key=f"once/{kind}/all.{kind}", Body=packed.getvalue())

    for kind in ("zip", "tar.gz"):
        put(kind, 1.5, 1.5)
        url = f"s3://logs/once/{kind}/"
        asked, lots = fetched(url, monkeypatch)
        assert asked == [f"all.{kind}"]
        assert [len(lot.reports) for lot in lots] == [1, 1]
        assert fetched(url, monkeypatch) == ([], lots)
        (tmp_path / "cache-2.sqlite").rename(tmp_path / "kept")
        with monkeypatch.context() as patch:  # its files are known, and what was judged of them is not
            patch.setattr(known, "_packed", lambda *_: None)
            assert fetched(url, monkeypatch)[1] == lots
        assert fetched(url, monkeypatch) == ([f"all.{kind}"], lots)
        assert fetched(url, monkeypatch) == ([], lots)
        put(kind, 1.5, 1.6)
        asked, changed = fetched(url, monkeypatch)
        assert asked == [f"all.{kind}"]
        assert changed != lots


def test_an_archive_that_vanishes_after_its_files_are_known_is_said(
    bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/log.csv", rows(1.5))
    bucket.put_object(Bucket="logs", Key="gone/all.zip", Body=packed.getvalue())
    list(plan(["s3://logs/gone/"], Settings()))
    planned = list(plan(["s3://logs/gone/"], Settings()))
    bucket.delete_object(Bucket="logs", Key="gone/all.zip")
    (lot,) = execute(planned, Order(), "serial")
    assert [(problem.kind, problem.path) for problem in lot.problems] == [("unreadable", "s3://logs/gone/all.zip!a/log.csv")]


def test_a_web_server_is_asked_for_headers_only_where_there_is_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counting(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(f"{self.command} {self.path}")

    for name in ("large", "small"):
        (tmp_path / name).mkdir()
    (tmp_path / "small" / "log.csv").write_bytes(rows(1.5))
    (tmp_path / "large" / "log.csv").write_bytes(rows(1.5) + b"".join(b"%d,1.5\n" % i for i in range(31, 3000)))
    monkeypatch.setattr(remote, "WHOLE", 10_000)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Counting, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        monkeypatch.setenv("LOGLINT_CACHE_DIR", "")
        address = f"http://127.0.0.1:{server.server_port}/"
        runs = collect([address]).runs
        assert [len(run.series[0]) for run in runs] == [3000, 31]
        assert {request.partition(" ")[0] for request in asked} == {"GET"}
        assert asked.count("GET /small/log.csv") == 1
        monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path / "cache"))
        asked.clear()
        collect([address])
        assert {"HEAD /large/log.csv", "HEAD /small/log.csv"} <= {*asked}
    finally:
        server.shutdown()
        server.server_close()


def test_what_could_not_be_fetched_is_said_and_asked_for_again(bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path))
    bucket.put_object(Bucket="logs", Key="flaky/log.csv", Body=rows(1.5))
    bucket.put_object(Bucket="logs", Key="flaky/config.yaml", Body=b"lr: 0.1\n")
    whole = remote._fetched

    async def refused(url: str, limit: int | None) -> bytes:
        if url.endswith("config.yaml"):
            raise OSError(None, "slow down")
        return await whole(url, limit)

    monkeypatch.setattr(remote, "_fetched", refused)
    _, (lot,) = fetched("s3://logs/flaky/", monkeypatch)
    assert [(problem.kind, problem.path) for problem in lot.problems] == [("unreadable", "s3://logs/flaky/config.yaml")]
    monkeypatch.setattr(remote, "_fetched", whole)
    asked, (lot,) = fetched("s3://logs/flaky/", monkeypatch)
    assert asked == ["config.yaml", "log.csv"]
    assert (lot.problems, lot.reports[0].run.config) == ((), {"lr": 0.1})


def test_a_web_servers_file_is_known_by_a_time_of_change_that_has_settled(
    site, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGLINT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    folder, address = site
    for name in ("old", "new"):
        (folder / name).mkdir()
        (folder / name / "log.csv").write_bytes(rows(1.5))
    os.utime(folder / "old" / "log.csv", (1_700_000_000, 1_700_000_000))
    assert fetched(f"{address}/", monkeypatch)[0] == ["new/log.csv", "old/log.csv"]
    assert fetched(f"{address}/", monkeypatch)[0] == ["new/log.csv"]
    (folder / "old" / "log.csv").write_bytes(rows(1.6))
    os.utime(folder / "old" / "log.csv", (1_700_000_001, 1_700_000_001))
    assert fetched(f"{address}/", monkeypatch)[0] == ["new/log.csv", "old/log.csv"]


@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({"e_tag": '"a"'}, '"a"'),
        ({"e_tag": 'W/"a"'}, ""),
        ({"e_tag": None}, "2020-01-01T00:00:00+00:00"),
        ({"e_tag": None, "version": "v1"}, "2020-01-01T00:00:00+00:00"),
    ],
)
def test_only_what_changes_with_every_byte_is_a_version(headers: dict[str, str | None], version: str) -> None:
    changed = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    meta = {"path": "x", "size": 3, "last_modified": changed, "version": None, **headers}
    assert remote._object("http://host", meta).version == version
    assert remote._object("s3://logs", meta).version == (headers.get("version") or "" if headers["e_tag"] is None else version)


def test_no_network_is_touched_for_paths_on_the_disk() -> None:
    script = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise RuntimeError('a socket was opened')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from loglint.__main__ import main\n"
        "sys.argv = ['loglint', 'run', sys.argv[1], '--format', 'json', '--fail-on', 'never', '--isolated']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(SICK / "early-nan-sgd.csv")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["summary"]["errors"] == 1
