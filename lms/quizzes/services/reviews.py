"""Reviews: questions that a learner missed come back on another day, until they are known."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import current_app
from sqlalchemy import Row, and_, bindparam, select

from lms import clock
from lms.courses.files import digest
from lms.courses.models import Activity, Course, Enrolment
from lms.courses.outline import ActivityOutline
from lms.courses.services.catalogue import load_outlines
from lms.database import db, insert_into, rows
from lms.logs import note_security
from lms.quizzes import spacing
from lms.quizzes.kinds import GONE, kind_of
from lms.quizzes.models import Card, Pool, QuestionRow, QuestionVersion
from lms.quizzes.questions import Answer, Question, QuestionType
from lms.quizzes.rules import QuizSettings
from lms.quizzes.services.sheets import Asked

#: As many as one sits down for.
MOST_AT_ONCE = 5

#: A card with one version of its question.
CardLine = Row[Any]

# “My learning” asks for what is due each time, so the statement is made once. A card comes once
# for each version of its question; the quiz as it is now says which of them is asked.
_CARDS = (
    select(
        Card.id,
        Card.due_at,
        QuestionVersion.id.label("version_id"),
        QuestionVersion.type,
        QuestionRow.activity_id,
        Course.version_id.label("course_version"),
    )
    .join(QuestionRow, QuestionRow.id == Card.question_id)
    .join(QuestionVersion, QuestionVersion.question_id == QuestionRow.id)
    .join(Activity, Activity.id == QuestionRow.activity_id)
    .join(Course, Course.id == Activity.course_id)
    .join(Enrolment, and_(Enrolment.course_id == Course.id, Enrolment.user_id == Card.user_id))
    .where(
        Card.user_id == bindparam("user_id"),
        Activity.retired_at.is_(None),
        Course.version_id.is_not(None),
    )
    .order_by(Card.due_at, Card.id)
)
_DUE_CARDS = _CARDS.where(Card.due_at <= bindparam("now"))
_CARD = (
    select(Card, QuestionVersion, QuestionRow.activity_id, Course.version_id)
    .join(QuestionVersion, QuestionVersion.question_id == Card.question_id)
    .join(QuestionRow, QuestionRow.id == Card.question_id)
    .join(Activity, Activity.id == QuestionRow.activity_id)
    .join(Course, Course.id == Activity.course_id)
    .where(Card.id == bindparam("card"), QuestionVersion.id == bindparam("version"))
)
_LOCKED_CARD = _CARD.with_for_update(of=Card)


@dataclass(frozen=True)
class Review:
    """A card with its question in the version that the learner meets, and the quiz it comes from.

    `quiz` is None where the course has it no more.
    """

    card: Card
    version: int
    question: Question
    kind: QuestionType
    quiz: ActivityOutline | None

    @property
    def stamp(self) -> str:
        """What changes whenever the card moves on."""
        return digest(msgspec.json.encode(self.card.state, order="sorted"))

    @property
    def order(self) -> list[str]:
        """The order of options: another each day, the same however often the page is asked for."""
        written = self.kind.shuffled(self.question)
        if self.quiz is not None and not msgspec.convert(self.quiz.settings, QuizSettings).shuffle:
            return written
        today = f"{self.card.id} {clock.today()}"
        return sorted(written, key=lambda option: digest(f"{today} {option}".encode()))


def note_attempt(user_id: int, questions: Sequence[Asked]) -> None:
    """Give each question missed in an attempt a card, due tomorrow; move on the cards there are."""
    fractions = {
        asked.row.version_id: asked.row.fraction
        for asked in questions
        if asked.row.fraction is not None
    }
    today = clock.today()
    missed = []
    for row in _cards_of(user_id, list(fractions)):
        remembered = fractions[row.id] == 1
        if row.Card is not None:
            _move(row.Card, remembered=remembered)
        elif not remembered:
            state = spacing.first_missed(row.question_id, today)
            missed.append({"user_id": user_id, "question_id": row.question_id, **_kept(state)})
    if missed:
        db.session.execute(insert_into(Card).values(missed).on_conflict_do_nothing())
    db.session.flush()


def list_reviews(user_id: int) -> list[CardLine]:
    """Return the person's cards whose questions are still asked, in the order they are due."""
    return _still_asked(rows(_CARDS, user_id=user_id))


