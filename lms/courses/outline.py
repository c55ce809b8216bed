"""A published course in memory: its modules and activities, typed, in order."""

from collections.abc import Container, Iterator
from typing import Any

import msgspec


class ActivityOutline(msgspec.Struct, frozen=True):
    """One step of a course.

    `key` is its row in `courses_activity`, `settings` are its type's own, `texts` maps a language
    to what the type keeps about its text.
    """

    key: int
    id: str
    type: str
    titles: dict[str, str]
    minutes: int
    optional: bool = False
    settings: dict[str, Any] = {}
    texts: dict[str, str] = {}


class ModuleOutline(msgspec.Struct, frozen=True):
    """A part of a course with a title of its own."""

    id: str
    titles: dict[str, str]
    activities: list[ActivityOutline]


class CourseOutline(msgspec.Struct, frozen=True):
    """A version of a course: everything about it that pages show, but the lessons' texts.

    `key` is its row in `courses_version`, `course_id` its row in `courses_course`; `hours` are
    academic hours of 45 minutes; `pass_mark` is a percentage; `result_from` names the activity
    whose score the certificate prints.
    """

    key: int
    course_id: int
    slug: str
    version: int
    languages: list[str]
    audience: str
    hours: int
    pass_mark: int
    titles: dict[str, str]
    summaries: dict[str, str]
    outcomes: dict[str, list[str]]
    modules: list[ModuleOutline]
    result_from: str | None = None

    @property
    def activities(self) -> Iterator[ActivityOutline]:
        """Every activity, in order."""
        return (activity for module in self.modules for activity in module.activities)

    @property
    def required(self) -> list[ActivityOutline]:
        """The activities the certificate waits for, in order."""
        return [activity for activity in self.activities if not activity.optional]

    @property
    def minutes(self) -> int:
        """How long it takes to go through everything the certificate waits for."""
        return sum(activity.minutes for activity in self.required)

    def done(self, completed: Container[str]) -> int:
        """Return how many of the required activities are among the completed ones."""
        return sum(activity.id in completed for activity in self.required)

    def find(self, activity: str) -> ActivityOutline | None:
        """Return the activity of this id."""
        return next((a for a in self.activities if a.id == activity), None)

    def neighbours(self, activity: str) -> tuple[ActivityOutline | None, ActivityOutline | None]:
        """Return what stands before and after an activity."""
        steps = list(self.activities)
        place = next(i for i, step in enumerate(steps) if step.id == activity)
        before = steps[place - 1] if place else None
        after = steps[place + 1] if place + 1 < len(steps) else None
        return before, after

    def module_of(self, activity: str) -> ModuleOutline:
        """Return the module an activity stands in."""
        return next(m for m in self.modules if any(a.id == activity for a in m.activities))
