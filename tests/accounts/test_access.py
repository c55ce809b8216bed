import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.access import own_address
from lms.accounts.models import User
from lms.accounts.services import people
from lms.accounts.testing import sign_in
from lms.database import db
from lms.testing import Clock

from . import conftest
from .conftest import CONTACT, PASSWORD, fields, registered

MakeUser = Callable[..., User]
NOTE = "/kk/notes/note"
SIGN_IN = {"contact": CONTACT, "password": PASSWORD}

ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "%09//evil.example",
    "/%0a/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "http:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "/x@evil.example",
    "/%2f/evil.example",
    "/.//evil.example",
    "//evil.example%2f..",
    "/\u2215evil.example",
    "\u2215\u2215evil.example",
    "/" + "a" * 4000,
    "/\t/evil.example",
    "/\r\n/evil.example",
    "/kk/../..//evil.example",
    "/kk/\ud800",
    "///kk/evil.example/..;//",
    "/kk/accounts/login?next=//evil.example",
    "/kk/notes/note/../../..//evil.example",
    "http://localhost/kk/",
    " /kk/",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nothing_but_our_own_pages_is_followed_after_signing_in(
    app: Flask, client: FlaskClient, address: str
) -> None:
    registered(client)
    for door in ("login", "register"):
        asked = client.get(f"/kk/accounts/{door}", query_string={"next": _sendable(address)})
        assert asked.status_code in {303, 400}
        if asked.status_code == 303:
            assert asked.headers["Location"] == "/kk/"
    fresh = app.test_client()
    answer = fresh.send("/kk/accounts/login", {**SIGN_IN, "next": _sendable(address)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kk/")
    newcomer = app.test_client().send(
        "/kk/accounts/register",
        fields(contact="new@mail.kz", next=_sendable(address)),
    )
    assert (newcomer.status_code, newcomer.headers["Location"]) == (303, "/kk/")


def _sendable(address: str) -> str:
    return address.encode("utf-8", "replace").decode()


def test_two_targets_at_once_are_no_way_out(client: FlaskClient) -> None:
    registered(client)
    both = client.get("/kk/accounts/login?next=//evil.example&next=https://evil.example")
    assert both.headers["Location"] == "/kk/"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/ru/notes/note", "/ru/notes/note"),
        ("/kk/notes/note?a=1&b=%D2%9B", "/kk/notes/note?a=1&b=%D2%9B"),
        (
            "/kk/notes/note?_external=1&_scheme=javascript",
            "/kk/notes/note?_external=1&_scheme=javascript",
        ),
        ("/kk/notes/note#part", "/kk/notes/note"),
        ("/kk/accounts/login", None),
        ("/kk/accounts/logout", None),
        ("/kk/nothing", None),
        ("/de/notes/note", None),
    ],
)
def test_an_own_page_is_looked_up_and_its_address_made_anew(
    app: Flask, address: str, page: str | None
) -> None:
    with app.test_request_context("/kk/"):
        assert own_address(address) == page


def test_a_page_for_members_leads_through_the_door_and_back(client: FlaskClient) -> None:
    registered(client)
    client.send("/kk/accounts/logout")
    sent_off = client.get("/ru/notes/note?page=2")
    assert sent_off.status_code == 303
    assert sent_off.headers["Location"] == "/ru/accounts/login?next=/ru/notes/note?page%3D2"
    door = client.get(sent_off.headers["Location"])
    assert 'value="/ru/notes/note?page=2"' in door.text
    back = client.send("/ru/accounts/login", {**SIGN_IN, "next": "/ru/notes/note?page=2"})
    assert back.headers["Location"] == "/ru/notes/note?page=2"


def test_what_was_being_sent_when_the_session_ended_arrives_after_signing_in(
    client: FlaskClient, clock: Clock
) -> None:
    registered(client)
    clock.move(hours=13)
    typed = "Қатты ойланып жаздым <b>&\n«екі жол»"

    stopped = client.send(NOTE, {"text": [typed, "екінші"], "password": "not to be kept"})
    assert stopped.status_code == 401
    assert conftest.written == []
    assert "not to be kept" not in stopped.text

    asked_again = client.send(
        "/kk/accounts/login", {**SIGN_IN, "password": "wrong", "held": _held(stopped.text)}
    )
    assert asked_again.status_code == 400
    resumed = client.send("/kk/accounts/login", {**SIGN_IN, "held": _held(asked_again.text)})
    assert resumed.status_code == 200

    action, inputs = _only_form(resumed.text)
    assert action == NOTE
    assert client.post(action, data=inputs).text == "written"
    (_, texts) = conftest.written[0]
    assert [text.replace("\r\n", "\n") for text in texts] == [typed, "екінші"]


def test_without_any_cookie_the_same_two_steps_lose_nothing(
    app: Flask, client: FlaskClient
) -> None:
    registered(client)
    bare = app.test_client()
    stale = bare.post(NOTE, data={"text": "мәтін"})
    assert stale.status_code == 400
    action, inputs = _only_form(stale.text)
    stopped = bare.post(action, data=inputs)
    assert stopped.status_code == 401
    resumed = bare.send("/kk/accounts/login", {**SIGN_IN, "held": _held(stopped.text)})
    action, inputs = _only_form(resumed.text)
    assert bare.post(action, data=inputs).text == "written"


def test_a_held_form_that_we_did_not_seal_is_ignored(client: FlaskClient) -> None:
    registered(client)
    client.send("/kk/accounts/logout")
    answer = client.send("/kk/accounts/login", {**SIGN_IN, "held": "WyJodHRwczovL2V2aWwiXQ.abc"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kk/")


def test_a_suspended_person_can_do_nothing_with_an_open_page(
    client: FlaskClient, make_user: MakeUser
) -> None:
    user = make_user()
    sign_in(client, user)
    people.suspend(people.person(user.id))
    db.session.commit()
    assert client.send(NOTE, {"text": "x"}).status_code == 401
    assert conftest.written == []


def _held(page: str) -> str:
    found = re.search(r'name="held"[^>]*value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def _only_form(page: str) -> tuple[str, dict[str, list[str]]]:
    """The form in the main part of a page, as a browser would send it."""
    form = re.search(r'<main.*?<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', page, re.S)
    assert form is not None
    inputs: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', form[2]):
        inputs.setdefault(html.unescape(name), []).append(html.unescape(value))
    return html.unescape(form[1]), inputs
