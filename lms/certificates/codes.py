"""Certificate codes such as 7F3K-9Q2M-X4TB-5: random, easy to say, safe to mistype.

The letters are Douglas Crockford's base 32 (no I, L, O, U). The last character is the check
character of H. Michael Damm, “Total anti-symmetrische Quasigruppen” (Marburg 2004), over the
field of 32 elements: it catches every single wrong character and every swap of two characters.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 12  # 60 bits
LENGTH = RANDOM_CHARACTERS + 1
GROUP = 4

#: x⁵ + x² + 1, by which products in the field of 32 elements are reduced.
FIELD = 0b100101

#: What people read or type instead: look-alikes, and the same keys on a Cyrillic keyboard.
LOOK_ALIKES = str.maketrans("OILОІАВСЕНКМРТХУ", "011" + "01ABCEHKMPTXY")

SEPARATORS = re.compile(r"[\s._\-\u2010-\u2015\u2212]+")


def new() -> str:
    """Return a fresh code from the system's source of randomness, grouped as it is shown."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return grouped(body + check_character(body))


def read(text: str) -> str | None:
    """Return the code somebody typed as it is shown, or None if it cannot be one."""
    code = SEPARATORS.sub("", text).upper().translate(LOOK_ALIKES)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return grouped(code) if check_character(code[:-1]) == code[-1] else None


def grouped(code: str) -> str:
    """Return the characters of `code` in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def check_character(body: str) -> str:
    """Return the character that belongs after `body`."""
    check = 0
    for character in body:
        check = _doubled(check ^ ALPHABET.index(character))
    return ALPHABET[check]


def _doubled(element: int) -> int:
    doubled = element << 1
    return doubled ^ FIELD if doubled >= len(ALPHABET) else doubled