def count_due(user_id: int) -> int:
    """Return how many questions are to be reviewed today."""
    return len(_still_asked(rows(_DUE_CARDS, user_id=user_id, now=clock.now())))


def find_review(user_id: int, card_id: int, version: int, *, lock: bool = False) -> Review | None:
    """Return the person's card with this version of its question; None if that is not for them.

    With `lock`, nobody else moves the card until this transaction ends.
    """
    statement = _LOCKED_CARD if lock else _CARD
    found = db.session.execute(statement, {"card": card_id, "version": version}).first()
    if found is None:
        return None
    if found.Card.user_id != user_id:
        note_security("foreign card refused", user=user_id, card=card_id)
        return None
    quiz = _quiz(found.version_id, found.activity_id)
    if quiz is not None and not _tells_its_answers(quiz):
        return None
    return Review(
        card=found.Card,
        version=found.QuestionVersion.id,
        question=msgspec.convert(found.QuestionVersion.definition, Question),
        kind=kind_of(found.QuestionVersion.type),
        quiz=quiz,
    )


def answer_review(review: Review, answer: Answer | None, stamp: str) -> bool:
    """Return whether the answer is right, and move the card on, unless it has moved since `stamp`.

    None is the answer of somebody who does not remember.
    """
    remembered = answer is not None and review.kind.mark(review.question, answer) == 1
    if stamp == review.stamp:
        _move(review.card, remembered=remembered)
        db.session.flush()
    return remembered


def _cards_of(user_id: int, version_ids: Sequence[int]) -> Iterable[Row[Any]]:
    return db.session.execute(
        select(QuestionVersion.id, QuestionVersion.question_id, Card)
        .outerjoin(
            Card,
            and_(Card.question_id == QuestionVersion.question_id, Card.user_id == user_id),
        )
        .where(QuestionVersion.id.in_(version_ids))
    )


def _move(card: Card, *, remembered: bool) -> None:
    state = spacing.reviewed(card.state, clock.today(), remembered=remembered)
    for name, value in _kept(state).items():
        setattr(card, name, value)


def _kept(state: dict[str, Any]) -> dict[str, Any]:
    return {"state": state, "due_at": spacing.due_at(state)}


def _still_asked(found: Iterable[CardLine]) -> list[CardLine]:
    lines = list(found)
    pools = _current_pools({line.course_version for line in lines})
    return [
        line
        for line in lines
        if line.version_id in pools.get(line.activity_id, ()) and kind_of(line.type) is not GONE
    ]


def _current_pools(course_versions: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the question versions that each quiz of these courses draws from now.

    A quiz that keeps its answers back from learners is not among them.
    """
    names = {
        (activity.key, next(iter(activity.texts.values())))
        for outline in load_outlines(sorted(course_versions))
        for activity in outline.activities
        if activity.type == "quiz" and _tells_its_answers(activity)
    }
    # A pool never changes, so no process ever has to forget one.
    kept: dict[tuple[int, str], frozenset[int]]
    kept = current_app.extensions.setdefault("quizzes.pools", {})
    if unknown := names - set(kept):
        digests = {pool_digest for _, pool_digest in unknown}
        for pool in rows(
            select(Pool.activity_id, Pool.digest, Pool.questions).where(Pool.digest.in_(digests))
        ):
            kept[pool.activity_id, pool.digest] = frozenset(pool.questions)
    return {activity_id: kept[activity_id, name] for activity_id, name in names}


def _tells_its_answers(quiz: ActivityOutline) -> bool:
    rules = msgspec.convert(quiz.settings, QuizSettings)
    return rules.shows == "all" and rules.shows_when == "submitted"


def _quiz(course_version: int | None, activity_id: int) -> ActivityOutline | None:
    outlines = load_outlines([course_version]) if course_version else []
    activities = (activity for outline in outlines for activity in outline.activities)
    return next((a for a in activities if a.key == activity_id and a.type == "quiz"), None)
