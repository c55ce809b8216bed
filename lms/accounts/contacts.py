"""Contacts: an e-mail address or a phone number of Kazakhstan, written in one way each."""

import re
import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l

LONGEST = 254

NOT_A_CONTACT = _l("Write an e-mail address, or a phone number like +7 701 123 45 67")
NOT_OF_KAZAKHSTAN = _l("Phone numbers of Kazakhstan begin with +77; this one does not")

_ADDRESS = re.compile(r"[^@\s\x00-\x20\x7f()<>,;:\"\\\[\]]{1,64}@(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]+")
_BETWEEN_DIGITS = re.compile(r"[\s().\u2010-\u2015\u2212-]")


class ContactError(ValueError):
    """Text that is no contact; `reason` says in the page's language what to mend."""

    def __init__(self, reason: Any) -> None:
        super().__init__(reason)
        self.reason = reason


def normalised(text: str) -> str:
    """Return a contact as it is stored and compared; raise `ContactError` if it is none."""
    text = unicodedata.normalize("NFKC", text).strip()
    if "@" in text:
        return _normalised_address(text)
    return _normalised_phone(text)


def kind_of(contact: str) -> str:
    """Return `email` or `phone`."""
    return "email" if "@" in contact else "phone"


def shown(contact: str | None) -> str:
    """Return a contact as people write it: +7 701 123 45 67."""
    if not contact or kind_of(contact) == "email":
        return contact or ""
    return f"{contact[:2]} {contact[2:5]} {contact[5:8]} {contact[8:10]} {contact[10:]}"


def _normalised_address(text: str) -> str:
    address = text.lower()
    if len(address) > LONGEST or ".." in address or not _ADDRESS.fullmatch(address):
        raise ContactError(NOT_A_CONTACT)
    return address


def _normalised_phone(text: str) -> str:
    digits = _BETWEEN_DIGITS.sub("", text).removeprefix("+")
    if not re.fullmatch(r"[0-9]{10,11}", digits):
        raise ContactError(NOT_A_CONTACT)
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    if len(digits) != 10:
        raise ContactError(NOT_A_CONTACT)
    if not digits.startswith("7"):
        raise ContactError(NOT_OF_KAZAKHSTAN)
    return f"+7{digits}"
