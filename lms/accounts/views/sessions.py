"""Signing in and out, and the devices a person is signed in on."""

from flask import Response as Page
from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from lms import limits
from lms.accounts import access, devices, sessions
from lms.accounts.access import sign_in_required
from lms.accounts.forms import ButtonForm, LoginForm
from lms.accounts.models import User
from lms.accounts.services import people
from lms.accounts.views import bp
from lms.database import db, reading
from lms.forms import keeps_input
from lms.logs import note_security

#: Loose, because a seminar room or a village shares one address.
TRIES_PER_ADDRESS = 300
ADDRESS_WITHIN = 300


@bp.get("/login")
def show_login() -> ResponseReturnValue:
    """Show the way in."""
    onward = access.came_from()
    if current_user.is_authenticated:
        return redirect(onward or url_for("pages.home"), 303)
    return render_template("accounts/login.html", form=LoginForm(data={"next": onward}))


@bp.post("/login")
@keeps_input
def sign_in() -> ResponseReturnValue:
    """Sign somebody in, or say once more what to mend; the same words whoever they are."""
    form = LoginForm()
    if not form.validate_on_submit():
        return _not_yet(form)
    count_address()
    user = find_owner(form.contact.contact, form.password.data or "")
    if user is None:
        form.form_errors.append(_("The contact or the password is not right."))
        return _not_yet(form)
    if not user.is_open:
        form.form_errors.append(_("This account is closed for now. Ask your coordinator."))
        return _not_yet(form)
    return let_in(user, form.held.data)


@bp.post("/logout")
def sign_out() -> Response:
    """End this session."""
    if current_user.is_authenticated:
        note_security("signed out", user=current_user.id)
        sessions.end_present(current_user)
        db.session.commit()
    answer = redirect(url_for("pages.home"), 303)
    # Phones and computers are shared: drafts of answers kept on this one go with their owner.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@bp.get("/sessions")
@sign_in_required
def show_sessions() -> str:
    """Show on which devices the person is signed in."""
    return render_template(
        "accounts/sessions.html",
        sessions=sessions.live(current_user.id),
        present=sessions.digest(current_user.token),
        form=ButtonForm(),
    )


@bp.post("/sessions/<int:number>/ending")
@sign_in_required
def end_session(number: int) -> Response:
    """Sign the person out on one device."""
    if not sessions.end_one(current_user.id, number):
        raise NotFound
    note_security("session ended", user=current_user.id)
    db.session.commit()
    return redirect(url_for("accounts.show_sessions"), 303)


def count_address() -> None:
    """Count a try of the address this request comes from."""
    who = request.remote_addr or ""
    limits.count("address", who, most=TRIES_PER_ADDRESS, seconds=ADDRESS_WITHIN)


def find_owner(contact: str, password: str) -> User | None:
    """Return whose contact and password these are, read anew for the write that follows."""
    user_id = people.prove(contact, password)
    return people.person(user_id) if user_id else None


def let_in(user: User, held: str | None = None) -> Page:
    """Begin a session, commit, and lead on: to the form that was interrupted, or to `next`."""
    onward = access.came_from()
    sessions.begin(user)
    db.session.commit()
    note_security("signed in", user=user.id)
    interrupted = access.interrupted_by(held)
    if interrupted:
        target, fields = interrupted
        response = make_response(render_template("held.html", target=target, held=fields))
    else:
        response = make_response(redirect(onward or url_for("pages.home"), 303))
    devices.remember(response, user.id)
    return response


def _not_yet(form: LoginForm) -> ResponseReturnValue:
    with reading():
        if form.stale and current_user.is_authenticated:
            return redirect(access.came_from() or url_for("pages.home"), 303)
    interrupted = access.interrupted_by(form.held.data) is not None
    return render_template("accounts/login.html", form=form, interrupted=interrupted), 400
