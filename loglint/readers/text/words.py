"""The vocabulary of training logs: what a name counts, measures, or belongs to, told from its words alone.

Only what is needed to tell a training record from other text; what a curve means in full is the business of
`loglint.roles`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from loglint.model import Split

Strength = Literal["strong", "weak", "none"]

_PIECES = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")
_SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "trn", "trl", "learn", "learning's"), "train"),
    **dict.fromkeys(
        ("val", "valid", "validation", "validate", "validating", "dev", "devel", "eval", "evaluation", "evaluating"), "val"
    ),
    **dict.fromkeys(("crossval", "cv", "heldout", "holdout", "validset", "vali"), "val"),
    **dict.fromkeys(("test", "testing", "tst", "tel", "testset"), "test"),
}
_EPOCH = frozenset({"epoch", "ep", "epo", "epochs", "epoche"})
_STEP = frozenset(
    "iter iters iteration iterations it itr itn step steps batch minibatch mb update updates nupdates round timestep timesteps "
    "episode episodes kimg sequences progress tick generation chunk ups".split()
)
_STEP_NAMES = frozenset(
    {
        "step",
        "up",
        "s",
        "i",
        "n",
        "#",
        "up.",
        "ep.",
        "global_step",
        "globalstep",
        "num_updates",
        "total_timesteps",
        "total timesteps",
    }
    | {"num_env_steps", "totalenvinteracts", "total_num_steps", "env_steps", "total_steps", "train_steps", "timesteps_total"}
    | {"num_steps_trained", "current_step", "total num steps", "total num timesteps", "iters_done", "boosting round"}
)
_NOT_COUNTER = frozenset(
    "per every number num max min total time avg average size best loss acc rate lr interval s/ sec remaining "
    "eta left took elapsed "
    "warmup decay save log skipped nan length samples speed".split()
)
COUNTER = 5  # words that the name of a counter has at most
_EARNED = frozenset("reward rewards rew return returns ret score scores".split())  # `Episode Return` counts nothing
_COUNTED_WITH = frozenset(
    "at after starting begin start completed finished done inner outer mini micro global this step|epoch running trainer".split()
)
_STRONG = frozenset(
    "loss losses closs cost nll ppl perplexity perp bpb bpc bpd acc accuracy accu tokenacc err error errors "
    "errs prec precision recall rec "
    "map ap ar auc auroc auprc roc f1 f2 fbeta fscore fmeasure iou miou giou bleu sacrebleu rouge meteor cider"
    " chrf ter wer cer mer rmse "
    "mae mape mse smape rmsle l1 l2 logloss logloss xent ce bce crossentropy entropy reward rewards rew return"
    " returns ret score kl kld elbo "
    "ndcg mrr hr hit dice psnr ssim lpips fid mcc kappa r2 objf objective obj likelihood loglik lik logprob pplx smoothl1 xentropy "
    "hmean "
    "deviance gini poisson quantile huber mlogloss merror rec5 pixacc top1 top5 las uas spearman pearson corr "
    "trl tel vloss tloss ler ctc mel energy divergence regret hinge triplet cycle idt gan box cls dfl fitness".split()
)
_STRONG_PHRASES = re.compile(
    r"loss|accura|perplex|entropy|"
    r"top[-_ ]?[15k]\b|acc@|prec@|rec@|"
    r"hits?@|recall@|ndcg@|map@|map_?50|average[-_ ]?reward|mean[-_ ]?reward|log[-_ ]?lik|neg[-_ ]log|objective|"
    r"^translation$|error|reward|return|(?:^|[^a-z])rew(?:$|[^a-z])|auc|f1|ents_|iou|rmse|(?:^|[^a-z])mse|psnr|score",
    re.I,
)
_WEAK = re.compile(
    r"(?:^|[^a-z])(?:lr|lrate|lrm|learning[-_ ]?rate|learn_rate|g?norm|grad|gnorm|loss[-_ ]?scale|scale|wps|ups"
    r"|tps|fps|speed|throughput|mfu|"
    r"memory|mem|max_mem|gpu_mem|data(?:[-_ ]?time)?|data_cost|batch_cost|ips|time|step_time|seconds|tflops|tflop|"
    r"weight[-_ ]?decay|momentum|temperature|clip|clipfrac|value|v|sigma|std|kl|beta|alpha|dropout)(?:$|[^a-z])"
    r"|/s(?:ec)?(?:$|\W)|tokens_per|norm$|"
    r"^lr|_lr|lr_?\d*$|grad|(?:^|[^a-z])l\.r\b",
    re.I,
)
_GAME = re.compile(r"[DG]_(?!(?i:lr|time|grad|norm|step))[A-Za-z]\w*|l_[a-z]\w*")  # `G_L1`, `D_real`; `l_g_pix` of BasicSR
_SCALE = re.compile(r"loss[-_ ]?scal|scaler?$", re.I)
_COST_OF_TIME = re.compile(r"(?:reader|read|data|batch|time)[-_ ]cost", re.I)  # of Paddle: seconds, no loss
_RATE = re.compile(r"(?:^|[^a-z])(?:lr|learning[-_ ]?rate|grad(?:ient)?[-_ ]?norm|gnorm|loss[-_ ]?scale|sec/kimg)(?:_\d+)?$", re.I)
_FILE = re.compile(r"\.(?:c|py|cpp|cc|cu|java|scala|lua|h|hpp|go|rs)$")
_NO_METRIC = re.compile(
    r"weights?(?:$|[^a-z])|every|interval|\bnumber|labels?$|num_|smoothing|label_smooth|type|name|(?:^|[^a-z])fold|coef|lambda|patience|threshold|"
    r"size(?:$|[^a-z])|seed|(?:^|[^a-z])counts?(?:$|[^a-z])|path|samples|\bmap_location|keep|ckpt|checkpoint|_dir|ratio$|"
    r"errors?[-_ ](?:code|no)\b|\bcalculation$|\bexit|retries|\beta\b|remaining|elapsed|\btook\b|rewards?_w",
    re.I,
)
_BEST = re.compile(
    r"(?:^|[^a-z])(?:best|highest|lowest|record)(?:$|[^a-z])|^best|^(?:max|min)[ _](?:acc|loss|map|score|bleu|err)", re.I
)
_UNIT = re.compile(
    r"(?:[µun]?s|ms|secs?|seconds?|mins?|minutes?|hrs?|hours?|h|days?|it/s|s/it|it/sec|ms/it|[a-z_]+/s(?:ec(?:ond)?)?\.?|s(?:ec)?/[a-z_]+|ms/[a-z]+|"
    r"us/[a-z]+|[kmgt]i?b|bytes|images?|imgs?|samples?|examples?|ex/s|tokens?|toks?|words?|elapsed|sps|fps|tflops?|x|z|px|%|steps?|iters?|epochs?|"
    r"points|roots?|db|deg|hz|[kmg])",
    re.I,
)


@lru_cache(maxsize=65536)
def pieces(name: str) -> tuple[str, ...]:
    """The lower-case words inside a name: `val_lossCls top-1` -> val, loss, cls, top, 1."""
    return tuple(word.lower() for word in _PIECES.findall(name))


@lru_cache(maxsize=65536)
def split_of(name: str) -> Split | None:
    """Which split the words of a name belong to, the last such word deciding; None when it says nothing."""
    if name.lower().startswith(("saving dict", "evaluation result", "finished evaluation")):
        return "val"
    name = name.replace("cv_agg", "")  # of LightGBM: the mean over the folds, of training or of validation
    found = [_SPLITS[bare] for word in pieces(name) if (bare := word.rstrip("0123456789")) in _SPLITS]
    return found[-1] if found else None


@lru_cache(maxsize=65536)
def is_split_only(name: str) -> bool:
    """Whether the name is nothing but a split word (`train=0.46 val=0.55`), so that the value is the main metric."""
    words = pieces(name)
    return bool(words) and all(
        word.rstrip("0123456789") in _SPLITS or word in {"set", "net", "results", "result"} for word in words
    )


@lru_cache(maxsize=65536)
def counter_of(name: str) -> Literal["epoch", "step"] | None:
    """Whether a name counts epochs or steps."""
    low = name.lower().strip(" .:#'\"")
    if low in _STEP_NAMES or (name.strip() == "#"):
        return "step"
    words = pieces(name)
    if not words or len(words) > COUNTER or any(word in _NOT_COUNTER or word in _EARNED for word in words):
        return None
    last = [
        word for word in words if word not in _SPLITS and word not in {"no", "nr", "current", "of", "end", "start", "beginning"}
    ]
    if not last:
        return None
    if sum(word not in _COUNTED_WITH and word not in _STEP and word not in _EPOCH for word in last) > 1:
        return None
    if last[-1] in _EPOCH or (last[0] in _EPOCH and len(last) <= 2):
        return "epoch" if "epochs" not in last or len(last) == 1 else None
    if len(last) < len(words) and last[-1].endswith("s") and not {"train", "training"} & set(words):
        return None  # `eval steps` is a setting
    if last[-1] in _STEP or (last[0] in _STEP and len(last) <= 2 and last[0] not in {"it", "ups", "progress"}):
        return "step"
    return None


@lru_cache(maxsize=65536)
def counts(word: str) -> bool:
    """Whether a name with this word in it may count something."""
    return any(piece in _STEP or piece in _EPOCH for piece in pieces(word))


@lru_cache(maxsize=65536)
def strength(name: str) -> Strength:
    """How surely a name is a training quantity: a loss or metric, a companion of one (learning rate, time), or neither."""
    if _SCALE.search(name) or _COST_OF_TIME.fullmatch(name):
        return "weak"
    if _FILE.search(name):
        return "none"
    if _NO_METRIC.search(name):
        return (
            "weak"
            if re.search(r"loss|acc\b", name, re.I) and len(pieces(name)) <= 2 and not re.search("label|type|name", name, re.I)
            else "none"
        )
    if _GAME.fullmatch(name):
        return "strong"
    words = pieces(name)
    if (
        any(word in _STRONG or word.rstrip("0123456789") in _STRONG for word in words)
        or _STRONG_PHRASES.search(name)
        or is_split_only(name)
    ):
        if (
            re.search(r"(?:^|[^a-z])(?:time|lr|learning[-_ ]?rate|wps|wpb|ups|mem|memory|speed)(?:$|[^a-z])", name, re.I)
            and "loss" not in words
        ):
            return "weak"
        return "strong"
    return "weak" if _WEAK.search(name) else "none"


@lru_cache(maxsize=65536)
def measures(name: str) -> bool:
    """Whether a word of the name is itself a loss or metric (`valid loss`, not `valid subset`)."""
    return any(word in _STRONG or word.rstrip("0123456789") in _STRONG for word in pieces(name))


@lru_cache(maxsize=4096)
def is_best(name: str) -> bool:
    """Whether a name is a record kept so far (`best loss`) and no curve of its own."""
    return bool(_BEST.search(name))


@lru_cache(maxsize=4096)
def is_unit(word: str) -> bool:
    """Whether a word right after a number is its unit and not the next name."""
    return bool(_UNIT.fullmatch(word))


@lru_cache(maxsize=4096)
def is_rate(name: str) -> bool:
    """Whether a name is a learning rate, gradient norm or loss scale, which lines of their own may carry."""
    return bool(_RATE.search(name))


_SURE = re.compile(
    r"loss|perplex|accura|entropy|(?:^|[^a-z])(?:acc|ppl|nll|bp[bcd]|cost|xent|auc|f1|m?iou|bleu|wer|cer|m[as]e|rmse|mape|map|rewards?|rew|"
    r"elbo|kl|psnr|ndcg|trl|tel|l[12]|prec@?\d*|top-?[15]|ce|lik|objf?|tokenacc)(?:$|[^a-z])|return|[a-z]acc$|acc@|_acc|acc$|"
    r"(?:train|val|valid|validation|test|eval|dev)\w*['s]*[-_ /:]\w*[-_ ]?err|err(?:or)?[-_ ]?rate|top\d[-_]err|err[-_]top",
    re.I,
)


@lru_cache(maxsize=65536)
def is_sure(name: str) -> bool:
    """Whether a name is a training quantity beyond doubt (`val loss`), and not only in company (`score`, `test`)."""
    return bool(_SURE.search(name))


@lru_cache(maxsize=4096)
def is_setting(name: str) -> bool:
    """Whether a name without a metric's strength counts or sets something (`number of skipped iterations`, `global batch size`)."""
    return bool(_NO_METRIC.search(name)) or name.lower().startswith(("consumed", "total", "num"))


_PARTS = frozenset(
    "learning rate weight decay log lik neg top hits tokens set net result results".split()
)  # of phrases that only together name something
_NAMING_PHRASES = re.compile("|".join(phrases.pattern for phrases in (_STRONG_PHRASES, _WEAK, _SCALE)), re.I)
_IDENTIFIER = re.compile(r"[0-9a-fA-F]+")  # in which no other of these phrases can stand than `f1`
NAMING = _STRONG | _SPLITS.keys() | _EPOCH | _STEP | _PARTS


@lru_cache(maxsize=65536)
def may_name(word: str) -> bool:
    """Whether a name that holds this word can count or measure anything."""
    named = "f1" in word.lower() if _IDENTIFIER.fullmatch(word) else _NAMING_PHRASES.search(word) is not None
    return named or any(piece in NAMING or piece.rstrip("0123456789") in NAMING for piece in pieces(word))
