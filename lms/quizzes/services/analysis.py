"""Item analysis: which question of a quiz is bad, and what makes it so. Nothing is written."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import String, cast, func, select

from lms.database import rows
from lms.quizzes.items import Counted, Item, item_of
from lms.quizzes.models import (
    AnswerRow,
    Attempt,
    AttemptQuestion,
    Pool,
    QuestionRow,
    QuestionVersion,
)
from lms.quizzes.questions import Answer, Question

MOST_FREQUENT = 10

#: What every attempt reached: the sum of its marks, and what it could have been.
_reached = (
    select(
        Attempt.id,
        func.sum(AttemptQuestion.fraction * AttemptQuestion.weight).label("marks"),
        func.sum(AttemptQuestion.weight).label("most"),
    )
    .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
    .where(AttemptQuestion.fraction.is_not(None), Attempt.submitted_at.is_not(None))
    .group_by(Attempt.id)
)
_newest_answer = (
    select(func.max(AnswerRow.id))
    .where(AnswerRow.attempt_question_id == AttemptQuestion.id, AnswerRow.late.is_(False))
    .correlate(AttemptQuestion)
    .scalar_subquery()
)


def analyse_quiz(pool: Pool, key: str | None = None) -> list[Item]:
    """Return what is known of each question that attempts draw from now, in the order of the file.

    With `key`, of that question alone. Questions that nobody was asked yet are left out.
    """
    versions = _versions_of(pool, key)
    in_use = {row.question_id: row for row in versions if row.id in set(pool.questions)}
    counted = _counted(pool, [row.id for row in versions if row.question_id in in_use])
    question_of = {row.id: row.question_id for row in versions}
    by_question: dict[int, list[Counted]] = {question_id: [] for question_id in in_use}
    for group in counted:
        by_question[question_of[group.version_id]].append(group)
    place = {version_id: place for place, version_id in enumerate(pool.questions)}
    return [
        item_of(msgspec.convert(row.definition, Question), row.id, by_question[question_id])
        for question_id, row in sorted(in_use.items(), key=lambda pair: place[pair[1].id])
        if by_question[question_id]
    ]


def frequent_answers(pool: Pool, key: str) -> list[tuple[Answer, int]]:
    """Return the answers given most often to the wording in use; what one person alone wrote is left out."""
    version_ids = [row.id for row in _versions_of(pool, key) if row.id in set(pool.questions)]
    value = cast(AnswerRow.value, String).label("value")
    statement = (
        select(value, func.count().label("times"))
        .join(AttemptQuestion, AnswerRow.id == _newest_answer)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .where(
            AttemptQuestion.version_id.in_(version_ids),
            Attempt.submitted_at.is_not(None),
            AnswerRow.value.is_not(None),
        )
        .group_by(value)
        .having(func.count() > 1)
        .order_by(func.count().desc(), value)
        .limit(MOST_FREQUENT)
    )
    found = ((json.loads(row.value), row.times) for row in rows(statement))
    return [(answer, times) for answer, times in found if answer]


def _versions_of(pool: Pool, key: str | None) -> Sequence[Any]:
    statement = (
        select(
            QuestionVersion.id,
            QuestionVersion.question_id,
            QuestionVersion.definition,
        )
        .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
        .where(QuestionRow.activity_id == pool.activity_id)
    )
    return rows(statement if key is None else statement.where(QuestionRow.key == key)).all()


def _counted(pool: Pool, version_ids: Sequence[int]) -> list[Counted]:
    reached = _reached.where(Attempt.activity_id == pool.activity_id).cte("reached")
    marks = AttemptQuestion.fraction * AttemptQuestion.weight
    rest = (reached.c.marks - marks) / func.nullif(reached.c.most - AttemptQuestion.weight, 0)
    statement = (
        select(
            AttemptQuestion.version_id,
            AttemptQuestion.fraction,
            rest,
            AnswerRow.language,
            cast(AnswerRow.value, String),
        )
        .join(reached, reached.c.id == AttemptQuestion.attempt_id)
        .outerjoin(AnswerRow, AnswerRow.id == _newest_answer)
        .where(AttemptQuestion.fraction.is_not(None), AttemptQuestion.version_id.in_(version_ids))
    )
    # Counted here, straight from the driver: SQLite sorts what it groups, which takes longer.
    cursor: Any = rows(statement).cursor
    alike: Counter[Any] = Counter(cursor)
    return [
        Counted(version, fraction, _rounded(rest), language, value and json.loads(value), times)
        for (version, fraction, rest, language, value), times in alike.items()
    ]


def _rounded(rest: float | None) -> float | None:
    # Freed of float dust, so that equal scores stay in one third.
    return None if rest is None else round(rest, 9)
