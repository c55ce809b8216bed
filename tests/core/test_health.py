import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from lms import health
from lms.database import db
from lms.health import HealthCheck
from lms.plugins import contribute
from lms.testing import Clock


def test_a_sound_site_is_live_and_ready(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "live"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json) == (200, {"status": "ready"})


def test_it_stays_live_but_not_ready_while_the_database_is_away(
    client: FlaskClient, database_away: Callable[[], AbstractContextManager[None]]
) -> None:
    with database_away():
        start = time.perf_counter()
        assert client.get("/health/live").status_code == 200
        assert time.perf_counter() - start < 1
        ready = client.get("/health/ready")
        assert ready.status_code == 503
        assert "database" in ready.json["failed"]
    assert client.get("/health/ready").status_code == 200


def test_a_database_behind_the_code_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version_lms"))
    response = client.get("/health/ready")
    assert (response.status_code, response.json["failed"]) == (503, ["schema"])


def test_a_database_ahead_of_the_code_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version_lms SET version_num = '9999'"))
    assert client.get("/health/ready").json["failed"] == ["schema"]


def test_a_disk_that_is_almost_full_is_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**62)
    assert client.get("/health/ready").json["failed"] == ["disk"]


def test_a_clock_before_the_build_is_not_ready(client: FlaskClient, clock: Clock) -> None:
    clock.moment = datetime(1970, 1, 1, tzinfo=UTC)
    assert client.get("/health/ready").json["failed"] == ["clock"]


def test_a_plugins_check_counts_and_its_crash_is_a_failure(app: Flask, client: FlaskClient) -> None:
    contribute(app, "tests", HealthCheck("kettle", lambda: None))
    assert client.get("/health/ready").status_code == 200
    contribute(app, "tests", HealthCheck("stove", lambda: "cold"))
    contribute(app, "tests", HealthCheck("roof", lambda: str(1 / 0)))
    assert client.get("/health/ready").json["failed"] == ["roof", "stove"]


def test_the_answer_gives_nothing_away(app: Flask, client: FlaskClient) -> None:
    contribute(app, "tests", HealthCheck("stove", lambda: "secret path /srv/lms"))
    body = client.get("/health/ready").text
    assert "/srv" not in body
    assert str(Path(app.config["DATA"])) not in body


def test_asking_takes_no_language_and_no_method_but_reading(client: FlaskClient) -> None:
    assert client.get("/kk/health/live").status_code == 404
    assert client.post("/health/live").status_code == 405
