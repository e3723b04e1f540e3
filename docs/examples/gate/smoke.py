"""A smoke training: a small network learns three spirals, a few hundred steps for each seed, in about a second.

    python smoke.py --out runs --seeds 1 2 3

Writes runs/seed1/metrics.csv and its settings for each seed. The real training differs in size, not in what it logs.
"""

import argparse
import csv
import json
from pathlib import Path

import numpy as np

CLASSES = 3


def spirals(rng, count):
    """Points on three arms that wind around each other, with noise: (count, 2) inputs and (count,) labels."""
    label = rng.integers(0, CLASSES, count)
    along = np.sqrt(rng.uniform(0.05, 1.0, count))
    angle = 4.0 * along + 2 * np.pi * label / CLASSES + rng.normal(0, 0.45, count)
    return np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1), label


def forward(weights, x):
    """Hidden activations and the probability of each class."""
    hidden = np.tanh(x @ weights["w1"] + weights["b1"])
    scores = hidden @ weights["w2"] + weights["b2"]
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, shifted / shifted.sum(axis=1, keepdims=True)


def loss_and_accuracy(weights, x, label):
    """Mean cross-entropy and the share of correct decisions."""
    _, probability = forward(weights, x)
    right = probability[np.arange(len(x)), label]
    return float(-np.log(right).mean()), float((probability.argmax(axis=1) == label).mean())


def train(folder, seed, settings):
    """One training; writes the settings and a line of metrics an epoch."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(settings | {"seed": seed}, indent=1) + "\n", "utf-8")
    rng = np.random.default_rng(seed)
    x, label = spirals(rng, 1024)
    held_x, held_label = spirals(np.random.default_rng(1000), 1024)
    width = settings["width"]
    weights = {
        "w1": rng.normal(0, 1.0, (2, width)),
        "b1": rng.normal(0, 0.5, width),
        "w2": np.zeros((width, CLASSES)),
        "b2": np.zeros(CLASSES),
    }
    speed = {name: np.zeros_like(value) for name, value in weights.items()}
    with (folder / "metrics.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate"])
        for epoch in range(settings["epochs"]):
            order = rng.permutation(len(x))
            rate = settings["lr"] * 0.5 * (1 + np.cos(np.pi * epoch / settings["epochs"]))
            seen = []
            for batch in np.split(order, len(x) // settings["batch_size"]):
                hidden, probability = forward(weights, x[batch])
                seen.append(-np.log(probability[np.arange(len(batch)), label[batch]]).mean())
                error = (probability - np.eye(CLASSES)[label[batch]]) / len(batch)
                back = (error @ weights["w2"].T) * (1 - hidden**2)
                slope = {"w1": x[batch].T @ back, "b1": back.sum(axis=0), "w2": hidden.T @ error, "b2": error.sum(axis=0)}
                for name in weights:
                    speed[name] = settings["momentum"] * speed[name] + slope[name]
                    weights[name] -= rate * speed[name]
            train_accuracy = loss_and_accuracy(weights, x, label)[1]
            val_loss, val_accuracy = loss_and_accuracy(weights, held_x, held_label)
            row = [float(np.mean(seen)), train_accuracy, val_loss, val_accuracy, rate]
            out.writerow([epoch, *(f"{value:.6g}" for value in row)])


def main():
    """Train once for each seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=60)
    asked = parser.parse_args()
    settings = {"lr": asked.lr, "momentum": 0.9, "batch_size": 64, "width": asked.width, "epochs": asked.epochs}
    for seed in asked.seeds:
        train(asked.out / f"seed{seed}", seed, settings)


if __name__ == "__main__":
    main()
