import logging
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts import passwords
from lms.accounts.models import User
from lms.accounts.services import people
from lms.accounts.testing import sign_in
from lms.database import db

from .conftest import CONTACT, PASSWORD, registered

LOGIN = "/kk/accounts/login"
RIGHT = {"contact": CONTACT, "password": PASSWORD}
WRONG = {"contact": CONTACT, "password": "қате құпия сөз"}
MakeUser = Callable[..., User]


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    """The browser on which the account was opened."""
    return registered(app.test_client())


def test_the_right_password_lets_in(owner: FlaskClient, client: FlaskClient) -> None:
    answer = client.send(LOGIN, {**RIGHT, "contact": " AIGUL@mail.kz "})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kk/")
    assert client.get("/kk/accounts/me").status_code == 200


def test_nothing_tells_an_unknown_contact_from_a_wrong_password(
    app: Flask, owner: FlaskClient
) -> None:
    wrong = app.test_client().send(LOGIN, WRONG)
    unknown = app.test_client().send(LOGIN, {**WRONG, "contact": "nobody@mail.kz"})
    assert wrong.status_code == unknown.status_code == 400
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong.text) == strip.sub("", unknown.text)


def test_an_unknown_contact_takes_as_long_as_a_wrong_password(
    app: Flask, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = passwords.hashed(PASSWORD)
    passwords.matches("x", None)

    def median(kept: str | None) -> float:
        times = []
        for _ in range(40):
            start = time.perf_counter()
            passwords.matches("қате", kept)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    assert abs(median(kept) - median(None)) < 0.03


def test_ten_wrong_tries_close_the_door_for_five_minutes(
    app: Flask, owner: FlaskClient, clock: object
) -> None:
    thief = app.test_client()
    answers = [thief.send(LOGIN, WRONG) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 301
    assert thief.send(LOGIN, RIGHT).status_code == 429
    assert thief.send(LOGIN, {**WRONG, "contact": "other@mail.kz"}).status_code == 400


def test_tries_against_an_unknown_contact_are_limited_alike(client: FlaskClient) -> None:
    unknown = {**WRONG, "contact": "nobody@mail.kz"}
    assert [client.send(LOGIN, unknown).status_code for _ in range(11)][-1] == 429


def test_an_attacker_cannot_lock_the_owner_out(app: Flask, owner: FlaskClient) -> None:
    thief = app.test_client()
    for _ in range(30):
        thief.send(LOGIN, WRONG)
    owner.send("/kk/accounts/logout")
    assert owner.send(LOGIN, RIGHT).status_code == 303


def test_a_known_device_has_a_limit_of_its_own(app: Flask, owner: FlaskClient) -> None:
    owner.send("/kk/accounts/logout")
    assert [owner.send(LOGIN, WRONG).status_code for _ in range(11)][-1] == 429


def test_a_device_cookie_of_ones_own_making_is_worth_nothing(
    app: Flask, owner: FlaskClient
) -> None:
    thief = app.test_client()
    thief.set_cookie("sauat-device", '["abc",[1]].forged')
    assert [thief.send(LOGIN, WRONG).status_code for _ in range(11)][-1] == 429


def test_the_right_password_begins_the_count_anew(app: Flask, owner: FlaskClient) -> None:
    client = app.test_client()
    for _ in range(9):
        client.send(LOGIN, WRONG)
    assert client.send(LOGIN, RIGHT).status_code == 303
    client = app.test_client()
    assert client.send(LOGIN, WRONG).status_code == 400


def test_a_whole_village_may_share_one_address_up_to_a_point(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.accounts.views.sessions.TRIES_PER_ADDRESS", 20)
    codes = [
        app.test_client().send(LOGIN, {**WRONG, "contact": f"person{n}@mail.kz"}).status_code
        for n in range(21)
    ]
    assert codes == [400] * 20 + [429]


def test_a_hundred_people_register_from_one_address(app: Flask) -> None:
    for n in range(100):
        registered(app.test_client(), contact=f"person{n}@mail.kz")


def test_a_suspended_account_is_told_so_only_with_the_right_password(
    app: Flask, owner: FlaskClient
) -> None:
    user = people.find(CONTACT)
    assert user is not None
    people.suspend(user)
    db.session.commit()
    right, wrong = app.test_client().send(LOGIN, RIGHT), app.test_client().send(LOGIN, WRONG)
    assert right.status_code == wrong.status_code == 400
    assert right.text != wrong.text


@pytest.mark.parametrize(
    "data", [{}, {"contact": CONTACT}, {"password": PASSWORD}, {"contact": "?"}]
)
def test_an_incomplete_form_is_shown_again(client: FlaskClient, data: dict[str, str]) -> None:
    assert client.send(LOGIN, data).status_code == 400


def test_who_is_signed_in_need_not_sign_in(client: FlaskClient, make_user: MakeUser) -> None:
    sign_in(client, make_user())
    assert client.get(LOGIN).status_code == 303
    assert (
        client.get("/kk/accounts/login?next=/kk/notes/note").headers["Location"] == "/kk/notes/note"
    )


def test_a_page_that_was_open_during_signing_in_is_not_an_error(owner: FlaskClient) -> None:
    assert owner.post(LOGIN, data=RIGHT).status_code == 303


def test_signing_in_as_somebody_else_ends_the_session_before(
    app: Flask, owner: FlaskClient
) -> None:
    before = owner.get_cookie("sauat")
    assert before is not None
    registered(app.test_client(), contact="second@mail.kz")
    second = {"contact": "second@mail.kz", "password": PASSWORD}
    assert owner.send(LOGIN, second).status_code == 303
    copy = app.test_client()
    copy.set_cookie("sauat", before.value)
    assert copy.get("/kk/accounts/me").status_code == 303


def test_no_password_is_hashed_while_the_database_is_locked(
    app: Flask, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_transactions: list[bool] = []

    in_turn = passwords._in_turn

    def watched(work: Callable[[], Any]) -> Any:
        open_transactions.append(db.session.registry().in_transaction())
        return in_turn(work)

    monkeypatch.setattr(passwords, "_in_turn", watched)
    changed = {"password": PASSWORD, "password_new": "сегіз өзен бес көл"}
    owner.send("/kk/accounts/password", changed)
    app.test_client().send(LOGIN, {**RIGHT, "password": changed["password_new"]})
    app.test_client().send(
        "/kk/accounts/register",
        {"name": "Асан", "contact": "n@mail.kz", "password": PASSWORD, "consent": "y"},
    )
    owner.send("/kk/accounts/me/erasure", {"password": changed["password_new"]})
    assert len(open_transactions) >= 5
    assert not any(open_transactions)


def test_the_security_log_tells_who_did_what_without_contacts_and_secrets(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "lms.security")
    client = registered(app.test_client())
    client.send("/kk/accounts/logout")
    client.send(LOGIN, WRONG)
    client.send(LOGIN, RIGHT, headers={"User-Agent": "x\x1b[31m"})
    told = [record.getMessage() for record in caplog.records if record.name == "lms.security"]
    assert told == ["registered", "signed in", "signed out", "sign-in refused", "signed in"]
    everything = repr([record.__dict__ for record in caplog.records])
    for secret in (CONTACT, PASSWORD, WRONG["password"], "Айгүл"):
        assert secret not in everything
