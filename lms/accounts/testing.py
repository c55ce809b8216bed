"""Fixtures about people for every plugin's tests: `pytest_plugins = ["lms.accounts.testing"]`."""

from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms import clock
from lms.accounts import passwords, sessions
from lms.accounts.contacts import kind_of
from lms.accounts.models import Role, User
from lms.database import db

PASSWORD = "жеті өзен 7 тау"  # noqa: S105

_numbers = count(1)


@pytest.fixture
def make_user(app: Flask) -> Callable[..., User]:
    """A function that adds a person: `make_user(role="trainer", course="family-budget")`.

    Without `password` nobody can sign in by form; `sign_in(client, user)` needs none.
    """

    def make(
        name: str = "Айгүл Серікқызы",
        contact: str | None = None,
        role: str | None = None,
        *,
        password: str | None = None,
        language: str = "kk",
        name_ru: str | None = None,
        **scope: str,
    ) -> User:
        contact = contact or f"person{next(_numbers)}@sauat.example"
        user = User(
            name=name,
            name_ru=name_ru,
            contact=contact,
            contact_kind=kind_of(contact),
            password_hash=passwords.hashed(password) if password else passwords.NONE,
            language=language,
            created_at=clock.now(),
            roles=[_role(role, scope)] if role and role != "resident" else [],
        )
        db.session.add(user)
        db.session.commit()
        return user

    return make


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    """Have `client` be this person's browser, without the form and its slow hashing."""
    token = sessions.open_session(user, "Chrome, Android")
    db.session.commit()
    with client.session_transaction() as cookie:
        sessions.put_into(cookie, token)
    return client


def _role(role: str, scope: dict[str, str]) -> Role:
    kind, value = next(iter(scope.items()), ("none", ""))
    return Role(role=role, scope_kind=kind, scope_id=value)
