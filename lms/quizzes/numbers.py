"""Numbers as people type them: `1 000 000`, `3,14`, `−5`, `12,5 км`; and as authors accept them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms import search

SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]")
#: Nothing longer is a number anybody means.
LONGEST = 30
PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?|[+-]?\.[0-9]+")
#: Made of what ranges and tolerances are made of, so it was meant as one.
LIKE_A_RANGE = re.compile(r"±|[0-9]\s*\.\.|\.\.\s*[-−]?[0-9]")
LIKE_A_NUMBER = re.compile(r"[+\-−]?[\s\u00a0\u202f]*[0-9][0-9\s\u00a0\u202f]*(?:[.,][0-9]*)?")
TWO_COMMAS = re.compile(r"[0-9]+,[0-9]+,[0-9,]+")
MINUSES = str.maketrans("−–", "--")
#: A number and what stands after it: letters or a sign, no second number; the 2 of м2 belongs to it.
WITH_UNIT = re.compile(r"(.*[0-9])(\s*)((?:[^\W\d_]|[%°₸$€])[^\d±]{0,30}(?:(?<=[^\W\d_])[23])?)")
#: More words than these are a sentence.
LONGEST_UNIT = 2
SAME_UNITS = {
    "тенге": "₸", "тг": "₸", "kzt": "₸",
    "паиыз": "%", "процент": "%", "процента": "%", "процентов": "%",
}  # fmt: skip


@dataclass(frozen=True)
class Range:
    """The numbers from `low` to `high`, both included."""

    low: Decimal
    high: Decimal

    @classmethod
    def between(cls, ends: Sequence[str]) -> "Range":
        """Return the range that `ends` was taken from."""
        return cls(*map(Decimal, ends))

    @property
    def ends(self) -> list[str]:
        """Both ends, as they are kept."""
        return [format(end.normalize(), "f") for end in (self.low, self.high)]

    def __contains__(self, number: Decimal) -> bool:
        return self.low <= number <= self.high


def read_number(text: str) -> Decimal | None:
    """Return the number in `text`, or None if it is none."""
    plain = SPACES.sub("", text).translate(MINUSES).rstrip("%₸").replace(",", ".")
    if len(plain) > LONGEST or not PLAIN.fullmatch(plain):
        return None
    return Decimal(plain)


def split_unit(text: str) -> tuple[str, str]:
    """Return the number's part of a learner's text, and the unit after it; empty if there is none."""
    match = WITH_UNIT.fullmatch(text.strip())
    if match is None or len(match[3].split()) > LONGEST_UNIT:
        return text, ""
    return match[1], match[3].strip()


def split_accepted(text: str) -> tuple[str, str]:
    """Return the same of an author's text, in which letters right after a digit are a word: `5G`."""
    amount, unit = split_unit(text)
    return (text, "") if text.startswith(amount + unit) and unit[:1].isalpha() else (amount, unit)


def unit_key(unit: str) -> str:
    """Return a unit as it is compared: however it is typed, `м²` is `м2` and `тг.` is `₸`."""
    folded = unicodedata.normalize("NFKC", search.fold(unit))
    plain = "".join(sign for sign in folded if sign.isalnum() or sign in "%°₸$€/")
    return SAME_UNITS.get(plain, plain)


def read_range(text: str) -> Range | None:
    """Return what an author accepts: `1995`, `3,14 ± 0,01` or `10..12`; None if it is none of these."""
    if "±" in text:
        middle, _, tolerance = (part.strip() for part in text.partition("±"))
        number, margin = read_number(middle), read_number(tolerance)
        if number is None or margin is None or margin < 0:
            return None
        return Range(number - margin, number + margin)
    if ".." in text:
        low, high = (read_number(part) for part in text.split("..", 1))
        return None if low is None or high is None or low > high else Range(low, high)
    number = read_number(text)
    return None if number is None else Range(number, number)


def was_meant_as_number(text: str) -> bool:
    """Say whether an author tried to write a number, a tolerance or a range."""
    return bool(
        LIKE_A_RANGE.search(text) or LIKE_A_NUMBER.fullmatch(text) or TWO_COMMAS.fullmatch(text)
    )
