"""Questions whose answer is typed: a few words, or a number."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape

from flask_babel import lazy_gettext as _l

from lms import search
from lms.markdown import MarkdownProblem
from lms.quizzes import numbers
from lms.quizzes.questions import (
    Answer,
    AnswerProblem,
    Question,
    QuestionSource,
    QuestionText,
    QuestionType,
    Sense,
)

LONGEST_ANSWER = 200
QUOTES = re.compile("[«»“”„\"'‘’`]")


def read_numeric(source: QuestionSource) -> Sense | None:
    """Return the sense of a list of `- [=]` numbers, tolerances and ranges."""
    if not _is_written(source):
        return None
    _refuse_empty(source)
    ranges = [numbers.read_range(item.text) for item in source.items]
    _refuse_broken_numbers(source, ranges)
    if None in ranges:
        return None
    return Sense(
        key={"accepted": [[_plain(r.low), _plain(r.high)] for r in ranges if r is not None]},
        words=_words(source),
    )


def read_short(source: QuestionSource) -> Sense | None:
    """Return the sense of a list of `- [=]` words."""
    if not _is_written(source):
        return None
    _refuse_empty(source)
    return Sense(key={}, words=_words(source))


def parse_short(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    """Return the text typed."""
    text = " ".join("".join(list(form.get(question.id, ()))[:1]).split())
    if len(text) > LONGEST_ANSWER:
        raise AnswerProblem(_l("The answer is too long. Write a few words."))
    return {"text": text} if text else None


def parse_number(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    """Return the number typed, as it was typed."""
    answer = parse_short(question, form)
    if answer is not None and numbers.read_number(answer["text"]) is None:
        raise AnswerProblem(_l("Write a number, for example 12 or 3,5."))
    return answer


def fill(question: Question, answer: Answer) -> Mapping[str, Sequence[str]]:
    """Return the fields of an answer."""
    return {question.id: [answer["text"]]}


def mark_short(question: Question, answer: Answer) -> float:
    """Return 1 when any language accepts the text; case, spaces, quotes and keyboard do not matter."""
    return float(any(_fits(answer["text"], text) for text in question.texts.values()))


def mark_number(question: Question, answer: Answer) -> float:
    """Return 1 when the number lies in an accepted range, its ends included."""
    return float(any(_ranges_around(question, answer)))


def describe_answer(question: Question, answer: Answer) -> list[str]:
    """Return the answer as it was typed."""
    return [escape(answer["text"])]


def describe_right(question: Question) -> list[str]:
    """Return the first accepted answer: further lines are other spellings of it."""
    return [escape(text) for text in question.text.words["accepted"][:1]]


def describe_number(question: Question) -> list[str]:
    """Return the accepted numbers, a range written as 10–12."""
    return [escape(text.replace("..", "–")) for text in question.text.words["accepted"]]


def feedback_short(question: Question, answer: Answer) -> list[str]:
    """Return what the author says under the accepted answer that this is."""
    text = question.text
    fits = [_folded(answer["text"]) == _folded(accepted) for accepted in text.words["accepted"]]
    return _said(text, fits)


def feedback_number(question: Question, answer: Answer) -> list[str]:
    """Return what the author says under the accepted numbers that this is one of."""
    return _said(question.text, _ranges_around(question, answer))


def _is_written(source: QuestionSource) -> bool:
    return bool(source.items) and all(item.mark == "=" for item in source.items)


def _refuse_empty(source: QuestionSource) -> None:
    for item in source.items:
        if not item.text:
            raise MarkdownProblem(item.line, "an accepted answer without text")
        if len(item.text) > LONGEST_ANSWER:
            raise MarkdownProblem(item.line, f"longer than {LONGEST_ANSWER} letters")


def _refuse_broken_numbers(source: QuestionSource, ranges: Sequence[numbers.Range | None]) -> None:
    for item, accepted in zip(source.items, ranges, strict=True):
        if accepted is None and numbers.was_meant_as_number(item.text):
            raise MarkdownProblem(
                item.line,
                f"“{item.text}” is not a number; write 1995, 3,14 ± 0,01 or 10..12",
            )
    has_range = any(r is not None and r.low != r.high for r in ranges)
    if has_range and None in ranges:
        raise MarkdownProblem(source.line, "words and ranges of numbers in one list")


def _words(source: QuestionSource) -> dict[str, list[str]]:
    words = {"accepted": [item.text for item in source.items]}
    said = [item.feedback for item in source.items]
    return {**words, "feedback": said} if any(said) else words


def _fits(answer: str, text: QuestionText) -> bool:
    return _folded(answer) in {_folded(accepted) for accepted in text.words["accepted"]}


def _ranges_around(question: Question, answer: Answer) -> list[bool]:
    number = numbers.read_number(answer["text"])
    ranges = [numbers.Range(Decimal(low), Decimal(high)) for low, high in question.key["accepted"]]
    return [number is not None and number in accepted for accepted in ranges]


def _said(text: QuestionText, fits: Sequence[bool]) -> list[str]:
    said = text.words.get("feedback", [])
    return [line for line, fitting in zip(said, fits, strict=False) if fitting and line]


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _folded(text: str) -> str:
    folded = " ".join(QUOTES.sub("", search.fold(text)).split()).strip(" .,;:!?")
    return folded or text.strip()


SHORT = QuestionType(
    name="short",
    read=read_short,
    template="quizzes/_short.html",
    parse_answer=parse_short,
    fill=fill,
    mark=mark_short,
    describe_answer=describe_answer,
    describe_right=describe_right,
    feedback=feedback_short,
)
NUMERIC = QuestionType(
    name="numeric",
    read=read_numeric,
    template="quizzes/_numeric.html",
    parse_answer=parse_number,
    fill=fill,
    mark=mark_number,
    describe_answer=describe_answer,
    describe_right=describe_number,
    feedback=feedback_number,
)

TYPES = (NUMERIC, SHORT)
