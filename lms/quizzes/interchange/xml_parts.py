"""Walks through Moodle XML question by question, and refuses what XML can do harm with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from lms.quizzes.interchange.bank import Unreadable

#: Real files are six levels deep.
DEEPEST = 100
PIECE = 65_536


@dataclass
class Part:
    """An element: its attributes, its own words, and the elements in it."""

    tag: str
    attributes: dict[str, str]
    line: int
    words: list[str] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)

    def all(self, tag: str) -> list["Part"]:
        """Return the elements of that name right in this one."""
        return [part for part in self.parts if part.tag == tag]

    def first(self, tag: str) -> "Part | None":
        """Return the first element of that name right in this one."""
        return next(iter(self.all(tag)), None)

    def said(self, *path: str) -> str:
        """Return the words of the element that a path of names leads to, or nothing."""
        part: Part | None = self
        for tag in path:
            part = part.first(tag) if part else None
        return "".join(part.words).strip() if part else ""


def questions_in(text: str) -> Iterator[Part]:
    """Yield each <question> of a <quiz>, read as far as needed. Raises `Unreadable`."""
    parser = DefusedExpatParser(forbid_dtd=True)
    handler = _Handler(parser)
    parser.setContentHandler(handler)
    try:
        for start in range(0, len(text), PIECE):
            parser.feed(text[start : start + PIECE])
            yield from handler.take()
        parser.close()
    except DefusedXmlException as problem:
        message = f"line {parser.getLineNumber()}: a DTD or an entity of its own; take it out"
        raise Unreadable(message) from problem
    except SAXParseException as problem:
        message = f"line {problem.getLineNumber()}: not well-formed XML ({problem.getMessage()})"
        raise Unreadable(message) from problem
    yield from handler.take()
    if handler.root != "quiz":
        raise Unreadable(f"line 1: <quiz> was expected, not <{handler.root}>")


class _Handler(ContentHandler):
    def __init__(self, where: Locator) -> None:
        super().__init__()
        self.root = ""
        self._where = where
        self._depth = 0
        self._open: list[Part] = []
        self._whole: list[Part] = []

    def take(self) -> list[Part]:
        """Return the questions that ended since the last time."""
        whole, self._whole = self._whole, []
        return whole

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 – SAX names it
        self._depth += 1
        line = self._where.getLineNumber() or 1
        if self._depth > DEEPEST:
            raise Unreadable(f"line {line}: more than {DEEPEST} elements within each other")
        if self._depth == 1:
            self.root = name
        if self._open or (self._depth == 2 and name == "question"):
            part = Part(name, dict(attrs.items()) if len(attrs) else {}, line)
            if self._open:
                self._open[-1].parts.append(part)
            self._open.append(part)

    def characters(self, content: str) -> None:
        if self._open:
            self._open[-1].words.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 – SAX names it
        self._depth -= 1
        if self._open:
            part = self._open.pop()
            if not self._open:
                self._whole.append(part)
