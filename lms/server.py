"""The production server: gunicorn, threads that bear slow phones, the outbox worker beside them."""

import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from lms import config, create_app, jobs, schema
from lms.database import db

SECONDS_TO_FINISH = 10


class Server(BaseApplication):
    """gunicorn with our application and settings."""

    def __init__(self, app: Flask) -> None:
        self.application = app
        super().__init__()

    def load_config(self) -> None:
        """Say how to serve; why each choice was made is told in docs/architecture.md."""
        settings = self.application.config
        for name, value in {
            "bind": f"{settings['HOST']}:{settings['PORT']}",
            "worker_class": "gthread",
            "workers": settings["WORKERS"],
            "threads": settings["THREADS"],
            "preload_app": True,
            "graceful_timeout": SECONDS_TO_FINISH,
            "timeout": 60,
            "keepalive": 5,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "limit_request_line": 4094,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": _begin_work,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application that every worker process shares."""
        return self.application


def run(app: Flask | None = None) -> None:
    """Serve until told to stop. Refuses to start on a database that is behind the code."""
    try:
        app = app or create_app()
    except config.ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201 – nobody listens to logs yet
        sys.exit(config.EXIT_CODE)
    with app.app_context():
        try:
            behind = schema.pending(app)
        except schema.SchemaError as error:
            sys.exit(str(error))
        if behind:
            sys.exit("The database is behind the code: make a backup, then run `lms db upgrade`.")
        _let_go_of_connections()
    Server(app).run()


def _let_go_of_connections() -> None:
    # Connections must not be shared by the processes that are about to fork.
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def _begin_work(worker: Any) -> None:
    app = worker.app.application
    if app.config["WORKER"]:
        jobs.start_worker(app)
