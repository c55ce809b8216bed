"""What travels with a page: the style inside it, scripts and pictures at addresses that never go stale."""

import gzip
import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from markupsafe import Markup
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request
from whitenoise import WhiteNoise

from lms import security

FOREVER = 365 * 24 * 3600
SMALLEST_TO_COMPRESS = 600
COMPRESSION = 2
LARGEST_STORED = 1 << 16
NO_HEADER = -zlib.MAX_WBITS
NAMED_GZIP = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"
COMPRESSED_TYPES = {"text/html", "text/plain", "application/json", "text/css", "image/svg+xml"}
COMPRESSED_FILES = {".js", ".css", ".svg", ".json"}


class StaticFiles(WhiteNoise):
    """WhiteNoise with text compressed; by itself it looks for compressed copies on the disk."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        """Return what is served at `url`, its compressed bytes beside it."""
        file = super().get_static_file(path, url, stat_cache)
        content = Path(path).read_bytes() if Path(path).suffix in COMPRESSED_FILES else b""
        is_worth_it = len(content) >= SMALLEST_TO_COMPRESS
        file.packed = gzip.compress(content, mtime=0) if is_worth_it else None
        return file

    def serve(self, static_file: Any, environ: Any, start_response: Any) -> Any:
        """Answer with the compressed bytes whoever takes them and does not ask for a range."""
        takes_gzip = Request(environ).accept_encodings["gzip"] and "HTTP_RANGE" not in environ
        if static_file.packed is None or not takes_gzip:
            return super().serve(static_file, environ, start_response)
        answer = static_file.get_response(environ["REQUEST_METHOD"], environ)
        headers = Headers(answer.headers)
        if answer.status == HTTPStatus.OK:
            headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(static_file.packed))
        start_response(f"{answer.status} {answer.status.phrase}", headers.to_wsgi_list())
        if answer.file is None:  # nothing new, or only the headers were asked for
            return []
        answer.file.close()
        return [static_file.packed]


def init_app(app: Flask) -> None:
    """Serve the core's and the plugins' static files and put the style into every page."""
    core = Path(app.root_path)
    style = "".join(
        path.read_text("utf-8") for path in sorted((core / "static" / "css").glob("*.css"))
    )
    app.extensions["lms.css"] = smaller(style)
    app.extensions["lms.style"] = Style.of(app.extensions["lms.css"])
    app.extensions["lms.static"] = {}
    server = StaticFiles(
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
    headers["Vary"] = "Accept-Encoding"
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
    response.set_data(_gzip(body, current_app.extensions["lms.style"]))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


@dataclass(frozen=True)
class Style:
    """The style in every page, half of its bytes, compressed once instead of with each page."""

    plain: bytes
    packed: bytes

    @classmethod
    def of(cls, css: str) -> "Style":
        """Return the style with its compressed form, which may stand in the middle of a page's."""
        packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=NO_HEADER)
        return cls(css.encode(), packer.compress(css.encode()) + packer.flush(zlib.Z_FULL_FLUSH))


def _gzip(body: bytes, style: Style) -> bytes:
    # The length of a compressed page can betray secrets in it (BREACH, 2013). A file name of random
    # length in the gzip header blurs it, at no cost to the reader.
    name = b"a" * secrets.randbelow(64) + b"\0"
    before, has_style, after = body.partition(style.plain)
    packer = zlib.compressobj(COMPRESSION, wbits=NO_HEADER)
    if has_style and len(before) < LARGEST_STORED:
        packed = _stored(before) + style.packed + packer.compress(after)
    else:
        packed = packer.compress(body)
    ending = zlib.crc32(body).to_bytes(4, "little") + len(body).to_bytes(4, "little")
    return NAMED_GZIP + name + packed + packer.flush() + ending


def _stored(text: bytes) -> bytes:
    # A block of DEFLATE that is not compressed (RFC 1951, 3.2.4): a page's first lines are too few
    # to be worth a second compressor.
    size = len(text)
    return b"\0" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + text
