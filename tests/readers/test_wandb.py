import json
import random
import struct
import zlib

import numpy as np
import pytest

from loglint.model import Reading
from loglint.readers import reader_for, wandb
from loglint.readers.wandb import blocks

NAME = "wandb/run-20250101_000000-abc/run-abc.wandb"
HEADER = b":W&B\xe1\xbe\x00"
START = 1_700_000_000


def varint(value: int) -> bytes:
    value &= 0xFFFFFFFFFFFFFFFF
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def item(name: str | list[str], value: object) -> bytes:
    names = message(1, name) if isinstance(name, str) else b"".join(message(2, part) for part in name)
    return names + message(16, json.dumps(value))


def history(step: int, values: dict[str, object]) -> bytes:
    whole = {**values, "_step": step, "_timestamp": START + step}
    return message(2, b"".join(message(1, item(name, value)) for name, value in whole.items()) + message(2, number(1, step)))


def log(*records: bytes) -> bytes:
    """Records in 32 KiB blocks, cut into first, middle and last pieces where they do not fit."""
    out = bytearray(HEADER)
    for record in records:
        left, kind = record, 1
        while True:
            room = blocks.BLOCK - len(out) % blocks.BLOCK
            if room < 7:
                out += bytes(room)
                continue
            piece, left = left[: room - 7], left[room - 7 :]
            kind = (2 if kind == 1 else 3) if left else (1 if kind == 1 else 4)
            out += struct.pack("<IHB", zlib.crc32(bytes([kind]) + piece), len(piece), kind) + piece
            if not left:
                break
    return bytes(out)


def read(*records: bytes) -> Reading:
    (reading,) = wandb.read(NAME, log(*records))
    return reading


def curve(reading: Reading, name: str) -> list[tuple[float, float]]:
    (one,) = [series for series in reading.series if series.name == name]
    assert one.step is not None
    return list(zip(one.step.tolist(), one.values.tolist(), strict=True))


def test_history_becomes_curves_on_step_and_time():
    reading = read(*(history(step, {"loss": 1 / (step + 1), "note": "x", "done": True}) for step in range(5)))
    assert [one.name for one in reading.series] == ["loss"]
    assert curve(reading, "loss") == [(float(step), 1 / (step + 1)) for step in range(5)]
    assert reading.series[0].time.tolist() == [START + step for step in range(5)]
    assert reading.series[0].seq.tolist() == [0, 1, 2, 3, 4]
    assert reading.problems == ()


def test_non_finite_numbers_are_kept_in_both_spellings():
    reading = read(
        history(0, {"loss": float("nan")}), history(1, {"loss": "NaN"}), history(2, {"loss": "-Infinity"}), history(3, {"loss": 1})
    )
    values = reading.series[0].values
    assert np.isnan(values[:2]).all()
    assert values[2:].tolist() == [float("-inf"), 1.0]


def test_nested_values_have_dotted_names_in_both_forms():
    parts = message(1, item(["val", "acc"], 0.5)) + message(1, item("val2", {"acc": 0.25}))
    reading = read(message(2, parts + message(2, number(1, 3))))
    assert {one.name: (one.step.tolist(), one.values.tolist()) for one in reading.series} == {
        "val.acc": ([3.0], [0.5]),
        "val2.acc": ([3.0], [0.25]),
    }


def test_typed_values_of_newer_versions_are_read():
    typed = [
        ("f", varint(6 << 3 | 1) + struct.pack("<d", 2.5)),
        ("i", number(5, 7)),
        ("b", number(4, 1)),
        ("t", message(7, "x")),
        ("j", message(8, "4")),
    ]
    reading = read(message(2, b"".join(message(1, message(1, name) + raw) for name, raw in typed)))
    assert {one.name: one.values.tolist() for one in reading.series} == {"f": [2.5], "i": [-4.0], "j": [4.0]}


def test_metrics_stand_on_the_axis_they_were_given():
    definitions = [
        message(12, message(2, "val/*") + message(4, "epoch")),
        message(12, message(2, "*") + message(4, "frames")),
        message(12, message(1, "frames")),
    ]
    rows = [history(step, {"frames": step * 100, "loss": 1.0}) for step in range(3)] + [history(3, {"val/loss": 2.0, "epoch": 1})]
    reading = read(*definitions, *rows)
    assert curve(reading, "loss") == [(0.0, 1.0), (100.0, 1.0), (200.0, 1.0)]
    (validation,) = [one for one in reading.series if one.name == "val/loss"]
    assert (validation.epoch.tolist(), validation.step.tolist()) == ([1.0], [3.0])
    assert {one.name for one in reading.series} == {"loss", "val/loss"}


def test_step_counted_by_the_training_is_preferred_to_the_number_of_calls():
    rows = (history(call, {"train/loss": 1.0, "train/global_step": call * 500, "train/epoch": call / 2}) for call in range(3))
    reading = read(*rows)
    assert curve(reading, "train/loss") == [(0.0, 1.0), (500.0, 1.0), (1000.0, 1.0)]
    assert [one.epoch.tolist() for one in reading.series] == [[0.0, 0.5, 1.0]]


