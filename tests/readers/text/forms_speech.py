"""Small invented logs of speech and of reinforcement learning, with every curve that must come out: see `forms`."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.readers.text.forms import Curve

_ICEFALL = (
    "2023-03-01 10:00:{:02d},125 INFO [train.py:812] ({}/2) Epoch 1, batch {}, loss[loss={}, simple_loss={}, over 5125.00 frames.],"
    " tot_loss[loss={}, simple_loss={}, over 9125.00 frames.], batch size: 12, lr: 2.5e-03\n"
)
_BOX = "#" * 40


def _icefall() -> str:
    rows = [(0, 0.525, 1.125), (50, 0.475, 1.025), (100, 0.425, 0.925)]
    return "".join(
        _ICEFALL.format(i, rank, batch, loss + rank, simple, loss, simple)
        for i, (batch, loss, simple) in enumerate(rows)
        for rank in (1, 0)
    )


SPEECH: dict[str, tuple[str, dict[str, Curve]]] = {
    "wenet with infinite losses in rows of names and numbers": (
        "2023-03-01 10:00:01,125 DEBUG TRAIN Batch 0/100 loss inf loss_att 71.25 loss_ctc inf lr 0.00001125 rank 0\n"
        "2023-03-01 10:00:02,125 WARNING NaN or Inf found in input tensor.\n"
        "2023-03-01 10:00:03,125 DEBUG TRAIN Batch 0/200 loss 61.25 loss_att 51.25 loss_ctc 81.25 lr 0.00002125 rank 0\n"
        "2023-03-01 10:00:04,125 DEBUG TRAIN Batch 0/300 loss nan loss_att nan loss_ctc nan lr 0.00003125 rank 0\n"
        "2023-03-01 10:00:05,125 INFO Epoch 0 CV info cv_loss 41.25\n",
        {
            "loss": ("train", [inf, 61.25, nan], [100, 200, 300], [0, 0, 0]),
            "loss_att": ("train", [71.25, 51.25, nan], [100, 200, 300], [0, 0, 0]),
            "loss_ctc": ("train", [inf, 81.25, nan], [100, 200, 300], [0, 0, 0]),
            "lr": ("train", [1.125e-05, 2.125e-05, 3.125e-05], [100, 200, 300], [0, 0, 0]),
            "CV info cv_loss": ("val", [41.25], [300], [0]),
        },
    ),
    "icefall on two processes": (
        _icefall(),
        {
            "loss": (None, [0.525, 0.475, 0.425], [0, 50, 100], [1, 1, 1]),
            "simple_loss": (None, [1.125, 1.025, 0.925], [0, 50, 100], [1, 1, 1]),
            "tot_loss loss": (None, [0.525, 0.475, 0.425], [0, 50, 100], [1, 1, 1]),
            "simple_loss (2)": (None, [1.125, 1.025, 0.925], [0, 50, 100], [1, 1, 1]),
            "lr": (None, [2.5e-03, 2.5e-03, 2.5e-03], [0, 50, 100], [1, 1, 1]),
        },
    ),
    "objective over frames in long lines": (
        "".join(
            f"2023-03-01 10:00:0{i},125 INFO [train.py:102] Process {100 * i}/900({11 * i}.5%) global average objf: -0.{9 - i}25"
            f" over {i + 1}400.0 frames, current batch average objf: -0.{8 - i}25 over 6400 frames, epoch 0\n"
            for i in range(3)
        ),
        {
            "global average objf": (None, [-0.925, -0.825, -0.725], [0, 100, 200], [0, 0, 0]),
            "current batch average objf": (None, [-0.825, -0.725, -0.625], [0, 100, 200], [0, 0, 0]),
        },
    ),
    "one record as a block": (
        f" {_BOX}\n"
        "                 Learning iteration 412/1000\n"
        "\n"
        "                 Value function loss: 3.125\n"
        "                      Surrogate loss: -0.0125\n"
        "                         Mean reward: 41.25\n"
        "                 Mean episode length: 51.5\n",
        {
            "Value function loss": (None, [3.125], [412], None),
            "Surrogate loss": (None, [-0.0125], [412], None),
            "Mean reward": (None, [41.25], [412], None),
        },
    ),
    "a dictionary over several lines": (
        "Step 200 per-step time 0.125s\n{'Loss/classification_loss': 0.0125,\n 'Loss/localization_loss': 0.2125,\n"
        " 'Loss/total_loss': 0.225,\n 'learning_rate': 0.0125}\n",
        {
            "Loss/classification_loss": (None, [0.0125], [200], None),
            "Loss/localization_loss": (None, [0.2125], [200], None),
            "Loss/total_loss": (None, [0.225], [200], None),
        },
    ),
    "dashes of print between the parts of a line": (
        "".join(
            f"2023-03-01 10:00:0{i},125 — agents.vpg.main — INFO — Loss of the policy:      -0.0{i}125\n"
            f"2023-03-01 10:00:0{i},126 — agents.vpg.main — INFO — Epoch: {i}\n"
            f"2023-03-01 10:00:0{i},127 — agents.vpg.main — INFO — Average Episode Return: 2{i}.5\n"
            for i in range(3)
        ),
        {
            "Loss of the policy": (None, [-0.00125, -0.01125, -0.02125], None, [0, 1, 2]),
            "Average Episode Return": (None, [20.5, 21.5, 22.5], None, [0, 1, 2]),
        },
    ),
    "a counter between a value and its name": (
        "".join(f"Total rewards in episode {k} is -{k}.75 after training\n" for k in (71, 72, 73)),
        {"Total rewards": (None, [-71.75, -72.75, -73.75], [71, 72, 73], None)},
    ),
    "returns of episodes": (
        "".join(f"[Actor] Actor Steps = {900 * k} | Episode Length = {k}5 | Episode Return = -2{k}.0\n" for k in (1, 2, 3)),
        {"Episode Return": (None, [-21.0, -22.0, -23.0], [900, 1800, 2700], None)},
    ),
    "sentences with their measures in the middle": (
        "".join(
            f"[Epoch 3 {k}00/1200][Iteration {k}] Train 1792 in 4.{k}25seconds. Throughput is 40{k}.5 records/second. Loss is {v}. "
            "Current learning rate is 0.0125.\n"
            for k, v in ((4, "1.25"), (5, "Infinity"), (6, "1.125"))
        ),
        {
            "Loss": (None, [1.25, inf, 1.125], [4, 5, 6], [3, 3, 3]),
            "Current learning rate": (None, [0.0125, 0.0125, 0.0125], [4, 5, 6], [3, 3, 3]),
        },
    ),
    "ray tune's older status of two trials": (
        "".join(
            f"== Status ==\nRUNNING trials:\n - DDPG_Pole-v0_0:\tRUNNING [pid=8{k}], 5{k} s, {k} iter, {k}000 ts, -{9 - k}83 rew\n"
            f" - DDPG_Pole-v0_1:\tRUNNING [pid=9{k}], 5{k} s, {k} iter, {k}000 ts, -{8 - k}8.5 rew\n\n"
            for k in (1, 2)
        ),
        {
            "DDPG_Pole-v0_0: reward": (None, [-883, -783], [1000, 2000], None),
            "DDPG_Pole-v0_1: reward": (None, [-78.5, -68.5], [1000, 2000], None),
        },
    ),
    "ray tune's table of two trials": (
        "".join(
            "| Trial name | status  | loc         |   iter |   ts |   reward |\n"
            "|------------+---------+-------------+--------+------+----------|\n"
            f"| PPO_00000  | RUNNING | 10.0.0.1:55 |      {k} | {k}000 |    2{k}.5 |\n"
            f"| PPO_00001  | RUNNING | 10.0.0.1:56 |      {k} | {k}000 |    3{k}.5 |\n\n"
            for k in (1, 2)
        ),
        {
            "PPO_00000: reward": (None, [21.5, 22.5], [1, 2], None),
            "PPO_00001: reward": (None, [31.5, 32.5], [1, 2], None),
        },
    ),
    "ray tune's table, printed once": (
        "== Status ==\n"
        "| Trial name | status  | loc         |   iter |   ts |   reward |\n"
        "|------------+---------+-------------+--------+------+----------|\n"
        "| PPO_00000  | RUNNING | 10.0.0.1:55 |      3 | 3000 |    21.25 |\n"
        "| PPO_00001  | RUNNING | 10.0.0.1:56 |      2 | 2000 |    31.25 |\n"
        "| PPO_00002  | PENDING |             |        |      |          |\n",
        {"PPO_00000: reward": (None, [21.25], [3], None), "PPO_00001: reward": (None, [31.25], [2], None)},
    ),
    "fairseq of 2019 with a summary of each epoch": (
        "".join(
            f"| epoch 00{k}:    400 / 900 loss={v}.5, ppl=25.5, wps=52922, num_updates={k}395, lr=0.00025, gnorm=1.5\n"
            f"| epoch 00{k}:    800 / 900 loss={v}.25, ppl=24.5, wps=52922, num_updates={k}795, lr=0.00025, gnorm=1.5\n"
            f"| epoch 00{k} | loss {v}.375 | ppl 25.125 | wps 53573 | num_updates {k}895 | lr 0.00025 | gnorm 1.25\n"
            f"| epoch 00{k} | valid on 'valid' subset | valid_loss {v}.125 | valid_ppl 21.5 | num_updates {k}895\n"
            for k, v in ((1, 9), (2, 7))
        ),
        {
            "loss": (None, [9.5, 9.25, 7.5, 7.25], [1395, 1795, 2395, 2795], [1, 1, 2, 2]),
            "ppl": (None, [25.5, 24.5, 25.5, 24.5], [1395, 1795, 2395, 2795], [1, 1, 2, 2]),
            "lr": (None, [0.00025] * 4, [1395, 1795, 2395, 2795], [1, 1, 2, 2]),
            "gnorm": (None, [1.5] * 4, [1395, 1795, 2395, 2795], [1, 1, 2, 2]),
            "epoch: loss": (None, [9.375, 7.375], [1895, 2895], [1, 2]),
            "epoch: ppl": (None, [25.125, 25.125], [1895, 2895], [1, 2]),
            "epoch: lr": (None, [0.00025] * 2, [1895, 2895], [1, 2]),
            "epoch: gnorm": (None, [1.25] * 2, [1895, 2895], [1, 2]),
            "valid_loss": ("val", [9.125, 7.125], [1895, 2895], [1, 2]),
            "valid_ppl": ("val", [21.5, 21.5], [1895, 2895], [1, 2]),
        },
    ),
    "validations that say how many batches they had": (
        "".join(
            f"2023-03-01 10:00:00,125 - mmseg - INFO - "
            f"Iter [{k}50/300]\tlr: 1.25e-03, time: 0.5, decode.loss_ce: 0.7{k}5, loss: 1.{k}25\n"
            f"2023-03-01 10:00:09,125 - mmseg - INFO - Iter(val) [64]\tmIoU: 0.7{k}25, mAcc: 0.8{k}25\n"
            for k in (1, 2)
        ),
        {
            "lr": (None, [1.25e-03] * 2, [150, 250], None),
            "decode.loss_ce": (None, [0.715, 0.725], [150, 250], None),
            "loss": (None, [1.125, 1.225], [150, 250], None),
            "mIoU": ("val", [0.7125, 0.7225], [150, 250], None),
            "mAcc": ("val", [0.8125, 0.8225], [150, 250], None),
        },
    ),
}
