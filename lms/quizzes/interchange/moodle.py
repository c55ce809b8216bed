"""Moodle XML, as Moodle writes it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lms.quizzes.interchange import cloze, prose
from lms.quizzes.interchange.bank import (
    LONGEST_QUESTION,
    CannotTake,
    Found,
    Item,
    Option,
    Skipped,
    one_line,
    split_stem,
)
from lms.quizzes.interchange.gift import full_and_plain, only_the_full
from lms.quizzes.interchange.words import RIGHT_OR_WRONG, fit_for_id, number_for_us
from lms.quizzes.interchange.xml_parts import Part, questions_in

NOT_OURS = {
    "essay": "an essay; a trainer's question with its rubric is written by hand",
    "description": "a description without a question",
}
TRUE = {"true", "1"}


def read(text: str, language: str) -> Found:
    """Yield the questions of a Moodle XML file, each with the line where it begins."""
    category = ""
    for part in questions_in(text):
        if part.attributes.get("type") == "category":
            category = part.said("category", "text")
            continue
        try:
            item = _read_question(part, language)
        except CannotTake as problem:
            yield Skipped(part.line, str(problem))
            continue
        item.category = category
        yield item


@dataclass
class _Question:
    part: Part
    language: str
    notes: list[str] = field(default_factory=list)
    is_sure: bool = True

    def text(self, part: Part | None) -> str:
        """Return a text in its element, as Markdown."""
        if part is None:
            return ""
        if part.first("file"):
            raise CannotTake("a picture or file; add it by hand to media/")
        said, format_ = part.said("text"), part.attributes.get("format", "html")
        if format_ == "markdown":
            self.is_sure = self.is_sure and said == prose.from_plain(said)
            return said
        if format_ == "plain_text":
            return prose.from_plain(said)
        return prose.from_html(said, self.notes.append)

    def line(self, part: Part | None) -> str:
        """Return a text as one line of Markdown."""
        return one_line(self.text(part))


def _read_question(part: Part, language: str) -> Item:
    kind = part.attributes.get("type", "")
    if kind in NOT_OURS:
        raise CannotTake(NOT_OURS[kind])
    if kind not in READERS:
        raise CannotTake(f"the kind “{kind}” is not one of ours")
    if _length(part) > LONGEST_QUESTION:
        raise CannotTake(f"longer than {LONGEST_QUESTION} letters, files counted")
    question = _Question(part, language)
    item = READERS[kind](question)
    if not item.stem:
        item.stem, item.body = split_stem(question.text(part.first("questiontext")))
    item.explanation = question.text(part.first("generalfeedback"))
    item.hint = "\n\n".join(filter(None, (question.text(hint) for hint in part.all("hint"))))
    item.points = _number(part.said("defaultgrade"), 1)
    item.id = fit_for_id(part.said("idnumber")) or fit_for_id(part.said("name", "text"))
    item.notes, item.is_sure = question.notes, question.is_sure
    return item


def _length(part: Part) -> int:
    return sum(map(len, part.words)) + sum(map(_length, part.parts))


def _read_choice(question: _Question) -> Item:
    options, weights = [], []
    for answer in question.part.all("answer"):
        weights.append(_number(answer.attributes.get("fraction", "0"), 0) / 100)
        feedback = question.text(answer.first("feedback"))
        options.append(Option(question.line(answer), weights[-1] > 0, feedback))
    if question.part.said("single").lower() in TRUE:
        options = only_the_full(options, weights, question.notes.append)
    elif len({weight for weight in weights if weight > 0}) > 1:
        question.notes.append("the weights of the right options are not kept")
    right = sum(option.is_right for option in options)
    return Item("single" if right == 1 else "multiple", question.part.line, "", options=options)


def _read_true_false(question: _Question) -> Item:
    right = {a.said("text").lower(): a for a in question.part.all("answer")}
    options = []
    for said, word in zip(("true", "false"), RIGHT_OR_WRONG[question.language], strict=True):
        answer = right.get(said)
        is_right = answer is not None and _number(answer.attributes.get("fraction", "0"), 0) > 0
        feedback = question.text(answer.first("feedback")) if answer else ""
        options.append(Option(word, is_right, feedback))
    return Item("single", question.part.line, "", options=options)


def _read_short(question: _Question) -> Item:
    options = []
    if question.part.said("usecase") in TRUE:
        question.notes.append("capital and small letters are the same now")
    for answer, text, weight in _accepted(question):
        if full_and_plain(text, weight or 1, question.notes.append):
            plain = prose.from_plain(one_line(text.replace("\\*", "*")))
            options.append(Option(plain, weight > 0, question.text(answer.first("feedback"))))
    return Item("short", question.part.line, "", options=options)


def _read_numeric(question: _Question) -> Item:
    options = []
    if question.part.first("units"):
        question.notes.append("units are left out; say in the question which one is meant")
    for answer, text, weight in _accepted(question):
        if full_and_plain(text, weight, question.notes.append):
            number = number_for_us(f"{text}:{answer.said('tolerance')}")
            options.append(Option(number, True, question.text(answer.first("feedback"))))
    return Item("numeric", question.part.line, "", options=options)


def _accepted(question: _Question) -> list[tuple[Part, str, float]]:
    return [
        (answer, answer.said("text"), _number(answer.attributes.get("fraction", "100"), 0) / 100)
        for answer in question.part.all("answer")
    ]


def _read_matching(question: _Question) -> Item:
    pairs = []
    for part in question.part.all("subquestion"):
        left, right = question.line(part), part.said("answer", "text")
        pairs.append(Option(left, partner=one_line(prose.from_plain(right))))
    return Item("matching", question.part.line, "", options=pairs)


def _read_ordering(question: _Question) -> Item:
    entries = [Option(question.line(answer)) for answer in question.part.all("answer")]
    return Item("ordering", question.part.line, "", options=entries)


def _read_cloze(question: _Question) -> Item:
    part = question.part.first("questiontext")
    if part is None:
        raise CannotTake("a question without text")
    said, gaps = cloze.read(part.said("text"), question.notes.append)
    if not gaps:
        raise CannotTake("no gaps in the text")
    part.first("text").words[:] = [said]  # type: ignore[union-attr]
    text = question.text(part)
    stem, body = split_stem(text)
    if cloze.HOLE.search(stem):
        stem, body = one_line(prose.from_plain(question.part.said("name", "text"))), text
    question.is_sure = False
    return Item("gaps", question.part.line, stem, cloze.fill(body, gaps))


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


READERS: dict[str, Callable[[_Question], Item]] = {
    "multichoice": _read_choice,
    "truefalse": _read_true_false,
    "shortanswer": _read_short,
    "numerical": _read_numeric,
    "matching": _read_matching,
    "ordering": _read_ordering,
    "multianswer": _read_cloze,
    "cloze": _read_cloze,
}
