"""Spelling: Hunspell's dictionaries, and beside the courses a list of words that a person looked at.

Hunspell is a program of the system (Debian: hunspell, hunspell-ru, hunspell-kk). Its Kazakh dictionary
knows some four words in five of good prose, so the list is long: what counts is that a new word shows up.
"""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from lms import markdown
from lms.courses.activities import Problem

DICTIONARIES = {"kk": "kk_KZ", "ru": "ru_RU"}
WORD = re.compile(r"[^\W\d_²³]{2,}")
LATIN = re.compile(r"[A-Za-z]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
SVG_TEXT = re.compile(r">([^<>]+)<")


class NoHunspell(Exception):
    """Hunspell, or one of its dictionaries, is not installed."""


@dataclass(frozen=True)
class Piece:
    """A piece of text: where it stands and in which language it is."""

    path: Path
    line: int
    language: str
    text: str


def misspelt(paths: Iterable[Path], known: Mapping[str, set[str]]) -> list[Problem]:
    """Return every word that neither Hunspell nor `known` (by language, in small letters) knows.

    `paths` are files or folders of Markdown, course and facts files, pictures and catalogues. A word is
    named once, where it stands first. Raises `NoHunspell`.
    """
    first_seen: dict[str, dict[str, Piece]] = {language: {} for language in DICTIONARIES}
    for piece in _pieces(paths):
        for word in _words(piece.text):
            if word.lower() not in known.get(piece.language, set()):
                first_seen[piece.language].setdefault(word, piece)
    found = []
    for language, pieces in first_seen.items():
        for word in _unknown(pieces, language):
            piece = pieces[word]
            message = f"“{word}” is not in the {language} dictionary nor among the words looked at"
            found.append(Problem(str(piece.path), piece.line, message))
    return sorted(found, key=lambda problem: (problem.path, problem.line))


def known_words(folder: Path) -> dict[str, set[str]]:
    """Return the words that a person looked at, by language: words.<lang>.txt, a word a line."""
    lists = {language: folder / f"words.{language}.txt" for language in DICTIONARIES}
    return {
        language: set(path.read_text("utf-8").split())
        for language, path in lists.items()
        if path.is_file()
    }


def _pieces(paths: Iterable[Path]) -> Iterator[Piece]:
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if read := READERS.get(file.suffix):
                yield from read(file)


def _of_markdown(file: Path) -> Iterator[Piece]:
    language = file.stem.rpartition(".")[2]
    if language not in DICTIONARIES:
        return
    for token in markdown.parse(file.read_text("utf-8")):
        texts = [child.content for child in token.children or [] if child.type != "code_inline"]
        if texts:
            yield Piece(file, markdown.line_of(token), language, " ".join(texts))


def _of_toml(file: Path) -> Iterator[Piece]:
    def walk(value: Any, language: str | None) -> Iterator[Piece]:
        if isinstance(value, dict):
            for key, part in value.items():
                yield from walk(part, key if key in DICTIONARIES else language)
        elif isinstance(value, list):
            for part in value:
                yield from walk(part, language)
        elif isinstance(value, str) and language:
            yield Piece(file, 1, language, value)

    yield from walk(tomllib.loads(file.read_text("utf-8")), None)


def _of_picture(file: Path) -> Iterator[Piece]:
    language = file.stem.rpartition(".")[2]
    if language in DICTIONARIES:
        for found in SVG_TEXT.finditer(file.read_text("utf-8")):
            yield Piece(file, 1, language, found[1])


def _of_catalogue(file: Path) -> Iterator[Piece]:
    if file.stem not in DICTIONARIES:
        return
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.stem)
    for message in catalogue:
        said = [message.string] if isinstance(message.string, str) else message.string or ()
        if message.id:
            yield Piece(file, message.lineno or 1, file.stem, PLACEHOLDER.sub(" ", " ".join(said)))


READERS: dict[str, Callable[[Path], Iterator[Piece]]] = {
    ".md": _of_markdown,
    ".toml": _of_toml,
    ".svg": _of_picture,
    ".po": _of_catalogue,
}


def _words(text: str) -> Iterator[str]:
    for word in WORD.findall(text):
        if not LATIN.search(word):
            yield word


def _unknown(words: Iterable[str], language: str) -> list[str]:
    program = shutil.which("hunspell")
    if program is None:
        raise NoHunspell("Hunspell is not installed (Debian: hunspell hunspell-ru hunspell-kk).")
    # The words are ours, one a line; nothing of them reaches a shell.
    answer = subprocess.run(  # noqa: S603
        [program, "-d", DICTIONARIES[language], "-i", "utf-8", "-l"],
        input="\n".join(words) + "\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if answer.returncode:
        raise NoHunspell(
            f"Hunspell has no dictionary {DICTIONARIES[language]} (Debian: hunspell-{language})."
        )
    return answer.stdout.split()
