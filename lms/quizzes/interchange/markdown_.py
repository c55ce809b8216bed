"""Our own Markdown: a quiz file as questions that can go elsewhere, and back."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from lms import markdown
from lms.courses.activities import SourceFile
from lms.quizzes import content
from lms.quizzes.content import ReadQuestion
from lms.quizzes.interchange.bank import CannotTake, Found, Item, Kind, Option, Skipped, one_line
from lms.quizzes.interchange.words import name_item
from lms.quizzes.questions import QuestionType

OUR_KINDS: dict[str, Kind] = {
    "single": "single",
    "truefalse": "single",
    "multiple": "multiple",
    "short": "short",
    "numeric": "numeric",
    "matching": "matching",
    "ordering": "ordering",
    "gaps": "gaps",
}
ID_AT_END = re.compile(r"\s*\{#[a-z][a-z0-9-]*\}\s*$")
MARK = re.compile(r"\[([ xX=!])\](?:\s+|$)")
ARROW = re.compile(r"(?:^|\s+)(?:->|→)(?:\s+|$)")
QUOTED = re.compile(r"^\s*> ?")
BOX = re.compile(r"^\[!(?:TIP|NOTE)\][ \t]*\n?")


def read(text: str, types: Sequence[QuestionType]) -> Found:
    """Yield the questions of a quiz file, those that our checker refuses as skipped."""
    text = _with_ids(text)
    file = content.read_file(SourceFile("", text), types)
    lines = text.split("\n")
    errors = {
        problem.line: problem.message for problem in file.problems if problem.severity == "error"
    }
    for section in markdown.sections(markdown.parse(text)):
        if section.level != 2:
            continue
        read_ = file.questions.get(section.id or "")
        if read_ is None or read_.source.line != section.line:
            yield Skipped(section.line, _error_within(errors, section, len(lines)))
            continue
        try:
            yield _item(section, read_, lines)
        except CannotTake as problem:
            yield Skipped(section.line, str(problem))


def title_of(text: str) -> str:
    """Return the title of a quiz file."""
    sections = markdown.sections(markdown.parse(text))
    return next((section.title for section in sections if section.level == 1), "")


def write(item: Item) -> str:
    """Return a question as it stands in a quiz file."""
    pieces = [f"## {item.stem} {{#{item.id}}}", item.body, _list(item)]
    pieces += [_box("TIP", item.hint), _box("NOTE", item.explanation)]
    return "\n\n".join(filter(None, pieces)) + "\n"


def file_of(title: str, questions: list[str]) -> str:
    """Return the whole file."""
    return "\n".join([f"# {title}\n", *questions])


def is_as_meant(item: Item, types: Sequence[QuestionType]) -> bool:
    """Say whether a written question is read as the one that it is."""
    found = list(read(file_of("-", [write(item)]), types))
    if len(found) != 1 or not isinstance(again := found[0], Item):
        return False
    written = {"short", "numeric"}
    is_of_kind = again.kind == item.kind or {again.kind, item.kind} == written
    return is_of_kind and [_key(o) for o in again.options] == [_key(o) for o in item.options]


def _key(option: Option) -> tuple[str, bool, bool, str]:
    return one_line(option.text), option.is_right, bool(option.feedback), one_line(option.partner)


def _with_ids(text: str) -> str:
    lines = text.split("\n")
    taken: set[str] = set()
    nameless = []
    for section in markdown.sections(markdown.parse(text)):
        if section.level == 2 and section.id:
            taken.add(section.id)
        elif section.level == 2:
            nameless.append(section)
    for section in nameless:
        item = Item("single", section.line, section.title)
        name_item(item, taken)
        lines[section.line - 1] += f" {{#{item.id}}}"
    return "\n".join(lines)


def _error_within(errors: dict[int, str], section: markdown.Section, last: int) -> str:
    end = max((t.map[1] for t in section.body if t.map), default=section.line)
    inside = (
        errors[line] for line in sorted(errors) if section.line <= line <= max(end, section.line)
    )
    return next(inside, "our checker refuses it")


def _item(section: markdown.Section, read_: ReadQuestion, lines: list[str]) -> Item:
    if read_.type not in OUR_KINDS:
        raise CannotTake(f"the kind “{read_.type}” has no counterpart elsewhere")
    item = Item(
        OUR_KINDS[read_.type],
        section.line,
        ID_AT_END.sub("", section.heading[1].content).strip(),
        id=read_.source.id,
    )
    first = read_.source.items[0].line if read_.source.items else 0
    body = []
    for block in _blocks(section.body):
        start, end = block[0].map or [0, 0]
        if (box := block[0].meta.get("box")) == "tip":
            item.hint = _joined(item.hint, BOX.sub("", _unquoted(lines[start:end])))
        elif box == "note":
            item.explanation = _joined(item.explanation, BOX.sub("", _unquoted(lines[start:end])))
        elif start < first <= end:
            item.options = [_option(entry, lines) for entry in _blocks(block[1:-1])]
        else:
            body.append("\n".join(lines[start:end]).strip("\n"))
    item.body = "\n\n".join(body)
    _note_what_stays(item, [section.heading[1], *section.body])
    return item


def _note_what_stays(item: Item, tokens: Sequence[Token]) -> None:
    if markdown.images_in(tokens):
        raise CannotTake("a picture; add it over there by hand")
    for name in dict.fromkeys(markdown.reference_names(tokens)):
        item.notes.append(f"the fact {{{{{name}}}}} goes along as its name only")


def _blocks(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def _option(entry: Sequence[Token], lines: list[str]) -> Option:
    said, feedback = "", ""
    for block in _blocks(entry[1:-1]):
        start, end = block[0].map or [0, 0]
        if block[0].type == "blockquote_open":
            feedback = _joined(feedback, _unquoted(lines[start:end]))
        elif block[0].type == "paragraph_open":
            said = f"{said} {one_line(block[1].content)}".strip()
    if mark := MARK.match(said):
        return Option(said[mark.end() :].strip(), mark[1] in "xX=", feedback)
    left, *right = ARROW.split(said, maxsplit=1)
    return Option(left.strip(), False, feedback, right[0].strip() if right else "")


def _unquoted(lines: Sequence[str]) -> str:
    return "\n".join(QUOTED.sub("", line).rstrip() for line in lines).strip("\n")


def _joined(one: str, other: str) -> str:
    return f"{one}\n\n{other}" if one else other


def _list(item: Item) -> str:
    lines = []
    for number, option in enumerate(item.options, 1):
        marker = f"{number}. " if item.kind == "ordering" else "- "
        lines.append(f"{marker}{_entry(item, option)}".rstrip())
        indent = " " * len(marker)
        lines += [
            f"{indent}> {line}".rstrip() for line in option.feedback.split("\n") if option.feedback
        ]
    return "\n".join(lines)


def _entry(item: Item, option: Option) -> str:
    if item.kind == "matching":
        return f"{option.text} -> {option.partner}".strip()
    if item.kind == "ordering":
        return option.text
    right, wrong = ("=", "!") if item.kind in {"short", "numeric"} else ("x", " ")
    mark = right if option.is_right else wrong
    return f"[{mark}] {option.text}"


def _box(name: str, text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in [f"[!{name}]", *text.split("\n")]) * bool(
        text
    )
