"""Reads the programme of a seminar day: a folder of TOML and Markdown in, dataclasses and problems out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from lms import markdown
from lms.courses.activities import Problem, SourceFile
from lms.courses.editing import hours_problem, text_problems, word_problems
from lms.courses.lines import line_with, text_of, toml_of, validation_line
from lms.courses.proofreading import heading_problems, letter_problems
from lms.courses.rules import TextRules
from lms.courses.shelf import Shelf

PROGRAMME_FILE = "programme.toml"
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
KINDS = {"arrival", "opening", "session", "break", "meal", "practice", "test", "closing"}
#: Kinds of session that a trainer leads, by a guide of their own.
LED = {"opening", "session", "practice", "closing"}
#: Kinds of session that are teaching time.
TAUGHT = {"session", "practice"}
#: Region code → its names and its localities by code.
Places = Mapping[str, Mapping[str, Any]]
Texts = dict[str, str]


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the day is held in one kind of place: what the hall must have, and what is different."""

    id: str
    seats: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    title: Texts
    room: Texts
    differences: dict[str, list[str]]


class Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the day. `attendance` names the mark that is taken in it; clock times are local."""

    id: str
    starts: str
    ends: str
    kind: str
    title: Texts
    method: Texts
    attendance: str | None = None
    lessons: list[str] = []

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return _minutes(self.ends) - _minutes(self.starts)


class Material(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the kit list: so many for each person or for the group; `file` is its text."""

    id: str
    title: Texts
    whose: str = msgspec.field(name="for")
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    editions: list[str] = []
    file: str | None = None


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the day may be held: an example until somebody agrees to it."""

    region: str
    locality: str
    edition: str
    language: str
    support: str | None = None
    note: Texts = {}


class Programme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The programme of a day. `hours` are academic hours of teaching; `course` holds both tests."""

    id: str
    languages: list[str]
    course: str
    entry_test: str
    post_test: str
    hours: Annotated[int, msgspec.Meta(ge=1)]
    title: Texts
    summary: Texts
    editions: list[Edition]
    sessions: list[Session]
    materials: list[Material]
    places: list[Place]


