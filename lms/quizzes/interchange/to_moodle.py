"""Moodle XML that Moodle and its relatives read; texts stay Markdown, which Moodle knows."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from lms.quizzes.interchange import cloze, prose
from lms.quizzes.interchange.bank import Item, Option, one_line
from lms.quizzes.interchange.to_gift import note_unsaid_feedback, range_without_unit, share_of

TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "short": "shortanswer",
    "numeric": "numerical",
    "matching": "matching",
    "ordering": "ordering",
    "gaps": "multianswer",
}
NOT_IN_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ")


def write(item: Item) -> str:
    """Return a question as Moodle XML. Raises `CannotTake`."""
    stem = "\n\n".join(filter(None, [item.stem, item.body]))
    stem = cloze.write(stem) if item.kind == "gaps" else stem
    lines = [
        f'  <question type="{TYPES[item.kind]}">',
        f"    <name><text>{_words(one_line(prose.to_plain(item.stem))[:200])}</text></name>",
        f"    {_text('questiontext', stem)}",
        f"    {_text('generalfeedback', item.explanation)}",
        f"    <defaultgrade>{item.points:g}</defaultgrade>",
        f"    <idnumber>{_words(item.id)}</idnumber>",
        *(f"    {line}" for line in _answers(item)),
    ]
    if item.hint:
        lines.append(f"    {_text('hint', item.hint)}")
    return "\n".join([*lines, "  </question>", ""])


def file_of(title: str, questions: list[str]) -> str:
    """Return the whole file."""
    category = f"<text>$course$/top/{_words(title.replace('/', '//'))}</text>"
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n',
            f'  <question type="category">\n    <category>{category}</category>\n  </question>\n',
            *questions,
            "</quiz>\n",
        ]
    )


def _answers(item: Item) -> Iterator[str]:
    if item.kind in {"matching", "ordering"}:
        note_unsaid_feedback(item)
    if item.kind in {"single", "multiple"}:
        yield from _choices(item)
    elif item.kind == "short":
        yield "<usecase>0</usecase>"
        for option in item.options:
            text = prose.to_plain(option.text).replace("*", "\\*")
            share = "100" if option.is_right else "0"
            yield _answer(share, f"<text>{_words(text)}</text>", option)
    elif item.kind == "numeric":
        yield from _numbers(item)
    elif item.kind == "matching":
        yield "<shuffleanswers>true</shuffleanswers>"
        for option in item.options:
            right = f"<answer><text>{_words(prose.to_plain(option.partner))}</text></answer>"
            yield _text("subquestion", option.text, right)
    elif item.kind == "ordering":
        yield "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype>"
        yield "<selectcount>0</selectcount><gradingtype>ABSOLUTE_POSITION</gradingtype>"
        for place, option in enumerate(item.options, 1):
            yield _text("answer", option.text, fraction=f"{place}.0000000")


def _choices(item: Item) -> Iterator[str]:
    share = share_of(sum(option.is_right for option in item.options))
    wrong = "0" if item.kind == "single" else "-100"
    yield f"<single>{'true' if item.kind == 'single' else 'false'}</single>"
    yield "<shuffleanswers>true</shuffleanswers><answernumbering>none</answernumbering>"
    for option in item.options:
        fraction = share if option.is_right else wrong
        yield _text("answer", option.text, _feedback(option), fraction=fraction)


def _numbers(item: Item) -> Iterator[str]:
    for option in item.options:
        accepted = range_without_unit(item, option)
        middle = (accepted.low + accepted.high) / 2
        tolerance = f"<tolerance>{format(accepted.high - middle, 'f')}</tolerance>"
        yield _answer("100", f"<text>{format(middle, 'f')}</text>{tolerance}", option)


def _answer(fraction: str, inside: str, option: Option) -> str:
    return f'<answer fraction="{fraction}" format="plain_text">{inside}{_feedback(option)}</answer>'


def _feedback(option: Option) -> str:
    return _text("feedback", option.feedback) if option.feedback else ""


def _text(tag: str, text: str, more: str = "", **attributes: str) -> str:
    said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<{tag}{said} format="markdown"><text>{_words(text)}</text>{more}</{tag}>'


def _words(text: str) -> str:
    return escape(text.translate(NOT_IN_XML))
