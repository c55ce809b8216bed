"""The manifest of certificates."""

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.certificates import cli, privacy, services
from lms.certificates.views import (
    bp,
    files,
    render_check_link,
    render_of_course,
    render_of_learner,
)
from lms.courses.events import CourseCompleted
from lms.plugins import Plugin, WithoutLanguage
from lms.slots import NavItem, Slot

cli.register(bp)


def _signed_out() -> bool:
    # Those who learn here get to it from the foot of the page: their menu has little room.
    return not current_user.is_authenticated


plugin = Plugin(
    name="certificates",
    requires=("accounts", "courses"),
    blueprint=bp,
    listens={CourseCompleted: services.issue_certificate},
    contributions=(
        WithoutLanguage(files),
        NavItem("certificates", _l("Check a certificate"), "certificates.check", 30, _signed_out),
        Slot("certificates.check", "foot", render_check_link),
        Slot("certificates.of_course", "course.after", render_of_course),
        Slot("certificates.of_learner", "dashboard.after", render_of_learner),
        privacy.PERSONAL_DATA,
    ),
)
