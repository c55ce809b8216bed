"""Allowances: further attempts and more minutes that a trainer gives one learner."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from lms import clock
from lms.accounts.models import User
from lms.courses.models import Enrolment
from lms.database import db, rows
from lms.quizzes.models import Allowance, Attempt
from lms.quizzes.services.ending import close_when_due

#: The same, given again within this time, is a button pressed twice.
SAME_PRESS = timedelta(minutes=1)
MOST_LISTED = 200


def find_learner(course_id: int, contact: str) -> Enrolment | None:
    """Return the enrolment of whoever has this (normalised) contact."""
    return db.session.scalar(
        select(Enrolment)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.course_id == course_id, User.contact == contact)
    )


def give_allowance(
    enrolment: Enrolment, quiz: int, *, attempts: int, minutes: int, reason: str, by: int
) -> bool:
    """Give a learner more, in an open attempt at once; False for the same press sent twice."""
    db.session.execute(select(Enrolment.id).filter_by(id=enrolment.id).with_for_update())
    given = {
        "enrolment_id": enrolment.id,
        "activity_id": quiz,
        "attempts": attempts,
        "minutes": minutes,
        "reason": reason,
        "given_by_id": by,
    }
    now = clock.now()
    again = select(Allowance.id).filter_by(**given).where(Allowance.given_at > now - SAME_PRESS)
    if db.session.scalar(again) is not None:
        return False
    db.session.add(Allowance(**given, given_at=now))
    db.session.flush()
    _prolong_open_attempt(enrolment, quiz, minutes)
    return True


def list_allowances(quiz: int) -> Sequence[Row[Any]]:
    """Return what was given at a quiz, the newest first: to whom, what, why, by whom and when."""
    trainer = User.__table__.alias("trainer")
    listed = (
        select(
            User.name,
            Allowance.attempts,
            Allowance.minutes,
            Allowance.reason,
            Allowance.given_at,
            trainer.c.name.label("given_by"),
        )
        .join(Enrolment, Enrolment.id == Allowance.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .join(trainer, trainer.c.id == Allowance.given_by_id)
        .where(Allowance.activity_id == quiz)
        .order_by(Allowance.id.desc())
        .limit(MOST_LISTED)
    )
    return rows(listed).all()


def _prolong_open_attempt(enrolment: Enrolment, quiz: int, minutes: int) -> None:
    attempt = db.session.scalar(
        select(Attempt)
        .filter_by(enrolment_id=enrolment.id, activity_id=quiz, submitted_at=None)
        .where(Attempt.due_at.is_not(None))
        .with_for_update()
    )
    if attempt is not None and attempt.due_at is not None and minutes:
        attempt.due_at += timedelta(minutes=minutes)
        db.session.flush()
        close_when_due(attempt)
