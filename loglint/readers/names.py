"""What the name of a column or key says before anything is known of its values: an axis, a training quantity, a split.

Just enough to tell a log from a table of data; the meaning of a curve is worked out in `loglint.roles`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from loglint.model import Axis, Scalar, Split

Strength = Literal["strong", "weak"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_STEPS = (
    "global_step globalstep trainer_global_step _step step steps global_steps num_updates updates n_updates iteration "
    "iterations iter iters num_iters n_iter training_iteration total_timesteps time_total_timesteps timesteps_total "
    "num_timesteps total_steps timesteps timestep total_env_steps num_env_steps env_steps total_env_interacts "
    "totalenvinteracts timesteps_so_far timestepssofar train_step train_iter training_step misc_total_timesteps "
    "misc_nupdates nupdates num_steps num_steps_sampled update it itr batch batch_idx minibatch tokens num_tokens "
    "tokens_seen total_tokens images_seen kimg progress_kimg samples_seen episode episodes round rounds generation "
    "boosting_round tree trees n_estimators samples step_number current_step opt_step"
).split()
_EPOCHS = (
    "epoch epochs _epoch epoch_num epoch_number num_epoch current_epoch epoch_idx epoch_id ep training_epoch trainer_epoch n_epoch"
).split()
_TIMES = (
    "_timestamp timestamp wall_time walltime wall_clock datetime time_stamp date_time _runtime runtime relative_time "
    "relative_time_process relative_time_wall time_elapsed time_time_elapsed timeelapsed elapsed elapsed_time time_total_s "
    "total_time train_time_total cumulative_time training_time cum_time time t date passed"
).split()
_AXES: dict[str, tuple[Axis, int]] = {
    **{name: ("step", rank) for rank, name in enumerate(_STEPS)},
    **{name: ("epoch", rank) for rank, name in enumerate(_EPOCHS)},
    **{name: ("time", rank) for rank, name in enumerate(_TIMES)},
}
_SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "trn", "learn"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "eval", "evaluation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "tst"), "test"),
}
_STRONG = frozenset(
    (
        "loss losses nll bce ppl perplexity acc accuracy accuracies accu logloss mlogloss merror auc auroc rmse rmsle mae mse "
        "mape smape bleu rouge wer cer f1 iou miou dice psnr ssim fid reward rewards rew elbo kld entropy bpb bpc bpd logprob "
        "loglik xent ce top1 top5 map50 ndcg rouge1 rouge2 rougel rougelsum meteor lr gnorm objective"
    ).split()
)
_WEAK = frozenset(
    (
        "error err score precision recall map ap ar return returns em r2 mcc kl ter hit metric cost fitness energy auprc likelihood"
    ).split()
)
_INSIDE = re.compile(r"loss(?:es)?$|^loss|accuracy|perplexity|entropy|reward|^acc\d|acc$|learning_?rate|grad(?:ient)?_?norm", re.I)
_NOT_INSIDE = frozenset({"gloss", "floss", "glossy", "lossless"})
_PHRASE = re.compile(
    r"learning[ _.-]?rate|grad(?:ient)?s?[ _./-]?(?:global[ _-]?)?norm|m?ap[ _@-]?0?[._:]?\d|(?:hits|acc|prec|recall|ndcg)@", re.I
)
MOST_NAMES = 1024  # that are remembered: among them are those of folders, which are as many as runs
_SUFFIX = re.compile(r"(?:\.(?:gz|zst|bz2|xz|zstd))+$", re.I)


@lru_cache(maxsize=MOST_NAMES)
def plain(name: str) -> str:
    """A name in lower case with underscores for everything else: `Wall time` is `wall_time`."""
    return re.sub(r"(?<!^)[^a-z0-9]+", "_", name.strip().lower()).strip(" ").rstrip("_") or name.strip().lower()


@lru_cache(maxsize=MOST_NAMES)
def words(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: `val_lossCls/top1` is val, loss, cls, top, 1."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=MOST_NAMES)
def axis_of(name: str) -> tuple[Axis, int] | None:
    """The axis a column's name speaks of, and its rank among the names of that axis (0 is the surest); None for no axis."""
    key = plain(name)
    found = _AXES.get(key) or _AXES.get(key.replace("_", ""))
    if found is None and "/" in name:
        head, _, tail = name.rpartition("/")
        if tail and (set(words(head)) & {"train", "trainer", "time", "rollout", "misc", "global", "perf", "info", "general"}):
            inner = _AXES.get(plain(tail))
            found = (inner[0], inner[1] + 50) if inner is not None else None
    return found


@lru_cache(maxsize=MOST_NAMES)
def quantity(name: str) -> Strength | None:
    """Whether a name is a training quantity: surely (`val_loss`), only in company of a step axis (`score`), or not at all."""
    tokens = words(name)
    if any(token in _STRONG or (_INSIDE.search(token) and token not in _NOT_INSIDE) for token in tokens) or _PHRASE.search(name):
        return "strong"
    joined = {f"{a}{b}" for a, b in pairwise(tokens)}
    if joined & _STRONG:
        return "strong"
    return "weak" if any(token in _WEAK for token in tokens) else None


@lru_cache(maxsize=MOST_NAMES)
def split_of(name: str) -> Split | None:
    """The split that a name as a whole stands for (`validation`, `Dev`), None for any other name."""
    return _SPLITS.get(plain(name))


@lru_cache(maxsize=MOST_NAMES)
def split_in(name: str) -> Split | None:
    """The split that one of the words of a name stands for, the first such word deciding."""
    return next((_SPLITS[word] for word in words(name) if word in _SPLITS), None)


def extension(path: str) -> str:
    """The lower-case suffix of a path with the dot, below that of a compression: `.csv` for `a/B.CSV.gz`."""
    name = _SUFFIX.sub("", path.rsplit("/", 1)[-1])
    return "." + name.rsplit(".", 1)[1].lower() if "." in name else ""


def stem(path: str) -> str:
    """The file name without folders and suffix: `loss` for `a/loss.csv.gz`."""
    name = _SUFFIX.sub("", path.rsplit("/", 1)[-1])
    return name.rsplit(".", 1)[0] if "." in name[1:] else name


def folder(path: str) -> str:
    """The folder of a path, "" at the top."""
    return path.rpartition("/")[0]


def flatten(value: object, separator: str, depth: int = 8) -> dict[str, Scalar]:
    """The scalars of nested mappings under joined keys; sequences of up to 16 scalars are written as text, others dropped."""
    found: dict[str, Scalar] = {}
    stack: list[tuple[str, object, int]] = [("", value, 0)]
    while stack and len(found) < 5000:
        prefix, one, level = stack.pop()
        if isinstance(one, dict):
            if level < depth:
                stack.extend(
                    (f"{prefix}{separator}{key}" if prefix else str(key), inner, level + 1) for key, inner in reversed(one.items())
                )
        elif isinstance(one, list):
            if prefix and len(one) <= 16 and all(isinstance(item, str | int | float) for item in one):
                found[prefix] = ", ".join(map(str, one))[:500]
        elif isinstance(one, str | int | float | None) and prefix:
            found[prefix] = one[:500] if isinstance(one, str) else one
    return found
