"""Sessions kept on the server: Flask-Login's user id in the cookie is a random token.

The row says until when the session may live at most; the signed cookie carries the moment it was
last used, so that reading a page writes nothing to the database.
"""

import hashlib
import secrets
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, g, request, session
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import ColumnElement, Row, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.attributes import set_committed_value

from lms import clock
from lms.accounts import devices
from lms.accounts.models import LoginSession, Role, User
from lms.accounts.permissions import is_trusted
from lms.database import db

LONGEST = timedelta(days=30)
LONGEST_TRUSTED = timedelta(hours=12)
IDLE = timedelta(hours=12)
IDLE_TRUSTED = timedelta(minutes=30)
STAMP_EVERY = timedelta(minutes=5)

# Asked for on every page, so it is made once: making it costs more than running it.
_SESSION = (
    select(User, Role, LoginSession.created_at, LoginSession.expires_at)
    .join(LoginSession, LoginSession.user_id == User.id)
    .outerjoin(Role, Role.user_id == User.id)
    .where(LoginSession.token_hash == bindparam("digest"), LoginSession.ended_at.is_(None))
)


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
    user.token = open_session(user, devices.words_for(request.user_agent.string))
    session.clear()
    g.pop("csrf_token", None)
    login_user(user)
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


def load(token: str) -> User | None:
    """Return who holds this token, roles included, in one statement; None if it is over."""
    if "database_is_away" in g:
        return None
    try:
        found = _find(token)
    except OperationalError:
        # The page that says so asks again who is there; it must not fail a second time.
        g.database_is_away = True
        raise
    if found is None or not found.User.is_open or _is_over(found):
        return None
    if clock.now() - _last_used() >= STAMP_EVERY:
        _stamp()
    found.User.token = token
    return cast(User, found.User)


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


def end_present(user: User) -> None:
    """End the session this request came with and empty its cookie; flush."""
    _end(LoginSession.token_hash == digest(user.token))
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


def _find(token: str) -> Row[User, Role, datetime, datetime] | None:
    rows = db.session.execute(_SESSION, {"digest": digest(token)}).all()
    if not rows:
        return None
    set_committed_value(rows[0].User, "roles", [row.Role for row in rows if row.Role])
    return rows[0]


def _end(*which: ColumnElement[bool]) -> int:
    result = db.session.execute(
        update(LoginSession)
        .where(LoginSession.ended_at.is_(None), *which)
        .values(ended_at=clock.now())
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _is_over(found: Row[User, Role, datetime, datetime]) -> bool:
    trusted = is_trusted(found.User)
    longest = LONGEST_TRUSTED if trusted else LONGEST
    idle = IDLE_TRUSTED if trusted else IDLE
    ends = min(found.expires_at, found.created_at + longest, _last_used() + idle)
    return clock.now() >= ends


def _last_used() -> datetime:
    return datetime.fromtimestamp(session.get("seen", 0), UTC)


def _stamp() -> None:
    session["seen"] = clock.now().timestamp()
