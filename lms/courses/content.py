"""Reads a course folder: text in, dataclasses and problems out. Knows no database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from lms import i18n
from lms.courses.activities import ActivitySource, ActivityType, Problem, Reading, SourceFile
from lms.courses.editing import (
    explanation_problems,
    hours_problem,
    lesson_titles,
    text_problems,
    word_problems,
)
from lms.courses.facts import plain_references
from lms.courses.files import LARGEST_PICTURE, MEDIA_FOLDER, MEDIA_TYPES, pictures
from lms.courses.lines import line_with, text_of, toml_of, validation_line
from lms.courses.proofreading import letter_problems
from lms.courses.rules import TextRules
from lms.courses.shelf import Shelf

COURSE_FILE = "course.toml"
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RESERVED_IDS = {"enrolments", "media", "enrolment", "completion"}
LONGEST_ID = 64
COMMON_KEYS = {"id", "type", "minutes", "optional"}


class _Module(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: dict[str, str]
    activities: list[dict[str, Any]]


class _Certificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    result: str | None = None


class _Course(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    languages: list[str]
    audience: str
    hours: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    title: dict[str, str]
    summary: dict[str, str]
    modules: list[_Module]
    pass_mark: int = 70
    outcomes: dict[str, list[str]] = {}
    certificate: _Certificate = _Certificate()


class _Common(msgspec.Struct, frozen=True):
    id: str
    type: str = "lesson"
    minutes: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 10
    optional: bool = False


@dataclass(frozen=True)
class ReadActivity:
    """An activity as read: the common keys, the type's settings, and what the type made of it."""

    id: str
    type: str
    minutes: int
    optional: bool
    settings: Any
    reading: Reading


@dataclass(frozen=True)
class ReadModule:
    """A module as read."""

    id: str
    titles: Mapping[str, str]
    activities: list[ReadActivity]


@dataclass
class CourseReading:
    """A course folder as read, with everything in it that must be mended.

    `files` maps paths within the folder to their bytes; `modules` holds only what could be read.
    """

    slug: str
    path: str
    files: dict[str, bytes]
    header: Any = None
    modules: list[ReadModule] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop an import."""
        return [problem for problem in self.problems if problem.severity == "error"]


def shipped_content() -> Path:
    """Return the folder of the courses that ship with Sauat."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_course_content"
    return packaged if packaged.is_dir() else package.parent / "course_content"


def read_course(
    folder: Path, types: Mapping[str, ActivityType], shelf: Shelf | None = None
) -> CourseReading:
    """Read one course folder. Never raises for what an author wrote; look at `.problems`."""
    shelf = shelf or Shelf()
    reading = CourseReading(folder.name, folder.name, _read_files(folder))
    toml = f"{folder.name}/{COURSE_FILE}"
    text = text_of(reading.files[COURSE_FILE], toml, reading.problems)
    header = _read_header(text, toml, reading.problems)
    if header is None:
        return reading
    reading.header = header
    reading.problems += _header_problems(header, folder.name, toml, text)
    reading.problems += letter_problems(SourceFile(toml, text))
    for module in header.modules:
        activities = [
            activity
            for row in module.activities
            if (activity := _read_activity(row, reading, types, shelf, toml, text))
        ]
        reading.modules.append(ReadModule(module.id, module.title, activities))
    reading.problems += _file_problems(reading)
    reading.problems += _course_problems(reading, shelf, toml, text)
    return reading


def is_id(text: str) -> bool:
    """Return whether `text` may name a course or an activity, in addresses and in tables."""
    return bool(ID.fullmatch(text)) and len(text) <= LONGEST_ID and text not in RESERVED_IDS


def _read_files(folder: Path) -> dict[str, bytes]:
    files = [folder / COURSE_FILE, *sorted(folder.glob("*.md"))]
    files += sorted(p for p in (folder / MEDIA_FOLDER).glob("*") if p.suffix in MEDIA_TYPES)
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


def _read_header(text: str, path: str, problems: list[Problem]) -> _Course | None:
    rows = toml_of(text, path, problems)
    try:
        return None if rows is None else msgspec.convert(rows, _Course)
    except msgspec.ValidationError as error:
        problems.append(Problem(path, validation_line(text, str(error)), str(error)))
    return None


