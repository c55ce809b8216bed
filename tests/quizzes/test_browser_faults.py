"""A real browser whose line, session or life is cut: every answer arrives, once."""

import json
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from lms.accounts import sessions
from lms.accounts.models import User
from lms.accounts.testing import PASSWORD, sign_in
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes.models import AnswerRow, Attempt, AttemptQuestion
from lms.testing import Clock

from ..conftest import CHROMIUM_FLAGS
from .conftest import begin
from .test_browser import PUT, kept, saved, wait_for_status

pytestmark = pytest.mark.browser

QUESTIONS = 10
LONG = 15_000


class Line:
    """The line to the server. While it is cut, nothing passes, last words of a page included."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.is_cut = False

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if self.is_cut:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        return self.app(environ, start_response)


@pytest.fixture
def line(app: Flask) -> Line:
    """What stands between the phone and the application."""
    return Line(app)


@pytest.fixture
def address(line: Line) -> Iterator[str]:
    """Where the application is served while the test runs."""
    server = make_server("127.0.0.1", 0, line, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def learner(make_user: Callable[..., User]) -> User:
    """Somebody who can sign in by the form."""
    return make_user(name="Айгүл Серікқызы", contact="aigul@sauat.example", password=PASSWORD)


@pytest.fixture
def attempt(
    learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> Attempt:
    """An attempt at a quiz of ten short answers, in order."""
    texts = {
        language: f"# {title}\n"
        + "".join(
            f"\n## {word} {n}? {{#q{n}}}\n\n- [=] {n}-шы\n\n> [!NOTE]\n> {word}\n"
            for n in range(1, QUESTIONS + 1)
        )
        for language, title, word in (("kk", "Тест", "Сұрақ"), ("ru", "Тест", "Вопрос"))
    }
    enrol(learner, make_quiz("shuffle = false", **texts))
    return begin(learner)


@pytest.fixture
def open_phone(
    app: Flask, learner: User, address: str, chromium: Any
) -> Iterator[Callable[..., Any]]:
    """A function that opens a page on a phone of its own, the learner or `user` signed in."""
    contexts = []

    def opened(user: User = learner, **more: Any) -> Any:
        context = chromium.new_context(
            viewport={"width": 360, "height": 740}, base_url=address, **more
        )
        contexts.append(context)
        enter(app, context, user, address)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def enter(app: Flask, context: Any, user: User, address: str) -> None:
    """Put the cookie of a fresh session of `user` into a browser."""
    client: FlaskClient = sign_in(app.test_client(), user)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    context.add_cookies([{"name": name, "value": cookie.value, "url": address}])


def place(attempt: Attempt, position: int) -> str:
    return f"/kk/quizzes/attempts/{attempt.token}/{position}"


def box(page: Any) -> Any:
    return page.locator("main form input[type=text]")


def answers(attempt: Attempt) -> list[tuple[int, str]]:
    """Every stored answer of the attempt, in the order of questions and arrival."""
    found = db.session.execute(
        select(AttemptQuestion.position, AnswerRow.value)
        .join(AnswerRow, AnswerRow.attempt_question_id == AttemptQuestion.id)
        .where(AttemptQuestion.attempt_id == attempt.id)
        .order_by(AttemptQuestion.position, AnswerRow.id)
    ).all()
    db.session.commit()
    return [(row.position, row.value["text"]) for row in found]


def draft(attempt: Attempt, position: int) -> dict[str, str]:
    """What an earlier page of this phone left in the outbox."""
    return {
        "place": f"{attempt.token}/{position}",
        "address": place(attempt, position),
        "key": f"key-of-question-{position}",
        "content": json.dumps([[f"q{position}", f"жауап {position}"]]),
    }


def wait_until(held: Callable[[], bool], seconds: float = 10) -> None:
    latest = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < latest, "it did not happen"
        time.sleep(0.1)


def sign_in_by_form(page: Any, contact: str = "aigul@sauat.example") -> None:
    page.locator("[name=contact]").fill(contact)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()


def test_a_line_cut_after_each_of_ten_questions_loses_and_doubles_nothing(
    open_phone: Callable[..., Any], attempt: Attempt, line: Line
) -> None:
    page = open_phone()
    for position in range(1, QUESTIONS + 1):
        page.goto(place(attempt, position))
        page.context.set_offline(True)
        line.is_cut = True
        box(page).fill(f"жауап {position}")
        wait_for_status(page, "Осы телефонда сақталды. Жіберуді күтуде: 1")
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
            page.reload()
        page.context.set_offline(False)
        line.is_cut = False
        page.goto(place(attempt, position))
        # Sent by this page, or already by the one before as soon as the line was back.
        wait_until(lambda: kept(page) == [])
        page.wait_for_load_state("networkidle")
        assert box(page).input_value() == f"жауап {position}"
    assert answers(attempt) == [(n, f"жауап {n}") for n in range(1, QUESTIONS + 1)]
    assert kept(page) == []


def test_answers_to_several_questions_wait_together_and_go_from_any_page(
    open_phone: Callable[..., Any], attempt: Attempt, line: Line
) -> None:
    page = open_phone()
    page.goto(place(attempt, 1))
    line.is_cut = True
    for position in (2, 3):
        page.evaluate(PUT, draft(attempt, position))
    box(page).fill("жауап 1")
    wait_for_status(page, "Осы телефонда сақталды. Жіберуді күтуде: 3")
    line.is_cut = False
    wait_for_status(page, "Сақталды 14:00")
    wait_until(lambda: kept(page) == [])
    assert answers(attempt) == [(n, f"жауап {n}") for n in (1, 2, 3)]


def test_answers_that_wait_are_sent_before_the_attempt_is_submitted(
    open_phone: Callable[..., Any], attempt: Attempt
) -> None:
    page = open_phone()
    page.route("**/attempts/*/*", refuse_posts)
    page.goto(place(attempt, 9))
    for position in (1, 2, 3):
        page.evaluate(PUT, draft(attempt, position))
    page.goto(place(attempt, 1).replace("/1", "/review"))
    wait_for_status(page, "Жіберуді күтуде: 3")
    submit = page.get_by_role("button", name="Жауаптарды жіберу")
    submit.click()
    page.wait_for_timeout(500)
    assert page.url.endswith("/review")
    assert answers(attempt) == []
    page.unroute("**/attempts/*/*")
    submit.click()
    page.wait_for_url(re.compile("/(result|review)$"), timeout=LONG)
    wait_until(lambda: len(answers(attempt)) == 3)
    assert answers(attempt) == [(n, f"жауап {n}") for n in (1, 2, 3)]


def test_the_review_shows_what_it_has_just_sent(
    open_phone: Callable[..., Any], attempt: Attempt
) -> None:
    page = open_phone()
    page.goto(place(attempt, 4))
    page.route("**/attempts/*/*", refuse_posts)
    box(page).fill("төртінші")
    wait_for_status(page, "Жіберуді күтуде: 1")
    page.unroute("**/attempts/*/*")
    page.goto(place(attempt, 4).replace("/4", "/review"))
    page.locator("main li", has_text="төртінші").wait_for(timeout=LONG)
    assert kept(page) == []


def test_a_button_pressed_without_a_line_stays_on_the_page(
    open_phone: Callable[..., Any], attempt: Attempt
) -> None:
    page = open_phone()
    page.goto(place(attempt, 1))
    page.context.set_offline(True)
    box(page).fill("бірінші")
    page.locator("[value=next]").click()
    wait_for_status(page, "Жіберуді күтуде: 1")
    page.context.set_offline(False)
    wait_for_status(page, "Сақталды 14:00")
    page.locator("[value=next]").click()
    page.wait_for_url("**/2")
    assert answers(attempt) == [(1, "бірінші")]


def test_after_an_expired_session_signing_in_leads_back_and_the_answer_goes(
    open_phone: Callable[..., Any], attempt: Attempt, learner: User
) -> None:
    page = open_phone()
    page.goto(place(attempt, 1))
    sessions.end_all(learner.id)
    db.session.commit()
    box(page).fill("бірінші жауап")
    door = page.get_by_role("link", name="Кіріп, осы бетке оралу")
    door.wait_for(timeout=LONG)
    wait_for_status(page, "Осы телефонда сақталды")
    door.click()
    sign_in_by_form(page)
    page.wait_for_url(f"**{place(attempt, 1)}")
    wait_for_status(page, "Сақталды 14:00")
    assert box(page).input_value() == "бірінші жауап"
    assert not page.get_by_role("link", name="Кіріп, осы бетке оралу").is_visible()
    assert answers(attempt) == [(1, "бірінші жауап")]


def test_signing_in_on_another_tab_is_enough_and_nothing_is_pressed(
    open_phone: Callable[..., Any], attempt: Attempt, learner: User
) -> None:
    page = open_phone()
    page.goto(place(attempt, 1))
    sessions.end_all(learner.id)
    db.session.commit()
    box(page).fill("бірінші")
    page.get_by_role("link", name="Кіріп, осы бетке оралу").wait_for(timeout=LONG)
    other = page.context.new_page()
    other.goto("/kk/accounts/login")
    sign_in_by_form(other)
    other.wait_for_url("**/kk/")
    other.close()
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for_status(page, "Сақталды 14:00")
    assert answers(attempt) == [(1, "бірінші")]


def test_without_a_script_signing_in_carries_the_answer_along(
    open_phone: Callable[..., Any], attempt: Attempt, learner: User
) -> None:
    page = open_phone(java_script_enabled=False)
    page.goto(place(attempt, 1))
    box(page).fill("бірінші")
    sessions.end_all(learner.id)
    db.session.commit()
    page.locator("[value=next]").click()
    sign_in_by_form(page)
    page.locator("main form button").first.click()
    page.wait_for_url("**/2")
    assert answers(attempt) == [(1, "бірінші")]


def test_somebody_elses_answers_stay_until_their_owner_is_back(
    app: Flask,
    open_phone: Callable[..., Any],
    attempt: Attempt,
    learner: User,
    stranger: User,
    enrol: Callable[..., Enrolment],
    address: str,
) -> None:
    page = open_phone()
    page.goto(place(attempt, 1))
    page.route("**/attempts/*/*", refuse_posts)
    box(page).fill("Айгүлдің жауабы")
    wait_for_status(page, "Жіберуді күтуде: 1")
    page.unroute("**/attempts/*/*")
    enrol(stranger, db.session.scalars(select(Course)).one())
    theirs = begin(stranger)
    enter(app, page.context, stranger, address)
    page.goto(place(theirs, 1))
    wait_for_status(page, "басқа адамның жіберуді күткен жауаптары: 1")
    assert box(page).input_value() == ""
    box(page).fill("Бекзаттың жауабы")
    wait_until(lambda: answers(theirs) == [(1, "Бекзаттың жауабы")])
    assert answers(attempt) == []
    assert len(kept(page)) == 1
    enter(app, page.context, learner, address)
    page.goto(place(attempt, 2))
    wait_until(lambda: answers(attempt) == [(1, "Айгүлдің жауабы")])
    wait_until(lambda: kept(page) == [])


def test_two_tabs_and_two_phones_on_one_attempt_merge_by_question(
    open_phone: Callable[..., Any], attempt: Attempt
) -> None:
    first, other_phone = open_phone(), open_phone()
    tab = first.context.new_page()
    for page, position in ((first, 1), (tab, 2), (other_phone, 3)):
        page.goto(place(attempt, position))
        box(page).fill(f"жауап {position}")
    for page in (first, tab, other_phone):
        wait_for_status(page, "Сақталды 14:00")
    for page, text in ((first, "бірінші"), (other_phone, "екінші"), (tab, "соңғы")):
        page.goto(place(attempt, 4))
        box(page).fill(text)
        wait_for_status(page, "Сақталды 14:00")
    assert answers(attempt) == [
        *((n, f"жауап {n}") for n in (1, 2, 3)),
        *((4, text) for text in ("бірінші", "екінші", "соңғы")),
    ]
    assert saved(attempt, "q4") == {"text": "соңғы"}
    first.bring_to_front()
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    first.wait_for_function(
        "document.querySelector('main form input[type=text]').value === 'соңғы'"
    )


def test_what_was_typed_survives_a_browser_that_is_killed(
    app: Flask, attempt: Attempt, learner: User, address: str, chromium: Any, tmp_path: Path
) -> None:
    kind = chromium.browser_type
    how = {
        "user_data_dir": str(tmp_path / "profile"),
        "executable_path": shutil.which("chromium"),
        "args": list(CHROMIUM_FLAGS),
        "base_url": address,
    }
    context = kind.launch_persistent_context(**how)
    enter(app, context, learner, address)
    page = context.new_page()
    page.goto(place(attempt, 1))
    page.route("**/attempts/*/*", refuse_posts)
    box(page).press_sequentially("ұзақ жауап", delay=20)
    time.sleep(2)
    kill_browser(how["user_data_dir"])
    context = kind.launch_persistent_context(**how)
    enter(app, context, learner, address)
    page = context.new_page()
    page.goto(place(attempt, 1))
    wait_for_status(page, "Сақталды 14:00")
    assert box(page).input_value() == "ұзақ жауап"
    assert answers(attempt) == [(1, "ұзақ жауап")]
    context.close()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("indexedDB",), "Осы телефонда сақталды. Жіберуді күтуде: 1"),
        (("indexedDB", "localStorage"), "Жіберуді күтуде: 1"),
    ],
)
def test_without_storage_the_next_best_is_used_and_no_more_is_promised(
    open_phone: Callable[..., Any], attempt: Attempt, missing: tuple[str, ...], said: str
) -> None:
    page = open_phone()
    for name in missing:
        refusal = "get() { throw new DOMException('no', 'SecurityError'); }"
        page.add_init_script(f"Object.defineProperty(window, '{name}', {{ {refusal} }})")
    page.goto(place(attempt, 1))
    page.route("**/attempts/*/*", refuse_posts)
    box(page).fill("бірінші")
    wait_for_status(page, "Жіберуді күтуде: 1")
    assert page.locator("[data-outbox]").inner_text() == said
    if len(missing) == 1:
        page.goto(place(attempt, 1))
        wait_for_status(page, "Жіберуді күтуде: 1")
        assert box(page).input_value() == "бірінші"
    page.unroute("**/attempts/*/*")
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_for_status(page, "Сақталды 14:00")
    assert answers(attempt) == [(1, "бірінші")]


def test_an_answer_leaves_within_two_seconds_and_at_once_when_the_field_is_left(
    open_phone: Callable[..., Any], attempt: Attempt
) -> None:
    page = open_phone()
    page.goto(place(attempt, 1))
    with page.expect_request(lambda r: r.method == "POST", timeout=2000):
        box(page).fill("бірінші")
    with page.expect_request(lambda r: r.method == "POST", timeout=1000):
        box(page).fill("екінші")
        box(page).blur()


def test_five_seconds_before_the_time_is_up_everything_goes_by_the_servers_clock(
    open_phone: Callable[..., Any], attempt: Attempt, clock: Clock
) -> None:
    begun = clock.moment = datetime.now(UTC)
    db.session.merge(attempt).due_at = begun + timedelta(seconds=60)
    db.session.commit()
    page = open_phone()
    page.clock.install(time="2020-01-01T00:00:00Z")
    page.goto(place(attempt, 1))
    page.wait_for_load_state("networkidle")
    page.evaluate(PUT, draft(attempt, 2))
    assert answers(attempt) == []
    page.clock.run_for((begun + timedelta(seconds=53) - datetime.now(UTC)).seconds * 1000)
    assert answers(attempt) == []
    page.clock.run_for(4000)
    wait_until(lambda: answers(attempt) == [(2, "жауап 2")])


def refuse_posts(route: Any) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def kill_browser(profile: str) -> None:
    """Kill the processes of the browser that this test started, told by their profile."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if f"--user-data-dir={profile}" in command:
            try:
                os.kill(int(folder.name), signal.SIGKILL)
            except ProcessLookupError:
                continue
