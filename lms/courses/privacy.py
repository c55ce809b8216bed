"""What courses keep about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from lms.courses.models import Completion, Enrolment
from lms.courses.outline import CourseOutline
from lms.courses.services import enrolments_of
from lms.database import db
from lms.privacy import PersonalData, PersonalField


def _export(user_id: int) -> list[dict[str, Any]]:
    return [
        {
            "course": outline.titles,
            "enrolled_at": enrolment.enrolled_at.isoformat(),
            "completed_at": enrolment.completed_at and enrolment.completed_at.isoformat(),
            "completed": [
                {
                    "activity": _titles(outline, activity),
                    "reason": line.reason,
                    "score": line.score,
                    "version": line.version,
                    "completed_at": line.completed_at.isoformat(),
                }
                for activity, line in completed.items()
            ],
        }
        for enrolment, outline, completed in enrolments_of(user_id)
    ]


def _titles(outline: CourseOutline, activity: str) -> dict[str, str]:
    step = outline.find(activity)
    return step.titles if step else {}


def _erase(user_id: int) -> None:
    theirs = select(Enrolment.id).filter_by(user_id=user_id)
    db.session.execute(delete(Completion).where(Completion.enrolment_id.in_(theirs)))
    db.session.execute(delete(Enrolment).where(Enrolment.user_id == user_id))


PERSONAL_DATA = PersonalData(
    name="courses",
    label=_l("Courses"),
    fields=(
        PersonalField(
            "courses_enrolment.user_id",
            _l("The courses you take"),
            _l("To show your progress and give the certificate"),
            _l("You and the coordinators of the course"),
            _l("Until you erase your account"),
        ),
        PersonalField(
            "courses_completion.enrolment_id",
            _l("What you completed, when, and with what result"),
            _l("To show your progress and give the certificate"),
            _l("You and the coordinators of the course"),
            _l("Until you erase your account"),
        ),
    ),
    export=_export,
    erase=_erase,
    words={
        "course": _l("Course"),
        "enrolled_at": _l("Enrolled on"),
        "completed_at": _l("Completed"),
        "activity": _l("Step"),
        "reason": _l("Why it counts"),
        "score": _l("Result in per cent"),
        "version": _l("Version of the course"),
        "read": _l("the lesson was read"),
    },
)
