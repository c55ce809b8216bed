"""House rules: what an editor finds in courses that have a rules.toml beside them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lms.courses.content import CourseReading
from lms.courses.editing import read_prose
from lms.courses.rules import Rules, TextRules, read_rules

Read = Callable[..., CourseReading]

QUIZ = """# Тест

## Сұрақ {{#q}}

- [x] Иә
  > Дұрыс.
- [ ] Жоқ
  > Бұрыс.

> [!NOTE]
> {explanation}
"""


@pytest.fixture
def warnings(read: Read, tmp_path: Path) -> Callable[..., list[str]]:
    """A function (rules, files, …) that returns what is found in a course under these rules."""

    def find(rules: str, *args: object, **kwargs: object) -> list[str]:
        (tmp_path / "content").mkdir(exist_ok=True)
        (tmp_path / "content" / "rules.toml").write_text(rules, "utf-8")
        problems = read(*args, **kwargs).problems
        assert all(problem.severity == "warning" for problem in problems), problems
        return [str(problem) for problem in problems]

    return find


def test_everything_that_is_read_counts_as_words() -> None:
    text = "# Бір\n\nЕкі үш-төрт 2026.\n\n| бес | алты |\n| --- | --- |\n| жеті | 8 |\n\n- сегіз\n"
    assert read_prose(text).words == 7


def test_tables_have_no_sentences() -> None:
    text = "# Тақырып\n\nБір екі. Үш!\n\n| а б в г д |\n| --- |\n| е |\n"
    assert [length for _, length in read_prose(text).sentences] == [1, 2, 1]


def test_without_rules_nothing_is_asked(read: Read) -> None:
    assert read().problems == []


def test_a_short_lesson_is_found(warnings: Callable[..., list[str]]) -> None:
    found = warnings("[texts.lesson]\nwords = [5, 600]\n")
    # “# Сабақ 1” and “Қатысу туралы мәтін.”: one letterless number, four words.
    assert found == [
        f"village/{name}.{language}.md:1: 4 words; a text of this kind has 5 to 600 (warning)"
        for name in ("first", "second")
        for language in ("kk", "ru")
    ]


def test_a_long_sentence_is_found_where_it_stands(warnings: Callable[..., list[str]]) -> None:
    files = {"first.kk.md": "# Сабақ\n\nБір.\n\nБір екі үш төрт бес.\n"}
    found = warnings("[texts.lesson]\nlongest_sentence = 4\n", files=files)
    assert found == ["village/first.kk.md:5: a sentence of 5 words; at most 4 (warning)"]


def test_sentences_that_are_long_on_average_are_found(warnings: Callable[..., list[str]]) -> None:
    files = {"first.kk.md": "# Сабақ\n\nБір екі үш төрт бес алты жеті. Бір екі үш төрт бес алты.\n"}
    assert warnings("[texts.lesson]\nmean_sentence = 4\n", files=files) == [
        "village/first.kk.md:1: sentences of 4.7 words on average; at most 4 (warning)"
    ]


def test_the_last_heading_is_the_one_agreed(warnings: Callable[..., list[str]]) -> None:
    rules = '[texts.lesson]\nends_with = { kk = "Не істейсіз?" }\n'
    good = "# Сабақ\n\n## Бірінші\n\n## Не істейсіз?\n\nТексеріңіз.\n"
    files = {"first.kk.md": good, "second.kk.md": good.replace("Не істейсіз?", "Соңы")}
    assert warnings(rules, files=files) == [
        "village/second.kk.md:1: the last heading is “Соңы”, not “Не істейсіз?” (warning)"
    ]


def test_a_lesson_without_self_check_is_found(warnings: Callable[..., list[str]]) -> None:
    with_check = "# Сабақ\n\n### Сұрақ? {#check}\n\n- [x] Иә\n  > Дұрыс.\n- [ ] Жоқ\n  > Бұрыс.\n"
    assert read_prose(with_check).has_self_check
    assert len(warnings("[texts.lesson]\nself_check = true\n")) == 4


def test_a_word_not_to_be_written_is_found(warnings: Callable[..., list[str]]) -> None:
    rules = "[[never]]\nlanguage = 'kk'\npattern = '\\bбөлек жиналыс'\nsay = 'бөлек жиын'\n"
    files = {"first.kk.md": "# Сабақ\n\nКеше Бөлек жиналыс өтті, `бөлек жиналыс` емес.\n"}
    assert warnings(rules, files=files) == [
        "village/first.kk.md:3: “Бөлек жиналыс”: бөлек жиын (warning)"
    ]


def test_a_word_of_one_language_may_stand_in_another(warnings: Callable[..., list[str]]) -> None:
    rules = "[[never]]\nlanguage = 'kk'\npattern = 'сход'\nsay = 'жиын'\n"
    assert warnings(rules, files={"first.ru.md": "# Урок\n\nСельский сход.\n"}) == []


@pytest.mark.parametrize(
    ("explanation", "found"),
    [("«Сабақ 1» сабағын қараңыз.", 0), ("Себебі солай.", 1), ("«Сабақ\n> 2» сабағы.", 0)],
)
@pytest.mark.needs("quizzes")
def test_an_explanation_names_a_lesson(explanation: str, found: int, tmp_path: Path) -> None:
    from lms.courses.activities import SourceFile
    from lms.courses.editing import explanation_problems

    file = SourceFile("village/test.kk.md", QUIZ.format(explanation=explanation))
    problems = list(explanation_problems(file, ["Сабақ 1", "Сабақ 2"]))
    assert [problem.line for problem in problems] == [10] * found


def test_hours_are_borne_out_by_minutes(warnings: Callable[..., list[str]]) -> None:
    minutes = '  {{ id = "first", minutes = {0} }},\n  {{ id = "second", minutes = 40 }},'
    rules = "hours_within = 0.1\n"
    assert warnings(rules, activities=minutes.format(45)) == []
    assert warnings(rules, activities=minutes.format(20)) == [
        "village/course.toml:5: 2 academic hours are 90 minutes, the steps 60 (warning)"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[texts.lesson]\nwordz = [1, 2]\n", "unknown field `wordz`"),
        ("[texts.lesson]\nwords = [1, 'two']\n", "Expected `int`, got `str`"),
        ("[[never]]\nlanguage = 'kk'\npattern = '('\nsay = ''\n", "no regular expression"),
        ("[texts.lesson\n", "not valid TOML"),
    ],
)
def test_rules_that_cannot_be_read_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "rules.toml").write_text(text, "utf-8")
    reading = read_rules(tmp_path)
    assert len(reading.problems) == 1
    assert message in reading.problems[0].message
    assert reading.rules == Rules()


def test_rules_are_found_above_a_course(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("[texts.lesson]\nself_check = true\n", "utf-8")
    rules = read_rules(tmp_path / "village").rules
    assert rules.texts["lesson"] == TextRules(self_check=True)
