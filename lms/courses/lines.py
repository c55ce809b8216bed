"""Where in a file something stands: TOML and msgspec name things, people need lines."""

import re
import tomllib
from typing import Any

from lms.courses.activities import Problem


def text_of(content: bytes, path: str, problems: list[Problem]) -> str:
    """Return a file's text; what is not UTF-8 is noted with its line and read as well as may be."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.append(Problem(path, line, "not UTF-8; save the file as UTF-8"))
        return content.decode("utf-8", "replace")


def toml_of(text: str, path: str, problems: list[Problem]) -> dict[str, Any] | None:
    """Return what a TOML text holds; None if it cannot be read, which is noted with its line."""
    try:
        rows = tomllib.loads(text)
        has_nul = _holds_nul(rows)
    except (ValueError, RecursionError) as error:
        # Not only TOMLDecodeError: endless digits and endless brackets have errors of their own.
        match = re.search(r"line (\d+)", str(error))
        problems.append(Problem(path, int(match[1]) if match else 1, f"not valid TOML: {error}"))
        return None
    if has_nul:
        problems.append(Problem(path, line_with(text, "0000"), "the letter NUL cannot be stored"))
        return None
    return rows


def validation_line(text: str, message: str) -> int:
    """Return the line that a msgspec message is about, as near as its words allow."""
    # msgspec names the field and its path (`$.modules[1].title`), not the line.
    what, _, where = message.partition(" - at ")
    names = re.findall(r"unknown field `([^`]+)`", what) + re.findall(r"\.(\w+)", where)[::-1]
    for name in names:
        key = re.compile(rf"(^|[\s{{,\[.]){re.escape(name)}\s*[=\].]")
        for number, line in enumerate(text.splitlines(), 1):
            if key.search(line):
                return number
    return 1


def line_with(text: str, piece: str, otherwise: int = 1) -> int:
    """Return the first line of `text` with `piece` in it."""
    for number, line in enumerate(text.splitlines(), 1):
        if piece in line:
            return number
    return otherwise


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\0" in value
