"""What quizzes keep about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from lms.courses.models import Activity, Course, Enrolment
from lms.database import db
from lms.privacy import PersonalData, PersonalField
from lms.quizzes.models import (
    Allowance,
    AnswerRow,
    Attempt,
    AttemptQuestion,
    Card,
    QuestionRow,
    QuestionVersion,
)


def _export(user_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Attempt, Course.slug, Activity.slug.label("activity"))
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Activity, Activity.id == Attempt.activity_id)
        .join(Course, Course.id == Activity.course_id)
        .where(Enrolment.user_id == user_id)
        .order_by(Attempt.id)
    ).all()
    answers = _answers([row.Attempt.id for row in rows])
    attempts = [
        {
            "course": row.slug,
            "quiz": row.activity,
            "attempt": row.Attempt.number,
            "started_at": row.Attempt.started_at.isoformat(),
            "submitted_at": row.Attempt.submitted_at and row.Attempt.submitted_at.isoformat(),
            "score": row.Attempt.score,
            "passed": row.Attempt.passed,
            "answers": answers[row.Attempt.id],
        }
        for row in rows
    ]
    return attempts + _allowances(user_id) + _cards(user_id)


def _answers(attempt_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    answers: dict[int, list[dict[str, Any]]] = {attempt_id: [] for attempt_id in attempt_ids}
    rows = db.session.execute(
        select(AttemptQuestion.attempt_id, QuestionRow.key, AnswerRow.value, AnswerRow.received_at)
        .join(AttemptQuestion, AttemptQuestion.id == AnswerRow.attempt_question_id)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
        .where(AttemptQuestion.attempt_id.in_(attempt_ids))
        .order_by(AnswerRow.id)
    )
    for row in rows:
        answers[row.attempt_id].append(
            {"question": row.key, "answer": row.value, "received_at": row.received_at.isoformat()}
        )
    return answers


def _allowances(user_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Allowance, Course.slug, Activity.slug.label("quiz"))
        .join(Enrolment, Enrolment.id == Allowance.enrolment_id)
        .join(Activity, Activity.id == Allowance.activity_id)
        .join(Course, Course.id == Activity.course_id)
        .where(Enrolment.user_id == user_id)
        .order_by(Allowance.id)
    )
    return [
        {
            "course": row.slug,
            "quiz": row.quiz,
            "further_attempts": row.Allowance.attempts,
            "more_minutes": row.Allowance.minutes,
            "why_given": row.Allowance.reason,
            "given_at": row.Allowance.given_at.isoformat(),
        }
        for row in rows
    ]


def _cards(user_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Card.state, Card.due_at, QuestionRow.key, Course.slug, Activity.slug.label("quiz"))
        .join(QuestionRow, QuestionRow.id == Card.question_id)
        .join(Activity, Activity.id == QuestionRow.activity_id)
        .join(Course, Course.id == Activity.course_id)
        .where(Card.user_id == user_id)
        .order_by(Card.id)
    )
    return [
        {
            "course": row.slug,
            "quiz": row.quiz,
            "question": row.key,
            "last_review": row.state["last_review"],
            "comes_back_at": row.due_at.isoformat(),
        }
        for row in rows
    ]


def _erase(user_id: int) -> None:
    """Delete the answers; the attempts stay as numbers that belong to nobody."""
    enrolments = select(Enrolment.id).filter_by(user_id=user_id)
    attempts = select(Attempt.id).where(Attempt.enrolment_id.in_(enrolments))
    questions = select(AttemptQuestion.id).where(AttemptQuestion.attempt_id.in_(attempts))
    for statement in (
        delete(AnswerRow).where(AnswerRow.attempt_question_id.in_(questions)),
        delete(Allowance).where(Allowance.enrolment_id.in_(enrolments)),
        delete(Card).where(Card.user_id == user_id),
        update(Attempt).where(Attempt.enrolment_id.in_(enrolments)).values(enrolment_id=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


PERSONAL_DATA = PersonalData(
    name="quizzes",
    label=_l("Tests"),
    fields=(
        PersonalField(
            "quizzes_attempt.enrolment_id",
            _l("Your attempts at quizzes and their results"),
            _l("To show your results and to know that a quiz is passed"),
            _l("You and the trainers of the course"),
            _l("Until you erase your account; then they stay as numbers without a name"),
        ),
        PersonalField(
            "quizzes_card.user_id",
            _l("Questions you missed, and when they come back for practice"),
            _l("To bring them back when it is time to practise"),
            _l("You alone"),
            _l("Until you erase your account"),
        ),
        PersonalField(
            "quizzes_allowance.reason",
            _l("Further attempts or more time that a trainer gave you, and why"),
            _l("To let you take a quiz by rules that are fair to you"),
            _l("You and the trainers of the course"),
            _l("Until you erase your account"),
        ),
        PersonalField(
            "quizzes_answer.value",
            _l("Your answers to quiz questions"),
            _l("To mark them and to show you what was right"),
            _l("You and the trainers of the course"),
            _l("Until you erase your account"),
        ),
    ),
    export=_export,
    erase=_erase,
    words={
        "quiz": _l("Test"),
        "attempt": _l("Attempt number"),
        "started_at": _l("Begun"),
        "submitted_at": _l("Submitted"),
        "passed": _l("Passed"),
        "True": _l("yes"),
        "False": _l("no"),
        "question": _l("Question"),
        "answer": _l("Answer"),
        "received_at": _l("Received"),
        "further_attempts": _l("Further attempts"),
        "more_minutes": _l("More minutes"),
        "why_given": _l("Reason"),
        "given_at": _l("Given on"),
        "last_review": _l("Last asked"),
        "comes_back_at": _l("Comes back"),
    },
)
