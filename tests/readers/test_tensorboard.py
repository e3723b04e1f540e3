import bz2
import gzip
import io
import lzma
import random
import tracemalloc
import zipfile

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_accumulator import STORE_EVERYTHING_SIZE_GUIDANCE, EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.plugins.histogram import metadata as histogram_metadata
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.plugins.hparams.metadata import create_summary_metadata as hparams_metadata
from tensorboard.plugins.text.metadata import create_summary_metadata as text_metadata
from tensorboard.util import tensor_util

from benchmarks.performance.inputs import events
from loglint import discover, pieces
from loglint.model import Reading
from loglint.readers import reader_for, tensorboard
from loglint.readers.tensorboard import checksum, content, cycles, frames, vectors

from .event_files import START, Points, file_of, frame, mask, oracle, simple, tensor, version

NAME = "run/events.out.tfevents.1700000000.host.1.0"


def read(data: bytes, path: str = NAME) -> Reading:
    (reading,) = tensorboard.read(path, data)
    return reading


def points(reading: Reading) -> dict[str, Points]:
    return {
        one.name: list(zip(one.seq.tolist(), one.step.tolist(), one.time.tolist(), one.values.tolist(), strict=True))
        for one in reading.series
    }


def same(left: object, right: object) -> bool:
    """Equality in which NaN equals NaN."""
    return repr(left) == repr(right)


def loop(steps: int, tags: tuple[str, ...], make=simple) -> list[Event]:
    rng = random.Random(steps)
    return [make(tag, step, rng.gauss(1, 3), time=START + step * 0.1 + rng.random()) for step in range(steps) for tag in tags]


def test_scalars_of_a_long_regular_file_equal_the_oracle():
    data = file_of([version(), *loop(5000, ("train/loss",)), *loop(700, ("a", "train/accuracy", "lr"))])
    reading = read(data)
    assert points(reading) == oracle(data)
    assert reading.problems == ()
    assert reading.started == START
    assert reading.folder == ""


def test_tensor_scalars_equal_the_oracle():
    data = file_of([version(), *loop(400, ("epoch_loss", "epoch_accuracy"), tensor)])
    assert points(read(data)) == oracle(data)
    assert read(data).source.framework == "keras"


def test_irregular_records_equal_the_oracle():
    rng = random.Random(3)
    events = [
        simple(rng.choice(("loss", "validation/loss", "x" * rng.randrange(1, 90))), step, rng.random()) for step in range(4000)
    ]
    data = file_of([version(), *events])
    assert points(read(data)) == oracle(data)


def test_many_tags_of_one_length_equal_the_oracle():
    data = file_of([version(), *loop(60, tuple(f"layer/{i:03d}/norm" for i in range(150)))])
    assert points(read(data)) == oracle(data)


def test_several_values_in_one_event_equal_the_oracle():
    def merged(step: int) -> Event:
        values = [Summary.Value(tag=tag, simple_value=step * 0.5 + i) for i, tag in enumerate(("loss", "acc", "loss"))]
        return Event(wall_time=START + step, step=step, summary=Summary(value=values))

    data = file_of([version(), *(merged(step) for step in range(300))])
    assert points(read(data)) == oracle(data)


def test_event_accumulator_agrees(tmp_path):
    events = [
        version(),
        *loop(300, ("loss", "lr")),
        simple("loss", 5, float("nan")),
        simple("loss", 5, float("-inf")),
        simple("loss", 5, 1.0),
    ]
    (tmp_path / "events.out.tfevents.1").write_bytes(file_of(events))
    accumulator = EventAccumulator(str(tmp_path), STORE_EVERYTHING_SIZE_GUIDANCE, purge_orphaned_data=False).Reload()
    expected = {
        tag: [(float(e.step), e.wall_time, e.value) for e in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]
    }
    assert list(expected) == ["loss", "lr"]
    found = points(read(file_of(events)))
    assert same({tag: [point[1:] for point in curve] for tag, curve in found.items()}, expected)


