import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from lms.accounts.models import Consent, LoginSession, Reset, Role, User
from lms.accounts.plugin import plugin
from lms.accounts.services import people, resets, roles
from lms.accounts.services.personal import PERSONAL_DATA
from lms.accounts.testing import sign_in
from lms.database import Base, db, reading
from lms.testing import Clock, check_plugin

from .conftest import CONTACT, PASSWORD, registered, rows

MakeUser = Callable[..., User]
PRIVATE = ["me", "me/data", "me/data.json", "me/erasure", "password", "sessions"]


@pytest.mark.parametrize("page", PRIVATE)
def test_what_is_mine_is_shown_to_me_alone(client: FlaskClient, page: str) -> None:
    address = f"/kk/accounts/{page}"
    refused = client.get(address)
    assert refused.status_code == 303
    assert refused.headers["Location"].startswith("/kk/accounts/login?next=/kk/accounts/")
    registered(client)
    shown = client.get(address)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["me", "me/erasure", "password"])
def test_nobody_changes_anything_without_signing_in(client: FlaskClient, page: str) -> None:
    assert client.send(f"/kk/accounts/{page}", {"name": "Асан"}).status_code == 401


def test_what_i_change_about_myself_is_kept(client: FlaskClient) -> None:
    registered(client)
    changed = {"name": "Айгүл Құсайынова", "name_ru": "Айгуль Кусаинова", "language": "ru"}
    assert client.send("/kk/accounts/me", {**changed, "locality": ""}).status_code == 303
    with reading():
        user = people.find(CONTACT)
        assert user is not None
        assert user.names == {"kk": "Айгүл Құсайынова", "ru": "Айгуль Кусаинова"}
        assert user.language == "ru"
    assert "Сақталды." in client.get("/kk/accounts/me").text


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "<b>"}, {"name_ru": "1"}, {"language": "de"}, {"locality": "7"}],
)
def test_a_wrong_change_is_shown_again_and_not_kept(
    client: FlaskClient, wrong: dict[str, str]
) -> None:
    registered(client)
    filled = {"name": "Асан", "name_ru": "", "language": "kk", "locality": "", **wrong}
    assert client.send("/kk/accounts/me", filled).status_code == 400
    assert rows(User)[0].name == "Айгүл Серікқызы"


def test_a_form_cannot_change_what_is_not_on_it(client: FlaskClient) -> None:
    registered(client)
    more = {"contact": "x@mail.kz", "role": "administrator", "suspended_at": "1", "id": "9"}
    client.send("/kk/accounts/me", {"name": "Асан", "language": "kk", "locality": "", **more})
    (user,) = rows(User)
    assert (user.name, user.contact, user.suspended_at) == ("Асан", CONTACT, None)
    assert rows(Role) == []


def test_a_wrong_present_password_changes_nothing(client: FlaskClient) -> None:
    registered(client)
    before = rows(User)[0].password_hash
    for page, field in (("password", "password_new"), ("me/erasure", "x")):
        wrong = {"password": "қате құпия сөз", field: "он екі ақ қаз"}
        assert client.send(f"/kk/accounts/{page}", wrong).status_code == 400
    assert (
        client.send(
            "/kk/accounts/password", {"password": PASSWORD, "password_new": "short"}
        ).status_code
        == 400
    )
    assert rows(User)[0].password_hash == before


