"""Questions whose answer is chosen: one option, yes or no, or the right several.

Options are known by a letter, their place in the file: the same in every language.
"""

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.markdown import MarkdownProblem
from lms.quizzes.questions import (
    Answer,
    AnswerProblem,
    Item,
    Question,
    QuestionSource,
    QuestionType,
    Sense,
)

MOST_OPTIONS = len(ascii_lowercase)
#: What a statement is answered with; the two may stand in either order.
YES_OR_NO = (
    {"иә", "жоқ"},
    {"дұрыс", "бұрыс"},
    {"дұрыс", "дұрыс емес"},
    {"да", "нет"},
    {"верно", "неверно"},
    {"правда", "ложь"},
    {"yes", "no"},
    {"true", "false"},
)


def read_truefalse(source: QuestionSource) -> Sense | None:
    """Return the sense of a task list that only offers yes and no, one of them with `[x]`."""
    said = {item.text.strip(" .!").lower() for item in source.items}
    return read_single(source) if len(source.items) == 2 and said in YES_OR_NO else None


def read_single(source: QuestionSource) -> Sense | None:
    """Return the sense of a task list with one `[x]`."""
    return _read(source) if len(_right(source)) == 1 else None


def read_multiple(source: QuestionSource) -> Sense | None:
    """Return the sense of a task list with several `[x]`. A list without any is refused here."""
    return _read(source) if len(_right(source)) != 1 else None


def parse_single(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    """Return the option chosen."""
    chosen = _chosen(question, form)
    if len(chosen) > 1:
        raise AnswerProblem(_l("Choose one answer."))
    return {"options": chosen} if chosen else None


def parse_multiple(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    """Return the options ticked."""
    chosen = _chosen(question, form)
    return {"options": chosen} if chosen else None


def fill(question: Question, answer: Answer) -> Mapping[str, Sequence[str]]:
    """Return the fields of an answer."""
    return {question.id: answer["options"]}


def mark(question: Question, answer: Answer) -> float:
    """Return 1 when exactly the right options are chosen, else 0."""
    return float(set(answer["options"]) == set(question.key["right"]))


def mark_multiple(question: Question, answer: Answer) -> float:
    """Return 1 or 0 as for one choice; with `partial`, the share of right ticks less the wrong ones."""
    if not question.key.get("partial"):
        return mark(question, answer)
    chosen, right = set(answer["options"]), set(question.key["right"])
    return max(0, len(chosen & right) - len(chosen - right)) / len(right)


def describe_answer(question: Question, answer: Answer) -> list[str]:
    """Return the chosen options."""
    return [option["html"] for option in _options(question, answer["options"])]


def describe_right(question: Question) -> list[str]:
    """Return the right options."""
    return [option["html"] for option in _options(question, question.key["right"])]


def feedback(question: Question, answer: Answer) -> list[str]:
    """Return what the author says to the chosen options."""
    chosen = _options(question, answer["options"])
    return [option["feedback"] for option in chosen if option.get("feedback")]


def ids(question: Question) -> list[str]:
    """Return the letters of the options, in the order written."""
    return list(ascii_lowercase[: question.key["options"]])


def _read(source: QuestionSource) -> Sense | None:
    marks = {item.mark for item in source.items}
    if not marks or not marks <= {"x", " "}:
        return None
    _refuse_unusable(source)
    return Sense(
        key={"options": len(source.items), "right": _right(source)},
        words={"options": dict(zip(ascii_lowercase, map(_words, source.items), strict=False))},
    )


def _right(source: QuestionSource) -> list[str]:
    letters = zip(ascii_lowercase, source.items, strict=False)
    return [letter for letter, item in letters if item.mark == "x"]


def _refuse_unusable(source: QuestionSource) -> None:
    seen: set[str] = set()
    if len(source.items) > MOST_OPTIONS:
        raise MarkdownProblem(source.line, f"more than {MOST_OPTIONS} options")
    for item in source.items:
        if not item.html:
            raise MarkdownProblem(item.line, "an option without text")
        if item.html in seen:
            raise MarkdownProblem(item.line, f"the option “{item.text}” stands here twice")
        seen.add(item.html)
    if len(source.items) == 1:
        raise MarkdownProblem(source.line, "only one option; there is nothing to choose from")
    if not _right(source):
        raise MarkdownProblem(source.line, "no right answer; mark one option with [x]")
    if len(_right(source)) == len(source.items):
        raise MarkdownProblem(source.line, "every option is right; add a wrong one")


def _words(item: Item) -> dict[str, str]:
    words = {"html": item.html}
    return {**words, "feedback": item.feedback} if item.feedback else words


def _chosen(question: Question, form: Mapping[str, Sequence[str]]) -> list[str]:
    given = {value for value in form.get(question.id, ()) if value}
    if given - set(ids(question)):
        raise AnswerProblem(_l("Choose from the answers on this page."))
    return sorted(given)


def _options(question: Question, letters: Sequence[str]) -> list[dict[str, Any]]:
    options = question.text.words["options"]
    return [options[letter] for letter in letters]


TRUEFALSE = QuestionType(
    name="truefalse",
    read=read_truefalse,
    template="quizzes/_truefalse.html",
    parse_answer=parse_single,
    fill=fill,
    mark=mark,
    describe_answer=describe_answer,
    describe_right=describe_right,
    feedback=feedback,
)
SINGLE = QuestionType(
    name="single",
    read=read_single,
    template="quizzes/_single.html",
    parse_answer=parse_single,
    fill=fill,
    mark=mark,
    describe_answer=describe_answer,
    describe_right=describe_right,
    feedback=feedback,
    shuffled=ids,
)
MULTIPLE = QuestionType(
    name="multiple",
    read=read_multiple,
    template="quizzes/_multiple.html",
    parse_answer=parse_multiple,
    fill=fill,
    mark=mark_multiple,
    describe_answer=describe_answer,
    describe_right=describe_right,
    feedback=feedback,
    shuffled=ids,
    settings=("partial",),
)

TYPES = (TRUEFALSE, SINGLE, MULTIPLE)
