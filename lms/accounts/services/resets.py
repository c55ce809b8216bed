"""Reset links: made for one account as it is, good once and for half an hour.

The link itself is made only when the mail goes out, so no table ever holds it.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from lms import clock, jobs, limits, mail
from lms.accounts import sessions
from lms.accounts.models import Reset, User
from lms.accounts.services import people
from lms.database import db
from lms.i18n import speaking
from lms.logs import note_security

GOOD_FOR = timedelta(minutes=30)
MAILS_A_DAY = 5
DAY = 24 * 3600


def ask(contact: str) -> None:
    """Have a link mailed if there is such an account; what it does is the same to see if not."""
    limits.count("reset", contact, most=MAILS_A_DAY, seconds=DAY)
    user = people.find(contact)
    if user and user.is_open and user.contact_kind == "email":
        jobs.enqueue(HANDLER.name, {"user_id": user.id})
        note_security("reset asked", user=user.id)


def make_link(user: User) -> str:
    """Return a new link with which the person chooses a password; flush."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        Reset(
            token_hash=sessions.digest(token),
            user_id=user.id,
            account_state=_state(user),
            expires_at=clock.now() + GOOD_FOR,
        )
    )
    db.session.flush()
    return _address_of(token, user.language)


def holder(token: str) -> User | None:
    """Return whose password a link may change; None if it is used, too old or void."""
    found = db.session.execute(
        select(Reset, User)
        .join(User, User.id == Reset.user_id)
        .where(
            Reset.token_hash == sessions.digest(token),
            Reset.used_at.is_(None),
            Reset.expires_at > clock.now(),
        )
    ).first()
    if found is None:
        return None
    reset, user = found
    return user if user.is_open and reset.account_state == _state(user) else None


def use(token: str, password_hash: str) -> User | None:
    """Give the holder of a link the new password, once; flush. None if the link is not good."""
    user = holder(token)
    used = db.session.execute(
        update(Reset)
        .where(Reset.token_hash == sessions.digest(token), Reset.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if user is None or not used.rowcount:  # type: ignore[attr-defined]
        return None
    note_security("reset done", user=user.id)
    people.set_password(user, password_hash)
    return user


def send(payload: dict[str, Any]) -> None:
    """Make a link and mail it: a job of the outbox."""
    user = db.session.get(User, payload["user_id"])
    if user is None or not user.is_open or not user.contact:
        return
    link = make_link(user)
    with speaking(user.language):
        message = {
            "to": mail.one_line(user.contact),
            "subject": _("A new password for Sauat"),
            "body": "\n\n".join(_body(user.name, link)),
        }
    db.session.commit()
    mail.deliver(message)


HANDLER = jobs.JobHandler("accounts.reset", send)


def _body(name: str, link: str) -> list[str]:
    return [
        _("Hello! Name of the account: %(name)s", name=name),
        _("Open this link and choose a new password. It works once, for 30 minutes."),
        link,
        _("If you did not ask for it, do nothing. Your password stays as it is."),
    ]


def _address_of(token: str, language: str) -> str:
    base = urlsplit(current_app.config["BASE_URL"])
    pages = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    values = {"token": token, "lang": language}
    return pages.build("accounts.show_new_password", values, force_external=True)


def _state(user: User) -> str:
    return hashlib.sha256(f"{user.contact} {user.password_hash}".encode()).hexdigest()
