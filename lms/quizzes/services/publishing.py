"""From a quiz as read to rows: questions and versions are added, never changed or deleted."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import insert, select

from lms.courses.activities import Reading
from lms.courses.files import digest
from lms.courses.models import Activity
from lms.database import db
from lms.quizzes.content import Quiz
from lms.quizzes.models import Pool, QuestionRow, QuestionVersion
from lms.quizzes.questions import Question


def publish_quiz(activity: Activity, version: int, reading: Reading) -> Mapping[str, str]:
    """Store what is new of a quiz; return the digest of its pool for each language."""
    quiz: Quiz = reading.definition
    pool_digest = digest(msgspec.json.encode(quiz))
    known = select(Pool.id).filter_by(activity_id=activity.id, digest=pool_digest)
    if db.session.scalar(known) is None:
        _store_pool(activity, pool_digest, quiz)
    return dict.fromkeys(quiz.titles, pool_digest)


def _store_pool(activity: Activity, pool_digest: str, quiz: Quiz) -> None:
    rows = _question_rows(activity, quiz)
    digests = {question.id: _digest_of(question) for question in quiz.questions}
    known = _version_ids(rows)
    new = [
        {
            "question_id": rows[question.id].id,
            "digest": digests[question.id],
            "type": question.type,
            "definition": msgspec.to_builtins(question),
        }
        for question in quiz.questions
        if (rows[question.id].id, digests[question.id]) not in known
    ]
    if new:
        db.session.execute(insert(db.metadata.tables["quizzes_question_version"]), new)
        known = _version_ids(rows)
    db.session.add(
        Pool(
            activity_id=activity.id,
            digest=pool_digest,
            titles=dict(quiz.titles),
            intros={language: intro for language, intro in quiz.intros.items() if intro},
            questions=[known[rows[q.id].id, digests[q.id]] for q in quiz.questions],
        )
    )
    db.session.flush()


def _question_rows(activity: Activity, quiz: Quiz) -> dict[str, QuestionRow]:
    known = db.session.scalars(select(QuestionRow).filter_by(activity_id=activity.id))
    rows = {row.key: row for row in known}
    for question in quiz.questions:
        if question.id not in rows:
            rows[question.id] = QuestionRow(activity_id=activity.id, key=question.id)
            db.session.add(rows[question.id])
    db.session.flush()
    return rows


def _version_ids(rows: Mapping[str, QuestionRow]) -> dict[tuple[int, str], int]:
    known = db.session.execute(
        select(QuestionVersion.id, QuestionVersion.question_id, QuestionVersion.digest).where(
            QuestionVersion.question_id.in_([row.id for row in rows.values()])
        )
    )
    return {(row.question_id, row.digest): row.id for row in known}


def _digest_of(question: Question) -> str:
    return digest(msgspec.json.encode(question))
