"""Numbers as people type them: `1 000 000`, `3,14`, `−5`, `13 %`; and as authors accept them."""

import re
from dataclasses import dataclass
from decimal import Decimal

SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]")
#: Nothing longer is a number anybody means.
LONGEST = 30
PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?|[+-]?\.[0-9]+")
#: Made of what ranges and tolerances are made of, so it was meant as one.
LIKE_A_RANGE = re.compile(r"±|[0-9]\s*\.\.|\.\.\s*[-−]?[0-9]")
LIKE_A_NUMBER = re.compile(r"[+\-−]?[\s\u00a0\u202f]*[0-9][0-9\s\u00a0\u202f]*(?:[.,][0-9]*)?")
TWO_COMMAS = re.compile(r"[0-9]+,[0-9]+,[0-9,]+")
MINUSES = str.maketrans("−–", "--")


@dataclass(frozen=True)
class Range:
    """The numbers from `low` to `high`, both included."""

    low: Decimal
    high: Decimal

    def __contains__(self, number: Decimal) -> bool:
        return self.low <= number <= self.high


def read_number(text: str) -> Decimal | None:
    """Return the number in `text`, or None if it is none."""
    plain = SPACES.sub("", text).translate(MINUSES).rstrip("%₸").replace(",", ".")
    if len(plain) > LONGEST or not PLAIN.fullmatch(plain):
        return None
    return Decimal(plain)


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
