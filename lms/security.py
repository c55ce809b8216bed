"""Headers that every answer carries, and what the network may tell us about the caller."""

import base64
import hashlib
import re

from flask import Flask, Response, abort, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

PERSONAL = "no-store"
STRANGE_IN_PATH = re.compile("[\x00-\x1f\ud800-\udfff]")
STRANGE_IN_TEXT = re.compile("[\x00\ud800-\udfff]")
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def init_app(app: Flask) -> None:
    """Add the security headers to every answer and trust only the configured proxies."""
    app.after_request(_add_headers)
    app.before_request(_refuse_strange_addresses)
    hops = app.config["PROXY_HOPS"]
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0
        )
    app.extensions["lms.csp"] = _content_policy(app)


def _content_policy(app: Flask) -> str:
    style = hashlib.sha256(app.extensions["lms.css"].encode()).digest()
    allowed_style = base64.b64encode(style).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'sha256-{allowed_style}'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def headers_for_all(app: Flask) -> dict[str, str]:
    """Return the headers that pages and files carry alike."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
    }
    if app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", current_app.extensions["lms.csp"])
    headers.update(headers_for_all(current_app))
    # A page is personal unless its view says otherwise: phones and computers here are shared.
    headers.setdefault("Cache-Control", PERSONAL)
    return response


def _refuse_strange_addresses() -> None:
    if STRANGE_IN_PATH.search(request.path):
        abort(404)
    for name, value in request.args.items(multi=True):
        if STRANGE_IN_TEXT.search(name + value):
            abort(400)
