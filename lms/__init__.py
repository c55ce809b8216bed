"""Sauat: a civic learning platform. `create_app` is the table of contents of the whole house."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask

from lms import (
    addresses,
    assets,
    config,
    database,
    errors,
    forms,
    health,
    i18n,
    jobs,
    logs,
    mail,
    pages,
    plugins,
    schema,
    security,
)
from lms.plugins import Plugin


def create_app(
    settings: Mapping[str, Any] | None = None, plugins_: Sequence[Plugin] | None = None
) -> Flask:
    """Return the application, wired and ready to serve.

    `settings` are names without the `LMS_` prefix and win over the environment. `plugins_` replaces
    the installed plugins (tests use it). Raises `ConfigError` naming each unknown or unsafe setting.
    """
    chosen = plugins.installed_plugins() if plugins_ is None else list(plugins_)
    app = Flask(__name__, static_url_path="/static", static_folder=None)
    config.load(app, settings or {}, [*jobs.SETTINGS, *mail.SETTINGS, *config.of_plugins(chosen)])
    logs.init_app(app)
    assets.init_app(app)
    i18n.init_app(app)
    addresses.init_app(app)
    database.init_app(app)
    security.init_app(app)
    forms.init_app(app)
    errors.init_app(app)
    health.init_app(app)
    pages.init_app(app)
    schema.init_app(app)
    plugins.load(app, chosen, of_the_core=[mail.HANDLER])
    return app
