"""Passwords: which are refused, and how they are kept.

Hashing is slow on purpose, so it never happens inside a transaction, and at most two passwords at a
time are hashed in a process: a rush of sign-ins must not starve the rest of the site.
"""

import os
import secrets
import string
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import ServiceUnavailable

SHORTEST = 8
LONGEST = 256
AT_A_TIME = 2
SECONDS_TO_QUEUE = 15

#: What an account without a password holds; no password matches it.
NONE = "-"

TOO_SHORT = _l("Use at least 8 characters")
TOO_LONG = _l("Use at most 256 characters")
TOO_COMMON = _l("This password is too easy to guess. Put three or four words together")
TOO_PERSONAL = _l("A password must not be your name or your contact")

Result = TypeVar("Result")

FOLDER = Path(__file__).parent / "words"

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _hashers() -> ThreadPoolExecutor:
    # Threads of their own, not a lock: each thread that ever hashed keeps the 19 MiB it needed for it.
    return ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="hashing")


# A forked server process inherits the pool but none of its threads, so it makes a pool of its own.
os.register_at_fork(after_in_child=_hashers.cache_clear)


def problem(password: str, *own_words: str) -> Any:
    """Return why a password is refused, or None. `own_words` are the person's name and contact."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    folded = unicodedata.normalize("NFC", password).casefold()
    if folded in _common() or _bare(folded) in _local() or len(set(folded)) < 3:
        return TOO_COMMON
    if folded in {part for word in own_words for part in _parts(word)}:
        return TOO_PERSONAL
    return None


def hashed(password: str) -> str:
    """Return what is kept of a password. Call it outside of any transaction."""
    return _in_turn(lambda: hasher.hash(_same_letters(password)))


def matches(password: str, kept: str | None) -> bool:
    """Return whether a password is the kept one; takes as long when there is none to compare."""
    known = kept is not None and kept != NONE
    to_verify = kept if known and kept else _hash_of_nobody()
    try:
        _in_turn(lambda: hasher.verify(to_verify, _same_letters(password)))
    except (VerificationError, InvalidHashError):
        return False
    return known


def _in_turn(work: Callable[[], Result]) -> Result:
    waiting = _hashers().submit(work)
    try:
        return waiting.result(SECONDS_TO_QUEUE)
    except TimeoutError:
        waiting.cancel()
        raise ServiceUnavailable(retry_after=SECONDS_TO_QUEUE) from None


def _same_letters(password: str) -> bytes:
    # A phone may send й as one character, a computer as two.
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


@cache
def _hash_of_nobody() -> str:
    return _in_turn(lambda: hasher.hash(secrets.token_bytes(16)))


def _bare(password: str) -> str:
    return password.strip(string.digits + string.punctuation + string.whitespace)


def _parts(word: str) -> list[str]:
    folded = word.casefold().strip()
    return [folded, folded.removeprefix("+"), folded.partition("@")[0]]


@cache
def _common() -> frozenset[str]:
    return frozenset((FOLDER / "common_passwords.txt").read_text("utf-8").splitlines())


@cache
def _local() -> frozenset[str]:
    lines = (FOLDER / "local_words.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))
