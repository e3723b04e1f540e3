import io
import pickle
import zipfile

import numpy as np
import pytest

from loglint.readers import pickles, reader_for

HISTORY = {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]}


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, b"\x80\x02}q\x00.")
    return target.getvalue()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_history_pickles_are_refused_with_a_remedy(protocol):
    data = pickle.dumps(HISTORY, protocol)
    assert reader_for("history.pkl", data) is pickles
    (reading,) = pickles.read("history.pkl", data)
    assert reading.series == ()
    (problem,) = reading.problems
    assert problem.kind == "refused"
    assert "json.dump" in problem.message


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickles_are_told_by_content_whatever_their_name(protocol):
    assert pickles.claims("trainHistoryDict", pickle.dumps(HISTORY, protocol))


def test_nothing_is_loaded():
    data = pickle.dumps(Bomb())
    assert pickles.claims("x", data)
    assert pickles.read("x", data)[0].problems[0].kind == "refused"


def test_torch_checkpoints_are_refused_and_other_zips_are_not():
    assert pickles.claims("model.pt", zipped("archive/data.pkl", "archive/version"))
    assert not pickles.claims("logs.zip", zipped("runs/log.txt"))


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("log.txt", b"epoch 1 loss 2.0\n"),
        ("train.p", b"step,loss\n1,2\n"),
        ("model.ckpt", b"epoch: 1 loss: 3\n"),
        ("empty.pkl", b""),
        ("metrics.json", b'{"loss": 1}'),
    ],
)
def test_logs_with_odd_names_are_not_claimed(name, head):
    assert not pickles.claims(name, head)


def test_arrays_of_numbers_are_not_claimed():
    target = io.BytesIO()
    np.save(target, np.arange(3.0))
    assert not pickles.claims("losses.npy", target.getvalue())
    target = io.BytesIO()
    np.savez(target, a=np.arange(3.0))
    assert not pickles.claims("losses.npz", target.getvalue())
