"""The saving script in a real browser: nothing is lost when the line or the session is."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.serving import make_server

from lms.accounts import sessions
from lms.accounts.models import User
from lms.database import db
from lms.quizzes import services
from lms.quizzes.models import AnswerRow, Attempt

from .conftest import begin, sheet_of
from .test_views import place_of

pytestmark = pytest.mark.browser

SAVED_BY_ITSELF = 4000

OUTBOX = """() => new Promise((done) => {
  const asked = indexedDB.open("sauat-outbox");
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => done([]);
  asked.onsuccess = () => {
    const found = asked.result.transaction("sauat-outbox").objectStore("sauat-outbox").getAll();
    found.onsuccess = () => { asked.result.close(); done(found.result); };
  };
})"""
PUT = """(draft) => new Promise((done) => {
  indexedDB.open("sauat-outbox").onsuccess = ({ target: { result } }) => {
    const change = result.transaction("sauat-outbox", "readwrite");
    change.objectStore("sauat-outbox").put(draft);
    change.oncomplete = () => { result.close(); done(); };
  };
})"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served while the test runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def phone(app: Flask, browser: FlaskClient, address: str, chromium: Any) -> Iterator[Any]:
    """A page of a real browser in which the learner is signed in."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, base_url=address)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    context.add_cookies([{"name": name, "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()


@pytest.fixture
def attempt(phone: Any, learner: User) -> Attempt:
    """An attempt of the learner, just begun."""
    return begin(learner)


def saved(attempt: Attempt, question: str) -> Any:
    asked = {a.question.id: a for a in services.list_questions(attempt)}[question]
    db.session.commit()
    return asked.answer


def rows() -> int:
    found = db.session.scalar(select(func.count()).select_from(AnswerRow)) or 0
    db.session.commit()
    return found


def kept(page: Any) -> list[dict[str, str]]:
    """What waits in the phone's outbox."""
    found: list[dict[str, str]] = page.evaluate(OUTBOX)
    return found


def wait_for_status(page: Any, text: str) -> None:
    page.get_by_role("status").filter(has_text=text).wait_for(timeout=SAVED_BY_ITSELF)


def test_a_choice_is_saved_by_itself_once(phone: Any, attempt: Attempt) -> None:
    phone.goto(place_of(attempt, "who"))
    phone.locator("[value=b]").check()
    wait_for_status(phone, "Сақталды 14:00")
    assert saved(attempt, "who") == {"options": ["b"]}
    assert kept(phone) == []
    phone.locator("[value=next]").click()
    assert rows() == 1


def test_what_could_not_be_sent_stays_and_is_sent_after_a_reload(
    phone: Any, attempt: Attempt, learner: User
) -> None:
    place = place_of(attempt, "capital")
    phone.goto(place)
    phone.route("**/attempts/**", lambda route: route.abort())
    phone.locator("#capital\\.text").fill("Астана")
    wait_for_status(phone, "Жіберуді күтуде")
    phone.wait_for_timeout(1500)
    assert saved(attempt, "capital") is None
    assert "Астана" in str(kept(phone))
    phone.unroute("**/attempts/**")
    phone.goto(place)
    wait_for_status(phone, "Сақталды 14:00")
    assert phone.locator("#capital\\.text").input_value() == "Астана"
    assert saved(attempt, "capital") == {"text": "Астана"}
    assert kept(phone) == []


def test_closing_the_page_right_after_typing_loses_nothing(phone: Any, attempt: Attempt) -> None:
    phone.goto(place_of(attempt, "capital"))
    phone.locator("#capital\\.text").fill("Астана")
    phone.goto("/kk/courses")
    phone.wait_for_timeout(500)
    assert saved(attempt, "capital") == {"text": "Астана"}


def test_the_button_leaves_no_draft_behind(phone: Any, attempt: Attempt) -> None:
    phone.goto(place_of(attempt, "who"))
    phone.locator("[value=b]").check()
    phone.locator("[value=next]").click()
    phone.wait_for_load_state()
    assert kept(phone) == []
    assert "#" not in phone.url
    assert rows() == 1


def test_an_old_draft_does_not_win_over_a_newer_answer_from_another_phone(
    phone: Any, attempt: Attempt, learner: User
) -> None:
    place = place_of(attempt, "capital")
    phone.goto(place)
    phone.locator("#capital\\.text").fill("Алматы")
    wait_for_status(phone, "Сақталды 14:00")
    sheet = sheet_of(attempt, learner)
    asked = {a.question.id: a for a in services.list_questions(sheet.attempt)}["capital"]
    for key, text in (("key-of-the-old-draft", "Шымкент"), ("key-of-the-new", "Астана")):
        services.save_answer(sheet.attempt, asked, {"text": text}, key)
    db.session.commit()
    draft = {
        "place": "/".join(place.split("/")[-2:]),
        "address": place,
        "key": "key-of-the-old-draft",
        "content": '[["capital","Шымкент"]]',
    }
    phone.evaluate(PUT, draft)
    phone.goto(place)
    phone.wait_for_timeout(1500)
    assert phone.locator("#capital\\.text").input_value() == "Астана"
    assert saved(attempt, "capital") == {"text": "Астана"}


def test_a_lost_session_is_said_and_the_button_carries_the_answer_to_the_door(
    phone: Any, attempt: Attempt, learner: User
) -> None:
    phone.goto(place_of(attempt, "capital"))
    sessions.end_all(learner.id)
    db.session.commit()
    phone.locator("#capital\\.text").fill("Астана")
    phone.get_by_text("Сіз жүйеден шығып қалдыңыз").wait_for(timeout=SAVED_BY_ITSELF)
    phone.locator("[value=next]").click()
    phone.locator("input[type=password]").wait_for()
    assert phone.locator("[name=held]").input_value()


def test_half_a_number_is_not_saved_and_the_whole_one_is(phone: Any, attempt: Attempt) -> None:
    phone.goto(place_of(attempt, "pi"))
    phone.locator("#pi\\.text").fill("-")
    wait_for_status(phone, "Сан жазыңыз")
    phone.locator("#pi\\.text").fill("3,14")
    wait_for_status(phone, "Сақталды 14:00")
    assert saved(attempt, "pi") == {"text": "3,14"}


def test_signing_out_takes_the_drafts_along(phone: Any, attempt: Attempt) -> None:
    phone.goto(place_of(attempt, "capital"))
    phone.route("**/attempts/**", lambda route: route.abort())
    phone.locator("#capital\\.text").fill("Астана")
    wait_for_status(phone, "Жіберуді күтуде")
    assert kept(phone)
    phone.goto("/kk/accounts/me")
    phone.locator("form[action$=logout] button").click()
    phone.wait_for_url("**/kk/")
    assert kept(phone) == []
