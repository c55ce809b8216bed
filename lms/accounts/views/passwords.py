"""Passwords: changed by who knows the present one, or through a link to the account's mailbox."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts import contacts, passwords, sessions
from lms.accounts.access import sign_in_required
from lms.accounts.forms import NewPasswordForm, PasswordForm, ResetForm
from lms.accounts.services import people, resets
from lms.accounts.views import bp
from lms.accounts.views.sessions import count_address
from lms.database import db, reading
from lms.forms import keeps_input


@bp.get("/password")
@sign_in_required
def show_password() -> str:
    """Show the form that changes the password."""
    return render_template("accounts/password.html", form=PasswordForm(current_user))


@bp.post("/password")
@keeps_input
@sign_in_required
def change_password() -> ResponseReturnValue:
    """Change the password and sign every other device out."""
    contact = current_user.contact
    form = PasswordForm(current_user)
    if not form.validate_on_submit():
        return render_template("accounts/password.html", form=form), 400
    if not people.prove(contact, form.password.data or ""):
        form.password.errors = [_("This is not the password you have now.")]
        return render_template("accounts/password.html", form=form), 400
    # Hashing is slow: the count of tries is closed first, so that nothing stays locked meanwhile.
    db.session.commit()
    password_hash = passwords.hashed(form.password_new.data or "")
    user = people.find(contact)
    assert user is not None  # noqa: S101 – whose password was just proved
    people.set_password(user, password_hash)
    sessions.begin(user)
    db.session.commit()
    flash(_("The password is changed. Other devices are signed out."))
    return redirect(url_for("accounts.show_me"), 303)


@bp.get("/reset")
def show_reset() -> str:
    """Show the form that asks for a reset link."""
    return render_template("accounts/reset.html", form=ResetForm())


@bp.post("/reset")
@keeps_input
def ask_for_reset() -> ResponseReturnValue:
    """Have a link mailed; the answer is the same whether or not there is such an account."""
    form = ResetForm()
    if not form.validate_on_submit():
        return render_template("accounts/reset.html", form=form), 400
    count_address()
    contact = form.contact.contact
    resets.ask(contact)
    db.session.commit()
    return render_template("accounts/reset_asked.html", kind=contacts.kind_of(contact))


@bp.get("/reset/<token>")
def show_new_password(token: str) -> ResponseReturnValue:
    """Show the form behind a reset link; only its button uses the link up."""
    if resets.holder(token) is None:
        return render_template("accounts/reset_over.html"), 410
    return render_template("accounts/new_password.html", form=NewPasswordForm())


@bp.post("/reset/<token>")
@keeps_input
def choose_password(token: str) -> ResponseReturnValue:
    """Give the link's account the new password, once."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("accounts/new_password.html", form=form), 400
    count_address()
    with reading():
        is_good = resets.holder(token) is not None
    password_hash = passwords.hashed(form.password.data or "") if is_good else ""
    if not is_good or resets.use(token, password_hash) is None:
        db.session.rollback()
        return render_template("accounts/reset_over.html"), 410
    db.session.commit()
    flash(_("The password is changed. Sign in with the new one."))
    return redirect(url_for("accounts.show_login"), 303)
