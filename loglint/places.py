"""What folder and file names say about runs: which folders belong to the one above, splits, ranks, ids and keys.

Paths are strings with forward slashes, relative to the root where they lie below it; nothing here touches a disk.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from loglint.model import Split
from loglint.names import knowledge, split_of, words_of

CHECKPOINT = re.compile(r"(checkpoint|ckpt|global_step|step|iter|epoch)[-_=]?\d+$")
RANK_FOLDER = re.compile(r"(?:(?:local_?)?rank[-_.=]?|(?<=attempt_\d/))(\d+)$")
_RANK = re.compile(r"(?i)(?:^|[^a-z])({})[-_.=]?(\d+)(?![a-z])")
_ZEROS = str.maketrans("123456789", "000000000")
_VARYING = (
    re.compile(r"\d{4}-?\d\d-?\d\d(?:[T_ .-]?\d\d[-:_.h]?\d\d(?:[-:_.m]?\d\d)?)?(?:[.,]\d+)?"),  # dates, dates with times
    re.compile(r"(?<=\*/)\d\d-\d\d-\d\d(?=/|$)"),  # Hydra's time below its date
    re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\d\d_\d\d-\d\d-\d\d"),  # SummaryWriter's default
    re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE),  # uuid
    re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}(?![0-9A-Za-z])"),  # hashes
    re.compile(r"(?<=run-\*-)[0-9a-z]{8}(?![0-9a-z])"),  # W&B's run id behind the date
    re.compile(r"(?<![0-9])\d{10,}(?:\.\d+)?"),  # seconds since 1970, job numbers
    re.compile(r"(?i)(?<=seed)[-_=]?\d+"),
    re.compile(r"(?<=version_)\d+|(?<=(?<![a-z])run)\d+|(?<=(?<![a-z])exp)\d+|(?<=train)\d+(?=/|$)"),  # version counters
)


def relative(path: str, root: str) -> str:
    """`path` below `root`, with forward slashes; a path elsewhere, or a URL, stays as it is."""
    if "://" in path:
        return path
    path, root = (posixpath.normpath(p.replace("\\", "/")) if p else p for p in (path, root))
    if root and root != "." and path.startswith(root.rstrip("/") + "/"):
        path = path[len(root.rstrip("/")) + 1 :]
    return "" if path in (".", root) else path


def folder_of(path: str) -> str:
    """The folder of a file, "" for the root."""
    return posixpath.dirname(path)


def folder_split(folder: str) -> Split | None:
    """The split that a folder's own name says ("train", "validation", "eval_coco"), where it says nothing else first."""
    name = posixpath.basename(folder)
    return _named_split(name if "^" in name else name.translate(_ZEROS))


@lru_cache(maxsize=1024)
def _named_split(name: str) -> Split | None:
    """The split that a name says, without its digits, which say none: of a sweep's many folders few names are left so."""
    words = words_of.__wrapped__(name)
    return split_of(words[0]) if words and len(words) <= 2 and (words[0] != "learn" or len(words) == 1) else None


def is_inner(folder: str) -> bool:
    """Whether a folder is a drawer of its run (`files`, `tensorboard`, `.hydra`) and no run itself."""
    return posixpath.basename(folder).lower() in knowledge().layout.inner


def holds_settings(folder: str) -> bool:
    """Whether a folder's name says that it holds the settings of the run above (`.hydra`, `configs`)."""
    name = posixpath.basename(folder)
    return "config" in name or name == ".hydra"


def is_checkpoint(folder: str) -> bool:
    """Whether a folder is a checkpoint of the run in the folder above."""
    return bool(CHECKPOINT.match(posixpath.basename(folder)))


def family(folder: str) -> str:
    """The folder above all that may belong to one run with `folder`: what has to be read together."""
    while folder and (is_inner(folder) or is_checkpoint(folder) or folder_split(folder) or folder_rank(folder) is not None):
        folder = folder_of(folder)
    return folder


def folder_rank(folder: str) -> int | None:
    """The rank whose logs a folder holds: `rank_1`, or torchrun's `attempt_0/1`; None for any other folder."""
    if "rank" not in folder and "attempt_" not in folder:
        return None
    match = RANK_FOLDER.search(posixpath.join(posixpath.basename(posixpath.dirname(folder)), posixpath.basename(folder)))
    return None if match is None else int(match[1])


def rank_of(path: str) -> tuple[str, int] | None:
    """(path without the rank, rank) of one rank's log of a job; None where neither the name nor the folder says a rank."""
    folder, name = posixpath.split(path)
    rank = folder_rank(folder)
    if rank is not None:
        return posixpath.join(posixpath.dirname(folder), name), rank
    if environment := re.fullmatch(r"(\d+)(\.monitor\.csv)", name):  # Stable Baselines: one file for each parallel environment
        return posixpath.join(folder, environment[2]), int(environment[1])
    match = re.search(_RANK.pattern.format("|".join(sorted(knowledge().layout.rank, key=len, reverse=True))), name)
    return None if match is None else (name[: match.start(1)] + name[match.end(2) :], int(match[2]))


def split_stem(path: str) -> tuple[tuple[str, ...], Split] | None:
    """(the file name's other words, the split) where a file name names one split: train_log.txt and val_log.txt."""
    words = words_of(posixpath.basename(path))
    named = [word for word in words if split_of(word)]
    if len(named) != 1:
        return None
    split = split_of(named[0])
    return None if split is None else (tuple(word for word in words if word != named[0]), split)


def stem(path: str) -> str:
    """The file name without its last suffix (and without .gz and the like)."""
    name = re.sub(r"\.(gz|zst|xz|bz2)$", "", posixpath.basename(path))
    return posixpath.splitext(name)[0] or name


def is_plain(path: str) -> bool:
    """Whether a file's name is one that says nothing of the run in it (log.txt, metrics.csv)."""
    return stem(path).lower() in knowledge().layout.plain


def series_family(path: str) -> str:
    """A file name with its numbers left open: parts of one log (log.txt.1, metrics_epoch_12.json) share it."""
    return re.sub(r"\d+", "#", re.sub(r"(\.\d+)$", "", posixpath.basename(path)))


def natural(path: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts epoch_2 before epoch_10."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d{1,18}|\D+", path))


def key_of(run_id: str, run_key: str | None = None) -> str:
    """The id's lasting part: timestamps, hashes, seeds and counters become `*`; or what the user's `run_key` expression matches."""
    if run_key:
        match = re.search(run_key, run_id)
        if match:
            return next((group for group in match.groups() if group), match.group())
    for pattern in _VARYING:
        run_id = pattern.sub("*", run_id)
    return re.sub(r"\*(?:[-_. T]?\*)+", "*", run_id)
