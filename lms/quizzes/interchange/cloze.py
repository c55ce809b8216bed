"""The gaps of a Moodle cloze text: `{1:SHORTANSWER:=Astana~=Nur-Sultan}` and ours, `[[…|…]]`."""

import re
from collections.abc import Callable
from html import escape, unescape

from lms.quizzes.interchange.bank import CannotTake, one_line
from lms.quizzes.interchange.words import number_for_us

EMBEDDED = re.compile(r"\{([0-9]{0,9}):([A-Z_]{1,20}):((?:\\.|[^}\\]){0,5000})\}", re.DOTALL)
COUNTED = {"NUMERICAL", "NM"}
WRITTEN = {"SHORTANSWER", "SHORTANSWER_C", "SA", "SAC", "MW", "MWC"}
CHOSEN = {"MULTICHOICE", "MULTICHOICE_S", "MC", "MCS", "MULTICHOICE_H", "MULTICHOICE_HS", "MULTICHOICE_V",
          "MULTICHOICE_VS", "MCH", "MCHS", "MCV", "MCVS"}  # fmt: skip
BETWEEN = re.compile(r"(?<!\\)~")
BEFORE_FEEDBACK = re.compile(r"(?<!\\)#")
WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)%")
ESCAPED = re.compile(r"\\([~#}=\\/\"])")
CONTROL = re.compile(r"[~#}=/]")
UNLIKE_WORDS = re.compile(r"[|*_\[\]{}<>`\\&~]")
HOLE = re.compile("\ufdd8([0-9]{1,6})\ufdd9")
GAP = re.compile(r"\[\[(.*?)\]\]")


def read(text: str, note: Callable[[str], None]) -> tuple[str, list[str]]:
    """Return a text with holes where gaps were, and the gaps as we write them."""
    gaps: list[str] = []

    def hole(match: re.Match[str]) -> str:
        gaps.append(_read_gap(match[2], match[3], note))
        return f"\ufdd8{len(gaps) - 1}\ufdd9"

    return EMBEDDED.sub(hole, text), gaps


def fill(text: str, gaps: list[str]) -> str:
    """Return a text with the gaps in its holes."""
    return HOLE.sub(lambda match: gaps[int(match[1])], text)


def write(text: str) -> str:
    """Return our text with its gaps as Moodle writes them."""
    return GAP.sub(lambda match: _written_gap(match[1]), text)


def _read_gap(kind: str, answers: str, note: Callable[[str], None]) -> str:
    if kind not in WRITTEN | CHOSEN | COUNTED:
        raise CannotTake(f"a gap of the kind {kind}; ours take words")
    accepted, wrong = [], []
    for answer in BETWEEN.split(unescape(answers).strip().removeprefix("~")):
        text, weight = answer.strip(), 0.0
        if text.startswith("="):
            text, weight = text[1:], 100.0
        elif match := WEIGHT.match(text):
            text, weight = text[match.end() :], float(match[1])
        said, *feedback = BEFORE_FEEDBACK.split(text, maxsplit=1)
        if feedback:
            note("the feedback within gaps is left out")
        word = one_line(ESCAPED.sub(r"\1", said))
        if weight >= 100 and kind in COUNTED:
            accepted.append(_exact(word))
        elif weight >= 100 and word != "*":
            accepted.append(word)
        elif kind in CHOSEN:
            wrong.append(word)
    if kind in CHOSEN and not wrong:
        raise CannotTake("a gap with nothing to choose from")
    _refuse_unwritable(accepted, wrong)
    return f"[[{'|'.join([*accepted, *(f'~{word}' for word in wrong)])}]]"


def _exact(text: str) -> str:
    number = number_for_us(text)
    if "±" in number or ".." in number:
        raise CannotTake("a gap that takes a range of numbers; ours take one")
    return number


def _refuse_unwritable(accepted: list[str], wrong: list[str]) -> None:
    if not accepted or not all(accepted + wrong):
        raise CannotTake("a gap without a right answer, or with an empty one")
    if len({*accepted, *wrong}) < len(accepted + wrong):
        raise CannotTake("two answers to one gap are the same")
    for word in accepted + wrong:
        if UNLIKE_WORDS.search(word) or word[0] in "~=":
            raise CannotTake(f"“{word}” cannot stand in a gap of ours")


def _written_gap(text: str) -> str:
    parts = [part.strip() for part in text.split("|")]
    is_chosen = any(part.startswith("~") for part in parts)
    answers = "~".join(
        ("" if part.startswith("~") else "=")
        + CONTROL.sub(r"\\\g<0>", escape(part.removeprefix("~").strip(), quote=False))
        for part in parts
    )
    return f"{{1:{'MULTICHOICE' if is_chosen else 'SHORTANSWER'}:{answers}}}"
