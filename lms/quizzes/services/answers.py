"""Answers: every one that arrives is kept, once, under the key its sender gave it."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select

from lms import clock, i18n
from lms.courses.files import digest
from lms.database import db, insert_or_ignore
from lms.quizzes.models import AnswerRow, Attempt
from lms.quizzes.questions import Answer
from lms.quizzes.services.ending import is_time_up
from lms.quizzes.services.sheets import Asked


class KeyUsedTwice(Exception):
    """The same idempotency key came with another answer."""


@dataclass(frozen=True)
class Receipt:
    """That an answer is stored: since when, whether it is the one that counts, or came too late."""

    received_at: datetime
    is_newest: bool
    late: bool


def save_answer(attempt: Attempt, asked: Asked, answer: Answer | None, key: str) -> Receipt:
    """Store an answer; the same key with the same answer again gives the same receipt.

    Expects the attempt to be locked. Raises `KeyUsedTwice` for another answer under a used key.
    """
    now = clock.now()
    late = attempt.submitted_at is not None or is_time_up(attempt)
    answer_digest = digest(msgspec.json.encode(answer, order="sorted"))
    is_new = insert_or_ignore(
        AnswerRow,
        attempt_question_id=asked.row.id,
        key=key,
        digest=answer_digest,
        value=answer,
        received_at=now,
        late=late,
        language=i18n.current_language(),
    )
    if is_new:
        return Receipt(now, is_newest=not late, late=late)
    before = db.session.scalars(
        select(AnswerRow).filter_by(attempt_question_id=asked.row.id, key=key)
    ).one()
    if before.digest != answer_digest:
        raise KeyUsedTwice
    return Receipt(before.received_at, before.id == asked.answer_id, before.late)
