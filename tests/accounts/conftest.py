"""The accounts tests run on accounts alone, and with a cheap password hash."""

from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from flask import Blueprint, request
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.accounts import passwords
from lms.accounts.access import sign_in_required
from lms.accounts.plugin import plugin
from lms.database import Model, db, reading
from lms.plugins import Plugin

Row = TypeVar("Row", bound=Model)

PASSWORD = "жеті өзен 7 тау"
CONTACT = "aigul@mail.kz"

notes = Blueprint("notes", __name__)
written: list[tuple[int, list[str]]] = []


@notes.get("/note")
@sign_in_required
def show_note() -> str:
    return "note"


@notes.post("/note")
@sign_in_required
def write_note() -> str:
    from flask_login import current_user

    written.append((current_user.id, request.form.getlist("text")))
    return "written"


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", cheap)
    passwords._hash_of_nobody.cache_clear()
    written.clear()


@pytest.fixture
def plugins() -> list[Plugin]:
    return [plugin, Plugin(name="notes", blueprint=notes)]


def rows(model: type[Row]) -> list[Row]:
    """All rows of a table as they are now; leaves no transaction open."""
    with reading():
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
    return found


def fields(**changed: str) -> dict[str, str]:
    """A registration form filled in."""
    filled = {
        "name": "Айгүл Серікқызы",
        "contact": CONTACT,
        "password": PASSWORD,
        "consent": "y",
        "locality": "",
    }
    return {**filled, **changed}


def registered(client: FlaskClient, **changed: str) -> FlaskClient:
    """A browser whose owner has just registered."""
    assert client.send("/kk/accounts/register", fields(**changed)).status_code == 303
    return client
