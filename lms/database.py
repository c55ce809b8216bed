"""The database: one session, honest transactions on SQLite, the same types on PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    MetaData,
    String,
    TypeDecorator,
    event,
    literal,
    orm,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import DeclarativeBase

READING_METHODS = {"GET", "HEAD", "OPTIONS"}

_only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: JSON that PostgreSQL can index and compare.
Json = JSON().with_variant(JSONB(), "postgresql")

#: Text compared byte by byte on both databases, whatever the server's locale: for prefix searches.
PlainText = String().with_variant(String(collation="C"), "postgresql")


class Base(DeclarativeBase):
    """What all tables share: names for constraints, and UTC for every moment."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Flask-SQLAlchemy makes a second base of this one; a type map is only taken over with a registry.
    registry = orm.registry(
        type_annotation_map={datetime: UtcDateTime, dict: Json, list: Json, dict[str, Any]: Json}
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """The base of every table."""

        __abstract__ = True

else:
    Model = db.Model


def init_app(app: Flask) -> None:
    """Connect `app` to its database and set up how transactions begin."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"pool_pre_ping": True})
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {}).setdefault(
        # Each thread of a server process holds one connection, the worker's thread another.
        "pool_size",
        app.config["THREADS"] + 1,
    )
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _create_for_us_alone(db.engine.url.database)
            event.listen(db.engine, "connect", _prepare_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)


@contextmanager
def reading() -> Iterator[None]:
    """Within this block a writing request takes no write lock: for slow work before the write."""
    token = _only_reading.set(True)
    try:
        yield
        db.session.rollback()
    finally:
        _only_reading.reset(token)


def rows(statement: Executable, **values: Any) -> CursorResult[Any]:
    """Return plain rows of columns, at a third of what entities cost: for pages that are read most.

    What this session has not flushed is not among them.
    """
    return db.session.connection().execute(statement, values)


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """Collect the SQL sent to the database within the block, without BEGIN and COMMIT."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def insert_or_ignore(model: type[Base], **values: Any) -> bool:
    """Insert a row unless a UNIQUE constraint already holds one; return whether it was inserted."""
    statement = insert_into(model).values(**values).on_conflict_do_nothing().returning(literal(1))
    # Not `rowcount`: for an insert PostgreSQL's driver may say -1, whatever happened.
    return db.session.execute(statement).first() is not None


def insert_into(model: type[Base]) -> PostgresqlInsert | SqliteInsert:
    """Return the database's own INSERT, which knows what to do on a conflict."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    return PostgresqlInsert(model) if is_postgresql else SqliteInsert(model)


def _create_for_us_alone(path: str | None) -> None:
    if path and path != ":memory:" and not os.path.exists(path):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver must not begin transactions by itself: its deferred ones lose updates silently.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-20000",
        "mmap_size=134217728",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    if _is_writing():
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # This one takes no lock and cannot fail, so it goes straight to the driver.
        connection.connection.cursor().execute("BEGIN")


def _is_writing() -> bool:
    if _only_reading.get():
        return False
    return not (has_request_context() and request.method in READING_METHODS)
