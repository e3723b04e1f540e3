"""Texts that hold numbers and even losses, and are no training logs: nothing may be read out of them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loglint.errors import ConfigError
from loglint.readers import text
from loglint.readers.text.patterns import UserPattern

OTHERS = {
    "a manual in PostScript": "%!PS-Adobe-3.0\n%%Pages: 3\n" + "".join(f"step {k} F1 {k}.25 loss {k}.5\n" for k in range(9)),
    "results in a readme": """# Our network

We train for 90 epochs with a learning rate of 0.1 and reach an accuracy of 76.3 %.

| Model     | Accuracy | Loss  | Comments        |
|-----------|----------|-------|-----------------|
| small     | 0.712    | 1.213 | no augmentation |
| large     | 0.763    | 1.013 | 90 epochs       |

After epoch 30 the loss was 1.2, and after epoch 60 it fell to 1.05 in our experiments with the larger model.
""",
    "python source": """import torch
def train(model, loader, epochs=10):
    loss = 0.0
    best_acc = 0
    for epoch in range(epochs):
        for step, batch in enumerate(loader):
            loss = model(batch)
            total_loss += 0.5 * loss
        print(f'epoch {epoch} loss {loss:.4f} acc {acc:.2f}')
    print("step %d train loss %f" % (step, loss))
    lr = 0.001
    val_loss = 0.0
    val_loss = 0.0
    val_loss = 0.0
""",
    "results of an ablation": """| Ablation | Best val loss | exit_bce | entry_bce | Epoch |
|----------|---------------|----------|-----------|-------|
| A0       | 1.52          | 0.61     | 0.43      | 12    |
| A1       | 1.49          | 0.59     | 0.44      | 15    |
""",
    "compiler output": """src/train.cpp:112:15: warning: unused variable 'loss' [-Wunused-variable]
  112 |         float loss = 0.0f;
      |               ^~~~
make: *** [Makefile:12: all] Error 2
""",
    "recipe in steps": """Step 1: Install the package (pip install acme==1.2).
Step 2: Train; expect accuracy: 0.92 in the end.
Step 3: Evaluate; expect accuracy: 0.90 and loss: 0.31.
""",
    "certificate": """        Signature Value:
            6a:18:22:f2:87:e9:07:db:b4:3d:65:00:e4:70:f9:d6:e5:a8:
            59:bc:a9:41:05:53:f8:7e:d2:36:a6:83:2f:ce:37:12:aa:01:
            da:4e:fb:91:76:89:0a:a6:c6:72:e0:96:d9:f1:80:ea:68:90:
""",
    "list of bugs": """  [30053] time: strftime %s returns -1 after 2038 on 32 bits systems
  [30515] _dl_find_object incorrectly returns 1 during early startup
  [25744] locale: mbrtowc with Big5-HKSCS returns 2 instead of 1
  [28182] libc: _TIME_BITS=64 in C++ has issues with fcntl
""",
    "perl": """sub bcmp {
    my ($x, $y) = @_;
    my %methods = map { $_ => 1 } qw/ceil floor/;
    return 0 if $x->{sign} eq '+inf';
    return +1 if $x->{sign} eq '+inf'; # x = +inf and y < +inf
    return -1 if $y->is_nan();
    return $x->binf("+") if $x > -1 && $x < 1;
}
""",
    "pytest": """============================= test session starts ==============================
collected 12 items
tests/test_loss.py::test_loss_at_step[3] PASSED                           [ 25%]
tests/test_loss.py::test_accuracy FAILED                                  [ 50%]
E       assert 0.512 == 0.612
tests/test_loss.py:31: AssertionError
========================= 1 failed, 11 passed in 3.21s =========================
""",
    "package installer": """Collecting torch==2.1.0
  Downloading torch-2.1.0-cp311-none-linux.whl (670.2 MB)
     |████████████████████████████████| 670.2 MB 12 kB/s eta 0:00:01
Successfully installed torch-2.1.0 accuracy-0.3.1
""",
    "system log": """Jun 14 15:16:01 combo sshd[19939]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh error 4
Jun 14 15:16:02 combo kernel: eth0: error state 3, step 2 of 5
Jun 15 02:04:59 combo sshd[20882]: error 7 in scoreboard slot 12
Jun 15 02:05:59 combo sshd[20883]: error 7 in scoreboard slot 13
Jun 15 02:06:59 combo sshd[20884]: error 8 in scoreboard slot 14
""",
    "configuration only": """+-----------------------+------------+
| Parameter             | Value      |
+-----------------------+------------+
| learning rate (LR)    | 6.0e-04    |
| val_loss_every        | 250        |
| max_steps             | 100        |
+-----------------------+------------+
Namespace(lr=0.1, epochs=90, batch_size=256, loss='ce', val_loss_every=10)
base_lr: 0.01
loss_weight: 1.0
""",
    "parameter search": """[I 2024-01-01 10:00:00,123] Trial 0 finished with value: 0.8123 and parameters: {}. Best is trial 0.
