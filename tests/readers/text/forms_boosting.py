"""Small invented logs of libraries for boosting and other learning on tables, with every curve that must come out: see `forms`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.readers.text.forms import Curve

BOOSTING: dict[str, tuple[str, dict[str, Curve]]] = {
    "catboost": (
        "Learning rate set to 0.03125\n"
        "0:\tlearn: 0.6812500\ttest: 0.6825000\tbest: 0.6825000 (0)\ttotal: 51.2ms\tremaining: 51.2s\n"
        "100:\tlearn: 0.3812500\ttest: 0.4025000\tbest: 0.4025000 (100)\ttotal: 1.2s\tremaining: 10.7s\n"
        "200:\tlearn: 0.2812500\ttest: 0.4125000\tbest: 0.4015000 (122)\ttotal: 2.2s\tremaining: 8.7s\n"
        "Stopped by overfitting detector  (100 iterations wait)\n"
        "\n"
        "bestTest = 0.4015\n"
        "bestIteration = 122\n",
        {
            "learn loss": ("train", [0.68125, 0.38125, 0.28125], [0, 100, 200], None),
            "test loss": ("test", [0.6825, 0.4025, 0.4125], [0, 100, 200], None),
        },
    ),
    "catboost without a test set": (
        "0:\tlearn: 0.5812500\ttotal: 61ms\tremaining: 3.01s\n"
        "1:\tlearn: 0.5512500\ttotal: 71ms\tremaining: 2.01s\n"
        "2:\tlearn: 0.5212500\ttotal: 1m 2s\tremaining: 1.01s\n",
        {
            "learn loss": ("train", [0.58125, 0.55125, 0.52125], [0, 1, 2], None),
        },
    ),
    "catboost, one fit after another": (
        "".join(
            f"fitting fold {fold}\n"
            f"0:\tlearn: 0.{start}0\ttotal: 41ms\tremaining: 3.01s\n"
            f"50:\tlearn: 0.{start - 25}0\ttotal: 71ms\tremaining: 2.01s\n"
            f"99:\tlearn: 0.{start - 40}0\ttotal: 1m 2s\tremaining: 0us\n"
            for fold, start in enumerate((58, 66, 74, 82))
        ),
        {
            "learn loss": (
                "train",
                [value for start in (58, 66, 74, 82) for value in (start / 100, (start - 25) / 100, (start - 40) / 100)],
                [0, 50, 99] * 4,
                None,
            ),
        },
    ),
    "xgboost with a mean over folds": (
        "[0]\ttrain-rmse:0.51250+0.00125\ttest-rmse:0.52250+0.00225\n"
        "[1]\ttrain-rmse:0.41250+0.00125\ttest-rmse:0.43250+0.00225\n"
        "[2]\ttrain-rmse:0.31250+0.00125\ttest-rmse:0.35250+0.00225\n",
        {
            "train-rmse": ("train", [0.5125, 0.4125, 0.3125], [0, 1, 2], None),
            "test-rmse": ("test", [0.5225, 0.4325, 0.3525], [0, 1, 2], None),
        },
    ),
    "scikit-learn perceptron with early stopping": (
        "Iteration 1, loss = 2.31250000\n"
        "Validation score: 0.412500\n"
        "Iteration 2, loss = 1.91250000\n"
        "Validation score: 0.512500\n"
        "Iteration 3, loss = 1.71250000\n"
        "Validation score: 0.532500\n"
        "Validation score did not improve more than tol=0.000100 for 10 consecutive epochs. Stopping.\n",
        {
            "loss": (None, [2.3125, 1.9125, 1.7125], [1, 2, 3], None),
            "Validation score": ("val", [0.4125, 0.5125, 0.5325], [1, 2, 3], None),
        },
    ),
}
