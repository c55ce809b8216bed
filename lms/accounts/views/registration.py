"""Opening an account."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts import access, consent, passwords
from lms.accounts.forms import RegistrationForm, locality_id
from lms.accounts.services import people
from lms.accounts.services.people import ContactTaken
from lms.accounts.views import bp
from lms.accounts.views.sessions import count_address, find_owner, let_in
from lms.database import db, reading
from lms.forms import keeps_input
from lms.i18n import current_language


@bp.get("/register")
def show_registration() -> ResponseReturnValue:
    """Show the form that opens an account."""
    onward = access.came_from()
    if current_user.is_authenticated:
        return redirect(onward or url_for("pages.home"), 303)
    form = RegistrationForm(data={"next": onward})
    form.offer_places()
    return _page(form)


@bp.post("/register")
@keeps_input
def register() -> ResponseReturnValue:
    """Open an account and sign its owner in. Pressing the button twice opens one."""
    with reading():
        form = RegistrationForm()
        form.offer_places()
        already_in = current_user.is_authenticated
    if already_in:
        return redirect(access.came_from() or url_for("pages.home"), 303)
    if not form.validate_on_submit():
        return _page(form), 400
    count_address()
    return _sign_in_owner(form) or _open_account(form) or _taken(form)


def _sign_in_owner(form: RegistrationForm) -> ResponseReturnValue | None:
    with reading():
        if people.find(form.contact.contact) is None:
            return None
    user = find_owner(form.contact.contact, form.password.data or "")
    return let_in(user) if user and user.is_open else _taken(form)


def _open_account(form: RegistrationForm) -> ResponseReturnValue | None:
    password_hash = passwords.hashed(form.password.data or "")
    try:
        user = people.register(
            name=form.name.data,
            contact=form.contact.contact,
            password_hash=password_hash,
            language=current_language(),
            locality_id=locality_id(form.locality.data),
        )
    except ContactTaken:
        db.session.rollback()
        return _sign_in_owner(form)
    people.agree(user, consent.text_hash(), consent.VERSION, current_language())
    return let_in(user)


def _taken(form: RegistrationForm) -> ResponseReturnValue:
    form.contact.errors = [_("There is already an account with this contact.")]
    return _page(form, taken=True), 400


def _page(form: RegistrationForm, taken: bool = False) -> str:
    sentences = consent.sentences()
    return render_template("accounts/register.html", form=form, taken=taken, consent=sentences)
