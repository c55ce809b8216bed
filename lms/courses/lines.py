"""Where in a file something stands: TOML and msgspec name things, people need lines."""

import re
import tomllib

from lms.courses.activities import Problem


def text_of(content: bytes, path: str, problems: list[Problem]) -> str:
    """Return a file's text; what is not UTF-8 is noted with its line and read as well as may be."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.append(Problem(path, line, "not UTF-8; save the file as UTF-8"))
        return content.decode("utf-8", "replace")


def toml_line(error: tomllib.TOMLDecodeError) -> int:
    """Return the line a TOML error is about."""
    match = re.search(r"line (\d+)", str(error))
    return int(match[1]) if match else 1


def validation_line(text: str, message: str) -> int:
    """Return the line that a msgspec message is about, as near as its words allow."""
    # msgspec names the field and its path (`$.modules[1].title`), not the line.
    names = re.findall(r"`([A-Za-z_]+)`", message) or re.findall(r"\.(\w+)", message)
    return next((line for name in reversed(names) if (line := line_with(text, name, 0))), 1)


def line_with(text: str, piece: str, otherwise: int = 1) -> int:
    """Return the first line of `text` with `piece` in it."""
    for number, line in enumerate(text.splitlines(), 1):
        if piece in line:
            return number
    return otherwise
