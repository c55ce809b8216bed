"""Markdown to safe HTML, when content is published: parsed, drawn, then washed.

Raw HTML in the source is shown as text (`html=False`), and nh3 is the second wall. On top of
CommonMark and tables there are the marks of `marks.py`, and sections that a plugin turns into
something live.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from lms import marks
from lms.marks import Picture

LONGEST_TITLE = 300

TAGS = set(
    """a abbr blockquote br caption cite code dd del div dl dt em figcaption figure h2 h3 h4 h5 h6
    h1 hr img li ol p pre s section small span strong sub sup table tbody td th thead tr ul""".split()
)
ATTRIBUTES = {
    "*": {"id", "lang", "class"},
    "div": {"role", "tabindex", "aria-label"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align", "scope"},
}
#: Addresses a link may have; anything else loses its href.
SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, up to the next heading of its level or above."""

    level: int
    title: str
    id: str | None
    line: int
    heading: Sequence[Token]
    body: Sequence[Token]


@dataclass(frozen=True)
class LessonBlock:
    """A contribution: sections of lessons that come alive.

    At publishing, `claim(section, language)` returns JSON-able data if the section is of this kind
    (raising `MarkdownProblem` if it is but is wrong), else None. At reading, `render(data, answers)`
    returns escaped HTML; `answers` are the query arguments of the page.
    """

    name: str
    claim: Callable[[Section, str], dict[str, Any] | None]
    render: Callable[[dict[str, Any], Mapping[str, list[str]]], str]


