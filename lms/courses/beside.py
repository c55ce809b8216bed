"""Work on several processors at once: reading a course is all thinking and no waiting."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from lms.database import db

Given = TypeVar("Given")
Found = TypeVar("Found")

_work: Callable[[Any], Any]


@contextmanager
def each_other(
    work: Callable[[Given], Found], things: Sequence[Given]
) -> Iterator[Iterable[Found]]:
    """Give what `work` returns for each of `things`, in their order, one process for each processor.

    `work` is pure; what it returns can be pickled.
    """
    count = min(os.cpu_count() or 1, len(things))
    if count < 2:
        yield map(work, things)
        return
    # A fork inherits the application, which could not be sent; there is no thread yet to be cut in two.
    with multiprocessing.get_context("fork").Pool(count, _begin, (work,)) as pool:
        yield pool.imap(_do, things)


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 – the process is ours alone
    _work = work
    # A connection must not be used by two processes.
    db.engine.dispose(close=False)
    # What is read lives on until it is sent: looking through it for garbage takes a tenth of the time.
    gc.disable()


def _do(thing: Any) -> Any:
    return _work(thing)
