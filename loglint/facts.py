"""Settings beside a log -> the hyper-parameters that rules and remedies speak of, and settings that are fit to be shown.

Recognises values by the usual names of their keys, most specific first, and says which key each came from. Reading files
of settings is the business of `loglint.readers.config`; what a fact means for a rule stands in the rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

import msgspec

from loglint.model import Scalar

MAX_SHOWN = 500
REDACTED = "[redacted]"


class Fact(msgspec.Struct, frozen=True):
    """A recognised hyper-parameter and the key of the settings it came from."""

    value: float | int | str
    key: str


class _Name(msgspec.Struct, frozen=True):
    """The keys under which one fact is written, surest first, with spaces between."""

    keys: str
    convert: Callable[[Scalar], float | int | str | None]


def _positive(value: Scalar) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _at_least_zero(value: Scalar) -> float | None:
    number = _number(value)
    return number if number is not None and number >= 0 else None


def _count(value: Scalar) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number >= 1 and number == int(number) else None


def _whole(value: Scalar) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) else None


def _number(value: Scalar) -> float | int | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value.replace("_", "")) if value.strip() else None
        except ValueError:
            return None
    return value if value is not None and abs(value) < 1e18 else None


def _fraction(value: Scalar) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number < 1 else None


def _second_beta(value: Scalar) -> float | None:
    """beta2, alone or as the last of Adam's two betas, written "0.9, 0.999"."""
    last = value.strip("()[] ").split(",")[-1] if isinstance(value, str) else value
    number = _number(last)
    return float(number) if number is not None and 0.5 <= number < 1 else None


def _word(value: Scalar) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    last = re.split(r"[./\\]", value.strip())[-1]
    name = re.match(r"[A-Za-z][\w-]*", last)
    return (
        name.group() if name and len(name.group()) <= 60 and name.group().lower() not in ("none", "null", "true", "false") else None
    )


_NAMES: dict[str, _Name] = {
    "learning_rate": _Name(
        "learning_rate lr base_lr initial_lr init_lr initial_learning_rate learning_rate_init max_lr peak_lr lr0 "
        "optimizer.lr optim.lr optimizer_lr optimizer.params.lr blr start_lr base_learning_rate solver.base_lr "
        "max_learning_rate alpha_lr eta",
        _positive,
    ),
    "batch_size": _Name(
        "train_batch_size global_batch_size total_batch_size batch_size per_device_train_batch_size "
        "train_micro_batch_size_per_gpu batch bs batchsize samples_per_gpu micro_batch_size mini_batch_size "
        "minibatch_size ims_per_batch solver.ims_per_batch sgd_minibatch_size train.batch_size batch_size_per_gpu "
        "device_batch_size max_tokens",
        _count,
    ),
    "epochs": _Name(
        "num_train_epochs epochs num_epochs max_epochs n_epochs max_epoch nb_epochs total_epochs training_epochs "
        "trainer.max_epochs n_epoch epoch",
        _positive,
    ),
    "max_steps": _Name(
        "max_steps max_iters max_iter total_steps num_steps num_iterations max_update train_iters total_timesteps "
        "num_train_steps max_train_steps solver.max_iter trainer.max_steps training_steps",
        _count,
    ),
    "optimizer": _Name(
        "optimizer optim optimizer_name optimizer_type optimizer.name optimizer.type optimizer._target_ opt optim.name "
        "optim.type optimizer.class_name solver.optimizer optimiser optimizer_class optim._target_",
        _word,
    ),
    "num_classes": _Name(
        "num_classes n_classes nb_classes num_class num_labels n_class nclass classes nc number_of_classes vocab_size "
        "padded_vocab_size n_vocab output_dim num_outputs",
        _count,
    ),
    "seed": _Name("seed random_seed random_state manual_seed global_seed rng_seed seed_everything rand_seed", _whole),
    "warmup_ratio": _Name("warmup_ratio warmup_proportion warmup_fraction warmup_frac pct_start warmup", _fraction),
    "warmup_steps": _Name(
        "warmup_steps num_warmup_steps warmup_iters warmup_updates lr_warmup_steps warmup_iterations n_warmup_steps "
        "solver.warmup_iters lr_warmup_iters warmup_step warmup",
        _count,
    ),
    "warmup_epochs": _Name("warmup_epochs warmup_epoch num_warmup_epochs lr_warmup_epochs", _positive),
    "weight_decay": _Name("weight_decay wd l2 weight_decay_rate optimizer.weight_decay l2_reg optim.weight_decay", _at_least_zero),
    "momentum": _Name("momentum optimizer.momentum sgd_momentum optim.momentum beta1 adam_beta1", _at_least_zero),
    "beta2": _Name("adam_beta2 beta2 beta_2 adam_b2 b2 optimizer.betas optim.betas adam_betas betas", _second_beta),
    "gradient_clip": _Name(
        "max_grad_norm gradient_clip_val grad_clip clip_grad clip_grad_norm gradient_clip clip_norm grad_norm_clip "
        "clip_gradients gradient_clipping clipnorm grad_clip_norm grad_clip_val gradient_clip_norm clip max_norm",
        _positive,
    ),
    "gradient_accumulation": _Name(
        "gradient_accumulation_steps accumulate_grad_batches grad_accum_steps accum_iter update_freq accumulation_steps",
        _count,
    ),
    "dropout": _Name("dropout dropout_rate dropout_p drop_rate dropout_prob hidden_dropout_prob drop", _fraction),
    "label_smoothing": _Name("label_smoothing label_smoothing_factor smoothing ls", _fraction),
    "loss_function": _Name("loss_function loss_fn criterion loss_type loss objective loss_name loss.name loss_func", _word),
    "model": _Name(
        "model_name_or_path model_name model arch architecture model_type model.name backbone net network model_id",
        _word,
    ),
}

