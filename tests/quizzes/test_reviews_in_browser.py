"""Reviewing in a real browser: on a small screen, by keyboard, without JavaScript."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.testing import Clock

from .conftest import WRONG, finish

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.fixture
def open_phone(
    app: Flask, browser: FlaskClient, learner: User, clock: Clock, chromium: Any
) -> Iterator[Callable[..., Any]]:
    """A function that opens a phone of the learner, the day after four questions were missed."""
    finish(learner, WRONG)
    clock.move(days=1)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    contexts = []

    def opened(*, javascript: bool = True) -> Any:
        context = chromium.new_context(
            viewport={"width": 360, "height": 740},
            base_url=address,
            java_script_enabled=javascript,
        )
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = sign_in(app.test_client(), learner).get_cookie(name)
        assert cookie is not None
        context.add_cookies([{"name": name, "value": cookie.value, "url": address}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_page_of_a_review_passes_axe_and_fits_a_phone(
    open_phone: Callable[..., Any], language: str
) -> None:
    phone = open_phone()
    phone.goto(f"/{language}/courses/enrolments")
    look(phone)
    phone.locator("a[href$='/quizzes/reviews']").click()
    look(phone)
    phone.locator("main form button:not([name])").click()
    look(phone)
    for _ in range(4):
        phone.locator("button[name=not_known]").click()
        look(phone)
        phone.locator("main a.button-big").click()
    look(phone)


def test_the_keyboard_alone_without_javascript_reviews_a_question(
    open_phone: Callable[..., Any],
) -> None:
    phone = open_phone(javascript=False)
    phone.goto("/kk/quizzes/reviews")
    phone.locator(".skip").focus()
    phone.keyboard.press("Enter")
    for _ in range(3):
        phone.keyboard.press("Tab")
        if phone.locator("input:focus").count():
            break
    if phone.locator("input:focus").get_attribute("type") == "text":
        phone.keyboard.type("7")
    else:
        phone.keyboard.press("Space")
    while not phone.locator("main button:focus").count():
        phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.get_by_text("Бұл сұрақ қайта келетін күн").wait_for()


def look(page: Any) -> None:
    """Refuse accessibility violations and anything wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state("load")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
