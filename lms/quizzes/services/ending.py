"""The end of an attempt: submitted by its learner, or when its time is up."""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import select, update

from lms import clock
from lms.courses.models import Activity, Enrolment, Version
from lms.courses.services import complete_activity, load_outline
from lms.database import db
from lms.jobs import JobHandler, enqueue
from lms.quizzes.kinds import GONE
from lms.quizzes.models import Attempt
from lms.quizzes.rules import QuizSettings, is_passed, score_of, score_that_counts
from lms.quizzes.services.reviews import note_attempt
from lms.quizzes.services.sheets import Asked, Sheet, find_sheet, list_questions

#: How long a learner who is still there has to come before the worker does.
GRACE = timedelta(minutes=1)


def submit_attempt(sheet: Sheet) -> bool:
    """Mark the attempt and, if the quiz is passed, complete it; False if it was submitted before.

    After the time was up, the attempt counts as ended then.
    """
    attempt = sheet.attempt
    over = is_time_up(attempt)
    is_first = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
        .values(
            submitted_at=attempt.due_at if over else clock.now(),
            ended_by="time" if over else "learner",
        )
    )
    if not is_first.rowcount:  # type: ignore[attr-defined]
        return False
    rules = rules_of(attempt)
    questions = list_questions(attempt)
    for asked in questions:
        asked.row.fraction = _fraction(asked)
    attempt.score = score_of(
        [(asked.row.fraction, asked.row.weight, asked.answer is not None) for asked in questions],
        rules.negative,
    )
    attempt.passed = attempt.score >= attempt.pass_mark
    db.session.flush()
    note_attempt(sheet.enrolment.user_id, questions)
    _complete_if_passed(sheet, rules.counts)
    return True


def is_time_up(attempt: Attempt) -> bool:
    """Say whether the time limit of an attempt is over; what comes from now on is late."""
    return attempt.due_at is not None and clock.now() > attempt.due_at


def rules_of(attempt: Attempt) -> QuizSettings:
    """Return the rules an attempt began under, whatever its course says now."""
    version_id = db.session.scalars(
        select(Version.id)
        .join(Activity, Activity.course_id == Version.course_id)
        .where(Activity.id == attempt.activity_id, Version.number == attempt.course_version)
    ).one()
    activities = load_outline(version_id).activities
    settings = next(a.settings for a in activities if a.key == attempt.activity_id)
    return msgspec.convert(settings, QuizSettings)


def close_when_due(attempt: Attempt) -> None:
    """Have the worker close an attempt that nobody returns to; without a time limit nobody does."""
    if attempt.due_at is not None:
        enqueue(HANDLER.name, {"attempt": attempt.id}, run_at=attempt.due_at + GRACE)


def _fraction(asked: Asked) -> float | None:
    if asked.kind is GONE:
        return None
    return asked.kind.mark(asked.question, asked.answer) if asked.answer else 0.0


def _complete_if_passed(sheet: Sheet, counts: str) -> None:
    attempt = sheet.attempt
    results = [
        (row.score, row.pass_mark)
        for row in db.session.execute(
            select(Attempt.score, Attempt.pass_mark)
            .filter_by(enrolment_id=attempt.enrolment_id, activity_id=attempt.activity_id)
            .where(Attempt.score.is_not(None))
            .order_by(Attempt.number)
        )
    ]
    if is_passed(counts, results):
        complete_activity(
            sheet.enrolment,
            sheet.activity,
            reason="passed",
            score=score_that_counts(counts, [score for score, _ in results]),
            evidence=f"attempt {attempt.token}",
        )


def _close_overdue(payload: dict[str, Any]) -> None:
    found = db.session.execute(
        select(Attempt.token, Enrolment.user_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Attempt.id == payload["attempt"])
    ).first()
    sheet = find_sheet(found.token, found.user_id, lock=True) if found else None
    # With time added since, a later job does it.
    if sheet is not None and is_time_up(sheet.attempt):
        submit_attempt(sheet)


HANDLER = JobHandler("quizzes.close", _close_overdue)
