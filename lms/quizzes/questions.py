"""What a question is: as its author wrote it, as it is kept, and what a kind of question knows.

Everything here is pure: Markdown tokens in, plain values out.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from markdown_it.token import Token

from lms import i18n, markdown
from lms.markdown import MarkdownProblem, Picture, Section

MARK = re.compile(r"^\[([ xX=])\](?:\s+|$)")
BOX_START = re.compile(r"^\[!(?:NOTE|TIP|IMPORTANT|WARNING)\]")
LISTS = {"bullet_list_open", "ordered_list_open"}

#: An answer as it is stored: `{"options": ["b"]}` or `{"text": "…"}`; None when it was left empty.
Answer = Mapping[str, Any]


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
    """One entry of a question's list: its mark (`" "`, `"x"`, `"="` or None), text and feedback."""

    mark: str | None
    html: str
    text: str
    feedback: str
    line: int


@dataclass(frozen=True)
class QuestionSource:
    """A question as its author wrote it, in one language; texts are washed HTML."""

    id: str
    line: int
    title: str
    body: str
    items: Sequence[Item]
    hint: str
    explanation: str


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
    `template`: the inputs, named by the question's id; gets `question`, `order` and `given`.
    `parse_answer(question, form)`: the answer in a form's fields, None if left empty; raises
    `AnswerProblem`. `fill(question, answer)` is its inverse: the fields, for `given`.
    `mark(question, answer)`: how right a given answer is, from 0 to 1.
    `describe_answer(question, answer)` and `describe_right(question)`: lines of HTML.
    `feedback(question, answer)`: HTML of what the author says to this answer.
    `shuffled(question)`: the ids whose order may differ from learner to learner.
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


def read_question(section: Section, palette: Palette) -> QuestionSource:
    """Return the question under a heading. Raises `MarkdownProblem` for what must be mended."""
    if section.id is None:
        raise MarkdownProblem(
            section.line,
            "the question has no id; write one after it, for example {#first-question}",
        )
    parts = list(_blocks(section.body))
    place = _place_of_list(parts)
    before, listed, after = parts[:place], parts[place : place + 1], parts[place + 1 :]
    _refuse_text_after_list(after)
    _refuse_swallowed_boxes(parts)
    return QuestionSource(
        id=section.id,
        line=section.line,
        title=palette.line(section.heading[1]),
        body=palette.html([b for b in before if _box(b) not in {"tip", "note"}]),
        items=[item for block in listed for item in _items(block, palette)],
        hint=palette.html(_insides(parts, "tip")),
        explanation=palette.html(_insides(parts, "note")),
    )


def text_of(source: QuestionSource, sense: Sense) -> QuestionText:
    """Return what is kept of a question in one language."""
    return QuestionText(
        title=source.title,
        words=sense.words,
        body=source.body,
        hint=source.hint,
        explanation=source.explanation,
    )


def has_marked_list(section: Section) -> bool:
    """Say whether `- [ ]`, `- [x]` or `- [=]` stands under a heading."""
    return any(_is_marked_list(block) for block in _blocks(section.body))


def _blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _place_of_list(blocks: list[list[Token]]) -> int:
    marked = (i for i, block in enumerate(blocks) if _is_marked_list(block))
    plain = (i for i in reversed(range(len(blocks))) if blocks[i][0].type in LISTS)
    return next(marked, next(plain, len(blocks)))


def _is_marked_list(block: list[Token]) -> bool:
    return block[0].type in LISTS and any(_mark(t) for t in block if t.type == "inline")


def _mark(inline: Token) -> re.Match[str] | None:
    first = inline.children[0] if inline.children else None
    return MARK.match(first.content) if first is not None and first.type == "text" else None


def _box(block: list[Token]) -> str | None:
    box: str | None = block[0].meta.get("box")
    return box


def _refuse_text_after_list(after: list[list[Token]]) -> None:
    for block in after:
        line = markdown.line_of(block[0])
        if _is_marked_list(block):
            raise MarkdownProblem(
                line, "a second list of options; is something between not indented?"
            )
        if block[0].type == "blockquote_open" and _box(block) is None:
            raise MarkdownProblem(line, "feedback must be indented by two spaces under its option")
        if _box(block) not in {"tip", "note"}:
            raise MarkdownProblem(
                line, "text after the options; put it before them, or into a > [!NOTE] box"
            )


def _refuse_swallowed_boxes(blocks: list[list[Token]]) -> None:
    # Two boxes without an empty line between are one quote to Markdown; the explanation would then
    # be shown as part of the hint, before the answer.
    for block in blocks:
        for token in block:
            if token.type == "inline" and _begins_a_box(token) and not _is_own_box(block, token):
                message = "a box inside something else; leave an empty line before it, no indent"
                raise MarkdownProblem(markdown.line_of(token), message)


def _begins_a_box(inline: Token) -> bool:
    return any(BOX_START.match(line) for line in inline.content.splitlines())


def _is_own_box(block: list[Token], inline: Token) -> bool:
    starts = [bool(BOX_START.match(line)) for line in inline.content.splitlines()]
    return _box(block) is not None and block[2] is inline and not any(starts[1:])


def _insides(blocks: list[list[Token]], box: str) -> list[list[Token]]:
    return [block[1:-1] for block in blocks if _box(block) == box]


def _items(block: list[Token], palette: Palette) -> Iterator[Item]:
    for entry in _blocks(block[1:-1]):
        yield _item(entry, palette)


def _item(entry: list[Token], palette: Palette) -> Item:
    line = markdown.line_of(entry[0])
    paragraphs: list[Token] = []
    feedback: list[list[Token]] = []
    mark: str | None = None
    for block in _blocks(entry[1:-1]):
        if block[0].type == "blockquote_open":
            feedback.append(block[1:-1])
        elif block[0].type == "paragraph_open" and not feedback:
            paragraphs.append(block[1])
        else:
            message = "an option is one paragraph; check the indent of this line"
            raise MarkdownProblem(markdown.line_of(block[0]), message)
    if paragraphs and (match := _mark(paragraphs[0])):
        mark = match[1].lower()
        paragraphs[0] = _without(paragraphs[0], match.end())
    return Item(
        mark=mark,
        html="<br>".join(palette.line(p) for p in paragraphs),
        text=" ".join(markdown.plain_text(p) for p in paragraphs).strip(),
        feedback=palette.html(feedback),
        line=line,
    )


def _without(inline: Token, length: int) -> Token:
    children = list(inline.children or [])
    children[0] = copy.copy(children[0])
    children[0].content = children[0].content[length:]
    changed = copy.copy(inline)
    changed.children = children
    return changed
