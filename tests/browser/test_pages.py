"""Every page a learner meets: accessible, inside the screen, alone with its own server."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.walking import enrol, press, sign_in

pytestmark = pytest.mark.browser

OPEN_PAGES = (
    "/",
    "/courses",
    "/courses?q=%D0%B1%D1%8E%D0%B4%D0%B6%D0%B5%D1%82",
    "/courses/digital-literacy",
    "/courses/digital-literacy/passwords",
    "/courses/digital-literacy/practice",
    "/courses/initiative-budgeting/ballots",
    "/courses/digital-literacy/passwords?check=1",
    "/courses/initiative-budgeting/decision-cards",
    "/accounts/register",
    "/accounts/login",
    "/accounts/reset",
    "/certificates/",
    "/certificates/WRONG",
    "/help",
    "/privacy",
    "/no-such-page",
)
LEARNERS_PAGES = (
    "/courses/enrolments",
    "/courses/digital-literacy",
    "/courses/digital-literacy/passwords",
    "/courses/digital-literacy/practice",
    "/courses/initiative-budgeting/ballots",
    "/courses/digital-literacy/device-quiz",
    "/accounts/me",
    "/accounts/me/data",
    "/accounts/sessions",
    "/accounts/password",
)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_open_pages_pass_axe_and_fit_the_screen(site, open_page: Callable, language: str) -> None:
    faults = []
    for width in (320, 1280):
        page = watched(open_page(width=width), site.address, faults)
        for path in OPEN_PAGES:
            page.goto(f"{site.address}/{language}{path}")
            look(page, faults)
    assert faults == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_learners_pages_pass_axe_and_fit_the_screen(
    site, open_page: Callable, language: str
) -> None:
    faults = []
    for width in (320, 1280):
        page = watched(open_page(width=width), site.address, faults)
        sign_in(page, site)
        enrol(page, f"{site.address}/{language}/courses/digital-literacy")
        for path in LEARNERS_PAGES:
            page.goto(f"{site.address}/{language}{path}")
            look(page, faults)
        page.goto(f"{site.address}/{language}/courses/digital-literacy/device-quiz")
        press(page, "main form button.button")
        look(page, faults)
        page.goto(page.url.rpartition("/")[0] + "/review")
        look(page, faults)
        press(page, "main form button[type=submit]")
        look(page, faults)
    assert faults == []


def test_the_keyboard_alone_answers_a_question(site, open_page: Callable) -> None:
    page = open_page()
    sign_in(page, site, role="trainer")
    enrol(page, f"{site.address}/kk/courses/digital-literacy")
    page.goto(f"{site.address}/kk/courses/digital-literacy/information-quiz")
    press(page, "main form button.button")
    number = page.url
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") != "INPUT":
        page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.type") == "text":
        page.keyboard.type("7")
    else:
        page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('main form button[type=submit]')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != number)


def watched(page, address: str, faults: list[str]):
    """Note every request to another host and every complaint of the browser's console."""
    page.on(
        "request",
        lambda r: r.url.startswith((address, "data:")) or faults.append(f"foreign request {r.url}"),
    )
    page.on(
        "console",
        lambda m: (
            faults.append(f"{page.url}: {m.text}")
            if m.type == "error" and "status of 404" not in m.text
            else None
        ),
    )
    return page


def look(page, faults: list[str]) -> None:
    """Note accessibility violations and anything wider than the screen."""
    page.wait_for_load_state("load")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        faults.append(f"{page.url}: {wide} px too wide at {page.viewport_size['width']}")
    for violation in Axe().run(page, options=RULES).response["violations"]:
        nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:2])
        faults.append(f"{page.url}: {violation['id']}: {nodes}")
