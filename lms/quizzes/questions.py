"""What a question is: as its author wrote it, as it is kept, and what a kind of question knows.

Everything here is pure: Markdown tokens in, plain values out.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

import msgspec
from markdown_it.token import Token

from lms import i18n, markdown
from lms.markdown import Picture
from lms.quizzes.tables import Cell

#: An answer as it is stored: `{"options": ["b"]}` or `{"text": "…"}`; None when it was left empty.
Answer = Mapping[str, Any]
#: The fields of a form, each with the values that were sent.
Form = Mapping[str, Sequence[str]]


GAP_HTML = '<span class="gap">(%d)</span>'


@dataclass(frozen=True)
class Palette:
    """What texts are drawn with: the HTML of facts by name, and pictures by path."""

    references: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    def html(self, blocks: Sequence[Sequence[Token]]) -> str:
        """Return blocks as washed HTML."""
        tokens = [token for block in blocks for token in block]
        return markdown.to_html(tokens, self.references, self.pictures).strip()

    def line(self, inline: Token) -> str:
        """Return one inline token as washed HTML without a paragraph."""
        return markdown.inline_html(inline, self.references, self.pictures).strip()


@dataclass(frozen=True)
class Item:
    """One entry of a question's list: its mark (`" "`, `"x"`, `"="`, `"!"` or None), text, feedback.

    In an entry without mark that is written `left -> right`, `left` is HTML and `right` plain text.
    """

    mark: str | None
    html: str
    text: str
    feedback: str
    line: int
    left: str = ""
    right: str | None = None


@dataclass(frozen=True)
class Gap:
    """What stands between `[[` and `]]`."""

    text: str
    line: int


@dataclass(frozen=True)
class QuestionSource:
    """A question as its author wrote it, in one language; texts are washed HTML.

    In `body` the gaps are `GAP_HTML` with their number, from 1. `is_numbered` is said of the list.
    `table` has the rows of a table to fill in, its headings first; it is not in `body`.
    """

    id: str
    line: int
    title: str
    body: str
    items: Sequence[Item]
    hint: str
    explanation: str
    is_numbered: bool = False
    gaps: Sequence[Gap] = ()
    table: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True)
class Sense:
    """What a question type makes of a question: `key` is the same in all languages, `words` is not."""

    key: dict[str, Any]
    words: dict[str, Any]


class QuestionText(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question in one language."""

    title: str
    words: dict[str, Any]
    body: str = ""
    hint: str = ""
    explanation: str = ""


class Question(msgspec.Struct, frozen=True):
    """A question as it is kept: its key once, its texts by language."""

    id: str
    type: str
    key: dict[str, Any]
    texts: dict[str, QuestionText]

    @property
    def text(self) -> QuestionText:
        """The text in the page's language, else in Kazakh."""
        return self.texts[self.language]

    @property
    def language(self) -> str:
        """The language of `text`."""
        return i18n.language_of(self.texts)

    @property
    def foreign(self) -> str:
        """The language of `text` where it is not the page's, for a `lang` attribute; else empty."""
        return "" if self.language == i18n.current_language() else self.language


class AnswerProblem(Exception):
    """An answer that cannot be taken as it is; `message` says what to do, in the page's language."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class QuestionType:
    """A contribution: a kind of question.

    `read(source)`: pure; returns a `Sense` if the question is of this kind, raising `MarkdownProblem`
    if it is but is wrong, else None.
    `complete(question)`: what to keep of a question now that all its languages are read.
    `template`: the inputs, named by the question's id; gets `question`, `order` and `given`.
    `parse_answer(question, form)`: the answer in a form's fields, None if left empty; raises
    `AnswerProblem`. `fill(question, answer)` is its inverse: the fields, for `given`.
    `mark(question, answer)`: how right a given answer is, from 0 to 1.
    `describe_answer(question, answer)` and `describe_right(question)`: lines of HTML.
    `feedback(question, answer)`: HTML of what the author says to this answer.
    `shuffled(question)`: the ids whose order may differ from learner to learner.
    `settings`: names of the quiz's settings that marking goes by; those set are kept in the key.
    """

    name: str
    read: Callable[[QuestionSource], Sense | None]
    template: str
    parse_answer: Callable[[Question, Mapping[str, Sequence[str]]], Answer | None]
    fill: Callable[[Question, Answer], Mapping[str, Sequence[str]]]
    mark: Callable[[Question, Answer], float]
    describe_answer: Callable[[Question, Answer], list[str]]
    describe_right: Callable[[Question], list[str]]
    feedback: Callable[[Question, Answer], list[str]] = lambda question, answer: []
    shuffled: Callable[[Question], list[str]] = field(default=lambda question: [])
    settings: Sequence[str] = ()
    complete: Callable[[Question], Question] = lambda question: question


def text_of(source: QuestionSource, sense: Sense) -> QuestionText:
    """Return what is kept of a question in one language."""
    return QuestionText(
        title=source.title,
        words=sense.words,
        body=source.body,
        hint=source.hint,
        explanation=source.explanation,
    )


def first_value(form: Form, name: str) -> str:
    """Return what a field was sent with, without spaces around it; empty if it was not sent."""
    return next(iter(form.get(name, ())), "").strip()


def neutral_letters(texts: Sequence[str]) -> list[str]:
    """Return a letter for each text that says nothing about its place, nor by that what is right.

    The same texts get the same letters wherever they stand.
    """
    shown = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())
    return [ascii_lowercase[shown.index(text)] for text in texts]
