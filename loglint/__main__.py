"""`python -m loglint` and the `loglint` command: run the command line and map whatever goes wrong to an exit code."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; exit 0, 1 or 2 as documented, 130 after Ctrl-C, and never show a traceback without -v."""
    from loglint.cli import cli

    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        code = cli.main(prog_name="loglint", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except BaseException as error:
        from loglint.cli.failure import explain

        sys.exit(explain(error))
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
