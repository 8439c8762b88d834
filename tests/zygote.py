"""Starts the real program many times without loading its libraries anew: a process that forks for each start.

Reads JSON lists of arguments, prints the process id of each child, waits, and prints how the child ended.
"""

import json
import os
import sys

import desktop.app  # noqa: F401  (loaded once, for all children)
from desktop.__main__ import main

if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.argv[1:] = json.loads(line)
            main()
            os._exit(1)  # it does not end by itself
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201
