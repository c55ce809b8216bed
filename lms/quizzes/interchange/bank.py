"""A question between two systems: neither ours nor theirs. Every text in it is Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lms.quizzes import numbers
from lms.quizzes.choice import MOST_OPTIONS
from lms.quizzes.written import LONGEST_ANSWER

Kind = Literal["single", "multiple", "short", "numeric", "matching", "ordering", "gaps"]

#: Nobody means a longer one, and a hostile one must not hold up the rest.
LONGEST_QUESTION = 100_000


@dataclass(frozen=True)
class Option:
    """An entry of a question's list; `partner` is the right side of a pair."""

    text: str
    is_right: bool = False
    feedback: str = ""
    partner: str = ""


@dataclass
class Item:
    """A question; `line` is where it began, `notes` what was changed on the way.

    `id` is empty where the other system had none that could be ours. A text is `sure` unless it was
    Markdown over there: then only reading it shows whether it is the question that was meant.
    """

    kind: Kind
    line: int
    stem: str
    body: str = ""
    options: Sequence[Option] = ()
    hint: str = ""
    explanation: str = ""
    points: float = 1
    id: str = ""
    category: str = ""
    is_sure: bool = True
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Skipped:
    """A question that did not come along: where it stood, and why."""

    line: int
    reason: str


class CannotTake(Exception):
    """A question that cannot come along; the text says why."""


class Unreadable(Exception):
    """A file of which nothing can be taken; the text says where and why."""


#: What a reader yields, in the order of the file.
Found = Iterator[Item | Skipped]

ARROW = re.compile("->|→")
BLANKS = re.compile(r"\s+")


def refuse_unusable(item: Item) -> None:
    """Raise `CannotTake` for what our checker would not accept either."""
    if not item.stem:
        raise CannotTake("a question without text")
    if len(item.options) > MOST_OPTIONS:
        raise CannotTake(f"more than {MOST_OPTIONS} options")
    if item.kind in {"single", "multiple"}:
        _refuse_unusable_choice(item)
    elif item.kind in {"short", "numeric"}:
        _refuse_unusable_answers(item)
    elif item.kind == "matching":
        _refuse_unusable_pairs(item)
    elif item.kind == "ordering":
        _refuse_unusable_steps(item)


def split_stem(text: str) -> tuple[str, str]:
    """Return the first paragraph as one line, and what stands below it."""
    first, _, rest = text.strip().partition("\n\n")
    return one_line(first), rest.strip()


def one_line(text: str) -> str:
    """Return a text on one line."""
    return BLANKS.sub(" ", text).strip()


def _refuse_unusable_choice(item: Item) -> None:
    texts = [option.text for option in item.options]
    right = [option for option in item.options if option.is_right]
    if len(texts) < 2:
        raise CannotTake("fewer than two options")
    if not all(texts):
        raise CannotTake("an option without text")
    if len(set(texts)) < len(texts):
        raise CannotTake("two options are the same")
    if not right:
        raise CannotTake("no right answer")
    if len(right) == len(texts):
        raise CannotTake("every option is right")


def _refuse_unusable_answers(item: Item) -> None:
    if not any(option.is_right for option in item.options):
        raise CannotTake("no accepted answer")
    for option in item.options:
        if not option.text:
            raise CannotTake("an accepted answer without text")
        if len(option.text) > LONGEST_ANSWER:
            raise CannotTake(f"an accepted answer longer than {LONGEST_ANSWER} letters")
        amount = numbers.split_accepted(option.text)[0]
        if numbers.read_range(amount) is None and (
            item.kind == "numeric" or numbers.was_meant_as_number(amount)
        ):
            raise CannotTake(f"“{option.text}” is neither a number nor a word")


def _refuse_unusable_pairs(item: Item) -> None:
    lefts = [option.text for option in item.options if option.text]
    if len(lefts) < 2:
        raise CannotTake("fewer than two pairs")
    if not all(option.partner for option in item.options):
        raise CannotTake("a pair with an empty right side")
    rights = [option.partner for option in item.options]
    extra = [option.partner for option in item.options if not option.text]
    if len(set(lefts)) < len(lefts) or any(rights.count(right) > 1 for right in extra):
        raise CannotTake("two sides are the same")
    if len(set(rights)) < 2:
        raise CannotTake("all right sides are the same")
    if any(ARROW.search(option.text + option.partner) for option in item.options):
        raise CannotTake("an arrow within a pair")


def _refuse_unusable_steps(item: Item) -> None:
    steps = [option.text for option in item.options]
    if len(steps) < 2:
        raise CannotTake("fewer than two steps to put in order")
    if not all(steps):
        raise CannotTake("a step without text")
    if len(set(steps)) < len(steps):
        raise CannotTake("two steps are the same")
    if all(ARROW.search(step) for step in steps):
        raise CannotTake("steps that look like pairs")