def test_histograms_are_read_in_both_forms():
    written = {"_type": "histogram", "values": [1, 2], "bins": [0.0, 1.0, 2.0]}
    packed = {"_type": "histogram", "values": [3, 4], "packedBins": {"min": -1.0, "size": 0.5, "count": 2}}
    image = {"_type": "image-file", "width": 5}
    reading = read(history(0, {"w": written, "img": image}), history(1, {"w": packed}))
    (found,) = reading.histograms
    assert (found.name, found.step.tolist()) == ("w", [0.0, 1.0])
    assert [edges.tolist() for edges in found.edges] == [[0.0, 1.0, 2.0], [-1.0, -0.5, 0.0]]
    assert [counts.tolist() for counts in found.counts] == [[1.0, 2.0], [3.0, 4.0]]
    assert reading.series == ()


def test_configuration_summary_and_start_are_facts():
    config = [("lr", 0.1), ("model", {"depth": 3}), ("old", {"desc": None, "value": 5}), ("_wandb", {"x": 1}), ("dims", [1, 2])]
    update = b"".join(message(1, item(name, value)) for name, value in config)
    run = message(17, message(1, "abc") + message(4, update) + message(17, number(1, START) + number(2, 500_000_000)))
    summary = message(3, message(1, item("loss", 0.25)) + message(1, item("_runtime", 9)))
    reading = read(run, message(5, message(1, item("lr", 0.2))), history(0, {"loss": 0.25}), summary)
    assert reading.config == {"lr": 0.2, "model.depth": 3, "old": 5}
    assert reading.summary == {"loss": 0.25}
    assert reading.started == START + 0.5


@pytest.mark.parametrize(("code", "kinds"), [(0, []), (1, ["traceback"]), (255, ["interrupted"]), (137, ["killed"])])
def test_exit_codes_are_events(code, kinds):
    reading = read(history(0, {"loss": 1.0}), message(18, number(1, code)))
    assert [(event.kind, event.seq) for event in reading.events] == [(kind, 0) for kind in kinds]


def test_resumed_run_and_framework_are_said():
    run = message(17, message(1, "abc") + number(18, 1) + number(14, 40))
    telemetry = message(11, message(1, number(1, 1) + number(9, 1)))
    reading = read(run, telemetry, history(40, {"loss": 1.0}))
    assert [event.kind for event in reading.events] == ["resume"]
    assert reading.source.framework == "lightning"


def test_records_longer_than_a_block_are_joined():
    rows = [history(step, {"loss": float(step), "text": "y" * 50_000}) for step in range(4)]
    reading = read(*rows)
    assert curve(reading, "loss") == [(float(step), float(step)) for step in range(4)]
    assert reading.problems == ()


def test_cut_at_any_byte_keeps_all_before_it():
    records = [history(step, {"loss": float(step)}) for step in range(12)]
    whole, ends = log(*records), [7]
    for record in records:
        ends.append(ends[-1] + 7 + len(record))
    for cut in range(7, len(whole)):
        (reading,) = wandb.read(NAME, whole[:cut])
        kept = sum(end <= cut for end in ends) - 1
        assert [value for one in reading.series for value in one.values.tolist()] == [float(step) for step in range(kept)]
        assert [problem.kind for problem in reading.problems] == ([] if cut in ends else ["truncated"])


def test_block_that_ends_inside_a_record_is_a_cut():
    whole = log(history(0, {"loss": 1.0}), history(1, {"loss": 2.0, "text": "y" * 40_000}))
    (reading,) = wandb.read(NAME, whole[: blocks.BLOCK])
    assert [problem.kind for problem in reading.problems] == ["truncated"]
    assert curve(reading, "loss") == [(0.0, 1.0)]


def test_flipped_bytes_never_invent_a_point():
    records = [history(step, {"loss": float(step), "text": "z" * 300}) for step in range(300)]
    whole = log(*records)
    for seed in range(150):
        rng, damaged = random.Random(seed), bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(7, len(damaged))] ^= 1 << rng.randrange(8)
        (reading,) = wandb.read(NAME, bytes(damaged))
        assert reading.problems
        assert all(step == value and 0 <= step < 300 for step, value in curve(reading, "loss"))


def test_damaged_record_costs_itself_only():
    whole = bytearray(log(*(history(step, {"loss": float(step)}) for step in range(20))))
    whole[7 + 7 + 20] ^= 1
    (reading,) = wandb.read(NAME, bytes(whole))
    assert [step for step, _ in curve(reading, "loss")] == [float(step) for step in range(1, 20)]
    assert [problem.kind for problem in reading.problems] == ["checksum"]


def test_claims_by_content():
    assert reader_for("anything", log(history(0, {"loss": 1.0}))) is wandb
    assert wandb.claims("run-x.wandb", b"")
    assert not wandb.claims("run-x.txt", b"loss 1.0")


def test_garbage_with_a_right_checksum_never_raises():
    row = history(1, {"loss": 1.0, "h": {"_type": "histogram", "values": [1, 2], "bins": [0, 1, 2]}, "a": {"b": 1}})
    for seed in range(300):
        rng, damaged = random.Random(seed), bytearray(row)
        for _ in range(rng.randrange(1, 5)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        reading = read(bytes(damaged), rng.randbytes(50), history(2, {"kept": 5.0}))
        assert curve(reading, "kept") == [(2.0, 5.0)]
