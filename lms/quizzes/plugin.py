"""The manifest of quizzes."""

from lms.plugins import Plugin
from lms.quizzes import choice, written
from lms.quizzes.activity import QUIZ
from lms.quizzes.checks import CHECK
from lms.quizzes.privacy import PERSONAL_DATA
from lms.quizzes.views import attempts, bp  # noqa: F401 – the pages

plugin = Plugin(
    name="quizzes",
    requires=("accounts", "courses"),
    blueprint=bp,
    contributions=(QUIZ, CHECK, *choice.TYPES, *written.TYPES, PERSONAL_DATA),
)
