"""A learner who takes a quiz over HTTP and never gives up, and what the database holds afterwards."""

import http.client
import json
import mmap
import os
import re
import secrets
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from lms import clock, create_app, schema
from lms.accounts import sessions
from lms.accounts.models import User
from lms.courses import services as courses
from lms.courses.models import Course
from lms.courses.testing import COURSE_TOML, read_written
from lms.database import db

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "only-for-the-fault-sweep-0123456789-abcdefghij"
QUESTIONS = 20
LONGEST_PAUSE = 20

#: What the browser keeps of a reply: status, address to go on to, text.
Reply = tuple[int, str | None, str]


@dataclass
class Site:
    """A site in a folder of its own with one quiz of short answers, and a trigger."""

    folder: Path
    port: int
    app: Flask
    #: The longest that a learner waited for the server to come back, in seconds.
    longest_pause: float = 0

    @property
    def trigger(self) -> Path:
        """The file that `killing.py` maps."""
        return self.folder / "trigger"

    def arm(self, left: int) -> None:
        """Have the server kill itself at the moment of this number; 0 for never."""
        self._trigger(lambda shared: struct.pack("qq", left, 0))

    def moments(self) -> int:
        """Return how many moments there were since the trigger was armed."""
        return int(struct.unpack("qq", self._trigger(lambda shared: shared))[1])

    def learner(self, name: str) -> "Learner":
        """Return somebody new who is enrolled and signed in."""
        with self.app.app_context():
            user = User(
                name=name,
                contact=f"{secrets.token_hex(8)}@sauat.example",
                contact_kind="email",
                password_hash="!",
                language="kk",
                created_at=clock.now(),
            )
            db.session.add(user)
            db.session.flush()
            course = db.session.query(Course).filter_by(slug="village").one()
            courses.enrol(user.id, course)
            token = sessions.open_session(user, "Chrome, Android")
            db.session.commit()
            client = self.app.test_client()
            with client.session_transaction() as cookie:
                sessions.put_into(cookie, token)
            name = self.app.config["SESSION_COOKIE_NAME"]
            found = client.get_cookie(name)
            assert found
            db.session.remove()
            return Learner(self, user.id, f"{name}={found.value}")

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """Return rows of the database, read past the server."""
        connection = sqlite3.connect(self.folder / "sauat.sqlite3", timeout=10)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def _trigger(self, change: Any) -> bytes:
        with self.trigger.open("r+b") as file, mmap.mmap(file.fileno(), 16) as shared:
            shared[:] = change(shared[:])
            return shared[:]


