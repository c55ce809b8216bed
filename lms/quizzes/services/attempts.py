"""Attempts: begun once at a time, within the limit, submitted once."""

import math
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import bindparam, insert, select, update

from lms import clock
from lms.courses.activities import ActivityPage
from lms.courses.models import EnrolmentLine
from lms.courses.outline import ActivityOutline, CourseOutline
from lms.courses.services import complete_activity
from lms.database import db, insert_or_ignore, rows
from lms.quizzes.content import QuizSettings
from lms.quizzes.kinds import GONE, kind_of
from lms.quizzes.models import Attempt, AttemptLine, AttemptQuestion, Pool, QuestionVersion
from lms.quizzes.questions import Question
from lms.quizzes.services.sheets import Asked, Sheet, list_questions

# Made once: making it costs more than running it.
_ATTEMPTS = (
    select(*Attempt.__table__.columns)
    .where(Attempt.enrolment_id == bindparam("enrolment_id"))
    .order_by(Attempt.number)
)

#: Fair and unguessable.
dice = random.SystemRandom()


class NoAttemptsLeft(Exception):
    """Every attempt the quiz allows is used, or a limited quiz is passed already."""


@dataclass(frozen=True)
class Standing:
    """Where a learner stands in a quiz: the rules, and the attempts in the order begun."""

    settings: QuizSettings
    pass_mark: int
    attempts: Sequence[AttemptLine]

    @property
    def open(self) -> AttemptLine | None:
        """The attempt begun and not yet submitted."""
        return next((a for a in self.attempts if a.submitted_at is None), None)

    @property
    def submitted(self) -> list[AttemptLine]:
        """The attempts that have a result."""
        return [a for a in self.attempts if a.submitted_at is not None]

    @property
    def best(self) -> int | None:
        """The best score so far: the one that counts."""
        return max((a.score for a in self.submitted if a.score is not None), default=None)

    @property
    def passed(self) -> bool:
        """Whether some attempt reached the pass mark it began under."""
        return any(a.passed for a in self.attempts)

    @property
    def left(self) -> int | None:
        """How many more attempts may begin; None where there is no limit."""
        limit = self.settings.attempts
        return max(0, limit - len(self.attempts)) if limit else None

    @property
    def may_start(self) -> bool:
        """Whether a new attempt may begin."""
        return self.left is None or (self.left > 0 and not self.passed)


def standing(
    enrolment: EnrolmentLine | None, course: CourseOutline, activity: ActivityOutline
) -> Standing:
    """Return where the learner stands."""
    attempts = attempts_of(enrolment) if enrolment else []
    return standing_after(attempts, course, activity)


def attempts_of(enrolment: EnrolmentLine) -> Sequence[AttemptLine]:
    """Return the learner's attempts at every quiz of the course, in the order begun."""
    return rows(_ATTEMPTS, enrolment_id=enrolment.id).all()


def standing_after(
    attempts: Sequence[AttemptLine], course: CourseOutline, activity: ActivityOutline
) -> Standing:
    """Return where somebody with these attempts stands."""
    settings = msgspec.convert(activity.settings, QuizSettings)
    theirs = [attempt for attempt in attempts if attempt.activity_id == activity.key]
    return Standing(settings, settings.pass_mark or course.pass_mark, theirs)


def find_pool(activity: ActivityOutline) -> Pool:
    """Return what attempts at a quiz draw from now."""
    digest = next(iter(activity.texts.values()))
    return db.session.scalars(select(Pool).filter_by(activity_id=activity.key, digest=digest)).one()


def start_attempt(page: ActivityPage, enrolment: EnrolmentLine) -> Attempt:
    """Return the learner's open attempt, or a new one with its questions drawn and shuffled.

    Raises `NoAttemptsLeft`. Whoever asks several times at once gets the same attempt.
    """
    pool = find_pool(page.activity)
    while True:
        now = standing(enrolment, page.course, page.activity)
        if now.open is not None:
            return db.session.get_one(Attempt, now.open.id)
        if not now.may_start:
            raise NoAttemptsLeft
        drawn = _draw(pool.questions, now.settings)
        token = secrets.token_urlsafe(16)
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
            started_at=clock.now(),
        ):
            attempt = db.session.scalars(select(Attempt).filter_by(token=token)).one()
            _lay_out(attempt, drawn, shuffle=now.settings.shuffle)
            return attempt


def submit_attempt(sheet: Sheet) -> bool:
    """Mark the attempt and, if it is passed, complete the quiz; False if it was submitted before."""
    attempt = sheet.attempt
    is_first = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
        .values(submitted_at=clock.now())
    )
    if not is_first.rowcount:  # type: ignore[attr-defined]
        return False
    questions = list_questions(attempt)
    for asked in questions:
        asked.row.fraction = _fraction(asked)
    attempt.score = _score([asked.row.fraction for asked in questions])
    attempt.passed = attempt.score >= attempt.pass_mark
    db.session.flush()
    if attempt.passed:
        complete_activity(
            sheet.enrolment,
            sheet.activity,
            reason="passed",
            score=attempt.score,
            evidence=f"attempt {attempt.token}",
        )
    return True


def _draw(pool: Sequence[int], settings: QuizSettings) -> list[int]:
    count = settings.draw or len(pool)
    drawn = dice.sample(pool, min(count, len(pool)))
    return drawn if settings.shuffle else sorted(drawn, key=pool.index)


def _lay_out(attempt: Attempt, drawn: Sequence[int], *, shuffle: bool) -> None:
    versions = {
        version.id: version
        for version in db.session.scalars(
            select(QuestionVersion).where(QuestionVersion.id.in_(drawn))
        )
    }
    rows = [
        {
            "attempt_id": attempt.id,
            "position": position,
            "version_id": version_id,
            "option_order": _order(versions[version_id], shuffle),
        }
        for position, version_id in enumerate(drawn, 1)
    ]
    db.session.execute(insert(AttemptQuestion), rows)


def _order(version: QuestionVersion, shuffle: bool) -> list[str]:
    order = kind_of(version.type).shuffled(msgspec.convert(version.definition, Question))
    if shuffle:
        dice.shuffle(order)
    return order


def _fraction(asked: Asked) -> float | None:
    if asked.kind is GONE:
        return None
    return asked.kind.mark(asked.question, asked.answer) if asked.answer else 0.0


def _score(fractions: Sequence[float | None]) -> int:
    marked = [fraction for fraction in fractions if fraction is not None]
    # Rounded down, so that a score of 70 is never a pass by rounding; first freed of float dust.
    return math.floor(round(100 * math.fsum(marked) / len(marked), 6)) if marked else 0
