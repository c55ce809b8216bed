"""What a careful reader finds in a lesson or quiz: letters, headings, pictures, links."""

import re
from collections.abc import Iterator, Mapping, Sequence

from markdown_it.token import Token

from lms import markdown
from lms.courses.activities import Problem, SourceFile
from lms.markdown import Picture, Section

#: A word that mixes both alphabets has a look-alike in it.
WORD = re.compile(r"\w+")
LATIN, CYRILLIC = re.compile(r"[A-Za-z]"), re.compile(r"[\u0400-\u052f]")
#: Letters of other alphabets that stand in for Kazakh ones in careless texts (schwa for ә).
STRAY_LETTERS = re.compile("[\u0259\u018f]")
CODE = re.compile(r"`[^`]*`|\]\([^()]*\)|\{[#{][^{}]*\}+|https?://\S+|media/\S+")


def letter_problems(file: SourceFile) -> Iterator[Problem]:
    """Find words with letters of two alphabets, and look-alikes of Kazakh letters."""
    for number, line in enumerate(file.text.splitlines(), 1):
        prose = CODE.sub(" ", line)
        for word in WORD.findall(prose) if LATIN.search(prose) else ():
            if LATIN.search(word) and CYRILLIC.search(word):
                yield Problem(file.path, number, f"“{word}” mixes Cyrillic and Latin letters")
        for match in STRAY_LETTERS.finditer(prose):
            yield Problem(file.path, number, f"“{match[0]}” is not a Kazakh letter; write ә")


def heading_problems(file: SourceFile, sections: list[Section]) -> Iterator[Problem]:
    """Find headings that skip a level."""
    level = 1
    for section in sections:
        if section.level > level + 1:
            message = f"“{section.title}” is a level {section.level} heading after level {level}"
            yield Problem(file.path, section.line, message)
        level = section.level


def picture_problems(
    file: SourceFile, tokens: Sequence[Token], pictures: Mapping[str, Picture]
) -> Iterator[Problem]:
    """Find pictures without description, and pictures that are not there."""
    for image in markdown.images_in(tokens):
        if not image.alt:
            yield Problem(file.path, image.line, f"“{image.src}” has no description")
        if image.src not in pictures:
            yield Problem(file.path, image.line, f"there is no picture “{image.src}”")


def link_problems(
    file: SourceFile, tokens: Sequence[Token], anchors: set[str]
) -> Iterator[Problem]:
    """Find links that lead nowhere within the course and links without words."""
    for link in markdown.links_in(tokens):
        if not link.text.strip():
            yield Problem(file.path, link.line, f"the link to “{link.href}” has no words")
        if link.href.startswith("#") and link.href[1:] not in anchors:
            yield Problem(file.path, link.line, f"there is no heading {{{link.href}}}")
        elif not link.href.startswith(("#", "http://", "https://", "mailto:", "tel:")):
            message = f"“{link.href}” leads nowhere; write a whole address or #id"
            yield Problem(file.path, link.line, message)
