"""GIFT, as Moodle reads it and as stricter readers accept it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lms.quizzes.interchange import prose
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
from lms.quizzes.interchange.words import RIGHT_OR_WRONG, fit_for_id, number_for_us

#: What a backslash makes harmless; such letters wait as noncharacters, which no text has.
CONTROLS = {"\\\\": "\ufdd0", "\\:": "\ufdd1", "\\#": "\ufdd2", "\\=": "\ufdd3",
            "\\{": "\ufdd4", "\\}": "\ufdd5", "\\~": "\ufdd6", "\\n": "\ufdd7"}  # fmt: skip
ESCAPED = re.compile(r"\\[\\:#={}~n]")
UNESCAPED = str.maketrans("\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6\ufdd7", "\\:#={}~\n")
FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]")
WEIGHT = re.compile(r"%(-*[0-9]{1,2}\.?[0-9]*)%")
IDNUMBER = re.compile(r"\[id:([^\]\\]+)\]")


def read(text: str, language: str) -> Found:
    """Yield the questions of a GIFT file, each with the line where it begins."""
    category = ""
    for line, lines in _blocks(text):
        words = [w for w in lines if not w.lstrip().startswith("//")]
        if words and words[0].lstrip().startswith("$CATEGORY:"):
            category = words.pop(0).split(":", 1)[1].strip()
        if not any(w.strip() for w in words):
            continue
        try:
            item = _read_question("\n".join(words).strip(), line, language)
        except CannotTake as problem:
            yield Skipped(line, str(problem))
            continue
        item.category = category
        item.id = _idnumber(lines) or item.id
        yield item


@dataclass
class _Question:
    line: int
    language: str
    format: str
    answers: str
    notes: list[str] = field(default_factory=list)
    is_sure: bool = True

    def text(self, raw: str) -> str:
        """Return a piece as Markdown."""
        if not raw:
            return ""
        raw, format_ = _format_of(raw.strip(), self.format)
        raw = raw.translate(UNESCAPED)
        if format_ == "html":
            return prose.from_html(raw, self.notes.append)
        plain = prose.from_plain(raw)
        if format_ != "markdown" or plain == raw:
            return plain
        self.is_sure = False
        return raw.strip()


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            if not any(not known.lstrip().startswith("//") for known in block):
                start = number
            block.append(line)
        elif block:
            yield start, block
            block = []
    if block:
        yield start, block


def _idnumber(lines: list[str]) -> str:
    comments = "\n".join(line for line in lines if line.lstrip().startswith("//"))
    match = IDNUMBER.search(comments)
    return fit_for_id(match[1]) if match else ""


def _read_question(text: str, line: int, language: str) -> Item:
    if len(text) > LONGEST_QUESTION:
        raise CannotTake(f"longer than {LONGEST_QUESTION} letters")
    text = ESCAPED.sub(lambda match: CONTROLS[match[0]], text)
    name, text = _split_name(text)
    stem, answers = _split_answers(text)
    answers, has_general, general = _split_last(answers, "####")
    question = _Question(line, language, _format_of(stem.strip(), "moodle")[1], answers.strip())
    item = _kind_of(question)(question)
    item.stem, item.body = split_stem(question.text(stem))
    item.explanation = question.text(general) if has_general else ""
    item.id = fit_for_id(name.translate(UNESCAPED))
    item.notes = question.notes
    item.is_sure = question.is_sure
    return item


def _split_name(text: str) -> tuple[str, str]:
    if text.startswith("::") and (end := text.find("::", 2)) > 0:
        return text[2:end].strip(), text[end + 2 :].strip()
    return "", text.removeprefix("::")


def _split_answers(text: str) -> tuple[str, str]:
    start, end = text.find("{"), text.find("}")
    if start < 0 and end < 0:
        raise CannotTake("a description without a question")
    if start < 0 or end < start:
        raise CannotTake(
            "a brace without its other half; write \\{ or \\} if it belongs to the text"
        )
    rest = text[end + 1 :]
    if "{" in rest or "}" in rest or "{" in text[start + 1 : end]:
        raise CannotTake(
            "more than one pair of braces; write \\{ and \\} if they belong to the text"
        )
    gap = "_____" if rest.strip() else ""
    return text[:start] + gap + rest, text[start + 1 : end].strip()


def _split_last(text: str, mark: str) -> tuple[str, bool, str]:
    before, found, after = text.rpartition(mark)
    return (before, True, after) if found else (text, False, "")


def _format_of(text: str, default: str) -> tuple[str, str]:
    match = FORMAT.match(text)
    return (text[match.end() :], match[1]) if match else (text, default)


def _kind_of(question: _Question) -> Callable[[_Question], Item]:
    answers = question.answers
    if not answers:
        raise CannotTake("an essay; a trainer's question with its rubric is written by hand")
    if answers.startswith("#"):
        return _read_numeric
    if "~" in answers:
        return _read_choice
    if "=" in answers and "->" in answers:
        return _read_matching
    if answers.partition("#")[0].strip() in {"T", "TRUE", "F", "FALSE"}:
        return _read_true_false
    return _read_short


def _read_choice(question: _Question) -> Item:
    is_single = "=" in question.answers
    parts = question.answers.replace("=", "~=").split("~")
    options, weights = [], []
    for part in parts if parts[0].strip() else parts[1:]:
        weight, text, feedback = _split_answer(part)
        weights.append(weight)
        options.append(Option(one_line(question.text(text)), weight > 0, question.text(feedback)))
    if is_single:
        options = only_the_full(options, weights, question.notes.append)
    elif len({weight for weight in weights if weight > 0}) > 1:
        question.notes.append("the weights of the right options are not kept")
    right = sum(option.is_right for option in options)
    return Item("single" if right == 1 else "multiple", question.line, "", options=options)


def only_the_full(
    options: Sequence[Option], weights: Sequence[float], note: Callable[[str], None]
) -> list[Option]:
    """Return the options of a single choice, right where they count whole."""
    if sum(weight >= 1 for weight in weights) > 1:
        raise CannotTake("several options are each the whole right answer of a single choice")
    if any(0 < weight < 1 for weight in weights):
        note("an option that was partly right is wrong now")
    return [
        Option(option.text, weight >= 1, option.feedback)
        for option, weight in zip(options, weights, strict=True)
    ]


def _read_true_false(question: _Question) -> Item:
    answer, _, rest = question.answers.partition("#")
    wrong, _, right = rest.partition("#")
    is_true = answer.strip() in {"T", "TRUE"}
    said = [question.text(right), question.text(wrong)]
    true, false = RIGHT_OR_WRONG[question.language]
    options = [
        Option(true, is_true, said[0 if is_true else 1]),
        Option(false, not is_true, said[1 if is_true else 0]),
    ]
    return Item("single", question.line, "", options=options)


def _read_short(question: _Question) -> Item:
    options = []
    for weight, text, feedback in _answers(question.answers):
        text = one_line(_format_of(text.strip(), "")[0].translate(UNESCAPED))
        if full_and_plain(text, weight or 1, question.notes.append):
            plain = prose.from_plain(text.replace("\\*", "*"))
            options.append(Option(plain, weight > 0, question.text(feedback)))
    return Item("short", question.line, "", options=options)


def full_and_plain(text: str, weight: float, note: Callable[[str], None]) -> bool:
    """Say whether an accepted answer can be one of ours, noting why not."""
    if weight < 1:
        note(f"the answer “{text}” counted {weight * 100:g} per cent and is not accepted")
    elif "*" in text.replace("\\*", ""):
        note(f"the answer “{text}” has a wildcard and is not accepted")
    else:
        return True
    return False


def _read_numeric(question: _Question) -> Item:
    answers, wrong, _ = question.answers[1:].partition("~")
    if wrong:
        question.notes.append("the feedback to a wrong number is left out")
    options = []
    for weight, text, feedback in _answers(answers):
        text = text.strip()
        if full_and_plain(text, weight, question.notes.append):
            options.append(Option(number_for_us(text), True, question.text(feedback)))
    return Item("numeric", question.line, "", options=options)


def _read_matching(question: _Question) -> Item:
    parts = question.answers.split("=")
    pairs = []
    for part in parts if parts[0].strip() else parts[1:]:
        left, arrow, right = part.partition("->")
        if not arrow:
            raise CannotTake("a pair without ->")
        partner = prose.from_plain(right.translate(UNESCAPED))
        pairs.append(Option(one_line(question.text(left)), partner=one_line(partner)))
    return Item("matching", question.line, "", options=pairs)


def _answers(text: str) -> Iterator[tuple[float, str, str]]:
    parts = text.split("=")
    for number, part in enumerate(parts):
        if part.strip() or number:
            yield _split_answer(part if part.strip().startswith("%") else f"={part}")


def _split_answer(part: str) -> tuple[float, str, str]:
    text, weight = part.strip(), 0.0
    if text.startswith("="):
        text, weight = text[1:].strip(), 1.0
    if match := WEIGHT.match(text):
        text, weight = text[match.end() :], _per_cent(match[1])
    answer, _, feedback = text.partition("#")
    return weight, answer, feedback


def _per_cent(text: str) -> float:
    sign = -1 if text.startswith("-") else 1
    return sign * float(text.lstrip("-") or 0) / 100
