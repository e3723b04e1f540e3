"""Which runs may be held against each other: repeats of one training, the runs of one sweep, the company of one folder.

Unrelated trainings that happen to lie below one path must not meet here, so every kind asks for equal curves or equal kinds of
settings, and settings count only where hyper-parameters were recognised among them. The groups themselves are made by
`loglint.gathered`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b

import msgspec

from loglint.outcomes import Form, Outcome

RECOGNISED = 2  # hyper-parameters beside the seed that make two settings comparable
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# Words of settings that tell runs apart and change nothing in the training.
_LABELS = frozenset(
    "seed seeds name names id ids uuid dir dirs directory path paths file files folder root output outputs out log logs logging "
    "logger date time timestamp started created host hostname port pid user url device devices gpu gpus cuda rank node local "
    "world worker workers num save saves saving saved print verbose wandb tensorboard tags tag notes note comment group project "
    "entity checkpoint checkpoints ckpt run runs trial trials experiment exp version index job slurm display plot tqdm "
    "progress bar interval freq frequency every steps args cfg config configs trainer hydra master addr address report to random "
    "manual global state".split()
)
# Alone they may be what is trained, on what, from what and for how long.
_NOT_LABELS = frozenset(
    {(word,) for word in "steps time interval world state random version name root path file dir folder checkpoint ckpt".split()}
    | {("num", "steps"), ("global", "steps"), ("random", "steps")}
)
_SUBJECT = frozenset("data dataset datasets task tasks env environment corpus benchmark".split())


@lru_cache(maxsize=4096)
def is_label(key: str) -> bool:
    """Whether a setting only names a run, a place or a machine: every word of its key says so."""
    words = tuple(word.lower() for word in _WORDS.findall(key))
    return words[:1] == ("hydra",) or (words not in _NOT_LABELS and all(word in _LABELS or word.isdigit() for word in words))


def seed_of(outcome: Outcome) -> float | int | str | None:
    """The run's recorded seed."""
    return outcome.known[outcome.form.facts.index("seed")] if "seed" in outcome.form.facts else None


def listed(names: Iterable[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    shown = list(names)
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


class Own(msgspec.Struct, frozen=True):
    """Of the settings of one form those that are no labels: where they stand, and those of the subject; what runs of this form
    have in common that are repeats, of one sweep, in company."""

    places: tuple[int, ...]
    subject: tuple[tuple[str, int], ...]
    recognised: int
    repeat: str
    sweep: str
    company: str


def own_settings(form: Form) -> Own:
    """What runs are grouped by that is the same for all of one form."""
    own = sorted((key, i) for i, key in enumerate(form.settings) if not is_label(key))
    keys = [key for key, _ in own]
    objective = next((one for one in form.scores if one[0] == "train/objective"), form.scores[0] if form.scores else None)
    return Own(
        places=tuple(i for _, i in own),
        subject=tuple((key, i) for key, i in own if _is_subject(key)),
        recognised=len(set(form.facts) - {"seed", "warmup"}),
        repeat=_short((form.curves, keys)),
        sweep=_short((objective and (objective[1], objective[3]), keys)),
        company=_short(form.curves),
    )


def _short(value: object) -> str:
    """A text of few letters that stands for a value."""
    return blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _repeat(outcome: Outcome, own: Own) -> str | None:
    if own.recognised < RECOGNISED or not outcome.form.scores:
        return None
    return own.repeat + repr([outcome.values[i] for i in own.places])


def _sweep(outcome: Outcome, own: Own) -> str | None:
    if own.recognised < RECOGNISED or not outcome.form.scores:
        return None
    return own.sweep + repr([(key, value) for key, i in own.subject if isinstance(value := outcome.values[i], str)])


def _is_subject(key: str) -> bool:
    return any(word.lower() in _SUBJECT for word in _WORDS.findall(key))


def _company(outcome: Outcome, own: Own) -> str | None:
    return own.company + posixpath.dirname(outcome.run) if outcome.form.scores else None


KINDS: Mapping[str, str] = {
    "each": "each run alone",
    "repeats": "runs of equal curves and settings, but for the seed, names, places and machines",
    "sweep": "runs of one objective on the same data, with the same keys of settings",
    "compared": "the runs of BASE and of HEAD that belong together, in `loglint compare`",
    "company": "runs of equal curves in one folder",
}
# What runs of one cohort have in common, as a text; None of a run that belongs to none. `each` and `compared` are no groups.
GROUPS: Mapping[str, Callable[[Outcome, Own], str | None]] = {"repeats": _repeat, "sweep": _sweep, "company": _company}
