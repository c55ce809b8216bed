"""The facts register: laws and yearly figures as dated data, which lessons refer to by name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from pathlib import Path

import msgspec

from lms import i18n
from lms.courses.activities import Problem, SourceFile
from lms.courses.lines import line_with, text_of, toml_of
from lms.courses.proofreading import letter_problems
from lms.marks import unbroken

FACTS_FILE = "facts.toml"
FACT_IS_FRESH_FOR = timedelta(days=180)


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dated value by language, where it was read, and on which day it was last checked."""

    value: dict[str, str]
    source: dict[str, str]
    checked_on: date
    url: str = ""


@dataclass
class FactsReading:
    """The facts register as read."""

    facts: dict[str, Fact] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_facts(path: Path, today: date) -> FactsReading:
    """Read facts.toml at or above a course folder; stale facts are warnings."""
    reading = FactsReading()
    file = next((p / FACTS_FILE for p in (path, path.parent) if (p / FACTS_FILE).is_file()), None)
    if file is None:
        return reading
    name, text = file.name, text_of(file.read_bytes(), file.name, reading.problems)
    reading.problems += letter_problems(SourceFile(name, text))
    for fact_id, row in (toml_of(text, name, reading.problems) or {}).items():
        line = line_with(text, f"[{fact_id}]")
        try:
            fact = msgspec.convert(row, Fact)
        except msgspec.ValidationError as error:
            reading.problems.append(Problem(name, line, f"fact “{fact_id}”: {error}"))
            continue
        reading.facts[fact_id] = fact
        reading.problems += _fact_problems(name, line, fact_id, fact, today)
    return reading


def plain_references(facts: Mapping[str, Fact]) -> Callable[[str], Mapping[str, str]]:
    """Return a function from language to {fact name: its value as HTML}."""

    def of_language(language: str) -> Mapping[str, str]:
        return {
            name: f'<span class="fact">{escape(unbroken(str(i18n.pick(fact.value, language))))}</span>'
            for name, fact in facts.items()
        }

    return of_language


def _fact_problems(
    path: str, line: int, fact_id: str, fact: Fact, today: date
) -> Iterator[Problem]:
    if today - fact.checked_on > FACT_IS_FRESH_FOR:
        message = f"fact “{fact_id}” was last checked on {fact.checked_on}; check it again"
        yield Problem(path, line, message, "warning")
    if fact.url and not fact.url.startswith(("https://", "http://")):
        yield Problem(path, line, f"fact “{fact_id}”: url must begin with https://")
    if fact.checked_on > today:
        yield Problem(path, line, f"fact “{fact_id}” was checked in the future")
    for what, texts in (("value", fact.value), ("source", fact.source)):
        for language in ("kk", "ru"):
            if not texts.get(language, "").strip():
                yield Problem(path, line, f"fact “{fact_id}”: {what} is missing in “{language}”")
