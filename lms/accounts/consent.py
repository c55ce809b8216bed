"""What people agree to when they register, word for word, in the page's language."""

import hashlib

from flask import current_app
from flask_babel import gettext as _

from lms.i18n import current_language

#: Changes whenever a sentence below does.
VERSION = "2026-11"


def sentences() -> list[str]:
    """Return the text in the page's language, a sentence or two in each entry."""
    operator = current_app.config[f"OPERATOR_{current_language().upper()}"]
    return [
        _("I agree that my data are collected and used. They are used by: %(name)s", name=operator),
        _("What is kept: name, e-mail or phone, place of living if given, courses and results."),
        _("What for: learning, certificates, and reports that name nobody."),
        _("How long: while I have an account. I can erase it at any time."),
        _("The data are not given to third parties and do not leave Kazakhstan."),
        _("A certificate can be checked by anybody who has its code."),
        _("I can take this agreement back: “My account”, “Erase my account”."),
    ]


def text_hash() -> str:
    """Return the digest of the text as it stands on the page."""
    return hashlib.sha256("\n".join(sentences()).encode()).hexdigest()
