"""Questions whose parts are put in relation: pairs to match, steps to put in order.

Left sides are known by their place. What would tell by its place what is right – right sides,
steps – is known by neutral letters, and each row counts its share.
"""

from collections.abc import Iterator, Sequence
from html import escape
from string import ascii_lowercase
from typing import Any

import msgspec
from flask_babel import lazy_gettext as _l

from lms.markdown import MarkdownProblem
from lms.quizzes.questions import (
    Answer,
    AnswerProblem,
    Form,
    Item,
    Question,
    QuestionSource,
    QuestionType,
    Sense,
    first_value,
    neutral_letters,
)

MOST_ROWS = len(ascii_lowercase)


def read_matching(source: QuestionSource) -> Sense | None:
    """Return the sense of a list of `- left -> right`; `- -> right` is a right side too many."""
    if source.is_numbered or not _is_unmarked(source):
        return None
    _refuse_unusable_pairs(source)
    lefts = [item for item in source.items if item.left]
    rights = list(dict.fromkeys(str(item.right) for item in source.items))
    return Sense(
        key={
            "rights": len(rights),
            "pairs": [rights.index(str(item.right)) + 1 for item in lefts],
        },
        words={"lefts": [item.left for item in lefts], "rights": rights, **_feedback(lefts)},
    )


def read_ordering(source: QuestionSource) -> Sense | None:
    """Return the sense of a numbered list, written in the right order."""
    if not source.is_numbered or not _is_unmarked(source):
        return None
    _refuse_unusable_steps(source)
    return Sense(
        key={"order": list(range(1, len(source.items) + 1))},
        words={"steps": [item.html for item in source.items], **_feedback(source.items)},
    )


def complete_matching(question: Question) -> Question:
    """Return the question with its right sides under neutral letters."""
    letters = neutral_letters(_of_first_language(question, "rights"))
    pairs = [letters[place - 1] for place in question.key["pairs"]]
    return _with_letters(question, "rights", letters, {"pairs": pairs})


def complete_ordering(question: Question) -> Question:
    """Return the question with its steps under neutral letters."""
    letters = neutral_letters(_of_first_language(question, "steps"))
    return _with_letters(question, "steps", letters, {"order": letters})


def rights_to_choose(question: Question) -> list[str]:
    """Return the letters of the right sides."""
    return sorted(question.text.words["rights"])


def steps_to_order(question: Question) -> list[str]:
    """Return the letters of the steps."""
    return sorted(question.text.words["steps"])


def parse_matching(question: Question, form: Form) -> Answer | None:
    """Return the letter chosen for each left side that has one."""
    chosen = _chosen(question, form, _places(question.key["pairs"]))
    if set(chosen.values()) - set(rights_to_choose(question)):
        raise AnswerProblem(_l("Choose from the answers on this page."))
    return {"pairs": chosen} if chosen else None


def parse_ordering(question: Question, form: Form) -> Answer | None:
    """Return the place chosen for each step that has one. No place is taken twice."""
    chosen = _chosen(question, form, steps_to_order(question))
    if set(chosen.values()) - set(_places(question.key["order"])):
        raise AnswerProblem(_l("Choose from the answers on this page."))
    places = list(chosen.values())
    for place in sorted(set(places), key=int):
        if places.count(place) > 1:
            raise AnswerProblem(
                _l("The same place is chosen twice: %(place)s. Choose another one.", place=place)
            )
    return {"places": {step: int(place) for step, place in chosen.items()}} if chosen else None


def fill_matching(question: Question, answer: Answer) -> Form:
    """Return the fields of an answer."""
    return {f"{question.id}.{left}": [right] for left, right in answer["pairs"].items()}


def fill_ordering(question: Question, answer: Answer) -> Form:
    """Return the fields of an answer."""
    return {f"{question.id}.{step}": [str(place)] for step, place in answer["places"].items()}


def mark_matching(question: Question, answer: Answer) -> float:
    """Return the share of left sides that have their right side."""
    return _share(_right_pairs(question, answer))


def mark_ordering(question: Question, answer: Answer) -> float:
    """Return the share of steps that are at their place."""
    return _share(_right_steps(question, answer))


def describe_matching(question: Question, answer: Answer) -> list[str]:
    """Return the pairs chosen."""
    pairs = sorted(answer["pairs"].items(), key=lambda pair: int(pair[0]))
    return [_pair(question, left, right) for left, right in pairs]


def describe_right_matching(question: Question) -> list[str]:
    """Return the right pairs."""
    pairs = question.key["pairs"]
    return [_pair(question, *pair) for pair in zip(_places(pairs), pairs, strict=True)]


def describe_ordering(question: Question, answer: Answer) -> list[str]:
    """Return the steps in the order chosen, with their places."""
    steps = sorted(answer["places"].items(), key=lambda step: step[1])
    return [_step(question, letter, place) for letter, place in steps]


def describe_right_ordering(question: Question) -> list[str]:
    """Return the steps in the right order."""
    return [_step(question, letter, n) for n, letter in enumerate(question.key["order"], 1)]