[I 2024-01-01 10:01:00,123] Trial 1 finished with value: 0.7123 and parameters: {'lr': 0.02}. Best is trial 1 with value: 0.7123.
[I 2024-01-01 10:02:00,123] Trial 2 finished with value: 0.9123 and parameters: {'lr': 0.03}. Best is trial 1 with value: 0.7123.
100%|██████████| 3/3 [03:00<00:00, 60.1s/trial, best loss: 0.7123]
""",
    "evaluation only": """=> loading checkpoint 'model.pth'
Test: [  0/196]\tTime 2.313 (2.313)\tLoss 0.6512 (0.6512)\tAcc@1 82.00 (82.00)
Test: [ 10/196]\tTime 0.313 (0.413)\tLoss 0.7412 (0.7012)\tAcc@1 80.00 (81.20)
Test: [ 20/196]\tTime 0.313 (0.353)\tLoss 0.7212 (0.7112)\tAcc@1 81.00 (81.10)
""",
    "one final accuracy": "loading data\nfitting forest\nTrain accuracy:  0.8123\nTest accuracy: 0.7923\n",
    "classification report": """              precision    recall  f1-score   support

           0       0.91      0.93      0.92       512
           1       0.88      0.85      0.86       312

    accuracy                           0.90       824
   macro avg       0.90      0.89      0.89       824
""",
    "inference timings": """image 1/3 a.jpg: 640x480 2 persons, Done. (0.012s)
image 2/3 b.jpg: 640x480 1 person, Done. (0.011s)
image 3/3 c.jpg: 640x480 4 persons, Done. (0.011s)
{'preprocess': 1.2, 'inference': 8.1, 'total': 10.2}
""",
    "change log": """## 1.2.0
- loss is nan no longer when lr is 0 (#123)
- accuracy 0.5 faster in epoch 3
## 1.1.0
- step 2 of the loss rewrite, 12 % less memory
""",
    "issue titles": "#101 loss is nan after epoch 3\n#102 Loss becomes NaN, stopping training does not work\n#103 accuracy "
    "stays 0.1\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", OTHERS)
def test_no_curve_is_invented(name: str) -> None:
    (reading,) = text.read("notes.txt", OTHERS[name].encode())
    assert [series.name for series in reading.series] == []
    assert [problem.kind for problem in reading.problems] == ["not_a_log"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
@example(b"\x00\xff\xfe\r\x08\x1b[")
@example(b"epoch 1 loss " + b"9" * 400)
@example(b"loss: 1e999999\nloss: -1.#IND\nloss: 1,2,3\n")
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    for reading in text.read("x.log", data):
        assert all(len(series) == len(series.seq) == len(series.line) for series in reading.series)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "epoch",
                "step",
                "loss",
                ":",
                "=",
                "[",
                "]",
                "(",
                ")",
                "3/10",
                "0.5",
                "nan",
                "|",
                "{",
                "}",
                "'",
                "%",
                "\r",
                "\n",
                " ",
                "  ",
                "\t",
                "1e-4",
                ",",
            ]
        ),
        max_size=60,
    )
)
def test_arbitrary_sequences_of_log_tokens_never_raise(tokens: list[str]) -> None:
    text.read("x.log", "".join(tokens).encode())


def test_a_very_long_line_is_bounded() -> None:
    line = b"epoch 3 loss 0.5 " + b"x = 1 y: 2, " * 400_000
    text.read("x.log", line + b"\n" + b"epoch 4 loss 0.4\n")


def test_a_pattern_of_the_user_reads_what_nobody_else_can() -> None:
    (reading,) = text.read("x.log", b"@7 -> 0.5\n@8 -> 0.4\nother\n", [UserPattern(r"@(?P<step>\d+) -> (?P<loss>[\d.]+)")])
    (series,) = reading.series
    assert (series.name, series.values.tolist(), series.step.tolist(), series.line.tolist()) == ("loss", [0.5, 0.4], [7, 8], [1, 2])


def test_a_pattern_with_a_split_gives_it_to_its_curves() -> None:
    patterns = [UserPattern(r"^a (?P<loss>\S+)"), UserPattern(r"^b (?P<loss>\S+)", "test")]
    (reading,) = text.read("x.log", b"a 0.5\nb 0.7\na 0.4\nb 0.6\n", patterns)
    assert {(one.split, tuple(one.values.tolist())) for one in reading.series} == {(None, (0.5, 0.4)), ("test", (0.7, 0.6))}


@pytest.mark.parametrize("pattern", ["(?P<loss>", r"step (?P<step>\d+)"])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match="pattern"):
        text.read("x.log", b"loss 1\n", [UserPattern(pattern)])
