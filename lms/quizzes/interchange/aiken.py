"""Aiken: a question on one line, its options on lines of their own, `ANSWER: B`."""

import re
from collections.abc import Iterator
from string import ascii_uppercase

from lms.quizzes.interchange import prose
from lms.quizzes.interchange.bank import (
    LONGEST_QUESTION,
    CannotTake,
    Found,
    Item,
    Option,
    Skipped,
    one_line,
)

OPTION = re.compile(r"([A-Z])[.)]\s+(\S.*)")
ANSWER = re.compile(r"ANSWER:\s*([A-Z])\s*")


def read(text: str, language: str) -> Found:
    """Yield the questions of an Aiken file, each with the line where it begins."""
    for lines in _questions(text):
        try:
            yield _read_question(lines)
        except CannotTake as problem:
            yield Skipped(lines[0][0], str(problem))


def write(item: Item) -> str:
    """Return a question as Aiken: words alone. Raises `CannotTake`."""
    if item.kind != "single":
        raise CannotTake(f"Aiken has one choice only, not {item.kind}")
    stem = one_line(prose.to_plain("\n\n".join(filter(None, [item.stem, item.body]))))
    options = [one_line(prose.to_plain(option.text)) for option in item.options]
    if not stem or not all(options):
        raise CannotTake("nothing but a picture somewhere; Aiken has words alone")
    if OPTION.match(stem) or stem.startswith("ANSWER:"):
        raise CannotTake("Aiken would take this question for an option")
    if item.explanation or item.hint or any(option.feedback for option in item.options):
        item.notes.append("Aiken has no feedback, hints and explanations; they are left out")
    right = next(at for at, option in enumerate(item.options) if option.is_right)
    listed = [f"{letter}. {text}" for letter, text in zip(ascii_uppercase, options, strict=False)]
    return "\n".join([stem, *listed, f"ANSWER: {ascii_uppercase[right]}", ""])


def file_of(title: str, questions: list[str]) -> str:
    """Return the whole file. Aiken has no place for a title."""
    return "\n".join(questions)


def _questions(text: str) -> Iterator[list[tuple[int, str]]]:
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            lines.append((number, line.strip()))
        if lines and (ANSWER.fullmatch(lines[-1][1]) or not line.strip()):
            yield lines
            lines = []
    if lines:
        yield lines


def _read_question(lines: list[tuple[int, str]]) -> Item:
    (start, stem), *rest = lines
    if sum(len(line) for _, line in lines) > LONGEST_QUESTION:
        raise CannotTake(f"longer than {LONGEST_QUESTION} letters")
    if OPTION.fullmatch(stem) or ANSWER.fullmatch(stem):
        raise CannotTake("options or an answer without a question above them")
    if not rest or not (answer := ANSWER.fullmatch(rest[-1][1])):
        raise CannotTake(f"no line “ANSWER: A” by line {lines[-1][0]}")
    if len(rest) > len(ascii_uppercase) + 1:
        raise CannotTake("more options than letters")
    options = []
    for (number, line), letter in zip(rest[:-1], ascii_uppercase, strict=False):
        match = OPTION.fullmatch(line)
        if match is None or match[1] != letter:
            raise CannotTake(f"line {number} should begin with “{letter}. ” or “{letter}) ”")
        options.append(Option(one_line(prose.from_plain(match[2])), letter == answer[1]))
    if not any(option.is_right for option in options):
        raise CannotTake(f"line {rest[-1][0]}: there is no option {answer[1]}")
    return Item("single", start, one_line(prose.from_plain(stem)), options=options)
