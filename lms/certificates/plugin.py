"""The manifest of certificates."""

from flask_babel import lazy_gettext as _l

from lms.certificates import cli, privacy, services
from lms.certificates.views import bp, files, render_of_course, render_of_learner
from lms.courses.events import CourseCompleted
from lms.plugins import Plugin, WithoutLanguage
from lms.slots import NavItem, Slot

plugin = Plugin(
    name="certificates",
    requires=("accounts", "courses"),
    blueprint=bp,
    listens={CourseCompleted: services.issue_certificate},
    contributions=(
        WithoutLanguage(files),
        NavItem("certificates", _l("Check a certificate"), "certificates.check", 30),
        Slot("certificates.of_course", "course.after", render_of_course),
        Slot("certificates.of_learner", "dashboard.after", render_of_learner),
        privacy.PERSONAL_DATA,
    ),
    init_app=lambda app: cli.register(bp),
)
