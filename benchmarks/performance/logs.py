"""Text logs of several shapes, as training jobs print them: made once, seeded, of about the size asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import wrap

import numpy as np

START = datetime(2024, 3, 1, 9, 30)
_PARTS = ("loss_rpn_cls", "loss_rpn_bbox", "loss_cls", "loss_bbox", "loss_mask", "acc")
_CHATTER = (
    "WARNING: [worker {a:02x}{b:08x}] retrying fetch of shard s3://bucket/part-{a:05}.tar after {c:.1f} s",
    '10.0.{d}.{e} - - [01/Mar/2024:09:{e:02}:{d:02}] "GET /metrics?id={b:x} HTTP/1.1" 200 {a}',
    "Downloading model-{d:05}-of-00163.safetensors: checksum {b:016x}{a:08x}",
    "/opt/conda/lib/python3.11/site-packages/torch/nn/functional.py:{a}: UserWarning: the default behaviour of interpolate changed",
    "  warnings.warn(",
    "NCCL INFO Channel {d:02}/{e} : {d}[0] -> {e}[0] via P2P/IPC/read",
    "[rank{d}] cached {a} tokenized documents under cache-{b:x}.arrow",
    "pod/train-{b:x} scheduled on node-{d}: pulled image registry/trainer@sha256:{b:016x}{a:08x}",
)
_WORDS = (
    "the a of to and in for with when now no longer fix error errors test tests map value values time memory return "
    "returned loader server client option default removed added support faster score update step build release cache "
    "file files path paths name names which were was is are not could before after windows linux python module function "
    "argument raises instead read written lines table format report docs example index search results page request set "
    "reset data rate limit"
).split()
_PAGES = (
    "/",
    "/index.html",
    "/img/{a}.png",
    "/api/v2/items/{b:x}?page={a}",
    "/search?q=term{a}&sort=score",
    "/runs/{a}/loss.json",
)
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0", "curl/8.5.0", "Prometheus/2.50.1")


def _loss(rng: np.random.Generator, i: int) -> float:
    return float((0.1 + 2.2 * np.exp(-i / 20_000)) * np.exp(0.05 * rng.standard_normal()))


def several_kinds(rng: np.random.Generator) -> Iterator[str]:
    """Headings, records of training and validation, checkpoints and warnings between each other."""
    i = 0
    for epoch in range(1_000_000):
        yield f"===== Epoch {epoch + 1} =====\n"
        for _ in range(200):
            loss, accuracy, rate = _loss(rng, i), rng.uniform(0, 100), 1e-3 / (1 + i)
            record = f"epoch {epoch + 1} | step {i:>7} | loss {loss:.4f} | acc {accuracy:5.2f}% | lr {rate:.3e}"
            yield f"{record} | {rng.normal(850, 20):.1f} img/s\n"
            i += 1
            if i % 50 == 0:
                yield f"GPU 0: {rng.uniform(10, 20):.2f} GiB allocated, {rng.uniform(20, 22):.2f} GiB reserved\n"
            if rng.random() < 0.02:
                yield _chatter(rng) + "\n"
        yield f"Validation: loss {_loss(rng, i) + 0.1:.4f}, top-1 {rng.uniform(0, 80):.2f}, top-5 {rng.uniform(50, 99):.2f}\n"
        yield f"Saving checkpoint to runs/exp/checkpoint-{i}.pt\n"


def bars(rng: np.random.Generator) -> Iterator[str]:
    """Progress bars of tqdm and Keras, each redrawn behind a carriage return."""
    for epoch in range(1_000_000):
        for k in range(1, 101):
            full, part = divmod(k * 20, 100)
            drawn = ("█" * full + " ▏▎▍▌▋▊▉█"[part * 8 // 100] * (full < 20)).ljust(20)
            times = f"[00:{k // 2:02}<00:{50 - k // 2:02}, {rng.uniform(1, 9):.2f}it/s, loss={_loss(rng, 100 * epoch + k):.4g}]"
            yield f"\rEpoch {epoch}: {k:3}%|{drawn}| {k}/100 {times}"
        yield f"\nEpoch {epoch + 1}/100\n"
        for k in range(1, 101):
            drawn = "=" * (k * 30 // 100) + ">" * (k < 100) + "." * (29 - k * 30 // 100)
            yield f"\r{k:3}/100 [{drawn}] - ETA: {100 - k}s - {_keras(rng, 100 * epoch + k)}"
        end = f"{rng.integers(9, 20)}s 120ms/step - {_keras(rng, 100 * epoch + 100)}"
        yield f"\r100/100 [{'=' * 30}] - {end} - val_loss: {_loss(rng, 100 * epoch):.4f}\n"


def _keras(rng: np.random.Generator, i: int) -> str:
    return f"loss: {_loss(rng, i):.4f} - accuracy: {rng.random():.4f}"


def stamped(rng: np.random.Generator) -> Iterator[str]:
    """Time stamp, logger and level before each record."""
    now, i = START, 0
    for epoch in range(1, 1_000_000):
        for k in range(50, 7331, 50):
            now += timedelta(seconds=25.3)
            parts = ", ".join(f"{name}: {_loss(rng, i) / 5:.4f}" for name in _PARTS)
            pace = f"lr: 2.000e-02, eta: {int(rng.integers(1, 20))}:02:11, time: 0.512, data_time: 0.011, memory: 5031"
            yield f"{_stamp(now)} - Epoch [{epoch}][{k}/7330]\t{pace}, {parts}, loss: {_loss(rng, i):.4f}\n"
            i += 1
        now += timedelta(seconds=300)
        yield f"{_stamp(now)} - Epoch(val) [{epoch}][625]\tbbox_mAP: {rng.random():.4f}, bbox_mAP_50: {rng.random():.4f}\n"


def _stamp(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03} - mmdet - INFO"


def long_lines(rng: np.random.Generator) -> Iterator[str]:
    """Twenty fields to a line."""
    names = [f"{kind}_{part}" for kind in ("loss", "grad_norm", "time") for part in ("attn", "mlp", "embed", "head", "moe", "aux")]
    i = 0
    while True:
        fields = " | ".join(f"{name}: {rng.lognormal():.6E}" for name in names)
        counted = f"iteration {i:>8}/ 500000 | consumed samples: {i * 512:>12}"
        yield f" [2024-03-01 09:30:{i % 60:02}] {counted} | {fields} | lm loss: {_loss(rng, i):.6E} |\n"
        i += 1


def chatter(rng: np.random.Generator) -> Iterator[str]:
    """A record now and then in lines of other programs, hardly two of which are alike."""
    i = 0
    while True:
        yield f"step {i} loss {_loss(rng, i):.4f}\n"
        for _ in range(19):
            yield _chatter(rng) + "\n"
        i += 1


def _chatter(rng: np.random.Generator) -> str:
    a, b, d, e = (int(rng.integers(high)) for high in (100_000, 2**62, 64, 8))
    return _CHATTER[int(rng.integers(len(_CHATTER)))].format(a=a, b=b, c=rng.exponential(), d=d, e=e)


def prose(rng: np.random.Generator) -> Iterator[str]:
    """Release notes: no log of a training, though errors, tests, maps and numbers are spoken of."""
    version = 0
    while True:
        version += 1
        yield f"\nVersion 3.{version} ({START + timedelta(days=30 * version):%d %B %Y})\n---------------------------\n\n"
        for _ in range(int(rng.integers(20, 60))):
            said = " ".join(_WORDS[k] for k in rng.integers(len(_WORDS), size=rng.integers(6, 40)))
            number = (
                f" (#{rng.integers(9000)})" if rng.random() < 0.3 else f", by {rng.integers(90)} %" if rng.random() < 0.1 else ""
            )
            yield "\n".join(wrap(f"- {said.capitalize()}{number}.", 78, subsequent_indent="  ")) + "\n"


def web_server(rng: np.random.Generator) -> Iterator[str]:
    """Requests in the combined format of web servers: no log of a training."""
    now = START
    while True:
        now += timedelta(seconds=rng.exponential())
        a, b, size = (int(rng.integers(high)) for high in (256, 2**40, 100_000))
        page = _PAGES[int(rng.integers(len(_PAGES)))].format(a=a, b=b)
        status = rng.choice([200, 200, 200, 304, 404, 500])
        stamp, agent = f"{now:%d/%b/%Y:%H:%M:%S} +0000", _AGENTS[b % len(_AGENTS)]
        yield f'10.0.{a}.{b % 256} - - [{stamp}] "GET {page} HTTP/1.1" {status} {size} "-" "{agent}"\n'


SHAPES: Mapping[str, Callable[[np.random.Generator], Iterator[str]]] = {
    "several kinds": several_kinds,
    "bars": bars,
    "stamped": stamped,
    "long lines": long_lines,
    "chatter": chatter,
    "prose": prose,
    "web server": web_server,
}


RECORDS = tuple(SHAPES)[:4]  # the shapes that are records for the most part


def write(path: Path, shape: str, size: int) -> None:
    """A log of one shape, of `size` bytes or a line more."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for line in SHAPES[shape](np.random.default_rng(0)):
            file.write(line)
            written += len(line.encode())
            if written >= size and line.endswith("\n"):
                return
