"""What an attempt asks: its questions drawn from the pool, their weights, the order of options."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import insert, select

from lms.database import db
from lms.quizzes.kinds import kind_of
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionRow, QuestionVersion
from lms.quizzes.questions import Question
from lms.quizzes.rules import QuizSettings

#: Fair and unguessable.
dice = random.SystemRandom()


def draw_questions(pool: Sequence[int], settings: QuizSettings) -> list[int]:
    """Return the question versions an attempt shall ask, in its order."""
    if isinstance(settings.draw, int):
        drawn = dice.sample(pool, settings.drawn_of(len(pool)))
    else:
        drawn = _drawn_by_tag(pool, settings.draw, settings)
    return drawn if settings.shuffle else sorted(drawn, key=pool.index)


def lay_out(attempt: Attempt, drawn: Sequence[int], settings: QuizSettings) -> None:
    """Write down what the attempt asks, with weights and the order of options."""
    found = select(QuestionVersion).where(QuestionVersion.id.in_(drawn))
    versions = {version.id: version for version in db.session.scalars(found)}
    laid_out = []
    for position, version_id in enumerate(drawn, 1):
        version = versions[version_id]
        laid_out.append(
            {
                "attempt_id": attempt.id,
                "position": position,
                "version_id": version_id,
                "option_order": _order(version, shuffle=settings.shuffle),
                "weight": settings.weights.get(version.definition["id"], 1),
            }
        )
    db.session.execute(insert(AttemptQuestion), laid_out)


def _drawn_by_tag(pool: Sequence[int], draw: dict[str, int], settings: QuizSettings) -> list[int]:
    found: Any = (
        select(QuestionRow.key, QuestionVersion.id)
        .join(QuestionVersion, QuestionVersion.question_id == QuestionRow.id)
        .where(QuestionVersion.id.in_(pool))
    )
    versions = {row.key: row.id for row in db.session.execute(found)}
    drawn = []
    for tag, count in draw.items():
        tagged = [versions[key] for key in settings.tags[tag]]
        drawn += dice.sample(tagged, count)
    dice.shuffle(drawn)
    return drawn


def _order(version: QuestionVersion, *, shuffle: bool) -> list[str]:
    order = kind_of(version.type).shuffled(msgspec.convert(version.definition, Question))
    if shuffle:
        dice.shuffle(order)
    return order
