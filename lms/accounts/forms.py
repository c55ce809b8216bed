"""Forms of accounts. Every text in them is one that a resident reads."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import StopValidation, ValidationError

from lms import clock
from lms.accounts import contacts, passwords
from lms.accounts.services.places import localities
from lms.accounts.sessions import Person
from lms.forms import Form
from lms.i18n import LANGUAGES, NAMES, pick

LONGEST_NAME = 120
BETWEEN_LETTERS = " .'’‘ʼ`-‐‑"

NAME_MISSING = _l("Write your name")
NAME_TOO_SHORT = _l("Write at least 2 letters")
NAME_TOO_LONG = _l("Use at most 120 letters")
NAME_ODD = _l("A name has only letters, spaces, hyphens, dots and apostrophes")
CONTACT_MISSING = _l("Write your e-mail address or phone number")
PASSWORD_MISSING = _l("Write the password")
NOT_AGREED = _l("Without your agreement we may not keep your name and contact")

NAME_HINT = _l("As it is to stand on your certificate")
CONTACT_HINT = _l("For example aigul@mail.kz or +7 701 123 45 67")
PASSWORD_HINT = _l("At least 8 characters. Three or four words together are good")


def clean_name(text: str) -> str:
    """Return a name as it is printed; raise `ValidationError` with what to mend."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise ValidationError(NAME_MISSING)
    if len(name) > LONGEST_NAME:
        raise ValidationError(NAME_TOO_LONG)
    if not all(_belongs_to_a_name(character) for character in name):
        raise ValidationError(NAME_ODD)
    if sum(_is_letter(character) for character in name) < 2:
        raise ValidationError(NAME_TOO_SHORT)
    return name


class Name:
    """A validator: puts a name as it is printed into the field."""

    def __init__(self, optional: bool = False) -> None:
        self.optional = optional
        self.field_flags = {"maxlength": LONGEST_NAME}

    def __call__(self, form: Form, field: Field) -> None:
        text = field.data or ""
        field.data = None if self.optional and not text.strip() else clean_name(text)


class Contact:
    """A validator: puts the normalised contact into `field.contact`, leaving what was typed."""

    field_flags = {"maxlength": contacts.LONGEST}

    def __call__(self, form: Form, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(CONTACT_MISSING)
        try:
            field.contact = contacts.normalised(field.data)
        except contacts.ContactError as error:
            raise ValidationError(error.reason) from error


class Required:
    """A validator: something must be there, and if not, `message` says what."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(self.message)


class NewPassword:
    """A validator: refuses passwords that are easy to guess."""

    def __call__(self, form: Form, field: Field) -> None:
        if problem := passwords.problem(field.data or "", *form.own_words()):
            raise ValidationError(problem)


class LoginForm(Form):
    """Sign in. `held` carries a form that was on its way when the session turned out over."""

    contact = StringField(
        _l("E-mail or phone"), [Contact()], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        _l("Password"),
        [Required(PASSWORD_MISSING)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
    held = HiddenField()


class PlacesMixin:
    """A form with the choice of a city or village."""

    def offer_places(self) -> None:
        """Read the places to choose from."""
        field: Any = self["locality"]  # type: ignore[index]
        field.choices = [SelectChoice("", _l("I would rather not say"))] + [
            SelectChoice(str(place.id), f"{pick(place.names)} — {pick(place.region.names)}")
            for place in localities(clock.today())
        ]


def locality_id(chosen: str | None) -> int | None:
    """Return the chosen place's number; None for “rather not say”."""
    return int(chosen) if chosen else None


class RegistrationForm(PlacesMixin, Form):
    """Open an account: a name, one contact, a password."""

    name = StringField(
        _l("Your name"), [Name()], description=NAME_HINT, render_kw={"autocomplete": "name"}
    )
    contact = StringField(
        _l("E-mail or phone"),
        [Contact()],
        description=CONTACT_HINT,
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Choose a password"),
        [NewPassword()],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )
    locality = SelectField(
        _l("Where you live (if you like)"), coerce=str, validate_choice=True, default=""
    )
    consent = BooleanField(_l("I agree"), [Required(NOT_AGREED)])
    next = HiddenField()
    held = HiddenField()

    def own_words(self) -> list[str]:
        """Return what a password must not be."""
        return [self.name.data or "", self.contact.data or ""]


class PasswordForm(Form):
    """Change the password, knowing the present one."""

    password = PasswordField(
        _l("Password you have now"),
        [Required(PASSWORD_MISSING)],
        render_kw={"autocomplete": "current-password"},
    )
    password_new = PasswordField(
        _l("New password"),
        [NewPassword()],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, user: Person, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user_words = [user.name, user.contact or ""]

    def own_words(self) -> list[str]:
        """Return what a password must not be."""
        return self.user_words


class ResetForm(Form):
    """Ask for a link to choose a new password."""

    contact = StringField(
        _l("E-mail or phone"),
        [Contact()],
        description=CONTACT_HINT,
        render_kw={"autocomplete": "username"},
    )


class NewPasswordForm(Form):
    """Choose a new password through a link."""

    password = PasswordField(
        _l("New password"),
        [NewPassword()],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )

    def own_words(self) -> list[str]:
        """Return what a password must not be: a link's visitor is told nothing about the account."""
        return []


class PersonForm(PlacesMixin, Form):
    """What people may change about themselves."""

    name = StringField(
        _l("Your name"), [Name()], description=NAME_HINT, render_kw={"autocomplete": "name"}
    )
    name_ru = StringField(
        _l("Your name in Russian"),
        [Name(optional=True)],
        description=_l("Only if it is spelt differently"),
    )
    language = SelectField(
        _l("Language of letters to you"),
        choices=[SelectChoice(code, NAMES[code]) for code in LANGUAGES],
    )
    locality = SelectField(_l("Where you live (if you like)"), coerce=str, default="")


class ErasureForm(Form):
    """Erase everything, knowing the password."""

    password = PasswordField(
        _l("Password"),
        [Required(PASSWORD_MISSING)],
        render_kw={"autocomplete": "current-password"},
    )


class ButtonForm(Form):
    """A form that is only its button."""


def _is_letter(character: str) -> bool:
    return unicodedata.category(character).startswith("L")


def _belongs_to_a_name(character: str) -> bool:
    is_mark = unicodedata.category(character).startswith("M")
    return _is_letter(character) or is_mark or character in BETWEEN_LETTERS
