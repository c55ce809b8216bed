"""Where a person stands on a course page: looked up once, in as few questions as it takes."""

from collections.abc import Sequence

from flask import abort
from flask_login import current_user

from lms.courses.activities import ActivityPage, ActivityType
from lms.courses.models import EnrolmentLine, LedgerLine
from lms.courses.outline import ActivityOutline, CourseOutline
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
) -> list[tuple[ActivityOutline, str]]:
    """Return (activity, what to do) for each required activity not completed, in order."""
    kinds = activity_types()
    steps = list(outline.activities)
    missing = []
    for before, activity, after in zip([None, *steps], steps, [*steps[1:], None], strict=False):
        if activity.optional or activity.id in completed or activity.type not in kinds:
            continue
        page = ActivityPage(outline, activity, enrolment, completed, before, after)
        missing.append((activity, kinds[activity.type].missing(page)))
    return missing


def by_sentence(
    missing: Sequence[tuple[ActivityOutline, str]],
) -> list[tuple[str, list[ActivityOutline]]]:
    """Return what is missing as (sentence, the activities it is said of), each sentence once."""
    grouped: dict[tuple[str, str], list[ActivityOutline]] = {}
    for activity, sentence in missing:
        # A lesson is like another; of quizzes and worksheets people ask which.
        which = "" if activity.type == "lesson" else activity.id
        grouped.setdefault((sentence, which), []).append(activity)
    return [(sentence, activities) for (sentence, _), activities in grouped.items()]


def activity_types() -> dict[str, ActivityType]:
    """Return every activity type by its name."""
    return {kind.name: kind for kind in contributed(ActivityType)}
