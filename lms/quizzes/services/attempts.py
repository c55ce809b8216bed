"""Attempts: begun one at a time, within the rules."""

import secrets
from datetime import timedelta

from sqlalchemy import select

from lms import clock
from lms.courses.activities import ActivityPage
from lms.courses.models import EnrolmentLine
from lms.courses.outline import ActivityOutline
from lms.database import db, insert_or_ignore
from lms.quizzes.models import Attempt, Pool
from lms.quizzes.services.drawing import draw_questions, lay_out
from lms.quizzes.services.ending import close_when_due
from lms.quizzes.services.standing import standing


class NoAttemptsLeft(Exception):
    """Every attempt the quiz allows is used, or a limited quiz is passed already."""


class TooSoon(Exception):
    """The pause after the last attempt is not over."""


def find_pool(activity: ActivityOutline) -> Pool:
    """Return what attempts at a quiz draw from now."""
    digest = next(iter(activity.texts.values()))
    return db.session.scalars(select(Pool).filter_by(activity_id=activity.key, digest=digest)).one()


def start_attempt(page: ActivityPage, enrolment: EnrolmentLine) -> Attempt:
    """Return the learner's open attempt, or a new one with its questions drawn and shuffled.

    Raises `NoAttemptsLeft` and `TooSoon`. Whoever asks several times at once gets the same attempt.
    """
    pool = find_pool(page.activity)
    while True:
        now = standing(enrolment, page.course, page.activity)
        if now.open is not None:
            return db.session.get_one(Attempt, now.open.id)
        if not now.has_more:
            raise NoAttemptsLeft
        if now.waits_until is not None:
            raise TooSoon
        drawn = draw_questions(pool.questions, now.settings)
        token, started_at = secrets.token_urlsafe(16), clock.now()
        # The number is unique: of several beginnings at once one is inserted, the others look again.
        if insert_or_ignore(
            Attempt,
            token=token,
            enrolment_id=enrolment.id,
            activity_id=page.activity.key,
            pool_id=pool.id,
            course_version=page.course.version,
            number=len(now.attempts) + 1,
            questions=len(drawn),
            pass_mark=now.pass_mark,
            started_at=started_at,
            due_at=started_at + timedelta(minutes=now.minutes) if now.minutes else None,
        ):
            attempt = db.session.scalars(select(Attempt).filter_by(token=token)).one()
            lay_out(attempt, drawn, now.settings)
            close_when_due(attempt)
            return attempt
