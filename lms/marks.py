"""What Sauat adds to CommonMark, all of it readable on plain GitHub, and how it is drawn.

`{#id}` after a heading, boxes (`> [!TIP]`), references (`{{name}}`), pictures with their size, and
tables that scroll by themselves.
"""

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

HEADING_ID = re.compile(r"\{#([a-z][a-z0-9-]*)\}$")
BOX_MARK = re.compile(r"^\[!(NOTE|TIP|IMPORTANT|WARNING)\]\s*")
#: A space between groups of digits, before ₸ and %, after №.
NUMBER_GAP = re.compile(r"(?<=\d) (?=\d{3}(?!\d))|(?<=\d) (?=[₸%])|(?<=№) (?=\d)")
REFERENCE = re.compile(r"\{\{\s*([a-z][a-z0-9-]*)\s*\}\}")

BOX_TITLES = {
    "note": _l("Note"),
    "tip": _l("Tip"),
    "important": _l("Important"),
    "warning": _l("Careful"),
}


@dataclass(frozen=True)
class Picture:
    """A file that a text may show: its address, its size in bytes, and in pixels where known."""

    address: str
    size: int
    width: int | None = None
    height: int | None = None


def add_to(md: MarkdownIt) -> None:
    """Teach a parser to read and draw what stands above."""
    md.core.ruler.after("inline", "heading_ids", _read_heading_ids)
    md.core.ruler.after("heading_ids", "boxes", _read_boxes)
    md.inline.ruler.before("text", "reference", _read_reference)
    md.add_render_rule("text", _draw_text)
    md.add_render_rule("reference", _draw_reference)
    md.add_render_rule("image", _draw_image)
    md.add_render_rule("blockquote_open", _draw_blockquote_open)
    md.add_render_rule("blockquote_close", _draw_blockquote_close)
    md.add_render_rule("table_open", _draw_table_open)
    md.add_render_rule("table_close", lambda *a: "</table></div>\n")


def path_of(image: Token) -> str:
    """Return the path of a picture as its author wrote it."""
    # The parser writes Kazakh letters and spaces as %…; the file's name has them as they are.
    return unquote(str(image.attrGet("src")))


def unbroken(text: str) -> str:
    """Return text in which no line breaks within a number, or between it and ₸, % or №."""
    return NUMBER_GAP.sub("\u00a0", text)


def _read_heading_ids(state: StateCore) -> None:
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type == "heading_open" and inline.children:
            last = inline.children[-1]
            content = last.content.rstrip()
            if last.type == "text" and (match := HEADING_ID.search(content)):
                opening.attrSet("id", match[1])
                last.content = content[: match.start()].rstrip()


def _read_boxes(state: StateCore) -> None:
    tokens = state.tokens
    closings = _closings(tokens)
    for index, (opening, inner, inline) in enumerate(
        zip(tokens, tokens[1:], tokens[2:], strict=False)
    ):
        if opening.type != "blockquote_open" or inner.type != "paragraph_open":
            continue
        first = next(iter(inline.children or []), None)
        if first is not None and first.type == "text" and (match := BOX_MARK.match(first.content)):
            opening.meta["box"] = closings[index].meta["box"] = match[1].lower()
            first.content = first.content[match.end() :]
            if not first.content and len(inline.children or []) > 1:
                inline.children = (inline.children or [])[2:]


def _closings(tokens: Sequence[Token]) -> dict[int, Token]:
    closings: dict[int, Token] = {}
    still_open: list[int] = []
    for index, token in enumerate(tokens):
        if token.type == "blockquote_open":
            still_open.append(index)
        elif token.type == "blockquote_close":
            closings[still_open.pop()] = token
    return closings


def _read_reference(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("{{", state.pos):
        return False
    match = REFERENCE.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("reference", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _draw_text(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return escapeHtml(unbroken(tokens[index].content))


def _draw_reference(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    name = tokens[index].content
    return str((env.get("references") or {}).get(name, "{{" + name + "}}"))


def _draw_image(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = copy.copy(tokens[index])
    token.attrs = dict(token.attrs)
    picture = (env.get("pictures") or {}).get(path_of(token))
    if picture:
        token.attrSet("src", picture.address)
        if picture.width and picture.height:
            token.attrSet("width", str(picture.width))
            token.attrSet("height", str(picture.height))
    token.attrSet("loading", "lazy")
    return str(self.image([token], 0, options, env))


def _draw_table_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    # A wide table scrolls by itself; people without a mouse must be able to reach it.
    return f'<div class="table" role="group" tabindex="0" aria-label="{_("Table")}"><table>\n'


def _draw_blockquote_open(
    self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    box = tokens[index].meta.get("box")
    if box is None:
        return "<blockquote>\n"
    return f'<div class="box box-{box}">\n<p class="box-title">{BOX_TITLES[box]}</p>\n'


def _draw_blockquote_close(
    self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return "</div>\n" if tokens[index].meta.get("box") else "</blockquote>\n"