VALUE = st.one_of(st.floats(width=32), st.just(0.0))
TAG = st.sampled_from(["loss", "acc", "val/loss", "a", "é/ö", "x" * 200, ""])
STEP = st.one_of(st.integers(0, 200), st.sampled_from([127, 128, 16383, 16384, 2**31, 2**53, -1, -5]))
DTYPE = st.sampled_from([np.float32, np.float64, np.float16, np.int32, np.int64, np.uint8, np.bool_])


@st.composite
def event(draw: st.DrawFn) -> Event:
    time = draw(st.sampled_from([0.0, START, START + 1.5]))
    if draw(st.booleans()):
        return simple(draw(TAG), draw(STEP), draw(VALUE), time)
    return tensor(draw(TAG), draw(STEP), draw(st.integers(0, 100)), draw(DTYPE), time, draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@given(st.lists(event(), max_size=12), st.integers(1, 30))
def test_any_sequence_of_scalars_equals_the_oracle(events, repeats):
    data = file_of([version(), *events * repeats])
    assert same(points(read(data)), oracle(data))


@pytest.mark.parametrize(
    "dtype", [np.float64, np.float16, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.bool_]
)
@pytest.mark.parametrize("content", [True, False])
def test_tensor_of_each_type_holds_its_number(dtype, content):
    array = np.array(1, dtype=dtype)
    proto = tensor_util.make_tensor_proto(array)
    if content:
        proto = TensorProto(dtype=proto.dtype, tensor_shape=proto.tensor_shape, tensor_content=array.tobytes())
    value = Summary.Value(tag="n", tensor=proto)
    event = Event(wall_time=START, step=3, summary=Summary(value=[value]))
    assert [point[3] for point in points(read(file_of([event] * 20)))["n"]] == [1.0] * 20
    assert [point[3] for point in points(read(file_of([event])))["n"]] == [1.0]


def test_negative_integers_keep_their_sign():
    data = file_of([tensor("n", step, -step, np.int64) for step in range(40)])
    assert points(read(data)) == oracle(data)


def test_half_floats_are_decoded():
    data = file_of([tensor("n", step, 0.25 * step, np.float16) for step in range(40)])
    assert points(read(data)) == oracle(data)


def test_unusual_encodings_are_given_to_protocol_buffers():
    plain = simple("loss", 3, 0.5).SerializeToString()
    twice = plain + b"\x10\x07"  # a second step: the last one counts
    unpacked = b"\x0a\x01t\x42\x09\x08\x01\x12\x00\x2d" + np.float32(2.5).tobytes()  # float_val without packing
    record = (
        b"\x09" + np.float64(START).tobytes() + b"\x2a" + bytes([len(unpacked) + 2]) + b"\x0a" + bytes([len(unpacked)]) + unpacked
    )
    found = points(read(file_of([twice, record])))
    assert found == {"loss": [(0, 7.0, START, 0.5)], "t": [(1, 0.0, START, 2.5)]}


def test_record_that_is_no_event_is_said_and_costs_nothing_else():
    reading = read(file_of([version(), b"\xff" * 30, simple("loss", 1, 2.0)]))
    assert points(reading) == {"loss": [(2, 1.0, START, 2.0)]}
    assert [problem.kind for problem in reading.problems] == ["bad_row"]


def test_empty_and_header_only_files_have_no_series_and_no_problem():
    for data in (b"", file_of([version()])):
        reading = read(data)
        assert reading.series == ()
        assert reading.problems == ()
    assert len(file_of([version()])) == 40


def test_file_without_version_record_is_read():
    data = file_of(loop(30, ("loss",)))
    assert points(read(data)) == oracle(data)


def test_zeros_at_the_end_count_as_a_cut():
    data = file_of([version(), *loop(30, ("loss",))])
    reading = read(data + bytes(5000))
    assert points(reading) == oracle(data)
    assert [problem.kind for problem in reading.problems] == ["truncated"]


def test_cut_at_any_byte_keeps_all_before_it():
    whole = file_of([version(), *loop(20, ("loss", "acc"))])
    expected = oracle(whole)
    ends = {0}
    for event in [version(), *loop(20, ("loss", "acc"))]:
        ends.add(max(ends) + 16 + event.ByteSize())
    for cut in range(len(whole)):
        reading = read(whole[:cut])
        records = sum(end <= cut for end in ends) - 1
        assert points(reading) == {tag: kept for tag, curve in expected.items() if (kept := [p for p in curve if p[0] < records])}
        assert [problem.kind for problem in reading.problems] == ([] if cut in ends else ["truncated"])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 12), st.booleans())
