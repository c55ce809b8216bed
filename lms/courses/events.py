"""Facts that courses tell. Only the standard library is imported here, so anyone may listen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LearnerEnrolled:
    """Somebody enrolled in a course for the first time."""

    user_id: int
    course: str
    enrolled_at: datetime


@dataclass(frozen=True)
class ActivityCompleted:
    """A learner completed one activity; it is in the ledger, with the reason why it counts."""

    user_id: int
    course: str
    activity: str
    reason: str
    score: int | None
    completed_at: datetime


@dataclass(frozen=True)
class CourseCompleted:
    """A learner completed every required activity of a course. Told once for each version.

    `names` and `titles` are by language; `hours` are academic hours of 45 minutes; `result` is the
    percentage the course's certificate rule names, or None.
    """

    user_id: int
    names: Mapping[str, str]
    course: str
    version: int
    titles: Mapping[str, str]
    hours: int
    result: int | None
    language: str
    completed_at: datetime
