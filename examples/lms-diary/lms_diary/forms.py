"""The one form of the diary."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import TextAreaField, ValidationError

from lms.forms import Form
from lms_diary.content import count_words
from lms_diary.models import LONGEST_PLAN


class PlanForm(Form):
    """Asks what the learner will do; `least_words` is the step's own setting."""

    text = TextAreaField(
        _l("Your plan"),
        description=_l(
            "One thing, so concrete that you will know when it is done: what, when, where."
        ),
        filters=[lambda text: text and text.strip()],
        render_kw={"rows": "6"},
    )

    def __init__(self, least_words: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least_words = least_words

    def validate_text(self, field: TextAreaField) -> None:
        """Refuse what is too short to be a plan or too long to be one."""
        text = field.data or ""
        written = count_words(text)
        if written < self.least_words:
            raise ValidationError(
                ngettext(
                    "Write at least %(num)s word. So far: %(written)s.",
                    "Write at least %(num)s words. So far: %(written)s.",
                    self.least_words,
                    written=written,
                )
            )
        if len(text) > LONGEST_PLAN:
            raise ValidationError(
                _("That is too long: %(n)s characters of %(most)s.", n=len(text), most=LONGEST_PLAN)
            )
