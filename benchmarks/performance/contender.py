"""Runs one contender on one path in a process of its own; prints points, seconds and user seconds without imports, and resident
memory as JSON.

`python contender.py NAME PATH`. Stands alone, so that it also runs in the peers' environment.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

Work = Callable[[str], int]
POLL_SECONDS = 0.2


def _imported(work: Work) -> Work:
    """The work, after everything that it may import was imported: by doing it on small files, and pandas for large tables."""
    import pandas  # noqa: F401

    with TemporaryDirectory() as folder:
        rows = "".join(f"{i},{1 / (i + 1)}\n" for i in range(9))
        Path(folder, "a.csv").write_text(f"step,loss\n{rows}", "utf-8")
        Path(folder, "b.jsonl").write_text("".join(f'{{"step": {i}, "loss": {1 / (i + 1)}}}\n' for i in range(9)), "utf-8")
        Path(folder, "c.log").write_text("".join(f"step {i} loss {1 / (i + 1)}\n" for i in range(9)), "utf-8")
        Path(folder, "events.out.tfevents.1.a").write_bytes(b"")
        work(folder)
    return work


def loglint_read() -> Work:
    import loglint

    return _imported(lambda path: sum(len(series.values) for run in loglint.read(path) for series in run.series))


def loglint_lint() -> Work:
    import loglint

    return _imported(lambda path: loglint.lint(path).summary.points)


def event_accumulator() -> Work:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def work(path: str) -> int:
        files = [Path(path)] if Path(path).is_file() else sorted(Path(path).rglob("events.out.tfevents.*"))
        points = 0
        for file in files:
            accumulator = EventAccumulator(str(file), size_guidance={"scalars": 0, "tensors": 0})
            accumulator.Reload()
            points += sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()["scalars"])
        return points

    return work


def read_and_checksum() -> Work:
    """What any reader has to do at the least: read the bytes, and compute one checksum of them all."""
    from google_crc32c import value as crc32c

    def work(path: str) -> int:
        files = [Path(path)] if Path(path).is_file() else sorted(Path(path).rglob("events.out.tfevents.*"))
        for file in files:
            crc32c(file.read_bytes())
        return 0

    return work


def tbparse() -> Work:
    from tbparse import SummaryReader

    return lambda path: len(SummaryReader(path).scalars)


def data_server() -> Work:
    """TensorBoard's Rust server, told to keep every point, asked until twice the same number of points came back."""
    from tensorboard.context import RequestContext
    from tensorboard.data import server_ingester
    from tensorboard.util import grpc_util

    def work(path: str) -> int:
        logdir = path if Path(path).is_dir() else str(Path(path).parent)
        ingester = server_ingester.SubprocessServerDataIngester(
            server_binary=server_ingester.get_server_binary(),
            logdir=logdir,
            reload_interval=3600,
            channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
            samples_per_plugin={"scalars": 0},
        )
        ingester.start()
        context, provider = RequestContext(), ingester.data_provider
        points, before = 0, -1
        while points == 0 or points != before:
            time.sleep(POLL_SECONDS)
            tags = provider.read_scalars(context, experiment_id="", plugin_name="scalars", downsample=10**9).values()
            before, points = points, sum(len(found) for run in tags for found in run.values())
        return points

    return work


def pandas_csv() -> Work:
    import pandas

    return lambda path: int(pandas.read_csv(path).drop(columns="step").count().sum())


def pandas_pyarrow() -> Work:
    import pandas

    return lambda path: int(pandas.read_csv(path, engine="pyarrow").drop(columns="step").count().sum())


def pyarrow_csv() -> Work:
    import pyarrow
    from pyarrow import csv

    pyarrow.set_cpu_count(1)

    def work(path: str) -> int:
        found = csv.read_csv(path, read_options=csv.ReadOptions(use_threads=False))
        return sum(len(column) - column.null_count for column in found.columns)

    return work


def polars_csv() -> Work:
    import polars

    return lambda path: int(polars.read_csv(path, infer_schema_length=None).count().sum_horizontal().item())


def duckdb_csv() -> Work:
    import duckdb

    def work(path: str) -> int:
        found = duckdb.connect(config={"threads": 1}).execute("select * from read_csv(?, sample_size=-1)", [path]).fetchnumpy()
        return sum(len(column) for column in found.values())

    return work


def orjson_lines() -> Work:
    import orjson

    def work(path: str) -> int:
        with open(path, "rb") as file:
            return sum(len(orjson.loads(line)) - 1 for line in file)

    return work


def msgspec_lines() -> Work:
    import msgspec

    return lambda path: sum(len(record) - 1 for record in msgspec.json.Decoder().decode_lines(Path(path).read_bytes()))


def polars_lines() -> Work:
    import polars

    return lambda path: int(polars.read_ndjson(path, infer_schema_length=None).count().sum_horizontal().item())


def json_module() -> Work:
    def work(path: str) -> int:
        with open(path, "rb") as file:
            return sum(len(json.loads(line)) - 1 for line in file)

    return work


def one_pattern() -> Work:
    """A regular expression written for exactly this log: what a person does who needs these curves."""
    number = r"([-+\d.eE]+)"
    fields = [f"{kind}_{part}" for kind in ("loss", "grad_norm", "time") for part in ("attn", "mlp", "embed", "head", "moe", "aux")]
    parts = ("loss_rpn_cls", "loss_rpn_bbox", "loss_cls", "loss_bbox", "loss_mask", "acc", "loss")
    patterns = {  # by the name of the file
        "train": rf"step (\d+): loss = {number}, val_loss = {number}, lr = {number}",
        "several-kinds": rf"epoch (\d+) \| step +(\d+) \| loss {number} \| acc +{number}% \| lr {number} \| {number} img/s",
        "bars": rf"(\d+)/100 \[.{{30}}\] - .{{3,20}} - loss: {number} - accuracy: {number}",
        "stamped": rf"Epoch \[(\d+)\]\[(\d+)/.*, {', '.join(f'{part}: {number}' for part in parts)}",
        "long-lines": rf"iteration +(\d+)/.* \| {' [|] '.join(f'{field}: {number}' for field in (*fields, 'lm loss'))}",
    }

    def work(path: str) -> int:
        found = re.compile(patterns[Path(path).stem]).findall(Path(path).read_text("utf-8"))
        return sum(len([float(x) for x in row[1:]]) for row in found)

    return work


CONTENDERS: dict[str, Callable[[], Work]] = {
    "loglint read": loglint_read,
    "loglint run": loglint_lint,
    "EventAccumulator": event_accumulator,
    "read and checksum": read_and_checksum,
    "tbparse": tbparse,
    "data server": data_server,
    "pandas.read_csv": pandas_csv,
    "pandas, pyarrow engine": pandas_pyarrow,
    "pyarrow": pyarrow_csv,
    "polars": polars_csv,
    "duckdb": duckdb_csv,
    "json": json_module,
    "orjson": orjson_lines,
    "msgspec": msgspec_lines,
    "polars ndjson": polars_lines,
    "one regular expression": one_pattern,
}


def peak_megabytes() -> float:
    """Peak resident memory of this process and of its living children (proc(5), VmHWM)."""
    peak = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if os.getpid() in {int(fields["Pid"]), int(fields["PPid"])} and "VmHWM" in fields:
            peak += int(fields["VmHWM"].split()[0]) / 1024
    return peak


def main() -> None:
    work = CONTENDERS[sys.argv[1]]()
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    points = work(sys.argv[2])
    seconds, user = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    print(json.dumps({"points": points, "seconds": seconds, "user": user, "megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main()
