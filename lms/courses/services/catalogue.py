"""Which courses there are, and where somebody stands in them."""

from collections.abc import Mapping, Sequence

import msgspec
from flask import current_app
from sqlalchemy import and_, bindparam, select

from lms.courses.models import Completion, Course, Enrolment, LedgerLine, Version
from lms.courses.outline import ActivityOutline, CourseOutline
from lms.database import db

# Statements of the pages that are read most, made once: making one costs more than running it.
_COURSES = (
    select(Course.slug, Course.version_id)
    .where(Course.retired_at.is_(None), Course.version_id.is_not(None))
    .order_by(Course.slug)
)
_COURSE = (
    select(Course, Enrolment)
    .outerjoin(
        Enrolment,
        and_(Enrolment.course_id == Course.id, Enrolment.user_id == bindparam("user_id")),
    )
    .where(Course.slug == bindparam("slug"), Course.version_id.is_not(None))
)
_ENROLMENTS = (
    select(Enrolment, Course.version_id)
    .join(Course, Course.id == Enrolment.course_id)
    .where(Enrolment.user_id == bindparam("user_id"), Course.version_id.is_not(None))
    .order_by(Enrolment.completed_at.is_not(None), Enrolment.enrolled_at.desc())
)
_COMPLETIONS = select(*Completion.__table__.columns).where(
    Completion.enrolment_id.in_(bindparam("enrolment_ids", expanding=True))
)
_COMPLETIONS_OF_ONE = select(*Completion.__table__.columns).where(
    Completion.enrolment_id == bindparam("enrolment_id")
)


def list_courses() -> list[CourseOutline]:
    """Return every course on offer, the newest version of each, in order of their names."""
    rows = db.session.execute(_COURSES).all()
    return load_outlines([row.version_id for row in rows])


def find_course(
    slug: str, user_id: int | None = None
) -> tuple[Course, CourseOutline, Enrolment | None] | None:
    """Return a course, its outline and the person's enrolment; None if there is no such course.

    A retired course is found by those who are enrolled in it and by nobody else.
    """
    row = db.session.execute(_COURSE, {"slug": slug, "user_id": user_id}).first()
    if row is None or (row.Course.retired_at and row.Enrolment is None):
        return None
    return row.Course, load_outline(row.Course.version_id), row.Enrolment


def completions_of(enrolment: Enrolment | None, outline: CourseOutline) -> dict[str, LedgerLine]:
    """Return the learner's lines of the ledger by activity id; empty without an enrolment."""
    if enrolment is None:
        return {}
    rows = db.session.execute(_COMPLETIONS_OF_ONE, {"enrolment_id": enrolment.id})
    names = {activity.key: activity.id for activity in outline.activities}
    return {names[row.activity_id]: row for row in rows if row.activity_id in names}


def enrolments_of(user_id: int) -> list[tuple[Enrolment, CourseOutline, dict[str, LedgerLine]]]:
    """Return what a person is enrolled in, the unfinished first, with outline and completions."""
    rows = db.session.execute(_ENROLMENTS, {"user_id": user_id}).all()
    outlines = {o.key: o for o in load_outlines([row.version_id for row in rows])}
    done = _completions([row.Enrolment.id for row in rows])
    found = []
    for row in rows:
        outline = outlines[row.version_id]
        names = {activity.key: activity.id for activity in outline.activities}
        lines = done.get(row.Enrolment.id, [])
        completed = {names[c.activity_id]: c for c in lines if c.activity_id in names}
        found.append((row.Enrolment, outline, completed))
    return found


def load_outline(version_id: int) -> CourseOutline:
    """Return what a version consists of; kept in memory, since a version never changes."""
    return load_outlines([version_id])[0]


def next_step(
    outline: CourseOutline, completed: Mapping[str, LedgerLine]
) -> ActivityOutline | None:
    """Return the first activity the learner has not completed; None when all are."""
    return next((a for a in outline.activities if a.id not in completed), None)


def _completions(enrolment_ids: Sequence[int]) -> dict[int, list[LedgerLine]]:
    found: dict[int, list[LedgerLine]] = {}
    for row in db.session.execute(_COMPLETIONS, {"enrolment_ids": list(enrolment_ids)}):
        found.setdefault(row.enrolment_id, []).append(row)
    return found


def load_outlines(version_ids: Sequence[int]) -> list[CourseOutline]:
    """Return what versions consist of, asking once for those not yet in memory."""
    kept: dict[int, CourseOutline] = current_app.extensions["courses.outlines"]
    unknown = [version_id for version_id in version_ids if version_id not in kept]
    if unknown:
        for version in db.session.scalars(select(Version).where(Version.id.in_(unknown))):
            kept[version.id] = msgspec.convert(
                {**version.outline, "key": version.id}, CourseOutline
            )
    return [kept[version_id] for version_id in version_ids]
