import hashlib
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters

import lms.accounts
from lms.accounts import passwords

FOLDER = Path(lms.accounts.__file__).parent


@pytest.mark.parametrize(
    "password",
    [
        "correct horse",
        "жеті өзен 7 тау",
        "  spaces stay  ",
        "ЖетіӨзен",
        "x7#kq0Lp",
        "🙂🙃🙂🙃🐎🐫🐑🐐",
        "а" * 3 + "б" * 100 + "в" * 25,
        "long " * 40,
    ],
)
def test_any_long_enough_password_is_taken_without_rules_about_signs(password: str) -> None:
    assert passwords.problem(password) is None
    kept = passwords.hashed(password)
    assert passwords.matches(password, kept)
    assert not passwords.matches(password.upper() + "!", kept)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Kq7#x", passwords.TOO_SHORT),
        ("", passwords.TOO_SHORT),
        ("q" * 257, passwords.TOO_LONG),
        ("12345678", passwords.TOO_COMMON),
        ("iloveyou", passwords.TOO_COMMON),
        ("PASSWORD1", passwords.TOO_COMMON),
        ("Алматы2024", passwords.TOO_COMMON),
        ("құпиясөз!", passwords.TOO_COMMON),
        ("пароль123", passwords.TOO_COMMON),
        ("Sauat2026", passwords.TOO_COMMON),
        ("йцукенгш", passwords.TOO_COMMON),
        ("aaaaaaaaaa", passwords.TOO_COMMON),
        ("aigul.serik@mail.kz", passwords.TOO_PERSONAL),
        ("AIGUL.SERIK", passwords.TOO_PERSONAL),
        ("77011234567", passwords.TOO_PERSONAL),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str, reason: object) -> None:
    assert passwords.problem(password, "aigul.serik@mail.kz", "+77011234567") is reason


def test_spaces_and_case_belong_to_a_password() -> None:
    kept = passwords.hashed(" Жеті өзен ")
    assert not passwords.matches("Жеті өзен", kept)
    assert not passwords.matches(" жеті өзен ", kept)


def test_a_letter_in_two_characters_is_the_same_letter() -> None:
    assert passwords.matches("мои\u0306 ауыл", passwords.hashed("мой ауыл"))


def test_an_account_without_a_password_has_none_that_fits() -> None:
    assert not passwords.matches(passwords.NONE, passwords.NONE)
    assert not passwords.matches("", None)


def test_the_hash_is_argon2id_with_the_documented_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    parameters = extract_parameters(passwords.hashed("жеті өзен"))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19456, 2, 1)


def test_at_most_two_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most, guard = 0, 0, threading.Lock()

    class Slow(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal now, most
            with guard:
                now += 1
                most = max(most, now)
            time.sleep(0.02)
            with guard:
                now -= 1
            return "hash"

    monkeypatch.setattr(passwords, "hasher", Slow())
    threads = [threading.Thread(target=passwords.hashed, args=("жеті өзен",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_the_list_of_common_passwords_is_the_one_that_was_vendored() -> None:
    for entry in json.loads((FOLDER / "vendor.json").read_text("utf-8")):
        content = (FOLDER / entry["file"]).read_bytes()
        assert hashlib.sha384(content).hexdigest() == entry["sha384"]
        assert (FOLDER / entry["licence_file"]).exists()
    assert len(passwords._common()) >= 3000


def test_a_forked_server_process_hashes_as_well() -> None:
    script = """
import os
from lms.accounts.passwords import hashed
hashed("before the server forks")
if os.fork() == 0:
    hashed("in a server process")
    os._exit(7)
os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=30, check=False).returncode == 7
