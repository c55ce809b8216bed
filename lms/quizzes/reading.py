"""Reads one question: Markdown tokens in, a `QuestionSource` out. Pure.

A question's list is a task list, else pairs (`- left -> right`) or a numbered list; any other list
is part of its text. `[[…]]` in the text are gaps.
"""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from lms import markdown
from lms.markdown import MarkdownProblem, Section
from lms.quizzes import tables
from lms.quizzes.questions import GAP_HTML, Gap, Item, Palette, QuestionSource

MARK = re.compile(r"^\[([ xX=!])\](?:\s+|$)")
BOX_START = re.compile(r"^\[!(?:NOTE|TIP|IMPORTANT|WARNING)\]")
ARROW = re.compile(r"(?:^|\s+)(?:->|→)(?:\s+|$)")
#: `[[=…]]` is a cell of a table of numbers, no gap.
GAP_START = re.compile(r"\[\[(?!=)")
GAP = re.compile(r"\[\[(?!=)(.*?)\]\]")
BULLETS, NUMBERS = "bullet_list_open", "ordered_list_open"
LISTS = {BULLETS, NUMBERS}
BOXES = {"tip", "note"}


def read_question(section: Section, palette: Palette) -> QuestionSource:
    """Return the question under a heading. Raises `MarkdownProblem` for what must be mended."""
    if section.id is None:
        raise MarkdownProblem(
            section.line,
            "the question has no id; write one after it, for example {#first-question}",
        )
    blocks = list(_blocks(section.body))
    parts = [block for block in blocks if not tables.has_blanks(block)]
    place = _place_of_list(parts)
    before, listed, after = parts[:place], parts[place : place + 1], parts[place + 1 :]
    _refuse_text_after_list(after)
    _refuse_swallowed_boxes(parts)
    _refuse_misplaced_gaps(section, parts, listed)
    text, gaps = _cut_gaps([block for block in before if _box(block) not in BOXES])
    return QuestionSource(
        id=section.id,
        line=section.line,
        title=palette.line(section.heading[1]),
        body=_with_gaps(palette, len(gaps)).html(text),
        items=[item for block in listed for item in _items(block, palette)],
        hint=palette.html(_insides(parts, "tip")),
        explanation=palette.html(_insides(parts, "note")),
        is_numbered=any(block[0].type == NUMBERS for block in listed),
        gaps=gaps,
        table=tables.read_table(blocks, palette.line),
    )


def has_marked_list(section: Section) -> bool:
    """Say whether `- [ ]`, `- [x]` or `- [=]` stands under a heading."""
    return any(_is_marked_list(block) for block in _blocks(section.body))


def _blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _place_of_list(blocks: list[list[Token]]) -> int:
    marked = (i for i, block in enumerate(blocks) if _is_marked_list(block))
    if any(_gap_lines(block) for block in blocks if _box(block) not in BOXES):
        return next(marked, len(blocks))
    other = (i for i in reversed(range(len(blocks))) if _is_list_to_match_or_order(blocks[i]))
    return next(marked, next(other, len(blocks)))


def _is_marked_list(block: list[Token]) -> bool:
    return block[0].type in LISTS and any(_mark(t) for t in block if t.type == "inline")


def _is_list_to_match_or_order(block: list[Token]) -> bool:
    if block[0].type == BULLETS:
        return any(_arrow(token) for token in block if token.type == "inline")
    return block[0].type == NUMBERS


def _mark(inline: Token) -> re.Match[str] | None:
    first = inline.children[0] if inline.children else None
    return MARK.match(first.content) if first is not None and first.type == "text" else None


def _box(block: list[Token]) -> str | None:
    box: str | None = block[0].meta.get("box")
    return box


def _refuse_text_after_list(after: list[list[Token]]) -> None:
    for block in after:
        line = markdown.line_of(block[0])
        if _is_marked_list(block):
            raise MarkdownProblem(
                line, "a second list of options; is something between not indented?"
            )
        if block[0].type == "blockquote_open" and _box(block) is None:
            raise MarkdownProblem(line, "feedback must be indented by two spaces under its option")
        if _box(block) not in BOXES:
            raise MarkdownProblem(
                line, "text after the options; put it before them, or into a > [!NOTE] box"
            )


def _refuse_swallowed_boxes(blocks: list[list[Token]]) -> None:
    # Two boxes without an empty line between are one quote to Markdown; the explanation would then
    # be shown as part of the hint, before the answer.
    for block in blocks:
        for token in block:
            if token.type == "inline" and _begins_a_box(token) and not _is_own_box(block, token):
                message = "a box inside something else; leave an empty line before it, no indent"
                raise MarkdownProblem(markdown.line_of(token), message)


def _begins_a_box(inline: Token) -> bool:
    return any(BOX_START.match(line) for line in inline.content.splitlines())


def _is_own_box(block: list[Token], inline: Token) -> bool:
    starts = [bool(BOX_START.match(line)) for line in inline.content.splitlines()]
    return _box(block) is not None and block[2] is inline and not any(starts[1:])


