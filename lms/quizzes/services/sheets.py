"""What a learner's attempt holds: looked up in as few statements as it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, select

from lms.courses.models import Activity, Course, Enrolment
from lms.database import db
from lms.logs import note_security
from lms.quizzes.kinds import kind_of
from lms.quizzes.models import AnswerRow, Attempt, AttemptQuestion, Pool, QuestionVersion
from lms.quizzes.questions import Answer, Question, QuestionType

# Statements of every question page, made once: making one costs more than running it.
_SHEET = (
    select(Attempt, Enrolment, Course.slug, Activity.slug.label("activity"), Pool.titles)
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(Activity, Activity.id == Attempt.activity_id)
    .join(Course, Course.id == Activity.course_id)
    .join(Pool, Pool.id == Attempt.pool_id)
    .where(Attempt.token == bindparam("token"))
)
_LOCKED_SHEET = _SHEET.with_for_update(of=Attempt)

_newest_answer = (
    select(func.max(AnswerRow.id))
    .where(AnswerRow.attempt_question_id == AttemptQuestion.id, AnswerRow.late.is_(False))
    .correlate(AttemptQuestion)
    .scalar_subquery()
)
_QUESTIONS = (
    select(
        AttemptQuestion,
        QuestionVersion.type,
        QuestionVersion.definition,
        AnswerRow.id.label("answer_id"),
        AnswerRow.key,
        AnswerRow.value,
    )
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.version_id)
    .outerjoin(AnswerRow, AnswerRow.id == _newest_answer)
    .where(AttemptQuestion.attempt_id == bindparam("attempt"))
    .order_by(AttemptQuestion.position)
)
_QUESTION = _QUESTIONS.where(AttemptQuestion.position == bindparam("position"))


@dataclass(frozen=True)
class Sheet:
    """An attempt with whose it is and where it belongs."""

    attempt: Attempt
    enrolment: Enrolment
    course: str
    activity: str
    titles: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A question of an attempt as this learner meets it, with the newest answer."""

    row: AttemptQuestion
    question: Question
    kind: QuestionType
    answer: Answer | None
    answer_id: int | None
    answer_key: str | None

    @property
    def position(self) -> int:
        """The place in the attempt, from 1."""
        return self.row.position

    @property
    def order(self) -> list[str]:
        """The order of options this learner sees."""
        return self.row.option_order

    @property
    def given(self) -> Mapping[str, Any]:
        """The newest answer as form fields."""
        return self.kind.fill(self.question, self.answer) if self.answer else {}


def find_sheet(token: str, user_id: int, *, lock: bool = False) -> Sheet | None:
    """Return the person's attempt; None if there is none of this token or it is somebody else's.

    With `lock`, nobody else writes into the attempt until this transaction ends.
    """
    row = db.session.execute(_LOCKED_SHEET if lock else _SHEET, {"token": token}).first()
    if row is None:
        return None
    if row.Enrolment.user_id != user_id:
        note_security("foreign attempt refused", user=user_id, attempt=row.Attempt.id)
        return None
    return Sheet(row.Attempt, row.Enrolment, row.slug, row.activity, row.titles)


def find_question(attempt: Attempt, position: int) -> Asked | None:
    """Return one question of an attempt."""
    row = db.session.execute(_QUESTION, {"attempt": attempt.id, "position": position}).first()
    return _asked(row) if row else None


def list_questions(attempt: Attempt) -> list[Asked]:
    """Return every question of an attempt, in its order."""
    return [_asked(row) for row in db.session.execute(_QUESTIONS, {"attempt": attempt.id})]


def _asked(row: Row[Any]) -> Asked:
    return Asked(
        row=row.AttemptQuestion,
        question=msgspec.convert(row.definition, Question),
        kind=kind_of(row.type),
        answer=row.value,
        answer_id=row.answer_id,
        answer_key=row.key,
    )
