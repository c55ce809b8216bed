"""The sites that are measured: shipped courses, a thousand written files, and very many learners."""

import logging
import os
import pty
import re
import resource
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from flask import Flask
from servers import ROOT, SECRET, environment

from lms import create_app, schema
from lms.accounts import sessions
from lms.accounts.models import User
from lms.database import db

SHIPPED = "digital-literacy"
SHIPPED_LESSON = "passwords"
QUIZ = "device-quiz"
COURSES, LESSONS, WORDS = 20, 25, 500
ENROLLED_IN = ("written-01", "written-02", "written-03")

#: Lines of the ledger for each learner: 5 in the shipped course, 15 in each of three others.
DONE_SHIPPED, DONE_WRITTEN = 5, 15
PER_LEARNER = DONE_SHIPPED + DONE_WRITTEN * len(ENROLLED_IN)

VOCABULARY = {
    "kk": "ауыл тұрғындары жиналыста келесі жылдың бюджетін бірге талқылады содан кейін әрқайсысы өз "
    "ұсынысын жазып әкімдікке жіберді құжат мерзімі қаражат көшені жарықтандыру мектеп жолы ойын алаңы",
    "ru": "жители села вместе обсудили на собрании бюджет следующего года потом каждый записал своё "
    "предложение и отправил в акимат документ срок средства освещение улицы дорога к школе площадка",
}
TITLES = {"kk": "Сабақ", "ru": "Урок"}


@dataclass(frozen=True)
class Import:
    """What one `lms content import` took, and the last progress it drew on its terminal."""

    seconds: float
    cpu_seconds: float
    progress: str


def new_site(folder: Path) -> Flask:
    """Return a site with empty tables."""
    app = open_site(folder)
    with app.app_context():
        schema.upgrade(app)
    return app


def open_site(folder: Path) -> Flask:
    """Return the site whose data lie in `folder`, for use within this process."""
    app = create_app({"SECRET_KEY": SECRET, "DATA": str(folder)})
    logging.getLogger("lms").setLevel(logging.ERROR)
    return app


def import_courses(site: Path, content: Path) -> Import:
    """Run `lms content import` as an administrator would, on a terminal."""
    reader, terminal = pty.openpty()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "lms", "content", "import", str(content)],
        cwd=ROOT, env=environment(site), stdout=terminal, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    shown = _read_all(reader)
    if process.wait():
        raise RuntimeError(shown)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    bars = re.findall(r"(Reading|Publishing) +\[#+\] +100%", shown)
    return Import(seconds, cpu, " and ".join(dict.fromkeys(bars)))


def work_on_outbox(site: Path) -> None:
    """Do the jobs that importing left, so that they do not run while something is measured."""
    subprocess.run(
        [sys.executable, "-m", "lms", "worker", "--once"],
        cwd=ROOT, env=environment(site), check=True, capture_output=True,
    )  # fmt: skip


def write_courses(folder: Path) -> int:
    """Write courses of plain lessons in two languages; return how many Markdown files that are."""
    random = Random(2026)
    for number in range(1, COURSES + 1):
        slug = f"written-{number:02}"
        course = folder / slug
        course.mkdir(parents=True)
        lessons = [f"lesson-{n:02}" for n in range(1, LESSONS + 1)]
        (course / "course.toml").write_text(_header(slug, number, lessons), "utf-8")
        for lesson in lessons:
            for language in VOCABULARY:
                text = _lesson(language, f"{number}.{lesson[-2:]}", random)
                (course / f"{lesson}.{language}.md").write_text(text, "utf-8")
    return len(list(folder.glob("*/*.md")))


def add_learners(site: Path, first: int, last: int) -> None:
    """Write people straight into the tables, each signed in once and enrolled in the shipped course."""
    with _bulk(site) as tables:
        tables.execute(
            "INSERT INTO accounts_user (id, name, contact, contact_kind, password_hash, language,"
            " created_at) WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " SELECT i, 'Тұрғын ' || i, 'learner' || i || '@sauat.example', 'email', '!', 'kk',"
            " '2026-10-01 06:00:00.000000' FROM n",
            (first, last),
        )
        tables.execute(
            "INSERT INTO accounts_session (token_hash, user_id, created_at, expires_at, device)"
            " SELECT lower(hex(randomblob(32))), id, created_at, '2026-12-31 06:00:00.000000',"
            " 'Chrome, Android' FROM accounts_user WHERE id BETWEEN ? AND ?",
            (first, last),
        )
    enrol(site, first, last, SHIPPED, DONE_SHIPPED)


def enrol(site: Path, first: int, last: int, course: str, done: int) -> None:
    """Enrol people in a course, the first `done` lessons of it read.

    The ledger is written lesson by lesson, so that one learner's lines lie far apart, as in life.
    """
    with _bulk(site) as tables:
        tables.execute(
            "INSERT INTO courses_enrolment (user_id, course_id, enrolled_at) SELECT u.id, c.id,"
            " '2026-10-02 06:00:00.000000' FROM accounts_user u, courses_course c"
            " WHERE u.id BETWEEN ? AND ? AND c.slug = ?",
            (first, last, course),
        )
        tables.execute(
            "INSERT INTO courses_completion (enrolment_id, activity_id, version, reason,"
            " completed_at) SELECT e.id, a.id, 1, 'read', '2026-10-03 06:00:00.000000'"
            " FROM (SELECT a.id, a.course_id FROM courses_activity a JOIN courses_course c ON"
            " c.id = a.course_id WHERE c.slug = ? AND a.type = 'lesson' ORDER BY a.id LIMIT ?) a"
            " CROSS JOIN courses_enrolment e WHERE e.course_id = a.course_id"
            " AND e.user_id BETWEEN ? AND ? ORDER BY a.id, e.id",
            (course, done, first, last),
        )


