"""The activity type `worksheet`: Markdown that is printed, filled in by hand, and declared done."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.courses import lessons
from lms.courses.activities import (
    ActivityPage,
    ActivitySource,
    ActivityType,
    NoSettings,
    Reading,
)


def read(source: ActivitySource) -> Reading | None:
    """Return the worksheet in each of its languages; what comes alive on a screen has no place on paper."""
    reading = lessons.read(source)
    if reading is None:
        return None
    for language, file in source.files.items():
        if any("block" in part for part in reading.definition[language]["parts"]):
            source.problem(file, 1, "a worksheet is printed: put the self-check into a lesson")
    return reading


def show(page: ActivityPage) -> ResponseReturnValue:
    """Show the worksheet as it will be printed."""
    return lessons.show(page, template="courses/worksheet.html")


def missing(page: ActivityPage) -> str:
    """Say what a learner still has to do with a worksheet."""
    return _("Print the worksheet, fill it in and press “Done, next”.")


WORKSHEET = ActivityType(
    name="worksheet",
    label=_l("Worksheet"),
    settings=NoSettings,
    read=read,
    publish=lessons.publish,
    show=show,
    missing=missing,
    declared="done",
)
