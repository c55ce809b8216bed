"""A table of numbers in a real browser: by keyboard alone, at 360 pixels, without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment

from .conftest import begin
from .test_browser import address, phone, saved, wait_for_status  # noqa: F401 – two are fixtures
from .test_sums import KK, RU

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> FlaskClient:
    """The learner's browser, enrolled in a quiz of one table."""
    enrol(learner, make_quiz(kk=KK, ru=RU))
    return sign_in(app.test_client(), learner)


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Any:
    """A page of a real browser in which the learner is signed in."""
    return request.getfixturevalue("phone")


def open_table(page: Any, learner: User) -> Any:
    attempt = begin(learner)
    page.goto(f"/kk/quizzes/attempts/{attempt.token}/1")
    return attempt


def tab_to(page: Any, name: str) -> None:
    for _press in range(60):
        if page.evaluate("document.activeElement.getAttribute('name')") == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} is not reached by Tab")


def test_cells_are_filled_in_and_sent_by_keyboard_alone(page: Any, learner: User) -> None:
    attempt = open_table(page, learner)
    for name, typed in (("q.1", "36 843"), ("q.2", "46 343"), ("q.3", "20,5")):
        tab_to(page, name)
        page.keyboard.type(typed)
    wait_for_status(page, "Сақталды")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    assert saved(attempt, "q") == {"blanks": ["36 843", "46 343", "20,5"]}
    assert "Барлығы – Сомасы, мың теңге: 46 343" in page.inner_text("main")


def test_a_cell_says_its_row_and_column(page: Any, learner: User) -> None:
    open_table(page, learner)
    cell = page.get_by_role("textbox", name="Барлығы Сомасы, мың теңге", exact=True)
    assert cell.get_attribute("name") == "q.2"


def test_a_narrow_page_does_not_scroll_sideways(page: Any, learner: User) -> None:
    open_table(page, learner)
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) == 0
    boxes = [cell.bounding_box() for cell in page.locator(".sums input").all()]
    assert all(box["height"] >= 44 and box["x"] + box["width"] <= 360 for box in boxes)


def test_the_table_works_without_a_script(
    page: Any, learner: User, chromium: Any, request: pytest.FixtureRequest
) -> None:
    attempt = begin(learner)
    base_url = request.getfixturevalue("address")
    context = chromium.new_context(java_script_enabled=False, base_url=base_url)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"/kk/quizzes/attempts/{attempt.token}/1")
    plain.locator("[name='q.1']").fill("36 843")
    plain.locator("[value=next]").click()
    assert saved(attempt, "q") == {"blanks": ["36 843", "", ""]}
    context.close()