@dataclass
class ProgrammeReading:
    """A programme as read, None if it cannot be; its Markdown by file name; everything to mend."""

    programme: Programme | None = None
    texts: dict[str, SourceFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_programme(folder: Path, shelf: Shelf, places: Places) -> ProgrammeReading:
    """Read the folder of a programme. Never raises for what an author wrote; look at `.problems`."""
    reading = ProgrammeReading()
    path = f"{folder.name}/{PROGRAMME_FILE}"
    text = text_of((folder / PROGRAMME_FILE).read_bytes(), path, reading.problems)
    rows = toml_of(text, path, reading.problems)
    try:
        programme = None if rows is None else msgspec.convert(rows, Programme)
    except msgspec.ValidationError as error:
        reading.problems.append(Problem(path, validation_line(text, str(error)), str(error)))
        return reading
    if programme is None:
        return reading
    reading.programme = programme
    reading.texts = {
        file.name: SourceFile(
            f"{folder.name}/{file.name}",
            text_of(file.read_bytes(), f"{folder.name}/{file.name}", reading.problems),
        )
        for file in sorted(folder.glob("*.md"))
    }
    found = [
        *_programme_problems(programme, folder, text),
        *_day_problems(programme.sessions),
        *_place_problems(programme, places),
    ]
    reading.problems += [Problem(path, line_with(text, piece), said) for piece, said in found]
    reading.problems += letter_problems(SourceFile(path, text))
    reading.problems += _file_problems(programme, reading.texts, path, text)
    reading.problems += _text_problems(programme, reading.texts, shelf)
    taught = sum(session.minutes for session in programme.sessions if session.kind in TAUGHT)
    line = line_with(text, "hours")
    reading.problems += hours_problem(path, line, programme.hours, taught, shelf.rules)
    return reading


#: What is wrong: a piece of the line it stands in, and the message.
Finding = tuple[str, str]


def _programme_problems(programme: Programme, folder: Path, text: str) -> Iterator[Finding]:
    if programme.id != folder.name:
        yield "id =", f"id is “{programme.id}” but the folder is called “{folder.name}”"
    for what, texts in _texts_of(programme):
        for language in programme.languages:
            if not texts.get(language):
                yield what, f"“{what}” says nothing in “{language}”"
    course = folder.parent / programme.course
    for quiz in (programme.entry_test, programme.post_test):
        if not any(course.glob(f"{quiz}.*.md")):
            yield quiz, f"the course “{programme.course}” has no “{quiz}”"
    for session in programme.sessions:
        for lesson in session.lessons:
            if not any(course.glob(f"{lesson}.*.md")):
                yield f'"{lesson}"', f"the course “{programme.course}” has no “{lesson}”"
    editions = {edition.id for edition in programme.editions}
    for material in programme.materials:
        if material.whose not in {"group", "person"}:
            yield f'"{material.id}"', f"“{material.id}” is for “{material.whose}”: group or person"
        for edition in material.editions:
            if edition not in editions:
                yield f'"{material.id}"', f"there is no edition “{edition}”"
    ids = [s.id for s in programme.sessions] + [m.id for m in programme.materials]
    for named in _repeated(ids):
        yield f'"{named}"', f"“{named}” stands there twice"


def _texts_of(programme: Programme) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "[title]", programme.title
    yield "[summary]", programme.summary
    for edition in programme.editions:
        for texts in (edition.title, edition.room, edition.differences):
            yield f'"{edition.id}"', texts
    for session in programme.sessions:
        yield f'"{session.id}"', session.title
        yield f'"{session.id}"', session.method
    for material in programme.materials:
        yield f'"{material.id}"', material.title
    for place in programme.places:
        if place.note:
            yield f'"{place.locality}"', place.note


def _day_problems(sessions: list[Session]) -> Iterator[Finding]:
    for session in sessions:
        here = f'id = "{session.id}"'
        if session.kind not in KINDS:
            yield (
                here,
                f"“{session.id}” is a “{session.kind}”; there are {', '.join(sorted(KINDS))}",
            )
        if not CLOCK.fullmatch(session.starts) or not CLOCK.fullmatch(session.ends):
            yield here, f"“{session.id}”: write times as 09:30"
            return
        if session.minutes <= 0:
            yield here, f"“{session.id}” ends before it begins"
    for before, after in zip(sessions, sessions[1:], strict=False):
        if before.ends != after.starts:
            said = f"“{after.id}” begins at {after.starts}, but “{before.id}” ends at {before.ends}"
            yield f'id = "{after.id}"', said
    marks = [session.attendance for session in sessions if session.attendance]
    if len(marks) != 2 or marks[0] == marks[1]:
        yield "attendance", f"two marks of attendance are taken, morning and afternoon, not {marks}"


def _place_problems(programme: Programme, places: Places) -> Iterator[Finding]:
    editions = {edition.id for edition in programme.editions}
    for place in programme.places:
        here = f'"{place.locality}"'
        region = places.get(place.region)
        if region is None:
            yield f'"{place.region}"', f"there is no region “{place.region}”"
        elif place.locality not in region["localities"]:
            yield here, f"“{place.region}” has no “{place.locality}”"
        elif region["localities"][place.locality]["kind"] != place.edition:
            yield here, f"“{place.locality}” is a {region['localities'][place.locality]['kind']}"
        if place.edition not in editions:
            yield here, f"there is no edition “{place.edition}”"
        for language in filter(None, (place.language, place.support)):
            if language not in programme.languages:
                yield here, f"“{place.locality}”: the programme is not in “{language}”"
    for named in _repeated([f"{place.region}/{place.locality}" for place in programme.places]):
        yield f'"{named.partition("/")[2]}"', f"“{named}” stands there twice"


def _file_problems(
    programme: Programme, texts: Mapping[str, SourceFile], path: str, text: str
) -> Iterator[Problem]:
    needed = [session.id for session in programme.sessions if session.kind in LED]
    needed += [material.file for material in programme.materials if material.file]
    names = {f"{stem}.{language}.md": stem for stem in needed for language in programme.languages}
    for name, stem in names.items():
        if name not in texts:
            yield Problem(path, line_with(text, f'"{stem}"'), f"“{name}” is missing")
    for name, file in texts.items():
        if name not in names:
            yield Problem(file.path, 1, "nothing in programme.toml uses this file", "warning")


def _text_problems(
    programme: Programme, texts: Mapping[str, SourceFile], shelf: Shelf
) -> Iterator[Problem]:
    led = {session.id for session in programme.sessions if session.kind in TAUGHT}
    for name, file in texts.items():
        stem, _, language = name.removesuffix(".md").rpartition(".")
        tokens = markdown.parse(file.text)
        yield from letter_problems(file)
        yield from heading_problems(file, markdown.sections(tokens))
        yield from word_problems(file, language, shelf.rules)
        kind = "guide" if stem in led else "handout"
        yield from text_problems(file, language, shelf.rules.texts.get(kind, TextRules()))
        for token in tokens:
            for fact in markdown.reference_names([token]):
                if fact not in shelf.facts:
                    message = f"there is no fact “{fact}” in facts.toml"
                    yield Problem(file.path, markdown.line_of(token), message)


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
