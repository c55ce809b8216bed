"""Nothing about right answers reaches a browser before submission."""

import re
from collections.abc import Callable, Iterator

from flask import Flask

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.quizzes.models import Attempt
from lms.testing import Client

from .conftest import QUIZ_KK, QUIZ_RU, begin, finish

SECRET_WORDS = ("КЕРІ-", "ТҮСІНДІРМЕ", "ОТКЛИК-", "ОБЪЯСНЕНИЕ", "3,14", "3.14")
PLACES = ("1", "2", "3", "4", "review")

#: What makes of the quiz one with other right answers, feedback and explanations.
CHANGES = {
    "[ ] Әкім": "[x] Әкім",
    "[x] Мәслихат": "[ ] Мәслихат",
    "[x] Салық": "[ ] Салық",
    "[ ] Жол": "[x] Жол",
    "[ ] Аким": "[x] Аким",
    "[x] Маслихат": "[ ] Маслихат",
    "[x] Налог": "[ ] Налог",
    "[ ] Дорога": "[x] Дорога",
    "[=] Астана": "[=] Алматы",
    "[=] 3,14 ± 0,01": "[=] 2..3\n- [=] 7",
    "КЕРІ-": "БАСҚА ПІКІР ",
    "ОТКЛИК-": "ДРУГОЙ ОТКЛИК ",
    "ТҮСІНДІРМЕ": "БАСҚА ТҮСІНДІРМЕ",
    "ОБЪЯСНЕНИЕ": "ДРУГОЕ ОБЪЯСНЕНИЕ",
}


def other(text: str) -> str:
    for old, new in CHANGES.items():
        text = text.replace(old, new)
    return text


def pages(client: Client, attempt: Attempt) -> Iterator[str]:
    yield client.get("/kk/courses/village/test").get_data(as_text=True)
    for language in ("kk", "ru", "en"):
        for place in PLACES:
            address = f"/{language}/quizzes/attempts/{attempt.token}/{place}"
            yield client.get(address).get_data(as_text=True)
            if place != "review":
                for headers in ({}, {"Accept": "application/json"}):
                    refused = client.send(
                        address, {"pi": "?", "who": "?", "income": "?"}, headers=headers
                    )
                    yield refused.get_data(as_text=True)


def plain(page: str, attempt: Attempt) -> str:
    page = page.replace(attempt.token, "TOKEN")
    page = re.sub(r"\?v=[0-9a-f]+", "", page)
    return re.sub(
        r'(csrf_token|form_key|seen_answer|data-saved-key)"?(?: value)?="[^"]*"', "", page
    )


def test_no_page_before_submission_says_what_is_right(browser: Client, learner: User) -> None:
    attempt = begin(learner)
    for page in pages(browser, attempt):
        for word in SECRET_WORDS:
            assert word not in page


def test_after_submission_the_same_words_are_shown(browser: Client, learner: User) -> None:
    attempt = finish(learner, {"who": ["a"]})
    page = browser.get(f"/kk/quizzes/attempts/{attempt.token}/result").get_data(as_text=True)
    for word in ("КЕРІ-ӘКІМ", "ТҮСІНДІРМЕ", "3,14"):
        assert word in page


def test_the_bytes_are_the_same_whatever_is_right(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
) -> None:
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    enrol(learner, make_quiz("shuffle = false"))
    one = begin(learner)
    before = [plain(page, one) for page in pages(client, one)]
    finish(learner, {})
    make_quiz("shuffle = false", kk=other(QUIZ_KK), ru=other(QUIZ_RU))
    two = begin(learner)
    after = [plain(page, two) for page in pages(client, two)]
    # The start page now also lists the first attempt.
    assert before[1:] == after[1:]
