"""What the diary keeps about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l

from lms.privacy import PersonalData, PersonalField
from lms_diary import services


def _export(user_id: int) -> list[dict[str, Any]]:
    return [
        {
            "course": listed.course,
            "step": listed.plan.titles,
            "plan": listed.plan.text,
            "written_at": listed.plan.written_at.isoformat(),
        }
        for listed in services.plans_of(user_id)
    ]


PERSONAL_DATA = PersonalData(
    name="diary",
    label=_l("My plans"),
    fields=(
        PersonalField(
            "diary_plan.user_id",
            _l("Which steps you wrote a plan for"),
            _l("To show you your own plans"),
            _l("Only you"),
            _l("Until you erase your account"),
        ),
        PersonalField(
            "diary_plan.text",
            _l("What you plan to do"),
            _l("To show you your own plans"),
            _l("Only you"),
            _l("Until you erase your account"),
        ),
    ),
    export=_export,
    erase=services.erase_plans,
    words={
        "course": _l("Course"),
        "step": _l("Step"),
        "plan": _l("Your plan"),
        "written_at": _l("Written on"),
    },
)
