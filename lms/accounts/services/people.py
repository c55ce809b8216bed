"""People: register, prove who they are, change what is known about them, suspend, erase."""

from sqlalchemy import select

from lms import clock, events, limits
from lms.accounts import contacts, devices, passwords, sessions
from lms.accounts.events import UserRegistered
from lms.accounts.models import Consent, User
from lms.database import db, insert_or_ignore, reading
from lms.logs import note_security

TRIES = 10
TRIES_WITHIN = 300


class ContactTaken(Exception):
    """Somebody else has an account with this contact."""


def register(
    name: str,
    contact: str,
    password_hash: str,
    language: str,
    *,
    name_ru: str | None = None,
    locality_id: int | None = None,
) -> User:
    """Open an account and return it; raise `ContactTaken` if another one holds the contact."""
    created = insert_or_ignore(
        User,
        name=name,
        name_ru=name_ru or None,
        contact=contact,
        contact_kind=contacts.kind_of(contact),
        password_hash=password_hash,
        language=language,
        locality_id=locality_id,
        created_at=clock.now(),
    )
    if not created:
        raise ContactTaken
    user = db.session.scalars(select(User).where(User.contact == contact)).one()
    note_security("registered", user=user.id)
    events.publish(UserRegistered(user.id, language, user.created_at))
    return user


def agree(user: User, text_hash: str, version: str, language: str) -> None:
    """Keep which text the person agreed to; flush."""
    db.session.add(
        Consent(
            user_id=user.id,
            text_hash=text_hash,
            version=version,
            language=language,
            at=clock.now(),
        )
    )
    db.session.flush()


def find(contact: str) -> User | None:
    """Return who has this (normalised) contact."""
    return db.session.scalar(select(User).where(User.contact == contact))


def person(user_id: int) -> User:
    """Return a person who is known to exist."""
    return db.session.get_one(User, user_id)


def prove(contact: str, password: str) -> int | None:
    """Return the id of the person whose contact and password these are, else None.

    Counts the try and raises `TooManyRequests` past the limit. Nothing is locked meanwhile, and an
    unknown contact takes as long as a wrong password.
    """
    with reading():
        found = db.session.execute(
            select(User.id, User.password_hash).where(User.contact == contact)
        ).first()
    user_id, kept = found or (None, None)
    who = (user_id and devices.known_as(user_id)) or contact
    limits.count("login", who, most=TRIES, seconds=TRIES_WITHIN)
    if not passwords.matches(password, kept):
        note_security("sign-in refused", user=user_id)
        return None
    limits.forget("login", who)
    return user_id


def set_password(user: User, password_hash: str) -> None:
    """Give the person another password and end every session; flush."""
    user.password_hash = password_hash
    sessions.end_all(user.id)
    note_security("password changed", user=user.id)
    db.session.flush()


def change(
    user: User, *, name: str, name_ru: str | None, language: str, locality_id: int | None
) -> None:
    """Change what the person says about themselves; flush."""
    user.name = name
    user.name_ru = name_ru or None
    user.language = language
    user.locality_id = locality_id
    db.session.flush()


def suspend(user: User) -> None:
    """Close the account for now: nobody gets in, nothing is lost; flush."""
    user.suspended_at = clock.now()
    sessions.end_all(user.id)
    note_security("suspended", user=user.id)
    db.session.flush()


def restore(user: User) -> None:
    """Open a suspended account again; flush."""
    user.suspended_at = None
    note_security("restored", user=user.id)
    db.session.flush()
