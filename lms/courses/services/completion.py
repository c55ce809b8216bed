"""The ledger: completing activities, and with the last one the course."""

from sqlalchemy import or_, select, update

from lms import clock, i18n
from lms.accounts.models import User
from lms.courses.events import ActivityCompleted, CourseCompleted
from lms.courses.models import Completion, Course, Enrolment, EnrolmentLine
from lms.courses.outline import CourseOutline
from lms.courses.services.catalogue import completions_of, load_outline
from lms.database import db, insert_or_ignore
from lms.events import publish


def complete_activity(
    enrolment: EnrolmentLine,
    activity_id: str,
    *,
    reason: str,
    score: int | None = None,
    evidence: str | None = None,
) -> bool:
    """Write into the ledger that the learner completed an activity of the current version.

    Returns False if it was there already (the first line stays) or the activity is not part of the
    course any more. `reason` is one word (read, passed, attended …), `score` a percentage,
    `evidence` whatever lets the reason be traced. Completing the last required activity completes
    the course.
    """
    course = _lock(enrolment)
    outline = load_outline(course.version_id or 0)
    activity = outline.find(activity_id)
    if activity is None:
        return False
    now = clock.now()
    is_new = insert_or_ignore(
        Completion,
        enrolment_id=enrolment.id,
        activity_id=activity.key,
        version=outline.version,
        reason=reason,
        score=score,
        evidence=evidence,
        completed_at=now,
    )
    if is_new:
        publish(ActivityCompleted(enrolment.user_id, outline.slug, activity.id, reason, score, now))
        _complete_course_if_due(enrolment, outline)
    return is_new


def recount(course: Course) -> int:
    """Complete the course for learners whom a new version lacks nothing of; return how many."""
    outline = load_outline(course.version_id or 0)
    waiting = select(Enrolment).where(
        Enrolment.course_id == course.id, Enrolment.completed_version.is_(None)
    )
    return sum(
        _complete_course_if_due(enrolment, outline) for enrolment in db.session.scalars(waiting)
    )


def _lock(enrolment: EnrolmentLine) -> Course:
    # Two last activities finished at once must see each other: PostgreSQL's transactions would not.
    return db.session.execute(
        select(Course)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.id == enrolment.id)
        .with_for_update(of=Enrolment)
    ).scalar_one()


def _complete_course_if_due(enrolment: EnrolmentLine, outline: CourseOutline) -> bool:
    completed = completions_of(enrolment, outline)
    if any(activity.id not in completed for activity in outline.required):
        return False
    now = clock.now()
    first_for_version = db.session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment.id)
        .where(
            or_(
                Enrolment.completed_version.is_(None),
                Enrolment.completed_version < outline.version,
            )
        )
        .values(completed_version=outline.version, completed_at=now)
    )
    if not first_for_version.rowcount:  # type: ignore[attr-defined]
        return False
    learner = db.session.get_one(User, enrolment.user_id)
    result = completed.get(outline.result_from or "")
    publish(
        CourseCompleted(
            user_id=learner.id,
            names=learner.names,
            course=outline.slug,
            version=outline.version,
            titles=outline.titles,
            hours=outline.hours,
            result=result.score if result else None,
            language=learner.language or i18n.current_language(),
            completed_at=now,
        )
    )
    return True