def _refuse_misplaced_gaps(
    section: Section, blocks: list[list[Token]], listed: list[list[Token]]
) -> None:
    boxes = [block for block in blocks if _box(block) in BOXES]
    for line in _gap_lines([*section.heading, *(token for block in boxes for token in block)]):
        message = "a gap in a heading or a box; gaps stand in the text of the question"
        raise MarkdownProblem(line, message)
    if listed:
        for line in _gap_lines(section.body):
            message = "[[…]] and a list of options in one question; a question is of one kind"
            raise MarkdownProblem(line, message)


def _gap_lines(tokens: Sequence[Token]) -> list[int]:
    return [
        line
        for inline in tokens
        for line, child in _children(inline)
        if child.type == "text" and GAP_START.search(child.content)
    ]


def _children(inline: Token) -> Iterator[tuple[int, Token]]:
    line = markdown.line_of(inline)
    for child in inline.children or []:
        yield line, child
        line += child.type in {"softbreak", "hardbreak"}


def _cut_gaps(blocks: list[list[Token]]) -> tuple[list[list[Token]], list[Gap]]:
    gaps: list[Gap] = []
    return [[_cut_gaps_of(token, gaps) for token in block] for block in blocks], gaps


def _cut_gaps_of(token: Token, gaps: list[Gap]) -> Token:
    if not _gap_lines([token]):
        return token
    children: list[Token] = []
    for line, child in _children(token):
        if child.type != "text":
            children.append(child)
            continue
        texts = GAP.split(child.content)
        if any(GAP_START.search(text) for text in texts[::2]):
            message = "a gap without its end; [[…]] holds plain words, no *marks* and no {{facts}}"
            raise MarkdownProblem(line, message)
        for number, text in enumerate(texts):
            if number % 2:
                gaps.append(Gap(text, line))
                children.append(Token("reference", "", 0, content=_name_of_gap(len(gaps))))
            else:
                children.append(_saying(child, text))
    return _holding(token, children)


def _with_gaps(palette: Palette, count: int) -> Palette:
    drawn = {_name_of_gap(number): GAP_HTML % number for number in range(1, count + 1)}
    return replace(palette, references={**palette.references, **drawn}) if drawn else palette


def _name_of_gap(number: int) -> str:
    # With a space, so that it is no fact's name.
    return f"gap {number}"


def _insides(blocks: list[list[Token]], box: str) -> list[list[Token]]:
    return [block[1:-1] for block in blocks if _box(block) == box]


def _items(block: list[Token], palette: Palette) -> Iterator[Item]:
    for entry in _blocks(block[1:-1]):
        yield _item(entry, palette)


def _item(entry: list[Token], palette: Palette) -> Item:
    line = markdown.line_of(entry[0])
    paragraphs: list[Token] = []
    feedback: list[list[Token]] = []
    mark: str | None = None
    for block in _blocks(entry[1:-1]):
        if block[0].type == "blockquote_open":
            feedback.append(block[1:-1])
        elif block[0].type == "paragraph_open" and not feedback:
            paragraphs.append(block[1])
        else:
            message = "an option is one paragraph; check the indent of this line"
            raise MarkdownProblem(markdown.line_of(block[0]), message)
    if paragraphs and (match := _mark(paragraphs[0])):
        mark = match[1].lower()
        paragraphs[0] = _without(paragraphs[0], match.end())
    left, right = _sides(paragraphs, palette) if mark is None else ("", None)
    return Item(
        mark=mark,
        html="<br>".join(palette.line(p) for p in paragraphs),
        text=" ".join(markdown.plain_text(p) for p in paragraphs).strip(),
        feedback=palette.html(feedback),
        line=line,
        left=left,
        right=right,
    )


def _without(inline: Token, length: int) -> Token:
    first, *others = inline.children or []
    return _holding(inline, [_saying(first, first.content[length:]), *others])


def _sides(paragraphs: list[Token], palette: Palette) -> tuple[str, str | None]:
    inline = paragraphs[0] if len(paragraphs) == 1 else None
    if inline is None or (found := _arrow(inline)) is None:
        return "", None
    place, arrow = found
    children = inline.children or []
    left = [*children[:place], _saying(children[place], arrow.string[: arrow.start()])]
    right = [_saying(children[place], arrow.string[arrow.end() :]), *children[place + 1 :]]
    if {child.type for child in right} & {"image", "reference"}:
        message = "the right side is chosen from a list: words only, no pictures and no {{facts}}"
        raise MarkdownProblem(markdown.line_of(inline), message)
    return palette.line(_holding(inline, left)), markdown.plain_text(_holding(inline, right))


def _arrow(inline: Token) -> tuple[int, re.Match[str]] | None:
    for place, child in enumerate(inline.children or []):
        if child.type == "text" and (match := ARROW.search(child.content)):
            return place, match
    return None


def _saying(text: Token, content: str) -> Token:
    changed = copy.copy(text)
    changed.content = content
    return changed


def _holding(inline: Token, children: list[Token]) -> Token:
    changed = copy.copy(inline)
    changed.children = children
    return changed
