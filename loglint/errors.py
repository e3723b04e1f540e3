"""The exceptions loglint raises; every message names the file or option and what to do about it.

What can be worked around while reading is a `loglint.model.Problem`, not an exception.
"""

from __future__ import annotations

from collections.abc import Iterable


class LoglintError(Exception):
    """Base of everything loglint raises on purpose; the command line turns it into exit code 2."""


class InputError(LoglintError):
    """A path, mapping or table that was asked for is missing or holds nothing to judge."""


class ConfigError(LoglintError):
    """A configuration file or command-line option says something loglint does not know."""


class RuleError(LoglintError):
    """A rule file is malformed; the message names the file and the key."""


class JudgeError(LoglintError):
    """A rule or a worker crashed; the other results are still reported."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean "..."?` for the known words nearest to `word`, or nothing."""
    import difflib

    lower = {w.lower(): w for w in known}
    near = difflib.get_close_matches(word.lower(), lower, n=3, cutoff=0.6)
    return ", did you mean " + " or ".join(f'"{lower[w]}"' for w in near) + "?" if near else ""