def test_flipped_bytes_never_invent_a_point(seed, flips, long):
    rng = random.Random(seed)
    events = [version(), *loop(300 if long else 15, ("loss", "train/acc"))]
    whole = file_of(events)
    damaged = bytearray(whole)
    for _ in range(flips):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    expected = {(tag, *point[1:]) for tag, curve in oracle(whole).items() for point in curve}
    reading = read(bytes(damaged))
    found = {(tag, *point[1:]) for tag, curve in points(reading).items() for point in curve}
    assert found <= expected
    assert len(expected - found) <= 2 * flips
    assert reading.problems or found == expected


@pytest.mark.parametrize(("where", "lost"), [("value", 1), ("checksum", 1), ("length", 1), ("header", 1)])
def test_one_damaged_byte_costs_one_record(where, lost):
    whole = bytearray(file_of([version(), *loop(500, ("loss",))]))
    at = 40
    for _ in range(200):
        at += 16 + int.from_bytes(whole[at : at + 8], "little")
    size = int.from_bytes(whole[at : at + 8], "little")
    whole[at + {"value": 12 + size - 1, "checksum": 12 + size, "length": 1, "header": 9}[where]] ^= 0x40
    reading = read(bytes(whole))
    assert len(reading.series[0]) == 500 - lost
    (problem,) = reading.problems
    assert problem.kind == "checksum"
    assert str(at) in problem.message


def test_three_hundred_damaged_bytes_cost_no_more_than_their_records():
    whole = bytearray(file_of([version(), *loop(2000, ("loss", "acc"))]))
    whole[30000:30300] = bytes(range(256)) + bytes(44)
    reading = read(bytes(whole))
    assert sum(len(one) for one in reading.series) >= 4000 - 300 // 40 - 2
    assert [problem.kind for problem in reading.problems] == ["checksum"]


def test_legacy_histograms_keep_their_buckets():
    histogram = HistogramProto(
        min=-1.5, max=3.0, num=6, sum=2, sum_squares=9, bucket_limit=[-1.0, 0.0, 1.0, 1e300], bucket=[1, 2, 0, 3]
    )
    events = [
        Event(wall_time=START, step=step, summary=Summary(value=[Summary.Value(tag="w", histo=histogram)])) for step in range(15)
    ]
    (found,) = read(file_of([version(), *events])).histograms
    assert found.name == "w"
    assert found.step.tolist() == list(range(15))
    assert found.edges[3].tolist() == [-1.5, -1.0, 0.0, 1.0, 3.0]
    assert found.counts[3].tolist() == [1, 2, 0, 3]


def test_tensor_histograms_keep_their_buckets():
    rows = np.array([[0.0, 1.0, 4.0], [1.0, 2.0, 5.0]])
    value = Summary.Value(
        tag="w", tensor=tensor_util.make_tensor_proto(rows), metadata=histogram_metadata.create_summary_metadata("", "")
    )
    (found,) = read(file_of([Event(wall_time=START, step=7, summary=Summary(value=[value]))])).histograms
    assert (found.step.tolist(), found.edges[0].tolist(), found.counts[0].tolist()) == ([7.0], [0.0, 1.0, 2.0], [4.0, 5.0])


