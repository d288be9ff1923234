"""Starts a program that ends with its parent: `python -I -S leash.py <parent's pid> <program> <argument>…`.

Imports little and starts in milliseconds. A file of its own, because code between fork and exec (`preexec_fn`) is not
safe in a process with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel for SIGTERM at the parent's death (prctl(2)), then become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before it could be watched
        sys.exit(1)
    os.execv(program, sys.argv[2:])  # noqa: S606  # the supervisor's own command line


if __name__ == "__main__":
    main()
