import pytest
from lms_diary.content import count_words

from lms.courses.testing import read_written

STEP = '{ id = "step", type = "diary", least_words = 3 },'


@pytest.fixture
def read(app, write_course):
    """A function (files, activities) that returns a course as read."""

    def read(activities=STEP, **files):
        texts = {
            "kk": "# Не істейсіз?\n\nБір іс.\n",
            "ru": "# Что сделать?\n\nОдно дело.\n",
            **files,
        }
        written = {f"step.{language}.md": text for language, text in texts.items()}
        return read_written(write_course(files=written, activities=activities))

    return read


def problems(course):
    return [str(problem) for problem in course.errors]


def test_a_step_is_read_in_each_language(read):
    course = read()
    step = course.modules[0].activities[0]
    assert problems(course) == []
    assert step.reading.titles == {"kk": "Не істейсіз?", "ru": "Что сделать?"}
    assert step.reading.definition["ru"].strip() == "<p>Одно дело.</p>"
    assert step.settings.least_words == 3


def test_five_words_are_asked_for_where_nothing_else_is_set(read):
    course = read(activities='{ id = "step", type = "diary" },')
    assert course.modules[0].activities[0].settings.least_words == 5


def test_a_step_without_a_title_is_named_with_its_file_and_line(read):
    assert problems(read(ru="Одно дело.\n")) == [
        "village/step.ru.md:1: the file must begin with its title: “# …”"
    ]


def test_a_step_that_asks_nothing_is_named(read):
    (problem,) = problems(read(kk="# Не істейсіз?\n"))
    assert problem.startswith("village/step.kk.md:1: nothing is asked")


def test_an_unknown_setting_is_named(read):
    (problem,) = problems(read(activities='{ id = "step", type = "diary", most_words = 9 },'))
    assert "most_words" in problem


def test_scripts_in_a_prompt_are_shown_as_text(read):
    course = read(kk="# Не істейсіз?\n\n<script>alert(1)</script>\n")
    assert "<script" not in course.modules[0].activities[0].reading.definition["kk"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("— … !", 0), ("Ертең сағат 9-да", 3), ("что-нибудь, где-нибудь", 2), ("ок", 1)],
)
def test_words_are_counted_as_people_count_them(text, words):
    assert count_words(text) == words
