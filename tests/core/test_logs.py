import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.logs import JsonLines, note, note_security

Logged = Callable[[], list[dict[str, Any]]]


def test_each_request_is_one_line_with_its_number(client: FlaskClient, logged: Logged) -> None:
    response = client.get("/kk/help")
    (line,) = logged()
    assert line["event"] == "request"
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "pages.help", 200)
    assert line["request"] == response.headers["X-Request-Id"]
    assert line["ms"] >= 0
    assert datetime.fromisoformat(line["at"]).utcoffset().total_seconds() == 0  # type: ignore[union-attr]


def test_two_requests_have_two_numbers(client: FlaskClient) -> None:
    numbers = {client.get("/kk/").headers["X-Request-Id"] for _ in range(5)}
    assert len(numbers) == 5


def test_a_number_from_outside_is_not_taken_over(client: FlaskClient) -> None:
    response = client.get("/kk/", headers={"X-Request-Id": "made-up"})
    assert response.headers["X-Request-Id"] != "made-up"


def test_nothing_that_people_typed_is_logged(client: FlaskClient, logged: Logged) -> None:
    client.get("/kk/help?contact=aigul@sauat.example", headers={"User-Agent": "phone-7"})
    client.get("/kk/aigul@sauat.example")
    client.post("/kk/help", data={"password": "құпия-сөз"})
    for secret in ("aigul", "құпия", "phone-7"):
        assert secret not in json.dumps(logged(), ensure_ascii=False)


HOSTILE = [
    "a\nb",
    "a\r\nb",
    "a\x1b[31mb",
    "a\x00b",
    'a"b',
    "a\\nb",
    "a\u2028b",
    "a\x85b",
    "a\ud800b",
    "ә🌾",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_value_can_break_out_of_its_line(app: Flask, text: str) -> None:
    record = logging.LogRecord("lms", logging.INFO, "", 0, "event %", (), None)
    record.fields = {"name": text, "list": [text]}
    line = JsonLines().format(record)
    assert len(line.encode("utf-8").splitlines()) == 1
    assert len(line.splitlines()) == 1
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in line)
    assert json.loads(line)["list"][0] == text


def test_a_security_event_says_from_where(app: Flask, logged: Logged) -> None:
    app.add_url_rule("/enter", "enter", lambda: str(note_security("signed in", user=7)))
    app.test_client().get("/enter", environ_overrides={"REMOTE_ADDR": "10.0.0.7"})
    note_security("role given", user=8)
    first, second = [line for line in logged() if line["logger"] == "lms.security"]
    assert (first["event"], first["user"], first["from"]) == ("signed in", 7, "10.0.0.7")
    assert second["from"] == "command line"


def test_an_event_outside_any_request_has_no_number(app: Flask, logged: Logged) -> None:
    note("awake", hours=3)
    (line,) = logged()
    assert line["event"] == "awake"
    assert line["hours"] == 3
    assert "request" not in line


def test_what_json_does_not_know_is_written_as_text(app: Flask, logged: Logged) -> None:
    note("moment", at_=datetime(2026, 11, 22), what={1, 2} and object)  # noqa: DTZ001
    assert logged()[0]["at_"] == "2026-11-22 00:00:00"


def test_an_application_made_twice_logs_once(app: Flask, logged: Logged) -> None:
    from lms import create_app
    from lms.testing import SECRET

    create_app({"SECRET_KEY": SECRET, "DATA": app.config["DATA"]}, [])
    own = list(logging.getLogger("lms").handlers)
    assert len([handler for handler in own if type(handler) is logging.StreamHandler]) == 2
