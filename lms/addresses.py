"""Addresses of pages, each built once: a page writes some twenty, and building them is slow."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request

from lms.i18n import current_language


def init_app(app: Flask) -> None:
    """Have `url_for` in templates remember what it built."""

    @lru_cache(maxsize=4096)
    def build(language: str, root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return app.url_for(endpoint, **dict(values))

    app.extensions["lms.addresses"] = build
    app.jinja_env.globals["url_for"] = address_of


def address_of(endpoint: str, **values: Any) -> str:
    """Return what Flask's `url_for` does; it depends on nothing but what is remembered with it."""
    if endpoint.startswith(".") or "_external" in values or not request:
        return current_app.url_for(endpoint, **values)
    build = current_app.extensions["lms.addresses"]
    try:
        address: str = build(
            current_language(), request.script_root, endpoint, tuple(values.items())
        )
    except TypeError:  # a value that cannot be remembered, such as a list
        return current_app.url_for(endpoint, **values)
    return address
