"""Which courses there are, and where somebody stands in them."""

from collections.abc import Mapping, Sequence

import msgspec
from flask import current_app
from sqlalchemy import and_, bindparam, select

from lms.courses.models import Completion, Course, Enrolment, EnrolmentLine, LedgerLine, Version
from lms.courses.outline import ActivityOutline, CourseOutline
from lms.database import db, rows

# Statements of the pages that are read most, made once: making one costs more than running it.
_COURSES = (
    select(Course.slug, Course.version_id)
    .where(Course.retired_at.is_(None), Course.version_id.is_not(None))
    .order_by(Course.slug)
)
_COURSE = (
    select(*Enrolment.__table__.columns, Course.version_id, Course.retired_at)
    .select_from(Course)
    .outerjoin(
        Enrolment,
        and_(Enrolment.course_id == Course.id, Enrolment.user_id == bindparam("user_id")),
    )
    .where(Course.slug == bindparam("slug"), Course.version_id.is_not(None))
)
_ENROLMENTS = (
    select(*Enrolment.__table__.columns, Course.version_id)
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
    return load_outlines([row.version_id for row in rows(_COURSES)])


def find_course(
    slug: str, user_id: int | None = None
) -> tuple[CourseOutline, EnrolmentLine | None] | None:
    """Return a course as it is now and the person's enrolment; None if there is no such course.

    A retired course is found by those who are enrolled in it and by nobody else.
    """
    found = rows(_COURSE, slug=slug, user_id=user_id).first()
    if found is None or (found.retired_at and found.id is None):
        return None
    return load_outline(found.version_id), found if found.id else None


def completions_of(
    enrolment: EnrolmentLine | None, outline: CourseOutline
) -> dict[str, LedgerLine]:
    """Return the learner's lines of the ledger by activity id; empty without an enrolment."""
    if enrolment is None:
        return {}
    lines = rows(_COMPLETIONS_OF_ONE, enrolment_id=enrolment.id)
    names = {activity.key: activity.id for activity in outline.activities}
    return {names[line.activity_id]: line for line in lines if line.activity_id in names}


def enrolments_of(
    user_id: int,
) -> list[tuple[EnrolmentLine, CourseOutline, dict[str, LedgerLine]]]:
    """Return what a person is enrolled in, the unfinished first, with outline and completions."""
    enrolments = rows(_ENROLMENTS, user_id=user_id).all()
    outlines = load_outlines([enrolment.version_id for enrolment in enrolments])
    done = _completions([enrolment.id for enrolment in enrolments])
    found: list[tuple[EnrolmentLine, CourseOutline, dict[str, LedgerLine]]] = []
    for enrolment, outline in zip(enrolments, outlines, strict=True):
        names = {activity.key: activity.id for activity in outline.activities}
        lines = done.get(enrolment.id, [])
        completed = {names[c.activity_id]: c for c in lines if c.activity_id in names}
        found.append((enrolment, outline, completed))
    return found


def load_outline(version_id: int) -> CourseOutline:
    """Return what a version consists of; kept in memory, since a version never changes."""
    return load_outlines([version_id])[0]


def next_step(
    outline: CourseOutline, completed: Mapping[str, LedgerLine]
) -> ActivityOutline | None:
    """Return the first required activity the learner has not completed; None when all are."""
    return next((a for a in outline.required if a.id not in completed), None)


def _completions(enrolment_ids: Sequence[int]) -> dict[int, list[LedgerLine]]:
    found: dict[int, list[LedgerLine]] = {}
    for line in rows(_COMPLETIONS, enrolment_ids=list(enrolment_ids)):
        found.setdefault(line.enrolment_id, []).append(line)
    return found


def load_outlines(version_ids: Sequence[int]) -> list[CourseOutline]:
    """Return what versions consist of, asking once for those not yet in memory."""
    kept: dict[int, CourseOutline] = current_app.extensions["courses.outlines"]
    unknown = [version_id for version_id in version_ids if version_id not in kept]
    if unknown:
        for version in db.session.scalars(select(Version).where(Version.id.in_(unknown))):
            kept[version.id] = msgspec.convert(
                {**version.outline, "key": version.id, "course_id": version.course_id},
                CourseOutline,
            )
    return [kept[version_id] for version_id in version_ids]
