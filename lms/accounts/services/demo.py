"""Demo people: one to sign in as for each role."""

import hashlib
import hmac

from flask import current_app

from lms import clock
from lms.accounts import passwords
from lms.accounts.models import User
from lms.accounts.permissions import ROLES
from lms.accounts.services import people, roles
from lms.accounts.services.places import load_places
from lms.database import db, reading
from lms.demo import DemoData

NAMES = {
    "resident": ("Демо тұрғын", "Демо житель"),
    "staff": ("Демо әкімдік қызметкері", "Демо сотрудник акимата"),
    "trainer": ("Демо тренер", "Демо тренер"),
    "expert": ("Демо сарапшы", "Демо эксперт"),
    "coordinator": ("Демо үйлестіруші", "Демо координатор"),
    "administrator": ("Демо жүйе әкімшісі", "Демо системный администратор"),
}


def make_demo_people(password: str) -> list[tuple[str, str]]:
    """Make one person for each role, with this password; return (role, contact). Twice adds none."""
    contacts = [(role, f"{role}@demo.sauat.example") for role in ROLES]
    with reading():
        kept = {contact: _kept_hash(contact) for _, contact in contacts}
    hashes = {
        contact: old if old and passwords.matches(password, old) else passwords.hashed(password)
        for contact, old in kept.items()
    }
    for role, contact in contacts:
        user = people.find(contact) or _make(role, contact)
        user.password_hash = hashes[contact]
        roles.give(user, role)
    db.session.flush()
    return contacts


def prepare() -> list[str]:
    """Put places and demo people into a demo site; return how to sign in as each of them."""
    password = _password()
    people_made = make_demo_people(password)
    load_places()
    width = max(len(role) for role, _ in people_made)
    lines = [f"{role:<{width}}  {contact}" for role, contact in people_made]
    return [*lines, f"{'password':<{width}}  {password}"]


DEMO = DemoData("accounts", prepare)


def _password() -> str:
    # Of the site's own key, so that two demo sites never share it and the card stays the same.
    key = current_app.config["SECRET_KEY"].encode()
    return f"demo-{hmac.new(key, b'demo people', hashlib.sha256).hexdigest()[:8]}"


def _kept_hash(contact: str) -> str | None:
    user = people.find(contact)
    return user.password_hash if user else None


def _make(role: str, contact: str) -> User:
    name, name_ru = NAMES[role]
    user = User(
        name=name,
        name_ru=name_ru,
        contact=contact,
        contact_kind="email",
        password_hash=passwords.NONE,
        language="kk",
        created_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    return user
