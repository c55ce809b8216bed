"""What can be done with plans: verbs. They flush and never commit."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from lms import clock
from lms.courses.activities import ActivityPage, Reading
from lms.courses.models import Activity, Course, Enrolment
from lms.courses.services import complete_activity
from lms.database import db, insert_or_ignore
from lms_diary.models import Plan


@dataclass(frozen=True)
class ListedPlan:
    """A plan and where it was written; `activity` is None once the step left its course."""

    plan: Plan
    course: str
    activity: str | None


def publish_step(activity: Activity, version: int, reading: Reading) -> Mapping[str, str]:
    """Return the prompt by language: it is short, so the course's outline itself keeps it."""
    prompts: Mapping[str, str] = reading.definition
    return prompts


def find_plan(user_id: int, activity_id: int) -> Plan | None:
    """Return what the person wrote after this step."""
    return db.session.scalars(
        select(Plan).filter_by(user_id=user_id, activity_id=activity_id)
    ).one_or_none()


def write_plan(page: ActivityPage, enrolment: Enrolment, text: str) -> None:
    """Keep the learner's plan and complete the step; the same text twice changes nothing."""
    place = {"user_id": enrolment.user_id, "activity_id": page.activity.key}
    written = {
        "titles": page.activity.titles,
        "course_titles": page.course.titles,
        "text": text,
        "written_at": clock.now(),
    }
    if not insert_or_ignore(Plan, **place, **written):
        other = update(Plan).filter_by(**place).where(Plan.text != text)
        db.session.execute(other.values(written))
    complete_activity(enrolment, page.activity.id, reason="written")


def plans_of(user_id: int) -> list[ListedPlan]:
    """Return everything the person plans, the newest first. One statement."""
    rows = db.session.execute(
        select(Plan, Course.slug, Activity)
        .join(Activity, Activity.id == Plan.activity_id)
        .join(Course, Course.id == Activity.course_id)
        .where(Plan.user_id == user_id)
        .order_by(Plan.written_at.desc(), Plan.id.desc())
    )
    return [
        ListedPlan(plan, course, None if activity.retired_at else activity.slug)
        for plan, course, activity in rows
    ]


def erase_plans(user_id: int) -> None:
    """Delete everything the person planned."""
    db.session.execute(delete(Plan).where(Plan.user_id == user_id))
