"""Everybody's attempts at a quiz, as trainers look them through. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, case, exists, func, select

from lms.accounts.models import User
from lms.clock import ALMATY
from lms.courses.models import Enrolment
from lms.database import rows
from lms.quizzes.models import AnswerRow, Attempt, AttemptLine, AttemptQuestion

PAGE = 50

_answers = (
    select(AnswerRow.id)
    .join(AttemptQuestion, AttemptQuestion.id == AnswerRow.attempt_question_id)
    .where(AttemptQuestion.attempt_id == Attempt.id)
    .correlate(Attempt)
)
_ATTEMPTS = (
    select(
        Attempt.number,
        User.name,
        Attempt.started_at,
        Attempt.submitted_at,
        Attempt.ended_by,
        Attempt.score,
        Attempt.passed,
        _answers.with_only_columns(func.min(AnswerRow.language)).scalar_subquery().label("first"),
        _answers.with_only_columns(func.max(AnswerRow.language)).scalar_subquery().label("last"),
    )
    .outerjoin(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .outerjoin(User, User.id == Enrolment.user_id)
    .order_by(Attempt.id.desc())
)


@dataclass(frozen=True)
class Wanted:
    """Which attempts are asked for; None means whichever."""

    submitted: bool | None = None
    passed: bool | None = None
    language: str | None = None
    #: The day in Kazakhstan on which they began.
    day: date | None = None


@dataclass(frozen=True)
class Totals:
    """How many attempts were submitted, how many of them passed, and their mean score."""

    submitted: int
    passed: int
    mean_score: float | None


def list_attempts(activity_id: int, wanted: Wanted, page: int = 1) -> Sequence[AttemptLine]:
    """Return one page of the attempts at a quiz, the newest first, each with its learner's name.

    The name is None where the account was erased.
    """
    return rows(_wanted(_ATTEMPTS, activity_id, wanted).limit(PAGE).offset(PAGE * (page - 1))).all()


def all_attempts(activity_id: int, wanted: Wanted) -> Sequence[AttemptLine]:
    """Return every attempt asked for, as `list_attempts` does."""
    return rows(_wanted(_ATTEMPTS, activity_id, wanted)).all()


def count_attempts(activity_id: int, wanted: Wanted) -> int:
    """Return how many attempts there are."""
    counted = _wanted(select(func.count(Attempt.id)), activity_id, wanted)
    return int(rows(counted).scalar_one())


def totals_of(activity_id: int) -> Totals:
    """Return how a quiz goes as a whole."""
    row = rows(
        select(
            func.count(Attempt.id).label("submitted"),
            func.count(case((Attempt.passed.is_(True), 1))).label("passed"),
            func.avg(Attempt.score).label("mean"),
        ).where(Attempt.activity_id == activity_id, Attempt.submitted_at.is_not(None))
    ).one()
    return Totals(row.submitted, row.passed, None if row.mean is None else float(row.mean))


def _wanted(statement: Select[Any], activity_id: int, wanted: Wanted) -> Select[Any]:
    conditions: list[Any] = [Attempt.activity_id == activity_id]
    if wanted.submitted is not None:
        is_open = Attempt.submitted_at.is_(None)
        conditions.append(~is_open if wanted.submitted else is_open)
    if wanted.passed is not None:
        conditions.append(Attempt.passed.is_(wanted.passed))
    if wanted.language is not None:
        conditions.append(exists(_answers.where(AnswerRow.language == wanted.language)))
    if wanted.day is not None:
        begins = datetime.combine(wanted.day, time(), ALMATY)
        conditions.append(Attempt.started_at >= begins)
        conditions.append(Attempt.started_at < begins + timedelta(days=1))
    return statement.where(*conditions)
