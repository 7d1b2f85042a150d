"""Started by tests.crash.process: imports the bot once, then forks one `python -m bot run` a line."""

from __future__ import annotations

import os
import sys

from bot import cli


def run(log: str) -> None:
    """Be the program, from here to its end."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    sys.argv = ["bot", "run"]
    try:
        cli.main()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)


if __name__ == "__main__":
    for _line in sys.stdin:
        child = os.fork()
        if not child:
            run(sys.argv[1])
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()
