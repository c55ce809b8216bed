"""What can be done with quizzes: verbs. They flush and never commit."""

from lms.quizzes.services.allowances import find_learner, give_allowance, list_allowances
from lms.quizzes.services.analysis import analyse_quiz, frequent_answers
from lms.quizzes.services.answers import KeyUsedTwice, Receipt, save_answer
from lms.quizzes.services.attempt_lists import (
    PAGE as ATTEMPTS_A_PAGE,
)
from lms.quizzes.services.attempt_lists import (
    Totals,
    Wanted,
    all_attempts,
    count_attempts,
    list_attempts,
    totals_of,
)
from lms.quizzes.services.attempts import (
    NoAttemptsLeft,
    TooSoon,
    find_pool,
    start_attempt,
)
from lms.quizzes.services.ending import is_time_up, rules_of, submit_attempt
from lms.quizzes.services.publishing import publish_quiz
from lms.quizzes.services.reviews import (
    MOST_AT_ONCE,
    Review,
    answer_review,
    count_due,
    find_review,
    list_reviews,
)
from lms.quizzes.services.sheets import Asked, Sheet, find_question, find_sheet, list_questions
from lms.quizzes.services.standing import (
    Extra,
    Standing,
    attempts_of,
    extras_of,
    standing,
    standing_after,
)

__all__ = [
    "ATTEMPTS_A_PAGE",
    "MOST_AT_ONCE",
    "Asked",
    "Extra",
    "KeyUsedTwice",
    "NoAttemptsLeft",
    "Receipt",
    "Review",
    "Sheet",
    "Standing",
    "TooSoon",
    "Totals",
    "Wanted",
    "all_attempts",
    "analyse_quiz",
    "answer_review",
    "attempts_of",
    "count_attempts",
    "count_due",
    "extras_of",
    "find_learner",
    "find_pool",
    "find_question",
    "find_review",
    "find_sheet",
    "frequent_answers",
    "give_allowance",
    "is_time_up",
    "list_allowances",
    "list_attempts",
    "list_questions",
    "list_reviews",
    "publish_quiz",
    "rules_of",
    "save_answer",
    "standing",
    "standing_after",
    "start_attempt",
    "submit_attempt",
    "totals_of",
]
