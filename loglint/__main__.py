"""`python -m loglint` and the `loglint` command: run the command line and map whatever goes wrong to an exit code."""

from __future__ import annotations

import gc
import io
import os
import sys


class _Abandoned(io.FileIO):
    """A standard stream that its reader may leave (`loglint run | head`): what follows goes nowhere, and the verdict stands."""

    def write(self, data: object, /) -> int:
        """Write; what a reader who left no longer takes counts as written. Any other failure (a full disk) is raised, once."""
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if not isinstance(error, BrokenPipeError):
                raise
            return len(memoryview(data))  # type: ignore[arg-type]


def _stream(name: str) -> None:
    """Make a standard stream of this process outlive its reader, and escape what its encoding cannot hold."""
    stream = getattr(sys, name)
    if stream is None:
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # it was closed: it lasts as long as the process
    if isinstance(stream, io.TextIOWrapper):
        stream.flush()
        raw = _Abandoned(stream.fileno(), "wb", closefd=False)
        lines = stream.line_buffering
        made = io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, "backslashreplace", line_buffering=lines)
        setattr(sys, name, made)


def main() -> None:
    """Run the command line; exit 0, 1 or 2 as documented, 130 after Ctrl-C, and never show a traceback without -v."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # loglint multiplies no large matrices: threads only cost their start
    gc.set_threshold(100_000, 50, 100)  # what is held of many runs is records without cycles: looking through them finds nothing
    from loglint.cli import cli

    for name in ("stdout", "stderr"):
        _stream(name)
    try:
        code = cli.main(prog_name="loglint", standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:
        from loglint.cli.failure import explain

        sys.exit(explain(error))
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