@dataclass(eq=False)
class MarkdownProblem(Exception):
    """Something an author must mend: the line (1-based) and what is wrong."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class Document:
    """A published text: its title, its parts in order, its length and the facts it names.

    A part is `{"html": …}` or `{"block": name, "data": …}`.
    """

    title: str
    parts: list[dict[str, Any]]
    words: int
    references: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Image:
    """A picture in a text."""

    src: str
    alt: str
    line: int


@dataclass(frozen=True)
class Link:
    """A link in a text."""

    href: str
    text: str
    line: int


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """Return the one parser that all texts share."""
    md = MarkdownIt("commonmark", {"html": False, "typographer": False, "linkify": False})
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin)
    marks.add_to(md)
    return md


@lru_cache(maxsize=4)
def parse(text: str) -> Sequence[Token]:
    """Return the tokens of `text`; a reference token's `content` is its name.

    They are not to be changed: several readers look at a file in turn, and it is parsed once.
    """
    return tuple(parser().parse(text, {}))


def to_html(
    tokens: Sequence[Token],
    references: Mapping[str, str] | None = None,
    pictures: Mapping[str, Picture] | None = None,
) -> str:
    """Return tokens as washed HTML.

    `references` maps names to HTML (unknown ones stay as typed), `pictures` maps the paths authors
    write to the files behind them.
    """
    env = {"references": references, "pictures": pictures}
    return wash(parser().renderer.render(list(tokens), parser().options, env))


def render(text: str) -> str:
    """Return a whole text as washed HTML, its first heading an `h1`-less part of it."""
    return to_html(parse(text))


def inline_html(
    token: Token,
    references: Mapping[str, str] | None = None,
    pictures: Mapping[str, Picture] | None = None,
) -> str:
    """Return one inline token (a heading's or a paragraph's) as washed HTML without a paragraph."""
    env = {"references": references, "pictures": pictures}
    return wash(str(parser().renderer.render([token], parser().options, env)))


def plain_text(token: Token) -> str:
    """Return an inline token as text, without marks."""
    return "".join(
        child.content
        if child.type in {"text", "code_inline"}
        else " " * (child.type == "softbreak")
        for child in token.children or []
    ).strip()


def wash(html: str) -> str:
    """Return `html` with everything but the allowed tags, attributes and addresses taken out."""
    if "<" not in html and "&" not in html:
        return html.encode("utf-8", "replace").decode()  # words alone
    return nh3.clean(
        html.encode("utf-8", "replace").decode(),  # a lone surrogate is no letter
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def sections(tokens: Sequence[Token]) -> list[Section]:
    """Return every heading with what stands under it, in order; deeper ones also on their own."""
    return [_section_at(tokens, start, end) for start, end in _extents(tokens).items()]


def read_document(
    text: str,
    language: str,
    blocks: Iterable[LessonBlock] = (),
    references: Mapping[str, str] | None = None,
    pictures: Mapping[str, Picture] | None = None,
) -> Document:
    """Return a lesson ready to be stored. Raises `MarkdownProblem` for what an author must mend."""
    tokens = parse(text)
    title, body = _split_title(tokens)
    inline = [token for token in body if token.type == "inline"]
    parts = list(_parts(body, language, list(blocks), references, pictures))
    return Document(
        title=title,
        parts=parts,
        words=sum(len(re.findall(r"\w+", plain_text(token))) for token in inline),
        references=reference_names(body),
    )


def images_in(tokens: Iterable[Token]) -> list[Image]:
    """Return the pictures that tokens show, in order."""
    return [image for token in tokens for image in _images(token)]


def links_in(tokens: Iterable[Token]) -> list[Link]:
    """Return the links in tokens, in order."""
    return [link for token in tokens for link in _links(token)]


def reference_names(tokens: Iterable[Token]) -> list[str]:
    """Return the names that `{{…}}` refers to, in order, with repeats."""
    return [
        child.content
        for token in tokens
        for child in token.children or []
        if child.type == "reference"
    ]


def line_of(token: Token) -> int:
    """Return the 1-based line a token begins at."""
    return token.map[0] + 1 if token.map else 1


def _split_title(tokens: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    if len(tokens) < 3 or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        raise MarkdownProblem(1, "the file must begin with its title: “# …”")
    for token in tokens[3:]:
        if token.type == "heading_open" and token.tag == "h1":
            raise MarkdownProblem(line_of(token), "a second “#” heading; use “##” within a lesson")
    title = plain_text(tokens[1])
    if not title or len(title) > LONGEST_TITLE:
        raise MarkdownProblem(1, f"the title must have between 1 and {LONGEST_TITLE} letters")
    return title, tokens[3:]


def _parts(
    tokens: Sequence[Token],
    language: str,
    blocks: list[LessonBlock],
    references: Mapping[str, str] | None,
    pictures: Mapping[str, Picture] | None,
) -> Iterable[dict[str, Any]]:
    run: list[Token] = []
    index = 0
    extents = _extents(tokens)
    while index < len(tokens):
        section = _section_at(tokens, index, extents[index]) if index in extents else None
        block, data = _claimed(section, language, blocks)
        if section is None or block is None:
            run.append(tokens[index])
            index += 1
            continue
        if run:
            yield {"html": to_html(run, references, pictures)}
        yield {"block": block.name, "data": data}
        run = []
        index += len(section.heading) + len(section.body)
    if run:
        yield {"html": to_html(run, references, pictures)}


def _claimed(
    section: Section | None, language: str, blocks: list[LessonBlock]
) -> tuple[LessonBlock | None, dict[str, Any] | None]:
    if section is not None:
        for block in blocks:
            if (data := block.claim(section, language)) is not None:
                return block, data
    return None, None


def _extents(tokens: Sequence[Token]) -> dict[int, int]:
    """Return where each heading's section begins and ends, in one walk from the end."""
    ends: dict[int, int] = {}
    next_at = dict.fromkeys(range(1, 7), len(tokens))
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type == "heading_open":
            level = int(tokens[index].tag[1])
            ends[index] = min(next_at[above] for above in range(1, level + 1))
            next_at[level] = index
    return dict(sorted(ends.items()))


def _section_at(tokens: Sequence[Token], start: int, end: int) -> Section:
    return Section(
        level=int(tokens[start].tag[1]),
        title=plain_text(tokens[start + 1]),
        id=str(tokens[start].attrGet("id")) if tokens[start].attrGet("id") else None,
        line=line_of(tokens[start]),
        heading=tokens[start : start + 3],
        body=tokens[start + 3 : end],
    )


def _images(inline: Token) -> Iterable[Image]:
    for child in inline.children or []:
        if child.type == "image":
            yield Image(marks.path_of(child), child.content.strip(), line_of(inline))


def _links(inline: Token) -> Iterable[Link]:
    href, text = None, ""
    for child in inline.children or []:
        if child.type == "link_open":
            href, text = str(child.attrGet("href")), ""
        elif child.type == "link_close" and href is not None:
            yield Link(href, text, line_of(inline))
            href = None
        else:
            text += child.content
