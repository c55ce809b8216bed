"""The page ours are compared with: bare Flask, one row by its primary key, a 10 KB template.

Bare means bare: no sign-in, no translation, no security headers, no log line, no compression.
"""

import os
from pathlib import Path

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

from lms.server import Server

PRAGMAS = (
    "busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
    "temp_store=MEMORY", "cache_size=-20000", "mmap_size=134217728",
)  # fmt: skip

db = SQLAlchemy()


class Page(db.Model):  # type: ignore[name-defined]
    """A page."""

    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(100))
    text = db.Column(db.Text)


def create_app(folder: Path) -> Flask:
    """Return the application, with one row to read."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/bare.sqlite3"
    db.init_app(app)

    @app.get("/pages/<int:number>")
    def show(number: int) -> str:
        return render_template("page.html", page=db.session.get(Page, number))

    with app.app_context():
        event.listen(db.engine, "connect", _prepare)
        db.create_all()
        if db.session.get(Page, 1) is None:
            db.session.add(Page(id=1, title="Ауыл бюджеті", text="Мәтін. " * 40))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return app


def _prepare(connection: object, record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


if __name__ == "__main__":
    app = create_app(Path(os.environ["LMS_DATA"]))
    app.config.update(HOST="127.0.0.1", PORT=int(os.environ["LMS_PORT"]), WORKER=False)
    app.config.update(WORKERS=2, THREADS=8)
    Server(app).run()
