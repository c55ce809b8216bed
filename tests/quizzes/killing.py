"""The production server, which kills itself at a chosen moment: `python killing.py <trigger>`.

The trigger is a file of two numbers that every process of the server maps: how many moments are
left (0: never), and how many moments there were. A moment is just before or just after a writing
statement, a COMMIT, or a part of an answer on its way to the browser.
"""

import mmap
import os
import signal
import sqlite3
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITING = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")


def main(trigger: Path) -> None:
    """Serve as `lms serve` does, with the trigger pulled."""
    moment = _moment_of(trigger)
    _watch_database(moment)
    from lms.server import run

    _watch_answers(moment)
    run()


def _moment_of(trigger: Path) -> Callable[[], None]:
    with trigger.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), 16)

    def moment() -> None:
        left, seen = struct.unpack("qq", shared[:])
        shared[:] = struct.pack("qq", max(0, left - 1), seen + 1)
        if left == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    return moment


def _watch_database(moment: Callable[[], None]) -> None:
    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, *values: Any) -> Any:
            return _around(moment, statement, super().execute, statement, *values)

        def executemany(self, statement: str, *values: Any) -> Any:
            return _around(moment, statement, super().executemany, statement, *values)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            if self.in_transaction:
                _around(moment, "INSERT", super().commit)

    connect = sqlite3.connect

    def connected(*place: Any, **how: Any) -> Any:
        return connect(*place, **{**how, "factory": Connection})

    sqlite3.connect = sqlite3.dbapi2.connect = connected


def _watch_answers(moment: Callable[[], None]) -> None:
    import socket

    sendall = socket.socket.sendall

    def watched(self: socket.socket, *data: Any) -> None:
        _around(moment, "INSERT", sendall, self, *data)

    socket.socket.sendall = watched  # type: ignore[method-assign]


def _around(moment: Callable[[], None], statement: str, do: Callable[..., Any], *given: Any) -> Any:
    if not statement.lstrip().upper().startswith(WRITING):
        return do(*given)
    moment()
    done = do(*given)
    moment()
    return done


if __name__ == "__main__":
    main(Path(sys.argv[1]))
