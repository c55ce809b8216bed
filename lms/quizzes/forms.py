"""Forms of trainers."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lms.accounts import contacts
from lms.forms import Form

MOST_ATTEMPTS = 20
MOST_MINUTES = 600


class WholeNumberField(IntegerField):
    """A whole number; left empty it is 0."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; what is none is kept for the form to show again."""
        typed = valuelist[0].strip() if valuelist else ""
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10 or not typed):
            self.data = None
            raise ValueError(_("Write a whole number, for example 1."))
        self.data = int(typed or 0)


class AllowanceForm(Form):
    """Asks whom to give further attempts or more minutes, and why."""

    contact = StringField(
        _l("E-mail or phone of the learner"),
        validators=[DataRequired(contacts.NOT_A_CONTACT), Length(max=contacts.LONGEST)],
        render_kw={"autocomplete": "off"},
    )
    attempts = WholeNumberField(
        _l("Further attempts"),
        default=0,
        validators=[NumberRange(0, MOST_ATTEMPTS, _l("Write a number from 0 to %(max)s."))],
    )
    minutes = WholeNumberField(
        _l("More minutes"),
        default=0,
        description=_l("For the attempt that is under way, and for each further one."),
        validators=[NumberRange(0, MOST_MINUTES, _l("Write a number from 0 to %(max)s."))],
    )
    reason = StringField(
        _l("Reason"),
        description=_l("The learner may read it. No diagnoses."),
        validators=[
            DataRequired(_l("Write the reason.")),
            Length(max=200, message=_l("At most %(max)s characters.")),
        ],
        filters=[lambda typed: typed.strip() if typed else typed],
    )

    def given(self, what: str) -> int:
        """Return what is given of `attempts` or `minutes`; 0 where the quiz does not limit it."""
        return (self[what].data or 0) if what in self else 0

    def validate_contact(self, field: StringField) -> None:
        """Write the contact as accounts keep it."""
        try:
            field.data = contacts.normalised(field.data)
        except contacts.ContactError as problem:
            raise ValidationError(problem.reason) from problem

    def validate_reason(self, field: StringField) -> None:
        """Refuse to give nothing."""
        if not self.errors and not (self.given("attempts") or self.given("minutes")):
            raise ValidationError(_("Give at least one attempt or one minute."))


class AttemptsForm(Form):
    """Asks which attempts to list; it is sent with GET and so needs no token."""

    class Meta(Form.Meta):
        csrf = False

    state = SelectField(
        _l("State"),
        choices=[
            SelectChoice("", _l("all")),
            SelectChoice("submitted", _l("submitted")),
            SelectChoice("open", _l("not submitted yet")),
        ],
        default="",
    )
    passed = SelectField(
        _l("Result"),
        choices=[
            SelectChoice("", _l("all")),
            SelectChoice("yes", _l("passed")),
            SelectChoice("no", _l("not passed")),
        ],
        default="",
    )
    language = SelectField(
        _l("Language of the answers"),
        choices=[
            SelectChoice("", _l("all")),
            SelectChoice("kk", "Қазақша"),
            SelectChoice("ru", "Русский"),
            SelectChoice("en", "English"),
        ],
        default="",
    )
    day = DateField(_l("Begun on"), validators=[Optional()])

    def given(self) -> dict[str, Any]:
        """Return what is asked for; what is left open or makes no sense is not in it."""
        return {field.name: field.data for field in self if field.data and not field.errors}