def begin_attempts(site: Path, first: int, last: int) -> None:
    """Give people an open attempt at the quiz, half of it answered."""
    with _bulk(site) as tables:
        tables.execute(
            "INSERT INTO quizzes_attempt (token, enrolment_id, activity_id, pool_id, course_version,"
            " number, questions, pass_mark, started_at) SELECT lower(hex(randomblob(11))), e.id,"
            " a.id, p.id, 1, 1, 6, 70, '2026-10-04 06:00:00.000000' FROM courses_enrolment e"
            " JOIN courses_course c ON c.id = e.course_id JOIN courses_activity a ON"
            " a.course_id = c.id JOIN quizzes_pool p ON p.activity_id = a.id"
            " WHERE c.slug = ? AND a.slug = ? AND e.user_id BETWEEN ? AND ?",
            (SHIPPED, QUIZ, first, last),
        )
        tables.execute(
            "INSERT INTO quizzes_attempt_question (attempt_id, position, version_id, option_order)"
            ' SELECT t.id, q.key + 1, q.value, \'["b", "a", "c", "d"]\' FROM quizzes_attempt t'
            " JOIN quizzes_pool p ON p.id = t.pool_id, json_each(p.questions) q JOIN"
            " courses_enrolment e ON e.id = t.enrolment_id WHERE q.key < 6"
            " AND e.user_id BETWEEN ? AND ?",
            (first, last),
        )
        tables.execute(
            "INSERT INTO quizzes_answer (attempt_question_id, key, digest, value, received_at, late)"
            " SELECT q.id, lower(hex(randomblob(8))), lower(hex(randomblob(32))),"
            " '{\"options\": [\"a\"]}', '2026-10-04 06:10:00.000000', 0 FROM quizzes_attempt_question q"
            " JOIN quizzes_attempt t ON t.id = q.attempt_id JOIN courses_enrolment e ON"
            " e.id = t.enrolment_id WHERE q.position <= 3 AND e.user_id BETWEEN ? AND ?",
            (first, last),
        )


def attempts_of(site: Path, people: list[int]) -> dict[int, str]:
    """Return the token of each person's open attempt."""
    with _bulk(site) as tables:
        rows = tables.execute(
            "SELECT e.user_id, t.token FROM quizzes_attempt t JOIN courses_enrolment e ON"
            " e.id = t.enrolment_id WHERE t.submitted_at IS NULL"
        )
        found = dict(rows.fetchall())
    return {person: found[person] for person in people}


def count_rows(site: Path, table: str) -> int:
    """Return how many rows a table has."""
    with _bulk(site) as tables:
        return int(tables.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def copy_site(site: Path, target: Path) -> None:
    """Copy the database to another folder."""
    target.mkdir(parents=True)
    with _bulk(site) as tables:
        copied = sqlite3.connect(target / "sauat.sqlite3")
        tables.backup(copied)
        copied.close()


def sign_in(app: Flask, person: int) -> dict[str, str]:
    """Return the cookies of a browser in which this person has just signed in."""
    client = app.test_client()
    with app.app_context():
        token = sessions.open_session(db.session.get_one(User, person), "Chrome, Android")
        db.session.commit()
        with client.session_transaction() as cookie:
            sessions.put_into(cookie, token)
    name = app.config["SESSION_COOKIE_NAME"]
    return {name: client.get_cookie(name).value}  # type: ignore[union-attr]


class _bulk:  # noqa: N801 – used like a function
    """A connection for writing much at once: nothing here has to survive a power cut."""

    def __init__(self, site: Path) -> None:
        self.tables = sqlite3.connect(site / "sauat.sqlite3")
        self.tables.execute("PRAGMA synchronous=OFF")
        self.tables.execute("PRAGMA cache_size=-1000000")

    def __enter__(self) -> sqlite3.Connection:
        return self.tables

    def __exit__(self, *problem: object) -> None:
        self.tables.commit()
        self.tables.close()


def _read_all(terminal: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode("utf-8", "replace")


def _header(slug: str, number: int, lessons: list[str]) -> str:
    steps = "\n".join(f'  {{ id = "{lesson}", minutes = 10 }},' for lesson in lessons)
    return f"""id = "{slug}"
languages = ["kk", "ru"]
audience = "residents"
hours = 6
pass_mark = 70

[title]
kk = "{number}-курс"
ru = "Курс {number}"

[summary]
kk = "Бұл курс тек өлшеу үшін жазылған."
ru = "Этот курс написан только для замера."

[[modules]]
id = "one"
title = {{ kk = "Бірінші модуль", ru = "Первый модуль" }}
activities = [
{steps}
]
"""


def _lesson(language: str, number: str, random: Random) -> str:
    words = VOCABULARY[language].split()

    def sentence() -> str:
        return " ".join(random.choices(words, k=10)).capitalize() + "."

    paragraphs = [" ".join(sentence() for _ in range(5)) for _ in range(WORDS // 60)]
    listed = "\n".join(f"- **{random.choice(words)}** {sentence()}" for _ in range(6))
    parts = [f"# {TITLES[language]} {number}", *paragraphs[:4], f"## {sentence()[:-1]}", listed]
    return "\n\n".join([*parts, f"> {sentence()}", *paragraphs[4:]]) + "\n"
