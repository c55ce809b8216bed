"""The two forms of the plugin."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired

from lms.certificates import services
from lms.forms import Form


class CheckForm(Form):
    """Asks for the number of a certificate; it is sent with GET and so needs no token."""

    class Meta(Form.Meta):
        csrf = False

    code = StringField(
        _l("Certificate number"),
        description=_l(
            "Thirteen letters and digits at the bottom of the certificate, for example "
            "7F3K-9Q2M-X4TB-5. Capitals, spaces and hyphens do not matter."
        ),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class RevocationForm(Form):
    """Asks why a certificate is revoked."""

    reason = RadioField(
        _l("Reason for the revocation"),
        choices=[SelectChoice(reason, said) for reason, said in services.REASONS.items()],
        validators=[DataRequired(_l("Choose a reason."))],
    )
