"""What a log says in words: crashes, memory, overflowing loss scales, and losses said to be non-finite."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import numpy as np

from loglint.model import Event, EventKind
from loglint.readers.text import prefix
from loglint.readers.text import words as vocabulary
from loglint.readers.text.curves import Column, Key
from loglint.readers.text.lines import LONGEST, Lines
from loglint.readers.text.mentions import sought
from loglint.readers.text.template import Batch
from loglint.readers.text.tokens import NUMBER, value_of

MOST_EVENTS = 500
MOST_FRAMES = 400  # lines of one traceback
RECORD = 3  # numbers with a fraction that make a line a record, not a sentence
_LOSSES, _ODD_VALUES = (b"loss", b"cost", b"objective", b"perplexity"), (b"nan", b"inf", b"finite")
_SPEAKING = sought(  # what stands in the key of every line that is an event or states something
    rb"outofmemory|oom|cannotallocatememory|resourceexhausted|std::badalloc|cublasstatusallocfailed|"
    rb"gradientoverflow|overflowdetected|overflow!|skippingstep|skippedstep|"
    rb"traceback\(mostrecentcalllast|checkfailurestacktrace|terminatecalled|fatalpythonerror|error:|error$|exception:|exception$|"
    rb"nccl(?:error|warn)|ncclsystemerror|ncclinternalerror|unhandled(?:system|cuda)error|watchdogcaught|brokenpipe|"
    rb"connection(?:reset|closed)bypeer|sockettimeout|gloo.*(?:timeout|error)|collectiveoperationtimeout|mpiabort|"
    rb"killed|sigkill|segmentationfault|coredumped|signal|exit(?:ed|s)?(?:with)?(?:code|status)|"
    rb"keyboardinterrupt|interruptedbyuser|preempted|cancelledat|duetotimelimit|optimizationstoppedearly|"
    rb"assertionerror|assertion[`'\"]|devicesideassert|checkfailed|"
    rb"resum|loadedcheckpoint|loadingcheckpoint|restor(?:ing|ed)(?:parameters|model|checkpoint)?from|encounterednan|"
    + b"|".join(loss + b".*(?:nan|inf|finite)" for loss in _LOSSES)
    + b"|"
    + b"|".join(value + b".*loss" for value in _ODD_VALUES)
)
_TRIGGER = re.compile(  # of a key, which has no spaces
    rb"traceback|error|exception|killed|memory|oom|nccl|assert|overflow|nan\b|nan[^a-z]|inf\b|infinit|"
    rb"non-?finite|notfinite|segmentation|cancelled|"
    rb"keyboardinterrupt|signal|resum|restor|aborted|preempt|timeout|diverged"
)
_KINDS: tuple[tuple[EventKind, re.Pattern[str]], ...] = (
    (
        "out_of_memory",
        re.compile(
            r"(?i)out of memory|\bOOM\b(?!\s*[:=|]?\s*\d)|oom-kill|cannot allocate memory|ResourceExhausted|"
            r"std::bad_alloc|CUBLAS_STATUS_ALLOC_FAILED"
        ),
    ),
    ("overflow", re.compile(r"(?i)gradient overflow|overflow detected|OVERFLOW!|skipping step|skipped step")),
    (
        "traceback",
        re.compile(
            r"^(?:\W*Traceback \(most recent call last\)|\*\*\* Check failure stack trace|terminate called|Fatal Python error)"
        ),
    ),
    (
        "communication",
        re.compile(
            r"(?i)nccl (?:error|warn)|ncclsystemerror|ncclinternalerror|unhandled (?:system|cuda) error|watchdog caught"
            r"|broken pipe|connection (?:reset|closed) by peer|socket timeout|gloo.*(?:timeout|error)|"
            r"collective operation timeout|MPI_ABORT"
        ),
    ),
    (
        "killed",
        re.compile(
            r"(?i)^\s*(?:\S+:\s*line\s*\d+:\s*\d+\s*)?killed\b|\bSIGKILL\b|segmentation fault|\bcore dumped\b|"
            r"signal (?:9|6|11)\b|exit(?:ed|s)? (?:with )?(?:code|status) (?:-9|137|139)"
        ),
    ),
    (
        "interrupted",
        re.compile(
            r"KeyboardInterrupt|(?i:interrupted by user|preempted|signal 15\b|exit(?:ed|s)? (?:with )?(?:code|"
            r"status) 143)|CANCELLED AT|DUE TO TIME LIMIT|Optimization stopped early"
        ),
    ),
    ("assertion", re.compile(r"AssertionError|Assertion [`'\"].*failed|device-side assert|Check failed:|CHECK failed")),
    ("traceback", re.compile(r"^(?:[\w.]*\.)?\w*(?:Error|Exception)\b(?::|$)")),
    (
        "resume",
        re.compile(
            r"(?i)^\W*(?:resum(?:e|ed|ing)\b|(?:=> )?loaded checkpoint|(?:restoring|restored) (?:parameters |model |"
            r"checkpoint )?from|auto resum|loading checkpoint)"
        ),
    ),
)
_NOT_FINITE = r"(?:-?\bnan\b|\binf\b|\binfinite\b|\binfinity\b|not finite|non-?finite)"
_SAID = re.compile(
    rf"(?i)\b((?:[\w/.-]*loss[\w/.-]*|cost|objective|perplexity))\b(?:[^.\n=:]{{0,40}}?)(?:\bis\b|\bbecame\b|"
    rf"\bwas\b|\bwent\b|\bturned\b|\bhas\b|\bare\b|=|:|\bequals\b)\s*(?:\w+ ){{0,3}}?['\"(\[]*{_NOT_FINITE}"
    rf"|(?i:\b(?:nan|non-?finite|infinite|inf)\b(?: or \w+)?[- ](?:[\w/.-]+ ){{0,2}}?([\w/.-]*loss\b))|(?i:encountered nan\b)"
)
_SENTENCE = re.compile(
    r"(?i)diverg|stopp|encounter|abort|terminat|exit|skip|detected|became|during training|raise|error|exception"
    r"|warning|quit|break|ignor|is nan|is inf|nan loss|non-?finite"
)
_SURE_SAID = re.compile(
    r"(?i)^(?:(?:\w+ )?[\w.]*(?:Error|Exception):.*|.*diverged with loss|.*loss is \S{1,8}, stopping training|"
    r".*nan loss during training|.*encountered nan\b.{0,20}$|.*loss.{0,20}\bis nan.*stop.*)"
)
_PRINTED = re.compile(r"(?i)[=:]\s*['\"(\[]*[-+]?(?:nan|inf)\b")
_FRACTION = re.compile(r"\d\.\d")
_STEP = re.compile(r"(?i)\b(?:iteration|iter|step|batch)\s*[=:#]?\s*(\d+)")
_SCALE = re.compile(
    rf"(?i)(?:loss[ _]?scal(?:e|er)\b.{{0,60}}?(?:reducing(?: it)?|setting)?.{{0,30}}?\bto:?|reducing to|"
    rf"loss scale to:?)\s*({NUMBER})\s*$"
)


class Remarks(msgspec.Struct, frozen=True):
    """What was said in words: events, non-finite losses (line, name of the loss, step or NaN), loss scales (line, value).

    `lines` are the lines used up, `sure` tells whether what was said can only be said of a training.
    """

    events: tuple[Event, ...]
    stated: tuple[tuple[int, str, float], ...]
    scales: tuple[tuple[int, float], ...]
    lines: frozenset[int]
    sure: bool


class _Saying(msgspec.Struct, frozen=True):
    """What one line says: the kind of event, and what it states of a loss."""

    kind: EventKind | None
    stated: re.Match[str] | None
    message: str


def _saying(line: str) -> _Saying:
    line = line[:LONGEST]
    message = line[prefix.end_of(line) :].strip() or line.strip()
    kind = next((name for name, pattern in _KINDS if pattern.search(message)), None)
    certain = _surely_said(message)
    said = _SAID.search(message) if _may_state(message) else None
    if kind == "traceback" and said:
        kind = "non_finite"
    printed = said and not certain and (_PRINTED.search(message) or len(_FRACTION.findall(message)) >= RECORD)
    return _Saying(kind, None if printed else said, message)


def read(lines: Lines, path: str) -> Remarks:
    """Scan the lines that hold a telling word; the first line of a kind tells for all of them whether to look."""
    events: list[Event] = []
    stated: list[tuple[int, str, float]] = []
    scales: list[tuple[int, float]] = []
    used: set[int] = set()
    sure = False
    previous = ""
    for i in lines.mentioning(_SPEAKING, lambda kind: _speaks(lines, kind)):
        saying = _saying(lines.texts[i])
        kind, said, message = saying.kind, saying.stated, saying.message
        if kind and len(events) < MOST_EVENTS and not _is_code(message):
            if events and _ends(events[-1], kind, int(lines.numbers[i])):
                events.pop()
            events.append(Event(kind, message[:300], path, int(lines.numbers[i])))
        if kind == "overflow":
            used.add(i)
            if (found := _SCALE.search(message)) and "hysteresis" not in message:
                scales.append((i, value_of(found[1])))
        if said and not (stated and stated[-1][0] >= i - 40 and _same_fact(previous, message)):
            place = _STEP.search(message)
            stated.append((i, said[1] or said[2] or "loss", float(place[1]) if place else np.nan))
            previous = message
            if kind is None and len(events) < MOST_EVENTS:
                events.append(Event("non_finite", message[:300], path, int(lines.numbers[i])))
        if said:
            used.add(i)
            sure = sure or _surely_said(message)
    return Remarks(tuple(events), tuple(stated), tuple(scales), frozenset(used), sure)


def _speaks(lines: Lines, kind: int) -> bool:
    """Whether one of the first lines of a kind is an event or states something."""
    if not _TRIGGER.search(lines.keys[kind].lower()):
        return False
    sayings = [_saying(lines.texts[i]) for i in lines.members(kind)[:3].tolist()]
    return any(saying.kind or saying.stated for saying in sayings)


def _ends(header: Event, kind: EventKind, line: int) -> bool:
    """Whether an error at `line` is the end of the traceback whose first line was the event before: it names the cause."""
    fatal = kind in ("traceback", "out_of_memory", "communication", "assertion", "non_finite", "interrupted")
    return fatal and "most recent call last" in header.message and line - (header.line or 0) <= MOST_FRAMES


def _surely_said(message: str) -> bool:
    small = message.lower()
    return any(word in small for word in ("error:", "exception:", "loss", "nan")) and _SURE_SAID.match(message) is not None


def _may_state(message: str) -> bool:
    return len(message) < 400 and bool(_SENTENCE.search(message)) and not _is_code(message) and len(message.split()) <= 30


def _is_code(message: str) -> bool:
    return (
        message.startswith(
            ("raise ", "print", "if ", "assert ", "#", "//", "- ", "* ", "except", "def ", "import ", "from ", "with ")
        )
        or "{}" in message
    )


def _same_fact(previous: str, message: str) -> bool:
    """The exception that follows a message about the same loss (`Model diverged with loss = NaN` and its traceback)."""
    return ("Error" in message or "Error" in previous or "diverged" in previous) and previous != ""


def stated_columns(said: Remarks, columns: Sequence[Column]) -> list[Column]:
    """The columns with a NaN where the log says that a loss was not finite; a new one when no such loss was printed.

    A sentence before all records, of a step among them, announces what they show: nothing is put in for it.
    """
    result = list(columns)
    for line, name, step in said.stated:
        target = _target(result, name)
        if target is None:
            point = np.array([line], dtype=np.int64), np.array([np.nan]), np.array([step]), np.array([np.nan])
            result.append(
                Column(
                    Key(name, vocabulary.split_of(name), "", "step" if np.isfinite(step) else "bare"),
                    *point,
                    stated=np.array([True]),
                )
            )
            continue
        column = result[target]
        before = int(np.searchsorted(column.index, line))
        if before < len(column.index) and (column.index[before] == line or (before == 0 and column.step[0] <= step)):
            continue
        result[target] = column.insert(before, line, step)
    if said.scales:
        index, values = zip(*said.scales, strict=True)
        none = np.full(len(index), np.nan)
        result.append(
            Column(Key("loss scale", None, "overflow", "bare"), np.array(index, dtype=np.int64), np.array(values), none, none)
        )
    return result


def _target(columns: Sequence[Column], name: str) -> int | None:
    """The curve that a sentence speaks of: the one so called, else the main loss of training."""
    low = name.lower()
    same = [i for i, column in enumerate(columns) if column.key.name.lower() == low and column.key.split in (None, "train")]
    losses = [
        i
        for i, column in enumerate(columns)
        if "loss" in column.key.name.lower()
        and column.key.split in (None, "train")
        and not column.key.name.endswith("(avg)")
        and vocabulary.strength(column.key.name) == "strong"
    ]
    if not same and low not in ("loss", "train_loss", "total_loss", "training loss", "train loss"):
        return None if not losses or "_" in low else losses[0]
    main = same or losses
    return (
        max(main, key=lambda i: (columns[i].key.name.lower() in ("loss", "total_loss", "train_loss"), len(columns[i].index)))
        if main
        else None
    )


def vanished(batches: Sequence[Batch], columns: Sequence[Column]) -> list[Column]:
    """The columns with a NaN where a loss is left out of a record whose other fields go on (Megatron prints no NaN loss)."""
    result = list(columns)
    full = [batch for batch in batches if _losses(batch) and batch.column("step") is not None]
    for batch in batches:
        names = [f.name for f in batch.sentence.fields if f.kind == "value"]
        if batch.column("step") is None or len(names) < 3 or _losses(batch):
            continue
        for whole in full:
            missing = _left_out(names, [f.name for f in whole.sentence.fields if f.kind == "value"])
            if missing and all(vocabulary.strength(name) == "strong" for name in missing):
                result = [_fill(column, batch) if _is_left_out(column, missing) else column for column in result]
                break
    return result


def _is_left_out(column: Column, missing: Sequence[str]) -> bool:
    return column.key.name in missing and column.key.split in (None, "train") and column.key.stage.startswith("step")


def _losses(batch: Batch) -> list[str]:
    return [f.name for f in batch.sentence.fields if f.kind == "value" and vocabulary.strength(f.name) == "strong"]


def _left_out(names: list[str], whole: list[str]) -> list[str]:
    """Names of the whole record that are missing between the first and the last name of the shorter one."""
    if not set(names) <= set(whole) or len(names) < 0.4 * len(whole):
        return []
    first, last = whole.index(names[0]), whole.index(names[-1])
    return [name for name in whole[first : last + 1] if name not in names]


def _fill(column: Column, batch: Batch) -> Column:
    steps = batch.column("step")
    for line, step in zip(batch.index.tolist(), steps.tolist() if steps is not None else [], strict=True):
        before = int(np.searchsorted(column.index, line))
        column = column.insert(before, line, step)
    return column
