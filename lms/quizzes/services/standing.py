"""Where a learner stands in a quiz: by its rules, the attempts so far, and what a trainer added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, func, select

from lms import clock
from lms.courses.models import EnrolmentLine
from lms.courses.outline import ActivityOutline, CourseOutline
from lms.database import rows
from lms.quizzes.models import Allowance, Attempt, AttemptLine
from lms.quizzes.rules import QuizSettings, is_passed, score_that_counts

# Made once: making them costs more than running them.
_ATTEMPTS = (
    select(*Attempt.__table__.columns)
    .where(Attempt.enrolment_id == bindparam("enrolment_id"))
    .order_by(Attempt.number)
)
_ALLOWANCES = (
    select(
        Allowance.activity_id,
        func.sum(Allowance.attempts).label("attempts"),
        func.sum(Allowance.minutes).label("minutes"),
    )
    .where(Allowance.enrolment_id == bindparam("enrolment_id"))
    .group_by(Allowance.activity_id)
)


class Extra(NamedTuple):
    """What a trainer gave a learner beyond the rules of a quiz, added up."""

    attempts: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Standing:
    """Where a learner stands in a quiz: the rules, and the attempts in the order begun."""

    settings: QuizSettings
    pass_mark: int
    attempts: Sequence[AttemptLine]
    extra: Extra = Extra()

    @property
    def open(self) -> AttemptLine | None:
        """The attempt begun and not yet submitted."""
        return next((a for a in self.attempts if a.submitted_at is None), None)

    @property
    def submitted(self) -> list[AttemptLine]:
        """The attempts that have a result."""
        return [a for a in self.attempts if a.submitted_at is not None]

    @property
    def score(self) -> int | None:
        """The score so far, of the attempts that the rules count."""
        scores = [a.score for a in self.submitted if a.score is not None]
        return score_that_counts(self.settings.counts, scores)

    @property
    def passed(self) -> bool:
        """Whether the score that counts ever reached the pass mark its attempt began under."""
        results = [(a.score, a.pass_mark) for a in self.submitted if a.score is not None]
        return is_passed(self.settings.counts, results)

    @property
    def left(self) -> int | None:
        """How many more attempts may begin; None where there is no limit."""
        limit = self.settings.attempts
        return max(0, limit + self.extra.attempts - len(self.attempts)) if limit else None

    @property
    def minutes(self) -> int:
        """How long an attempt may take, the learner's extra time included; 0 without a limit."""
        limit = self.settings.minutes_limit
        return limit + self.extra.minutes if limit else 0

    @property
    def waits_until(self) -> datetime | None:
        """When the pause after the last attempt is over; None if there is none or it is over."""
        if not self.settings.wait or not self.submitted:
            return None
        until: datetime = self.submitted[-1].submitted_at + timedelta(hours=self.settings.wait)
        return until if until > clock.now() else None

    @property
    def has_more(self) -> bool:
        """Whether a new attempt may begin, now or after a pause."""
        return self.left is None or (self.left > 0 and not self.passed)

    @property
    def may_start(self) -> bool:
        """Whether a new attempt may begin now."""
        return self.has_more and self.waits_until is None

    @property
    def shows(self) -> str:
        """What the learner may see of results now: `all`, the `score`, or `nothing`."""
        is_kept_back = self.settings.shows_when == "closed" and (self.open or self.has_more)
        return "score" if is_kept_back else self.settings.shows


def standing(
    enrolment: EnrolmentLine | None, course: CourseOutline, activity: ActivityOutline
) -> Standing:
    """Return where the learner stands."""
    if enrolment is None:
        return standing_after([], course, activity)
    return standing_after(attempts_of(enrolment), course, activity, extras_of(enrolment))


def attempts_of(enrolment: EnrolmentLine) -> Sequence[AttemptLine]:
    """Return the learner's attempts at every quiz of the course, in the order begun."""
    return rows(_ATTEMPTS, enrolment_id=enrolment.id).all()


def extras_of(enrolment: EnrolmentLine) -> dict[int, Extra]:
    """Return what trainers gave the learner, by the key of the quiz."""
    given = rows(_ALLOWANCES, enrolment_id=enrolment.id)
    return {row.activity_id: Extra(row.attempts, row.minutes) for row in given}


def standing_after(
    attempts: Sequence[AttemptLine],
    course: CourseOutline,
    activity: ActivityOutline,
    extras: Mapping[int, Extra] | None = None,
) -> Standing:
    """Return where somebody with these attempts and extras stands."""
    settings = msgspec.convert(activity.settings, QuizSettings)
    theirs = [attempt for attempt in attempts if attempt.activity_id == activity.key]
    extra = (extras or {}).get(activity.key, Extra())
    return Standing(settings, settings.pass_mark or course.pass_mark, theirs, extra)
