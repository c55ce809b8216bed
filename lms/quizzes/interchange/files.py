"""Files of other systems as text: their size, their encoding, and what no text contains."""

import codecs
import re
from pathlib import Path

from lms.quizzes.interchange.bank import Unreadable

LARGEST = 256 * 1024 * 1024
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")


def read_text(path: Path, encoding: str | None = None) -> str:
    """Return the text of a file, its lines ended by newlines. Raises `Unreadable`.

    Nothing is guessed: without `encoding` a file is what its first bytes or its XML declaration
    say, else UTF-8.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise Unreadable(
            f"{size // 2**20} MB; at most {LARGEST // 2**20} MB are read, so cut it up"
        )
    data = path.read_bytes()
    text = _decoded(data, encoding or _said_encoding(data), path)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"line {line}: a NUL byte; this is no text, or say --encoding utf-16-le")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_declaration(text: str) -> str:
    """Return XML without the encoding that it says; it is decoded already."""
    return DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text, count=1)


def _said_encoding(data: bytes) -> str:
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return encoding
    declared = DECLARED.match(data[:400])
    return declared[1].decode() if declared else "utf-8"


def _decoded(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except (LookupError, AttributeError) as problem:
        raise Unreadable(f"nobody knows the encoding “{encoding}”") from problem
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise Unreadable(
            f"line {line}: not {encoding}. Say what it is: --encoding windows-1251 (Russian), kz-1048 "
            f"(Kazakh), windows-1252 or utf-16. As windows-1251 the line is: {_sample(data, line)}"
        ) from problem
    except UnicodeError as problem:
        raise Unreadable(f"not {encoding}; say another --encoding") from problem


def _sample(data: bytes, line: int) -> str:
    shown = data.split(b"\n", line)[line - 1][:80].decode("windows-1251", "replace").strip()
    return "".join(letter if letter.isprintable() else "·" for letter in shown)
