"""Attempts for tests of trainers' pages, written straight into the tables."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import select

from lms import clock
from lms.courses.models import Enrolment
from lms.database import db
from lms.quizzes.models import (
    AnswerRow,
    Attempt,
    AttemptQuestion,
    Pool,
    QuestionRow,
    QuestionVersion,
)

_numbers = count(1)


class Given(NamedTuple):
    """An answer and how right it was."""

    fraction: float
    value: Mapping[str, Any] | None = None


def chose(letter: str, fraction: float) -> Given:
    """An option chosen."""
    return Given(fraction, {"options": [letter]})


def wrote(text: str, fraction: float) -> Given:
    """A text typed."""
    return Given(fraction, {"text": text})


def newest_pool() -> Pool:
    """What attempts draw from now."""
    return db.session.scalars(select(Pool).order_by(Pool.id.desc())).first()  # type: ignore[return-value]


def record(
    pool: Pool,
    answers: Mapping[str, Given],
    *,
    times: int = 1,
    language: str | None = "kk",
    enrolment: Enrolment | None = None,
    submitted: bool = True,
    number: int = 1,
) -> list[Attempt]:
    """Write attempts in which these questions were answered so; nobody's without an enrolment."""
    versions = _versions(pool)
    attempts = [_attempt(pool, answers, enrolment, submitted, number) for _ in range(times)]
    db.session.add_all(attempts)
    db.session.flush()
    asked = [
        (
            AttemptQuestion(
                attempt_id=attempt.id,
                position=position,
                version_id=versions[key],
                option_order=[],
                fraction=given.fraction if submitted else None,
            ),
            given,
        )
        for attempt in attempts
        for position, (key, given) in enumerate(answers.items(), 1)
    ]
    db.session.add_all(row for row, _ in asked)
    db.session.flush()
    db.session.add_all(answer(row, given, language) for row, given in asked if given.value)
    db.session.commit()
    return attempts


def answer(
    asked: AttemptQuestion, given: Given, language: str | None, *, late: bool = False
) -> AnswerRow:
    """An answer as it arrived."""
    return AnswerRow(
        attempt_question_id=asked.id,
        key=f"key-{next(_numbers)}",
        digest="0" * 64,
        value=given.value,
        received_at=clock.now(),
        late=late,
        language=language,
    )


def _attempt(
    pool: Pool,
    answers: Mapping[str, Given],
    enrolment: Enrolment | None,
    submitted: bool,
    number: int,
) -> Attempt:
    score = int(100 * sum(given.fraction for given in answers.values()) / len(answers))
    return Attempt(
        token=f"attempt-{next(_numbers)}",
        enrolment_id=enrolment and enrolment.id,
        activity_id=pool.activity_id,
        pool_id=pool.id,
        course_version=1,
        number=number,
        questions=len(answers),
        pass_mark=70,
        started_at=clock.now(),
        submitted_at=clock.now() if submitted else None,
        ended_by="learner" if submitted else None,
        score=score if submitted else None,
        passed=score >= 70 if submitted else None,
    )


def _versions(pool: Pool) -> dict[str, int]:
    found: Sequence[Any] = db.session.execute(
        select(QuestionRow.key, QuestionVersion.id)
        .join(QuestionVersion, QuestionVersion.question_id == QuestionRow.id)
        .where(QuestionVersion.id.in_(pool.questions))
    ).all()
    return {row.key: row.id for row in found}
