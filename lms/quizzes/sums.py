"""A table of numbers in which learners fill in the cells left open; each counts by itself."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.markdown import MarkdownProblem
from lms.quizzes import numbers
from lms.quizzes.questions import (
    Answer,
    AnswerProblem,
    Question,
    QuestionSource,
    QuestionType,
    Sense,
)
from lms.quizzes.tables import Cell

MOST_BLANKS = 40


def read(source: QuestionSource) -> Sense | None:
    """Return the sense of a table with `[[=…]]` cells."""
    if not source.table:
        return None
    if source.items or source.gaps:
        message = (
            "a table to fill in, and a list or [[gaps]] in the text; a question is of one kind"
        )
        raise MarkdownProblem(source.line, message)
    return Sense(
        key={"blanks": [accepted.ends for accepted in _ranges(source)]},
        words=_words(source.table),
    )


def parse_answer(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    """Return what is written in each cell, as it was typed; an empty cell as an empty text."""
    typed = [_typed(form.get(name, ())) for name in _fields(question)]
    for label, text in zip(question.text.words["labels"], typed, strict=True):
        if text and numbers.read_number(text) is None:
            raise AnswerProblem(_l("%(cell)s: write a number, for example 12 or 3,5.", cell=label))
    return {"blanks": typed} if any(typed) else None


def fill(question: Question, answer: Answer) -> Mapping[str, Sequence[str]]:
    """Return the fields of an answer."""
    typed = zip(_fields(question), answer["blanks"], strict=True)
    return {name: [text] for name, text in typed if text}


def mark(question: Question, answer: Answer) -> float:
    """Return the share of cells that are right."""
    right = _right(question, answer)
    return sum(right) / len(right)


def describe_answer(question: Question, answer: Answer) -> list[str]:
    """Return the cells that are filled in, each with its headings."""
    cells = zip(question.text.words["labels"], answer["blanks"], strict=True)
    return [escape(f"{label}: {text}") for label, text in cells if text]


def describe_right(question: Question) -> list[str]:
    """Return what belongs into each cell."""
    words = question.text.words
    cells = zip(words["labels"], words["right"], strict=True)
    return [escape(f"{label}: {right.replace('..', '–')}") for label, right in cells]


def feedback(question: Question, answer: Answer) -> list[str]:
    """Return which cells are right and which are not."""
    cells = zip(question.text.words["labels"], _right(question, answer), strict=True)
    lines = [
        f"<li>{escape(label)}: {'✓ ' + _('right') if right else '✗ ' + _('wrong')}</li>"
        for label, right in cells
    ]
    return [f"<ul>{''.join(lines)}</ul>"]


def _ranges(source: QuestionSource) -> Iterator[numbers.Range]:
    head, *rows = source.table
    if any(cell.right is not None for cell in head):
        raise MarkdownProblem(head[0].line, "a heading cannot be filled in; move [[=…]] below it")
    blanks = [cell for row in rows for cell in row if cell.right is not None]
    if len(blanks) > MOST_BLANKS:
        raise MarkdownProblem(blanks[0].line, f"more than {MOST_BLANKS} cells to fill in")
    for cell in blanks:
        accepted = numbers.read_range(cell.right or "")
        if accepted is None:
            raise MarkdownProblem(
                cell.line, f"“{cell.right}” is not a number; write [[=46343]] or [[=20,5 ± 0,1]]"
            )
        yield accepted


def _words(table: Sequence[Sequence[Cell]]) -> dict[str, Any]:
    head, *rows = table
    words: dict[str, Any] = {"head": [cell.html for cell in head], "rows": []}
    words |= {"labels": [], "right": []}
    for row in rows:
        drawn: list[dict[str, Any]] = []
        for column, cell in zip(head, row, strict=True):
            if cell.right is None:
                drawn.append({"html": cell.html})
                continue
            words["right"].append(cell.right)
            words["labels"].append(_label(row[0], column, len(words["right"])))
            drawn.append({"blank": len(words["right"])})
        words["rows"].append(drawn)
    return words


def _label(row: Cell, column: Cell, number: int) -> str:
    headings = [cell.text for cell in (row, column) if cell.right is None and cell.text]
    return " – ".join(headings) or str(number)


def _fields(question: Question) -> list[str]:
    return [f"{question.id}.{place}" for place, _range in enumerate(question.key["blanks"], 1)]


def _typed(values: Sequence[str]) -> str:
    return " ".join("".join(values[:1]).split())


def _right(question: Question, answer: Answer) -> list[bool]:
    typed = map(numbers.read_number, answer["blanks"])
    ranges = map(numbers.Range.between, question.key["blanks"])
    return [
        number is not None and number in accepted
        for number, accepted in zip(typed, ranges, strict=True)
    ]


SUMS = QuestionType(
    name="sums",
    read=read,
    template="quizzes/_sums.html",
    parse_answer=parse_answer,
    fill=fill,
    mark=mark,
    describe_answer=describe_answer,
    describe_right=describe_right,
    feedback=feedback,
)

TYPES = (SUMS,)
