import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from typing import Any

import pytest
from flask import Blueprint, Flask
from sqlalchemy import create_engine, text

from lms.database import db
from lms.logs import JsonLines, log
from lms.plugins import Plugin


@pytest.fixture
def plugins() -> list[Plugin]:
    return []


@pytest.fixture
def make_plugin() -> Callable[..., Plugin]:
    """A function (name, **fields) → a plugin with an empty blueprint of that name."""

    def make(name: str, **fields: object) -> Plugin:
        return Plugin(name=name, blueprint=Blueprint(name, __name__), **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def database_away(
    app: Flask, database_server: str | None
) -> Callable[[], AbstractContextManager[None]]:
    """`with database_away():` – within the block no connection to the database can be made."""

    def on_server(*statements: str) -> None:
        engine = create_engine(str(database_server), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    @contextmanager
    def away() -> Iterator[None]:
        db.session.remove()
        db.engine.dispose()
        name = db.engine.url.database or ""
        if database_server is None:
            os.rename(name, f"{name}.away")
            os.mkdir(name)
        else:
            on_server(
                f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false",
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
            )
        yield
        if database_server is None:
            os.rmdir(name)
            os.rename(f"{name}.away", name)
        else:
            on_server(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")

    return away


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """A function that returns every line logged so far, parsed."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().split("\n")[:-1]]
    log.removeHandler(handler)
