"""Small invented logs of frameworks for language and speech, with every curve of a loss or metric that must come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.readers.text.forms import Curve

_WIDTH = 97  # of the terminal


def _wrapped(line: str) -> str:
    return "".join(line[at : at + _WIDTH] + "\n" for at in range(0, len(line), _WIDTH))


def _printed(header: tuple[str, ...], rows: tuple[tuple[object, ...], ...]) -> str:
    """A table as Chainer's PrintReport prints it, its bars between."""
    widths = [max(10, len(name)) for name in header]
    bar = "     total [#.................................................]  2.67%\nthis epoch [#####.....................] 20.00%\n"
    lines = ("  ".join(f"{cell!s:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in (header, *rows))
    return bar.join(line + "\n" for line in lines)


LANGUAGE: dict[str, tuple[str, dict[str, Curve]]] = {
    "megatron wrapped by a terminal": (
        "".join(
            _wrapped(
                f" [2024-05-01 10:00:{n:02d}] iteration {n:8d}/     100 | consumed samples: {256 * n:12d} | elapsed time per "
                f"iteration (ms): 1021.3 | learning rate: {n}.500000E-05 | global batch size:   256 | lm loss: {loss:.6f}E+00 | "
                f"loss scale: 1.0 | grad norm: {norm} | number of skipped iterations:   0 | number of nan iterations:   0 |"
            )
            for n, loss, norm in ((1, 9.8125, 5.125), (2, 9.4125, 4.125), (3, 8.9125, 3.125), (4, 8.5125, 2.125))
        ),
        {
            "learning rate": (None, [1.5e-05, 2.5e-05, 3.5e-05, 4.5e-05], [1, 2, 3, 4], None),
            "lm loss": (None, [9.8125, 9.4125, 8.9125, 8.5125], [1, 2, 3, 4], None),
            "loss scale": (None, [1, 1, 1, 1], [1, 2, 3, 4], None),
            "grad norm": (None, [5.125, 4.125, 3.125, 2.125], [1, 2, 3, 4], None),
        },
    ),
    "tensorflow estimator": (
        "INFO:tensorflow:Using config: {'_model_dir': './model', '_save_summary_steps': 100}\n"
        "INFO:tensorflow:loss = 2.3125, step = 1\n"
        "INFO:tensorflow:global_step/sec: 151.125\n"
        "INFO:tensorflow:loss = 0.8125, step = 101 (0.663 sec)\n"
        "INFO:tensorflow:global_step/sec: 152.125\n"
        "INFO:tensorflow:loss = 0.6125, step = 201 (0.653 sec)\n"
        "INFO:tensorflow:Loss for final step: 0.5125.\n"
        "INFO:tensorflow:Saving dict for global step 300: accuracy = 0.8125, global_step = 300, loss = 0.7125\n"
        "I0501 10:00:00.123456 140012 basic_session_run_hooks.py:260] loss = 0.4125, step = 301 (0.653 sec)\n"
        "I0501 10:00:01.123456 140012 basic_session_run_hooks.py:260] loss = 0.3125, step = 401 (0.653 sec)\n",
        {
            "loss": (None, [2.3125, 0.8125, 0.6125, 0.4125, 0.3125], [1, 101, 201, 301, 401], None),
            "Loss for final step": (None, [0.5125], [201], None),
            "accuracy": ("val", [0.8125], [300], None),
            "Saving dict: loss": ("val", [0.7125], [300], None),
        },
    ),
    "trl": (
        "{'loss': '2.3125', 'grad_norm': '1.125', 'learning_rate': '1e-05', 'entropy': '1.5125', 'num_tokens': '1.024e+04', "
        "'mean_token_accuracy': '0.5125', 'epoch': '0.1'}\n"
        "{'loss': '2.1125', 'grad_norm': '1.025', 'learning_rate': '9e-06', 'entropy': '1.4125', 'num_tokens': '2.048e+04', "
        "'mean_token_accuracy': '0.5625', 'epoch': '0.2'}\n",
        {
            "loss": (None, [2.3125, 2.1125], None, [0.1, 0.2]),
            "grad_norm": (None, [1.125, 1.025], None, [0.1, 0.2]),
            "learning_rate": (None, [1e-05, 9e-06], None, [0.1, 0.2]),
            "entropy": (None, [1.5125, 1.4125], None, [0.1, 0.2]),
            "mean_token_accuracy": (None, [0.5125, 0.5625], None, [0.1, 0.2]),
        },
    ),
    "torchtune metric logger": (
        "Step 1 | loss:1.8125 lr:2e-06 tokens_per_second_per_gpu:812.5 grad_norm:4.125 \n"
        "Step 2 | loss:1.7125 lr:4e-06 tokens_per_second_per_gpu:822.5 grad_norm:3.125 \n"
        "Step 3 | loss:1.6125 lr:6e-06 tokens_per_second_per_gpu:832.5 grad_norm:2.125 \n",
        {
            "loss": (None, [1.8125, 1.7125, 1.6125], [1, 2, 3], None),
            "lr": (None, [2e-06, 4e-06, 6e-06], [1, 2, 3], None),
            "grad_norm": (None, [4.125, 3.125, 2.125], [1, 2, 3], None),
        },
    ),
    "espnet of its first edition": (
        _printed(
            (
                "epoch",
                "iteration",
                "main/loss",
                "main/loss_ctc",
                "validation/main/loss",
                "main/acc",
                "validation/main/acc",
                "elapsed_time",
            ),
            (
                (0, 100, 312.125, 412.125, "", 0.0512, "", 61.125),
                (0, 200, 292.125, 382.125, "", 0.1012, "", 121.125),
                (1, 300, 272.125, 352.125, 252.125, 0.1512, 0.2012, 181.125),
                (1, 400, 252.125, 332.125, "", 0.2512, "", 241.125),
                (1, 500, 242.125, 322.125, "", 0.2712, "", 301.125),
                (2, 600, 232.125, 312.125, 222.125, 0.3512, 0.3012, 361.125),
            ),
        ),
        {
            "main/loss": (
                None,
                [312.125, 292.125, 272.125, 252.125, 242.125, 232.125],
                [100, 200, 300, 400, 500, 600],
                [0, 0, 1, 1, 1, 2],
            ),
            "main/loss_ctc": (
                None,
                [412.125, 382.125, 352.125, 332.125, 322.125, 312.125],
                [100, 200, 300, 400, 500, 600],
                [0, 0, 1, 1, 1, 2],
            ),
            "main/acc": (
                None,
                [0.0512, 0.1012, 0.1512, 0.2512, 0.2712, 0.3512],
                [100, 200, 300, 400, 500, 600],
                [0, 0, 1, 1, 1, 2],
            ),
            "validation/main/loss": ("val", [252.125, 222.125], [300, 600], [1, 2]),
            "validation/main/acc": ("val", [0.2012, 0.3012], [300, 600], [1, 2]),
        },
    ),
}