def _header_problems(header: _Course, folder: str, path: str, text: str) -> Iterator[Problem]:
    def problem(key: str, message: str) -> Problem:
        return Problem(path, line_with(text, key), message)

    if header.id != folder:
        yield problem("id", f"id is “{header.id}” but the folder is called “{folder}”")
    if not is_id(header.id):
        yield problem("id", f"“{header.id}” cannot be an id: small Latin letters, digits, hyphens")
    if header.audience not in {"residents", "staff"}:
        yield problem("audience", "audience must be residents or staff")
    if not 0 < header.pass_mark <= 100:
        yield problem("pass_mark", "pass_mark must be between 1 and 100")
    if len(set(header.languages)) < len(header.languages):
        yield problem("languages", "a language is named twice")
    if not header.languages:
        yield problem("languages", "name at least one language")
    for language in header.languages:
        if language not in i18n.LANGUAGES:
            yield problem("languages", f"unknown language “{language}”")
        for what, texts in (("title", header.title), ("summary", header.summary)):
            if not texts.get(language, "").strip():
                yield problem(f"[{what}]", f"{what} is missing in “{language}”")
        for module in header.modules:
            if not module.title.get(language, "").strip():
                yield problem(f'id = "{module.id}"', f"module title is missing in “{language}”")
    ids = [str(row.get("id")) for module in header.modules for row in module.activities]
    for repeated in sorted({i for i in ids if ids.count(i) > 1}):
        yield problem(f'"{repeated}"', f"two activities are called “{repeated}”")
    if header.certificate.result and header.certificate.result not in ids:
        yield problem("result", f"certificate result: no activity “{header.certificate.result}”")


def _read_activity(
    row: dict[str, Any],
    course: CourseReading,
    types: Mapping[str, ActivityType],
    shelf: Shelf,
    toml: str,
    text: str,
) -> ReadActivity | None:
    line = line_with(text, f'"{row.get("id", "")}"')
    try:
        common = msgspec.convert({k: v for k, v in row.items() if k in COMMON_KEYS}, _Common)
        kind = types[common.type]
        own = {k: v for k, v in row.items() if k not in COMMON_KEYS}
        settings = msgspec.convert(own, kind.settings)
    except KeyError:
        known = ", ".join(sorted(types))
        message = f"unknown type “{row.get('type')}”; there are: {known}"
        course.problems.append(Problem(toml, line, message))
        return None
    except msgspec.ValidationError as error:
        course.problems.append(Problem(toml, line, f"activity “{row.get('id')}”: {error}"))
        return None
    if not is_id(common.id):
        course.problems.append(Problem(toml, line, f"“{common.id}” cannot be an id"))
        return None
    source = ActivitySource(
        id=common.id,
        settings=settings,
        pass_mark=course.header.pass_mark,
        files=_activity_files(common.id, course, toml, line),
        references=plain_references(shelf.facts),
        facts=shelf.facts,
        pictures=pictures(course.files),
    )
    reading = kind.read(source) if source.files else None
    course.problems += source.problems
    course.problems += _house_problems(source, common.type, shelf)
    if reading is None:
        return None
    return ReadActivity(common.id, common.type, common.minutes, common.optional, settings, reading)


def _activity_files(
    activity: str, course: CourseReading, toml: str, line: int
) -> dict[str, SourceFile]:
    files = {}
    for language in course.header.languages:
        name = f"{activity}.{language}.md"
        path = f"{course.path}/{name}"
        if name in course.files:
            files[language] = SourceFile(path, text_of(course.files[name], path, course.problems))
        else:
            course.problems.append(Problem(toml, line, f"“{name}” is missing"))
    return files


def _file_problems(course: CourseReading) -> Iterator[Problem]:
    used = {
        f"{row.get('id')}.{language}.md"
        for module in course.header.modules
        for row in module.activities
        for language in course.header.languages
    }
    texts = "\n".join(
        data.decode("utf-8", "replace")
        for path, data in course.files.items()
        if path.endswith(".md")
    )
    for path, content in course.files.items():
        where = f"{course.path}/{path}"
        if path.endswith(".md") and path not in used:
            yield Problem(where, 1, "no activity of course.toml uses this file", "warning")
        if path.startswith(f"{MEDIA_FOLDER}/"):
            if len(content) > LARGEST_PICTURE:
                size = f"{len(content) // 1024} KB"
                yield Problem(where, 1, f"too large: {size}, at most {LARGEST_PICTURE // 1024} KB")
            if path not in texts:
                yield Problem(where, 1, "no text shows this picture", "warning")


def _house_problems(source: ActivitySource, kind: str, shelf: Shelf) -> Iterator[Problem]:
    rules = shelf.rules.texts.get(kind, TextRules())
    for language, file in source.files.items():
        yield from text_problems(file, language, rules)
        yield from word_problems(file, language, shelf.rules)


def _course_problems(
    course: CourseReading, shelf: Shelf, toml: str, text: str
) -> Iterator[Problem]:
    activities = [activity for module in course.modules for activity in module.activities]
    lessons = [activity.reading.titles for activity in activities if activity.type == "lesson"]
    for activity in activities:
        rules = shelf.rules.texts.get(activity.type, TextRules())
        if rules.explanations_name_a_lesson:
            for language in course.header.languages:
                name = f"{activity.id}.{language}.md"
                content = text_of(course.files.get(name, b""), name, [])
                file = SourceFile(f"{course.path}/{name}", content)
                yield from explanation_problems(file, lesson_titles(lessons, language))
    minutes = sum(activity.minutes for activity in activities if not activity.optional)
    line = line_with(text, "hours")
    yield from hours_problem(toml, line, course.header.hours, minutes, shelf.rules)
