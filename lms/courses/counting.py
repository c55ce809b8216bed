"""How much a course holds: the figures of `lms content stats`."""

from collections.abc import Iterator, Sequence
from typing import Any

from lms import i18n
from lms.courses.content import CourseReading, ReadActivity
from lms.courses.editing import read_prose
from lms.courses.files import MEDIA_FOLDER
from lms.courses.lines import text_of


def count(course: CourseReading) -> dict[str, Any]:
    """Return what a course holds. Words are those of lessons and worksheets, by language.

    Pictures drawn once for each language count once; minutes are those of the required steps.
    """
    activities = [activity for module in course.modules for activity in module.activities]
    return {
        "course": course.slug,
        "modules": len(course.modules),
        "lessons": sum(activity.type == "lesson" for activity in activities),
        **{
            f"words {language}": _words(course, activities, language)
            for language in _languages(course)
        },
        "self-checks": _counted(activities, "self-checks"),
        "quizzes": sum("questions" in activity.reading.counts for activity in activities),
        "questions": _counted(activities, "questions"),
        "pictures": len(set(_pictures(course))),
        "minutes": sum(activity.minutes for activity in activities if not activity.optional),
    }


def total(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the sums under the rows of all courses."""
    return {
        key: "in all" if key == "course" else sum(row.get(key, 0) for row in rows)
        for key in rows[0]
    }


def _languages(course: CourseReading) -> list[str]:
    return course.header.languages if course.header else []


def _words(course: CourseReading, activities: Sequence[ReadActivity], language: str) -> int:
    names = [
        f"{activity.id}.{language}.md"
        for activity in activities
        if "questions" not in activity.reading.counts
    ]
    return sum(
        read_prose(text_of(course.files[name], name, [])).words
        for name in names
        if name in course.files
    )


def _counted(activities: Sequence[ReadActivity], what: str) -> int:
    return sum(activity.reading.counts.get(what, 0) for activity in activities)


def _pictures(course: CourseReading) -> Iterator[str]:
    for path in course.files:
        if path.startswith(f"{MEDIA_FOLDER}/"):
            stem = path.rpartition(".")[0]
            name, _, language = stem.rpartition(".")
            yield name if language in i18n.LANGUAGES else stem
