from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.devices import words_for
from lms.accounts.models import LoginSession, User
from lms.accounts.services import people, roles
from lms.accounts.testing import sign_in
from lms.database import db
from lms.testing import Clock

from .conftest import PASSWORD, registered, rows

MakeUser = Callable[..., User]
ME = "/kk/accounts/me"


def is_in(client: FlaskClient) -> bool:
    return client.get(ME).status_code == 200


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("sauat")
    assert cookie is not None
    return cookie.value


def test_a_session_is_kept_as_a_digest_only(app: Flask, client: FlaskClient) -> None:
    registered(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    (row,) = rows(LoginSession)
    assert len(token) >= 22
    assert token not in (row.token_hash, str(row.user_id))
    assert row.token_hash != token


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    response = client.send("/kk/accounts/login", {})
    assert response.status_code == 400
    registered(client)
    cookie = client.get_cookie("sauat")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    device = client.get_cookie("sauat-device")
    assert device is not None
    assert device.http_only
    assert len(cookie.value) + len(device.value) < 4096


class TestBehindHttps:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"BASE_URL": "https://sauat.example"}

    def test_cookies_are_bound_to_this_host(self, client: FlaskClient) -> None:
        address = "https://sauat.example/kk/accounts/register"
        page = client.get(address, base_url="https://sauat.example")
        assert all("__Host-" in c and "Secure" in c for c in page.headers.getlist("Set-Cookie"))


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    app: Flask, client: FlaskClient
) -> None:
    copied = cookie_of(registered(client))
    thief = app.test_client()
    thief.set_cookie("sauat", copied)
    assert is_in(thief)
    assert client.send("/kk/accounts/logout").status_code == 303
    assert not is_in(client)
    assert not is_in(thief)


def test_a_link_cannot_sign_anybody_out(client: FlaskClient) -> None:
    registered(client)
    assert client.get("/kk/accounts/logout").status_code == 405
    assert client.post("/kk/accounts/logout").status_code == 400
    assert is_in(client)


def test_signing_out_twice_is_no_error(client: FlaskClient) -> None:
    registered(client)
    client.send("/kk/accounts/logout")
    assert client.send("/kk/accounts/logout").status_code == 303


