"""One JSON line per event on standard error, each with the id of the request it belongs to."""

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

#: Loggers: `lms` for what happens, `lms.security` for who did what (sign-ins, refusals, roles).
log = logging.getLogger("lms")
security_log = logging.getLogger("lms.security")

#: What JSON lets through though a terminal obeys it, a reader ends a line at it, or UTF-8 has no place for it.
NOT_IN_A_LINE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")

as_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonLines(logging.Formatter):
    """A record as one line of JSON, in UTC, its own fields beside the usual ones."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if has_request_context():
            line["request"] = g.get("request_id")
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        text = as_json(line)
        return NOT_IN_A_LINE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def init_app(app: Flask) -> None:
    """Number the requests of `app` and log each one, without what people typed."""
    _configure()
    app.before_request(_begin)
    app.after_request(_end)


def note(event: str, **fields: Any) -> None:
    """Log that something happened, with plain fields beside it."""
    log.info(event, extra={"fields": fields})


def note_security(event: str, **fields: Any) -> None:
    """Log a security event once: who, what, where, result; never a secret or a contact."""
    where = request.remote_addr if has_request_context() else "command line"
    security_log.info(event, extra={"fields": {"from": where, **fields}})


def _configure() -> None:
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static":
        note(
            "request",
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        )
    return response
