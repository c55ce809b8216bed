"""Texts with gaps to fill in: `[[right|also right]]` is typed, `[[right|~wrong]]` chosen from a list.

Gaps are known by their number in the text. Each counts its share.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from string import ascii_lowercase
from typing import Any

import msgspec
from flask_babel import lazy_gettext as _l

from lms.markdown import MarkdownProblem
from lms.quizzes import numbers
from lms.quizzes.questions import (
    GAP_HTML,
    Answer,
    AnswerProblem,
    Form,
    Gap,
    Question,
    QuestionSource,
    QuestionType,
    Sense,
    first_value,
    neutral_letters,
)
from lms.quizzes.written import LONGEST_ANSWER, folded

GAP_DRAWN = re.compile(re.escape(GAP_HTML).replace("%d", r"\d+"))
MOST_GAPS = 40
MOST_OPTIONS = len(ascii_lowercase)
WRONG = "~"
TYPED = "typed"


def read(source: QuestionSource) -> Sense | None:
    """Return the sense of a text with `[[…]]`.

    The key says of each gap whether it is typed or one of how many, and the places of what is right.
    """
    if not source.gaps:
        return None
    if len(source.gaps) > MOST_GAPS:
        raise MarkdownProblem(source.line, f"more than {MOST_GAPS} gaps")
    parts = [_parts(gap) for gap in source.gaps]
    return Sense(
        key={
            "gaps": [f"one of {len(p)}" if _is_chosen(p) else TYPED for p in parts],
            "right": [_right_places(p) if _is_chosen(p) else [] for p in parts],
        },
        words={
            "pieces": GAP_DRAWN.split(source.body),
            "gaps": [[part.removeprefix(WRONG).strip() for part in p] for p in parts],
        },
    )


def complete(question: Question) -> Question:
    """Return the question with the options of its gaps under neutral letters."""
    first = question.texts[min(question.texts)].words["gaps"]
    letters = [
        [] if kind == TYPED else neutral_letters(texts)
        for kind, texts in zip(question.key["gaps"], first, strict=True)
    ]
    right = [
        [of_gap[place - 1] for place in places]
        for of_gap, places in zip(letters, question.key["right"], strict=True)
    ]
    texts = {
        language: msgspec.structs.replace(text, words=_lettered(text.words, letters))
        for language, text in question.texts.items()
    }
    return msgspec.structs.replace(question, key={**question.key, "right": right}, texts=texts)


def options_to_choose(question: Question) -> list[str]:
    """Return number and letter of every option: `2.a`."""
    return [
        f"{number}.{letter}"
        for number, gap in _numbered(question.text.words["gaps"])
        if isinstance(gap, Mapping)
        for letter in sorted(gap)
    ]


def parse_answer(question: Question, form: Form) -> Answer | None:
    """Return what is written or chosen in each gap that is not empty."""
    filled = {}
    for number, gap in _numbered(question.text.words["gaps"]):
        text = " ".join(first_value(form, f"{question.id}.{number}").split())
        if isinstance(gap, Mapping) and text and text not in gap:
            raise AnswerProblem(_l("Choose from the answers on this page."))
        if len(text) > LONGEST_ANSWER:
            raise AnswerProblem(_l("The answer is too long. Write a few words."))
        if text:
            filled[number] = text
    return {"gaps": filled} if filled else None


def fill(question: Question, answer: Answer) -> Form:
    """Return the fields of an answer."""
    return {f"{question.id}.{number}": [text] for number, text in answer["gaps"].items()}


def mark(question: Question, answer: Answer) -> float:
    """Return the share of gaps that are right."""
    right = [
        _is_right(question, number, answer["gaps"].get(number, ""))
        for number, _kind in _numbered(question.key["gaps"])
    ]
    return sum(right) / len(right)


def describe_answer(question: Question, answer: Answer) -> list[str]:
    """Return what stands in the gaps that are filled, each with its number."""
    return [
        _line(
            number,
            gap[answer["gaps"][number]] if isinstance(gap, Mapping) else answer["gaps"][number],
        )
        for number, gap in _numbered(question.text.words["gaps"])
        if number in answer["gaps"]
    ]


def describe_right(question: Question) -> list[str]:
    """Return what belongs into each gap: the first of what is accepted."""
    return [
        _line(number, gap[right[0]] if isinstance(gap, Mapping) else gap[0])
        for (number, gap), right in zip(
            _numbered(question.text.words["gaps"]), question.key["right"], strict=True
        )
    ]


def _parts(gap: Gap) -> list[str]:
    parts = [part.strip() for part in gap.text.split("|")]
    texts = [part.removeprefix(WRONG).strip() for part in parts]
    if not all(texts):
        raise MarkdownProblem(gap.line, f"an empty answer in the gap [[{gap.text}]]")
    if max(map(len, texts)) > LONGEST_ANSWER:
        raise MarkdownProblem(gap.line, f"longer than {LONGEST_ANSWER} letters")
    if _is_chosen(parts):
        _refuse_unusable_options(gap, parts, texts)
    return parts


def _is_chosen(parts: Sequence[str]) -> bool:
    return any(part.startswith(WRONG) for part in parts)


def _refuse_unusable_options(gap: Gap, parts: Sequence[str], texts: Sequence[str]) -> None:
    if not _right_places(parts):
        raise MarkdownProblem(gap.line, f"no right answer in the gap [[{gap.text}]]; one without ~")
    if len(set(texts)) < len(texts):
        raise MarkdownProblem(gap.line, f"an option stands twice in the gap [[{gap.text}]]")
    if len(texts) > MOST_OPTIONS:
        raise MarkdownProblem(gap.line, f"more than {MOST_OPTIONS} options in a gap")


def _right_places(parts: Sequence[str]) -> list[int]:
    return [place for place, part in enumerate(parts, 1) if not part.startswith(WRONG)]


def _lettered(words: Mapping[str, Any], letters: Sequence[Sequence[str]]) -> dict[str, Any]:
    gaps = [
        dict(zip(of_gap, texts, strict=True)) if of_gap else texts
        for of_gap, texts in zip(letters, words["gaps"], strict=True)
    ]
    return {**words, "gaps": gaps}


def _numbered(gaps: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(str(number), gap) for number, gap in enumerate(gaps, 1)]


def _is_right(question: Question, number: str, text: str) -> bool:
    place = int(number) - 1
    if question.key["gaps"][place] != TYPED:
        return text in question.key["right"][place]
    accepted = [word for t in question.texts.values() for word in t.words["gaps"][place]]
    return bool(text) and any(_is_same(text, word) for word in accepted)


def _is_same(text: str, word: str) -> bool:
    number = numbers.read_number(word)
    if number is not None and numbers.read_number(text) == number:
        return True
    return folded(text) == folded(word)


def _line(number: str, text: str) -> str:
    return f"({number}) {escape(text)}"


GAPS = QuestionType(
    name="gaps",
    read=read,
    complete=complete,
    template="quizzes/_gaps.html",
    parse_answer=parse_answer,
    fill=fill,
    mark=mark,
    describe_answer=describe_answer,
    describe_right=describe_right,
    shuffled=options_to_choose,
)

TYPES = (GAPS,)
