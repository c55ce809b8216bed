"""A real server, a real Chromium, and the right answers as the trainers wrote them."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms.courses.content import shipped_content
from lms.testing import postgresql_server

playwright_api = pytest.importorskip("playwright.sync_api", reason="run `make test-browser`")


@dataclass(frozen=True)
class Site:
    """A running demo site."""

    address: str
    password: str


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo as `make run` starts it: gunicorn, the shipped courses, a SQLite file."""
    yield from _serve({}, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same demo on a real PostgreSQL."""
    with postgresql_server() as database:
        folder = tmp_path_factory.mktemp("site-on-postgresql")
        yield from _serve({"LMS_DATABASE_URL": database}, folder)


@pytest.fixture
def open_page(
    chromium: "playwright_api.Browser",
) -> Iterator[Callable[..., "playwright_api.Page"]]:
    """A function that opens a page in a browser of its own (`javascript=False`, `width=1280` …)."""
    contexts = []

    def opened(*, javascript: bool = True, width: int = 360) -> "playwright_api.Page":
        context = chromium.new_context(
            viewport={"width": width, "height": 740}, java_script_enabled=javascript
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def key() -> dict[str, list[str]]:
    """Question id → what to choose (option letters) or to type, read from one course’s quizzes."""
    answers: dict[str, list[str]] = {}
    for file in (shipped_content() / "digital-literacy").glob("*.kk.md"):
        for question in re.split(r"^## ", file.read_text("utf-8"), flags=re.M)[1:]:
            heading = re.match(r".*\{#([a-z0-9-]+)\}", question)
            if heading:
                answers.setdefault(heading[1], _right(question))
    return answers


def _right(question: str) -> list[str]:
    typed = re.findall(r"^- \[=\] (.+)$", question, flags=re.M)
    if typed:
        return [re.split(r"\s*(?:±|\.\.)\s*", typed[0])[0]]
    marks = re.findall(r"^- \[([ xX])\]", question, flags=re.M)
    return ["abcdefghij"[place] for place, mark in enumerate(marks) if mark != " "]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _serve(settings: dict[str, str], data: Path) -> Iterator[Site]:
    settings |= {"LMS_DATA": str(data), "LMS_PORT": str(_free_port())}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")} | settings
    address = f"http://127.0.0.1:{settings['LMS_PORT']}"
    with (data / "server.log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "lms", "demo", "run"], env=environment, stdout=log, stderr=log
        )
        try:
            _wait_until_ready(address, server, data / "server.log")
            card = (data / "server.log").read_text("utf-8")
            password = re.search(r"password\s+(\S+)", card)
            assert password, card
            yield Site(address, password[1])
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0


def _wait_until_ready(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))
