"""What travels with a page: the style inside it, scripts and pictures at addresses that never go stale."""

import gzip
import hashlib
import re
import secrets
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from markupsafe import Markup
from whitenoise import WhiteNoise

from lms import security

FOREVER = 365 * 24 * 3600
SMALLEST_TO_COMPRESS = 600
COMPRESSION = 5
COMPRESSED_TYPES = {"text/html", "text/plain", "application/json", "text/css", "image/svg+xml"}


def init_app(app: Flask) -> None:
    """Serve the core's and the plugins' static files and put the style into every page."""
    core = Path(app.root_path)
    style = "".join(
        path.read_text("utf-8") for path in sorted((core / "static" / "css").glob("*.css"))
    )
    app.extensions["lms.css"] = smaller(style)
    app.extensions["lms.static"] = {}
    server = WhiteNoise(
        app.wsgi_app,
        max_age=60,
        allow_all_origins=False,
        add_headers_function=lambda headers, *which: _add_headers(app, headers),
    )
    app.wsgi_app = server  # type: ignore[method-assign]
    app.extensions["lms.whitenoise"] = server
    add_static(app, "core", core / "static")
    app.jinja_env.globals.update(
        inline_style=Markup(f"<style>{app.extensions['lms.css']}</style>"),  # noqa: S704
        static=lambda owner, name: static_address(app, owner, name),
    )
    app.after_request(_compress)


def add_static(app: Flask, owner: str, folder: Path) -> None:
    """Serve the files of `folder` at /static/<owner>/…"""
    if folder.is_dir():
        app.extensions["lms.static"][owner] = folder
        app.extensions["lms.whitenoise"].add_files(str(folder), prefix=f"static/{owner}/")


def static_address(app: Flask, owner: str, name: str) -> str:
    """Return the address of a static file, which changes when the file does."""
    return f"/static/{owner}/{name}?v={_digest(app.extensions['lms.static'][owner] / name)}"


def smaller(css: str) -> str:
    """Return a style sheet without comments and needless space."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    # The space before a colon stays: `nav :focus` is not `nav:focus`.
    css = re.sub(r":\s+", ":", re.sub(r"\s*([{};,>])\s*", r"\1", css))
    return css.replace(";}", "}").strip()


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def _add_headers(app: Flask, headers: Any) -> None:
    headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    headers["Content-Security-Policy"] = "default-src 'none'"
    for name, value in security.headers_for_all(app).items():
        headers[name] = value


def _compress(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.mimetype not in COMPRESSED_TYPES
        or "Content-Encoding" in response.headers
        or not request.accept_encodings["gzip"]
        or response.status_code in {204, 304}
    ):
        return response
    body = response.get_data()
    if len(body) < SMALLEST_TO_COMPRESS:
        return response
    response.set_data(_gzip(body))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def _gzip(body: bytes) -> bytes:
    # The length of a compressed page can betray secrets in it (BREACH, 2013). A file name of random
    # length in the gzip header blurs it, at no cost to the reader.
    out = BytesIO()
    name = "a" * secrets.randbelow(64)
    with gzip.GzipFile(name, "wb", COMPRESSION, out, mtime=0) as file:
        file.write(body)
    return out.getvalue()
