"""Pairs, steps and gaps in a real browser, by keyboard alone; what is chosen survives a cut line."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.quizzes.models import Attempt

from .conftest import begin
from .test_browser import (  # noqa: F401 – two are fixtures
    SAVED_BY_ITSELF,
    address,
    phone,
    saved,
    wait_for_status,
)
from .test_gaps import KK as GAPS_KK
from .test_gaps import RU as GAPS_RU
from .test_pairs import KK, RU
from .test_views import place_of

pytestmark = pytest.mark.browser

MOST_TABS = 60
IS_FOCUSED = "(id) => document.activeElement?.id === id"
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def browser(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> FlaskClient:
    """The learner's browser, enrolled in a quiz of pairs, steps and gaps."""
    questions = [text.split("\n", 2)[2] for text in (GAPS_KK, GAPS_RU)]
    enrol(learner, make_quiz("shuffle = false", kk=KK + questions[0], ru=RU + questions[1]))
    return sign_in(app.test_client(), learner)


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Any:
    """A page of a real browser in which the learner is signed in."""
    return request.getfixturevalue("phone")


@pytest.fixture
def attempt(page: Any, learner: User) -> Attempt:
    """An attempt of the learner, just begun."""
    return begin(learner)


def tab_to(page: Any, element_id: str) -> None:
    for _ in range(MOST_TABS):
        if page.evaluate(IS_FOCUSED, element_id):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{element_id} is not reached by Tab")


def wait_until_saved(page: Any, attempt: Attempt, question: str, answer: Any) -> None:
    for _ in range(SAVED_BY_ITSELF // 100):
        if saved(attempt, question) == answer:
            return
        page.wait_for_timeout(100)
    assert saved(attempt, question) == answer


def go_on(page: Any) -> None:
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.value") != "next":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_pairs_are_matched_by_keyboard(page: Any, attempt: Attempt) -> None:
    page.goto(place_of(attempt, "roles"))
    assert page.evaluate(WIDTH) <= 360
    for left, presses in (("1", 2), ("2", 1), ("3", 4)):
        tab_to(page, f"roles.{left}")
        for _ in range(presses):
            page.keyboard.press("ArrowDown")
    wait_until_saved(page, attempt, "roles", {"pairs": {"1": "b", "2": "a", "3": "d"}})
    go_on(page)
    page.wait_for_url("**/2")


def test_steps_are_put_in_order_by_keyboard_and_a_place_taken_twice_is_said(
    page: Any, attempt: Attempt
) -> None:
    page.goto(place_of(attempt, "steps"))
    assert page.evaluate(WIDTH) <= 360
    for step, place in (("a", "2"), ("b", "2"), ("c", "1")):
        tab_to(page, f"steps.{step}")
        page.keyboard.press(place)
        if step == "a":
            wait_for_status(page, "Сақталды")
    wait_for_status(page, "Бір орын екі рет таңдалды: 2")
    go_on(page)
    assert page.locator("[role=alert]").inner_text().count("Бір орын екі рет таңдалды") == 1
    assert page.locator("#steps\\.c").input_value() == "1"
    tab_to(page, "steps.b")
    page.keyboard.press("3")
    wait_until_saved(page, attempt, "steps", {"places": {"a": 2, "b": 3, "c": 1}})


def test_gaps_are_filled_by_keyboard(page: Any, attempt: Attempt) -> None:
    page.goto(place_of(attempt, "year"))
    assert page.evaluate(WIDTH) <= 360
    tab_to(page, "year.1")
    page.keyboard.type("1 қаңтар")
    tab_to(page, "year.2")
    page.keyboard.press("ArrowDown")
    wait_until_saved(page, attempt, "year", {"gaps": {"1": "1 қаңтар", "2": "a"}})


def test_what_was_chosen_while_the_line_was_cut_is_there_after_a_reload(
    page: Any, attempt: Attempt
) -> None:
    place = place_of(attempt, "year")
    page.goto(place)
    page.route("**/attempts/**", lambda route: route.abort())
    page.get_by_label("Бос орын 2").select_option("b")
    page.get_by_label("Бос орын 3").fill("12 500")
    wait_for_status(page, "Жіберуді күтуде")
    page.unroute("**/attempts/**")
    page.goto(place)
    wait_until_saved(page, attempt, "year", {"gaps": {"2": "b", "3": "12 500"}})
    assert page.get_by_label("Бос орын 2").input_value() == "b"
