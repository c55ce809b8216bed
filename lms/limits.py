"""Rate limits that all server processes share, because they are rows in the database."""

import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import TooManyRequests

from lms import clock
from lms.database import Model, db, insert_into


class Limit(Model):
    """How often something was tried within one window of time."""

    __tablename__ = "lms_limit"

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    tries: Mapped[int]


def count(what: str, who: str, *, most: int, seconds: int) -> None:
    """Count a try and commit it; raise `TooManyRequests` (429, Retry-After) past `most` per window.

    `who` is hashed before it is stored, so the table holds no contacts and no addresses.
    """
    tries = _add_one(_bucket(what, who), _window(seconds))
    db.session.commit()
    if tries > most:
        elapsed = clock.now().timestamp() % seconds
        raise TooManyRequests(retry_after=int(seconds - elapsed) + 1)


def forget(what: str, who: str) -> None:
    """Begin anew for `who`: after the right password, earlier slips no longer count."""
    db.session.execute(delete(Limit).where(Limit.bucket == _bucket(what, who)))


def forget_old(older_than: timedelta = timedelta(days=2)) -> int:
    """Delete windows that ended long ago; return how many."""
    result = db.session.execute(
        delete(Limit).where(Limit.window < int((clock.now() - older_than).timestamp()))
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _bucket(what: str, who: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    return f"{what}:{hmac.new(key, who.encode(), hashlib.sha256).hexdigest()[:32]}"


def _window(seconds: int) -> int:
    return int(clock.now().timestamp() // seconds * seconds)


def _add_one(bucket: str, window: int) -> int:
    statement = (
        insert_into(Limit)
        .values(bucket=bucket, window=window, tries=1)
        .on_conflict_do_update(index_elements=["bucket", "window"], set_={"tries": Limit.tries + 1})
        .returning(Limit.tries)
    )
    return int(db.session.execute(statement).scalar_one())
