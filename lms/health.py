"""Two questions a supervisor asks: is the process alive, and can it do its work?"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text

from lms import clock, schema
from lms.database import db, reading
from lms.logs import log
from lms.plugins import contributed

LEAST_FREE_BYTES = 50 * 1024 * 1024
BUILT_ON = datetime(2026, 11, 1, tzinfo=UTC)

bp = Blueprint("health", __name__, url_prefix="/health")


@dataclass(frozen=True)
class HealthCheck:
    """A contribution: `problem()` returns None when all is well, otherwise a word for the log."""

    name: str
    problem: Callable[[], str | None]


def init_app(app: Flask) -> None:
    """Answer /health/live and /health/ready."""
    app.register_blueprint(bp)


def problems() -> dict[str, str]:
    """Return what is wrong, by name of the check; empty when the site can do its work."""
    checks = [*OWN_CHECKS, *contributed(HealthCheck)]
    found = {}
    for check in checks:
        try:
            # Each looks with a connection of its own, so none may hold the write lock.
            with reading():
                problem = check.problem()
        except Exception:
            log.exception("health check failed", extra={"fields": {"check": check.name}})
            db.session.rollback()
            problem = "failed"
        if problem:
            found[check.name] = problem
    return found


@bp.get("/live")
def live() -> Response:
    """Answer without touching anything that can be away."""
    return jsonify(status="live")


@bp.get("/ready")
def ready() -> tuple[Response, int]:
    """Answer 200 when every check passes, 503 with the names of those that do not."""
    failed = sorted(problems())
    if failed:
        return jsonify(status="not ready", failed=failed), 503
    return jsonify(status="ready"), 200


def _database_problem() -> str | None:
    db.session.execute(text("SELECT 1"))
    return None


def _schema_problem() -> str | None:
    return "behind" if schema.pending(current_app) else None


def _disk_problem() -> str | None:
    free = shutil.disk_usage(current_app.config["DATA"]).free
    return "almost full" if free < LEAST_FREE_BYTES else None


def _clock_problem() -> str | None:
    return "before the build" if clock.now() < BUILT_ON else None


OWN_CHECKS = (
    HealthCheck("database", _database_problem),
    HealthCheck("schema", _schema_problem),
    HealthCheck("disk", _disk_problem),
    HealthCheck("clock", _clock_problem),
)
