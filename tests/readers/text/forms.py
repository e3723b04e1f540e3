"""One small invented log per framework or form, with every curve of a loss or metric that must come out of it."""

from __future__ import annotations

from math import nan

from tests.readers.text.forms_boosting import BOOSTING
from tests.readers.text.forms_language import LANGUAGE
from tests.readers.text.forms_speech import SPEECH
from tests.readers.text.forms_vision import VISION

# what a curve must be: split, values, steps (None: the log has none), epochs (None: none)
Curve = tuple[str | None, list[float], list[float] | None, list[float] | None]

_TWICE = ((1, 79.5), (2, 72.75), (3, 67.25), (4, 64.125))
_RAY = """Result for PPO_CartPole-v0_120b5_00000:
  agent_timesteps_total: {steps}
  custom_metrics: {{}}
  date: 2022-07-27_15-41-01
  done: false
  episode_reward_max: {best}
  episode_reward_mean: {reward}
  hostname: alpha.local
  info:
    learner:
      default_policy:
        learner_stats:
          cur_lr: 5.0e-05
          total_loss: {loss}
  timesteps_total: {steps}
  training_iteration: {n}
"""

FORMS: dict[str, tuple[str, dict[str, Curve]]] = {
    "keras 3 bars": (
        "Epoch 1/3\n"
        "\x1b[1m  1/469\x1b[0m \x1b[37m━━━━━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m1:02\x1b[0m 1"
        "33ms/step - accuracy: 0.1250 - loss: 2.4012\r\x1b"
        "[1m200/469\x1b[0m ━━━━━━━━\x1b[37m━━━━━━━━━━━━\x1b[0m \x1b[1m1s\x1b[0m 4ms/"
        "step - accuracy: 0.6012 - loss: 1.3012\r\x1b[1m46"
        "9/469\x1b[0m ━━━━━━━━━━━━━━━━━━━━ \x1b[1m3s\x1b[0m 5ms/step - accuracy: 0.7812 - loss: 0.7401 - val_accuracy: 0.90"
        "10 - val_loss: 0.3402\n"
        "Epoch 2/3\n"
        "\x1b[1m469/469\x1b[0m ━━━━━━━━━━━━━━━━━━━━ \x1b[1m2s\x1b[0m 5ms/step - accuracy: 0.8912 - loss: 0.3701 - val_accuracy"
        ": 0.9210 - val_loss: 0.2702\n"
        "Epoch 3/3\n"
        "\x1b[1m469/469\x1b[0m ━━━━━━━━━━━━━━━━━━━━ \x1b[1m2s\x1b[0m 5ms/step - accuracy: 0.9112 - loss: 0.3101 - val_accuracy"
        ": 0.9310 - val_loss: 0.2402\n"
        "\x1b[1m313/313\x1b[0m ━━━━━━━━━━━━━━━━━━━━ \x1b[1m0s\x1b[0m 1ms/step - accuracy: 0.9212 - loss: 0.2501\n",
        {
            "accuracy": (None, [0.7812, 0.8912, 0.9112], None, [1, 2, 3]),
            "loss": (None, [0.7401, 0.3701, 0.3101], None, [1, 2, 3]),
            "val_accuracy": ("val", [0.901, 0.921, 0.931], None, [1, 2, 3]),
            "val_loss": ("val", [0.3402, 0.2702, 0.2402], None, [1, 2, 3]),
        },
    ),
    "keras bars redrawn by backspaces": (
        "Train on 60000 samples, validate on 10000 samples\n"
        "Epoch 1/2\n"
        "\n"
        "  128/60000 [..............................] - ETA: 4:01 - l"
        "oss: 2.3111 - acc: 0.0938\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08"
        "\x08\x08\x08\x08\r30000/60000 [==============>...............] - ETA: 5s "
        "- loss: 0.8111 - acc: 0.7001\x08\x08\x08\x08\x08\x08\x08\x08\x08\r60000/6"
        "0000 [==============================] - 12s 200us/step - loss: 0.4512 - acc: 0.8521 - val_loss: 0.2013 - "
        "val_acc: 0.9402\n"
        "Epoch 2/2\n"
        "\n"
        "  128/60000 [..............................] - ETA: 9s - los"
        "s: 0.2111 - acc: 0.9438\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08"
        "\x08\x08\r60000/60000 [==============================] - 11s 190us/step - loss: 0.2012 - acc: 0.9421 - val_loss:"
        " 0.1513 - val_acc: 0.9602\n",
        {
            "loss": (None, [0.4512, 0.2012], None, [1, 2]),
            "acc": (None, [0.8521, 0.9421], None, [1, 2]),
            "val_loss": ("val", [0.2013, 0.1513], None, [1, 2]),
            "val_acc": ("val", [0.9402, 0.9602], None, [1, 2]),
        },
    ),
    "pytorch imagenet": (
        "=> creating model 'resnet18'\n"
        "Epoch: [0][   0/5005]\tTime  3.213 ( 3.213)\tData  2.101 ( 2.101)\tLoss 7.0123e+00 (7.0123e+00)\tAcc@1   0.00"
        " (  0.00)\tAcc@5   0.39 (  0.39)\n"
        "Epoch: [0][  10/5005]\tTime  0.313 ( 0.613)\tData  0.001 ( 0.201)\tLoss 6.9923e+00 (7.0023e+00)\tAcc@1   0.00"
        " (  0.07)\tAcc@5   0.78 (  0.60)\n"
        "Test: [  0/196]\tTime  2.313 ( 2.313)\tLoss 6.5123e+00 (6.5123e+00)\tAcc@1   2.00 (  2.00)\tAcc@5   6.25 (  6"
        ".25)\n"
        "Test: [ 10/196]\tTime  0.313 ( 0.413)\tLoss 6.4123e+00 (6.4623e+00)\tAcc@1   3.00 (  2.50)\tAcc@5   7.25 (  6"
        ".75)\n"
        " * Acc@1 3.120 Acc@5 9.880\n"
        "Epoch: [1][   0/5005]\tTime  3.013 ( 3.013)\tData  2.001 ( 2.001)\tLoss 6.1123e+00 (6.1123e+00)\tAcc@1   4.30"
        " (  4.30)\tAcc@5  11.39 ( 11.39)\n"
        "Epoch: [1][  10/5005]\tTime  0.413 ( 0.513)\tData  0.001 ( 0.191)\tLoss 6.0923e+00 (6.1023e+00)\tAcc@1   5.00"
        " (  4.65)\tAcc@5  12.78 ( 12.00)\n"
        "Test: [  0/196]\tTime  2.213 ( 2.213)\tLoss 5.5123e+00 (5.5123e+00)\tAcc@1   8.00 (  8.00)\tAcc@5  19.25 ( 19"
        ".25)\n"
        "Test: [ 10/196]\tTime  0.213 ( 0.313)\tLoss 5.4123e+00 (5.4623e+00)\tAcc@1   9.00 (  8.50)\tAcc@5  20.25 ( 19"
        ".75)\n"
        " * Acc@1 9.340 Acc@5 21.020\n",
        {
            "Loss": (None, [7.0123, 6.9923, 6.1123, 6.0923], [0, 10, 5005, 5015], [0, 0, 1, 1]),
            "Loss (avg)": (None, [7.0123, 7.0023, 6.1123, 6.1023], [0, 10, 5005, 5015], [0, 0, 1, 1]),
            "Acc@1": (None, [0, 0, 4.3, 5], [0, 10, 5005, 5015], [0, 0, 1, 1]),
            "Acc@1 (avg)": (None, [0, 0.07, 4.3, 4.65], [0, 10, 5005, 5015], [0, 0, 1, 1]),
            "Acc@5": (None, [0.39, 0.78, 11.39, 12.78], [0, 10, 5005, 5015], [0, 0, 1, 1]),
            "Acc@5 (avg)": (None, [0.39, 0.6, 11.39, 12], [0, 10, 5005, 5015], [0, 0, 1, 1]),
            "test: Loss": ("test", [6.4623, 5.4623], [10, 5015], [0, 1]),
            "test: Acc@1": ("test", [3.12, 9.34], [10, 5015], [0, 1]),
            "test: Acc@5": ("test", [9.88, 21.02], [10, 5015], [0, 1]),
        },
    ),
    "hugging face trainer behind a bar": (
        "  0%|          | 0/300 [00:00<?, ?it/s]{'loss': 2.1321, 'grad_norm': 3.21, 'learning_rate': 4.5e-05, 'epo"
        "ch': 0.33}\n"
        " 33%|███▎      | 100/300 [01:00<02:00,  1.67it/s]\n"
        "                                                 \n"
        "{'eval_loss': 1.9012, 'eval_accuracy': 0.5123, 'eval_runtime': 4.21, 'eval_samples_per_second': 112.1, 'e"
        "val_steps_per_second': 7.1, 'epoch': 1.0}\n"
        "{'loss': 1.7321, 'grad_norm': 2.21, 'learning_rate': 3.0e-05, 'epoch': 1.33}\n"
        "{'eval_loss': 1.6012, 'eval_accuracy': 0.6123, 'eval_runtime': 4.11, 'eval_samples_per_second': 115.1, 'e"
        "val_steps_per_second': 7.2, 'epoch': 2.0}\n"
        "{'train_runtime': 181.2, 'train_samples_per_second': 26.4, 'train_steps_per_second': 1.65, 'train_loss': "
        "1.9321, 'epoch': 3.0}\n"
        "100%|██████████| 300/300 [03:01<00:00,  1.65it/s]\n"
        "***** train metrics *****\n"
        "  epoch                    =        3.0\n"
        "  train_loss               =     1.9321\n"
        "  train_runtime            = 0:03:01.20\n",
        {
            "loss": (None, [2.1321, 1.7321], None, [0.33, 1.33]),
            "grad_norm": (None, [3.21, 2.21], None, [0.33, 1.33]),
            "learning_rate": (None, [4.5e-05, 3e-05], None, [0.33, 1.33]),
            "eval_loss": ("val", [1.9012, 1.6012], None, [1, 2]),
            "eval_accuracy": ("val", [0.5123, 0.6123], None, [1, 2]),
        },
    ),
    "nanogpt": (
        "tokens per iteration will be: 491,520\n"
        "number of parameters: 123.59M\n"
        "step 0: train loss 10.9312, val loss 10.9287\n"
        "iter 0: loss 10.9411, time 20134.21ms, mfu -100.00%\n"
        "iter 10: loss 9.4123, time 412.11ms, mfu 38.21%\n"
        "iter 20: loss 8.8123, time 411.21ms, mfu 38.19%\n"
        "step 25: train loss 8.1012, val loss 8.1133\n"
        "saving checkpoint to out\n"
        "iter 30: loss 7.9123, time 413.11ms, mfu 38.11%\n",
        {
            "train loss": ("train", [10.9312, 8.1012], [0, 25], None),
            "val loss": ("val", [10.9287, 8.1133], [0, 25], None),
            "loss": (None, [10.9411, 9.4123, 8.8123, 7.9123], [0, 10, 20, 30], None),
        },
    ),
    "modded-nanogpt": (
        "step:0/1750 val_loss:10.8258 train_time:0ms step_avg:nanms\n"
        "step:1/1750 train_loss:10.8301 train_time:212ms step_avg:nanms\n"
        "step:2/1750 train_loss:10.1203 train_time:312ms step_avg:nanms\n"
        "step:3/1750 train_loss:9.7203 train_time:412ms step_avg:137.33ms\n"
        "step:125/1750 val_loss:4.6123 train_time:17100ms step_avg:136.80ms\n"
        "step:126/1750 train_loss:4.5912 train_time:17240ms step_avg:136.83ms\n",
        {
            "val_loss": ("val", [10.8258, 4.6123], [0, 125], None),
            "train_loss": ("train", [10.8301, 10.1203, 9.7203, 4.5912], [1, 2, 3, 126], None),
        },
    ),
    "megatron with a loss left out": (
        " iteration       10/    1000 | consumed samples:         2560 | elapsed time per iteration (ms): 1021.3 |"
        " learning rate: 1.500E-05 | global batch size:   256 | lm loss: 1.041234E+01 | loss scale: 65536.0 | grad"
        " norm: 5.212 | number of skipped iterations:   2 | number of nan iterations:   0 |\n"
        " iteration       20/    1000 | consumed samples:         5120 | elapsed time per iteration (ms): 921.3 | "
        "learning rate: 3.000E-05 | global batch size:   256 | lm loss: 9.641234E+00 | loss scale: 65536.0 | grad "
        "norm: 3.212 | number of skipped iterations:   0 | number of nan iterations:   0 |\n"
        "(min, max) time across ranks (ms):\n"
        "    forward-backward ...............................: (812.11, 823.12)\n"
        "----------------------------------------------------------------------------------------------\n"
        " validation loss at iteration 20 | lm loss value: 9.512341E+00 | lm loss PPL: 1.352112E+04 |\n"
        "----------------------------------------------------------------------------------------------\n"
        " iteration       30/    1000 | consumed samples:         7680 | elapsed time per iteration (ms): 901.3 | "
        "learning rate: 4.500E-05 | global batch size:   256 | loss scale: 32768.0 | grad norm: nan | number of sk"
        "ipped iterations:   1 | number of nan iterations:   1 |\n"
        " iteration       40/    1000 | consumed samples:        10240 | elapsed time per iteration (ms): 902.3 | "
        "learning rate: 6.000E-05 | global batch size:   256 | lm loss: 8.741234E+00 | loss scale: 32768.0 | grad "
        "norm: 2.212 | number of skipped iterations:   0 | number of nan iterations:   0 |\n",
        {
            "learning rate": (None, [1.5e-05, 3e-05, 4.5e-05, 6e-05], [10, 20, 30, 40], None),
            "lm loss": (None, [10.41234, 9.641234, nan, 8.741234], [10, 20, 30, 40], None),
            "loss scale": (None, [65536, 65536, 32768, 32768], [10, 20, 30, 40], None),
            "grad norm": (None, [5.212, 3.212, nan, 2.212], [10, 20, 30, 40], None),
            "validation loss: lm loss": ("val", [9.512341], [20], None),
            "lm loss PPL": ("val", [13521.12], [20], None),
        },
    ),
    "deepspeed": (
        "[2023-05-01 10:00:01,123] [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=2, lr=[1.2e-05, 1.2e-"
        "05], mom=[(0.9, 0.95), (0.9, 0.95)]\n"
        "[2023-05-01 10:00:01,124] [INFO] [timer.py:215:stop] epoch=0/micro_step=10/global_step=10, RunningAvgSamp"
        "lesPerSec=52.1, CurrSamplesPerSec=53.2, MemAllocated=5.1GB, MaxMemAllocated=20.4GB\n"
        "Epoch: 0, Step: 10, Loss: 2.4512\n"
        "[2023-05-01 10:00:11,123] [INFO] [logging.py:96:log_dist] [Rank 0] step=20, skipped=2, lr=[2.2e-05, 2.2e-"
        "05], mom=[(0.9, 0.95), (0.9, 0.95)]\n"
        "Epoch: 0, Step: 20, Loss: 2.3512\n"
        "[2023-05-01 10:00:21,123] [INFO] [loss_scaler.py:190:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping "
        "step. Attempted loss scale: 65536, reducing to 32768\n",
        {
            "lr": (None, [1.2e-05, 2.2e-05], [10, 20], [0, 0]),
            "Loss": (None, [2.4512, 2.3512], [10, 20], [0, 0]),
            "loss scale": (None, [32768], None, None),
        },
    ),
    "timm": (
        "Train: 0 [   0/1251 (  0%)]  Loss: 6.95 (6.95)  Time: 12.103s,   84.61/s  (12.103s,   84.61/s)  LR: 1.000"
        "e-06  Data: 8.102 (8.102)\n"
        "Train: 0 [  50/1251 (  4%)]  Loss: 6.93 (6.94)  Time: 0.403s, 2540.61/s  (0.703s, 1456.61/s)  LR: 1.000e-"
        "06  Data: 0.012 (0.202)\n"
        "Test: [   0/48]  Time: 5.123 (5.123)  Loss:  6.9112 (6.9112)  Acc@1:  0.0977 ( 0.0977)  Acc@5:  0.4883 ( "
        "0.4883)\n"
        "Test: [  48/48]  Time: 0.123 (0.523)  Loss:  6.8812 (6.8912)  Acc@1:  0.1977 ( 0.1877)  Acc@5:  0.8883 ( "
        "0.7883)\n"
        "Current checkpoints:\n"
        " ('./output/checkpoint-0.pth.tar', 0.18779999)\n"
        "\n"
        "Train: 1 [   0/1251 (  0%)]  Loss: 6.85 (6.85)  Time: 2.103s,  484.61/s  (2.103s,  484.61/s)  LR: 2.000e-"
        "04  Data: 1.102 (1.102)\n"
        "Train: 1 [  50/1251 (  4%)]  Loss: 6.73 (6.79)  Time: 0.413s, 2440.61/s  (0.503s, 2056.61/s)  LR: 2.000e-"
        "04  Data: 0.012 (0.042)\n"
        "Test: [   0/48]  Time: 4.123 (4.123)  Loss:  6.5112 (6.5112)  Acc@1:  1.0977 ( 1.0977)  Acc@5:  4.4883 ( "
        "4.4883)\n"
        "Test: [  48/48]  Time: 0.113 (0.513)  Loss:  6.4812 (6.4912)  Acc@1:  1.1977 ( 1.1877)  Acc@5:  4.8883 ( "
        "4.7883)\n"
        "*** Best metric: 1.1877 (epoch 1)\n",
        {
            "Loss": ("train", [6.95, 6.93, 6.85, 6.73], [0, 50, 1251, 1301], [0, 0, 1, 1]),
            "Loss (avg)": ("train", [6.95, 6.94, 6.85, 6.79], [0, 50, 1251, 1301], [0, 0, 1, 1]),
            "LR": ("train", [1e-06, 1e-06, 0.0002, 0.0002], [0, 50, 1251, 1301], [0, 0, 1, 1]),
            "test: Loss": ("test", [6.8912, 6.4912], [50, 1301], [0, 1]),
            "Acc@1": ("test", [0.1877, 1.1877], [50, 1301], [0, 1]),
            "Acc@5": ("test", [0.7883, 4.7883], [50, 1301], [0, 1]),
        },
    ),
    "deit stopping on nan": (
        "Start training for 300 epochs\n"
        "Epoch: [0]  [   0/1251]  eta: 2:03:11  lr: 0.000001  loss: 6.9512 (6.9512)  time: 5.9112  data: 3.2112  m"
        "ax mem: 9371\n"
        "Epoch: [0]  [  10/1251]  eta: 0:23:11  lr: 0.000001  loss: 6.9412 (6.9456)  time: 1.0112  data: 0.3112  m"
        "ax mem: 9871\n"
        "Epoch: [0] Total time: 0:10:41 (0.5124 s / it)\n"
        "Averaged stats: lr: 0.000001  loss: 6.9123 (6.9203)\n"
        "Test:  [  0/131]  eta: 0:04:11  loss: 6.8712 (6.8712)  acc1: 0.5208 (0.5208)  acc5: 2.6042 (2.6042)  time"
        ": 1.9112  data: 1.2112  max mem: 9871\n"
        "Test:  [ 10/131]  eta: 0:01:11  loss: 6.8512 (6.8612)  acc1: 0.5208 (0.6208)  acc5: 2.6042 (2.7042)  time"
        ": 0.5112  data: 0.2112  max mem: 9871\n"
        "Test: Total time: 0:00:31 (0.2412 s / it)\n"
        "* Acc@1 0.812 Acc@5 3.123 loss 6.842\n"
        "Accuracy of the network on the 50000 test images: 0.8%\n"
        "Max accuracy: 0.81%\n"
        "Epoch: [1]  [   0/1251]  eta: 1:03:11  lr: 0.000401  loss: 6.7512 (6.7512)  time: 2.9112  data: 1.2112  m"
        "ax mem: 9871\n"
        "Epoch: [1]  [  10/1251]  eta: 0:13:11  lr: 0.000401  loss: 6.7412 (6.7456)  time: 0.6112  data: 0.1112  m"
        "ax mem: 9871\n"
        "Averaged stats: lr: 0.000401  loss: 6.6123 (6.6203)\n"
        "* Acc@1 2.812 Acc@5 9.123 loss 6.142\n"
        "Loss is nan, stopping training\n",
        {
            "lr": (None, [1e-06, 1e-06, 0.000401, 0.000401], [0, 10, 1251, 1261], [0, 0, 1, 1]),
            "loss": (None, [6.9512, 6.9412, 6.7512, 6.7412, nan], [0, 10, 1251, 1261, 1261], [0, 0, 1, 1, 1]),
            "loss (avg)": (None, [6.9512, 6.9456, 6.7512, 6.7456], [0, 10, 1251, 1261], [0, 0, 1, 1]),
            "Averaged stats: lr": (None, [1e-06, 0.000401], [10, 1261], [0, 1]),
            "Averaged stats: loss": (None, [6.9123, 6.6123], [10, 1261], [0, 1]),
            "Averaged stats: loss (avg)": (None, [6.9203, 6.6203], [10, 1261], [0, 1]),
            "test: loss": ("test", [6.8612], [10], [0]),
            "acc1": ("test", [0.6208], [10], [0]),
            "acc5": ("test", [2.7042], [10], [0]),
            "Acc@1": (None, [0.812, 2.812], [10, 1261], [0, 1]),
            "Acc@5": (None, [3.123, 9.123], [10, 1261], [0, 1]),
            "bare: loss": (None, [6.842, 6.142], [10, 1261], [0, 1]),
        },
    ),
    "fairseq json": (
        "2021-03-01 10:00:00 | INFO | fairseq_cli.train | training on 8 devices (GPUs/TPUs)\n"
        '2021-03-01 10:00:01 | INFO | train_inner | {"epoch": 1, "update": 0.042, "loss": "14.512", "nll_loss": "1'
        '4.301", "ppl": "20190.1", "wps": "21000.1", "ups": "3.21", "wpb": "6541.2", "bsz": "261.2", "num_updates"'
        ': "100", "lr": "1.25e-05", "gnorm": "4.512", "loss_scale": "128", "train_wall": "32", "wall": "41"}\n'
        '2021-03-01 10:00:31 | INFO | train_inner | {"epoch": 1, "update": 0.083, "loss": "12.512", "nll_loss": "1'
        '2.301", "ppl": "5190.1", "wps": "21100.1", "ups": "3.22", "wpb": "6540.2", "bsz": "260.2", "num_updates":'
        ' "200", "lr": "2.5e-05", "gnorm": "3.512", "loss_scale": "128", "train_wall": "62", "wall": "72"}\n'
        '2021-03-01 10:05:31 | INFO | valid | {"epoch": 1, "valid_loss": "9.512", "valid_nll_loss": "9.301", "vali'
        'd_ppl": "590.1", "valid_num_updates": "2400"}\n'
        '2021-03-01 10:05:32 | INFO | train | {"epoch": 1, "train_loss": "10.512", "train_nll_loss": "10.301", "tr'
        'ain_ppl": "1190.1", "train_num_updates": "2400", "train_lr": "0.0003", "train_wall": "900"}\n',
        {
            "loss": ("train", [14.512, 12.512], [100, 200], [1, 1]),
            "nll_loss": ("train", [14.301, 12.301], [100, 200], [1, 1]),
            "ppl": ("train", [20190.1, 5190.1], [100, 200], [1, 1]),
            "lr": ("train", [1.25e-05, 2.5e-05], [100, 200], [1, 1]),
            "gnorm": ("train", [4.512, 3.512], [100, 200], [1, 1]),
            "loss_scale": ("train", [128, 128], [100, 200], [1, 1]),
            "valid_loss": ("val", [9.512], [200], [1]),
            "valid_nll_loss": ("val", [9.301], [200], [1]),
            "valid_ppl": ("val", [590.1], [200], [1]),
            "train_loss": ("train", [10.512], [200], [1]),
            "train_nll_loss": ("train", [10.301], [200], [1]),
            "train_ppl": ("train", [1190.1], [200], [1]),
            "train_lr": ("train", [0.0003], [200], [1]),
        },
    ),
    "fairseq": (
        "2020-05-01 10:00:01 | INFO | train_inner | epoch 001:    100 / 2400 loss=14.512, nll_loss=14.301, ppl=201"
        "90.1, wps=21000.1, ups=3.21, wpb=6541.2, bsz=261.2, num_updates=100, lr=1.25e-05, gnorm=4.512, train_wall"
        "=32, wall=41\n"
        "2020-05-01 10:00:31 | INFO | train_inner | epoch 001:    200 / 2400 loss=12.512, nll_loss=12.301, ppl=519"
        "0.1, wps=21100.1, ups=3.22, wpb=6540.2, bsz=260.2, num_updates=200, lr=2.5e-05, gnorm=3.512, train_wall=6"
        "2, wall=72\n"
        "2020-05-01 10:05:31 | INFO | valid | epoch 001 | valid on 'valid' subset | loss 9.512 | nll_loss 9.301 | "
        "ppl 590.1 | wps 51000.2 | wpb 2100.1 | bsz 81.2 | num_updates 2400\n"
        "2020-05-01 10:05:32 | INFO | train | epoch 001 | loss 10.512 | nll_loss 10.301 | ppl 1190.1 | wps 21050.1"
        " | ups 3.2 | wpb 6541.1 | bsz 261 | num_updates 2400 | lr 0.0003 | gnorm 2.512 | train_wall 812 | wall 90"
        "0\n"
        "2020-05-01 10:15:31 | INFO | valid | epoch 002 | valid on 'valid' subset | loss 7.512 | nll_loss 7.301 | "
        "ppl 190.1 | wps 51000.2 | wpb 2100.1 | bsz 81.2 | num_updates 4800 | best_loss 7.512\n"
        "2020-05-01 10:15:32 | INFO | train | epoch 002 | loss 8.512 | nll_loss 8.301 | ppl 390.1 | wps 21050.1 | "
        "ups 3.2 | wpb 6541.1 | bsz 261 | num_updates 4800 | lr 0.0005 | gnorm 1.512 | train_wall 812 | wall 1800\n",
        {
            "train_inner: loss": ("train", [14.512, 12.512], [100, 200], [1, 1]),
            "train_inner: nll_loss": ("train", [14.301, 12.301], [100, 200], [1, 1]),
            "train_inner: ppl": ("train", [20190.1, 5190.1], [100, 200], [1, 1]),
            "train_inner: lr": ("train", [1.25e-05, 2.5e-05], [100, 200], [1, 1]),
            "train_inner: gnorm": ("train", [4.512, 3.512], [100, 200], [1, 1]),
            "valid on valid subset: loss": ("val", [9.512, 7.512], [2400, 4800], [1, 2]),
            "valid on valid subset: nll_loss": ("val", [9.301, 7.301], [2400, 4800], [1, 2]),
            "valid on valid subset: ppl": ("val", [590.1, 190.1], [2400, 4800], [1, 2]),
            "loss": ("train", [10.512, 8.512], [2400, 4800], [1, 2]),
            "nll_loss": ("train", [10.301, 8.301], [2400, 4800], [1, 2]),
            "ppl": ("train", [1190.1, 390.1], [2400, 4800], [1, 2]),
            "lr": ("train", [0.0003, 0.0005], [2400, 4800], [1, 2]),
            "gnorm": ("train", [2.512, 1.512], [2400, 4800], [1, 2]),
        },
    ),
    "opennmt-py": (
        "[2020-05-01 10:00:01,123 INFO] Start training loop and validate every 10000 steps...\n"
        "[2020-05-01 10:00:31,123 INFO] Step 50/200000; acc:   3.21; ppl: 21012.31; xent: 9.95; lr: 0.00001; 8123/"
        "9123 tok/s;     30 sec\n"
        "[2020-05-01 10:01:01,123 INFO] Step 100/200000; acc:   4.21; ppl: 11012.31; xent: 9.31; lr: 0.00001; 8223"
        "/9223 tok/s;     60 sec\n"
        "[2020-05-01 10:11:01,123 INFO] Validation perplexity: 812.31\n"
        "[2020-05-01 10:11:01,124 INFO] Validation accuracy: 12.31\n",
        {
            "acc": (None, [3.21, 4.21], [50, 100], None),
            "ppl": (None, [21012.31, 11012.31], [50, 100], None),
            "xent": (None, [9.95, 9.31], [50, 100], None),
            "lr": (None, [1e-05, 1e-05], [50, 100], None),
            "Validation perplexity": ("val", [812.31], [100], None),
            "Validation accuracy": ("val", [12.31], [100], None),
        },
    ),
    "tensor2tensor": (
        "INFO:tensorflow:loss = 9.512, step = 0\n"
        "INFO:tensorflow:global_step/sec: 3.12\n"
        "INFO:tensorflow:loss = 6.512, step = 100 (32.051 sec)\n"
        "INFO:tensorflow:Saving dict for global step 1000: global_step = 1000, loss = 4.512, metrics-translate/acc"
        "uracy = 0.212, metrics-translate/neg_log_perplexity = -4.612\n"
        "INFO:tensorflow:global_step/sec: 3.22\n"
        "INFO:tensorflow:loss = 4.412, step = 1100 (31.051 sec)\n",
        {
            "loss": (None, [9.512, 6.512, 4.412], [0, 100, 1100], None),
            "Saving dict: loss": ("val", [4.512], [1000], None),
            "metrics-translate/accuracy": ("val", [0.212], [1000], None),
            "metrics-translate/neg_log_perplexity": ("val", [-4.612], [1000], None),
        },
    ),
    "mmengine": (
        "05/11 10:00:00 - mmengine - INFO - Epoch(train)   [1][  50/7330]  lr: 1.9820e-03  eta: 12:11:10  time: 0."
        "4987  data_time: 0.0512  memory: 5621  loss: 1.9512  loss_rpn_cls: 0.4512  loss_rpn_bbox: 0.1012  loss_cl"
        "s: 1.1512  acc: 91.2109  loss_bbox: 0.2476\n"
        "05/11 10:00:25 - mmengine - INFO - Epoch(train)   [1][ 100/7330]  lr: 3.9840e-03  eta: 11:51:10  time: 0."
        "4787  data_time: 0.0112  memory: 5621  loss: 1.3512  loss_rpn_cls: 0.3512  loss_rpn_bbox: 0.1112  loss_cl"
        "s: 0.6512  acc: 92.2109  loss_bbox: 0.2376\n"
        "05/11 11:00:25 - mmengine - INFO - Epoch(val) [1][  50/5000]    eta: 0:03:10  time: 0.0387  data_time: 0."
        "0012  memory: 1021\n"
        "05/11 11:04:25 - mmengine - INFO - Epoch(val) [1][5000/5000]    coco/bbox_mAP: 0.1510  coco/bbox_mAP_50: "
        "0.2910  coco/bbox_mAP_75: 0.1410  data_time: 0.0012  time: 0.0381\n"
        "05/11 11:04:45 - mmengine - INFO - Epoch(train)   [2][  50/7330]  lr: 2.0000e-02  eta: 10:51:10  time: 0."
        "4787  data_time: 0.0112  memory: 5621  loss: 0.9512  loss_rpn_cls: 0.1512  loss_rpn_bbox: 0.1012  loss_cl"
        "s: 0.4512  acc: 93.2109  loss_bbox: 0.2476\n"
        "05/11 12:04:25 - mmengine - INFO - Epoch(val) [2][5000/5000]    coco/bbox_mAP: 0.2110  coco/bbox_mAP_50: "
        "0.3610  coco/bbox_mAP_75: 0.2210  data_time: 0.0012  time: 0.0381\n"
        "05/11 12:04:25 - mmengine - INFO - Iter(train) [  100/160000]  base_lr: 6.0e-05 lr: 6.0e-07  loss: 3.5122"
        "\n",
        {
            "lr": ("train", [0.001982, 0.003984, 0.02], [50, 100, 7380], [1, 1, 2]),
            "loss": ("train", [1.9512, 1.3512, 0.9512], [50, 100, 7380], [1, 1, 2]),
            "loss_rpn_cls": ("train", [0.4512, 0.3512, 0.1512], [50, 100, 7380], [1, 1, 2]),
            "loss_rpn_bbox": ("train", [0.1012, 0.1112, 0.1012], [50, 100, 7380], [1, 1, 2]),
            "loss_cls": ("train", [1.1512, 0.6512, 0.4512], [50, 100, 7380], [1, 1, 2]),
            "acc": ("train", [91.2109, 92.2109, 93.2109], [50, 100, 7380], [1, 1, 2]),
            "loss_bbox": ("train", [0.2476, 0.2376, 0.2476], [50, 100, 7380], [1, 1, 2]),
            "coco/bbox_mAP": ("val", [0.151, 0.211], [100, 7380], [1, 2]),
            "coco/bbox_mAP_50": ("val", [0.291, 0.361], [100, 7380], [1, 2]),
            "coco/bbox_mAP_75": ("val", [0.141, 0.221], [100, 7380], [1, 2]),
            "base_lr": ("train", [6e-05], [160100], [2]),
            "step of total: lr": ("train", [6e-07], [160100], [2]),
            "step of total: loss": ("train", [3.5122], [160100], [2]),
        },
    ),
    "mmdetection validation": (
        "2021-01-01 11:00:00,123 - mmdet - INFO - Epoch(val) [1][625]\tbbox_mAP: 0.1230, bbox_mAP_50: 0.2510, bbox_"
        "mAP_75: 0.1110, bbox_mAP_copypaste: 0.123 0.251 0.111 0.051 0.131 0.171\n"
        "2021-01-01 12:00:00,123 - mmdet - INFO - Epoch(val) [2][625]\tbbox_mAP: 0.1930, bbox_mAP_50: 0.3510, bbox_"
        "mAP_75: 0.1910, bbox_mAP_copypaste: 0.193 0.351 0.191 0.091 0.201 0.251\n",
        {
            "bbox_mAP": ("val", [0.123, 0.193], None, [1, 2]),
            "bbox_mAP_50": ("val", [0.251, 0.351], None, [1, 2]),
            "bbox_mAP_75": ("val", [0.111, 0.191], None, [1, 2]),
            "bbox_mAP_copypaste": ("val", [0.123, 0.193], None, [1, 2]),
        },
    ),
    "torchtune bar": (
        "1|1|Loss: 2.0512:   0%|          | 1/808 [00:03<45:12,  3.36s/it]\n"
        "1|2|Loss: 1.8512:   0%|          | 2/808 [00:06<44:12,  3.31s/it]\n"
        "1|3|Loss: 1.7512:   0%|          | 3/808 [00:09<44:02,  3.29s/it]\n",
        {
            "Loss": (None, [2.0512, 1.8512, 1.7512], [1, 2, 3], [1, 1, 1]),
        },
    ),
    "maxtext": (
        "completed step: 0, seconds: 41.512, TFLOP/s/device: 2.512, Tokens/s/device: 98.512, total_weights: 65536,"
        " loss: 10.912\n"
        "completed step: 1, seconds: 1.512, TFLOP/s/device: 152.512, Tokens/s/device: 5418.512, total_weights: 655"
        "36, loss: 10.812\n"
        "eval metrics after step: 1, loss=10.512, total_weights=65536.0\n",
        {
            "loss": (None, [10.912, 10.812], [0, 1], None),
            "val: loss": ("val", [10.512], [1], None),
        },
    ),
    "lightning bars": (
        "Epoch 0:   0%|          | 0/118 [00:00<?, ?it/s]\rEpoch 0:   1%|          | 1/118 [00:01<02:12,  0.88it/s,"
        " v_num=3, train_loss=2.341]\rEpoch 0:  50%|█████     | 59/118 [00:11<00:12,  5.01it/s, v_num=3, train_loss"
        "=1.123]\rEpoch 0: 100%|██████████| 118/118 [00:21<00:00,  5.51it/s, v_num=3, train_loss=0.923]\n"
        "Validation: |          | 0/? [00:00<?, ?it/s]\rValidation DataLoader 0:  50%|█████     | 10/20 [00:00<00:0"
        "0, 51.01it/s]\n"
        "Epoch 0: 100%|██████████| 118/118 [00:24<00:00,  4.81it/s, v_num=3, train_loss=0.923, val_loss=0.801, val"
        "_acc=0.741]\n"
        "Epoch 1: 100%|██████████| 118/118 [00:22<00:00,  5.31it/s, v_num=3, train_loss=0.723, val_loss=0.701, val"
        "_acc=0.781]\n",
        {
            "train_loss": ("train", [2.341, 1.123, 0.923, 0.723], [1, 59, 118, 236], [0, 0, 0, 1]),
            "val_loss": ("val", [0.801, 0.701], [118, 236], [0, 1]),
            "val_acc": ("val", [0.741, 0.781], [118, 236], [0, 1]),
        },
    ),
    "ignite": (
        "2021-05-01 10:00:01,123 ignite.engine INFO: Training Results - Epoch: 1  Avg accuracy: 0.9012 Avg loss: 0"
        ".3512\n"
        "Training Results - Epoch: 1  Avg accuracy: 0.90 Avg loss: 0.35\n"
        "Validation Results - Epoch: 1  Avg accuracy: 0.91 Avg loss: 0.31\n"
        "Training Results - Epoch: 2  Avg accuracy: 0.94 Avg loss: 0.21\n"
        "Validation Results - Epoch: 2  Avg accuracy: 0.93 Avg loss: 0.23\n"
        "Epoch[3] Iteration[10/938] Loss: 0.5512\n"
        "ITERATION - loss: 0.48\n",
        {
            "Avg accuracy": ("train", [0.9012, 0.9, 0.94], None, [1, 1, 2]),
            "Avg loss": ("train", [0.3512, 0.35, 0.21], None, [1, 1, 2]),
            "val: Avg accuracy": ("val", [0.91, 0.93], None, [1, 2]),
            "val: Avg loss": ("val", [0.31, 0.23], None, [1, 2]),
            "Loss": (None, [0.5512], [1886], [3]),
        },
    ),
    "allennlp": (
        "accuracy: 0.5512, loss: 1.2012 ||:   5%|5         | 50/1000 [00:10<03:12,  4.92it/s]\n"
        "accuracy: 0.6012, loss: 1.0012 ||: 100%|##########| 1000/1000 [03:10<00:00,  5.22it/s]\n"
        "accuracy: 0.6512, loss: 0.9012 ||: 100%|##########| 100/100 [00:10<00:00,  9.22it/s]\n"
        "2020-01-01 10:03:30,123 - INFO - allennlp.training.tensorboard_writer -                     Training |  V"
        "alidation\n"
        "2020-01-01 10:03:30,124 - INFO - allennlp.training.tensorboard_writer - accuracy        |     0.601  |   "
        "  0.651\n"
        "2020-01-01 10:03:30,125 - INFO - allennlp.training.tensorboard_writer - loss            |     1.001  |   "
        "  0.901\n",
        {
            "accuracy": (None, [0.5512, 0.6012, 0.6512], [50, 1000, 1100], None),
            "loss": (None, [1.2012, 1.0012, 0.9012], [50, 1000, 1100], None),
            "table: accuracy": ("val", [0.651], None, None),
            "table: loss": ("val", [0.901], None, None),
        },
    ),
    "kaldi nnet3": (
        "LOG (nnet3-chain-train[5.5.1~1-abc]:PrintStatsForThisPhase():nnet-training.cc:332) Average objective func"
        "tion for 'output' for minibatches 0-99 is -0.2512 over 640000 frames.\n"
        "LOG (nnet3-chain-train[5.5.1~1-abc]:PrintStatsForThisPhase():nnet-training.cc:332) Average objective func"
        "tion for 'output' for minibatches 100-199 is -0.2012 over 640000 frames.\n"
        "LOG (nnet3-chain-train[5.5.1~1-abc]:PrintTotalStats():nnet-training.cc:349) Overall average objective fun"
        "ction for 'output' is -0.2261 over 1.28e+06 frames.\n",
        {
            "objective function output": (None, [-0.2512, -0.2012], [99, 199], None),
        },
    ),
    "kaldi nnet1": (
        "ITERATION 01: TRAIN AVG.LOSS 2.0512, (lrate0.008), CROSSVAL AVG.LOSS 1.9512, nnet accepted (nnet_iter01)\n"
        "ITERATION 02: TRAIN AVG.LOSS 1.8512, (lrate0.008), CROSSVAL AVG.LOSS 1.8112, nnet accepted (nnet_iter02)\n"
        "ITERATION 03: TRAIN AVG.LOSS 1.7512, (lrate0.004), CROSSVAL AVG.LOSS 1.8212, nnet rejected (nnet_iter03)\n",
        {
            "TRAIN AVG.LOSS": ("train", [2.0512, 1.8512, 1.7512], [1, 2, 3], None),
            "CROSSVAL AVG.LOSS": ("val", [1.9512, 1.8112, 1.8212], [1, 2, 3], None),
        },
    ),
    "marian": (
        "[2021-05-01 10:00:01] Training started\n"
        "[2021-05-01 10:05:01] Ep. 1 : Up. 1000 : Sen. 100,123 : Cost 7.20512123 : Time 301.21s : 12123.21 words/s"
        " : gNorm 1.2512\n"
        "[2021-05-01 10:10:01] Ep. 1 : Up. 2000 : Sen. 200,123 : Cost 5.90512123 : Time 300.21s : 12143.21 words/s"
        " : gNorm 0.9512\n"
        "[2021-05-01 10:10:31] [valid] Ep. 1 : Up. 2000 : cross-entropy : 120.512 : new best\n"
        "[2021-05-01 10:11:01] [valid] Ep. 1 : Up. 2000 : bleu : 12.51 : new best\n"
        "[2021-05-01 10:15:01] Ep. 2 : Up. 3000 : Sen. 50,123 : Cost 5.10512123 : Time 300.21s : 12143.21 words/s "
        ": gNorm 0.8512\n"
        "[2021-05-01 10:15:31] [valid] Ep. 2 : Up. 3000 : cross-entropy : 100.512 : new best\n",
        {
            "Cost": (None, [7.20512123, 5.90512123, 5.10512123], [1000, 2000, 3000], [1, 1, 2]),
            "gNorm": (None, [1.2512, 0.9512, 0.8512], [1000, 2000, 3000], [1, 1, 2]),
            "cross-entropy": ("val", [120.512, 100.512], [2000, 3000], [1, 2]),
            "bleu": ("val", [12.51], [2000], [1]),
        },
    ),
    "sockeye": (
        "[INFO:sockeye.training] Checkpoint [1]\tUpdates=4000 Epoch=1 Samples=200123 Time-cost=812.1 Updates/sec=4."
        "9\n"
        "[INFO:sockeye.training] Checkpoint [1]\tTrain-perplexity=120.512\n"
        "[INFO:sockeye.training] Checkpoint [1]\tValidation-perplexity=80.512\n"
        "[INFO:sockeye.training] Checkpoint [2]\tUpdates=8000 Epoch=2 Samples=400123 Time-cost=802.1 Updates/sec=4."
        "9\n"
        "[INFO:sockeye.training] Checkpoint [2]\tTrain-perplexity=60.512\n"
        "[INFO:sockeye.training] Checkpoint [2]\tValidation-perplexity=50.512\n",
        {
            "Train-perplexity": ("train", [120.512, 60.512], [4000, 8000], [1, 2]),
            "Validation-perplexity": ("val", [80.512, 50.512], [4000, 8000], [1, 2]),
        },
    ),
    "flair": (
        "2021-05-01 10:00:01,123 epoch 1 - iter 10/100 - loss 2.51234567 - samples/sec: 101.21 - lr: 0.100000\n"
        "2021-05-01 10:00:11,123 epoch 1 - iter 20/100 - loss 2.31234567 - samples/sec: 102.21 - lr: 0.100000\n"
        "2021-05-01 10:01:11,123 EPOCH 1 done: loss 1.9123 - lr 0.1000000\n"
        "2021-05-01 10:01:21,123 DEV : loss 1.5123 - f1-score (micro avg)  0.5123\n"
        "2021-05-01 10:02:11,123 epoch 2 - iter 10/100 - loss 1.51234567 - samples/sec: 101.21 - lr: 0.100000\n"
        "2021-05-01 10:03:11,123 EPOCH 2 done: loss 1.4123 - lr 0.1000000\n"
        "2021-05-01 10:03:21,123 DEV : loss 1.2123 - f1-score (micro avg)  0.6123\n",
        {
            "loss": (None, [2.51234567, 2.31234567, 1.51234567], [10, 20, 110], [1, 1, 2]),
            "lr": (None, [0.1, 0.1, 0.1], [10, 20, 110], [1, 1, 2]),
            "done: loss": (None, [1.9123, 1.4123], [20, 110], [1, 2]),
            "done: lr": (None, [0.1, 0.1], [20, 110], [1, 2]),
            "DEV: loss": ("val", [1.5123, 1.2123], [20, 110], [1, 2]),
            "f1-score micro avg": ("val", [0.5123, 0.6123], [20, 110], [1, 2]),
        },
    ),
    "yolov8": (
        "\n"
        "      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n"
        "        1/3      2.61G      1.512      2.912      1.412         40        640:  50%|█████     | 4/8 [00:0"
        "2<00:02,  1.91it/s]\r        1/3      2.61G      1.412      2.812      1.312         31        640: 100%|█"
        "█████████| 8/8 [00:04<00:00,  1.99it/s]\n"
        "                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95):   0%|          "
        "| 0/2 [00:00<?, ?it/s]\r                 Class     Images  Instances      Box(P          R      mAP50  mAP"
        "50-95): 100%|██████████| 2/2 [00:01<00:00,  1.51it/s]\n"
        "                   all         64        312      0.512      0.412      0.441      0.231\n"
        "\n"
        "      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n"
        "        2/3      2.71G      1.312      2.112      1.212         21        640: 100%|██████████| 8/8 [00:0"
        "4<00:00,  1.99it/s]\n"
        "                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|██████████"
        "| 2/2 [00:01<00:00,  1.51it/s]\n"
        "                   all         64        312      0.612      0.512      0.541      0.331\n"
        "\n"
        "3 epochs completed in 0.012 hours.\n"
        "Validating runs/detect/train/weights/best.pt...\n"
        "                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|██████████"
        "| 2/2 [00:01<00:00,  1.51it/s]\n"
        "                   all         64        312      0.612      0.512      0.541      0.331\n"
        "                person         64        112      0.712      0.612      0.641      0.431\n",
        {
            "box_loss": (None, [1.412, 1.312], None, [1, 2]),
            "cls_loss": (None, [2.812, 2.112], None, [1, 2]),
            "dfl_loss": (None, [1.312, 1.212], None, [1, 2]),
            "mAP50": ("val", [0.441, 0.541], None, [1, 2]),
            "mAP50-95": ("val", [0.231, 0.331], None, [1, 2]),
        },
    ),
    "spacy": (
        "============================= Training pipeline =============================\n"
        "E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  ENTS_P  ENTS_R  SCORE \n"
        "---  ------  ------------  --------  ------  ------  ------  ------\n"
        "  0       0          0.00     41.00    0.51    0.41    0.71    0.01\n"
        "  0     200         15.12   1541.20   60.12   58.31   62.11    0.60\n"
        "  1     400         25.12    841.20   70.12   68.31   72.11    0.70\n"
        "✔ Saved pipeline to output directory\n",
        {
            "LOSS TOK2VEC": (None, [0, 15.12, 25.12], [0, 200, 400], [0, 0, 1]),
            "LOSS NER": (None, [41, 1541.2, 841.2], [0, 200, 400], [0, 0, 1]),
            "ENTS_F": (None, [0.51, 60.12, 70.12], [0, 200, 400], [0, 0, 1]),
            "ENTS_P": (None, [0.41, 58.31, 68.31], [0, 200, 400], [0, 0, 1]),
            "ENTS_R": (None, [0.71, 62.11, 72.11], [0, 200, 400], [0, 0, 1]),
            "SCORE": (None, [0.01, 0.6, 0.7], [0, 200, 400], [0, 0, 1]),
        },
    ),
    "fastai": (
        "epoch     train_loss  valid_loss  accuracy  time    \n"
        "0         1.512341    1.212341    0.612341  00:21     \n"
        "1         1.112341    0.912341    0.712341  00:20     \n"
        "2         0.912341    nan         0.742341  00:20     \n",
        {
            "train_loss": ("train", [1.512341, 1.112341, 0.912341], None, [0, 1, 2]),
            "valid_loss": ("val", [1.212341, 0.912341, nan], None, [0, 1, 2]),
            "accuracy": (None, [0.612341, 0.712341, 0.742341], None, [0, 1, 2]),
        },
    ),
    "stable-baselines box": (
        "Using cpu device\n"
        "---------------------------------\n"
        "| rollout/           |          |\n"
        "|    ep_len_mean     | 21.5     |\n"
        "|    ep_rew_mean     | 21.5     |\n"
        "| time/              |          |\n"
        "|    fps             | 1501     |\n"
        "|    iterations      | 1        |\n"
        "|    time_elapsed    | 1        |\n"
        "|    total_timesteps | 2048     |\n"
        "---------------------------------\n"
        "-----------------------------------------\n"
        "| rollout/                |             |\n"
        "|    ep_len_mean          | 26.1        |\n"
        "|    ep_rew_mean          | 26.1        |\n"
        "| time/                   |             |\n"
        "|    fps                  | 1101        |\n"
        "|    iterations           | 2           |\n"
        "|    time_elapsed         | 3           |\n"
        "|    total_timesteps      | 4096        |\n"
        "| train/                  |             |\n"
        "|    approx_kl            | 0.008512    |\n"
        "|    loss                 | 5.812       |\n"
        "|    n_updates            | 10          |\n"
        "|    value_loss           | 52.1        |\n"
        "-----------------------------------------\n",
        {
            "rollout/ep_rew_mean": (None, [21.5, 26.1], [2048, 4096], None),
            "train/approx_kl": (None, [0.008512], [4096], None),
            "train/loss": (None, [5.812], [4096], None),
            "train/value_loss": (None, [52.1], [4096], None),
        },
    ),
    "xgboost": (
        "[0]\ttrain-logloss:0.61234\tvalid-logloss:0.62345\n"
        "[10]\ttrain-logloss:0.31234\tvalid-logloss:0.36345\n"
        "[20]\ttrain-logloss:0.21234\tvalid-logloss:0.34345\n"
        "Stopping. Best iteration:\n"
        "[15]\ttrain-logloss:0.25234\tvalid-logloss:0.33345\n",
        {
            "train-logloss": ("train", [0.61234, 0.31234, 0.21234], [0, 10, 20], None),
            "valid-logloss": ("val", [0.62345, 0.36345, 0.34345], [0, 10, 20], None),
        },
    ),
    "lightgbm": (
        "[LightGBM] [Info] Total Bins 1234\n"
        "Training until validation scores don't improve for 50 rounds\n"
        "[10]\ttraining's l2: 0.512341\tvalid_1's l2: 0.532341\n"
        "[20]\ttraining's l2: 0.412341\tvalid_1's l2: 0.472341\n"
        "[30]\ttraining's l2: 0.352341\tvalid_1's l2: 0.462341\n"
        "Early stopping, best iteration is:\n"
        "[28]\ttraining's l2: 0.362341\tvalid_1's l2: 0.461341\n",
        {
            "training's l2": ("train", [0.512341, 0.412341, 0.352341], [10, 20, 30], None),
            "valid_1's l2": ("val", [0.532341, 0.472341, 0.462341], [10, 20, 30], None),
        },
    ),
    "lightgbm cross-validation": (
        "[10]\tcv_agg's auc: 0.751234 + 0.0123\n[20]\tcv_agg's auc: 0.771234 + 0.0113\n[30]\tcv_agg's auc: 0.781234 + 0.0103\n",
        {
            "cv_agg's auc": (None, [0.751234, 0.771234, 0.781234], [10, 20, 30], None),
        },
    ),
    "scikit-learn gradient boosting": (
        "      Iter       Train Loss   Remaining Time \n"
        "         1           1.2512            0.35s\n"
        "         2           1.1912            0.34s\n"
        "         3           1.1412            0.33s\n",
        {
            "Train Loss": ("train", [1.2512, 1.1912, 1.1412], [1, 2, 3], None),
        },
    ),
    "scikit-learn perceptron": (
        "Iteration 1, loss = 2.30512341\n"
        "Iteration 2, loss = 1.80512341\n"
        "Validation score: 0.612000\n"
        "Iteration 3, loss = 1.50512341\n"
        "Validation score: 0.712000\n"
        "Training loss did not improve more than tol=0.000100 for 10 consecutive epochs. Stopping.\n",
        {
            "loss": (None, [2.30512341, 1.80512341, 1.50512341], [1, 2, 3], None),
            "Validation score": ("val", [0.612, 0.712], [2, 3], None),
        },
    ),
    "scikit-learn sgd": (
        "-- Epoch 1\n"
        "Norm: 12.31, NNZs: 64, Bias: -0.512341, T: 1437, Avg. loss: 5.512341\n"
        "Total training time: 0.00 seconds.\n"
        "-- Epoch 2\n"
        "Norm: 10.31, NNZs: 64, Bias: -0.612341, T: 2874, Avg. loss: 2.512341\n"
        "Total training time: 0.00 seconds.\n"
        "Convergence after 2 epochs took 0.00 seconds\n",
        {
            "Avg loss": (None, [5.512341, 2.512341], None, [1, 2]),
        },
    ),
    "keras verbose 2": (
        "Epoch 1/2\n"
        "469/469 - 3s - 6ms/step - accuracy: 0.8712 - loss: 0.4512 - val_accuracy: 0.9312 - val_loss: 0.2312\n"
        "Epoch 2/2\n"
        "469/469 - 2s - 4ms/step - accuracy: 0.9312 - loss: 0.2512 - val_accuracy: 0.9512 - val_loss: 0.1712\n",
        {
            "accuracy": (None, [0.8712, 0.9312], None, [1, 2]),
            "loss": (None, [0.4512, 0.2512], None, [1, 2]),
            "val_accuracy": ("val", [0.9312, 0.9512], None, [1, 2]),
            "val_loss": ("val", [0.2312, 0.1712], None, [1, 2]),
        },
    ),
    "keras verbose 2 of tensorflow 2": (
        "Epoch 1/2\n"
        "469/469 - 3s - loss: 0.4512 - accuracy: 0.8712 - val_loss: 0.2312 - val_accuracy: 0.9312 - 3s/epoch - 6ms"
        "/step\n"
        "Epoch 2/2\n"
        "469/469 - 2s - loss: 0.2512 - accuracy: 0.9312 - val_loss: 0.1712 - val_accuracy: 0.9512 - 2s/epoch - 4ms"
        "/step\n",
        {
            "loss": (None, [0.4512, 0.2512], None, [1, 2]),
            "accuracy": (None, [0.8712, 0.9312], None, [1, 2]),
            "val_loss": ("val", [0.2312, 0.1712], None, [1, 2]),
            "val_accuracy": ("val", [0.9312, 0.9512], None, [1, 2]),
        },
    ),
    "pytorch mnist": (
        "Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.301234\n"
        "Train Epoch: 1 [640/60000 (1%)]\tLoss: 1.801234\n"
        "\n"
        "Test set: Average loss: 0.2012, Accuracy: 9412/10000 (94%)\n"
        "\n"
        "Train Epoch: 2 [0/60000 (0%)]\tLoss: 0.301234\n"
        "Train Epoch: 2 [640/60000 (1%)]\tLoss: 0.201234\n"
        "\n"
        "Test set: Average loss: 0.1012, Accuracy: 9712/10000 (97%)\n"
        "\n",
        {
            "Loss": ("train", [2.301234, 1.801234, 0.301234, 0.201234], [0, 640, 60000, 60640], [1, 1, 2, 2]),
            "Average loss": ("test", [0.2012, 0.1012], [640, 60640], [1, 2]),
            "Accuracy": ("test", [94, 97], [640, 60640], [1, 2]),
        },
    ),
    "dcgan": (
        "[0/25][0/1583]\tLoss_D: 1.7410\tLoss_G: 5.0312\tD(x): 0.5512\tD(G(z)): 0.5712 / 0.0112\n"
        "[0/25][50/1583]\tLoss_D: 0.5410\tLoss_G: 9.0312\tD(x): 0.8512\tD(G(z)): 0.2712 / 0.0012\n"
        "[1/25][0/1583]\tLoss_D: 0.4410\tLoss_G: 6.0312\tD(x): 0.9512\tD(G(z)): 0.1712 / 0.0022\n",
        {
            "Loss_D": (None, [1.741, 0.541, 0.441], [0, 50, 1583], [0, 0, 1]),
            "Loss_G": (None, [5.0312, 9.0312, 6.0312], [0, 50, 1583], [0, 0, 1]),
        },
    ),
    "cyclegan": (
        "(epoch: 1, iters: 100, time: 0.412, data: 0.201) D_A: 0.312 G_A: 0.512 cycle_A: 1.912 idt_A: 0.812 D_B: 0"
        ".412 G_B: 0.312 cycle_B: 2.112 idt_B: 0.912 \n"
        "(epoch: 1, iters: 200, time: 0.412, data: 0.001) D_A: 0.212 G_A: 0.612 cycle_A: 1.712 idt_A: 0.712 D_B: 0"
        ".312 G_B: 0.412 cycle_B: 1.912 idt_B: 0.812 \n"
        "End of epoch 1 / 200 \t Time Taken: 512 sec\n"
        "(epoch: 2, iters: 60, time: 0.412, data: 0.001) D_A: 0.212 G_A: 0.612 cycle_A: 1.612 idt_A: 0.612 D_B: 0."
        "312 G_B: 0.412 cycle_B: 1.812 idt_B: 0.712 \n",
        {
            "D_A": (None, [0.312, 0.212, 0.212], [100, 200, 360], [1, 1, 2]),
            "G_A": (None, [0.512, 0.612, 0.612], [100, 200, 360], [1, 1, 2]),
            "cycle_A": (None, [1.912, 1.712, 1.612], [100, 200, 360], [1, 1, 2]),
            "idt_A": (None, [0.812, 0.712, 0.612], [100, 200, 360], [1, 1, 2]),
            "D_B": (None, [0.412, 0.312, 0.312], [100, 200, 360], [1, 1, 2]),
            "G_B": (None, [0.312, 0.412, 0.412], [100, 200, 360], [1, 1, 2]),
            "cycle_B": (None, [2.112, 1.912, 1.812], [100, 200, 360], [1, 1, 2]),
            "idt_B": (None, [0.912, 0.812, 0.712], [100, 200, 360], [1, 1, 2]),
        },
    ),
    "nanochat": (
        "step 00000/21400 (0.00%) | loss: 11.090123 | grad norm: 1.2012 | lrm: 1.00 | dt: 39123.12ms | tok/sec: 13"
        ",401 | mfu: 0.61 | total time: 0.00m\n"
        "step 00001/21400 (0.00%) | loss: 10.890123 | grad norm: 1.3012 | lrm: 1.00 | dt: 639.12ms | tok/sec: 820,"
        "401 | mfu: 36.61 | total time: 0.00m\n"
        "Step 00250 | Validation bpb: 1.2012\n"
        "step 00251/21400 (1.17%) | loss: 5.890123 | grad norm: 0.3012 | lrm: 1.00 | dt: 639.12ms | tok/sec: 821,4"
        "01 | mfu: 36.62 | total time: 2.61m\n",
        {
            "loss": (None, [11.090123, 10.890123, 5.890123], [0, 1, 251], None),
            "grad norm": (None, [1.2012, 1.3012, 0.3012], [0, 1, 251], None),
            "Validation bpb": ("val", [1.2012], [250], None),
        },
    ),
    "llm.c": (
        "step    1/100 | loss 11.009123 (+nanz)| norm 15.3112 (+nanz)| lr 6.00e-06 | 512.11 ms | 51.2% bf16 MFU | "
        "101231 tok/s\n"
        "val loss 10.951234\n"
        "step    2/100 | loss 10.909123 (-1.21z)| norm 14.3112 (+0.31z)| lr 1.20e-05 | 412.11 ms | 52.2% bf16 MFU "
        "| 102231 tok/s\n"
        "step    3/100 | loss 10.809123 (+0.21z)| norm 13.3112 (-0.41z)| lr 1.80e-05 | 412.11 ms | 52.2% bf16 MFU "
        "| 102331 tok/s\n"
        "val loss 10.751234\n",
        {
            "loss": (None, [11.009123, 10.909123, 10.809123], [1, 2, 3], None),
            "lr": (None, [6e-06, 1.2e-05, 1.8e-05], [1, 2, 3], None),
            "val loss": ("val", [10.951234, 10.751234], [1, 3], None),
        },
    ),
    "quoted in a thread": (
        "I train and get:\n"
        "\n"
        "> ```\n"
        "> Epoch: 1 | train_loss: 0.6931 | val_loss: 0.6921\n"
        "> Epoch: 2 | train_loss: 0.6911 | val_loss: 0.6901\n"
        "> ```\n",
        {
            "train_loss": ("train", [0.6931, 0.6911], None, [1, 2]),
            "val_loss": ("val", [0.6921, 0.6901], None, [1, 2]),
        },
    ),
    "two ranks": (
        "[rank0]: step 10 loss 3.21\n"
        "[rank1]: step 10 loss 3.31\n"
        "[rank0]: step 20 loss 3.01\n"
        "[rank1]: step 20 loss 3.11\n"
        "[rank1]: step 30 loss 2.91\n"
        "[rank0]: step 30 loss 2.81\n",
        {
            "loss": (None, [3.21, 3.01, 2.81], [10, 20, 30], None),
        },
    ),
    "paddleocr": (
        "2021/01/01 10:00:01 root INFO: epoch: [1/500], iter: 10, lr: 0.001000, loss: 7.812341, acc: 0.000000, nor"
        "m_edit_dis: 0.012341, reader_cost: 0.12 s, batch_cost: 0.52 s, samples: 2560, ips: 491.2\n"
        "2021/01/01 10:00:11 root INFO: epoch: [1/500], iter: 20, lr: 0.001000, loss: 6.812341, acc: 0.010000, nor"
        "m_edit_dis: 0.112341, reader_cost: 0.02 s, batch_cost: 0.42 s, samples: 2560, ips: 591.2\n"
        "2021/01/01 10:10:11 root INFO: cur metric, acc: 0.210000, norm_edit_dis: 0.312341, fps: 1212.1\n"
        "2021/01/01 10:10:11 root INFO: best metric, acc: 0.210000, is_float16: False, start_epoch: 1, norm_edit_dis: 0.3\n"
        "2021/01/01 10:20:11 root INFO: epoch: [2/500], iter: 30, lr: 0.001000, loss: 5.812341, acc: 0.020000, nor"
        "m_edit_dis: 0.112341, reader_cost: 0.02 s, batch_cost: 0.42 s, samples: 2560, ips: 591.2\n"
        "2021/01/01 10:30:11 root INFO: cur metric, acc: 0.200000, norm_edit_dis: 0.302341, fps: 1212.1\n"
        "2021/01/01 10:30:11 root INFO: best metric, acc: 0.210000, is_float16: False, start_epoch: 1, norm_edit_dis: 0.3\n",
        {
            "lr": (None, [0.001, 0.001, 0.001], [10, 20, 30], [1, 1, 2]),
            "loss": (None, [7.812341, 6.812341, 5.812341], [10, 20, 30], [1, 1, 2]),
            "acc": (None, [0, 0.01, 0.02], [10, 20, 30], [1, 1, 2]),
            "bare: acc": (None, [0.21, 0.2], [20, 30], [1, 2]),
        },
    ),
    "paddlex": (
        "2021-01-01 10:00:01 [INFO]\t[TRAIN] Epoch=1/10, Step=10/100, loss=1.512341, acc1=0.412341, lr=0.001000, ti"
        "me_each_step=0.21s, eta=0:3:21\n"
        "2021-01-01 10:00:11 [INFO]\t[TRAIN] Epoch=1/10, Step=20/100, loss=1.212341, acc1=0.512341, lr=0.001000, ti"
        "me_each_step=0.21s, eta=0:3:11\n"
        "2021-01-01 10:00:51 [INFO]\t[TRAIN] Epoch 1 finished, loss=1.312341, acc1=0.462341 .\n"
        "2021-01-01 10:01:01 [INFO]\t[EVAL] Finished, Epoch=1, acc1=0.612341 .\n"
        "2021-01-01 10:01:11 [INFO]\t[TRAIN] Epoch=2/10, Step=10/100, loss=1.012341, acc1=0.612341, lr=0.001000, ti"
        "me_each_step=0.21s, eta=0:3:21\n",
        {
            "loss": ("train", [1.512341, 1.212341, 1.012341], [10, 20, 110], [1, 1, 2]),
            "acc1": ("train", [0.412341, 0.512341, 0.612341], [10, 20, 110], [1, 1, 2]),
            "lr": ("train", [0.001, 0.001, 0.001], [10, 20, 110], [1, 1, 2]),
            "epoch: loss": ("train", [1.312341], [20], [1]),
            "epoch: acc1": ("train", [0.462341], [20], [1]),
            "val: acc1": ("val", [0.612341], [20], [1]),
        },
    ),
    "detectron2": (
        "[01/01 10:00:01 d2.utils.events]: eta: 1:00:00  iter: 19  total_loss: 5.512  loss_cls: 4.512  loss_box_re"
        "g: 1.001  time: 0.2112  data_time: 0.0112  lr: 0.0004  max_mem: 2112M\n"
        "[01/01 10:00:11 d2.utils.events]: eta: 0:59:00  iter: 39  total_loss: 4.512  loss_cls: 3.512  loss_box_re"
        "g: 1.001  time: 0.2112  data_time: 0.0112  lr: 0.0008  max_mem: 2112M\n"
        "[01/01 10:01:11 d2.evaluation.coco_evaluation]: Evaluation results for bbox: \n"
        "|  AP   |  AP50  |  AP75  |  APs  |  APm  |  APl  |\n"
        "|:-----:|:------:|:------:|:-----:|:-----:|:-----:|\n"
        "| 1.512 | 3.512  | 1.212  | 0.512 | 1.312 | 2.112 |\n"
        "[01/01 10:01:12 d2.evaluation.testing]: copypaste: Task: bbox\n"
        "[01/01 10:01:12 d2.evaluation.testing]: copypaste: AP,AP50,AP75,APs,APm,APl\n"
        "[01/01 10:01:12 d2.evaluation.testing]: copypaste: 1.5121,3.5121,1.2121,0.5121,1.3121,2.1121\n"
        "[01/01 10:02:11 d2.utils.events]: eta: 0:58:00  iter: 59  total_loss: 3.512  loss_cls: 2.512  loss_box_re"
        "g: 1.001  time: 0.2112  data_time: 0.0112  lr: 0.0012  max_mem: 2112M\n",
        {
            "total_loss": (None, [5.512, 4.512, 3.512], [19, 39, 59], None),
            "loss_cls": (None, [4.512, 3.512, 2.512], [19, 39, 59], None),
            "loss_box_reg": (None, [1.001, 1.001, 1.001], [19, 39, 59], None),
            "lr": (None, [0.0004, 0.0008, 0.0012], [19, 39, 59], None),
        },
    ),
    "hugging face notebook table": (
        "Epoch\tTraining Loss\tValidation Loss\tAccuracy\n"
        "1\tNo log\t0.612341\t0.712341\n"
        "2\t0.512341\t0.512341\t0.752341\n"
        "3\t0.412341\t0.502341\t0.772341\n",
        {
            "Validation Loss": ("val", [0.612341, 0.512341, 0.502341], None, [1, 2, 3]),
            "Accuracy": (None, [0.712341, 0.752341, 0.772341], None, [1, 2, 3]),
            "Training Loss": ("train", [0.512341, 0.412341], None, [2, 3]),
        },
    ),
    "hugging face model card": (
        "| Training Loss | Epoch | Step | Validation Loss | Accuracy |\n"
        "|:-------------:|:-----:|:----:|:---------------:|:--------:|\n"
        "| 0.5123        | 1.0   | 100  | 0.4512          | 0.8123   |\n"
        "| 0.3123        | 2.0   | 200  | 0.3512          | 0.8523   |\n",
        {
            "Training Loss": ("train", [0.5123, 0.3123], [100, 200], [1, 2]),
            "Validation Loss": ("val", [0.4512, 0.3512], [100, 200], [1, 2]),
            "Accuracy": (None, [0.8123, 0.8523], [100, 200], [1, 2]),
        },
    ),
    "tqdm bars with values": (
        "Epoch 1/2:   0%|          | 0/3 [00:00<?, ?it/s]\rEpoch 1/2:  33%|███▎      | 1/3 [00:01<00:02,  1.01s/it,"
        " loss=0.912, acc=0.512]\rEpoch 1/2:  67%|██████▋   | 2/3 [00:02<00:01,  1.01s/it, loss=0.812, acc=0.612]\rE"
        "poch 1/2: 100%|██████████| 3/3 [00:03<00:00,  1.01s/it, loss=0.712, acc=0.712]\n"
        "Epoch 2/2:  33%|███▎      | 1/3 [00:01<00:02,  1.01s/it, loss=0.612, acc=0.732]\rEpoch 2/2: 100%|█████████"
        "█| 3/3 [00:03<00:00,  1.01s/it, loss=0.512, acc=0.762]\n",
        {
            "loss": (None, [0.912, 0.812, 0.712, 0.612, 0.512], [1, 2, 3, 4, 6], [1, 1, 1, 2, 2]),
            "acc": (None, [0.512, 0.612, 0.712, 0.732, 0.762], [1, 2, 3, 4, 6], [1, 1, 1, 2, 2]),
        },
    ),
    "tqdm bars with the loss before them": (
        "loss: 0.9123:  10%|█         | 10/100 [00:01<00:09, 10.01it/s]\n"
        "loss: 0.8123:  20%|██        | 20/100 [00:02<00:08, 10.01it/s]\n"
        "loss: 0.7123:  30%|███       | 30/100 [00:03<00:07, 10.01it/s]\n",
        {
            "loss": (None, [0.9123, 0.8123, 0.7123], [10, 20, 30], None),
        },
    ),
    "weights and biases summary at the end": (
        "epoch 1 loss 0.912 val_loss 0.812\n"
        "epoch 2 loss 0.712 val_loss 0.712\n"
        "epoch 3 loss 0.612 val_loss 0.652\n"
        "wandb: \n"
        "wandb: Run history:\n"
        "wandb:     epoch ▁▅█\n"
        "wandb:      loss █▃▁\n"
        "wandb: \n"
        "wandb: Run summary:\n"
        "wandb:     epoch 3\n"
        "wandb:      loss 0.612\n"
        "wandb:  val_loss 0.652\n"
        "wandb: Synced 5 W&B file(s)\n",
        {
            "loss": (None, [0.912, 0.712, 0.612], None, [1, 2, 3]),
            "val_loss": ("val", [0.812, 0.712, 0.652], None, [1, 2, 3]),
        },
    ),
    "espnet2": (
        "[host] 2021-01-01 10:00:00,123 (trainer:279) INFO: 1/50epoch started\n"
        "[host] 2021-01-01 10:01:00,123 (trainer:679) INFO: 1epoch:train:1-100batch: iter_time=0.012, forward_time"
        "=0.112, loss_ctc=201.12, loss_att=101.12, acc=0.112, loss=131.12, backward_time=0.212, optim_step_time=0."
        "012, optim0_lr0=2.040e-06, train_time=0.512\n"
        "[host] 2021-01-01 10:02:00,123 (trainer:679) INFO: 1epoch:train:101-200batch: iter_time=0.002, forward_ti"
        "me=0.112, loss_ctc=181.12, loss_att=91.12, acc=0.132, loss=118.12, backward_time=0.212, optim_step_time=0"
        ".012, optim0_lr0=6.040e-06, train_time=0.412\n"
        "[host] 2021-01-01 10:12:00,123 (trainer:328) INFO: 1epoch results: [train] iter_time=0.002, forward_time="
        "0.112, loss_ctc=151.12, loss_att=81.12, acc=0.152, loss=102.12, optim0_lr0=1.040e-05, train_time=0.412, t"
        "ime=11 minutes and 3.12 seconds, total_count=1000, gpu_max_cached_mem_GB=10.1, [valid] loss_ctc=121.12, c"
        "er_ctc=0.812, loss_att=71.12, acc=0.202, cer=0.712, wer=0.912, loss=86.12, time=12.1 seconds, total_count"
        "=100, gpu_max_cached_mem_GB=10.1\n"
        "[host] 2021-01-01 10:24:00,123 (trainer:328) INFO: 2epoch results: [train] iter_time=0.002, forward_time="
        "0.112, loss_ctc=111.12, loss_att=61.12, acc=0.252, loss=76.12, optim0_lr0=2.040e-05, train_time=0.412, ti"
        "me=11 minutes and 3.12 seconds, total_count=2000, gpu_max_cached_mem_GB=10.1, [valid] loss_ctc=91.12, cer"
        "_ctc=0.612, loss_att=51.12, acc=0.302, cer=0.512, wer=0.812, loss=63.12, time=12.1 seconds, total_count=2"
        "00, gpu_max_cached_mem_GB=10.1\n",
        {
            "loss_ctc": ("train", [201.12, 181.12], [100, 200], [1, 1]),
            "loss_att": ("train", [101.12, 91.12], [100, 200], [1, 1]),
            "acc": ("train", [0.112, 0.132], [100, 200], [1, 1]),
            "loss": ("train", [131.12, 118.12], [100, 200], [1, 1]),
            "epoch: loss_ctc": ("train", [151.12, 111.12], [200, 200], [1, 2]),
            "epoch: loss_att": ("train", [81.12, 61.12], [200, 200], [1, 2]),
            "epoch: acc": ("train", [0.152, 0.252], [200, 200], [1, 2]),
            "epoch: loss": ("train", [102.12, 76.12], [200, 200], [1, 2]),
            "val: loss_ctc": ("val", [121.12, 91.12], [200, 200], [1, 2]),
            "cer_ctc": ("val", [0.812, 0.612], [200, 200], [1, 2]),
            "val: loss_att": ("val", [71.12, 51.12], [200, 200], [1, 2]),
            "val: acc": ("val", [0.202, 0.302], [200, 200], [1, 2]),
            "cer": ("val", [0.712, 0.512], [200, 200], [1, 2]),
            "wer": ("val", [0.912, 0.812], [200, 200], [1, 2]),
            "val: loss": ("val", [86.12, 63.12], [200, 200], [1, 2]),
        },
    ),
    "mlperf events of two editions": (
        ':::MLLOG {"namespace": "", "time_ms": 1612312312312, "event_type": "POINT_IN_TIME", "key": "opt_base_lear'
        'ning_rate", "value": 0.1, "metadata": {"file": "train.py", "lineno": 12}}\n'
        ':::MLLOG {"namespace": "", "time_ms": 1612312412312, "event_type": "POINT_IN_TIME", "key": "eval_accuracy'
        '", "value": 0.312, "metadata": {"file": "train.py", "lineno": 212, "epoch_num": 4}}\n'
        ':::MLLOG {"namespace": "", "time_ms": 1612312512312, "event_type": "POINT_IN_TIME", "key": "eval_accuracy'
        '", "value": 0.512, "metadata": {"file": "train.py", "lineno": 212, "epoch_num": 8}}\n'
        ':::MLPv0.5.0 resnet 1541720811.052114725 (log.py:49) eval_accuracy: {"epoch": 12, "value": 0.6123}\n',
        {
            "eval_accuracy": ("val", [0.312, 0.512, 0.6123], None, [4, 8, 12]),
        },
    ),
    "dllogger": (
        "DLL 2021-01-01 10:00:00.123456 - PARAMETER learning_rate : 0.1  batch_size : 256 \n"
        "DLL 2021-01-01 10:00:10.123456 - Epoch: 0 Iteration: 10  train.loss : 6.912  train.top1 : 0.101  lr : 0.0"
        "12 \n"
        "DLL 2021-01-01 10:00:20.123456 - Epoch: 0 Iteration: 20  train.loss : 6.812  train.top1 : 0.201  lr : 0.0"
        "24 \n"
        'DLLL {"timestamp": "1612312312.1", "elapsedtime": "12.1", "datetime": "2021-01-01 10:00:30.1", "type": "L'
        'OG", "step": [0, 30], "data": {"train.loss": 6.712, "lr": 0.036}}\n'
        'DLLL {"timestamp": "1612312312.1", "elapsedtime": "12.1", "datetime": "2021-01-01 10:00:40.1", "type": "L'
        'OG", "step": [0], "data": {"val.loss": 6.112, "val.top1": 1.2}}\n',
        {
            "train.loss": ("train", [6.912, 6.812, 6.712], [10, 20, 30], [0, 0, 0]),
            "train.top1": ("train", [0.101, 0.201], [10, 20], [0, 0]),
            "lr": (None, [0.012, 0.024, 0.036], [10, 20, 30], [0, 0, 0]),
            "val.loss": ("val", [6.112], None, [0]),
            "val.top1": ("val", [1.2], None, [0]),
        },
    ),
    "ray status tables": (
        "== Status ==\n"
        "+-----------------------------+----------+-------+--------+------------------+------+----------+\n"
        "| Trial name                  | status   | loc   |   iter |   total time (s) |   ts |   reward |\n"
        "|-----------------------------+----------+-------+--------+------------------+------+----------|\n"
        "| PPO_CartPole-v0_1b2c3_00000 | RUNNING  | 1.2.3.4:12 |      1 |          6.51234 | 4000 |   21.512 |\n"
        "+-----------------------------+----------+-------+--------+------------------+------+----------+\n"
        "\n"
        "== Status ==\n"
        "+-----------------------------+----------+-------+--------+------------------+------+----------+\n"
        "| Trial name                  | status   | loc   |   iter |   total time (s) |   ts |   reward |\n"
        "|-----------------------------+----------+-------+--------+------------------+------+----------|\n"
        "| PPO_CartPole-v0_1b2c3_00000 | RUNNING  | 1.2.3.4:12 |      2 |         12.51234 | 8000 |   41.512 |\n"
        "+-----------------------------+----------+-------+--------+------------------+------+----------+\n",
        {
            "reward": (None, [21.512, 41.512], [1, 2], None),
        },
    ),
    "rlkit blocks": (
        "---------------------  -----------\n"
        "AverageReturn          12.3412\n"
        "Epoch                   0\n"
        "Policy Loss            -1.5123\n"
        "QF1 Loss                0.8123\n"
        "---------------------  -----------\n"
        "---------------------  -----------\n"
        "AverageReturn          22.3412\n"
        "Epoch                   1\n"
        "Policy Loss            -2.5123\n"
        "QF1 Loss                0.6123\n"
        "---------------------  -----------\n",
        {
            "AverageReturn": (None, [12.3412, 22.3412], None, [0, 1]),
            "Policy Loss": (None, [-1.5123, -2.5123], None, [0, 1]),
            "QF1 Loss": (None, [0.8123, 0.6123], None, [0, 1]),
        },
    ),
    "episodes": (
        "Episode 1\tReward: 12.0\tAverage reward: 12.00\n"
        "Episode 2\tReward: 22.0\tAverage reward: 17.00\n"
        "Episode 100\tAverage Score: 0.51\n"
        "Episode: 3, total reward: 31.0, epsilon: 0.91\n",
        {
            "Reward": (None, [12, 22], [1, 2], None),
            "Average reward": (None, [12, 17], [1, 2], None),
            "Average Score": (None, [0.51], [100], None),
            "total reward": (None, [31], [3], None),
        },
    ),
    "yolov5": (
        "     Epoch   gpu_mem       box       obj       cls    labels  img_size\n"
        "       0/2     3.27G    0.1112   0.05312   0.06512        84       640: 100%|██████████| 8/8 [00:06<00:00"
        ",  1.27it/s]\n"
        "               Class     Images     Labels          P          R     mAP@.5 mAP@.5:.95: 100%|██████████| "
        "4/4 [00:04<00:00,  1.07s/it]\n"
        "                 all        128        929      0.112      0.212      0.151     0.0812\n"
        "\n"
        "     Epoch   gpu_mem       box       obj       cls    labels  img_size\n"
        "       1/2     3.97G    0.1012   0.05112   0.06012        94       640: 100%|██████████| 8/8 [00:05<00:00"
        ",  1.47it/s]\n"
        "               Class     Images     Labels          P          R     mAP@.5 mAP@.5:.95: 100%|██████████| "
        "4/4 [00:04<00:00,  1.07s/it]\n"
        "                 all        128        929      0.212      0.312      0.251     0.1512\n",
        {
            "box": (None, [0.1112, 0.1012], None, [0, 1]),
            "obj": (None, [0.05312, 0.05112], None, [0, 1]),
            "cls": (None, [0.06512, 0.06012], None, [0, 1]),
            "mAP@.5": ("val", [0.151, 0.251], None, [0, 1]),
            "mAP@.5:.95": ("val", [0.0812, 0.1512], None, [0, 1]),
        },
    ),
    "pytorch tutorial": (
        "Epoch [1/2], Step [100/600], Loss: 0.6123\n"
        "Epoch [1/2], Step [200/600], Loss: 0.5123\n"
        "Epoch [2/2], Step [100/600], Loss: 0.4123\n"
        "Accuracy of the model on the 10000 test images: 91.23 %\n",
        {
            "Loss": (None, [0.6123, 0.5123, 0.4123], [100, 200, 700], [1, 1, 2]),
        },
    ),
    "pytorch transfer learning tutorial": (
        "Epoch 0/2\n"
        "----------\n"
        "train Loss: 0.6912 Acc: 0.5512\n"
        "val Loss: 0.6512 Acc: 0.6012\n"
        "\n"
        "Epoch 1/2\n"
        "----------\n"
        "train Loss: 0.5912 Acc: 0.6512\n"
        "val Loss: 0.5512 Acc: 0.7012\n"
        "\n"
        "Training complete in 3m 12s\n"
        "Best val Acc: 0.701200\n",
        {
            "train Loss": ("train", [0.6912, 0.5912], None, [0, 1]),
            "Acc": (None, [0.5512, 0.6512], None, [0, 1]),
            "val Loss": ("val", [0.6512, 0.5512], None, [0, 1]),
            "val: Acc": ("val", [0.6012, 0.7012], None, [0, 1]),
        },
    ),
    "epoch and batch in one bracket": (
        "[1,  2000] loss: 2.213\n[1,  4000] loss: 1.913\n[2,  2000] loss: 1.513\n[2,  4000] loss: 1.413\nFinished Training\n",
        {
            "loss": (None, [2.213, 1.913, 1.513, 1.413], [2000, 4000, 8000, 10000], [1, 1, 2, 2]),
        },
    ),
    "epoch and batch in a tuple": (
        "(0, 100) loss=3.21\n(0, 200) loss=3.01\n(1, 100) loss=2.81\n",
        {
            "loss": (None, [3.21, 3.01, 2.81], [100, 200, 400], [0, 0, 1]),
        },
    ),
    "comma-separated table in a log": (
        "epoch,train_loss,val_loss\n0,0.912,0.812\n1,0.812,0.712\n2,0.712,0.652\n",
        {
            "train_loss": ("train", [0.912, 0.812, 0.712], None, [0, 1, 2]),
            "val_loss": ("val", [0.812, 0.712, 0.652], None, [0, 1, 2]),
        },
    ),
    "keras history printed": (
        "{'loss': [0.91, 0.81, 0.71], 'accuracy': [0.51, 0.61, 0.71], 'val_loss': [0.95, 0.85, 0.80], 'val_accurac"
        "y': [0.49, 0.59, 0.66]}\n",
        {
            "loss": (None, [0.91, 0.81, 0.71], [0, 1, 2], None),
            "accuracy": (None, [0.51, 0.61, 0.71], [0, 1, 2], None),
            "val_loss": ("val", [0.95, 0.85, 0.8], [0, 1, 2], None),
            "val_accuracy": ("val", [0.49, 0.59, 0.66], [0, 1, 2], None),
        },
    ),
    "decimal commas": (
        "Epoche 1: loss 0,9123 - acc 0,5123\nEpoche 2: loss 0,8123 - acc 0,6123\n",
        {
            "loss": (None, [0.9123, 0.8123], None, [1, 2]),
            "acc": (None, [0.5123, 0.6123], None, [1, 2]),
        },
    ),
    "full-width punctuation": (
        "第1轮 训练 epoch：1，loss：0.9123，acc：0.51\nepoch：2，loss：0.8123，acc：0.61\nepoch：3，loss：0.7123，acc：0.71\n",
        {
            "loss": (None, [0.9123, 0.8123, 0.7123], None, [1, 2, 3]),
            "acc": (None, [0.51, 0.61, 0.71], None, [1, 2, 3]),
        },
    ),
    "tensorflow tutorial": (
        "Epoch 1, Loss: 0.5123, Accuracy: 85.12, Test Loss: 0.4123, Test Accuracy: 88.12\n"
        "Epoch 2, Loss: 0.3123, Accuracy: 89.12, Test Loss: 0.3923, Test Accuracy: 89.92\n",
        {
            "Loss": (None, [0.5123, 0.3123], None, [1, 2]),
            "Accuracy": (None, [85.12, 89.12], None, [1, 2]),
            "Test Loss": ("test", [0.4123, 0.3923], None, [1, 2]),
            "Test Accuracy": ("test", [88.12, 89.92], None, [1, 2]),
        },
    ),
    "flax over absl": (
        "I0501 10:00:00.123456 140123 train.py:120] train epoch: 1, loss: 0.6123, accuracy: 81.12\n"
        "I0501 10:00:10.123456 140123 train.py:130] eval epoch: 1, loss: 0.4123, accuracy: 86.12\n"
        "I0501 10:01:00.123456 140123 train.py:120] train epoch: 2, loss: 0.5123, accuracy: 84.12\n"
        "I0501 10:01:10.123456 140123 train.py:130] eval epoch: 2, loss: 0.3923, accuracy: 87.12\n",
        {
            "loss": ("train", [0.6123, 0.5123], None, [1, 2]),
            "accuracy": ("train", [81.12, 84.12], None, [1, 2]),
            "val: loss": ("val", [0.4123, 0.3923], None, [1, 2]),
            "val: accuracy": ("val", [86.12, 87.12], None, [1, 2]),
        },
    ),
    "clu metric writer": (
        "I0501 10:00:00.123456 140123 logging_writer.py:48] [100] accuracy=0.812, loss=0.512\n"
        "I0501 10:01:00.123456 140123 logging_writer.py:48] [200] accuracy=0.852, loss=0.412\n"
        "I0501 10:01:10.123456 140123 logging_writer.py:48] [200] eval_accuracy=0.842, eval_loss=0.432\n",
        {
            "accuracy": (None, [0.812, 0.852], [100, 200], None),
            "loss": (None, [0.512, 0.412], [100, 200], None),
            "eval_accuracy": ("val", [0.842], [200], None),
            "eval_loss": ("val", [0.432], [200], None),
        },
    ),
    "pytorch translation tutorial": (
        "1m 12s (- 12m 2s) (5000 6%) 2.8512\n2m 22s (- 11m 2s) (10000 13%) 2.2512\n3m 32s (- 10m 2s) (15000 20%) 1.9512\n",
        {
            "loss": (None, [2.8512, 2.2512, 1.9512], [5000, 10000, 15000], None),
        },
    ),
    "pytorch language model": (
        "| epoch   1 |   200/ 2983 batches | lr 20.00 | ms/batch  5.12 | loss  7.61 | ppl  2020.12\n"
        "| epoch   1 |   400/ 2983 batches | lr 20.00 | ms/batch  5.02 | loss  6.81 | ppl   920.12\n"
        "-----------------------------------------------------------------------------------------\n"
        "| end of epoch   1 | time: 21.12s | valid loss  5.51 | valid ppl   248.12\n"
        "-----------------------------------------------------------------------------------------\n"
        "| epoch   2 |   200/ 2983 batches | lr 20.00 | ms/batch  5.12 | loss  5.61 | ppl   270.12\n"
        "| end of epoch   2 | time: 21.12s | valid loss  5.21 | valid ppl   182.12\n"
        "=========================================================================================\n"
        "| End of training | test loss  5.11 | test ppl   165.12\n",
        {
            "lr": (None, [20, 20, 20], [200, 400, 3183], [1, 1, 2]),
            "loss": (None, [7.61, 6.81, 5.61], [200, 400, 3183], [1, 1, 2]),
            "ppl": (None, [2020.12, 920.12, 270.12], [200, 400, 3183], [1, 1, 2]),
            "valid loss": ("val", [5.51, 5.21], [400, 3183], [1, 2]),
            "valid ppl": ("val", [248.12, 182.12], [400, 3183], [1, 2]),
        },
    ),
    "step table": (
        "Step  Training Loss  Validation Loss\n100   0.812300       0.752300\n200   0.712300       0.702300\n",
        {
            "Training Loss": ("train", [0.8123, 0.7123], [100, 200], None),
            "Validation Loss": ("val", [0.7523, 0.7023], [100, 200], None),
        },
    ),
    "dictionaries and bars": (
        "{'loss': 1.8123, 'learning_rate': 4e-05, 'epoch': 0.01}\n"
        "{'loss': 2.3123, 'learning_rate': 8e-05, 'epoch': 0.02}\n"
        "  1%|          | 3/300 [00:10<12:12,  2.41s/it]\n"
        "{'loss': nan, 'learning_rate': 0.00012, 'epoch': 0.03}\n",
        {
            "loss": (None, [1.8123, 2.3123, nan], None, [0.01, 0.02, 0.03]),
            "learning_rate": (None, [4e-05, 8e-05, 0.00012], None, [0.01, 0.02, 0.03]),
        },
    ),
    "evaluation dictionaries": (
        "{'loss': 1.2123, 'grad_norm': 0.91, 'learning_rate': 0.0002, 'memory/max_mem_active(gib)': 12.1, 'epoch':"
        " 0.1}\n"
        "{'eval_loss': 1.1123, 'eval_runtime': 12.1, 'epoch': 0.1}\n",
        {
            "loss": (None, [1.2123], None, [0.1]),
            "grad_norm": (None, [0.91], None, [0.1]),
            "learning_rate": (None, [0.0002], None, [0.1]),
            "eval_loss": ("val", [1.1123], None, [0.1]),
        },
    ),
    "preference training": (
        "{'loss': 0.6931, 'rewards/chosen': 0.0, 'rewards/rejected': 0.0, 'rewards/accuracies': 0.0, 'logps/chosen"
        "': -201.1, 'epoch': 0.01}\n"
        "{'loss': 0.6512, 'rewards/chosen': 0.12, 'rewards/rejected': -0.02, 'rewards/accuracies': 0.61, 'logps/ch"
        "osen': -200.1, 'epoch': 0.02}\n",
        {
            "loss": (None, [0.6931, 0.6512], None, [0.01, 0.02]),
            "rewards/chosen": (None, [0, 0.12], None, [0.01, 0.02]),
            "rewards/rejected": (None, [0, -0.02], None, [0.01, 0.02]),
            "rewards/accuracies": (None, [0, 0.61], None, [0.01, 0.02]),
        },
    ),
    "pix2pix": (
        "(epoch: 1, iters: 100, time: 0.112) G_GAN: 0.912 G_L1: 21.312 D_real: 0.612 D_fake: 0.712 \n"
        "(epoch: 1, iters: 200, time: 0.112) G_GAN: 1.012 G_L1: 20.312 D_real: 0.512 D_fake: 0.612 \n",
        {
            "G_GAN": (None, [0.912, 1.012], [100, 200], [1, 1]),
            "G_L1": (None, [21.312, 20.312], [100, 200], [1, 1]),
            "D_real": (None, [0.612, 0.512], [100, 200], [1, 1]),
            "D_fake": (None, [0.712, 0.612], [100, 200], [1, 1]),
        },
    ),
    "swin transformer": (
        "[2021-01-01 10:00:00 swin] (main.py 231): INFO Train: [0/300][0/1251]\teta 1:12:12 lr 0.000001\ttime 3.5112"
        " (3.5112)\tloss 6.9512 (6.9512)\tgrad_norm 1.5112 (1.5112)\tmem 8112MB\n"
        "[2021-01-01 10:00:10 swin] (main.py 231): INFO Train: [0/300][10/1251]\teta 0:12:12 lr 0.000001\ttime 0.511"
        "2 (0.8112)\tloss 6.9412 (6.9462)\tgrad_norm 1.4112 (1.4512)\tmem 8112MB\n"
        "[2021-01-01 10:10:10 swin] (main.py 291): INFO Test: [0/98]\tTime 3.112 (3.112)\tLoss 6.1112 (6.1112)\tAcc@1"
        " 2.112 (2.112)\tAcc@5 8.112 (8.112)\tMem 8112MB\n"
        "[2021-01-01 10:10:20 swin] (main.py 291): INFO Test: [90/98]\tTime 0.112 (0.312)\tLoss 6.2112 (6.1512)\tAcc@"
        "1 2.012 (2.062)\tAcc@5 8.012 (8.062)\tMem 8112MB\n"
        "[2021-01-01 10:10:22 swin] (main.py 297): INFO  * Acc@1 2.070 Acc@5 8.080\n"
        "[2021-01-01 10:10:22 swin] (main.py 171): INFO Accuracy of the network on the 50000 test images: 2.1%\n"
        "[2021-01-01 10:10:32 swin] (main.py 231): INFO Train: [1/300][0/1251]\teta 1:02:12 lr 0.000101\ttime 2.5112"
        " (2.5112)\tloss 6.5512 (6.5512)\tgrad_norm 1.3112 (1.3112)\tmem 8112MB\n",
        {
            "lr": ("train", [1e-06, 1e-06, 0.000101], [0, 10, 1251], [0, 0, 1]),
            "loss": ("train", [6.9512, 6.9412, 6.5512], [0, 10, 1251], [0, 0, 1]),
            "loss (avg)": ("train", [6.9512, 6.9462, 6.5512], [0, 10, 1251], [0, 0, 1]),
            "grad_norm": ("train", [1.5112, 1.4112, 1.3112], [0, 10, 1251], [0, 0, 1]),
            "test: Loss": ("test", [6.1512], [10], [0]),
            "Acc@1": ("test", [2.07], [10], [0]),
            "Acc@5": ("test", [8.08], [10], [0]),
        },
    ),
    "warnings glued to records": (
        "timer: 13.8128 sec.\n"
        "iter 0 || Loss: 19.4128 || /usr/lib/augment.py:238: VisibleDeprecationWarning: Creating an ndarray from r"
        "agged nested sequences (which is a list-or-tuple of lists-or-tuples-or ndarrays with different lengths or"
        " shapes) is deprecated. If you meant to do this, you must specify 'dtype=object' when creating the ndarra"
        "y\n"
        "  mode = random.choice(self.sample_options)\n"
        "timer: 0.3120 sec.\n"
        "iter 10 || Loss: 10.4128 || /usr/lib/augment.py:238: VisibleDeprecationWarning: Creating an ndarray from "
        "ragged nested sequences (which is a list-or-tuple of lists-or-tuples-or ndarrays with different lengths o"
        "r shapes) is deprecated. If you meant to do this, you must specify 'dtype=object' when creating the ndarr"
        "ay\n"
        "  mode = random.choice(self.sample_options)\n"
        "timer: 0.3120 sec.\n"
        "iter 20 || Loss: 8.4128 || timer: 0.3120 sec.\n"
        "iter 30 || Loss: 7.4128 || \n",
        {
            "Loss": (None, [19.4128, 10.4128, 8.4128, 7.4128], [0, 10, 20, 30], None),
        },
    ),
    "ordinal step over a bare loss": (
        "start from 0\n"
        "current step: 1th step\n"
        "batch loss:4.0212\n"
        "current step: 2th step\n"
        "batch loss:3.9212\n"
        "model saved in file: ./ckpt/model.ckpt-100 / 100 th step\n"
        "current step: 3th step\n"
        "batch loss:3.8212\n",
        {
            "batch loss": (None, [4.0212, 3.9212, 3.8212], [1, 2, 3], None),
        },
    ),
    "epoch headings over bare records": (
        "2020-03-08 16:46:06,582:INFO: Starting MAML for 100 meta epoch(s)\n"
        "2020-03-08 16:46:16,582:INFO: Meta epoch 0...\n"
        "2020-03-08 16:46:26,582:INFO: Meta batch loss: 224.12\n"
        "2020-03-08 16:46:26,583:INFO: Average inner loss after inner updates : 224.12\n"
        "2020-03-08 16:46:36,582:INFO: - Eval metrics : batch_loss: 3021.473 ; slot_accuracy: 0.021 ; slot_f1: 0.0"
        "00\n"
        "2020-03-08 16:46:36,583:INFO: Total eval loss: 12102.5\n"
        "2020-03-08 16:46:36,584:INFO: - Found new best loss\n"
        "2020-03-08 16:47:16,582:INFO: Meta epoch 1...\n"
        "2020-03-08 16:47:26,582:INFO: Meta batch loss: 204.12\n"
        "2020-03-08 16:47:26,583:INFO: Average inner loss after inner updates : 204.12\n"
        "2020-03-08 16:47:36,582:INFO: - Eval metrics : batch_loss: 2021.473 ; slot_accuracy: 0.121 ; slot_f1: 0.0"
        "10\n"
        "2020-03-08 16:47:36,583:INFO: Total eval loss: 11102.5\n",
        {
            "Meta batch loss": (None, [224.12, 204.12], None, [0, 1]),
            "Average inner loss after inner updates": (None, [224.12, 204.12], None, [0, 1]),
            "batch_loss": ("val", [3021.473, 2021.473], None, [0, 1]),
            "slot_accuracy": ("val", [0.021, 0.121], None, [0, 1]),
            "slot_f1": ("val", [0, 0.01], None, [0, 1]),
            "Total eval loss": ("val", [12102.5, 11102.5], None, [0, 1]),
        },
    ),
    "outer iteration and inner step": (
        "2019-09-04 16:52:13,391 - train.log - INFO - iteration:1 step:100/304, NER loss:13.512341\n"
        "2019-09-04 16:52:23,391 - train.log - INFO - iteration:1 step:200/304, NER loss: 3.512341\n"
        "2019-09-04 16:52:33,391 - train.log - INFO - evaluate:dev\n"
        "2019-09-04 16:52:43,391 - train.log - INFO - processed 1212 tokens with 51 phrases; found: 52 phrases; co"
        "rrect: 41.\n"
        "2019-09-04 16:52:43,391 - train.log - INFO - accuracy:  98.12%; precision:  80.12%; recall:  81.12%; FB1:"
        "  80.62\n"
        "2019-09-04 16:52:43,391 - train.log - INFO - new best dev f1 score:80.620\n"
        "2019-09-04 16:53:23,391 - train.log - INFO - iteration:2 step:100/304, NER loss: 2.512341\n"
        "2019-09-04 16:53:43,391 - train.log - INFO - evaluate:dev\n"
        "2019-09-04 16:53:43,391 - train.log - INFO - accuracy:  98.52%; precision:  82.12%; recall:  83.12%; FB1:"
        "  82.62\n",
        {
            "NER loss": (None, [13.512341, 3.512341, 2.512341], [100, 200, 404], [1, 1, 2]),
            "accuracy": (None, [98.12, 98.52], [200, 404], [1, 2]),
            "precision": (None, [80.12, 82.12], [200, 404], [1, 2]),
            "recall": (None, [81.12, 83.12], [200, 404], [1, 2]),
        },
    ),
    "sheet without a counter": (
        "Learning Rate\tTrain Loss\tValid Loss\tTrain Acc.\tValid Acc.\t\n"
        "0.100000\t2.012345\t1.612345\t25.112345\t40.112345\t\n"
        "0.100000\t1.512345\t1.312345\t45.112345\t52.112345\t\n"
        "0.010000\t1.212345\t1.112345\t56.112345\t60.112345\t\n"
        "0.010000\t1.112345\t1.102345\t58.112345\t61.112345\t\n",
        {
            "Learning Rate": (None, [0.1, 0.1, 0.01, 0.01], None, None),
            "Train Loss": ("train", [2.012345, 1.512345, 1.212345, 1.112345], None, None),
            "Valid Loss": ("val", [1.612345, 1.312345, 1.112345, 1.102345], None, None),
            "Train Acc.": ("train", [25.112345, 45.112345, 56.112345, 58.112345], None, None),
            "Valid Acc.": ("val", [40.112345, 52.112345, 60.112345, 61.112345], None, None),
        },
    ),
    "lost_returns": (
        "Epoch 1/2 train:   0%|          | 0/20 [00:00<?, ?it/s]Epoch 1/2 train:  50%|#####     | 10/20 [00:00<00:"
        "01,  8.10it/s, loss=0.912]Epoch 1/2 train: 100%|##########| 20/20 [00:02<00:00,  8.09it/s, loss=0.812]\n"
        "Epoch 1/2 val:   0%|          | 0/2 [00:00<?, ?it/s]Epoch 1/2 val: 100%|##########| 2/2 [00:01<00:00, 2.4"
        "0it/s]\n"
        "[Diffusion] Epoch 1/2 Train Loss: 0.8628 | Val Loss: 0.6491\n"
        "Saved new best Diffusion model at epoch 1 with val loss 0.6491\n"
        "Epoch 2/2 train:  50%|#####     | 10/20 [00:00<00:01,  8.10it/s, loss=0.712]Epoch 2/2 train: 100%|#######"
        "###| 20/20 [00:02<00:00,  8.09it/s, loss=0.612]\n"
        "[Diffusion] Epoch 2/2 Train Loss: 0.6628 | Val Loss: 0.5491\n"
        "Saved new best Diffusion model at epoch 2 with val loss 0.5491\n",
        {
            "loss": ("train", [0.912, 0.812, 0.712, 0.612], [10, 20, 30, 40], [1, 1, 2, 2]),
            "Train Loss": ("train", [0.8628, 0.6628], [20, 40], [1, 2]),
            "Val Loss": ("val", [0.6491, 0.5491], [20, 40], [1, 2]),
        },
    ),
    "percentages between bars": (
        "[Epoch 1] train_loss: 2.952 | train_acc: 20.88% | dev_loss: 1.978 | dev_acc: 39.62% | lr=0.000300  \n"
        "[Epoch 2] train_loss: 2.094 | train_acc: 38.73% | dev_loss: 1.470 | dev_acc: 58.87% | lr=0.000300  \n"
        "[Epoch 3] train_loss: 1.638 | train_acc: 53.88% | dev_loss: 1.115 | dev_acc: 71.32% | lr=0.000300  \n",
        {
            "train_loss": ("train", [2.952, 2.094, 1.638], None, [1, 2, 3]),
            "train_acc": ("train", [20.88, 38.73, 53.88], None, [1, 2, 3]),
            "dev_loss": ("val", [1.978, 1.47, 1.115], None, [1, 2, 3]),
            "dev_acc": ("val", [39.62, 58.87, 71.32], None, [1, 2, 3]),
            "lr": (None, [0.0003, 0.0003, 0.0003], None, [1, 2, 3]),
        },
    ),
    "keras bars with callbacks' words before their end": (
        "Epoch 1/2\n"
        "80/80 [==============================] - ETA: 0s - loss: 0.0759\n"
        "Epoch 1: val_loss improved from inf to 0.08796, saving model to m.h5\n"
        "80/80 [==============================] - 15s 145ms/step - loss: 0.0758 - val_loss: 0.0880\n"
        "Epoch 2/2\n"
        "80/80 [==============================] - ETA: 0s - loss: 0.0694\n"
        "Epoch 2: val_loss did not improve from 0.08796\n"
        "80/80 [==============================] - 9s 117ms/step - loss: 0.0693 - val_loss: 0.2474\n",
        {
            "loss": (None, [0.0758, 0.0693], None, [1, 2]),
            "val_loss": ("val", [0.088, 0.2474], None, [1, 2]),
        },
    ),
    "mlx with a bar without an end": (
        "Calculating loss...: 15it [01:01,  4.12s/it]\n"
        "Iter 280: Val loss 0.737, Val took 61.735s\n"
        "Iter 280: Train loss 0.661, Learning Rate 5.000e-05, It/sec 0.185, Tokens/sec 177.891\n"
        "Iter 290: Train loss 0.594, Learning Rate 5.000e-05, It/sec 0.205, Tokens/sec 207.023\n"
        "Calculating loss...: 15it [01:02,  4.15s/it]\n"
        "Iter 300: Val loss 0.727, Val took 62.181s\n"
        "Iter 300: Train loss 0.648, Learning Rate 5.000e-05, It/sec 0.222, Tokens/sec 227.254\n",
        {
            "Val loss": ("val", [0.737, 0.727], [280, 300], None),
            "Train loss": ("train", [0.661, 0.594, 0.648], [280, 290, 300], None),
            "Learning Rate": (None, [5e-05, 5e-05, 5e-05], [280, 290, 300], None),
        },
    ),
    "losses in a dictionary": (
        "Epoch 0 Losses {'textcat': 1.25, 'tagger': 2.5}\n"
        "Epoch 1 Losses {'textcat': 1.0, 'tagger': 2.25}\n"
        "Epoch 2 Losses {'textcat': 0.75, 'tagger': 2.0}\n",
        {
            "Losses textcat": (None, [1.25, 1.0, 0.75], None, [0, 1, 2]),
            "Losses tagger": (None, [2.5, 2.25, 2.0], None, [0, 1, 2]),
        },
    ),
    "fasttext with its carriage returns lost": (
        "Read 12M words\n"
        "Progress:  10.0% words/sec/thread:   81000 lr:  0.045000 loss:  1.912341 ETA:   0h 1mProgress:  20.0% words/sec/th"
        "read:   81200 lr:  0.040000 loss:  1.612341 ETA:   0h 1mProgress:  30.0% words/sec/thread:   81100 lr:  0.035000 l"
        "oss:  1.412341 ETA:   0h 1m\n",
        {
            "lr": (None, [0.045, 0.04, 0.035], [10, 20, 30], None),
            "loss": (None, [1.912341, 1.612341, 1.412341], [10, 20, 30], None),
        },
    ),
    "records behind each other, stamps and all": (
        "2560, ips: 61.1 [2023/05/01 10:00:05] demo INFO: epoch: [1/5], iter: 20, lr: 0.001, loss: 2.5, acc: 0.25 [2023/05/"
        "01 10:00:09] demo INFO: epoch: [1/5], iter: 30, lr: 0.001, loss: 2.25, acc: 0.5 [2023/05/01 10:00:13] demo INFO: e"
        "poch: [1/5], iter: 40, lr: 0.001, loss: 2.125, acc: 0.75\n",
        {
            "lr": (None, [0.001, 0.001, 0.001], [20, 30, 40], [1, 1, 1]),
            "loss": (None, [2.5, 2.25, 2.125], [20, 30, 40], [1, 1, 1]),
            "acc": (None, [0.25, 0.5, 0.75], [20, 30, 40], [1, 1, 1]),
        },
    ),
    "every record twice": (
        "".join(2 * f"INFO:tensorflow:global step {step}: loss = {loss} (0.912 sec/step)\n" for step, loss in _TWICE),
        {"loss": (None, [loss for _, loss in _TWICE], [step for step, _ in _TWICE], None)},
    ),
    "results of ray as blocks": (
        "\n".join(
            _RAY.format(n=n, steps=4000 * n, reward=reward, best=reward + 1, loss=8.5 / n) for n, reward in ((1, 21.5), (2, 44.25))
        ),
        {
            "episode_reward_max": (None, [22.5, 45.25], [4000, 8000], None),
            "episode_reward_mean": (None, [21.5, 44.25], [4000, 8000], None),
            "cur_lr": (None, [5e-05, 5e-05], [4000, 8000], None),
            "total_loss": (None, [8.5, 4.25], [4000, 8000], None),
        },
    ),
    "bare lines under a step each": (
        "".join(
            f"Iteration: \t {i}\nNumTrajs: \t 200\nLoss:     \t {loss}\nMeanRew: \t {reward} +- 63.125\n"
            "Elapsed time\t 106.5 seconds\n-----------------\n"
            for i, loss, reward in ((0, 0.125, -257.5), (1, 0.375, -261.25), (2, 0.25, -240.125))
        ),
        {
            "Loss": (None, [0.125, 0.375, 0.25], [0, 1, 2], None),
            "MeanRew": (None, [-257.5, -261.25, -240.125], [0, 1, 2], None),
        },
    ),
    "control characters spelled by a log service": (
        "[1,mpirank:0,algo-1]<stdout>:#015Epoch 0:  50% 1/2 [00:00<00:00,  6.54it/s, loss=2.29, v_num=0]\n"
        "[1,mpirank:1,algo-1]<stdout>:#015Epoch 0:  50% 1/2 [00:00<00:00,  6.52it/s, loss=2.19, v_num=0]\n"
        "[1,mpirank:0,algo-1]<stdout>:#015Validation: 0it [00:00, ?it/s]#033[A\n"
        "[1,mpirank:0,algo-1]<stdout>:#015Epoch 0: 100% 2/2 [00:00<00:00, 12.33it/s, loss=2.27, v_num=0]\n"
        "[1,mpirank:1,algo-1]<stdout>:#015Epoch 0: 100% 2/2 [00:00<00:00, 12.31it/s, loss=2.17, v_num=0]\n"
        "[1,mpirank:0,algo-1]<stdout>:#015Epoch 1:  50% 1/2 [00:00<00:00, 35.14it/s, loss=2.25, v_num=0]\n",
        {"loss": (None, [2.29, 2.27, 2.25], [1, 2, 3], [0, 0, 1])},
    ),
    "iterations with commas in them": (
        "23-08-09 08:25:25.996 - INFO: <epoch: 86, iter: 107,200, lr:2.500e-05> l_g_pix: 1.5e-03 l_g_gan: 7.5e-02\n"
        "23-08-09 08:27:27.746 - INFO: <epoch: 87, iter: 107,400, lr:2.500e-05> l_g_pix: 1.25e-03 l_g_gan: 9.5e-02\n"
        "23-08-09 08:29:29.008 - INFO: <epoch: 87, iter: 107,600, lr:2.500e-05> l_g_pix: 2e-03 l_g_gan: 7.75e-02\n",
        {
            "lr": (None, [2.5e-05, 2.5e-05, 2.5e-05], [107200, 107400, 107600], [86, 87, 87]),
            "l_g_pix": (None, [0.0015, 0.00125, 0.002], [107200, 107400, 107600], [86, 87, 87]),
            "l_g_gan": (None, [0.075, 0.095, 0.0775], [107200, 107400, 107600], [86, 87, 87]),
        },
    ),
    "one record of an adversarial training": (
        "After a night it says\n(epoch: 6, iters: 3128, time: 0.511) G_GAN: 1.974 G_L1: 1.775 D_real: 0.009 D_fake: 0.008\n"
        "is that normal?\n",
        {
            "G_GAN": (None, [1.974], [3128], [6]),
            "G_L1": (None, [1.775], [3128], [6]),
            "D_real": (None, [0.009], [3128], [6]),
            "D_fake": (None, [0.008], [3128], [6]),
        },
    ),
    "bars at their start that still show the turn before": (
        "Epoch 0: 100%|##########| 2/2 [00:00<00:00, 12.10it/s, loss=2.29, v_num=0, val_acc=0.125]\r"
        "Epoch 0:   0%|          | 0/2 [00:00<?, ?it/s, loss=2.29, v_num=0, val_acc=0.125]\r"
        "Epoch 1:   0%|          | 0/2 [00:00<?, ?it/s, loss=2.29, v_num=0, val_acc=0.125]\r"
        "Epoch 1:  50%|#####     | 1/2 [00:00<00:00, 35.14it/s, loss=2.25, v_num=0, val_acc=0.125]\n",
        {
            "loss": (None, [2.29, 2.25], [2, 3], [0, 1]),
            "val_acc": ("val", [0.125, 0.125], [2, 3], [0, 1]),
        },
    ),
    "boxes of which the first is cut": (
        "|    learning_rate        | 0.001     |\n|    loss                 | 0.5       |\n"
        "|    value_loss           | 0.75      |\n"
        "---------------------------------------\n"
        "| rollout/                |           |\n|    ep_rew_mean          | -213      |\n"
        "| time/                   |           |\n|    total_timesteps      | 73728     |\n"
        "| train/                  |           |\n|    learning_rate        | 0.001     |\n"
        "|    loss                 | 0.25      |\n|    value_loss           | 0.125     |\n"
        "---------------------------------------\n",
        {
            "train/learning_rate": (None, [0.001, 0.001], [nan, 73728], None),
            "train/loss": (None, [0.5, 0.25], [nan, 73728], None),
            "train/value_loss": (None, [0.75, 0.125], [nan, 73728], None),
            "rollout/ep_rew_mean": (None, [-213], [73728], None),
        },
    ),
    "validation rows that come late": (
        "     Epoch   gpu_mem       box       obj       cls     total    labels  img_size\n"
        "      1/99     2.64G    0.0625    0.0125    0.0375    0.1125         4       416: 100%|##| 7/7 [00:15<00:00, 2.27s/it]\n"
        "      Class      Images      Labels           P           R      mAP@.5  mAP@.5:.95: 100%|##| 1/1 [00:01<00:00]\n"
        "\n     Epoch   gpu_mem       box       obj       cls     total    labels  img_size\n"
        "                 all          14          20       0.125        0.25       0.375        0.03\n"
        "      2/99     2.64G    0.0575    0.0125    0.0325    0.1025         4       416: 100%|##| 7/7 [00:15<00:00, 2.27s/it]\n"
        "      Class      Images      Labels           P           R      mAP@.5  mAP@.5:.95: 100%|##| 1/1 [00:01<00:00]\n"
        "                 all          14          20       0.225        0.35       0.475        0.05\n",
        {
            "box": (None, [0.0625, 0.0575], None, [1, 2]),
            "obj": (None, [0.0125, 0.0125], None, [1, 2]),
            "cls": (None, [0.0375, 0.0325], None, [1, 2]),
            "mAP@.5": ("val", [0.375, 0.475], None, [1, 2]),
            "mAP@.5:.95": ("val", [0.03, 0.05], None, [1, 2]),
        },
    ),
    "darts by position": (
        "2019-12-31 00:20:57,772 epoch 6 lr 4.824441e-01\n"
        "2019-12-31 00:20:57,925 train 000 6.904783e+00 0.195312 0.390625\n"
        "2019-12-31 00:25:49,618 train 050 6.912709e+00 0.114890 0.536152\n"
        "2019-12-31 00:45:18,610 train_acc 0.101510\n"
        "2019-12-31 00:45:19,021 epoch 7 lr 4.762068e-01\n"
        "2019-12-31 00:46:57,925 train 000 6.804783e+00 0.295312 0.590625\n"
        "2019-12-31 00:47:49,618 train 050 6.712709e+00 0.314890 0.636152\n"
        "2019-12-31 00:48:18,610 train_acc 0.201510\n",
        {
            "lr": (None, [0.4824441, 0.4762068], [500, 600], [6, 7]),
            "loss": ("train", [6.904783, 6.912709, 6.804783, 6.712709], [500, 550, 600, 650], [6, 6, 7, 7]),
            "top1": ("train", [0.195312, 0.11489, 0.295312, 0.31489], [500, 550, 600, 650], [6, 6, 7, 7]),
            "top5": ("train", [0.390625, 0.536152, 0.590625, 0.636152], [500, 550, 600, 650], [6, 6, 7, 7]),
            "train_acc": ("train", [0.10151, 0.20151], [550, 650], [6, 7]),
        },
    ),
    "metrics under epochs, the beginning cut off": (
        "[Training] Acc: 0.9622, F1: 0.8846\n"
        "[Validation] Acc: 0.8547, F1: 0.4643\n"
        "Epoch [26/100], Loss: 175.5, \n"
        "[Training] Acc: 0.9611, F1: 0.8827\n"
        "[Validation] Acc: 0.8671, F1: 0.5126\n"
        "Epoch [27/100], Loss: 165.25, \n"
        "[Training] Acc: 0.9633, F1: 0.8853\n"
        "[Validation] Acc: 0.8669, F1: 0.5064\n",
        {
            "Acc": ("train", [0.9622, 0.9611, 0.9633], None, [nan, 26, 27]),
            "F1": ("train", [0.8846, 0.8827, 0.8853], None, [nan, 26, 27]),
            "val: Acc": ("val", [0.8547, 0.8671, 0.8669], None, [nan, 26, 27]),
            "val: F1": ("val", [0.4643, 0.5126, 0.5064], None, [nan, 26, 27]),
            "Loss": (None, [175.5, 165.25], None, [26, 27]),
        },
    ),
    "place in a bracket behind the name": (
        "Loss [1, 100](epoch, minibatch):  9.625\nLoss [1, 200](epoch, minibatch):  5.125\n"
        "Loss [2, 100](epoch, minibatch):  4.5\nLoss [2, 200](epoch, minibatch):  4.25\n",
        {"Loss": (None, [9.625, 5.125, 4.5, 4.25], [100, 200, 400, 500], [1, 1, 2, 2])},
    ),
    "printed tuples": (
        "('Episode #', 5600, '\\tfinished with reward', -214.25, '\\tAverage Noisy Weights', 0.02)\n"
        "('Episode #', 5700, '\\tfinished with reward', -297.5, '\\tAverage Noisy Weights', 0.02)\n",
        {"finished with reward": (None, [-214.25, -297.5], [5600, 5700], None)},
    ),
    "parts under the name of the loss": (
        "Epoch: 6, global_step: 900 | loss: total: nan, xy: 3.5, wh: 566.75, conf: nan | Last batch: rec: 0.125 | lr: 3e-05\n",
        {
            "loss total": (None, [nan], [900], [6]),
            "loss xy": (None, [3.5], [900], [6]),
            "loss wh": (None, [566.75], [900], [6]),
            "loss conf": (None, [nan], [900], [6]),
            "rec": (None, [0.125], [900], [6]),
            "lr": (None, [3e-05], [900], [6]),
        },
    ),
    "fractions of a second that were not filled in": (
        " 2020-10-26 13:24:36.%f train.py:215[27649] INFO Train epoch: 17 [600/1000]\tAccuracy: 49.5%\tLoss: 0.75\n"
        " 2020-10-26 13:27:13.%f train.py:215[27649] INFO Train epoch: 17 [800/1000]\tAccuracy: 49.75%\tLoss: 0.5\n"
        " 2020-10-26 13:28:13.%f train.py:215[27649] INFO Train epoch: 18 [200/1000]\tAccuracy: 50.25%\tLoss: nanxxx\n",
        {
            "Accuracy": ("train", [49.5, 49.75, 50.25], [16600, 16800, 17200], [17, 17, 18]),
            "Loss": ("train", [0.75, 0.5, nan], [16600, 16800, 17200], [17, 17, 18]),
        },
    ),
    "ranks that do not say which they are": (
        "".join(
            f"[titan] 2026-02-24 19:46:{17 + step},508 - root - INFO - step: {step}  loss: {loss}  grad_norm: {norm}  "
            f"tps: 10,0{rank}0\n"
            for step, loss, norm in ((4, 7.625, 26.5), (5, 7.125, 46.5))
            for rank in range(4)
        ),
        {
            "loss": (None, [7.625, 7.125], [4, 5], None),
            "grad_norm": (None, [26.5, 46.5], [4, 5], None),
        },
    ),
    **VISION,
    **LANGUAGE,
    **SPEECH,
    **BOOSTING,
}
