"""What the words of one name say: quantity, component, split. The knowledge is rules/roles.toml, read here and nowhere else.

A name is judged here alone; what its company in a run adds (a bare `loss` beside `val_loss`) lives in `loglint.roles`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Literal, get_args

import msgspec

from loglint.cache import made
from loglint.errors import RuleError
from loglint.model import Direction, Granularity, Split
from loglint.rulebook import find_rules

Quantity = Literal[
    "loss",
    "perplexity",
    "metric",
    "reward",
    "learning_rate",
    "gradient_norm",
    "weight_norm",
    "update_ratio",
    "loss_scale",
    "throughput",
    "step_time",
    "data_time",
    "memory",
    "unknown",
]
QUANTITIES: tuple[str, ...] = get_args(Quantity)
CURVES = frozenset({"loss", "perplexity", "metric", "reward"})  # quantities that say how well the training does
LONGEST_REST = 3  # a phrase of words with more unknown ones beside a metric is a sentence, no name
MAX_NAME = 400  # longer names are judged by their beginning
_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_WORDS = re.compile(r"[^\W_]+")
_ORDINAL = re.compile(r"#\d+")  # Caffe's "net output #0"
_NUMBERED = re.compile(r"([a-z]+)(\d+)$")


class _Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    quantity: Quantity
    direction: Direction
    names: tuple[str, ...]
    component: str | None = None
    alone: bool = False  # only when nothing but splits and ignored words stands beside it
    evaluation: bool = False  # measured on held-out data whenever it is measured
    split: Split | None = None  # where the phrase itself says it


class _Splits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    train: frozenset[str]
    val: frozenset[str]
    test: frozenset[str]


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ignored: frozenset[str]
    average: frozenset[str]
    derived: frozenset[str]
    not_loss: frozenset[str]
    dataset: frozenset[str]
    step: frozenset[str]
    epoch: frozenset[str]


class Trait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of training known by its company; `frees` names the loss components that need not fall."""

    name: str
    needs: tuple[frozenset[str], ...]
    frees: Literal["all"] | tuple[str, ...]
    why: str


class _Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inner: frozenset[str]
    plain: frozenset[str]
    rank: frozenset[str]


class Knowledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """rules/roles.toml as it stands."""

    spelling: dict[str, str]
    split: _Splits
    words: _Words
    role: tuple[_Role, ...]
    component: dict[str, tuple[str, ...]]
    trait: tuple[Trait, ...]
    layout: _Layout
    layers: dict[str, tuple[str, ...]]


class Name(msgspec.Struct, frozen=True):
    """What one name says by itself. `rest` are the words that nothing accounts for, in order."""

    words: tuple[str, ...]
    quantity: str = "unknown"
    component: str | None = None
    direction: Direction = "none"
    split: Split | None = None
    dataset: str | None = None
    rest: tuple[str, ...] = ()
    known_rest: bool = False  # every word of `rest` is a known part of a loss
    phrase: str = ""
    split_word: str = ""
    average: bool = False
    derived: str = ""
    evaluation: bool = False
    granularity: Granularity | None = None


@cache
def knowledge() -> Knowledge:
    """rules/roles.toml, validated once. Raises RuleError naming the file when it is malformed."""
    path = find_rules() / "roles.toml"
    try:
        text = path.read_bytes()
        return made(Knowledge, [text], lambda: _knowledge(text))
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise RuleError(f"{path.name}: {error}; restore it from the distribution or correct the key") from error


def _knowledge(text: bytes) -> Knowledge:
    import tomllib

    return msgspec.convert(tomllib.loads(text.decode("utf-8")), Knowledge)


@cache
def _phrases() -> Mapping[str, tuple[tuple[tuple[str, ...], int, _Role], ...]]:
    """Phrases by their first word, longest first, then in the order of the file."""
    by_first: dict[str, list[tuple[tuple[str, ...], int, _Role]]] = {}
    for rank, role in enumerate(knowledge().role):
        for name in role.names:
            phrase = tuple(name.split())
            by_first.setdefault(phrase[0], []).append((phrase, rank, role))
    return {first: tuple(sorted(found, key=lambda x: (-len(x[0]), x[1]))) for first, found in by_first.items()}


