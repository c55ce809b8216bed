"""The manifest of accounts."""

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.accounts import cli, sessions
from lms.accounts.services.demo import DEMO
from lms.accounts.services.personal import PERSONAL_DATA
from lms.accounts.services.resets import HANDLER
from lms.accounts.views import bp, me, passwords, registration  # noqa: F401 – the pages
from lms.accounts.views import sessions as session_pages  # noqa: F401
from lms.plugins import Plugin
from lms.slots import NavItem


def init_app(app: Flask) -> None:
    """Connect Flask-Login, and add `lms users …`."""
    sessions.init_app(app)
    app.cli.add_command(cli.users)


def _signed_in() -> bool:
    return bool(current_user.is_authenticated)


def _signed_out() -> bool:
    return not _signed_in()


plugin = Plugin(
    name="accounts",
    blueprint=bp,
    contributions=(
        NavItem("sign in", _l("Sign in"), "accounts.show_login", 90, _signed_out),
        NavItem("register", _l("Register"), "accounts.show_registration", 91, _signed_out),
        NavItem("my account", _l("My account"), "accounts.show_me", 90, _signed_in),
        PERSONAL_DATA,
        HANDLER,
        DEMO,
    ),
    init_app=init_app,
)
