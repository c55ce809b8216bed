"""What a learner may take along, and what is left after erasure."""

from collections.abc import Callable

from sqlalchemy import func, select

from lms import privacy
from lms.accounts.models import User
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes.models import AnswerRow, Attempt, AttemptQuestion

from .conftest import RIGHT, finish

Make = Callable[..., Course]
Enrol = Callable[..., Enrolment]


def test_the_export_holds_every_attempt_with_every_answer(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    finish(learner, RIGHT)
    rows = privacy.export(learner.id)["quizzes"]
    assert [(row["course"], row["quiz"], row["score"]) for row in rows] == [
        ("village", "test", 100)
    ]
    given = {answer["question"]: answer["answer"] for answer in rows[0]["answers"]}
    assert given["who"] == {"options": ["b"]}
    assert given["capital"] == {"text": "астана"}


def test_the_export_holds_nothing_of_others(
    make_quiz: Make, enrol: Enrol, learner: User, stranger: User
) -> None:
    enrol(learner, make_quiz())
    finish(learner, RIGHT)
    assert privacy.export(stranger.id)["quizzes"] == []


def test_erasure_takes_the_answers_and_the_name_and_leaves_the_numbers(
    make_quiz: Make, enrol: Enrol, learner: User, stranger: User
) -> None:
    course = make_quiz()
    for user in (learner, stranger):
        enrol(user, course)
        finish(user, RIGHT)
    privacy.erase(learner.id)
    db.session.commit()
    db.session.expire_all()
    attempts = db.session.scalars(select(Attempt).order_by(Attempt.id)).all()
    assert [(a.enrolment_id is None, a.score) for a in attempts] == [(True, 100), (False, 100)]
    assert db.session.scalar(select(func.count()).select_from(AnswerRow)) == 4
    assert db.session.scalar(select(func.count()).select_from(AttemptQuestion)) == 8
