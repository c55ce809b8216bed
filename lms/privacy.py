"""My data: what each plugin keeps about a person, how it is given out, and how it is erased."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.plugins import contributed


@dataclass(frozen=True)
class PersonalField:
    """Why one column holds something about a person: purpose, who sees it, how long it stays.

    `column` is `table.column`; the other texts are shown to people and lazily translated.
    """

    column: str
    label: Any
    purpose: Any
    seen_by: Any
    kept: Any


@dataclass(frozen=True)
class PersonalData:
    """A contribution: one plugin's part of a person's data.

    `label` is how people call this part; `export(user_id)` returns JSON-able rows; `erase(user_id)`
    removes or blanks them (flush only). `fields` registers every personal column of the plugin; a
    test compares it with the schema. `words` says in people's language what keys and values of the
    export mean.
    """

    name: str
    label: Any
    fields: tuple[PersonalField, ...]
    export: Callable[[int], Any]
    erase: Callable[[int], None]
    words: Mapping[str, Any] = field(default_factory=dict)


def export(user_id: int) -> dict[str, Any]:
    """Return everything kept about the person, by plugin."""
    return {part.name: part.export(user_id) for part in contributed(PersonalData)}


def erase(user_id: int) -> None:
    """Have every plugin erase the person; plugins that build on others go first."""
    for part in reversed(contributed(PersonalData)):
        part.erase(user_id)