_SECRET = re.compile(
    r"(?:^|[_.\-/])(?:token|secret|password|passwd|pwd|passphrase|credential|auth|authorization|apikey|cookie|bearer|sas|signature)s?"
    r"(?:$|[_.\-/])|(?:api|access|secret|private)[_-]?key|webhook|connection[_-]?string|dsn$"
    r"|(?:hf|wandb|hub|github|gitlab|openai|aws|azure|auth|access|refresh|bot)[_-]?(?:token|key|secret)",
    re.I,
)
_NO_SECRET = re.compile(
    r"(?:^|[_.\-/])(?:(?:eos|bos|pad|unk|mask|sep|cls|image|special|num|max|min|n)[_-]tokens?|tokens?[_-](?:per|seen|count|id|length)\w*)",
    re.I,
)
_PERSON = re.compile(
    r"(?:^|[_.\-/])(?:user(?:_?name)?|owner|author|e?mail|login|entity|host(?:_?name)?|node(?:_?name|_ip)?|server|machine|computer_?name"
    r"|ip(?:_?addr(?:ess)?)?|master_(?:addr|port)|logname|email_address|phone|dist_url)$",
    re.I,
)
_VALUE_SECRET = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|glpat-[\w-]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}|[0-9a-f]{40})\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"\b([a-z][a-z0-9+.-]*)://[^\s,;'\"\])}]+", re.I)
_ADDRESS = re.compile(
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])(?::\d+)?|(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?![\w:])", re.I
)
_HOME = re.compile(
    r"((?:/home|/Users|/scratch|/data/home|(?:/data|/gpfs)?/users|/mnt/home|[A-Z]:\\+(?:Users|Documents and Settings))[/\\]+)"
    r"[^/\\\s,;:'\"]+",
    re.I,
)
_HOST = re.compile(
    r"\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|org|net|edu|io|ai|dev|gov|local|lan|internal|cluster|corp|home|cn|de|uk|fr|jp|ch|eu|ru|kr|in|us)\b(?!\.\w)",
    re.I,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def facts(config: Mapping[str, Scalar]) -> dict[str, Fact]:
    """The recognised hyper-parameters among flattened settings, under loglint's names.

    A key matches whole, or by its last dotted parts (`optimizer.lr`, then `lr`), case and `-` aside; the surest name wins,
    among equals the shortest key. A value of the wrong kind (a batch size of 0.5) is not taken.
    """
    by_key: dict[str, list[str]] = {}
    for key in sorted(config, key=lambda one: (len(one), one)):
        plain = key.strip().lower().lstrip("-").replace("-", "_").replace("/", ".")
        parts = plain.split(".")
        for start in range(max(0, len(parts) - 3), len(parts)):
            by_key.setdefault(".".join(parts[start:]), []).append(key)
    met = sorted(place for key in by_key.keys() & _spellings().keys() for place in _spellings()[key])
    found: dict[str, Fact] = {}
    for _, _, name, spelling in met:
        fact = None if name in found else _first(config, by_key[spelling], _NAMES[name])
        if fact is not None:
            found[name] = fact
    return found


@cache
def _spellings() -> dict[str, list[tuple[int, int, str, str]]]:
    """By spelling, the facts that it may be: (place of the fact among all, of the spelling among the fact's, fact, spelling)."""
    places: dict[str, list[tuple[int, int, str, str]]] = {}
    for i, (name, wanted) in enumerate(_NAMES.items()):
        for k, spelling in enumerate(wanted.keys.split()):
            places.setdefault(spelling, []).append((i, k, name, spelling))
    return places


def facts_of(config: Mapping[str, Scalar]) -> dict[str, float | int | str]:
    """The values of `facts`; `warmup` is that of the warm-up in steps, else as a ratio of the run, else in epochs."""
    values = {name: fact.value for name, fact in facts(config).items()}
    warmup = next((values[name] for name in ("warmup_steps", "warmup_ratio", "warmup_epochs") if name in values), None)
    return values if warmup is None else {**values, "warmup": warmup}


def _first(config: Mapping[str, Scalar], keys: list[str], wanted: _Name) -> Fact | None:
    for key in keys:
        value = wanted.convert(config[key])
        if value is not None:
            return Fact(value, key)
    return None


def redact(config: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The settings as they may be shown: no secrets, e-mails, hosts, users, addresses or control characters; at most 500.

    A key that speaks of a secret or a person loses its value; elsewhere only the telling part of a text is replaced.
    """
    return {_shown_key(key): _redacted(key, value) for key, value in list(config.items())[:MAX_SHOWN]}


@lru_cache(maxsize=4096)
def _shown_key(key: str) -> str:
    return _EMAIL.sub(REDACTED, _VALUE_SECRET.sub(REDACTED, _CONTROL.sub(" ", key)))


def _redacted(key: str, value: Scalar) -> Scalar:
    if value is None or isinstance(value, bool):
        return value
    secret, personal = _confidential(key)
    if secret and not (isinstance(value, int | float) and abs(value) < 1e6):
        return REDACTED if value != "" else value
    if personal and isinstance(value, str) and value:
        return REDACTED
    return redact_text(value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _confidential(key: str) -> tuple[bool, bool]:
    """Whether a key speaks of a secret, and of a person."""
    return _SECRET.search(key) is not None and _NO_SECRET.search(key) is None, _PERSON.search(key) is not None


@lru_cache(maxsize=1024)
def redact_text(text: str) -> str:
    """A text from a log without secrets, e-mails, users in paths, hosts, addresses, and control characters."""
    text = _CONTROL.sub(" ", text)
    text = _VALUE_SECRET.sub(REDACTED, text)
    text = _URL.sub(lambda match: f"{match.group(1)}://{REDACTED}", text)
    text = _EMAIL.sub(REDACTED, text)
    text = _HOME.sub(lambda match: match.group(1) + REDACTED, text)
    text = _ADDRESS.sub(REDACTED, text)
    return _HOST.sub(REDACTED, text)
