"""The house rules of a folder of courses: how long a lesson is, how it ends, which words are not used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from lms.courses.activities import Problem
from lms.courses.lines import line_with, text_of, toml_of, validation_line

RULES_FILE = "rules.toml"

Count = Annotated[int, msgspec.Meta(ge=0)]


class TextRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of the texts of one activity type; what is left out is not asked.

    `words` is (fewest, most), everything that is read counted. `mean_sentence` and
    `longest_sentence` count words. `ends_with` is the last heading, by language.
    """

    words: tuple[Count, Count] | None = None
    mean_sentence: Count | None = None
    longest_sentence: Count | None = None
    ends_with: dict[str, str] = {}
    self_check: bool = False
    explanations_name_a_lesson: bool = False


class NotThisWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word not to be written in a language: `pattern` is a regular expression, `say` the advice."""

    language: str
    pattern: str
    say: str


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules; without a file there are none.

    `hours_within` is by how much (0.15 is 15 %) the minutes of the required activities may differ
    from the academic hours that the certificate prints.
    """

    texts: dict[str, TextRules] = {}
    never: list[NotThisWord] = []
    hours_within: float | None = None


@dataclass
class RulesReading:
    """The rules as read."""

    rules: Rules = field(default_factory=Rules)
    problems: list[Problem] = field(default_factory=list)


def read_rules(path: Path) -> RulesReading:
    """Read rules.toml at or above a course folder."""
    reading = RulesReading()
    file = next((p / RULES_FILE for p in (path, path.parent) if (p / RULES_FILE).is_file()), None)
    if file is None:
        return reading
    text = text_of(file.read_bytes(), file.name, reading.problems)
    rows = toml_of(text, file.name, reading.problems)
    try:
        rules = msgspec.convert(rows or {}, Rules)
    except msgspec.ValidationError as error:
        line = validation_line(text, str(error))
        reading.problems.append(Problem(file.name, line, str(error)))
        return reading
    reading.problems += _pattern_problems(rules, file.name, text)
    if not reading.problems:
        reading.rules = rules
    return reading


def _pattern_problems(rules: Rules, path: str, text: str) -> Iterator[Problem]:
    for word in rules.never:
        try:
            re.compile(word.pattern)
        except re.error as error:
            line = line_with(text, word.pattern)
            yield Problem(path, line, f"“{word.pattern}” is no regular expression: {error}")
