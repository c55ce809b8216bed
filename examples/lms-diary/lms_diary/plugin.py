"""The manifest of the diary."""

from flask_babel import lazy_gettext as _l

from lms.courses.activities import ActivityType
from lms.plugins import Plugin
from lms.slots import Slot
from lms_diary import content, services, views
from lms_diary.privacy import PERSONAL_DATA

DIARY = ActivityType(
    name="diary",
    label=_l("Action diary"),
    settings=content.DiarySettings,
    read=content.read,
    publish=services.publish_step,
    show=views.show,
    missing=views.missing,
)

plugin = Plugin(
    name="diary",
    requires=("accounts", "courses"),
    blueprint=views.bp,
    contributions=(
        DIARY,
        Slot("diary.plans", "dashboard.after", views.render_plans),
        PERSONAL_DATA,
    ),
)
