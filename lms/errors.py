"""Errors as pages: in the reader's language, with a number to quote, never a trace."""

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from lms.database import db, reading
from lms.forms import held_fields
from lms.logs import log

SECONDS_TO_RETRY = 10

SAID = {
    400: (_l("We could not read that"), _l("Something in the request was not right. Go back and try again.")),
    403: (_l("This page is not for your role"), _l("If you think it should be, ask your coordinator.")),
    404: (_l("There is no such page"), _l("The address may be mistyped, or the page has moved.")),
    405: (_l("That cannot be done here"), _l("Go back and use the buttons of the page.")),
    410: (_l("This is no longer here"), _l("It was withdrawn.")),
    413: (_l("That is too large"), _l("Shorten the text or choose a smaller file.")),
    429: (_l("Too many tries"), _l("Wait a little and try again. Nothing you did before is lost.")),
    500: (_l("Something broke on our side"), _l("It is written down, and we will look. Try again in a moment.")),
    503: (_l("Not saved"), _l("The site cannot write just now. Keep this page open and try again in a moment.")),
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(OperationalError, show_unwritable)
    app.register_error_handler(Exception, show_broken)


def show(error: HTTPException) -> Response:
    """Answer a known error: its own status and headers, our words."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    db.session.rollback()
    code = error.code or 500
    title, text = SAID.get(code, SAID[400 if code < 500 else 500])
    response = _page(code, title=title, text=text)
    retry_after = getattr(error, "retry_after", None)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    if getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def show_unwritable(error: OperationalError) -> Response:
    """Answer when the database refuses: full, locked or away. What was typed travels along."""
    db.session.rollback()
    log.error("database refused", extra={"fields": {"problem": str(error.orig)[:200]}})
    title, text = SAID[503]
    held = held_fields() if request.method == "POST" else []
    response = _page(503, title=title, text=text, held=held, target=request.path)
    response.headers["Retry-After"] = str(SECONDS_TO_RETRY)
    return response


def show_broken(error: Exception) -> Response:
    """Answer what nobody foresaw: logged with its trace, shown with its number."""
    db.session.rollback()
    log.exception("unhandled")
    title, text = SAID[500]
    return _page(500, title=title, text=text)


def _page(code: int, **context: object) -> Response:
    reference = g.get("request_id", "")
    # The menu asks who is there; on a locked database that must not wait for the lock again.
    with reading():
        page = render_template("error.html", code=code, reference=reference, **context)
    return make_response(page, code)
