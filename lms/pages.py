"""The shell's own pages: the front door and the way in."""

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms import i18n, slots
from lms.forms import STALE
from lms.plugins import contributed
from lms.privacy import PersonalData

bp = Blueprint("pages", __name__)


def init_app(app: Flask) -> None:
    """Add the front pages and the slots of the shell."""
    slots.init_app(app)
    app.jinja_env.globals.update(operator=operator, stale_message=STALE)
    app.register_blueprint(bp)


def operator() -> str:
    """Return who runs the site, in the page's language."""
    return str(current_app.config[f"OPERATOR_{i18n.current_language().upper()}"])


@bp.get("/")
def enter() -> AnyResponse:
    """Send people to the front page in Kazakh; the language stands beside its name there."""
    return redirect(url_for("pages.home", lang=i18n.DEFAULT))


@bp.get("/<lang:lang>/")
def home() -> str:
    """Show the front page; plugins fill its slots."""
    return render_template("home.html")


@bp.get("/<lang:lang>/help")
def help() -> str:  # noqa: A001 – the page's name in links
    """Show answers to the questions people ask first."""
    return render_template("help.html")


@bp.get("/<lang:lang>/privacy")
def privacy() -> str:
    """Show what the site keeps about people, from the register itself."""
    return render_template("privacy.html", parts=contributed(PersonalData))


@bp.get("/robots.txt")
def robots() -> Response:
    """Let search engines read courses, not certificates and accounts."""
    lines = ["User-agent: *", *(f"Disallow: /*/{name}/" for name in ("accounts", "certificates"))]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
