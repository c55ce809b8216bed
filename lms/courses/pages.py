"""Where a person stands on a course page: looked up once, in as few questions as it takes."""

from flask import abort
from flask_login import current_user

from lms.courses.activities import ActivityPage, ActivityType
from lms.courses.models import EnrolmentLine, LedgerLine
from lms.courses.outline import CourseOutline
from lms.courses.services import completions_of, find_course
from lms.plugins import contributed


def course_for(slug: str) -> tuple[CourseOutline, EnrolmentLine | None]:
    """Return the course and the visitor's enrolment; 404 if there is no such course."""
    user_id = current_user.id if current_user.is_authenticated else None
    found = find_course(slug, user_id)
    if found is None:
        abort(404)
    return found


def page_for(course_slug: str, activity_id: str) -> ActivityPage:
    """Return everything an activity needs to show itself to the visitor; 404 if there is none."""
    outline, enrolment = course_for(course_slug)
    activity = outline.find(activity_id)
    if activity is None:
        abort(404)
    before, after = outline.neighbours(activity_id)
    return ActivityPage(
        course=outline,
        activity=activity,
        enrolment=enrolment,
        completed=completions_of(enrolment, outline),
        previous=before,
        next=after,
    )


def still_missing(
    outline: CourseOutline, enrolment: EnrolmentLine | None, completed: dict[str, LedgerLine]
) -> list[tuple[str, str]]:
    """Return (activity id, what to do) for each required activity not completed, in order."""
    kinds = activity_types()
    steps = list(outline.activities)
    missing = []
    for before, activity, after in zip([None, *steps], steps, [*steps[1:], None], strict=False):
        if activity.optional or activity.id in completed or activity.type not in kinds:
            continue
        page = ActivityPage(outline, activity, enrolment, completed, before, after)
        missing.append((activity.id, kinds[activity.type].missing(page)))
    return missing


def activity_types() -> dict[str, ActivityType]:
    """Return every activity type by its name."""
    return {kind.name: kind for kind in contributed(ActivityType)}
