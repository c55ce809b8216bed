"""Self-checks in lessons: answered at once, stored nowhere, telling nothing before."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.courses.models import Course
from lms.courses.testing import read_written
from lms.database import db
from lms.quizzes.models import AnswerRow

LESSON_KK = """# Құпиясөз

## Сынақ

### Қайсысы берік? {#strong}

- [ ] Aigerim1990
  > ОҢАЙ-ТАБЫЛАДЫ
- [x] кеше төрт ақ түйе
  > ҰЗЫН-БОЛҒАСЫН

> [!NOTE]
> ТҮСІНДІРМЕ

### Неше әріп керек? {#letters}

- [=] 12..64
  > КЕМІНДЕ-ОН-ЕКІ

## Соңы

Аяқталды.
"""
LESSON_RU = """# Пароль

## Проверка

### Какой надёжнее? {#strong}

- [ ] Aigerim1990
- [x] вчера четыре белых верблюда

### Сколько букв нужно? {#letters}

- [=] 12..64
"""
PAGE = "/kk/courses/village/first"


@pytest.fixture
def lesson(make_course: Callable[..., Course], client: FlaskClient) -> FlaskClient:
    """A browser before a course whose first lesson has two self-checks."""
    make_course(files={"first.kk.md": LESSON_KK, "first.ru.md": LESSON_RU})
    return client


def shown(client: FlaskClient, query: str = "") -> str:
    return client.get(PAGE + query).get_data(as_text=True)


def test_a_self_check_is_a_form_in_the_lesson_without_answers(lesson: FlaskClient) -> None:
    page = shown(lesson)
    assert '<form method="get" action="#strong">' in page
    assert 'name="strong" value="a"' in page
    assert "Аяқталды." in page
    for word in ("ОҢАЙ", "ҰЗЫН", "ТҮСІНДІРМЕ", "КЕМІНДЕ", "12..64", "12–64"):
        assert word not in page


def test_a_wrong_answer_gets_its_own_feedback_and_another_try(lesson: FlaskClient) -> None:
    page = shown(lesson, "?strong=a")
    assert "ОҢАЙ-ТАБЫЛАДЫ" in page
    assert "Қайта тексеру" in page
    for word in ("ҰЗЫН-БОЛҒАСЫН", "ТҮСІНДІРМЕ"):
        assert word not in page


def test_a_right_answer_is_praised_and_explained(lesson: FlaskClient) -> None:
    page = shown(lesson, "?strong=b")
    assert "Дұрыс!" in page
    assert "ҰЗЫН-БОЛҒАСЫН" in page
    assert "ТҮСІНДІРМЕ" in page


def test_a_wrong_number_does_not_get_the_feedback_of_the_right_one(lesson: FlaskClient) -> None:
    assert "КЕМІНДЕ-ОН-ЕКІ" not in shown(lesson, "?letters=5")
    assert "КЕМІНДЕ-ОН-ЕКІ" in shown(lesson, "?letters=16")


@pytest.mark.parametrize("query", ["?strong=z", "?strong=a&strong=b", "?letters=көп", "?strong="])
def test_an_unreadable_answer_is_asked_for_again(lesson: FlaskClient, query: str) -> None:
    page = shown(lesson, query)
    assert "Дұрыс!" not in page
    assert "ТҮСІНДІРМЕ" not in page


def test_what_was_typed_is_shown_as_text(lesson: FlaskClient) -> None:
    page = shown(lesson, '?letters="><script>alert(1)</script>')
    assert "<script>alert" not in page


def test_answers_to_other_self_checks_travel_along(lesson: FlaskClient) -> None:
    page = shown(lesson, "?strong=b&letters=5")
    assert '<input type="hidden" name="letters" value="5">' in page
    assert '<input type="hidden" name="strong" value="b">' in page


def test_answering_stores_nothing(lesson: FlaskClient) -> None:
    shown(lesson, "?strong=b&letters=16")
    assert db.session.scalar(select(func.count()).select_from(AnswerRow)) == 0


def test_the_bytes_do_not_tell_which_option_is_right(
    make_course: Callable[..., Course], client: FlaskClient
) -> None:
    def page_with(kk: str, ru: str) -> str:
        make_course(files={"first.kk.md": kk, "first.ru.md": ru})
        return re.sub(r'csrf_token" value="[^"]*"', "", shown(client))

    def swapped(text: str) -> str:
        return text.replace("[x]", "[?]").replace("[ ]", "[x]").replace("[?]", "[ ]")

    assert page_with(LESSON_KK, LESSON_RU) == page_with(swapped(LESSON_KK), swapped(LESSON_RU))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" {#strong}", "", "first.kk.md:5: the question has no id"),
        ("[x] кеше", "[ ] кеше", "first.kk.md:5: no right answer"),
        ("{#strong}", "{#weak}", "live parts"),
        ("берік?", "берік {{aek}}?", "holds no pictures and no {{facts}}"),
    ],
)
def test_what_is_wrong_with_a_self_check_is_an_error_of_the_lesson(
    write_course: Callable[..., object], app: object, old: str, new: str, said: str
) -> None:
    folder = write_course(
        files={"first.kk.md": LESSON_KK.replace(old, new), "first.ru.md": LESSON_RU}
    )
    problems = [str(problem) for problem in read_written(folder).errors]  # type: ignore[arg-type]
    assert any(said in problem for problem in problems), problems


def test_a_heading_without_a_task_list_stays_a_heading(
    make_course: Callable[..., Course], client: FlaskClient
) -> None:
    text = "# Сабақ\n\n## Бөлім\n\n### Тізім\n\n- бір\n- екі\n"
    make_course(files={"first.kk.md": text, "first.ru.md": text})
    assert "<h3>Тізім</h3>" in shown(client)
