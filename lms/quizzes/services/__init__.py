"""What can be done with quizzes: verbs. They flush and never commit."""

from lms.quizzes.services.answers import KeyUsedTwice, Receipt, save_answer
from lms.quizzes.services.attempts import (
    NoAttemptsLeft,
    Standing,
    attempts_of,
    find_pool,
    standing,
    standing_after,
    start_attempt,
    submit_attempt,
)
from lms.quizzes.services.publishing import publish_quiz
from lms.quizzes.services.sheets import Asked, Sheet, find_question, find_sheet, list_questions

__all__ = [
    "Asked",
    "KeyUsedTwice",
    "NoAttemptsLeft",
    "Receipt",
    "Sheet",
    "Standing",
    "attempts_of",
    "find_pool",
    "find_question",
    "find_sheet",
    "list_questions",
    "publish_quiz",
    "save_answer",
    "standing",
    "standing_after",
    "start_attempt",
    "submit_attempt",
]