@cache
def _benchmarks() -> frozenset[str]:
    return frozenset(name for role in knowledge().role if role.evaluation for name in role.names)


@cache
def _components() -> Mapping[str, str]:
    return {word: canonical for canonical, words in knowledge().component.items() for word in (canonical, *words)}


@cache
def _spelling() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(knowledge().spelling, key=len, reverse=True)))


def component_word(word: str) -> str:
    """The canonical word for a part of a loss ("bbox" -> "box"); an unknown word stays as it is."""
    return _components().get(word, word)


def is_component(word: str) -> bool:
    """Whether a word is known as a part of a loss."""
    return word in _components()


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: cut at capitals and at everything that is no letter or digit."""
    spelled = _spelling().sub(lambda match: knowledge().spelling[match.group()], _ORDINAL.sub(" ", name[:MAX_NAME]))
    return tuple(_WORDS.findall(_CAPITALS.sub(" ", spelled).lower()))


def split_of(word: str) -> Split | None:
    """The split that a word names, if it names one."""
    splits = knowledge().split
    if word in splits.train:
        return "train"
    if word in splits.val:
        return "val"
    return "test" if word in splits.test else None


@lru_cache(maxsize=65536)
def parse(name: str) -> Name:
    """What `name` says by itself; quantity "unknown" when no phrase of the book is in it."""
    words = tuple(part for word in _spoken(words_of(name), name) for part in _parted(word))
    split, split_word, taken, dataset = _split(words)
    found = _longest(words, taken)
    if found is None and taken:  # "test error rate": a word of the phrase looked like a split
        found = _longest(words, frozenset())
    derived, average, granularity = _manner(words, found[0] if found else range(0), taken)
    if found is None:
        rest = tuple(w for i, w in enumerate(words) if i not in taken)
        return Name(words, split=split, dataset=dataset, rest=rest, split_word=split_word, derived=derived, average=average)
    span, role = found
    rest = tuple(word for word in _rest(words, set(span) | taken) if role.quantity != "loss" or word not in role.names)
    component, rest = _at(role, rest)
    said = words_of(name.rpartition(": ")[2])  # `PPO_CartPole-v0_0: reward`: what stands before says of what, not what
    if role.quantity in ("metric", "reward") and " " in name and min(len(rest), len(said) - 1) > LONGEST_REST:
        return Name(words, split=split, dataset=dataset, rest=rest, split_word=split_word)
    return Name(
        words=words,
        quantity=role.quantity,
        component=component,
        direction=role.direction,
        split=split or role.split,
        dataset=dataset,
        rest=rest,
        known_rest=bool(rest) and all(word in _components() or word.isdigit() for word in rest),
        phrase=" ".join(words[i] for i in span),
        split_word=split_word or (" ".join(words[i] for i in span) if role.split else ""),
        average=average,
        derived=derived,
        evaluation=role.evaluation or " ".join(rest) in _benchmarks(),
        granularity=granularity,
    )


def _spoken(words: tuple[str, ...], name: str) -> tuple[str, ...]:
    """`l_g_pix` -> loss, g, pix: an `l_` before other words is short for a loss."""
    return ("loss", *words[1:]) if name.startswith("l_") and words[1:] and words[1].isalpha() else words


def _parted(word: str) -> tuple[str, ...]:
    """`loss1` -> loss, 1, where the whole is no word of the book and its beginning is."""
    if word in _phrases() or word in _components() or split_of(word):
        return (word,)
    match = _NUMBERED.match(word)
    if match and (split_of(match[1]) or any(phrase == (match[1],) for phrase, _, _ in _phrases().get(match[1], ()))):
        return match[1], match[2]
    for tail in ("loss", "acc", "accuracy"):  # "trainloss", "valacc", "boxloss", "closs"
        head = word.removesuffix(tail)
        known = bool(split_of(head)) or head in _components() or (tail == "loss" and word not in knowledge().words.not_loss)
        if head != word and head and known:
            return head, tail
    part = word.removeprefix("loss")  # "lossbox"
    return ("loss", part) if part != word and (part in _components() or part in knowledge().words.ignored) else (word,)


def _split(words: tuple[str, ...]) -> tuple[Split | None, str, frozenset[int], str | None]:
    """The split (the last word that names one), that word, the places it takes, and the number of a dataset behind it."""
    places = [i for i, word in enumerate(words) if split_of(word)]
    if len(words) > 1:  # "learning rate", "training time": a split word is a word beside others
        places = [i for i in places if not (words[i] == "learn" and words[i + 1 : i + 2] == ("rate",))]
    heralds = [*places[-1:], *(i for i, word in enumerate(words) if word in knowledge().words.dataset)]
    number = next((i + 1 for i in heralds if i + 1 < len(words) and words[i + 1].isdigit() and len(words[i + 1]) < 4), None)
    dataset = None if number is None else words[number]
    taken = frozenset(places if number is None else (*places, number))
    if not places:
        return None, "", taken, dataset
    return split_of(words[places[-1]]), words[places[-1]], taken, dataset


def _longest(words: tuple[str, ...], taken: frozenset[int]) -> tuple[range, _Role] | None:
    """The places and role of the longest phrase whose words stand together once those in `taken` are left out."""
    kept = [i for i in range(len(words)) if i not in taken]
    left = tuple(words[i] for i in kept)
    ignored = knowledge().words.ignored | knowledge().words.average
    bare = sum(word not in ignored for word in left)
    best: tuple[int, int, int, _Role] | None = None
    for start, word in enumerate(left):
        for phrase, rank, role in _phrases().get(word, ()):
            size = len(phrase)
            if left[start : start + size] != phrase or (role.alone and bare > sum(w not in ignored for w in phrase)):
                continue
            if best is None or (-size, rank) < (-best[1], best[2]):
                best = (start, size, rank, role)
            break
    if best is None:
        return None
    start, size, _, role = best
    return range(kept[start], kept[start + size - 1] + 1), role


def _manner(words: tuple[str, ...], span: range, taken: frozenset[int]) -> tuple[str, bool, Granularity | None]:
    """A word that makes the name a statistic, whether it is an average, and the granularity that a suffix says."""
    lexicon = knowledge().words
    own = {words[i] for i in span}
    others = [word for i, word in enumerate(words) if i not in span and i not in taken and word not in own]
    derived = next((word for word in others if word in lexicon.derived and not (word == "last" and _is_window(words))), "")
    granularity: Granularity | None = None
    if len(words) > 1 and others and words[-1] == others[-1]:
        granularity = "step" if words[-1] in lexicon.step else "epoch" if words[-1] in lexicon.epoch else None
    if granularity is None and len(words) > 1 and others and words[0] == others[0] and words[0] in lexicon.epoch:
        granularity = "epoch"
    return derived, any(word in lexicon.average for word in others), granularity


def _is_window(words: tuple[str, ...]) -> bool:
    """Whether `last` says over how many records a mean is taken: `mean reward (last 100 episodes)`."""
    after = words[words.index("last") + 1 :]
    return bool(after) and after[0].isdigit() and any(word in knowledge().words.average for word in words)


def _rest(words: tuple[str, ...], taken: set[int]) -> tuple[str, ...]:
    lexicon = knowledge().words
    silent = lexicon.ignored | lexicon.average | lexicon.dataset
    return tuple(word for i, word in enumerate(words) if i not in taken and word not in silent)


def _at(role: _Role, rest: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """A metric's cut-off belongs to its component: recall@10 is recall_10."""
    if role.quantity != "metric" or not rest or not all(word.isdigit() for word in rest) or len(rest) > 2:
        return role.component, rest
    return f"{role.component}_{'_'.join(rest)}", ()