def test_images_and_graphs_are_passed_over():
    image = Summary.Value(tag="img", image=Summary.Image(height=1, width=1, encoded_image_string=bytes(9000)))
    graph = Event(wall_time=START, graph_def=bytes(20000))
    data = file_of([version(), graph, Event(wall_time=START, summary=Summary(value=[image])), simple("loss", 1, 2.0)])
    reading = read(data)
    assert points(reading) == {"loss": [(3, 1.0, START, 2.0)]}
    assert reading.problems == ()


def test_hyper_parameters_of_the_plugin_become_configuration():
    info = plugin_data_pb2.SessionStartInfo(group_name="g")
    info.hparams["lr"].number_value = 0.001
    info.hparams["batch_size"].number_value = 64
    info.hparams["optimizer"].string_value = "adam"
    info.hparams["amp"].bool_value = True
    value = Summary.Value(
        tag="_hparams_/session_start_info", metadata=hparams_metadata(plugin_data_pb2.HParamsPluginData(session_start_info=info))
    )
    reading = read(file_of([version(), Event(wall_time=START, summary=Summary(value=[value]))]))
    assert reading.config == {"lr": 0.001, "batch_size": 64, "optimizer": "adam", "amp": True}
    assert reading.series == ()


@pytest.mark.parametrize(
    ("tag", "text", "config"),
    [
        ("hyperparameters/text_summary", "|param|value|\n|-|-|\n|lr|0.1|\n|env|CartPole|", {"lr": 0.1, "env": "CartPole"}),
        (
            "args/text_summary",
            '{"learning_rate": 0.1, "optim": {"name": "adam"}, "tags": [1]}',
            {"learning_rate": 0.1, "optim.name": "adam"},
        ),
        ("model_config", '{"hidden_size": 8}', {"model_config.hidden_size": 8}),
        ("config", "lr: 0.1\nseed: 3\nname: x", {"lr": 0.1, "seed": 3, "name": "x"}),
        ("sample", "Once upon a time there was a model.\nIt said: hello\nand went away.", {}),
    ],
)
def test_texts_that_are_settings_become_configuration(tag, text, config):
    value = Summary.Value(tag=tag, tensor=tensor_util.make_tensor_proto([text.encode()]), metadata=text_metadata("", ""))
    assert read(file_of([Event(wall_time=START, summary=Summary(value=[value]))])).config == config


def test_placeholder_metric_of_lightning_is_a_fact_and_no_curve():
    reading = read(file_of([version(), simple("hp_metric", 0, -1.0), simple("train_loss", 1, 2.0)]))
    assert [one.name for one in reading.series] == ["train_loss"]
    assert reading.summary == {"hp_metric": -1.0}
    assert reading.source.framework == "lightning"
    assert [one.name for one in read(file_of([simple("hp_metric", step, 0.5) for step in (0, 1)])).series] == ["hp_metric"]


def test_restart_marker_is_an_event_and_keeps_every_point():
    restart = Event(wall_time=START, step=5, session_log=SessionLog(status=SessionLog.START))
    first = Event(wall_time=START, step=0, session_log=SessionLog(status=SessionLog.START))
    data = file_of([version(), first, *loop(10, ("loss",)), restart, *loop(10, ("loss",))])
    reading = read(data)
    assert points(reading) == oracle(data)
    assert [(one.kind, one.seq) for one in reading.events] == [("restart", 11)]


@pytest.mark.parametrize(
    ("folder", "split"),
    [
        ("train", "train"),
        ("validation", "val"),
        ("eval", "val"),
        ("eval_dev", "val"),
        ("test", "test"),
        ("test_run_3", None),
        ("trial_1", None),
    ],
)
def test_folder_names_tell_the_split(folder, split):
    assert [one.split for one in read(file_of([simple("loss", 0, 1.0)]), f"runs/{folder}/events.out.tfevents.1").series] == [split]


def test_sub_runs_of_add_scalars_belong_to_their_parent():
    reading = read(file_of([simple("losses/total", 0, 1.0)]), "runs/a/losses_total_val/events.out.tfevents.1")
    assert ([one.name for one in reading.series], reading.folder) == (["losses/total/val"], "runs/a")


