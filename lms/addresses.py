"""Addresses of pages in templates, each built once: a page writes some twenty."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, request

from lms.i18n import current_language


def init_app(app: Flask) -> None:
    """Have `url_for` in templates remember what it built."""

    @lru_cache(maxsize=4096)
    def build(language: str, root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return app.url_for(endpoint, **dict(values))

    app.extensions["lms.addresses"] = build
    app.jinja_env.globals.update(url_for=address_of, in_language=address_in)


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


def address_in(language: str) -> str:
    """Return the address of the present page in another language, its query kept."""
    if request.endpoint is None or not g.get("language") or request.method == "POST":
        return quote(f"/{language}/{request.path.lstrip('/').partition('/')[2]}")
    address = address_of(request.endpoint, **{**(request.view_args or {}), "lang": language})
    if not request.args:
        return address
    # Arguments are the visitor's: given to `url_for` they could be taken for its own.
    return f"{address}?{urlencode(list(request.args.items(multi=True)))}"
