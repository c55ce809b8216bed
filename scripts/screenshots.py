"""Pictures of the learner's way through the site, for docs/looks.md.

    .venv/bin/python scripts/screenshots.py http://127.0.0.1:8000 docs/images

Walks a running demo in Kazakh and in Russian with a new account each, and keeps every stop as the
top of a 360-pixel and a 1280-pixel screen. Needs Chromium, pdftoppm and `make test-browser`'s packages.
"""

import re
import shutil
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from lms.courses.content import shipped_content

COURSE = "digital-literacy"
LESSON, WORKSHEET, QUIZ = "passwords", "practice", "device-quiz"
NAMES = {"kk": "Айгүл Серікқызы", "ru": "Айгуль Сериковна"}
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()
SCREENS = {360: {"width": 360, "height": 740}, 1280: {"width": 1280, "height": 800}}
COLOURS = 128
LARGEST = 150 * 1024


def main(address: str, folder: Path) -> None:
    """Walk the site at `address` in both languages and write the pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for language in NAMES:
            Walk(chromium, address.rstrip("/"), folder, language).all_stops()
        chromium.close()


class Walk:
    """One learner's way through the site in one language."""

    def __init__(self, chromium: Browser, address: str, folder: Path, language: str) -> None:
        self.page = chromium.new_page(viewport=SCREENS[360])
        self.site = address
        self.start = f"{address}/{language}"
        self.folder = folder
        self.language = language
        self.key = right_answers()

    def all_stops(self) -> None:
        """Go from the front page to a certificate that a stranger checks."""
        self.visit("", "home")
        self.visit("/courses", "catalogue")
        self.visit("/accounts/register", "register")
        self.register()
        self.press(f"form[action$='/{COURSE}/enrolment'] button")
        self.visit(f"/courses/{COURSE}/{LESSON}", "lesson")
        self.visit(f"/courses/{COURSE}/{WORKSHEET}", "worksheet")
        self.visit(f"/courses/{COURSE}/{QUIZ}")
        self.take_quiz(picture=True)
        self.visit(f"/courses/{COURSE}", "course")
        self.visit("/courses/enrolments", "dashboard")
        self.finish_course()
        code = self.certificate_code()
        self.visit(f"/courses/{COURSE}", "completed")
        self.page.context.clear_cookies()
        self.visit("/certificates/", "verification")
        self.visit(f"/certificates/{code}", "certificate")
        self.print_certificate(code)

    def visit(self, path: str, picture: str = "") -> None:
        """Open a page and, if a name is given, keep how it looks."""
        self.page.goto(f"{self.start}{path or '/'}")
        if picture:
            self.keep(picture)

    def keep(self, name: str) -> None:
        """Write the top of the present page, as a phone and as a computer shows it."""
        for width, screen in SCREENS.items():
            self.page.set_viewport_size(screen)
            self.page.evaluate("scrollTo(0, 0)")
            write(self.page.screenshot(), self.folder / f"{name}-{self.language}-{width}.png")
        self.page.set_viewport_size(SCREENS[360])

    def press(self, what: str) -> None:
        """Press a button or a link, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.click(what)

    def register(self) -> None:
        """Open an account on the way to the course."""
        self.visit(f"/courses/{COURSE}")
        self.press("main a.button-big")
        self.page.fill("[name=name]", NAMES[self.language])
        self.page.fill("[name=contact]", f"aigul-{time.time_ns()}@sauat.example")
        self.page.fill("[name=password]", "үш-қара-бұлт-91")
        self.page.check("[name=consent]")
        self.press("main form button[type=submit]")

    def take_quiz(self, *, picture: bool = False) -> None:
        """Answer every question of the quiz whose first page is open, and submit."""
        self.press("main form button.button")
        while re.search(r"/attempts/[^/]+/\d+", self.page.url):
            self.answer()
            if picture and self.page.url.partition("#")[0].endswith("/2"):
                self.wait_until_saved()
                self.keep("question")
            self.press("main form button[type=submit]")
        self.press("main form button[type=submit]")
        if picture:
            self.keep("result")

    def answer(self) -> None:
        """Answer the question on the page rightly."""
        inputs = self.page.locator("main form input:not([type=hidden])")
        name = str(inputs.first.get_attribute("name"))
        for value in self.key[name]:
            if inputs.first.get_attribute("type") in {"radio", "checkbox"}:
                self.page.check(f"main input[name='{name}'][value='{value}']")
            else:
                inputs.first.fill(value)

    def wait_until_saved(self) -> None:
        """Wait until the page says when the answer was saved."""
        self.page.locator("main [role=status]").get_by_text(re.compile(r"\d\d:\d\d")).wait_for()

    def finish_course(self) -> None:
        """Follow the course's own big button until there is none."""
        while True:
            self.visit(f"/courses/{COURSE}")
            if not self.page.locator("main a.button-big").count():
                return
            self.press("main a.button-big")
            if self.page.locator(".lesson-end").count():
                self.press(".lesson-end form button")
            else:
                self.take_quiz()

    def certificate_code(self) -> str:
        """Return the number of the certificate that the course page shows."""
        links = self.page.locator("main a[href*='/certificates/']").all()
        found = (
            re.search(r"/certificates/([0-9A-Z-]+)", str(a.get_attribute("href"))) for a in links
        )
        return next(match[1] for match in found if match)

    def print_certificate(self, code: str) -> None:
        """Write the printed certificate as a picture."""
        address = f"{self.site}/certificates/{code}.pdf?lang={self.language}"
        printed = self.page.request.get(address).body()
        command = ["pdftoppm", "-r", "80", "-png", "-singlefile", "-"]
        drawn = subprocess.run(command, input=printed, capture_output=True, check=True)  # noqa: S603
        write(drawn.stdout, self.folder / f"pdf-{self.language}.png")


def write(picture: bytes, path: Path) -> None:
    """Write a picture with few colours, so that the repository stays small."""
    drawn = Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    drawn.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} is larger than {LARGEST // 1024} KB")


def right_answers() -> dict[str, list[str]]:
    """Return for each question of the course what to choose or to type."""
    answers = {}
    for file in (shipped_content() / COURSE).glob("*.kk.md"):
        for question in re.split(r"^## ", file.read_text("utf-8"), flags=re.M)[1:]:
            if heading := re.match(r".*\{#([a-z0-9-]+)\}", question):
                answers[heading[1]] = right_answer(question)
    return answers


def right_answer(question: str) -> list[str]:
    """Return the letters of the right options, or the first accepted text."""
    if typed := re.search(r"^- \[=\] (.+)$", question, flags=re.M):
        return [re.split(r"\s*(?:±|\.\.)\s*", typed[1])[0]]
    marks = re.findall(r"^- \[([ xX])\]", question, flags=re.M)
    return ["abcdefghij"[place] for place, mark in enumerate(marks) if mark != " "]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
