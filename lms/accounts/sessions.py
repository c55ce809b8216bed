"""Sessions kept on the server: Flask-Login's user id in the cookie is a random token.

The row says until when the session may live at most; the signed cookie carries the moment it was
last used, so that reading a page writes nothing to the database.
"""

import hashlib
import secrets
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, login_user, logout_user
from sqlalchemy import ColumnElement, Row, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError

from lms import clock
from lms.accounts import devices
from lms.accounts.models import LoginSession, Role, User
from lms.accounts.permissions import HeldRole, is_trusted
from lms.database import db, rows

LONGEST = timedelta(days=30)
LONGEST_TRUSTED = timedelta(hours=12)
IDLE = timedelta(hours=12)
IDLE_TRUSTED = timedelta(minutes=30)
STAMP_EVERY = timedelta(minutes=5)

# Asked for on every page, so it is made once: making it costs more than running it.
_SESSION = (
    select(
        User.id,
        User.name,
        User.contact,
        Role.role,
        Role.scope_kind,
        Role.scope_id,
        LoginSession.created_at,
        LoginSession.expires_at,
    )
    .join(LoginSession, LoginSession.user_id == User.id)
    .outerjoin(Role, Role.user_id == User.id)
    .where(
        LoginSession.token_hash == bindparam("digest"),
        LoginSession.ended_at.is_(None),
        User.suspended_at.is_(None),
        User.erased_at.is_(None),
    )
)


@dataclass(frozen=True, eq=False)
class Person(UserMixin):
    """Who a request comes from, as `current_user`: what its session tells of a `User`."""

    id: int
    name: str
    contact: str | None
    roles: tuple[HeldRole, ...]
    #: The token of the session this person came with.
    token: str

    def get_id(self) -> str:
        """Return what Flask-Login puts into the cookie: the session's token, never the user's id."""
        return self.token


def init_app(app: Flask) -> None:
    """Have Flask-Login find the person of a request by the session's token."""
    app.config.update(PERMANENT_SESSION_LIFETIME=LONGEST, SESSION_REFRESH_EACH_REQUEST=False)
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(load)
    manager.init_app(app)


def begin(user: User) -> None:
    """Sign the person in on this device, with a new token and an empty cookie; flush.

    Whoever was signed in here before is signed out.
    """
    if "_user_id" in session:
        _end(LoginSession.token_hash == digest(session["_user_id"]))
    token = open_session(user, devices.words_for(request.user_agent.string))
    session.clear()
    g.pop("csrf_token", None)
    roles = tuple(HeldRole(role.role, role.scope_kind, role.scope_id) for role in user.roles)
    login_user(Person(user.id, user.name, user.contact, roles, token))
    session.permanent = True
    _stamp()


def open_session(user: User, device: str) -> str:
    """Write a session of the person and return its token; flush."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.execute(
        delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.expires_at < now)
    )
    row = LoginSession(
        token_hash=digest(token),
        user_id=user.id,
        created_at=now,
        expires_at=now + LONGEST,
        device=device,
    )
    db.session.add(row)
    db.session.flush()
    return token


def load(token: str) -> Person | None:
    """Return who holds this token, roles included, in one statement; None if it is over."""
    if "database_is_away" in g:
        return None
    try:
        found = rows(_SESSION, digest=digest(token)).all()
    except OperationalError:
        # The page that says so asks again who is there; it must not fail a second time.
        g.database_is_away = True
        raise
    if not found:
        return None
    person = _person(found, token)
    if _is_over(person, found[0].created_at, found[0].expires_at):
        return None
    if clock.now() - _last_used() >= STAMP_EVERY:
        _stamp()
    return person


def live(user_id: int) -> list[LoginSession]:
    """Return the sessions of a person that are not over, the newest first."""
    return list(
        db.session.scalars(
            select(LoginSession)
            .where(
                LoginSession.user_id == user_id,
                LoginSession.ended_at.is_(None),
                LoginSession.expires_at > clock.now(),
            )
            .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
        )
    )


def end_present(person: Person) -> None:
    """End the session this request came with and empty its cookie; flush."""
    _end(LoginSession.token_hash == digest(person.token))
    logout_user()
    session.clear()


def end_one(user_id: int, session_id: int) -> bool:
    """End one session of a person; return whether there was such a one; flush."""
    return bool(_end(LoginSession.user_id == user_id, LoginSession.id == session_id))


def end_all(user_id: int) -> int:
    """End every session of a person; return how many there were; flush."""
    return _end(LoginSession.user_id == user_id)


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def put_into(cookie: MutableMapping[str, Any], token: str) -> None:
    """Write into a cookie's content what `begin` would: for tests."""
    cookie.update(_user_id=token, _fresh=True, _permanent=True, seen=clock.now().timestamp())


def _person(found: Sequence[Row[Any]], token: str) -> Person:
    first = found[0]
    roles = tuple(HeldRole(row.role, row.scope_kind, row.scope_id) for row in found if row.role)
    return Person(first.id, first.name, first.contact, roles, token)


def _end(*which: ColumnElement[bool]) -> int:
    result = db.session.execute(
        update(LoginSession)
        .where(LoginSession.ended_at.is_(None), *which)
        .values(ended_at=clock.now())
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _is_over(person: Person, began: datetime, expires: datetime) -> bool:
    trusted = is_trusted(person)
    longest = LONGEST_TRUSTED if trusted else LONGEST
    idle = IDLE_TRUSTED if trusted else IDLE
    ends = min(expires, began + longest, _last_used() + idle)
    return clock.now() >= ends


def _last_used() -> datetime:
    return datetime.fromtimestamp(session.get("seen", 0), UTC)


def _stamp() -> None:
    session["seen"] = clock.now().timestamp()
