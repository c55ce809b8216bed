"""GIFT that Moodle reads, and stricter readers too."""

import re

from lms.quizzes import numbers
from lms.quizzes.interchange import prose
from lms.quizzes.interchange.bank import CannotTake, Item, Option, one_line

CONTROL = re.compile(r"[\\~=#{}:]")
LIKE_A_FORMAT = re.compile(r"\[(?=[a-z]+\])")
#: The shares that Moodle knows, by how many right options there are.
SHARES = {1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667", 7: "14.28571",
          8: "12.5", 9: "11.11111", 10: "10", 20: "5"}  # fmt: skip


def write(item: Item) -> str:
    """Return a question as GIFT, its texts as Markdown. Raises `CannotTake`."""
    if item.kind in {"ordering", "gaps"}:
        raise CannotTake(f"GIFT has no {item.kind}; Moodle XML has")
    if item.hint:
        item.notes.append("GIFT has no hints; this one is left out")
    answers = {
        "single": _choices,
        "multiple": _choices,
        "short": _words,
        "numeric": _numbers,
        "matching": _pairs,
    }[item.kind](item)
    stem = "\n\n".join(filter(None, [item.stem, item.body]))
    general = f"\n\t####{_text(item.explanation)}" if item.explanation else ""
    return f"::{item.id}::[markdown]{_escaped(stem)}{{{answers}{general}\n}}\n"


def file_of(title: str, questions: list[str]) -> str:
    """Return the whole file."""
    return "\n".join(
        [f"$CATEGORY: $course$/top/{one_line(title).replace('/', '//')}\n", *questions]
    )


def share_of(right: int) -> str:
    """Return what each of the right options counts in per cent. Raises `CannotTake`."""
    if right not in SHARES:
        raise CannotTake(f"Moodle cannot share the mark among {right} right options")
    return SHARES[right]


def note_unsaid_feedback(item: Item) -> None:
    """Note that what is said to single pairs and steps stays here."""
    if any(option.feedback for option in item.options):
        item.notes.append(f"Moodle has no feedback within {item.kind}; it is left out")


def range_without_unit(item: Item, option: Option) -> numbers.Range:
    """Return the numbers that an entry accepts, noting a unit. Raises `CannotTake`."""
    amount, unit = numbers.split_accepted(prose.to_plain(option.text))
    if unit:
        item.notes.append(f"the unit “{unit}” is left out; say it in the question")
    accepted = numbers.read_range(amount)
    if accepted is None:
        raise CannotTake(f"“{option.text}” is not a number that Moodle knows")
    return accepted


def _choices(item: Item) -> str:
    right = sum(option.is_right for option in item.options)
    share = share_of(right)
    if item.kind == "single":
        return "".join(f"\n\t{_choice(o, '=' if o.is_right else '~')}" for o in item.options)
    marks = {True: f"~%{share}%", False: "~%-100%"}
    return "".join(f"\n\t{_choice(o, marks[o.is_right])}" for o in item.options)


def _choice(option: Option, mark: str) -> str:
    text = _text(option.text)
    if text.startswith("%") and not mark.endswith("%"):
        mark += "%100%" if mark == "=" else "%0%"
    return f"{mark}{text}{_feedback(option)}"


def _words(item: Item) -> str:
    lines = ""
    for option in item.options:
        text = _escaped(prose.to_plain(option.text).replace("*", "\\*"))
        if "->" in text:
            raise CannotTake("GIFT would take an accepted answer with -> for a pair")
        mark = "=%100%" if text.startswith("%") else "="
        mark = mark if option.is_right else "=%0%"
        lines += f"\n\t{mark}{text}{_feedback(option)}"
    return lines


def _numbers(item: Item) -> str:
    lines = ""
    for option in item.options:
        accepted = range_without_unit(item, option)
        lines += f"\n\t={_range(accepted, '±' in option.text)}{_feedback(option)}"
    return f"#{lines}"


def _range(accepted: numbers.Range, is_around: bool) -> str:
    low, high = accepted.low, accepted.high
    if low == high:
        return format(low, "f")
    if is_around:
        return f"{(low + high) / 2:f}:{(high - low) / 2:f}"
    return f"{low:f}..{high:f}"


def _pairs(item: Item) -> str:
    note_unsaid_feedback(item)
    pairs = ((_text(o.text), _escaped(prose.to_plain(o.partner))) for o in item.options)
    return "".join(f"\n\t={left} -> {right}" for left, right in pairs)


def _feedback(option: Option) -> str:
    return f"#{_text(option.feedback)}" if option.feedback else ""


def _text(text: str) -> str:
    return _escaped(LIKE_A_FORMAT.sub(r"\\[", text, count=1) if text.startswith("[") else text)


def _escaped(text: str) -> str:
    return CONTROL.sub(r"\\\g<0>", text).replace("\n", "\\n")
