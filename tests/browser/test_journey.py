"""The main job in a real browser: from the front page to a certificate that anybody can check."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.walking import PASSWORD, given, press

pytestmark = pytest.mark.browser

NAME = "Әсел Ғабитқызы Һәкімова-Өңірбаева"
COURSE = "digital-literacy"
LESSONS = ("phone-basics", "passwords", "personal-data")


@pytest.mark.parametrize(
    ("database", "javascript"),
    [("site", False), ("site", True), ("site_on_postgresql", False)],
    ids=["without-javascript", "with-javascript", "on-postgresql"],
)
def test_a_resident_takes_a_course_and_leaves_with_a_certificate(
    request: pytest.FixtureRequest,
    open_page: Callable,
    key: dict[str, list[str]],
    tmp_path: Path,
    database: str,
    javascript: bool,
) -> None:
    site = request.getfixturevalue(database)
    page = open_page(javascript=javascript)
    page.goto(site.address)
    assert page.url == f"{site.address}/kk/"
    press(page, "main a.button-big")
    press(page, f"a[href='/kk/courses/{COURSE}']")
    register(page, f"asel-{javascript}-{time.time_ns()}@example.kz")

    press(page, f"form[action$='/{COURSE}/enrolment'] button")
    for lesson in LESSONS:
        assert page.url == f"{site.address}/kk/courses/{COURSE}/{lesson}"
        press(page, ".lesson-end .button-big")

    answer_quiz(page, key, switch_language_at=3)
    assert page.locator("html").get_attribute("lang") == "ru"
    page.goto(f"{site.address}/ru/courses/enrolments")
    assert "Завершено: 4 из 18" in page.inner_text("main")
    finish_course(page, key, site.address)

    page.goto(f"{site.address}/kk/courses/{COURSE}")
    link = page.locator("a[href^='/kk/certificates/']:not([href$='/kk/certificates/'])").first
    code = link.get_attribute("href").rpartition("/")[2].partition("?")[0]
    check_verification(open_page(javascript=False), f"{site.address}/kk/certificates/{code}")
    check_typed_code(open_page(javascript=False), site.address, code)
    for language in ("kk", "ru"):
        pdf = tmp_path / f"{language}.pdf"
        pdf.write_bytes(
            page.request.get(f"{site.address}/certificates/{code}.pdf?lang={language}").body()
        )
        assert NAME in printed_text(pdf)
        scanned = scan(pdf)
        assert scanned.endswith(f"/certificates/{code}")
        check_verification(open_page(javascript=False), scanned)


def test_a_session_that_ends_in_the_middle_of_an_answer_loses_nothing(
    site, open_page: Callable, key: dict[str, list[str]]
) -> None:
    page = open_page(javascript=False)
    contact = f"session-{time.time_ns()}@example.kz"
    page.goto(f"{site.address}/kk/courses/{COURSE}")
    press(page, "main a.button-big")
    register(page, contact)
    press(page, f"form[action$='/{COURSE}/enrolment'] button")
    page.goto(f"{site.address}/kk/courses/{COURSE}/device-quiz")
    press(page, "main form button.button")
    question = page.url
    name, chosen = answer_question(page, key, go_on=False)
    page.context.clear_cookies()
    press(page, "main form button[type=submit]")

    page.fill("[name=contact]", contact)
    page.fill("[name=password]", PASSWORD)
    press(page, "main form button[type=submit]")
    press(page, "main form button[type=submit]")
    page.goto(question)
    assert all(given(page, name, value) for value in chosen)


def test_an_answer_saves_itself_and_is_there_after_a_reload(
    site, open_page: Callable, key: dict[str, list[str]]
) -> None:
    page = open_page()
    page.goto(f"{site.address}/kk/courses/{COURSE}")
    press(page, "main a.button-big")
    register(page, f"autosave-{time.time_ns()}@example.kz")
    press(page, f"form[action$='/{COURSE}/enrolment'] button")
    page.goto(f"{site.address}/kk/courses/{COURSE}/device-quiz")
    press(page, "main form button.button")
    name, chosen = answer_question(page, key, go_on=False)
    page.locator("main [role=status]").get_by_text(re.compile(r"\d\d:\d\d")).wait_for(timeout=5000)
    page.reload()
    assert all(given(page, name, value) for value in chosen)


def register(page, contact: str) -> None:
    """Register from wherever the way in stands on this page, and come back to it."""
    if "/accounts/register" not in page.url:
        press(page, "main a.button-big")
    page.fill("[name=name]", NAME)
    page.fill("[name=contact]", contact)
    page.fill("[name=password]", PASSWORD)
    page.check("[name=consent]")
    press(page, "main form button[type=submit]")
    assert page.url.endswith(f"/courses/{COURSE}"), page.inner_text("main")


def answer_quiz(page, key: dict[str, list[str]], *, switch_language_at: int | None = None) -> None:
    """Take the quiz whose start page is open, all answers right, review them, and submit."""
    press(page, "main form button.button")
    number = 0
    while re.search(r"/attempts/[^/]+/\d+", page.url):
        number += 1
        if number == switch_language_at:
            page.goto(page.url.replace("/kk/", "/ru/"))
        answer_question(page, key)
    assert page.url.partition("#")[0].endswith("/review")
    press(page, "main form button[type=submit]")
    assert page.url.endswith("/result")
    assert "100" in page.inner_text("main h1, main .notice-good >> nth=0")


def answer_question(page, key: dict[str, list[str]], go_on: bool = True) -> tuple[str, list[str]]:
    """Answer the question on the page rightly; return its id and the values given."""
    inputs = page.locator("main form input:not([type=hidden])")
    name = inputs.first.get_attribute("name")
    for value in key[name]:
        choice = page.locator(f"main input[name='{name}'][value='{value}']")
        if inputs.first.get_attribute("type") in {"radio", "checkbox"}:
            choice.check()
        else:
            inputs.first.fill(value)
    if go_on:
        press(page, "main form button[type=submit]")
    return name, key[name]


def finish_course(page, key: dict[str, list[str]], address: str) -> None:
    """Do whatever the course still asks for, following its own big button each time."""
    for _ in range(30):
        page.goto(f"{address}/ru/courses/{COURSE}")
        step = page.locator("main a.button-big")
        if not step.count():
            return
        press(page, "main a.button-big")
        if page.locator(".lesson-end").count():
            press(page, ".lesson-end form button")
        else:
            answer_quiz(page, key)
    raise AssertionError("the course does not end")


def check_verification(page, address: str) -> None:
    """Signed out, the certificate's page says everything that matters."""
    page.goto(address)
    shown = page.inner_text("main")
    for expected in (NAME, "Сауат", "100", "4"):
        assert expected in shown
    assert page.context.cookies() == []


def check_typed_code(page, address: str, code: str) -> None:
    """Signed out, a code typed in lower case without hyphens leads to the same page."""
    page.goto(f"{address}/kk/certificates/")
    page.fill("main input[name=code]", code.replace("-", "").lower())
    press(page, "main form button")
    assert NAME in page.inner_text("main")


def printed_text(pdf: Path) -> str:
    """Return the text of a PDF as another program reads it."""
    found = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def scan(pdf: Path) -> str:
    """Return what a camera reads from the QR code of the printed page."""
    assert shutil.which("zbarimg"), "zbarimg is missing: apt-get install zbar-tools"
    picture = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, picture], check=True)
    read = subprocess.run(
        ["zbarimg", "-q", "--raw", f"{picture}.png"], capture_output=True, check=True
    )
    return read.stdout.decode().strip()