@dataclass
class Learner:
    """Somebody who presses again until there is a reply, and remembers what was acknowledged."""

    site: Site
    user_id: int
    cookie: str
    token: str = ""
    csrf: str = ""
    #: (position, key) → the answer and the reply that acknowledged it.
    acknowledged: dict[tuple[int, str], tuple[str, Any]] = field(default_factory=dict)

    def take_the_quiz(self) -> None:
        """Begin, answer every question, half of them twice, send everything again, submit."""
        self.begin()
        for position in range(1, QUESTIONS + 1):
            for text in ["бұрынғы", f"жауап {position}"][position % 2 :]:
                self.answer(position, text, secrets.token_urlsafe(12))
        for (position, key), (text, reply) in list(self.acknowledged.items()):
            assert self.answer(position, text, key)["saved"] == reply["saved"]
        self.send(f"/kk/quizzes/attempts/{self.token}/submission", {})

    def begin(self) -> None:
        """Begin the attempt."""
        self.csrf = self._token_on("/kk/courses/village/test")
        where = self.send("/kk/quizzes/village/test/attempts", {})[1]
        self.token = str(where).split("/")[-2]

    def answer(self, position: int, text: str, key: str) -> Any:
        """Save an answer; return the reply."""
        place = f"/kk/quizzes/attempts/{self.token}/{position}"
        status, _, said = self.send(place, {f"q{position}": text, "form_key": key}, as_json=True)
        reply = json.loads(said)
        assert status == 200, said
        assert reply["saved"], said
        self.acknowledged.setdefault((position, key), (text, reply))
        return reply

    def send(self, path: str, fields: dict[str, str], *, as_json: bool = False) -> Reply:
        """Post a form until there is a reply."""
        body = urlencode({**fields, "csrf_token": self.csrf})
        return self._ask("POST", path, body, "application/json" if as_json else "text/html")

    def problems(self) -> list[str]:
        """Return everything that is not as it was acknowledged."""
        attempts = self.site.ask(
            "SELECT a.id, a.token, a.score FROM quizzes_attempt a"
            " JOIN courses_enrolment e ON e.id = a.enrolment_id WHERE e.user_id = ?",
            self.user_id,
        )
        if [(row[1], row[2]) for row in attempts] != [(self.token, 100)]:
            return [f"attempts: {attempts}"]
        stored = self.site.ask(
            "SELECT q.position, w.key, w.value, w.late FROM quizzes_answer w"
            " JOIN quizzes_attempt_question q ON q.id = w.attempt_question_id"
            " WHERE q.attempt_id = ?",
            attempts[0][0],
        )
        found = sorted((p, k, json.loads(value)["text"], late) for p, k, value, late in stored)
        wanted = sorted((p, k, text, 0) for (p, k), (text, _) in self.acknowledged.items())
        completed = self.site.ask(
            "SELECT count(*) FROM courses_completion c"
            " JOIN courses_enrolment e ON e.id = c.enrolment_id"
            " JOIN courses_activity a ON a.id = c.activity_id AND a.slug = 'test'"
            " WHERE e.user_id = ?",
            self.user_id,
        )[0][0]
        return [
            *([f"answers: {found} instead of {wanted}"] if found != wanted else []),
            *([f"completed {completed} times"] if completed != 1 else []),
        ]

    def _token_on(self, path: str) -> str:
        page = self._ask("GET", path, None, "text/html")[2]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        return found[1]

    def _ask(self, method: str, path: str, body: str | None, accept: str) -> Reply:
        began = time.monotonic()
        headers = {"Cookie": self.cookie, "Accept": accept}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=10)
            try:
                connection.request(method, path, body, headers)
                reply = connection.getresponse()
                text = reply.read().decode()
                if reply.status < 500:
                    pause = time.monotonic() - began
                    self.site.longest_pause = max(self.site.longest_pause, pause)
                    self.cookie = (reply.headers["Set-Cookie"] or self.cookie).partition(";")[0]
                    return reply.status, reply.headers["Location"], text
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            assert time.monotonic() - began < LONGEST_PAUSE, f"no reply to {method} {path}"
            time.sleep(0.02)


def new_site(folder: Path) -> Site:
    """Return a site with the quiz published, not yet served."""
    content = folder / "content" / "village"
    content.mkdir(parents=True)
    activities = '  { id = "test", type = "quiz", shuffle = false },'
    header = COURSE_TOML.format(slug="village", activities=activities)
    (content / "course.toml").write_text(header, "utf-8")
    for language, title, answer in (("kk", "Тест", "жауап"), ("ru", "Тест", "ответ")):
        questions = "".join(
            f"\n## {n} + 0? {{#q{n}}}\n\n- [=] жауап {n}\n- [=] {answer} нөмір {n}\n\n> [!NOTE]\n> {n}\n"
            for n in range(1, QUESTIONS + 1)
        )
        (content / f"test.{language}.md").write_text(f"# {title}\n{questions}", "utf-8")
    app = create_app({"SECRET_KEY": SECRET, "DATA": str(folder)})
    with app.app_context():
        schema.upgrade(app)
        reading = read_written(content)
        assert not reading.errors, [str(problem) for problem in reading.errors]
        courses.publish_course(reading)
        db.session.commit()
        db.session.remove()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        site = Site(folder, int(free.getsockname()[1]), app)
    site.trigger.write_bytes(bytes(16))
    return site


@contextmanager
def serving(site: Site, *, workers: int = 1) -> Iterator["subprocess.Popen[bytes]"]:
    """Serve the site as `lms serve` does, its trigger pulled, within the block."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    settings = {
        "LMS_DATA": str(site.folder),
        "LMS_SECRET_KEY": SECRET,
        "LMS_PORT": str(site.port),
        "LMS_WORKERS": str(workers),
        "LMS_WORKER": "false",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, str(Path(__file__).parent / "killing.py"), str(site.trigger)]
    with (site.folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            command,
            env={**own, **settings},
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for(site, server)
            yield server
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _wait_for(site: Site, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(1500):
        assert server.poll() is None, (site.folder / "server.log").read_text("utf-8")
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    raise AssertionError("the server did not become ready")