def test_signing_in_changes_the_session(app: Flask, client: FlaskClient) -> None:
    client.get("/kk/accounts/register")
    before = cookie_of(client)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    registered(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
    fixed = app.test_client()
    fixed.set_cookie("sauat", before)
    assert cookie_of(client) != before
    assert not is_in(fixed)


def test_suspending_ends_every_session_on_the_next_request(
    client: FlaskClient, make_user: MakeUser
) -> None:
    user = make_user()
    sign_in(client, user)
    assert is_in(client)
    people.suspend(people.person(user.id))
    db.session.commit()
    assert not is_in(client)
    people.restore(people.person(user.id))
    db.session.commit()
    assert not is_in(client)


def test_a_suspended_person_is_out_whatever_sessions_there_are(
    client: FlaskClient, make_user: MakeUser
) -> None:
    user = make_user()
    people.suspend(people.person(user.id))
    db.session.commit()
    sign_in(client, user)
    assert not is_in(client)


def test_a_role_taken_away_is_gone_on_the_next_request(
    client: FlaskClient, make_user: MakeUser, clock: Clock
) -> None:
    user = make_user(role="trainer")
    sign_in(client, user)
    clock.move(minutes=29)
    roles.take(people.person(user.id), "trainer")
    db.session.commit()
    clock.move(minutes=29)
    assert is_in(client)


@pytest.mark.parametrize(
    ("role", "idle", "longest"),
    [
        (None, {"hours": 12}, {"days": 30}),
        ("staff", {"hours": 12}, {"days": 30}),
        ("trainer", {"minutes": 30}, {"hours": 12}),
        ("administrator", {"minutes": 30}, {"hours": 12}),
    ],
)
def test_a_session_ends_when_idle_or_old(
    app: Flask,
    make_user: MakeUser,
    clock: Clock,
    role: str | None,
    idle: dict[str, float],
    longest: dict[str, float],
) -> None:
    resting = sign_in(app.test_client(), make_user(role=role))
    clock.move(**idle)
    assert not is_in(resting)

    busy = sign_in(app.test_client(), make_user(role=role))
    start = clock.moment
    step = {"minutes": 20} if role in {"trainer", "administrator"} else {"hours": 8}
    end = Clock()
    end.moment = start
    end.move(**longest)
    while True:
        clock.move(**step)
        if clock.moment >= end.moment:
            break
        assert is_in(busy)
    assert not is_in(busy)


def test_reading_pages_writes_nothing_but_the_cookie(
    client: FlaskClient, make_user: MakeUser, clock: Clock, count_statements: Callable[[], Any]
) -> None:
    sign_in(client, make_user(role="trainer"))
    clock.move(minutes=1)
    assert "Set-Cookie" not in client.get("/kk/note").headers
    clock.move(minutes=5)
    with count_statements() as sent:
        response = client.get("/kk/notes/note")
    assert "sauat=" in response.headers["Set-Cookie"]
    assert len(sent) == 1
    assert sent[0].startswith("SELECT")


def test_visitors_cost_no_statement_to_recognise(
    client: FlaskClient, count_statements: Callable[[], Any]
) -> None:
    with count_statements() as sent:
        client.get("/kk/accounts/login")
    assert sent == []


def test_the_list_of_devices_ends_one_session_and_no_other(
    app: Flask, client: FlaskClient, make_user: MakeUser
) -> None:
    user = make_user()
    sign_in(client, user)
    phone = sign_in(app.test_client(), user)
    page = client.get("/kk/accounts/sessions")
    assert page.text.count("Chrome, Android") >= 2
    newest = max(rows(LoginSession), key=lambda row: row.id)
    assert client.send(f"/kk/accounts/sessions/{newest.id}/ending").status_code == 303
    assert not is_in(phone)
    assert is_in(client)


def test_somebody_elses_session_looks_like_a_missing_one(
    app: Flask, client: FlaskClient, make_user: MakeUser
) -> None:
    victim = sign_in(app.test_client(), make_user())
    (theirs,) = rows(LoginSession)
    sign_in(client, make_user())
    foreign = client.send(f"/kk/accounts/sessions/{theirs.id}/ending")
    missing = client.send("/kk/accounts/sessions/999999/ending")
    assert foreign.status_code == missing.status_code == 404
    assert is_in(victim)


def test_the_devices_page_is_for_signed_in_people(client: FlaskClient) -> None:
    assert client.get("/kk/accounts/sessions").status_code == 303


def test_changing_the_password_signs_the_other_devices_out(app: Flask, client: FlaskClient) -> None:
    registered(client)
    other = app.test_client()
    other.send("/kk/accounts/login", {"contact": "aigul@mail.kz", "password": PASSWORD})
    assert is_in(other)
    before = cookie_of(client)
    changed = {"password": PASSWORD, "password_new": "сегіз өзен бес көл"}
    assert client.send("/kk/accounts/password", changed).status_code == 303
    assert is_in(client)
    assert not is_in(other)
    replayed = app.test_client()
    replayed.set_cookie("sauat", before)
    assert not is_in(replayed)


def test_old_sessions_are_forgotten_at_the_next_sign_in(
    app: Flask, make_user: MakeUser, clock: Clock
) -> None:
    user = make_user()
    sign_in(app.test_client(), user)
    clock.move(days=31)
    sign_in(app.test_client(), user)
    assert len(rows(LoginSession)) == 1


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/126.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126 YaBrowser/24.6 Safari/537", "Yandex, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0", "Firefox, Linux"),
        ("curl/8.0\r\nX: 1", ""),
    ],
)
def test_a_device_is_called_by_words_people_know(user_agent: str, words: str) -> None:
    assert words_for(user_agent) == words
