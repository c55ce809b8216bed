"""People from a list: a CSV file read as spreadsheets write it, checked whole before one is added."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wtforms.validators import ValidationError

from lms.accounts import contacts, passwords
from lms.accounts.forms import clean_name
from lms.accounts.permissions import ROLES
from lms.accounts.services import people, roles
from lms.accounts.services.places import find_locality
from lms.i18n import DEFAULT, LANGUAGES

#: Column → what else its heading may say.
HEADINGS = {
    "name": {"name", "аты-жөні", "аты", "фио", "имя"},
    "contact": {"contact", "байланыс", "контакт", "e-mail", "email", "телефон", "phone"},
    "name_ru": {"name_ru", "аты-жөні (орысша)", "фио (на русском)"},
    "language": {"language", "тіл", "язык"},
    "locality": {"locality", "елді мекен", "населённый пункт", "населенный пункт"},
    "role": {"role", "рөл", "роль"},
}


class ListError(Exception):
    """A file that cannot be read as a list of people; the message says why."""


@dataclass
class Row:
    """One line of the list: what would be added, or what is wrong with it."""

    line: int
    name: str
    contact: str
    problems: list[str] = field(default_factory=list)
    known: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the row for `--json` and for the table on the screen."""
        state = "error" if self.problems else "known" if self.known else "new"
        return {
            "line": self.line,
            "state": state,
            "name": self.name,
            "contact": self.contact,
            "problems": "; ".join(self.problems),
        }


def read(content: bytes) -> list[Row]:
    """Return the rows of a list, each with its problems; nothing is written."""
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for line, values in _lines(decode(content)):
        row = _row(line, values)
        if row.contact in seen and not row.problems:
            row.problems.append(f"the same contact stands in line {seen[row.contact]}")
        seen.setdefault(row.contact, line)
        rows.append(row)
    return rows


def add(rows: list[Row]) -> int:
    """Open an account for each new person of the list; return how many. Flush.

    They have no password yet: each chooses one through a reset link.
    """
    if any(row.problems for row in rows):
        raise ListError("a list with errors is not imported")
    new = [row for row in rows if not row.known]
    for row in new:
        role = row.more.pop("role")
        user = people.register(
            row.name, row.contact, passwords.NONE, row.more.pop("language"), **row.more
        )
        roles.give(user, role)
    return len(new)


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or a one-byte Cyrillic encoding."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # KZ-1048 is CP1251 with the Kazakh letters in it; Russian text reads the same in both.
        return _decoded(content, "kz1048")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ListError(f"the file is not {encoding} text: save it as UTF-8") from error


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns = [_column(heading) for heading in next(reader, [])]
    missing = {"name", "contact"} - set(columns)
    if missing:
        raise ListError(f"the first line must name these columns: {', '.join(sorted(missing))}")
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield (
                    reader.line_num,
                    {
                        column: cell.strip()
                        for column, cell in zip(columns, cells, strict=False)
                        if column
                    },
                )
    except csv.Error as error:
        raise ListError(f"line {reader.line_num}: {error}") from error


def _column(heading: str) -> str | None:
    folded = heading.strip().casefold()
    return next((column for column, names in HEADINGS.items() if folded in names), None)


def _row(line: int, values: dict[str, str]) -> Row:
    row = Row(line, values.get("name", ""), values.get("contact", ""))
    try:
        row.name = clean_name(row.name)
        row.contact = contacts.normalised(row.contact)
        row.more = _more(values)
        row.known = people.find(row.contact) is not None
    except (ValidationError, contacts.ContactError, ListError) as error:
        row.problems.append(str(error))
    return row


def _more(values: dict[str, str]) -> dict[str, Any]:
    language, role = values.get("language") or DEFAULT, values.get("role") or "resident"
    if language not in LANGUAGES:
        raise ListError(f"no such language: {language}")
    if role not in ROLES:
        raise ListError(f"no such role: {role}")
    code = values.get("locality")
    locality = find_locality(code) if code else None
    if code and locality is None:
        raise ListError(f"no such locality: {code}")
    return {
        "language": language,
        "role": role,
        "name_ru": clean_name(values["name_ru"]) if values.get("name_ru") else None,
        "locality_id": locality.id if locality else None,
    }
