from collections.abc import Callable

import pytest

from lms.courses import services
from lms.courses.models import Course

LESSONS = {
    "first.kk.md": "# Бюджеттің циклі\n\nҚоғамдастық жиналысы туралы. Объект.\n",
    "first.ru.md": "# Цикл бюджета\n\nСход жителей села.\n",
    "second.kk.md": "# Қатысу\n\nХабарлама 🌾 100% a_b\n",
    "second.ru.md": "# Участие\n\nОбъявление.\n",
}


@pytest.fixture(autouse=True)
def courses(make_course: Callable[..., Course]) -> None:
    make_course(files=LESSONS)
    other = {
        "first.kk.md": "# Құпиясөз\n\nТелефон туралы.\n",
        "first.ru.md": "# Пароль\n\nБюджет.\n",
    }
    make_course("phone", files=other, activities='  { id = "first" },')


def found(query: str) -> list[tuple[str, list[str]]]:
    return [(hit.course.slug, [a.id for a in hit.activities]) for hit in services.search(query)]


@pytest.mark.parametrize(
    ("query", "activity"),
    [
        ("циклі", "first"),
        ("цикла", "first"),
        ("когамдастык", "first"),
        ("жиналыстар", "first"),
        ("объекты", "first"),
        ("катысу", "second"),
        ("участии", "second"),
        ("хабарламалар", "second"),
        ("ЖИНАЛЫС", "first"),
        ("қоғамдастық жиналысы", "first"),
    ],
)
def test_a_lesson_is_found_by_a_word_in_any_form_and_keyboard(query: str, activity: str) -> None:
    hits = dict(found(query))
    assert hits["village"][0] == activity


def test_what_stands_in_a_title_comes_first(make_course: Callable[..., Course]) -> None:
    assert [slug for slug, _ in found("цикл")][0] == "village"


def test_every_word_of_the_query_must_be_there() -> None:
    assert found("бюджет құпиясөз жиналыс") == []


@pytest.mark.parametrize(
    "query", ["", "  ", "%", "_", "a%b", "'", "\"; DROP TABLE courses_word; --", "*", "🌾", "ә" * 100, "\uffff"]
)  # fmt: skip
def test_no_query_breaks_the_search_or_finds_everything(query: str) -> None:
    assert len(found(query)) <= 1
    assert services.search("бюджет")


def test_an_activity_that_was_removed_is_found_no_more(make_course: Callable[..., Course]) -> None:
    make_course(
        activities='  { id = "first" },', files={k: v for k, v in LESSONS.items() if k[0] == "f"}
    )
    assert found("участие") == []


def test_a_search_asks_the_database_the_same_few_times_for_many_courses(
    app: object,
    make_course: Callable[..., Course],
    count_statements: Callable[[], object],
) -> None:
    for number in range(10):
        make_course(f"village-{number}")
    app.extensions["courses.outlines"].clear()  # type: ignore[attr-defined]
    with count_statements() as sent:  # type: ignore[attr-defined]
        assert len(services.search("бюджет")) == 12
    assert len(sent) <= 2