def test_claims_event_files_by_content_or_name():
    data = file_of([version(), simple("loss", 0, 1.0)])
    assert reader_for("renamed.bin", data) is tensorboard
    assert tensorboard.claims(NAME, b"")
    assert not tensorboard.claims("notes.txt", b"epoch 1 loss 2.0 accuracy 0.5\n" * 4)
    assert not tensorboard.claims("export.tfevents.csv", b"step,value\n1,2\n")


def test_huge_steps_and_sizes_do_not_raise():
    header = (2**62).to_bytes(8, "little")
    lying = header + mask(0).to_bytes(4, "little") + bytes(50)
    assert read(lying).series == ()
    assert read(frame(b"")).series == ()


def followed_by_checksums(messages: list[bytes], width: int) -> np.ndarray:
    """Messages as `checksum.sound` takes them: uint8[n, width], each at the end of its row behind zeros."""
    stored = checksum.unmasked(np.array([checksum.masked(message) for message in messages], dtype=np.uint32))
    rows = [
        message + int(one ^ checksum.from_zero(len(message))).to_bytes(4, "little")
        for message, one in zip(messages, stored, strict=True)
    ]
    return np.frombuffer(b"".join(row.rjust(width, b"\0") for row in rows), np.uint8).reshape(-1, width).copy()


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.integers(0, 10**9), st.integers(0, 80))
@settings(max_examples=80, deadline=None)
def test_damaged_rows_and_no_others_are_found(messages, seed, damages):
    rng = random.Random(seed)
    rows = followed_by_checksums(messages, 48)
    assert checksum.sound(rows).all()
    damaged = {rng.randrange(len(rows)) for _ in range(damages)}
    for row in damaged:
        rows[row, rng.randrange(48)] ^= rng.randrange(1, 256)
    assert checksum.sound(rows).tolist() == [row not in damaged for row in range(len(rows))]


@pytest.mark.parametrize("bits", [1, 0x80, 0x11])
def test_equal_damage_in_all_rows_is_found(bits):
    for count in (2, 3, 64, 1000):
        rows = followed_by_checksums([bytes([i % 256] * 20) for i in range(count)], 24)
        rows[:, 7] ^= bits
        assert not checksum.sound(rows).any()


