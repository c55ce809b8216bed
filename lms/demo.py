"""`make run`: a site to try, complete with courses and people who are obviously not real."""

import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask

from lms import config, schema
from lms.database import db
from lms.plugins import contributed

KEY_FILE = "demo-secret.key"


@dataclass(frozen=True)
class DemoData:
    """A contribution: what a plugin puts into a demo site, the same however often it is asked.

    `prepare()` flushes and returns the lines to print on the card.
    """

    name: str
    prepare: Callable[[], list[str]]


def run() -> None:
    """Prepare the data folder, print how to sign in, and serve."""
    _own_key()
    os.environ.setdefault("LMS_DEMO", "1")
    port = os.environ.get("LMS_PORT", "8000")
    os.environ.setdefault("LMS_BASE_URL", f"http://127.0.0.1:{port}")
    from lms import create_app, server  # the factory itself gathers contributions of this kind

    try:
        app = create_app()
    except config.ConfigError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(config.EXIT_CODE)
    with app.app_context():
        schema.upgrade(app)
        cards = prepare()
        db.session.commit()
        db.session.remove()
    _print_card(app, cards)
    server.run(app)


def prepare() -> list[str]:
    """Have every plugin put its demo data in; return the lines they want printed."""
    return [line for data in contributed(DemoData) for line in data.prepare()]


def _own_key() -> None:
    if "LMS_SECRET_KEY" in os.environ:
        return
    folder = Path(os.environ.get("LMS_DATA", "instance"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), "utf-8")
    os.environ["LMS_SECRET_KEY"] = path.read_text("utf-8").strip()


def _print_card(app: Flask, lines: list[str]) -> None:
    click.echo(f"\n  Сауат · Sauat\n\n  {app.config['BASE_URL']}/\n")
    for line in lines:
        click.echo(f"  {line}")
    click.echo("\n  Ctrl+C stops the server.\n")
