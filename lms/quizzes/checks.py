"""Self-checks: questions inside lessons that are answered at once and stored nowhere."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import current_app, render_template

from lms import markdown
from lms.i18n import current_language
from lms.markdown import LessonBlock, MarkdownProblem, Section
from lms.quizzes.content import NOTHING, sense_of
from lms.quizzes.kinds import kind_of, question_types
from lms.quizzes.questions import AnswerProblem, Question, text_of
from lms.quizzes.reading import has_marked_list, read_question

LEVEL = 3
MOST_ANSWERS_KEPT = 40


def claim(section: Section, language: str) -> dict[str, Any] | None:
    """Return the question under a `###` heading with a task list; None for any other section."""
    if section.level != LEVEL or not has_marked_list(section):
        return None
    _refuse_pictures_and_facts(section)
    source = read_question(section, NOTHING)
    kind, sense = sense_of(source, question_types())
    text = text_of(source, sense)
    question = kind.complete(Question(source.id, kind.name, sense.key, {language: text}))
    data: dict[str, Any] = msgspec.to_builtins(question)
    return data


def render(data: dict[str, Any], answers: Mapping[str, list[str]]) -> str:
    """Return the question as a form and, once it is answered, whether that was right and why."""
    if answers:
        return _draw(data, answers)
    # Before anything is answered it is the same for every reader, so it is drawn once a language.
    drawn: dict[Any, str] = current_app.extensions.setdefault("quizzes.checks", {})
    key = (current_language(), msgspec.json.encode(data))
    if key not in drawn:
        drawn[key] = _draw(data, answers)
    return drawn[key]


def _draw(data: dict[str, Any], answers: Mapping[str, list[str]]) -> str:
    question = msgspec.convert(data, Question)
    kind = kind_of(question.type)
    given = answers.get(question.id, [])
    answer, problem = None, None
    try:
        answer = kind.parse_answer(question, answers)
    except AnswerProblem as error:
        problem = error.message
    is_right = answer is not None and kind.mark(question, answer) == 1
    return render_template(
        "quizzes/_check.html",
        question=question,
        kind=kind,
        order=kind.shuffled(question),
        given={question.id: given},
        problem=problem,
        answered=answer is not None,
        is_right=is_right,
        feedback=kind.feedback(question, answer) if answer else [],
        others=_others(question.id, answers),
    )


def _others(question_id: str, answers: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    # A form sends only its own fields: what was answered elsewhere on the page travels along.
    fields = [(n, value) for n, values in answers.items() for value in values if n != question_id]
    return fields[:MOST_ANSWERS_KEPT]


def _refuse_pictures_and_facts(section: Section) -> None:
    for token in (*section.heading, *section.body):
        kinds = {child.type for child in token.children or []}
        if kinds & {"image", "reference"}:
            message = "a self-check holds no pictures and no {{facts}}; put them above its heading"
            raise MarkdownProblem(markdown.line_of(token), message)


CHECK = LessonBlock("check", claim, render)