def feedback_matching(question: Question, answer: Answer) -> list[str]:
    """Return what the author says under the pairs that are not right."""
    return _said_to_wrong(question, _right_pairs(question, answer))


def feedback_ordering(question: Question, answer: Answer) -> list[str]:
    """Return what the author says under the steps that are not at their place."""
    return _said_to_wrong(question, _right_steps(question, answer))


def _is_unmarked(source: QuestionSource) -> bool:
    return bool(source.items) and all(item.mark is None for item in source.items)


def _refuse_unusable_pairs(source: QuestionSource) -> None:
    lefts = [item for item in source.items if item.left]
    for item in source.items:
        if item.right is None:
            raise MarkdownProblem(item.line, "no -> in this line; write - left -> right")
        if not item.right:
            raise MarkdownProblem(item.line, "nothing stands to the right of ->")
    _refuse_twice(lefts, [item.left for item in lefts])
    for item in source.items:
        if not item.left and [other.right for other in source.items].count(item.right) > 1:
            raise MarkdownProblem(item.line, f"“{item.right}” stands here twice")
    _refuse_too_many(source)
    if len(lefts) < 2:
        raise MarkdownProblem(source.line, "fewer than two pairs; there is nothing to match")
    if len({item.right for item in source.items}) < 2:
        raise MarkdownProblem(source.line, "all right sides are the same")


def _refuse_unusable_steps(source: QuestionSource) -> None:
    for item in source.items:
        if not item.html:
            raise MarkdownProblem(item.line, "a step without text")
    if all(item.right is not None for item in source.items):
        raise MarkdownProblem(
            source.items[0].line, "pairs in a numbered list; write - left -> right, or no ->"
        )
    _refuse_twice(source.items, [item.html for item in source.items])
    _refuse_too_many(source)
    if len(source.items) < 2:
        raise MarkdownProblem(source.line, "only one step; there is nothing to put in order")


def _refuse_twice(items: Sequence[Item], texts: Sequence[str]) -> None:
    for place, item in enumerate(items):
        if texts[place] in texts[:place]:
            raise MarkdownProblem(item.line, f"“{item.text}” stands here twice")


def _refuse_too_many(source: QuestionSource) -> None:
    if len(source.items) > MOST_ROWS:
        raise MarkdownProblem(source.line, f"more than {MOST_ROWS} lines to match or to order")


def _feedback(items: Sequence[Item]) -> dict[str, list[str]]:
    said = [item.feedback for item in items]
    return {"feedback": said} if any(said) else {}


def _of_first_language(question: Question, name: str) -> list[str]:
    texts: list[str] = question.texts[min(question.texts)].words[name]
    return texts


def _with_letters(
    question: Question, name: str, letters: Sequence[str], key: dict[str, Any]
) -> Question:
    texts = {
        language: msgspec.structs.replace(
            text, words={**text.words, name: dict(zip(letters, text.words[name], strict=True))}
        )
        for language, text in question.texts.items()
    }
    return msgspec.structs.replace(question, key={**question.key, **key}, texts=texts)


def _places(rows: Sequence[Any]) -> list[str]:
    return [str(place) for place in range(1, len(rows) + 1)]


def _chosen(question: Question, form: Form, rows: Sequence[str]) -> dict[str, str]:
    values = {row: first_value(form, f"{question.id}.{row}") for row in rows}
    return {row: value for row, value in values.items() if value}


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)


def _right_pairs(question: Question, answer: Answer) -> list[bool]:
    pairs = question.key["pairs"]
    chosen = (answer["pairs"].get(left) for left in _places(pairs))
    return [letter == right for letter, right in zip(chosen, pairs, strict=True)]


def _right_steps(question: Question, answer: Answer) -> list[bool]:
    order = question.key["order"]
    return [answer["places"].get(letter) == place for place, letter in enumerate(order, 1)]


def _pair(question: Question, left: str, right: str) -> str:
    words = question.text.words
    return f"{words['lefts'][int(left) - 1]} → {escape(words['rights'][right])}"


def _step(question: Question, letter: str, place: int) -> str:
    return f"{place}. {question.text.words['steps'][letter]}"


def _said_to_wrong(question: Question, right: Sequence[bool]) -> list[str]:
    said: Iterator[tuple[bool, str]] = zip(
        right, question.text.words.get("feedback", ()), strict=False
    )
    return [line for is_right, line in said if line and not is_right]


MATCHING = QuestionType(
    name="matching",
    read=read_matching,
    complete=complete_matching,
    template="quizzes/_matching.html",
    parse_answer=parse_matching,
    fill=fill_matching,
    mark=mark_matching,
    describe_answer=describe_matching,
    describe_right=describe_right_matching,
    feedback=feedback_matching,
    shuffled=rights_to_choose,
)
ORDERING = QuestionType(
    name="ordering",
    read=read_ordering,
    complete=complete_ordering,
    template="quizzes/_ordering.html",
    parse_answer=parse_ordering,
    fill=fill_ordering,
    mark=mark_ordering,
    describe_answer=describe_ordering,
    describe_right=describe_right_ordering,
    feedback=feedback_ordering,
    shuffled=steps_to_order,
)

TYPES = (MATCHING, ORDERING)