@given(st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_checksums_of_lengths_equal_those_of_their_bytes(lengths):
    found = checksum.masked_lengths(np.array(lengths, dtype=np.uint64))
    assert found.tolist() == [checksum.masked(length.to_bytes(8, "little")) for length in lengths]


def test_frames_of_all_sizes_are_found():
    rng = random.Random(1)
    records = (
        [bytes(rng.randrange(0, 50)) for _ in range(3000)] + [bytes(100_000), bytes(5)] + [bytes(8)] * 3000 + [bytes(70_000)] * 80
    )
    rng.shuffle(records[:3000])
    (found,) = frames.walk([b"".join(map(frame, records))])
    assert found.size.tolist() == [len(record) for record in records]
    assert (found.lost, found.cut) == ((), None)


@pytest.mark.parametrize("make", [simple, tensor])
def test_garbage_with_a_right_checksum_never_raises(make):
    for seed in range(150):
        rng, damaged = random.Random(seed), bytearray(make("loss", 3, 0.5).SerializeToString())
        for _ in range(rng.randrange(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        data = file_of([bytes(damaged)] * rng.choice([1, 20]) + [rng.randbytes(40), simple("kept", 1, 2.0)])
        assert [point[1:] for point in points(read(data))["kept"]] == [(1.0, START, 2.0)]


def in_blocks(data: bytes, length: int) -> Reading:
    (reading,) = tensorboard.read_blocks(NAME, (data[start : start + length] for start in range(0, len(data), length)))
    return reading


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["sound", "cut", "flipped", "overwritten", "missing", "zeros"]), st.integers(1, 3000))
def test_where_blocks_end_makes_no_difference(seed, damage, length):
    rng = random.Random(seed)
    long = Event(wall_time=START, graph_def=rng.randbytes(rng.randrange(1, 9000)))
    whole = bytearray(file_of([version(), *loop(60, ("loss", "train/acc")), long, *loop(rng.randrange(90), ("lr", "val/loss"))]))
    at, size = rng.randrange(len(whole)), rng.randrange(1, 2000)
    if damage == "cut":
        del whole[at:]
    elif damage == "flipped":
        for _ in range(rng.randrange(1, 5)):
            whole[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
    elif damage == "overwritten":
        whole[at : at + size] = rng.randbytes(min(size, len(whole) - at))
    elif damage == "missing":
        del whole[at : at + size]
    elif damage == "zeros":
        whole += bytes(size)
    expected, found = read(bytes(whole)), in_blocks(bytes(whole), length)
    assert same(points(found), points(expected))
    assert (found.problems, found.started, found.events) == (expected.problems, expected.started, expected.events)


def packed(kind: str, content: bytes) -> bytes:
    if kind == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("events.out.tfevents.1", content)
        return out.getvalue()
    small = {"bz2": {"compresslevel": 1}, "xz": {"preset": 0}}
    compress = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}
    return compress[kind](content, **small.get(kind, {})) if kind in compress else content


TABLES = {"bz2": 1 << 20, "xz": 1 << 20}  # bytes that undoing the compression takes, whatever the size of the file
PACKED = ["plain", "gz", "bz2", "xz", "zst", "zip"]


@pytest.mark.parametrize("kind", PACKED)
def test_a_file_in_blocks_holds_little_more_than_its_points(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(pieces, "BLOCK", 1 << 17)
    path = tmp_path / ("events.zip" if kind == "zip" else "events.out.tfevents.1")
    events(path, 50_000)
    content = path.read_bytes()
    path.write_bytes(packed(kind, content))
    (file,) = discover.discover([str(path)])
    blocks = file.blocks()
    tensorboard.read_blocks(NAME, blocks)  # what is made once is made
    tracemalloc.start()
    (reading,) = tensorboard.read_blocks(NAME, blocks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(map(len, reading.series)) == 50_000
    assert peak < 3 * 24 * 50_000 + TABLES.get(kind, 0)  # of step, time and value
    assert points(reading) == oracle(content)


@pytest.mark.parametrize("kind", PACKED[1:])
@pytest.mark.parametrize("damage", ["none", "cut", "flipped", "restart"])
def test_packed_files_are_read_as_they_were_before(tmp_path, monkeypatch, kind, damage):
    monkeypatch.setattr(pieces, "BLOCK", 3000)
    rng = random.Random(kind + damage)
    content = bytearray(restarted(900) if damage == "restart" else in_phases(2000))
    if damage == "cut":
        del content[rng.randrange(len(content)) :]
    elif damage == "flipped":
        content[rng.randrange(len(content))] ^= 0x10
    path = tmp_path / ("events.zip" if kind == "zip" else "events.out.tfevents.1")
    path.write_bytes(packed(kind, bytes(content)))
    (file,) = discover.discover([str(path)])
    (found,) = tensorboard.read_blocks(NAME, file.blocks())
    assert same(all_of(found), all_of(read(bytes(content))))


@pytest.fixture
def unknown(monkeypatch):
    """The layouts known from earlier files: none, and no turns."""
    known: dict[int, dict[int, dict[int, object]]] = {}
    monkeypatch.setattr(vectors, "_KNOWN", known)
    monkeypatch.setattr(cycles, "_KNOWN", {})
    return known


def in_no_order(steps: int) -> bytes:
    events = loop(steps, ("loss", "train/acc"))
    random.Random(steps).shuffle(events)
    return file_of([version(), *events])


@pytest.mark.parametrize("module", [vectors, cycles])
def test_what_is_known_from_one_file_is_used_in_the_next(unknown, monkeypatch, module):
    first, second = (
        in_no_order(steps) if module is vectors else file_of([version(), *loop(steps, ("loss", "train/acc"))]) for steps in (60, 50)
    )
    read(first)
    assert len(module._KNOWN) == (2 if module is vectors else 1)
    monkeypatch.setattr(module, "parse", lambda *_: pytest.fail("what is known was parsed"))
    assert points(read(second)) == oracle(second)


def test_turns_of_known_sizes_and_other_tags_are_told_apart(unknown):
    for tags in (("loss", "accuracy"), ("cost", "accuracy"), ("loss", "capacity"), ("loss", "accuracy")):
        data = file_of([version(), *loop(40, tags)])
        assert points(read(data)) == oracle(data)
    assert len(cycles._KNOWN) == 1


def test_damage_that_comes_back_every_turn_is_no_part_of_it(unknown):
    events = loop(60, ("loss", "lr"))
    read(file_of(events))
    records = [frame(event.SerializeToString()) for event in events]
    for junk in (b"junk" * 5, b"\1" * 3):
        data = b"".join(record + junk * (i % 2) for i, record in enumerate(records))
        reading = read(data)
        assert {tag: [point[1:] for point in curve] for tag, curve in points(reading).items()} == {
            tag: [point[1:] for point in curve] for tag, curve in oracle(file_of(events)).items()
        }
        assert reading.problems[0].kind == "checksum"


def test_known_turns_are_bounded(unknown):
    for length in range(1, 3 * cycles.MOST_KNOWN):
        data = file_of(loop(60, ("x" * length,)))
        assert points(read(data)) == oracle(data)
    assert 0 < len(cycles._KNOWN) <= cycles.MOST_KNOWN


def test_damage_in_one_turn_costs_its_records_only(unknown):
    whole = file_of(loop(100, ("loss", "lr")))
    expected = oracle(whole)
    for place in (b"\x0a\x04loss\x15", b"\x0a\x02lr\x15"):
        at = -1
        for _ in range(50):
            at = whole.index(place, at + 1)
        for offset in (0, 3, len(place) + 2, len(place) + 6):  # the message, the tag, the value, the checksum
            damaged = bytearray(whole)
            damaged[at + offset] ^= 0x10
            found = points(read(bytes(damaged)))
            lost = [(tag, point) for tag, curve in expected.items() for point in curve if point not in found[tag]]
            assert len(lost) == 1
            assert sum(map(len, found.values())) == 199


@pytest.mark.parametrize(
    "tags", [[f"layer{i:04d}" for i in range(400)], ["x" * i for i in range(1, 400)]], ids=["one size", "sizes"]
)
def test_known_layouts_are_bounded(unknown, monkeypatch, tags):
    monkeypatch.setattr(vectors, "MOST_KNOWN", 50)
    data = file_of([simple(tag, step, step / 7) for tag in tags for step in range(13)])
    assert points(read(data)) == oracle(data)
    assert 0 < len(unknown) <= 50
    assert all(sum(map(len, by_mask.values())) <= 50 for by_mask in unknown.values())


@pytest.mark.parametrize("place", ["tag", "value", "checksum"])
def test_damaged_records_teach_no_layout(unknown, place):
    whole = file_of([simple("loss", step, step / 7) for step in range(1, 81)])
    size = len(whole) // 80
    damaged = bytearray(whole)
    for start in range(0, len(damaged), size):
        damaged[{"tag": damaged.index(b"loss", start), "value": start + size - 5, "checksum": start + size - 1}[place]] ^= 0x20
    reading = read(bytes(damaged))
    assert (reading.series, [problem.kind for problem in reading.problems]) == ((), ["checksum"])
    assert (unknown, cycles._KNOWN) == ({}, {})
    assert points(read(bytes(damaged[: size * 20]) + whole[size * 20 :])) == {"loss": oracle(whole)["loss"][20:]}
    assert points(read(whole)) == oracle(whole)
    assert read(bytes(damaged)).series == ()


def restarted(steps: int) -> bytes:
    again = Event(wall_time=START, step=steps // 2, session_log=SessionLog(status=SessionLog.START))
    return file_of([version(), *loop(steps, ("loss", "lr")), again, *loop(steps, ("loss", "lr"))])


def in_phases(steps: int) -> bytes:
    """Steps of one, two and three bytes, and an evaluation now and then."""
    events = [
        simple(tag, step * 200, step / 3, START + step)
        for step in range(steps)
        for tag in (("loss", "lr", "val/loss") if step % 40 == 39 else ("loss", "lr"))
    ]
    return file_of([version(), *loop(100, ("loss", "lr")), *events])


def sweep(rng: random.Random) -> list[bytes]:
    """Files as the runs of a sweep leave them: several kinds of turns, some with damage, some broken off, some empty."""
    tags = [("loss", "lr"), ("cost", "lr"), ("train/loss", "val/loss", "acc"), ("loss",)]
    files = [file_of([version(), *loop(rng.randrange(20, 140), some)]) for some in tags for _ in range(3)]
    files += [file_of([version(), *loop(50, some, tensor)]) for some in tags[:2] for _ in range(2)]
    files += [restarted(60), restarted(60), in_phases(200), in_phases(240), b"", file_of([version()])]
    for whole in files[:8]:
        flipped = bytearray(whole)
        flipped[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        files += [bytes(flipped), whole[: rng.randrange(len(whole))], whole + bytes(rng.randrange(1, 60))]
    rng.shuffle(files)
    return files


def alone(data: bytes, path: str = NAME) -> Reading:
    """What is read of a file when nothing is known of those before it."""
    known = dict(cycles._KNOWN)
    cycles._KNOWN.clear()
    try:
        return read(data, path)
    finally:
        cycles._KNOWN.update(known)


def all_of(reading: Reading) -> tuple[object, ...]:
    held = (reading.source, reading.problems, reading.events, reading.started, reading.config, reading.summary, reading.folder)
    return (*held, points(reading), [(one.name, one.split, one.path) for one in reading.series])


@pytest.mark.parametrize("seed", range(5))
def test_files_after_others_are_read_as_if_they_were_alone(unknown, seed):
    for data in sweep(random.Random(seed)):
        assert same(all_of(read(data)), all_of(alone(data)))


@pytest.mark.parametrize("make", [restarted, in_phases, lambda steps: file_of([version(), *loop(steps, ("a", "b"), tensor)])])
def test_a_file_like_the_one_before_is_not_searched_for_records(unknown, monkeypatch, make):
    read(make(200))
    monkeypatch.setattr(content, "walk", lambda _: pytest.fail("it was searched"))
    for steps in (200, 150, 240):
        followed = cycles.follow(make(steps))
        assert followed is not None
        assert len(followed.between) < 20
        assert points(read(make(steps))) == oracle(make(steps))


def test_a_file_that_is_followed_and_cut_at_any_byte_keeps_all_before_it(unknown):
    whole = file_of([version(), *loop(30, ("loss", "acc"))])
    read(whole)
    expected, ends = oracle(whole), [0]
    while ends[-1] < len(whole):
        ends.append(ends[-1] + 16 + int.from_bytes(whole[ends[-1] : ends[-1] + 8], "little"))
    for cut in range(len(whole)):
        records = sum(end <= cut for end in ends) - 1
        reading = read(whole[:cut])
        assert points(reading) == {tag: kept for tag, curve in expected.items() if (kept := [p for p in curve if p[0] < records])}
        assert [problem.kind for problem in reading.problems] == ([] if cut in ends else ["truncated"])


def test_any_damaged_byte_of_a_file_that_is_followed_costs_its_record_only(unknown):
    whole = file_of([version(), *loop(26, ("loss", "acc"))])
    read(whole)
    assert cycles.follow(whole) is not None
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        reading = read(bytes(damaged))
        assert sum(map(len, reading.series)) == (52 if at < 40 else 51)
        assert [problem.kind for problem in reading.problems] == ["checksum"]
        if at % 7 == 0:
            assert same(all_of(reading), all_of(alone(bytes(damaged))))
