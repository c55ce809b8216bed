"""My account: what people change, take along, and erase about themselves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from lms import clock, privacy
from lms.accounts import contacts
from lms.accounts.access import sign_in_required
from lms.accounts.forms import ErasureForm, PersonForm, locality_id
from lms.accounts.permissions import ROLE_NAMES, SCOPE_NAMES
from lms.accounts.services import people
from lms.accounts.views import bp
from lms.database import db
from lms.forms import keeps_input
from lms.i18n import LANGUAGES, NAMES, format_moment, pick
from lms.plugins import contributed

#: Codes of ours, by column, as people read them.
WORDS: dict[str, dict[str, Any]] = {
    "accounts_user.language": NAMES,
    "accounts_consent.language": NAMES,
    "accounts_role.role": ROLE_NAMES,
    "accounts_role.scope_kind": SCOPE_NAMES,
}


@bp.get("/me")
@sign_in_required
def show_me() -> str:
    """Show what people can change about themselves."""
    account = people.person(current_user.id)
    form = PersonForm(obj=account, data={"locality": str(account.locality_id or "")})
    return _page(form)


@bp.post("/me")
@keeps_input
@sign_in_required
def save_me() -> ResponseReturnValue:
    """Keep the changes."""
    form = PersonForm()
    form.offer_places()
    if not form.validate_on_submit():
        return _page(form), 400
    people.change(
        people.person(current_user.id),
        name=form.name.data,
        name_ru=form.name_ru.data,
        language=form.language.data,
        locality_id=locality_id(form.locality.data),
    )
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for("accounts.show_me"), 303)


@bp.get("/me/data")
@sign_in_required
def show_data() -> str:
    """Show everything kept about the person."""
    exported = privacy.export(current_user.id)
    tables = [table for name, part in exported.items() for table in _tables(name, part)]
    return render_template("accounts/data.html", tables=tables)


@bp.get("/me/data.json")
@sign_in_required
def download_data() -> Response:
    """Give everything kept about the person as a file."""
    text = current_app.json.dumps(
        {"made_at": clock.now().isoformat(), **privacy.export(current_user.id)},
        ensure_ascii=False,
        indent=2,
    )
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=sauat-my-data.json"
    return response


@bp.get("/me/erasure")
@sign_in_required
def show_erasure() -> str:
    """Explain what erasing does, and ask for the password."""
    return render_template("accounts/erasure.html", form=ErasureForm())


@bp.post("/me/erasure")
@keeps_input
@sign_in_required
def erase_me() -> ResponseReturnValue:
    """Erase the person everywhere."""
    contact = current_user.contact
    form = ErasureForm()
    if not form.validate_on_submit():
        return render_template("accounts/erasure.html", form=form), 400
    user_id = people.prove(contact, form.password.data or "")
    if user_id is None:
        form.password.errors = [_("This is not the password you have now.")]
        return render_template("accounts/erasure.html", form=form), 400
    privacy.erase(user_id)
    db.session.commit()
    logout_user()
    session.clear()
    return render_template("accounts/erased.html")


def _tables(name: str, exported: Any) -> Iterator[list[tuple[str, str]]]:
    """Yield the rows of an export as tables of (label, text), nested ones after their owner."""
    if isinstance(exported, list):
        for row in exported:
            yield from _tables(name, row)
        return
    nested = {key: value for key, value in exported.items() if _is_nested(value)}
    plain = [
        (_label(f"{name}.{key}"), _text(f"{name}.{key}", value))
        for key, value in exported.items()
        if key not in nested
    ]
    if plain:
        yield plain
    for key, value in nested.items():
        yield from _tables(key, value)


def _is_nested(value: Any) -> bool:
    if isinstance(value, dict):
        return not value.keys() <= set(LANGUAGES)
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _label(column: str) -> str:
    for part in contributed(privacy.PersonalData):
        for field in part.fields:
            if field.column == column:
                return str(field.label)
    key = column.rpartition(".")[2]
    return str(_words().get(key, key.replace("_", " ")))


def _words() -> dict[str, Any]:
    parts = contributed(privacy.PersonalData)
    return {key: said for part in parts for key, said in part.words.items()}


def _text(column: str, value: Any) -> str:
    if column in WORDS:
        return str(WORDS[column].get(value, value))
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, dict):
        return str(pick(value))
    if isinstance(value, bool | str) and str(value) in _words():
        return str(_words()[str(value)])
    if isinstance(value, str) and (moment := _moment(value)):
        return format_moment(moment)
    return str(value)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _page(form: PersonForm) -> str:
    if not form.locality.choices:
        form.offer_places()
    contact = contacts.shown(current_user.contact)
    return render_template("accounts/me.html", form=form, contact=contact)
