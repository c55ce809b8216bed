"""Questions whose answer is typed: a few words, or a number."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import search
from lms.markdown import MarkdownProblem
from lms.quizzes import numbers, spelling
from lms.quizzes.questions import (
    Answer,
    AnswerProblem,
    Item,
    Question,
    QuestionSource,
    QuestionText,
    QuestionType,
    Sense,
)

LONGEST_ANSWER = 200
QUOTES = re.compile("[«»“”„\"'‘’`]")
ACCEPTED, REFUSED = "=", "!"
#: In a shorter word another letter is soon another word.
SHORTEST_WITH_TYPOS = 5


def read_numeric(source: QuestionSource) -> Sense | None:
    """Return the sense of a list of `- [=]` numbers, tolerances and ranges."""
    if not _is_written(source):
        return None
    _refuse_empty(source)
    parts = [numbers.split_accepted(item.text) for item in _marked(source, ACCEPTED)]
    ranges = [numbers.read_range(amount) for amount, _unit in parts]
    _refuse_broken_numbers(source, ranges)
    if None in ranges:
        return None
    _refuse_wrong_numbers(source)
    units = [unit for _amount, unit in parts]
    return Sense(
        key={"accepted": [accepted.ends for accepted in ranges if accepted is not None]},
        words={**_words(source), "units": units} if any(units) else _words(source),
    )


def read_short(source: QuestionSource) -> Sense | None:
    """Return the sense of a list of `- [=]` words, and of `- [!]` words that are wrong."""
    if not _is_written(source):
        return None
    _refuse_empty(source)
    refused = _marked(source, REFUSED)
    words = {**_words(source), "refused": {item.text: item.feedback for item in refused}}
    return Sense(key={}, words=words if refused else _words(source))


def parse_short(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    """Return the text typed."""
    text = " ".join("".join(list(form.get(question.id, ()))[:1]).split())
    if len(text) > LONGEST_ANSWER:
        raise AnswerProblem(_l("The answer is too long. Write a few words."))
    return {"text": text} if text else None


def parse_number(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    """Return the number typed, as it was typed, with its unit where the author gave one."""
    answer = parse_short(question, form)
    if answer is not None and _number_and_unit(question, answer)[0] is None:
        raise AnswerProblem(_l("Write a number, for example 12 or 3,5."))
    return answer


def fill(question: Question, answer: Answer) -> Mapping[str, Sequence[str]]:
    """Return the fields of an answer."""
    return {question.id: [answer["text"]]}


def mark_short(question: Question, answer: Answer) -> float:
    """Return 1 when any language accepts the text; case, spaces, quotes and keyboard do not matter.

    With `typos`, so many slips in a word are overlooked.
    """
    return float(any(any(_accepted_as(question, text, answer)) for text in question.texts.values()))


def mark_number(question: Question, answer: Answer) -> float:
    """Return 1 when the number lies in an accepted range, its ends included, and no other unit follows."""
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
    """Return what the author says under the answer that this is, and how it is spelt."""
    fits = _accepted_as(question, question.text, answer)
    to_wrong = _refused([question.text]).get(folded(answer["text"]), "")
    said = [*_spelling(question, answer, fits), *_said(question.text, fits), to_wrong]
    return [line for line in said if line]


def feedback_number(question: Question, answer: Answer) -> list[str]:
    """Return what the author says under the accepted numbers that this is one of."""
    return _said(question.text, _ranges_around(question, answer))


def folded(text: str) -> str:
    """Return a text as it is compared: case, spaces, quotes, its last point and keyboard apart."""
    plain = " ".join(QUOTES.sub("", search.fold(text)).split()).strip(" .,;:!?")
    return plain or text.strip()


def _is_written(source: QuestionSource) -> bool:
    marks = {item.mark for item in source.items}
    return bool(marks) and marks <= {ACCEPTED, REFUSED}


def _refuse_empty(source: QuestionSource) -> None:
    for item in source.items:
        if not item.text:
            raise MarkdownProblem(item.line, "an accepted answer without text")
        if len(item.text) > LONGEST_ANSWER:
            raise MarkdownProblem(item.line, f"longer than {LONGEST_ANSWER} letters")
    accepted = {folded(item.text) for item in _marked(source, ACCEPTED)}
    if not accepted:
        raise MarkdownProblem(source.line, "no right answer; write one with [=]")
    for item in _marked(source, REFUSED):
        if folded(item.text) in accepted:
            raise MarkdownProblem(item.line, f"“{item.text}” is both right [=] and wrong [!]")


def _marked(source: QuestionSource, mark: str) -> list[Item]:
    return [item for item in source.items if item.mark == mark]


def _refuse_broken_numbers(source: QuestionSource, ranges: Sequence[numbers.Range | None]) -> None:
    for item, accepted in zip(_marked(source, ACCEPTED), ranges, strict=True):
        amount, _unit = numbers.split_accepted(item.text)
        if accepted is None and numbers.was_meant_as_number(amount):
            raise MarkdownProblem(
                item.line,
                f"“{item.text}” is not a number; write 1995, 3,14 ± 0,01 or 10..12",
            )
    has_range = any(r is not None and r.low != r.high for r in ranges)
    if has_range and None in ranges:
        raise MarkdownProblem(source.line, "words and ranges of numbers in one list")


def _refuse_wrong_numbers(source: QuestionSource) -> None:
    for item in _marked(source, REFUSED):
        raise MarkdownProblem(item.line, "[!] among numbers; it is for words that look alike")


def _words(source: QuestionSource) -> dict[str, Any]:
    accepted = _marked(source, ACCEPTED)
    words = {"accepted": [item.text for item in accepted]}
    said = [item.feedback for item in accepted]
    return {**words, "feedback": said} if any(said) else words


def _accepted_as(question: Question, text: QuestionText, answer: Answer) -> list[bool]:
    typed = folded(answer["text"])
    accepted = [folded(word) for word in text.words["accepted"]]
    exact = [typed == word for word in accepted]
    typos = question.key.get("typos", 0)
    if any(exact) or not typos or typed in _refused(question.texts.values()):
        return exact
    return [_may_be_misspelt(w) and spelling.distance(typed, w) <= typos for w in accepted]


def _refused(texts: Iterable[QuestionText]) -> dict[str, str]:
    refused = (text.words.get("refused", {}) for text in texts)
    return {folded(word): said for of_language in refused for word, said in of_language.items()}


def _may_be_misspelt(word: str) -> bool:
    # Another digit is never a slip: it is another number.
    is_long = sum(letter.isalpha() for letter in word) >= SHORTEST_WITH_TYPOS
    return is_long and not any(letter.isdigit() for letter in word)


def _ranges_around(question: Question, answer: Answer) -> list[bool]:
    number, unit = _number_and_unit(question, answer)
    ranges = map(numbers.Range.between, question.key["accepted"])
    return [
        number is not None and number in accepted and (not unit or unit in _units(question, place))
        for place, accepted in enumerate(ranges)
    ]


def _number_and_unit(question: Question, answer: Answer) -> tuple[Decimal | None, str]:
    if not any("units" in text.words for text in question.texts.values()):
        return numbers.read_number(answer["text"]), ""
    amount, unit = numbers.split_unit(answer["text"])
    return numbers.read_number(amount), numbers.unit_key(unit)


def _units(question: Question, place: int) -> set[str]:
    units = (text.words.get("units", ()) for text in question.texts.values())
    return {numbers.unit_key(of_language[place]) for of_language in units if of_language}


def _spelling(question: Question, answer: Answer, fits: Sequence[bool]) -> list[str]:
    typed = folded(answer["text"])
    every_word = (word for text in question.texts.values() for word in text.words["accepted"])
    if True not in fits or typed in map(folded, every_word):
        return []
    word = question.text.words["accepted"][fits.index(True)]
    return [escape(_("Counted as right. It is spelt: %(word)s", word=word))]


def _said(text: QuestionText, fits: Sequence[bool]) -> list[str]:
    said = text.words.get("feedback", [])
    return [line for line, fitting in zip(said, fits, strict=False) if fitting and line]


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
    settings=("typos",),
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
