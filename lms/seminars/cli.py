"""`lms seminars …`: what the programme plans."""

import json
import sys
from pathlib import Path

import click
from flask import Blueprint

from lms import clock, i18n
from lms.accounts.services.places import shipped_places
from lms.cli import print_rows
from lms.courses.content import shipped_content
from lms.courses.shelf import folders_with, read_shelf
from lms.seminars import planning
from lms.seminars.content import PROGRAMME_FILE, read_programme


def register(bp: Blueprint) -> None:
    """Give the plugin its commands."""
    bp.cli.help = "One-day seminars: what the programme plans."
    bp.cli.add_command(plan)


@click.command("plan")
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=shipped_content())
@click.option("--json", "as_json", is_flag=True, help="For programs, with the whole day.")
def plan(path: Path, as_json: bool) -> None:
    """Show the seminars that the programmes at PATH plan, each as it could be announced."""
    shelf = read_shelf(path, clock.today())
    readings = [
        read_programme(folder, shelf, shipped_places())
        for folder in folders_with(PROGRAMME_FILE, path)
    ]
    if not readings:
        raise click.UsageError(f"there is no {PROGRAMME_FILE} in {path} or right below it")
    errors = [p for r in readings for p in r.problems if p.severity == "error"]
    for problem in errors:
        click.echo(str(problem), err=True)
    if errors:
        sys.exit(1)
    seminars = [
        seminar
        for reading in readings
        if reading.programme
        for seminar in planning.seminars(reading.programme, shipped_places())
    ]
    if as_json:
        click.echo(json.dumps(seminars, ensure_ascii=False, indent=2))
        return
    print_rows([_row(seminar) for seminar in seminars], as_json=False)


def _row(seminar: planning.Seminar) -> dict[str, object]:
    return {
        "no": seminar["number"],
        "region": i18n.pick(seminar["region_names"]),
        "place": i18n.pick(seminar["locality_names"]),
        "edition": seminar["edition"],
        "seats": seminar["seats"],
        "language": " + ".join(seminar["languages"]),
        "day": f"{seminar['starts']}–{seminar['ends']}",
    }
