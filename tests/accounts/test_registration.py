import hashlib
import html
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.events import UserRegistered
from lms.accounts.models import Consent, LoginSession, User
from lms.accounts.services import people, places
from lms.accounts.testing import sign_in
from lms.database import db, reading
from lms.events import subscribe

from .conftest import CONTACT, PASSWORD, fields, registered, rows

REGISTER = "/kk/accounts/register"
MakeUser = Callable[..., User]


def test_registering_opens_an_account_and_signs_in(app: Flask, client: FlaskClient) -> None:
    told: list[UserRegistered] = []
    subscribe(app, UserRegistered, told.append)
    answer = client.send(REGISTER, fields(name="  Айгүл   Серікқызы "))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kk/")
    (user,) = rows(User)
    assert (user.name, user.contact, user.contact_kind) == ("Айгүл Серікқызы", CONTACT, "email")
    assert user.language == "kk"
    assert [event.user_id for event in told] == [user.id]
    assert client.get("/kk/accounts/me").status_code == 200


def test_a_phone_number_is_a_contact_too(client: FlaskClient) -> None:
    registered(client, contact="8 (701) 123-45-67")
    assert rows(User)[0].contact == "+77011234567"


def test_the_place_of_living_may_be_chosen(client: FlaskClient) -> None:
    places.load_places()
    merki = places.find_locality("merki")
    assert merki is not None
    db.session.commit()
    assert "Меркі — Жамбыл облысы" in client.get(REGISTER).text
    registered(client, locality=str(merki.id))
    assert rows(User)[0].locality_id == merki.id


def test_a_place_that_is_not_offered_is_refused(client: FlaskClient) -> None:
    assert client.send(REGISTER, fields(locality="99")).status_code == 400
    assert client.send(REGISTER, fields(locality="'; DROP TABLE")).status_code == 400
    assert rows(User) == []


def test_only_name_contact_password_and_consent_are_asked_for(client: FlaskClient) -> None:
    needed = fields()
    del needed["locality"]
    assert client.send(REGISTER, needed).status_code == 303


def test_the_very_text_that_was_shown_is_kept_as_agreed_to(client: FlaskClient) -> None:
    page = client.get("/ru/accounts/register").text
    shown = re.search(r'<ul class="small">(.*?)</ul>', page, re.S)
    assert shown is not None
    sentences = [html.unescape(item) for item in re.findall(r"<li>(.*?)</li>", shown[1])]
    client.send("/ru/accounts/register", fields())
    (consent,) = rows(Consent)
    assert consent.text_hash == hashlib.sha256("\n".join(sentences).encode()).hexdigest()
    assert consent.language == "ru"
    assert rows(User)[0].language == "ru"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "А"),
        ("name", "Ә" * 121),
        ("name", "Айгүл <script>"),
        ("name", "{{7*7}}"),
        ("name", "Айгүл 2"),
        ("name", "=cmd"),
        ("contact", ""),
        ("contact", "aigul"),
        ("contact", "a@mail.kz\r\nBcc: b@mail.kz"),
        ("password", ""),
        ("password", "short"),
        ("password", "12345678"),
        ("password", CONTACT),
        ("consent", ""),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_comes_back_filled_in(
    client: FlaskClient, field: str, value: str
) -> None:
    answer = client.send(REGISTER, fields(**{field: value}))
    assert answer.status_code == 400
    assert rows(User) == []
    assert f'href="#{field}"' in answer.text
    assert "<title>Қате: " in answer.text
    if field != "name":
        assert 'value="Айгүл Серікқызы"' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "name",
    ["Әл-Фараби", "Д’Артаньян", "Ґжегож Łęcki", "李 明", "محمد", "О. Т. Сұлтанбек ұлы", "Jo"],
)
def test_names_of_any_script_are_names(client: FlaskClient, name: str) -> None:
    registered(client, name=name)
    assert rows(User)[0].name == name


def test_pressing_the_button_twice_opens_one_account(app: Flask, client: FlaskClient) -> None:
    registered(client)
    again = app.test_client().send(REGISTER, fields())
    assert again.status_code == 303
    assert len(rows(User)) == 1
    assert len(rows(Consent)) == 1


def test_a_contact_that_is_taken_leads_to_the_ways_in(app: Flask, client: FlaskClient) -> None:
    registered(client)
    stranger = app.test_client()
    answer = stranger.send(REGISTER, fields(password="мүлдем басқа сөз"))
    assert answer.status_code == 400
    assert "/kk/accounts/login" in answer.text
    assert "/kk/accounts/reset" in answer.text
    assert stranger.get("/kk/accounts/me").status_code == 303
    assert len(rows(User)) == 1


def test_registering_is_no_way_around_the_limit_of_tries(app: Flask, client: FlaskClient) -> None:
    registered(client)
    thief = app.test_client()
    answers = [
        thief.send(REGISTER, fields(password=f"басқа құпия {n}")).status_code for n in range(11)
    ]
    assert answers == [400] * 10 + [429]


def test_who_is_signed_in_is_led_on(client: FlaskClient, make_user: MakeUser) -> None:
    sign_in(client, make_user())
    assert client.get(REGISTER).status_code == 303
    assert client.send(REGISTER, fields()).status_code == 303
    assert len(rows(User)) == 1


def test_a_stale_page_is_shown_again_filled_in(client: FlaskClient) -> None:
    answer = client.post(REGISTER, data=fields())
    assert answer.status_code == 400
    assert 'value="Айгүл Серікқызы"' in answer.text
    assert rows(User) == []


def test_forms_cannot_set_what_they_do_not_ask_for(client: FlaskClient) -> None:
    more = {"role": "administrator", "is_admin": "1", "id": "77", "user_id": "77", "roles": "x"}
    registered(client, **more)
    with reading():
        user = people.find(CONTACT)
        assert user is not None
        assert user.roles == []
        assert user.id != 77


def test_a_hundred_registrations_at_once_open_one_account(app: Flask) -> None:
    statuses: list[int] = []

    def press() -> None:
        with app.app_context():
            statuses.append(app.test_client().send(REGISTER, fields()).status_code)

    threads = [threading.Thread(target=press) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(User)) == 1
    assert len(rows(Consent)) == 1
    # On a machine that is busy with other things some are asked to try again, and lose nothing.
    assert set(statuses) <= {303, 429, 503}
    assert 303 in statuses
    assert statuses.count(303) == len(rows(LoginSession))


@pytest.mark.parametrize("field", ["name", "contact", "password", "locality", "next", "held"])
@pytest.mark.parametrize("value", ["\x00", "a\x00b", "x" * 100_000, "\ufffe", "1e309", "-1", "%00"])
def test_odd_input_never_breaks_the_page(client: FlaskClient, field: str, value: str) -> None:
    for door in ("register", "login", "reset"):
        assert client.send(f"/kk/accounts/{door}", fields(**{field: value})).status_code < 500


def test_raw_bytes_and_huge_bodies_are_refused_politely(client: FlaskClient) -> None:
    for body in (b"name=%ED%A0%80&contact=%FF%FE", b"name=" + b"x" * 10_000_000):
        answer = client.post(REGISTER, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {400, 413}


def test_fields_sent_twice_count_once(client: FlaskClient) -> None:
    twice: dict[str, Any] = {**fields(), "contact": [CONTACT, "other@mail.kz"]}
    client.send(REGISTER, twice)
    assert [user.contact for user in rows(User)] == [CONTACT]
