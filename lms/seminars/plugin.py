"""The manifest of seminars."""

from pathlib import Path

from flask import Blueprint

from lms.accounts.services.places import shipped_places
from lms.courses.activities import ContentFolder, Problem
from lms.courses.shelf import Shelf
from lms.plugins import Plugin
from lms.seminars import cli, content

bp = Blueprint("seminars", __name__, cli_group="seminars")
cli.register(bp)


def _check_programme(folder: Path, shelf: Shelf) -> list[Problem]:
    return content.read_programme(folder, shelf, shipped_places()).problems


plugin = Plugin(
    name="seminars",
    requires=("accounts", "courses"),
    blueprint=bp,
    contributions=(ContentFolder("programme", content.PROGRAMME_FILE, _check_programme),),
)
