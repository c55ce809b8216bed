"""Reads quiz files: the Markdown of each language in, one list of questions and problems out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms import i18n, markdown
from lms.courses.activities import ActivitySource, Problem, SourceFile
from lms.markdown import MarkdownProblem, Section
from lms.quizzes.questions import (
    Palette,
    Question,
    QuestionSource,
    QuestionType,
    Sense,
    text_of,
)
from lms.quizzes.reading import read_question
from lms.quizzes.rules import QuizSettings, pool_problems

NOTHING = Palette()
OPTION_MARKS = {" ", "x"}


@dataclass(frozen=True)
class Quiz:
    """A quiz as read from its files: titles and introductions by language, questions in order."""

    titles: Mapping[str, str]
    intros: Mapping[str, str]
    questions: Sequence[Question]


@dataclass(frozen=True)
class ReadQuestion:
    """A question of one file, with the kind it is and what that kind made of it."""

    source: QuestionSource
    type: str
    sense: Sense


@dataclass
class QuizFile:
    """One language of a quiz. `ids` also names the questions that could not be read."""

    file: SourceFile
    title: str = ""
    intro: str = ""
    ids: list[str] = field(default_factory=list)
    questions: dict[str, ReadQuestion] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, message: str, severity: str = "error") -> None:
        """Note something to mend in this file."""
        self.problems.append(Problem(self.file.path, line, message, severity))


def read_quiz(source: ActivitySource, types: Sequence[QuestionType]) -> Quiz | None:
    """Return the quiz, its problems noted on the source; None if something must be mended first."""
    files = {}
    for language, file in source.files.items():
        with i18n.speaking(language):
            palette = Palette(source.references(language), source.pictures)
            files[language] = read_file(file, types, palette)
    for read in files.values():
        source.problems.extend(read.problems)
    source.problems.extend(_differences(files))
    source.problems.extend(_pool_problems(files, source.settings))
    if not files or any(problem.severity == "error" for problem in source.problems):
        return None
    return Quiz(
        titles={language: file.title for language, file in files.items()},
        intros={language: file.intro for language, file in files.items()},
        questions=_completed(types, _merge(files, _settings_by_kind(types, source.settings))),
    )


def read_file(
    file: SourceFile,
    types: Sequence[QuestionType],
    palette: Palette = NOTHING,
) -> QuizFile:
    """Return one language of a quiz. Never raises for what an author wrote; look at `.problems`."""
    found = QuizFile(file)
    tokens = markdown.parse(file.text)
    sections = markdown.sections(tokens)
    _read_title(found, sections)
    headings = [i for i, token in enumerate(tokens) if token.type == "heading_open"]
    after_title = headings[0] + 3 if found.title else 0
    first_question = next((i for i in headings if tokens[i].tag == "h2"), len(tokens))
    found.intro = palette.html([tokens[after_title:first_question]])
    for section in sections:
        if section.level == 2:
            _read_section(found, section, types, palette)
    if not any(section.level == 2 for section in sections):
        found.problem(1, "no questions; begin each with “## …”")
    return found


def sense_of(question: QuestionSource, types: Sequence[QuestionType]) -> tuple[QuestionType, Sense]:
    """Return the kind of a question and what it makes of it. Raises `MarkdownProblem` if none fits."""
    for kind in types:
        if (sense := kind.read(question)) is not None:
            return kind, sense
    raise _nothing_fits(question)


def _read_title(found: QuizFile, sections: list[Section]) -> None:
    titles = [section for section in sections if section.level == 1]
    if not titles or sections[0] is not titles[0]:
        found.problem(1, "the file must begin with its title: “# …”")
        return
    found.title = titles[0].title
    if not found.title:
        found.problem(titles[0].line, "the title is empty")
    for further in titles[1:]:
        found.problem(further.line, "a second “#” heading; a question begins with “##”")


def _read_section(
    found: QuizFile,
    section: Section,
    types: Sequence[QuestionType],
    palette: Palette,
) -> None:
    if section.id is not None:
        if section.id in found.ids:
            found.problem(section.line, f"a second question with the id “{section.id}”")
            return
        found.ids.append(section.id)
    try:
        source = read_question(section, palette)
        kind, sense = sense_of(source, types)
    except MarkdownProblem as problem:
        found.problem(problem.line, problem.message)
        return
    if not source.title:
        found.problem(section.line, "the question is empty")
    found.questions[source.id] = ReadQuestion(source, kind.name, sense)
    found.problems += _unexplained(found.file, source)


def _nothing_fits(question: QuestionSource) -> MarkdownProblem:
    marks = [item.mark for item in question.items]
    if not any(marks):
        return MarkdownProblem(
            question.line,
            "no list of options; write - [x], - [=], - left -> right or 1. below it, or [[gaps]]",
        )
    if None in marks:
        line = question.items[marks.index(None)].line
        return MarkdownProblem(line, "an option without [ ], [x] or [=]")
    options = [mark in OPTION_MARKS for mark in marks]
    other = question.items[options.index(not options[0])]
    return MarkdownProblem(other.line, "[=] and [x] in one list; a question is of one kind")


def _unexplained(file: SourceFile, question: QuestionSource) -> Iterator[Problem]:
    if not question.explanation:
        message = f"“{question.id}” has no explanation (> [!NOTE])"
        yield Problem(file.path, question.line, message, "warning")
    for item in question.items:
        if item.mark in OPTION_MARKS and not item.feedback:
            message = f"the option “{item.text}” has no feedback (>)"
            yield Problem(file.path, item.line, message, "warning")


def _differences(files: Mapping[str, QuizFile]) -> Iterator[Problem]:
    if not files:
        return
    first = next(iter(files.values()))
    for other in list(files.values())[1:]:
        yield from _only_in(first, other)
        yield from _only_in(other, first)
        for question_id, question in other.questions.items():
            if question_id in first.questions:
                yield from _different(question, other, first.questions[question_id], first)


def _only_in(one: QuizFile, other: QuizFile) -> Iterator[Problem]:
    for section in markdown.sections(markdown.parse(one.file.text)):
        if section.level == 2 and section.id and section.id not in other.ids:
            message = f"“{section.id}” is missing in {other.file.path}"
            yield Problem(one.file.path, section.line, message)


def _different(
    here: ReadQuestion, file: QuizFile, there: ReadQuestion, other: QuizFile
) -> Iterator[Problem]:
    where = f"{other.file.path}:{there.source.line}"
    if here.type != there.type:
        message = f"“{here.source.id}” is {here.type} here, but {there.type} in {where}"
        yield Problem(file.file.path, here.source.line, message)
        return
    for name, value in here.sense.key.items():
        if value != there.sense.key.get(name):
            said, said_there = _said(value), _said(there.sense.key.get(name))
            message = f"“{here.source.id}”: {name} is {said} here, but {said_there} in {where}"
            yield Problem(file.file.path, here.source.line, message)


def _said(value: object) -> str:
    return ", ".join(map(_said, value)) or "–" if isinstance(value, list) else str(value)


def _pool_problems(files: Mapping[str, QuizFile], settings: QuizSettings) -> Iterator[Problem]:
    for file in list(files.values())[:1]:
        for severity, message in pool_problems(settings, file.ids):
            yield Problem(file.file.path, 1, message, severity)


def _settings_by_kind(
    types: Sequence[QuestionType], settings: QuizSettings
) -> dict[str, dict[str, Any]]:
    return {
        kind.name: {name: value for name in kind.settings if (value := getattr(settings, name))}
        for kind in types
    }


def _merge(
    files: Mapping[str, QuizFile], settings: Mapping[str, Mapping[str, Any]]
) -> list[Question]:
    first = next(iter(files.values()))
    return [
        Question(
            id=question_id,
            type=question.type,
            # An attempt that was begun keeps its questions, and with them how they are marked.
            key={**question.sense.key, **settings[question.type]},
            texts={
                language: text_of(
                    file.questions[question_id].source, file.questions[question_id].sense
                )
                for language, file in files.items()
            },
        )
        for question_id, question in first.questions.items()
    ]


def _completed(types: Sequence[QuestionType], questions: Sequence[Question]) -> list[Question]:
    complete = {kind.name: kind.complete for kind in types}
    return [complete[question.type](question) for question in questions]
