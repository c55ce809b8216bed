"""`lms content …`: check, import, export and list courses."""

import json
import sys
from functools import partial
from pathlib import Path

import click
from flask import Blueprint, current_app
from sqlalchemy import select

from lms import clock, i18n, schema
from lms.cli import print_rows
from lms.courses import beside, counting, services, spelling
from lms.courses.activities import ContentFolder, Problem
from lms.courses.content import COURSE_FILE, CourseReading, read_course
from lms.courses.models import Course
from lms.courses.pages import activity_types
from lms.courses.shelf import Shelf, folders_with, read_shelf
from lms.database import db
from lms.plugins import contributed


def register(bp: Blueprint) -> None:
    """Give the plugin its commands."""
    bp.cli.help = "Courses as files: check, import, export."
    for command in (check, import_, export, list_, retire, spell, stats):
        bp.cli.add_command(command)


def read_folder(path: Path) -> tuple[list[CourseReading], Shelf]:
    """Return every course at `path` as read, and what stands beside them."""
    shelf = read_shelf(path, clock.today())
    folders = folders_with(COURSE_FILE, path)
    with (
        beside.each_other(partial(_read, shelf), folders) as readings,
        click.progressbar(
            readings,
            label="Reading",
            length=len(folders),
            file=sys.stderr,
            hidden=len(folders) < 8,
        ) as bar,
    ):
        return list(bar), shelf


def _read(shelf: Shelf, folder: Path) -> CourseReading:
    return read_course(folder, activity_types(), shelf)


@click.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(path: Path, as_json: bool) -> None:
    """Name file and line of everything to mend (exit code 1 if there is anything)."""
    shelf = read_shelf(path, clock.today())
    problems, read = list(shelf.problems), 0
    for kind in contributed(ContentFolder):
        for folder in folders_with(kind.marker, path):
            problems += kind.check(folder, shelf)
            read += 1
    if not read:
        markers = " or ".join(kind.marker for kind in contributed(ContentFolder))
        raise click.UsageError(f"there is no {markers} in {path} or right below it")
    _print_problems(problems, as_json)
    if not problems and not as_json:
        click.echo(f"{read} read, nothing to mend")
    sys.exit(1 if problems else 0)


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def import_(path: Path) -> None:
    """Publish the courses at PATH: all of them or, if one has an error, none."""
    _refuse_an_old_database()
    readings, shelf = read_folder(path)
    _refuse_an_empty_folder(readings, path)
    problems = shelf.problems + [problem for reading in readings for problem in reading.problems]
    _print_problems(problems, as_json=False)
    if any(problem.severity == "error" for problem in problems):
        click.echo("Nothing was imported.", err=True)
        sys.exit(1)
    # Reading a course begins a transaction if a type looks something up; writing starts afresh.
    db.session.rollback()
    with click.progressbar(
        readings, label="Publishing", file=sys.stderr, hidden=len(readings) < 8
    ) as bar:
        for reading in bar:
            version = services.publish_course(reading)
            state = f"version {version.number}" if version else "unchanged"
            if len(readings) < 8:
                click.echo(f"{reading.slug}: {state}")
    db.session.commit()


@click.command("export")
@click.argument("course")
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path(), show_default=True)
def export(course: str, folder: Path) -> None:
    """Write the files of a course, byte for byte as they were imported."""
    for path in services.export_course(_find(course), folder):
        click.echo(str(path))


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(as_json: bool) -> None:
    """List the courses on offer."""
    rows = [
        {
            "course": outline.slug,
            "version": outline.version,
            "languages": " ".join(outline.languages),
            "activities": len(list(outline.activities)),
            "title": i18n.pick(outline.titles),
        }
        for outline in services.list_courses()
    ]
    print_rows(rows, as_json)


@click.command("stats")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def stats(path: Path, as_json: bool) -> None:
    """Count what the courses at PATH hold: lessons, words by language, questions, pictures, minutes."""
    readings, _ = read_folder(path)
    _refuse_an_empty_folder(readings, path)
    rows = [counting.count(reading) for reading in readings]
    if len(rows) > 1:
        rows.append(counting.total(rows))
    print_rows(rows, as_json)


@click.command("spell")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("more", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--words", is_flag=True, help="Print the bare words, for the lists beside PATH.")
def spell(path: Path, more: tuple[Path, ...], words: bool) -> None:
    """Name every word that neither Hunspell nor the words.<lang>.txt in PATH know.

    MORE are further files and folders to look at, such as catalogues of the interface.
    """
    try:
        problems = spelling.misspelt([path, *more], spelling.known_words(path))
    except spelling.NoHunspell as error:
        raise click.UsageError(str(error)) from error
    for problem in problems:
        click.echo(problem.message.split("”")[0].strip("“").lower() if words else str(problem))
    sys.exit(1 if problems else 0)


@click.command("retire")
@click.argument("course")
def retire(course: str) -> None:
    """Take a course out of the catalogue; those enrolled keep it."""
    services.retire_course(_find(course))
    db.session.commit()


def _refuse_an_old_database() -> None:
    if schema.pending(current_app):
        raise click.UsageError("the database is not up to date; run `lms db upgrade`")


def _find(slug: str) -> Course:
    _refuse_an_old_database()
    course = db.session.scalars(select(Course).filter_by(slug=slug)).one_or_none()
    if course is None:
        raise click.UsageError(f"there is no course “{slug}”")
    return course


def _refuse_an_empty_folder(readings: list[CourseReading], path: Path) -> None:
    if not readings:
        raise click.UsageError(f"there is no course.toml in {path} or right below it")


def _print_problems(problems: list[Problem], as_json: bool) -> None:
    if as_json:
        rows = [
            {"path": p.path, "line": p.line, "severity": p.severity, "message": p.message}
            for p in problems
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for problem in problems:
        click.echo(str(problem), err=problem.severity == "error")
