"""The way in: views for signed-in people only, and where to go on to after signing in.

An address that came from outside is never followed. It is looked up among our own pages, and the
link to that page is built anew.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from lms.database import READING_METHODS
from lms.forms import held_fields, opened, sealed

View = TypeVar("View", bound=Callable[..., Any])

LONGEST_ADDRESS = 1000

#: Pages that make no sense right after signing in.
THE_DOOR = {"accounts.show_login", "accounts.show_registration", "accounts.show_reset"}


def sign_in_required(view: View) -> View:
    """Let only signed-in people at a view. What others were sending is kept while they sign in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_user.is_authenticated:
            return view(*args, **kwargs)
        return ask_to_sign_in()

    return guarded  # type: ignore[return-value]


def ask_to_sign_in() -> Response:
    """Answer somebody who is not signed in: reading leads to the door and back, writing is held."""
    if request.method in READING_METHODS:
        came_from = own_address(request.full_path)
        return redirect(url_for("accounts.show_login", next=came_from), 303)
    from lms.accounts.forms import LoginForm

    held = sealed(held_fields(), request.path)
    form = LoginForm(formdata=None, data={"held": held})
    return make_response(render_template("accounts/login.html", form=form, interrupted=True), 401)


def own_address(given: str | None) -> str | None:
    """Return the address of the page of ours that `given` means; None unless it is exactly one."""
    if not given or len(given) > LONGEST_ADDRESS or not given.startswith("/"):
        return None
    path, _, query = given.partition("#")[0].partition("?")
    page = _page_at(unquote(path, errors="replace"))
    if page is None or page[0] in THE_DOOR:
        return None
    address = url_for(page[0], **page[1])
    wanted = urlencode(parse_qsl(query, errors="replace"))
    return f"{address}?{wanted}" if wanted else address


def came_from() -> str | None:
    """Return the page this request wants to go on to, from its form or its address."""
    return own_address(request.form.get("next") or request.args.get("next"))


def interrupted_by(held: str | None) -> tuple[str, list[tuple[str, str]]] | None:
    """Return (target, fields) of a form that was on its way when the session turned out over."""
    return opened(held) if held else None


def _page_at(path: str) -> tuple[str, dict[str, Any]] | None:
    if "\\" in path or any(ord(letter) < 32 for letter in path):
        return None
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint, values = adapter.match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return endpoint, dict(values)
