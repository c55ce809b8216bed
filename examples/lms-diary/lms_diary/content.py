"""Reads a diary step: text in, title and prompt out. Knows no database."""

import re

import msgspec

from lms import markdown
from lms.courses.activities import ActivitySource, Reading, SourceFile
from lms.markdown import Document, MarkdownProblem

WORD = re.compile(r"\w+(?:[-'’]\w+)*")  # noqa: RUF001 – people type this apostrophe


class DiarySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a diary step takes in course.toml."""

    least_words: int = 5


def read(source: ActivitySource) -> Reading | None:
    """Return title and prompt in each language, with everything to mend noted on the source."""
    documents = {
        language: document
        for language, file in source.files.items()
        if (document := _read_one(source, language, file))
    }
    if len(documents) < len(source.files):
        return None
    return Reading(
        titles={language: document.title for language, document in documents.items()},
        definition={
            language: document.parts[0]["html"] for language, document in documents.items()
        },
        words={language: file.text for language, file in source.files.items()},
    )


def count_words(text: str) -> int:
    """Return how many words there are in `text`; dashes and dots alone are none."""
    return len(WORD.findall(text))


def _read_one(source: ActivitySource, language: str, file: SourceFile) -> Document | None:
    try:
        document = markdown.read_document(
            file.text,
            language,
            references=source.references(language),
            pictures=source.pictures,
        )
    except MarkdownProblem as problem:
        source.problem(file, problem.line, problem.message)
        return None
    if not document.parts:
        source.problem(file, 1, "nothing is asked: write under the title what the learner shall do")
        return None
    return document
