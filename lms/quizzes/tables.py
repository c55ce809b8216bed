"""Reads a table with cells to fill in: `[[=46343]]` in Markdown tokens, rows of cells out. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from lms import markdown
from lms.markdown import MarkdownProblem

BLANK = re.compile(r"\[\[=(.*)\]\]")


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it says, and what is right to write into it (None: it is given)."""

    text: str
    html: str
    right: str | None
    line: int


def has_blanks(block: Sequence[Token]) -> bool:
    """Say whether a block is a table with cells to fill in."""
    return block[0].type == "table_open" and any("[[=" in token.content for token in block)


def read_table(blocks: Sequence[Sequence[Token]], line: Callable[[Token], str]) -> list[list[Cell]]:
    """Return the rows of the one table with cells to fill in, its headings first; `line` draws one."""
    tables = [block for block in blocks if has_blanks(block)]
    _refuse_stray_blanks([block for block in blocks if not has_blanks(block)])
    if len(tables) > 1:
        message = "a second table with cells to fill in; make it a question of its own"
        raise MarkdownProblem(markdown.line_of(tables[1][0]), message)
    return [list(row) for table in tables for row in _rows(table, line)]


def _refuse_stray_blanks(blocks: Sequence[Sequence[Token]]) -> None:
    for token in (token for block in blocks for token in block):
        if any(part.type == "text" and "[[=" in part.content for part in token.children or []):
            message = "[[=…]] stands in a cell of a table that is in no box or list"
            raise MarkdownProblem(markdown.line_of(token), message)


def _rows(table: Sequence[Token], line: Callable[[Token], str]) -> Iterator[Iterator[Cell]]:
    row: list[Token] = []
    number = 0
    for token in table:
        if token.type == "tr_open":
            row, number = [], markdown.line_of(token)
        elif token.type == "inline":
            row.append(token)
        elif token.type == "tr_close":
            yield _cells(row, number, line)


def _cells(row: Sequence[Token], number: int, line: Callable[[Token], str]) -> Iterator[Cell]:
    for inline in row:
        blank = BLANK.fullmatch(inline.content.strip())
        if blank is None and "[[=" in inline.content:
            raise MarkdownProblem(number, "a cell is either text or [[=…]], not both")
        text = markdown.plain_text(inline)
        yield Cell(text, line(inline), blank[1].strip() if blank else None, number)
