import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import StatementError

from lms import jobs
from lms.database import UtcDateTime, count_statements, db, insert_or_ignore, reading
from lms.jobs import Job


@pytest.fixture
def counter(app: Flask) -> Flask:
    """An application with a counter that POST /read-modify-write and POST /atomic add one to."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    @app.post("/read-modify-write")
    def read_modify_write() -> str:
        n = db.session.scalar(text("SELECT n FROM counter"))
        db.session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
        db.session.commit()
        return "ok"

    @app.post("/atomic")
    def atomic() -> str:
        db.session.execute(text("UPDATE counter SET n = n + 1"))
        db.session.commit()
        return "ok"

    return app


def in_threads(app: Flask, address: str, threads: int, times: int) -> list[int]:
    statuses: list[int] = []

    def work() -> None:
        with app.app_context():
            client = app.test_client()
            statuses.extend(client.send(address).status_code for _ in range(times))

    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return statuses


def test_no_update_is_lost_by_four_threads(counter: Flask) -> None:
    # PostgreSQL's transactions let two readers see the same number: there a counter is atomic SQL.
    is_sqlite = db.engine.dialect.name == "sqlite"
    statuses = in_threads(counter, "/read-modify-write" if is_sqlite else "/atomic", 4, 100)
    assert set(statuses) == {200}
    assert db.session.scalar(text("SELECT n FROM counter")) == 400


@pytest.fixture
def begun(app: Flask) -> list[str]:
    """How each transaction began (SQLite)."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has one way to begin")
    said: list[str] = []

    @event.listens_for(db.engine, "checkout")
    def listen(connection: Any, *rest: Any) -> None:
        connection.set_trace_callback(lambda sql: said.append(sql) if sql[:5] == "BEGIN" else None)

    return said


@pytest.mark.parametrize(
    ("method", "beginning"),
    [("GET", "BEGIN"), ("HEAD", "BEGIN"), ("OPTIONS", "BEGIN"), ("POST", "BEGIN IMMEDIATE")],
)
def test_only_a_writing_request_takes_the_write_lock(
    app: Flask, begun: list[str], method: str, beginning: str
) -> None:
    @app.route("/look", methods=[method])
    def look() -> str:
        db.session.execute(text("SELECT 1"))
        return "ok"

    client = app.test_client()
    _ = client.send("/look") if method == "POST" else client.open("/look", method=method)
    assert begun == [beginning]


def test_the_command_line_and_jobs_take_the_write_lock(app: Flask, begun: list[str]) -> None:
    db.session.execute(text("SELECT 1"))
    assert begun == ["BEGIN IMMEDIATE"]


def test_others_can_write_while_a_post_is_only_reading(counter: Flask) -> None:
    other = create_engine(db.engine.url)

    @counter.post("/slow")
    def slow() -> str:
        with reading():
            db.session.execute(text("SELECT n FROM counter"))
            with other.begin() as connection:
                connection.execute(text("UPDATE counter SET n = n + 10"))
        db.session.execute(text("UPDATE counter SET n = n + 1"))
        db.session.commit()
        return "ok"

    assert counter.test_client().send("/slow").status_code == 200
    other.dispose()
    assert db.session.scalar(text("SELECT n FROM counter")) == 11


def test_after_reading_a_post_writes_again_with_the_lock(app: Flask, begun: list[str]) -> None:
    @app.post("/both")
    def both() -> str:
        with reading():
            db.session.execute(text("SELECT 1"))
            assert begun == ["BEGIN"]
        db.session.execute(text("SELECT 1"))
        return "ok"

    app.test_client().send("/both")
    assert begun == ["BEGIN", "BEGIN IMMEDIATE"]


def test_reading_is_over_even_when_it_failed(app: Flask, begun: list[str]) -> None:
    with pytest.raises(ZeroDivisionError), reading():
        _ = 1 / 0
    db.session.execute(text("SELECT 1"))
    assert begun == ["BEGIN IMMEDIATE"]


def test_a_request_that_fails_leaves_nothing_behind(counter: Flask) -> None:
    @counter.post("/half")
    def half() -> str:
        db.session.execute(text("UPDATE counter SET n = 99"))
        raise RuntimeError("power cut")

    counter.test_client().send("/half")
    assert db.session.scalar(text("SELECT n FROM counter")) == 0


def test_sqlite_is_durable_and_checks_foreign_keys(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("these are SQLite's switches")
    said = [
        db.session.scalar(text(f"PRAGMA {name}"))
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    ]
    assert said == ["wal", 2, 1, 5000]


def test_a_moment_comes_back_aware_and_in_utc(app: Flask) -> None:
    in_almaty = datetime(2026, 11, 22, 14, 0, 0, 123456, timezone(timedelta(hours=5)))
    jobs.enqueue("tea", {}, run_at=in_almaty)
    db.session.commit()
    stored = db.session.query(Job).one().run_at
    assert stored == in_almaty
    assert stored.tzinfo is UTC
    assert stored.hour == 9


def test_a_naive_moment_is_refused(app: Flask) -> None:
    naive = datetime(2026, 11, 22, 14, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="without time zone"):
        jobs.enqueue("tea", {}, run_at=naive)


def test_moments_compare_in_the_database_whatever_zone_they_came_in(app: Flask) -> None:
    noon_in_almaty = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=5)))
    eight_utc = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert noon_in_almaty < eight_utc
    jobs.enqueue("tea", {}, run_at=noon_in_almaty)
    assert db.session.query(Job).filter(Job.run_at < eight_utc).count() == 1
    assert UtcDateTime().process_bind_param(None, None) is None


def test_insert_or_ignore_says_whether_it_inserted(app: Flask) -> None:
    row = {"kind": "tea", "payload": {}, "run_at": datetime.now(UTC), "tries": 0}
    assert insert_or_ignore(Job, unique_key="tea:1", **row) is True
    assert insert_or_ignore(Job, unique_key="tea:1", **row) is False
    assert db.session.query(Job).count() == 1


def test_statements_are_counted_without_begin_and_commit(app: Flask) -> None:
    with count_statements() as sent:
        db.session.execute(text("SELECT 1"))
        db.session.commit()
        db.session.execute(text("SELECT 2"))
    assert sent == ["SELECT 1", "SELECT 2"]


def test_json_survives_as_it_was(app: Flask, make_plugin: Callable[..., Any]) -> None:
    payload = {"kk": "Әке «айтты»", "n": 1.5, "list": [1, None, True], "emoji": "🌾"}
    jobs.enqueue("tea", payload)
    db.session.commit()
    db.session.expunge_all()
    assert db.session.query(Job).one().payload == payload
