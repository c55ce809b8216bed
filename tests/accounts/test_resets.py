import email
import email.policy
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from lms import jobs
from lms.accounts.models import Reset, User
from lms.accounts.services import people
from lms.database import db
from lms.testing import Clock

from .conftest import CONTACT, PASSWORD, registered, rows

NEW = "он екі ақ қаз"
MakeUser = Callable[..., User]


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    """The browser on which the account was opened."""
    return registered(app.test_client())


def ask(client: FlaskClient, contact: str = CONTACT, language: str = "kk") -> str:
    answer = client.send(f"/{language}/accounts/reset", {"contact": contact})
    assert answer.status_code == 200
    return answer.text


def letters() -> list[email.message.EmailMessage]:
    jobs.run_due()
    folder = Path(current_app.config["DATA"]) / "mail"
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in folder.glob("*.eml")
    ]


def link_in(letter: email.message.EmailMessage) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", letter.get_content())
    assert found is not None
    return found[1]


def test_the_mailed_link_gives_a_new_password_once(
    app: Flask, owner: FlaskClient, client: FlaskClient
) -> None:
    ask(client)
    (letter,) = letters()
    assert letter["To"] == CONTACT
    assert letter["Subject"] == "Сауат: жаңа құпиясөз"
    link = link_in(letter)
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200
    assert client.send(link, {"password": NEW}).status_code == 303
    assert client.send(link, {"password": "тағы бір сөз"}).status_code == 410
    assert client.get(link).status_code == 410
    login = "/kk/accounts/login"
    assert client.send(login, {"contact": CONTACT, "password": PASSWORD}).status_code == 400
    assert client.send(login, {"contact": CONTACT, "password": NEW}).status_code == 303
    assert owner.get("/kk/accounts/me").status_code == 303


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    owner: FlaskClient, client: FlaskClient
) -> None:
    known, unknown = ask(client), ask(client, "nobody@mail.kz")
    assert known == unknown
    assert len(letters()) == 1


def test_people_with_a_phone_are_told_honestly_whom_to_ask(app: Flask, client: FlaskClient) -> None:
    known = ask(registered(app.test_client(), contact="+77011234567"), "+77011234567")
    assert "Үйлестірушіңізден".lower() in known.lower()
    assert "үйлестірушіңізден" in ask(client, "+77010000000")
    assert letters() == []


def test_no_table_holds_the_link_or_the_contact(owner: FlaskClient, client: FlaskClient) -> None:
    ask(client)
    assert CONTACT not in repr([job.payload for job in rows(jobs.Job)])
    token = link_in(letters()[0]).rpartition("/")[2]
    (reset,) = rows(Reset)
    assert token not in repr(reset.__dict__)
    assert token not in repr([job.payload for job in rows(jobs.Job)])


def test_a_link_is_good_for_half_an_hour(
    owner: FlaskClient, client: FlaskClient, clock: Clock
) -> None:
    ask(client)
    link = link_in(letters()[0])
    clock.move(minutes=29, seconds=59)
    assert client.get(link).status_code == 200
    clock.move(seconds=1)
    assert client.get(link).status_code == 410
    assert client.send(link, {"password": NEW}).status_code == 410


def test_a_changed_password_voids_every_link(owner: FlaskClient, client: FlaskClient) -> None:
    ask(client)
    link = link_in(letters()[0])
    owner.send("/kk/accounts/password", {"password": PASSWORD, "password_new": NEW})
    assert client.send(link, {"password": "тағы бір сөз"}).status_code == 410


def test_a_suspended_person_cannot_use_a_link(owner: FlaskClient, client: FlaskClient) -> None:
    ask(client)
    link = link_in(letters()[0])
    user = people.find(CONTACT)
    assert user is not None
    people.suspend(user)
    db.session.commit()
    assert client.get(link).status_code == 410
    assert client.send(link, {"password": NEW}).status_code == 410


@pytest.mark.parametrize("password", ["", "short", "12345678"])
def test_a_refused_password_does_not_use_the_link_up(
    owner: FlaskClient, client: FlaskClient, password: str
) -> None:
    ask(client)
    link = link_in(letters()[0])
    assert client.send(link, {"password": password}).status_code == 400
    assert client.send(link, {"password": NEW}).status_code == 303


@pytest.mark.parametrize("token", ["x", "a" * 3000, "%00", "%ED%A0%80", "..%2f", "қ"])
def test_an_invented_link_is_over(client: FlaskClient, token: str) -> None:
    assert client.get(f"/kk/accounts/reset/{token}").status_code in {404, 410}
    posted = client.send(f"/kk/accounts/reset/{token}", {"password": NEW})
    assert posted.status_code in {404, 410}


def test_five_letters_a_day_are_enough(
    owner: FlaskClient, client: FlaskClient, clock: Clock
) -> None:
    for _ in range(5):
        ask(client)
    assert client.send("/kk/accounts/reset", {"contact": CONTACT}).status_code == 429
    assert len(letters()) == 5
    clock.move(days=1)
    ask(client)


def test_the_letter_is_in_the_language_of_its_reader(
    app: Flask, client: FlaskClient, make_user: MakeUser
) -> None:
    make_user(contact="ru@mail.kz", language="ru")
    ask(client, "ru@mail.kz", "kk")
    (letter,) = letters()
    assert letter["Subject"] == "Сауат: новый пароль"
    assert "/ru/accounts/reset/" in letter.get_content()


def test_the_host_in_the_link_is_the_configured_one(
    owner: FlaskClient, client: FlaskClient
) -> None:
    client.send(
        "/kk/accounts/reset",
        {"contact": CONTACT},
        headers={"X-Forwarded-Host": "evil.example"},
    )
    assert "evil.example" not in letters()[0].get_content()


def test_a_letter_to_an_erased_person_is_not_sent(owner: FlaskClient, client: FlaskClient) -> None:
    ask(client)
    owner.send("/kk/accounts/me/erasure", {"password": PASSWORD})
    assert letters() == []


def test_many_uses_of_one_link_at_once_change_the_password_once(
    app: Flask, owner: FlaskClient, client: FlaskClient
) -> None:
    ask(client)
    link = link_in(letters()[0])
    statuses: list[int] = []

    def use(number: int) -> None:
        with app.app_context():
            answer = app.test_client().send(link, {"password": f"он екі ақ қаз {number}"})
            statuses.append(answer.status_code)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [410] * 11


def test_an_empty_form_is_shown_again(client: FlaskClient) -> None:
    assert client.send("/kk/accounts/reset", {"contact": ""}).status_code == 400
