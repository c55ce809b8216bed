"""What a question costs: statements, bytes, script."""

import gzip
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.quizzes import services
from lms.quizzes.plugin import plugin
from lms.testing import Client

from .conftest import RIGHT, begin, finish
from .test_views import let_go, place_of

MOST_STATEMENTS = 6


def test_a_question_page_sends_few_statements_and_few_bytes(
    browser: Client, learner: User, count_statements: Callable[[], Any]
) -> None:
    place = place_of(begin(learner), "who")
    browser.get(place)
    with count_statements() as sent:
        page = browser.get(place)
    assert len(sent) <= 3, sent
    assert len(gzip.compress(page.data)) <= 14_000


def test_saving_an_answer_sends_few_statements(
    browser: Client, learner: User, count_statements: Callable[[], Any]
) -> None:
    place = place_of(begin(learner), "who")
    with count_statements() as sent:
        browser.send(place, {"who": "b"})
    assert len(sent) <= 4, sent


def test_every_other_page_of_a_quiz_sends_few_statements(
    browser: Client, learner: User, count_statements: Callable[[], Any]
) -> None:
    finished = finish(learner, RIGHT)
    attempt = begin(learner)
    let_go()
    for address in (
        "/kk/courses/village/test",
        f"/kk/quizzes/attempts/{attempt.token}/review",
        f"/kk/quizzes/attempts/{finished.token}/result",
    ):
        browser.get(address)
        with count_statements() as sent:
            browser.get(address)
        assert len(sent) <= MOST_STATEMENTS, sent


def test_statements_do_not_grow_with_questions(
    browser: Client, learner: User, count_statements: Callable[[], Any]
) -> None:
    attempt = begin(learner)
    assert len(services.list_questions(attempt)) == 4
    let_go()
    with count_statements() as sent:
        browser.get(f"/kk/quizzes/attempts/{attempt.token}/review")
    assert len(sent) <= 3, sent


def test_the_script_is_small_and_only_on_question_pages(
    app: Flask, browser: FlaskClient, learner: User
) -> None:
    script = plugin.folder / "static" / "autosave.js"
    assert script.stat().st_size <= 8192
    attempt = begin(learner)
    let_go()
    base = f"/kk/quizzes/attempts/{attempt.token}"
    assert b"<script" in browser.get(f"{base}/1").data
    assert b"<script" not in browser.get("/kk/courses/village").data
