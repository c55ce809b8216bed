from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.exceptions import TooManyRequests

from lms.database import db
from lms.errors import SAID
from lms.i18n import speaking


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    @app.get("/<lang:lang>/fail/<int:code>")
    def fail(code: int) -> str:
        abort(code)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret detail in /srv/sauat/lms")

    @app.get("/busy")
    def busy() -> str:
        raise TooManyRequests(retry_after=7)

    @app.post("/write")
    def write() -> str:
        db.session.execute(text("CREATE TABLE big (n TEXT)"))
        for _ in range(100):
            db.session.execute(text("INSERT INTO big VALUES (:n)"), {"n": "x" * 10_000})
        db.session.commit()
        return "written"

    @app.get("/read")
    def read() -> str:
        return str(db.session.scalar(text("SELECT count(*) FROM lms_job")))

    return app.test_client()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("code", [400, 403, 404, 410, 413, 429, 500, 503])
def test_an_error_is_a_page_in_the_readers_language(
    app: Flask, client: FlaskClient, language: str, code: int
) -> None:
    response = client.get(f"/{language}/fail/{code}")
    assert response.status_code == code
    assert f'<html lang="{language}">' in response.text
    with speaking(language):
        title = str(SAID[code][0])
    assert f"<h1>{title}</h1>" in response.text
    assert f'href="/{language}/"' in response.text


@pytest.mark.parametrize(("code", "like"), [(406, 400), (415, 400), (418, 400), (501, 500)])
def test_a_rare_error_has_words_too(client: FlaskClient, code: int, like: int) -> None:
    response = client.get(f"/en/fail/{code}")
    assert response.status_code == code
    with speaking("en"):
        assert str(SAID[like][0]) in response.text


def test_a_failure_shows_its_number_and_no_trace(
    client: FlaskClient, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    response = client.get("/broken")
    assert response.status_code == 500
    for secret in ("secret detail", "Traceback", "RuntimeError", "/srv/", ".py"):
        assert secret not in response.text
    number = response.headers["X-Request-Id"]
    assert f"<code>{number}</code>" in response.text
    (line,) = [line for line in logged() if "trace" in line]
    assert line["request"] == number
    assert "secret detail" in line["trace"]


def test_too_many_tries_says_when_to_come_back(client: FlaskClient) -> None:
    response = client.get("/busy")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "7"


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    response = client.post("/kk/help")
    assert response.status_code == 405
    assert {"GET", "HEAD"} <= set(response.headers["Allow"].split(", "))


def test_too_large_a_form_is_refused_in_words(client: FlaskClient) -> None:
    field = "--b\r\nContent-Disposition: form-data; name={}\r\n\r\n{}\r\n"
    for body, kind in (
        ("essay=" + "x" * 2_000_000, "application/x-www-form-urlencoded"),
        (field.format("essay", "x" * 600_000) + "--b--\r\n", "multipart/form-data; boundary=b"),
        (field.format("q", "x") * 2000 + "--b--\r\n", "multipart/form-data; boundary=b"),
    ):
        response = client.post("/write", data=body, content_type=kind)
        assert response.status_code == 413
        assert "<h1>" in response.text


@pytest.fixture
def full_disk(app: Flask) -> None:
    """SQLite's file may not grow: it answers as on a full disk."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a full disk cannot be had on a shared PostgreSQL server")

    @event.listens_for(db.engine, "connect")
    def limit(connection: Any, record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 1}")

    db.session.remove()
    db.engine.dispose()


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_nothing_is_said_to_be_saved_and_nothing_typed_is_lost(
    client: FlaskClient, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    response = client.send("/write", {"essay": 'менің "жауабым"', "password": "құпия"})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) <= 10
    assert 'name="essay" value="менің &#34;жауабым&#34;"' in response.text
    assert 'action="/write"' in response.text
    assert "құпия" not in response.text
    problems = [line.get("problem") for line in logged()]
    assert "database or disk is full" in problems


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_reading_goes_on(client: FlaskClient) -> None:
    client.send("/write")
    assert client.get("/read").text == "0"
    assert client.get("/kk/").status_code == 200


def test_a_lock_held_by_another_process_is_answered_in_time(
    app: Flask, client: FlaskClient, tmp_path: object
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's lock")
    import sqlite3

    @event.listens_for(db.engine, "connect")
    def hurry(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    db.session.remove()
    db.engine.dispose()
    other = sqlite3.connect(db.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    response = client.send("/write", {"essay": "жауап"})
    assert response.status_code == 503
    assert 'value="жауап"' in response.text
    assert client.get("/read").status_code == 200
    other.execute("ROLLBACK")
    other.close()
    assert client.send("/write").text == "written"


def test_a_lost_connection_is_answered_and_the_next_request_works(
    app: Flask, client: FlaskClient
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no connection to lose")

    @app.post("/lost")
    def lost() -> str:
        db.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "never"

    response = client.send("/lost", {"essay": "жауап"})
    assert response.status_code == 503
    assert 'value="жауап"' in response.text
    assert client.get("/read").text == "0"


def test_a_database_that_is_away_is_told_in_words(
    client: FlaskClient, database_away: Callable[[], AbstractContextManager[None]]
) -> None:
    with database_away():
        response = client.get("/read", headers={"Accept-Language": "ru"})
        assert response.status_code == 503
        assert "<h1>" in response.text
        held = client.send("/write", {"essay": "жауап"})
        assert held.status_code == 503
        assert 'value="жауап"' in held.text
    assert client.get("/read").text == "0"


def test_what_was_typed_is_encoded_where_it_is_repeated(client: FlaskClient) -> None:
    hostile = '"><script>alert(1)</script>'
    for response in (
        client.post("/write", data={hostile: hostile}),
        client.get(f"/kk/{hostile}"),
        client.get("/kk/help", query_string={hostile: hostile}),
    ):
        assert "<script>alert" not in response.text


def test_the_held_form_goes_back_where_it_came_from(app: Flask, client: FlaskClient) -> None:
    app.post("/at/<path:name>", endpoint="at")(lambda name: request.path)
    page = client.post('/at/a"b', data={"q": "1"}).text
    assert 'action="/at/a&#34;b"' in page or 'action="/at/a%22b"' in page
