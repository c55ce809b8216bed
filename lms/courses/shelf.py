"""What stands beside the folders of a shelf of content: facts and house rules, read once for all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lms.courses.activities import Problem
from lms.courses.facts import Fact, read_facts
from lms.courses.rules import Rules, read_rules


@dataclass(frozen=True)
class Shelf:
    """The facts by name, the rules, and what must be mended in either."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    problems: list[Problem] = field(default_factory=list)


def read_shelf(path: Path, today: date) -> Shelf:
    """Read facts.toml and rules.toml at or above a folder of content."""
    facts, rules = read_facts(path, today), read_rules(path)
    return Shelf(facts.facts, rules.rules, [*facts.problems, *rules.problems])


def folders_with(marker: str, path: Path) -> list[Path]:
    """Return the folders at `path` that hold a file of this name: itself, else those below it."""
    if (path / marker).is_file():
        return [path]
    return sorted(found.parent for found in path.glob(f"*/{marker}"))
