"""The manifest of quizzes."""

from lms.accounts.permissions import Permission
from lms.plugins import Plugin
from lms.quizzes import choice, cli, gaps, pairs, sums, written
from lms.quizzes.activity import QUIZ
from lms.quizzes.checks import CHECK
from lms.quizzes.privacy import PERSONAL_DATA
from lms.quizzes.services import ending
from lms.quizzes.views import allowances, analysis, attempts, bp, reviews  # noqa: F401 – the pages
from lms.slots import Slot

cli.register(bp)

plugin = Plugin(
    name="quizzes",
    requires=("accounts", "courses"),
    blueprint=bp,
    contributions=(
        QUIZ,
        CHECK,
        *sums.TYPES,
        *gaps.TYPES,
        *pairs.TYPES,
        *choice.TYPES,
        *written.TYPES,
        Slot("quizzes.reviews", "dashboard.after", reviews.render_due, order=20),
        Permission("quizzes.export", ("trainer",)),
        ending.HANDLER,
        PERSONAL_DATA,
    ),
)
