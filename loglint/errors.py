"""The exceptions loglint raises; every message names the file or option and what to do about it.

What can be worked around while reading is a `loglint.model.Problem`, not an exception.
"""

from __future__ import annotations


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
