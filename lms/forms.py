"""Forms that lose nothing: one token per session without a clock, and input kept when it fails.

A POST whose token or session is no longer good is answered with a page that holds everything that
was typed and sends it again with one press. A form of our own (a view marked `keeps_input`) is
simply shown again, filled in, with the reason on top.
"""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import BadData, URLSafeSerializer
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import Field

from lms.database import READING_METHODS

csrf = CSRFProtect()

NEVER_HELD = ("password", "csrf_token", "held")

View = TypeVar("View", bound=Callable[..., Any])


class Form(FlaskForm):
    """The base of every form."""

    class Meta(FlaskForm.Meta):
        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """Tie the widget to its hint and error for people who listen to the page."""
            notes = [f"{field.id}-hint"] if field.description else []
            if field.errors:
                notes.append(f"{field.id}-error")
                render_kw.setdefault("aria_invalid", "true")
            if notes:
                render_kw.setdefault("aria_describedby", " ".join(notes))
            return super().render_field(field, render_kw)

    @property
    def stale(self) -> bool:
        """Whether the form was refused only because the page had been open too long."""
        return "csrf_token" in self.errors


def init_app(app: Flask) -> None:
    """Protect every writing request of `app`."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    app.before_request(_read_clean_text)
    app.before_request(_check_token)
    app.jinja_env.globals.update(token=_token, form_key=_form_key)


def keeps_input(view: View) -> View:
    """Mark a view that shows its own form again, filled in, when the token is stale."""
    view.keeps_input = True  # type: ignore[attr-defined]
    return view


def hold_and_ask(template: str, status: int, **context: Any) -> Response:
    """Answer with `template`, which carries the fields of this request on to the next one."""
    return make_response(
        render_template(template, held=held_fields(), target=request.path, **context), status
    )


def held_fields() -> list[tuple[str, str]]:
    """Return the submitted fields worth keeping: all but passwords and tokens."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith(NEVER_HELD)
    ]


def sealed(fields: list[tuple[str, str]], target: str) -> str:
    """Return fields and their target as signed text, to travel through a sign-in page."""
    return _seal().dumps([target, fields])


def opened(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Return (target, fields) from `sealed` text, or None if it is not ours."""
    try:
        target, fields = _seal().loads(text)
    except (BadData, ValueError, TypeError):
        return None
    return target, [(name, value) for name, value in fields]


STALE = _l(
    "This page was open for a long time. Nothing is lost: check it and press the button again."
)


def _check_token() -> Response | None:
    if request.method in READING_METHODS or request.endpoint is None:
        return None
    try:
        csrf.protect()
    except CSRFError:
        view = current_app.view_functions.get(request.endpoint)
        if not getattr(view, "keeps_input", False):
            return hold_and_ask("held.html", 400)
    return None


def _read_clean_text() -> None:
    """Take characters out that no database or page can hold: NUL and lone surrogates."""
    if request.method in READING_METHODS or not request.form:
        return
    if any(_unclean(name + value) for name, value in request.form.items(multi=True)):
        cleaned = MultiDict((_cleaned(n), _cleaned(v)) for n, v in request.form.items(multi=True))
        request.form = ImmutableMultiDict(cleaned)


def _unclean(value: str) -> bool:
    return "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)


def _cleaned(value: str) -> str:
    return "".join(c for c in value if c != "\x00" and not "\ud800" <= c <= "\udfff")


def _seal() -> URLSafeSerializer:
    # An earlier key still opens what it sealed; the newest, last in the list, seals.
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="held form")


def _token() -> Markup:
    """Return the hidden field that every form of ours needs."""
    # A function and not a macro: importing one costs a page more than drawing it.
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _form_key() -> str:
    """Return a fresh idempotency key for a form on this page."""
    return secrets.token_urlsafe(12)
