"""`python bench/analysis.py`: what item analysis of 100 000 attempts takes, on SQLite.

Everything happens in a temporary folder. The attempts are invented by the Rasch model: a learner of
ability a answers a question of difficulty d rightly with probability 1 / (1 + e^(d - a)).
"""

import json
import math
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import data
from report import Row, middle, print_table, say, spread
from servers import ROOT
from sqlalchemy import select

from lms.accounts.models import Role, User
from lms.database import db
from lms.quizzes import services
from lms.quizzes.models import Pool

ATTEMPTS, DRAWN, ROUNDS = 100_000, 6, 5
LANGUAGES = ("kk", "kk", "ru")
BEGUN = "2026-10-04 06:00:00.000000"
ENDED = "2026-10-04 06:20:00.000000"


def main() -> int:
    """Measure, print the table, return 1 if something is over its budget."""
    with TemporaryDirectory(prefix="sauat-bench-") as name:
        rows = measure(Path(name))
    print_table(rows)
    return 0 if all(row.fits for row in rows) else 1


def measure(site: Path) -> list[Row]:
    """Return the lines of the table."""
    say("importing the shipped courses")
    app = data.new_site(site)
    data.import_courses(site, ROOT / "course_content")
    data.add_learners(site, 1, 2)
    say(f"inventing {ATTEMPTS:,} attempts of {DRAWN} questions")
    invent_attempts(site, data.SHIPPED, data.QUIZ, ATTEMPTS, DRAWN)
    say(f"analysing them {ROUNDS} times")
    with app.app_context():
        activity_id = find_quiz(site, data.SHIPPED, data.QUIZ)
        pool = db.session.scalars(select(Pool).filter_by(activity_id=activity_id)).one()
        figures = [_taken(lambda: services.analyse_quiz(pool)) for _ in range(ROUNDS)]
        trainer = db.session.get_one(User, 1)
        trainer.roles.append(Role(role="trainer", scope_kind="none", scope_id=""))
        db.session.commit()
    client = app.test_client()
    for name, value in data.sign_in(app, 1).items():
        client.set_cookie(name, value)
    address = f"/kk/quizzes/{data.SHIPPED}/{data.QUIZ}/analysis"
    page = [_taken(lambda: client.get(address)) for _ in range(ROUNDS)]
    name = f"item analysis of {ATTEMPTS:,} attempts".replace(",", " ")
    return [_row(name, figures), _row("the trainers' page about them", page)]


class Taken(NamedTuple):
    """What a piece of work took."""

    cpu_seconds: float
    seconds: float


def _row(name: str, rounds: list[Taken]) -> Row:
    note = f"processor time; wall time {spread([taken.seconds for taken in rounds])}"
    return Row(name, middle([taken.cpu_seconds for taken in rounds]), 2, "s", note)


def _taken(work: Callable[[], object]) -> Taken:
    began, cpu_began = time.perf_counter(), time.process_time()
    work()
    return Taken(time.process_time() - cpu_began, time.perf_counter() - began)


@dataclass(frozen=True)
class Drawable:
    """A question version to draw, and how hard it is."""

    id: int
    options: list[str]
    right: list[str]
    difficulty: float


def invent_attempts(site: Path, course: str, quiz: str, attempts: int, drawn: int) -> None:
    """Write submitted attempts, with every answer, straight into the tables."""
    random = Random(2026)
    tables = sqlite3.connect(site / "sauat.sqlite3")
    tables.execute("PRAGMA synchronous=OFF")
    activity_id = find_quiz(site, course, quiz)
    pool_id, questions = _pool(tables, activity_id, random)
    batch: list[tuple[Any, ...]] = []
    first = (tables.execute("SELECT coalesce(max(id), 0) FROM quizzes_attempt").fetchone()[0]) + 1
    asked_id = tables.execute(
        "SELECT coalesce(max(id), 0) FROM quizzes_attempt_question"
    ).fetchone()[0]
    asked: list[tuple[Any, ...]] = []
    answers: list[tuple[Any, ...]] = []
    for attempt_id in range(first, first + attempts):
        ability, language = random.gauss(0, 1), random.choice(LANGUAGES)
        fractions = []
        for position, question in enumerate(random.sample(questions, drawn), 1):
            asked_id += 1
            chosen = _answer(question, ability, random)
            fractions.append(float(chosen == question.right))
            asked.append((asked_id, attempt_id, position, question.id, fractions[-1]))
            # One learner in five changes an answer.
            for again in range(1 + (random.random() < 0.2)):
                value = json.dumps(
                    {"options": chosen} if question.options else {"text": str(chosen)}
                )
                answers.append((asked_id, f"key-{again}", value, language))
        score = math.floor(100 * sum(fractions) / drawn)
        batch.append(
            (attempt_id, f"invented-{attempt_id}", activity_id, pool_id, drawn, score, score >= 70)
        )
    tables.executemany(
        "INSERT INTO quizzes_attempt (id, token, activity_id, pool_id, course_version, number,"
        " questions, pass_mark, started_at, submitted_at, ended_by, score, passed)"
        f" VALUES (?, ?, ?, ?, 1, 1, ?, 70, '{BEGUN}', '{ENDED}', 'learner', ?, ?)",
        batch,
    )
    tables.executemany(
        "INSERT INTO quizzes_attempt_question (id, attempt_id, position, version_id, option_order,"
        " weight, fraction) VALUES (?, ?, ?, ?, '[]', 1, ?)",
        asked,
    )
    tables.executemany(
        "INSERT INTO quizzes_answer (attempt_question_id, key, digest, value, received_at, late,"
        f" language) VALUES (?, ?, '{'0' * 64}', ?, '{BEGUN}', 0, ?)",
        answers,
    )
    tables.commit()
    tables.close()


def find_quiz(site: Path, course: str, quiz: str) -> int:
    """Return the id of a quiz."""
    tables = sqlite3.connect(site / "sauat.sqlite3")
    found = tables.execute(
        "SELECT a.id FROM courses_activity a JOIN courses_course c ON c.id = a.course_id"
        " WHERE c.slug = ? AND a.slug = ?",
        (course, quiz),
    ).fetchone()
    tables.close()
    return int(found[0])


def _pool(
    tables: sqlite3.Connection, activity_id: int, random: Random
) -> tuple[int, list[Drawable]]:
    pool_id, listed = tables.execute(
        "SELECT id, questions FROM quizzes_pool WHERE activity_id = ?", (activity_id,)
    ).fetchone()
    return pool_id, [_drawable(tables, version_id, random) for version_id in json.loads(listed)]


def _drawable(tables: sqlite3.Connection, version_id: int, random: Random) -> Drawable:
    (definition,) = tables.execute(
        "SELECT definition FROM quizzes_question_version WHERE id = ?", (version_id,)
    ).fetchone()
    key = json.loads(definition)["key"]
    options = [chr(97 + n) for n in range(key.get("options", 0))]
    right = list(key["right"]) if options else ["right"]
    return Drawable(version_id, options, right, random.gauss(-0.5, 1.2))


def _answer(question: Drawable, ability: float, random: Random) -> list[str]:
    if random.random() < 1 / (1 + math.exp(question.difficulty - ability)):
        return question.right
    if not question.options:
        return [f"wrong {random.randint(1, 500)}"]
    wrong = [option for option in question.options if option not in question.right]
    return sorted({random.choice(wrong), *question.right[1:]})


if __name__ == "__main__":
    sys.exit(main())
