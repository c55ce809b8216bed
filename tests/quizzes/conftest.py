"""A village quiz: every kind of question, in two languages, with words that must not leak."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses import services as courses
from lms.courses.activities import ActivityPage
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes import services
from lms.quizzes.models import Attempt
from lms.quizzes.services import Sheet

QUIZ_KK = """# Бюджет тесті

Кіріспе сөз.

## Бюджетті кім бекітеді? {#who}

- [ ] Әкім
  > КЕРІ-ӘКІМ
- [x] Мәслихат
  > КЕРІ-МӘСЛИХАТ
- [ ] Сот
  > КЕРІ-СОТ

> [!TIP]
> КӨМЕК

> [!NOTE]
> ТҮСІНДІРМЕ

## Қайсысы кіріс? {#income}

- [x] Салық
  > КЕРІ-САЛЫҚ
- [ ] Жол
  > КЕРІ-ЖОЛ
- [x] Түсім
  > КЕРІ-ТҮСІМ

> [!NOTE]
> ТҮСІНДІРМЕ

## Астана қай қала? {#capital}

- [=] Астана

> [!NOTE]
> ТҮСІНДІРМЕ

## Пи саны қанша? {#pi}

- [=] 3,14 ± 0,01

> [!NOTE]
> ТҮСІНДІРМЕ
"""

QUIZ_RU = """# Тест о бюджете

Вступление.

## Кто утверждает бюджет? {#who}

- [ ] Аким
  > ОТКЛИК-АКИМ
- [x] Маслихат
  > ОТКЛИК-МАСЛИХАТ
- [ ] Суд
  > ОТКЛИК-СУД

> [!TIP]
> ПОДСКАЗКА

> [!NOTE]
> ОБЪЯСНЕНИЕ

## Что из этого доход? {#income}

- [x] Налог
  > ОТКЛИК-НАЛОГ
- [ ] Дорога
  > ОТКЛИК-ДОРОГА
- [x] Поступление
  > ОТКЛИК-ПОСТУПЛЕНИЕ

> [!NOTE]
> ОБЪЯСНЕНИЕ

## Столица страны? {#capital}

- [=] Астана

> [!NOTE]
> ОБЪЯСНЕНИЕ

## Чему равно число пи? {#pi}

- [=] 3,14 ± 0,01

> [!NOTE]
> ОБЪЯСНЕНИЕ
"""

RIGHT = {"who": ["b"], "income": ["a", "c"], "capital": ["астана"], "pi": ["3,14"]}
WRONG = {"who": ["a"], "income": ["b"], "capital": ["Алматы"], "pi": ["4"]}


@pytest.fixture
def make_quiz(make_course: Callable[..., Course]) -> Callable[..., Course]:
    """A function that publishes a course of one quiz and one lesson; `settings` as in course.toml."""

    def make(settings: str = "", kk: str = QUIZ_KK, ru: str = QUIZ_RU, **kwargs: Any) -> Course:
        comma = f", {settings}" if settings else ""
        return make_course(
            files={"test.kk.md": kk, "test.ru.md": ru},
            activities=f'  {{ id = "test", type = "quiz"{comma} }},\n  {{ id = "first" }},',
            **kwargs,
        )

    return make


@pytest.fixture
def enrol(app: Flask) -> Callable[[User, Course], Enrolment]:
    """A function that enrols somebody in a course."""

    def enrol_now(user: User, course: Course) -> Enrolment:
        enrolment = courses.enrol(user.id, course)
        db.session.commit()
        return enrolment

    return enrol_now


@pytest.fixture
def learner(make_user: Callable[..., User]) -> User:
    """Somebody who takes the course."""
    return make_user(name="Айгүл Серікқызы")


@pytest.fixture
def stranger(make_user: Callable[..., User]) -> User:
    """Somebody else who takes it too."""
    return make_user(name="Бекзат Ерланұлы")


@pytest.fixture
def browser(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> FlaskClient:
    """The learner's browser, enrolled in the village quiz."""
    enrol(learner, make_quiz())
    return sign_in(app.test_client(), learner)


def page_of(user: User, course: str = "village", activity: str = "test") -> ActivityPage:
    """Return what the quiz's pages would know about this person, looked up afresh."""
    found = courses.find_course(course, user.id)
    assert found is not None
    outline, enrolment = found
    step = outline.find(activity)
    assert step is not None
    return ActivityPage(outline, step, enrolment, {}, *outline.neighbours(activity))


def begin(user: User) -> Attempt:
    """Begin an attempt, as the page does."""
    page = page_of(user)
    assert page.enrolment is not None
    attempt = services.start_attempt(page, page.enrolment)
    db.session.commit()
    return attempt


def sheet_of(attempt: Attempt, user: User) -> Sheet:
    """Return the person's attempt, locked, as it stands now."""
    sheet = services.find_sheet(attempt.token, user.id, lock=True)
    assert sheet is not None
    return sheet


def answer_all(attempt: Attempt, user: User, answers: dict[str, list[str]]) -> None:
    """Answer every question of an attempt that `answers` names."""
    sheet = sheet_of(attempt, user)
    for asked in services.list_questions(sheet.attempt):
        if asked.question.id in answers:
            answer = asked.kind.parse_answer(asked.question, answers)
            services.save_answer(
                sheet.attempt, asked, answer, f"key-{asked.question.id}-{id(answers)}"
            )
    db.session.commit()


def finish(user: User, answers: dict[str, list[str]]) -> Attempt:
    """Begin, answer and submit an attempt."""
    attempt = begin(user)
    answer_all(attempt, user, answers)
    sheet = sheet_of(attempt, user)
    services.submit_attempt(sheet)
    db.session.commit()
    return sheet.attempt


def at_once(app: Flask, count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(number)` in `count` threads that begin together; return what they return or raise."""
    ready = Barrier(count)

    def run(number: int) -> Any:
        with app.app_context():
            try:
                ready.wait()
                return work(number)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run, n) for n in range(count)]]
