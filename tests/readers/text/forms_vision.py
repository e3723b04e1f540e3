"""Small invented logs of frameworks for pictures, with every curve of a loss or metric that must come out: see `forms`."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.readers.text.forms import Curve

_GLOG = "I0511 10:21:{:02d}.345678 12345 "


def _caffe() -> str:
    lines = [
        (1, "solver.cpp:60] Solver scaffolding done."),
        (2, "solver.cpp:337] Iteration 0, Testing net (#0)"),
        (3, "solver.cpp:404]     Test net output #0: accuracy = 0.1012"),
        (3, "solver.cpp:404]     Test net output #1: loss = 2.4125 (* 1 = 2.4125 loss)"),
        (4, "solver.cpp:228] Iteration 0, loss = 2.5125"),
        (4, "solver.cpp:244]     Train net output #0: loss = 2.5125 (* 1 = 2.5125 loss)"),
        (4, "sgd_solver.cpp:106] Iteration 0, lr = 0.01"),
        (9, "solver.cpp:228] Iteration 100, loss = 0.75125"),
        (9, "solver.cpp:244]     Train net output #0: loss = 0.71125 (* 1 = 0.71125 loss)"),
        (9, "sgd_solver.cpp:106] Iteration 100, lr = 0.00992565"),
        (14, "solver.cpp:337] Iteration 200, Testing net (#0)"),
        (15, "solver.cpp:404]     Test net output #0: accuracy = 0.9312"),
        (15, "solver.cpp:404]     Test net output #1: loss = 0.2125 (* 1 = 0.2125 loss)"),
        (16, "solver.cpp:228] Iteration 200, loss = -nan"),
        (16, "solver.cpp:244]     Train net output #0: loss = -nan (* 1 = -nan loss)"),
        (16, "sgd_solver.cpp:106] Iteration 200, lr = 0.00985258"),
    ]
    return "".join(_GLOG.format(second) + text + "\n" for second, text in lines)


VISION: dict[str, tuple[str, dict[str, Curve]]] = {
    "caffe": (
        _caffe(),
        {
            "accuracy": ("test", [0.1012, 0.9312], [0, 200], None),
            "Test net output #1: loss": ("test", [2.4125, 0.2125], [0, 200], None),
            "loss": (None, [2.5125, 0.75125, nan], [0, 100, 200], None),
            "Train net output #0: loss": ("train", [2.5125, 0.71125, nan], [0, 100, 200], None),
            "lr": (None, [0.01, 0.00992565, 0.00985258], [0, 100, 200], None),
        },
    ),
    "caffe of later versions": (
        "I0511 10:21:04.345678 12345 solver.cpp:239] Iteration 20 (4.1 iter/s, 4.8s/20 iters), loss = 6.9125\n"
        "I0511 10:21:04.345679 12345 solver.cpp:258]     Train net output #0: loss1/loss1 = 6.8125 (* 0.3 = 2.04375 loss)\n"
        "I0511 10:21:04.345680 12345 solver.cpp:258]     Train net output #1: loss3/loss3 = 6.9375 (* 1 = 6.9375 loss)\n"
        "I0511 10:21:04.345681 12345 sgd_solver.cpp:112] Iteration 20, lr = 0.01\n"
        "I0511 10:21:09.345678 12345 solver.cpp:239] Iteration 40 (4.2 iter/s, 4.7s/20 iters), loss = 6.7125\n"
        "I0511 10:21:09.345679 12345 solver.cpp:258]     Train net output #0: loss1/loss1 = 6.6125 (* 0.3 = 1.98375 loss)\n"
        "I0511 10:21:09.345680 12345 solver.cpp:258]     Train net output #1: loss3/loss3 = 6.7375 (* 1 = 6.7375 loss)\n"
        "I0511 10:21:09.345681 12345 sgd_solver.cpp:112] Iteration 40, lr = 0.009\n",
        {
            "loss": (None, [6.9125, 6.7125], [20, 40], None),
            "loss1/loss1": ("train", [6.8125, 6.6125], [20, 40], None),
            "loss3/loss3": ("train", [6.9375, 6.7375], [20, 40], None),
            "lr": (None, [0.01, 0.009], [20, 40], None),
        },
    ),
    "darknet": (
        "yolov3\n"
        "Learning Rate: 0.001, Momentum: 0.9, Decay: 0.0005\n"
        "Loaded: 0.000040 seconds\n"
        "Region 82 Avg IOU: 0.2125, Class: 0.4125, Obj: 0.5125, No Obj: 0.4625, .5R: 0.0, .75R: 0.0,  count: 3\n"
        "Region 94 Avg IOU: -nan, Class: -nan, Obj: -nan, No Obj: 0.4525, .5R: -nan, .75R: -nan,  count: 0\n"
        "1: 718.125, 718.125 avg, 0.000000 rate, 3.5 seconds, 64 images\n"
        "Loaded: 0.000041 seconds\n"
        "Region 82 Avg IOU: 0.2225, Class: 0.4225, Obj: 0.5225, No Obj: 0.4725, .5R: 0.0, .75R: 0.0,  count: 4\n"
        "2: 716.25, 717.9375 avg, 0.000001 rate, 3.4 seconds, 128 images\n"
        "Loaded: 0.000042 seconds\n"
        "3: 712.5, 717.375 avg, 0.000002 rate, 3.4 seconds, 192 images\n",
        {
            "Avg IOU": (None, [0.2125, 0.2225], None, None),
            "Obj": (None, [0.5125, 0.5225], None, None),
            "No Obj": (None, [0.4625, 0.4525, 0.4725], None, None),
            "loss": (None, [718.125, 716.25, 712.5], [1, 2, 3], None),
            "loss (avg)": (None, [718.125, 717.9375, 717.375], [1, 2, 3], None),
            "learning rate": (None, [0, 1e-06, 2e-06], [1, 2, 3], None),
        },
    ),
    "darknet with validation": (
        " (next mAP calculation at 1000 iterations) \n"
        " 998: 1.125, 1.25 avg loss, 0.001300 rate, 2.5 seconds, 63872 images, 3.1 hours left\n"
        " (next mAP calculation at 1000 iterations) \n"
        " 999: 1.0625, 1.23125 avg loss, 0.001300 rate, 2.5 seconds, 63936 images, 3.1 hours left\n"
        " 1000: 1.03125, 1.21125 avg loss, 0.001300 rate, 2.5 seconds, 64000 images, 3.1 hours left\n"
        " mean average precision (mAP@0.50) = 0.412500, or 41.25 % \n"
        " (next mAP calculation at 1100 iterations) \n"
        " 1001: 1.015625, 1.19 avg loss, 0.001300 rate, 2.5 seconds, 64064 images, 3.1 hours left\n",
        {
            "loss": (None, [1.125, 1.0625, 1.03125, 1.015625], [998, 999, 1000, 1001], None),
            "loss (avg)": (None, [1.25, 1.23125, 1.21125, 1.19], [998, 999, 1000, 1001], None),
            "learning rate": (None, [0.0013, 0.0013, 0.0013, 0.0013], [998, 999, 1000, 1001], None),
            "mean average precision mAP@0.50": (None, [0.4125], [1000], None),
        },
    ),
    "maskrcnn-benchmark": (
        "2019-05-01 10:00:01,123 maskrcnn_benchmark.trainer INFO: eta: 17:12:31  iter: 20  loss: 1.8125 (2.0625)  "
        "loss_box_reg: 0.0512 (0.0612)  loss_classifier: 0.5125 (0.9125)  loss_mask: 0.7012 (0.8012)  "
        "loss_objectness: 0.4012 (0.4212)  loss_rpn_box_reg: 0.1012 (0.1312)  time: 0.6125 (0.6885)  data: 0.0085 (0.0245)  "
        "lr: 0.007173  max mem: 3763\n"
        "2019-05-01 10:00:14,123 maskrcnn_benchmark.trainer INFO: eta: 16:42:11  iter: 40  loss: 1.4125 (1.7375)  "
        "loss_box_reg: 0.0812 (0.0712)  loss_classifier: 0.4125 (0.6625)  loss_mask: 0.6912 (0.7462)  "
        "loss_objectness: 0.2012 (0.3112)  loss_rpn_box_reg: 0.0812 (0.1062)  time: 0.6025 (0.6455)  data: 0.0081 (0.0165)  "
        "lr: 0.007707  max mem: 3763\n",
        {
            "loss": (None, [1.8125, 1.4125], [20, 40], None),
            "loss (avg)": (None, [2.0625, 1.7375], [20, 40], None),
            "loss_box_reg": (None, [0.0512, 0.0812], [20, 40], None),
            "loss_box_reg (avg)": (None, [0.0612, 0.0712], [20, 40], None),
            "loss_classifier": (None, [0.5125, 0.4125], [20, 40], None),
            "loss_classifier (avg)": (None, [0.9125, 0.6625], [20, 40], None),
            "loss_mask": (None, [0.7012, 0.6912], [20, 40], None),
            "loss_mask (avg)": (None, [0.8012, 0.7462], [20, 40], None),
            "loss_objectness": (None, [0.4012, 0.2012], [20, 40], None),
            "loss_objectness (avg)": (None, [0.4212, 0.3112], [20, 40], None),
            "loss_rpn_box_reg": (None, [0.1012, 0.0812], [20, 40], None),
            "loss_rpn_box_reg (avg)": (None, [0.1312, 0.1062], [20, 40], None),
            "lr": (None, [0.007173, 0.007707], [20, 40], None),
        },
    ),
    "gluoncv": (
        "Epoch[0] Batch [49]\tSpeed: 1021.125 samples/sec\taccuracy=0.0125\tlr=0.010000\n"
        "Epoch[0] Batch [99]\tSpeed: 1121.125 samples/sec\taccuracy=0.0225\tlr=0.020000\n"
        "[Epoch 0] training: accuracy=0.0312\n"
        "[Epoch 0] speed: 1072 samples/sec\ttime cost: 119.125\n"
        "[Epoch 0] validation: err-top1=0.9125 err-top5=0.7625\n"
        "Epoch[1] Batch [49]\tSpeed: 1120.125 samples/sec\taccuracy=0.0925\tlr=0.110000\n"
        "Epoch[1] Batch [99]\tSpeed: 1119.125 samples/sec\taccuracy=0.1125\tlr=0.120000\n"
        "[Epoch 1] training: accuracy=0.1212\n"
        "[Epoch 1] speed: 1119 samples/sec\ttime cost: 114.125\n"
        "[Epoch 1] validation: err-top1=0.8125 err-top5=0.5625\n",
        {
            "accuracy": (None, [0.0125, 0.0225, 0.0925, 0.1125], [49, 99, 198, 248], [0, 0, 1, 1]),
            "lr": (None, [0.01, 0.02, 0.11, 0.12], [49, 99, 198, 248], [0, 0, 1, 1]),
            "training: accuracy": ("train", [0.0312, 0.1212], [99, 248], [0, 1]),
            "err-top1": ("val", [0.9125, 0.8125], [99, 248], [0, 1]),
            "err-top5": ("val", [0.7625, 0.5625], [99, 248], [0, 1]),
        },
    ),
    "mxnet module": (
        "INFO:root:Epoch[0] Batch [100]\tSpeed: 41021.13 samples/sec\taccuracy=0.110396\n"
        "INFO:root:Epoch[0] Batch [200]\tSpeed: 42021.13 samples/sec\taccuracy=0.212500\n"
        "INFO:root:Epoch[0] Train-accuracy=0.162500\n"
        "INFO:root:Epoch[0] Time cost=1.512\n"
        "INFO:root:Epoch[0] Validation-accuracy=0.312500\n"
        "INFO:root:Epoch[1] Batch [100]\tSpeed: 42021.13 samples/sec\taccuracy=0.410396\n"
        "INFO:root:Epoch[1] Batch [200]\tSpeed: 43021.13 samples/sec\taccuracy=0.512500\n"
        "INFO:root:Epoch[1] Train-accuracy=0.462500\n"
        "INFO:root:Epoch[1] Time cost=1.412\n"
        "INFO:root:Epoch[1] Validation-accuracy=0.562500\n",
        {
            "accuracy": (None, [0.110396, 0.2125, 0.410396, 0.5125], [100, 200, 400, 500], [0, 0, 1, 1]),
            "Train-accuracy": ("train", [0.1625, 0.4625], [200, 500], [0, 1]),
            "Validation-accuracy": ("val", [0.3125, 0.5625], [200, 500], [0, 1]),
        },
    ),
    "gluoncv detection": (
        "[Epoch 0][Batch 99], Speed: 41.125 samples/sec, CrossEntropy=5.125, SmoothL1=2.125\n"
        "[Epoch 0][Batch 199], Speed: 42.125 samples/sec, CrossEntropy=4.625, SmoothL1=1.925\n"
        "[Epoch 0] Training cost: 312.125, CrossEntropy=4.425, SmoothL1=1.825\n"
        "[Epoch 1][Batch 99], Speed: 42.125 samples/sec, CrossEntropy=3.625, SmoothL1=1.525\n"
        "[Epoch 1][Batch 199], Speed: 42.225 samples/sec, CrossEntropy=3.525, SmoothL1=1.425\n"
        "[Epoch 1] Training cost: 311.125, CrossEntropy=3.425, SmoothL1=1.325\n",
        {
            "CrossEntropy": (None, [5.125, 4.625, 3.625, 3.525], [99, 199, 398, 498], [0, 0, 1, 1]),
            "SmoothL1": (None, [2.125, 1.925, 1.525, 1.425], [99, 199, 398, 498], [0, 0, 1, 1]),
            "Training cost": ("train", [312.125, 311.125], [199, 498], [0, 1]),
            "epoch: CrossEntropy": (None, [4.425, 3.425], [199, 498], [0, 1]),
            "epoch: SmoothL1": (None, [1.825, 1.325], [199, 498], [0, 1]),
        },
    ),
    "yolov7": (
        "\n     Epoch   gpu_mem       box       obj       cls     total    labels  img_size\n"
        "     0/299     10.4G   0.07125   0.01525    0.0225     0.109        45       640: 100%|##########| 924/924 [05:12<00:00,"
        "  2.96it/s]\n"
        "               Class      Images      Labels           P           R      mAP@.5  mAP@.5:.95: 100%|##########| 40/40\n"
        "                 all        5000       36335       0.125        0.25       0.175      0.0825\n"
        "\n     Epoch   gpu_mem       box       obj       cls     total    labels  img_size\n"
        "     1/299     12.4G   0.06125   0.01425    0.0125     0.088        51       640: 100%|##########| 924/924 [05:02<00:00,"
        "  3.06it/s]\n"
        "               Class      Images      Labels           P           R      mAP@.5  mAP@.5:.95: 100%|##########| 40/40\n"
        "                 all        5000       36335       0.225        0.35       0.275      0.1825\n",
        {
            "box": (None, [0.07125, 0.06125], None, [0, 1]),
            "obj": (None, [0.01525, 0.01425], None, [0, 1]),
            "cls": (None, [0.0225, 0.0125], None, [0, 1]),
            "mAP@.5": ("val", [0.175, 0.275], None, [0, 1]),
            "mAP@.5:.95": ("val", [0.0825, 0.1825], None, [0, 1]),
        },
    ),
    "mae": (
        "Start training for 400 epochs\n"
        "log_dir: ./output_dir\n"
        "Epoch: [0]  [   0/1251]  eta: 3:01:11  lr: 0.000000  loss: 1.8125 (1.8125)  time: 8.7125  data: 6.1125  max mem: 8912\n"
        "Epoch: [0]  [  20/1251]  eta: 0:21:11  lr: 0.000000  loss: 1.7125 (1.7625)  time: 0.6125  data: 0.0012  max mem: 9312\n"
        "Epoch: [0] Total time: 0:12:41 (0.6084 s / it)\n"
        "Averaged stats: lr: 0.000002  loss: 1.2125 (1.3625)\n"
        "Epoch: [1]  [   0/1251]  eta: 2:01:11  lr: 0.000004  loss: 1.1125 (1.1125)  time: 5.7125  data: 4.1125  max mem: 9312\n"
        "Epoch: [1]  [  20/1251]  eta: 0:19:11  lr: 0.000004  loss: 1.0125 (1.0625)  time: 0.6025  data: 0.0011  max mem: 9312\n"
        "Epoch: [1] Total time: 0:12:31 (0.6009 s / it)\n"
        "Averaged stats: lr: 0.000006  loss: 0.9125 (0.9625)\n",
        {
            "lr": (None, [0, 0, 4e-06, 4e-06], [0, 20, 1251, 1271], [0, 0, 1, 1]),
            "loss": (None, [1.8125, 1.7125, 1.1125, 1.0125], [0, 20, 1251, 1271], [0, 0, 1, 1]),
            "loss (avg)": (None, [1.8125, 1.7625, 1.1125, 1.0625], [0, 20, 1251, 1271], [0, 0, 1, 1]),
            "Averaged stats: lr": (None, [2e-06, 6e-06], [20, 1271], [0, 1]),
            "Averaged stats: loss": (None, [1.2125, 0.9125], [20, 1271], [0, 1]),
            "Averaged stats: loss (avg)": (None, [1.3625, 0.9625], [20, 1271], [0, 1]),
        },
    ),
    "torch7 imagenet": (
        "==> doing epoch on training data:\n"
        "==> online epoch # 1\n"
        "Epoch: [1][1/10000]\tTime 2.112 Err 6.9125 Top1-%: 0.00 LR 1e-02 DataLoadingTime 0.912\n"
        "Epoch: [1][2/10000]\tTime 0.312 Err 6.9025 Top1-%: 0.78 LR 1e-02 DataLoadingTime 0.002\n"
        "Epoch: [1][TRAINING SUMMARY] Total Time(s): 3012.12\taverage loss (per batch): 5.81 \t accuracy(%):\t top-1 5.25\t\n"
        "Epoch: [1][TESTING SUMMARY] Total Time(s): 112.12 \taverage loss (per batch): 4.71 \t accuracy [Center](%):\t top-1 11.25"
        "\t \n"
        "Epoch: [2][1/10000]\tTime 2.012 Err 4.9125 Top1-%: 9.38 LR 1e-02 DataLoadingTime 0.812\n"
        "Epoch: [2][2/10000]\tTime 0.311 Err 4.8025 Top1-%: 10.16 LR 1e-02 DataLoadingTime 0.002\n"
        "Epoch: [2][TRAINING SUMMARY] Total Time(s): 3002.12\taverage loss (per batch): 4.41 \t accuracy(%):\t top-1 15.25\t\n"
        "Epoch: [2][TESTING SUMMARY] Total Time(s): 111.12 \taverage loss (per batch): 3.91 \t accuracy [Center](%):\t top-1 21.25"
        "\t \n",
        {
            "Err": (None, [6.9125, 6.9025, 4.9125, 4.8025], [1, 2, 10001, 10002], [1, 1, 2, 2]),
            "Top1-%": (None, [0, 0.78, 9.38, 10.16], [1, 2, 10001, 10002], [1, 1, 2, 2]),
            "LR": (None, [0.01, 0.01, 0.01, 0.01], [1, 2, 10001, 10002], [1, 1, 2, 2]),
            "average loss per batch": (None, [5.81, 4.41], [2, 10002], [1, 2]),
            "accuracy: top-1": (None, [5.25, 15.25], [2, 10002], [1, 2]),
            "test: average loss per batch": ("test", [4.71, 3.91], [2, 10002], [1, 2]),
            "accuracy Center: top-1": ("test", [11.25, 21.25], [2, 10002], [1, 2]),
        },
    ),
    "torch7 resnet": (
        " | Epoch: [1][1/5005]    Time 3.125  Data 2.125  Err 7.1250  top1  99.609  top5  99.219\n"
        " | Epoch: [1][2/5005]    Time 0.325  Data 0.002  Err 7.0250  top1  99.219  top5  98.828\n"
        " | Test: [1][1/196]    Time 2.125  Data 1.912  top1  89.250 ( 89.250)  top5  71.500 ( 71.500)\n"
        " | Test: [1][2/196]    Time 0.125  Data 0.002  top1  88.250 ( 88.750)  top5  70.500 ( 71.000)\n"
        " * Finished epoch # 1     top1:  88.750  top5:  71.000\n\n"
        " | Epoch: [2][1/5005]    Time 3.025  Data 2.025  Err 4.1250  top1  79.609  top5  59.219\n"
        " | Epoch: [2][2/5005]    Time 0.315  Data 0.002  Err 4.0250  top1  78.219  top5  58.828\n"
        " | Test: [2][1/196]    Time 2.025  Data 1.812  top1  69.250 ( 69.250)  top5  41.500 ( 41.500)\n"
        " | Test: [2][2/196]    Time 0.115  Data 0.002  top1  68.250 ( 68.750)  top5  40.500 ( 41.000)\n"
        " * Finished epoch # 2     top1:  68.750  top5:  41.000\n",
        {
            "Err": (None, [7.125, 7.025, 4.125, 4.025], [1, 2, 5006, 5007], [1, 1, 2, 2]),
            "top1": (None, [99.609, 99.219, 79.609, 78.219], [1, 2, 5006, 5007], [1, 1, 2, 2]),
            "top5": (None, [99.219, 98.828, 59.219, 58.828], [1, 2, 5006, 5007], [1, 1, 2, 2]),
            "test: top1": ("test", [88.75, 68.75], [2, 5007], [1, 2]),
            "test: top5": ("test", [71, 41], [2, 5007], [1, 2]),
            "epoch: top1": (None, [88.75, 68.75], [2, 5007], [1, 2]),
            "epoch: top5": (None, [71, 41], [2, 5007], [1, 2]),
        },
    ),
    "torch7 optimiser": (
        "<trainer> on training set:\n"
        "<trainer> online epoch # 1 [batchSize = 10]\n"
        " [=================== 2000/2000 ===================>]  Tot: 12s512ms | Step: 6ms\n"
        "<trainer> time to learn 1 sample = 6.25ms\n"
        "train loss: 1.5125\n"
        "test loss: 1.3125\n"
        "<trainer> online epoch # 2 [batchSize = 10]\n"
        "<trainer> time to learn 1 sample = 6.35ms\n"
        "train loss: 1.1125\n"
        "test loss: 1.0125\n",
        {
            "train loss": ("train", [1.5125, 1.1125], None, [1, 2]),
            "test loss": ("test", [1.3125, 1.0125], None, [1, 2]),
        },
    ),
    "paddleseg": (
        "2022-05-01 10:00:01 [INFO]\t[TRAIN] epoch: 1, iter: 10/1000, loss: 2.5125, lr: 0.009919, batch_cost: 0.3125, "
        "reader_cost: 0.00712, ips: 12.8125 samples/sec | ETA 00:05:09\n"
        "2022-05-01 10:00:04 [INFO]\t[TRAIN] epoch: 1, iter: 20/1000, loss: 2.1125, lr: 0.009829, batch_cost: 0.3025, "
        "reader_cost: 0.00012, ips: 13.2125 samples/sec | ETA 00:04:56\n"
        "2022-05-01 10:00:09 [INFO]\t[EVAL] #Images: 76 mIoU: 0.4125 Acc: 0.8125 Kappa: 0.6125 Dice: 0.5125\n"
        "2022-05-01 10:00:12 [INFO]\t[TRAIN] epoch: 2, iter: 30/1000, loss: 1.9125, lr: 0.009739, batch_cost: 0.3025, "
        "reader_cost: 0.00012, ips: 13.2125 samples/sec | ETA 00:04:53\n"
        "2022-05-01 10:00:15 [INFO]\t[TRAIN] epoch: 2, iter: 40/1000, loss: 1.7125, lr: 0.009649, batch_cost: 0.3025, "
        "reader_cost: 0.00012, ips: 13.2125 samples/sec | ETA 00:04:50\n"
        "2022-05-01 10:00:20 [INFO]\t[EVAL] #Images: 76 mIoU: 0.5125 Acc: 0.8625 Kappa: 0.7125 Dice: 0.6125\n",
        {
            "loss": ("train", [2.5125, 2.1125, 1.9125, 1.7125], [10, 20, 30, 40], [1, 1, 2, 2]),
            "lr": ("train", [0.009919, 0.009829, 0.009739, 0.009649], [10, 20, 30, 40], [1, 1, 2, 2]),
            "mIoU": ("val", [0.4125, 0.5125], [20, 40], [1, 2]),
            "Acc": ("val", [0.8125, 0.8625], [20, 40], [1, 2]),
            "Kappa": ("val", [0.6125, 0.7125], [20, 40], [1, 2]),
            "Dice": ("val", [0.5125, 0.6125], [20, 40], [1, 2]),
        },
    ),
    "stylegan": (
        "tick 0     kimg 4.1      time 1m 05s  sec/tick 62.5    sec/kimg 15.25  maintenance 3.5    gpumem 8.5   augment 0.0125\n"
        "network-snapshot-000004        time 2m 11s       fid50k_full 212.5125\n"
        "tick 1     kimg 8.2      time 2m 07s  sec/tick 61.5    sec/kimg 15.125  maintenance 0.5    gpumem 8.5   augment 0.0225\n"
        "tick 2     kimg 12.3     time 3h 12m 09s sec/tick 61.75   sec/kimg 15.5   maintenance 0.25   gpumem 8.5   augment 0.0325\n"
        "network-snapshot-000012        time 2m 10s       fid50k_full 181.5125\n",
        {
            "sec/kimg": (None, [15.25, 15.125, 15.5], [4.1, 8.2, 12.3], None),
            "fid50k_full": (None, [212.5125, 181.5125], [4, 12], None),
        },
    ),
}
