"""Fixtures for whoever needs a course to learn from."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lms import clock
from lms.courses import services
from lms.courses.content import CourseReading, read_course
from lms.courses.models import Course
from lms.courses.pages import activity_types
from lms.courses.shelf import read_shelf
from lms.database import db

COURSE_TOML = """
id = "{slug}"
languages = ["kk", "ru"]
audience = "residents"
hours = 2
pass_mark = 70

[title]
kk = "Ауыл бюджеті"
ru = "Бюджет села"

[summary]
kk = "Бюджеттің қайда жұмсалатыны туралы."
ru = "О том, на что тратится бюджет."

[[modules]]
id = "one"
title = {{ kk = "Бірінші модуль", ru = "Первый модуль" }}
activities = [
{activities}
]
"""

LESSON = {"kk": "# Сабақ {n}\n\nҚатысу туралы мәтін.\n", "ru": "# Урок {n}\n\nТекст об участии.\n"}


@pytest.fixture
def write_course(tmp_path: Path) -> Callable[..., Path]:
    """A function (slug, files, activities) that writes a course folder and returns its path.

    Without arguments the course has two lessons; `files` maps file names to texts and wins.
    """

    def write(
        slug: str = "village",
        files: dict[str, str | bytes] | None = None,
        activities: str = '  { id = "first" },\n  { id = "second" },',
    ) -> Path:
        folder = tmp_path / "content" / slug
        folder.mkdir(parents=True, exist_ok=True)
        texts: dict[str, str | bytes] = {
            "course.toml": COURSE_TOML.format(slug=slug, activities=activities)
        }
        for number, name in enumerate(("first", "second"), 1):
            if f'"{name}"' in activities:
                for language, text in LESSON.items():
                    texts[f"{name}.{language}.md"] = text.format(n=number)
        for name, content in {**texts, **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


@pytest.fixture
def make_course(app: Flask, write_course: Callable[..., Path]) -> Callable[..., Course]:
    """A function like `write_course` that also publishes the course and returns its row."""

    def make(*args: object, **kwargs: object) -> Course:
        reading = read_written(write_course(*args, **kwargs))
        assert not reading.errors, [str(problem) for problem in reading.errors]  # noqa: S101
        services.publish_course(reading)
        db.session.commit()
        return db.session.query(Course).filter_by(slug=reading.slug).one()

    return make


def read_written(folder: Path) -> CourseReading:
    """Return a course folder as read, with the facts and house rules beside or above it."""
    return read_course(folder, activity_types(), read_shelf(folder, clock.today()))
