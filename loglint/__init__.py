"""loglint, the linter for training runs: the public Python API (lazy: importing it imports nothing heavy)."""

__version__ = "0.1.0"