def test_everything_kept_about_me_can_be_taken_along(app: Flask, client: FlaskClient) -> None:
    registered(client)
    user = people.find(CONTACT)
    assert user is not None
    roles.give(user, "expert", "region", "atyrau")
    db.session.commit()
    answer = client.get("/kk/accounts/me/data.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    mine = json.loads(answer.text)["accounts"]
    assert mine["accounts_user"][0]["contact"] == CONTACT
    given = {f"{table}.{column}" for table, part in mine.items() for row in part for column in row}
    registered_columns = {field.column for field in PERSONAL_DATA.fields}
    assert given == registered_columns - {"accounts_user.password_hash"}
    page = client.get("/kk/accounts/me/data").text
    assert CONTACT in page
    assert "Аты-жөні" in page


def test_the_export_holds_nothing_of_others(client: FlaskClient, make_user: MakeUser) -> None:
    make_user(name="Басқа Біреу", contact="other@mail.kz", role="trainer")
    registered(client)
    text = client.get("/kk/accounts/me/data.json").text
    assert "other@mail.kz" not in text
    assert "Басқа" not in text
    assert "trainer" not in text


def test_erasing_leaves_no_trace_of_who_it_was(app: Flask, client: FlaskClient) -> None:
    registered(client)
    client.send(
        "/kk/accounts/me", {"name": "Айгүл", "name_ru": "Айгуль", "language": "kk", "locality": ""}
    )
    user = people.find(CONTACT)
    assert user is not None
    roles.give(user, "trainer")
    resets.make_link(user)
    db.session.commit()
    assert client.send("/kk/accounts/me/erasure", {"password": PASSWORD}).status_code == 200
    assert client.get("/kk/accounts/me").status_code == 303
    for model in (LoginSession, Role, Reset):
        assert rows(model) == []
    kept = repr([[*row] for row in _dump().values()])
    for marker in (CONTACT, "Айгүл", "Айгуль", "argon2"):
        assert marker not in kept
    assert len(rows(Consent)) == 1
    assert (
        client.send("/kk/accounts/login", {"contact": CONTACT, "password": PASSWORD}).status_code
        == 400
    )


def test_who_erased_an_account_may_register_again(app: Flask, client: FlaskClient) -> None:
    for _ in range(2):
        registered(client)
        client.send("/kk/accounts/me/erasure", {"password": PASSWORD})
    assert [user.contact for user in rows(User)] == [None, None]


def test_reading_every_page_changes_nothing_in_the_database(
    app: Flask, client: FlaskClient, make_user: MakeUser, clock: Clock
) -> None:
    user = make_user(role="administrator")
    link = resets.make_link(user).removeprefix("http://127.0.0.1:8000")
    db.session.commit()
    sign_in(client, user)
    clock.move(minutes=6)
    addresses = [link, *_addresses(app)]
    before = _dump()
    for browser in (app.test_client(), client):
        for address in addresses:
            for ask in (browser.get, browser.head):
                assert ask(address).status_code < 500, address
    assert _dump() == before
    assert len(addresses) > 25


def test_a_person_cannot_reach_into_anothers_account_by_any_address(
    client: FlaskClient, make_user: MakeUser
) -> None:
    victim = make_user(name="Құрбан Болған", contact="victim@mail.kz")
    sign_in(client, make_user())
    for field in ("id", "user_id", "user", "contact"):
        for value in (str(victim.id), "victim@mail.kz"):
            for page in PRIVATE:
                shown = client.get(f"/kk/accounts/{page}", query_string={field: value})
                assert "victim@mail.kz" not in shown.text
                assert "Құрбан" not in shown.text


def test_every_personal_column_is_in_the_register() -> None:
    not_personal = {
        "accounts_user.id", "accounts_user.contact_kind", "accounts_user.suspended_at",
        "accounts_user.erased_at",
        "accounts_session.id", "accounts_session.token_hash", "accounts_session.user_id",
        "accounts_session.expires_at", "accounts_session.ended_at",
        "accounts_role.id", "accounts_role.user_id",
        "accounts_reset.token_hash", "accounts_reset.user_id", "accounts_reset.account_state",
        "accounts_reset.expires_at", "accounts_reset.used_at",
        "accounts_consent.id", "accounts_consent.user_id",
    }  # fmt: skip
    places = ("accounts_region", "accounts_locality", "accounts_organisation")
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if table.name.startswith("accounts_") and table.name not in places
        for column in table.columns
    }
    assert columns - not_personal == {field.column for field in PERSONAL_DATA.fields}


def test_the_plugin_keeps_the_contract(app: Flask) -> None:
    check_plugin(plugin)
    assert PERSONAL_DATA in app.extensions["lms.contributions"]


def _addresses(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            for language in ("kk", "ru", "en"):
                values: dict[str, Any] = {"lang": language, "token": "x", "number": 1}
                wanted = {name: values[name] for name in rule.arguments}
                with app.test_request_context():
                    yield rule.build(wanted)[1]  # type: ignore[index]


def _dump() -> dict[str, list[Any]]:
    with reading():
        return {
            table: sorted(map(repr, db.session.execute(text(f"SELECT * FROM {table}"))))
            for table in Base.metadata.tables
            if re.match("accounts_|lms_", table)
        }
