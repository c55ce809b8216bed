"""`lms content …`: check, import, export and list courses."""

import json
import sys
from pathlib import Path

import click
from flask import Blueprint, current_app
from sqlalchemy import select

from lms import clock, i18n, schema
from lms.cli import print_rows
from lms.courses import services
from lms.courses.activities import Problem
from lms.courses.content import CourseReading, course_folders, read_course
from lms.courses.facts import read_facts
from lms.courses.models import Course
from lms.courses.pages import activity_types
from lms.database import db


def register(bp: Blueprint) -> None:
    """Give the plugin its commands."""
    bp.cli.help = "Courses as files: check, import, export."
    for command in (check, import_, export, list_, retire):
        bp.cli.add_command(command)


def read_folder(path: Path) -> tuple[list[CourseReading], list[Problem]]:
    """Return every course at `path` as read, and the problems of the facts register."""
    facts = read_facts(path, clock.today())
    folders = course_folders(path)
    readings = []
    with click.progressbar(
        folders, label="Reading", file=sys.stderr, hidden=len(folders) < 8
    ) as bar:
        for folder in bar:
            readings.append(read_course(folder, activity_types(), facts.facts))
    return readings, facts.problems


@click.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(path: Path, as_json: bool) -> None:
    """Name file and line of everything to mend (exit code 1 if there is anything)."""
    readings, problems = read_folder(path)
    _refuse_an_empty_folder(readings, path)
    problems += [problem for reading in readings for problem in reading.problems]
    _print_problems(problems, as_json)
    if not problems and not as_json:
        click.echo(f"{len(readings)} courses, nothing to mend")
    sys.exit(1 if problems else 0)


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def import_(path: Path) -> None:
    """Publish the courses at PATH: all of them or, if one has an error, none."""
    _refuse_an_old_database()
    readings, problems = read_folder(path)
    _refuse_an_empty_folder(readings, path)
    problems += [problem for reading in readings for problem in reading.problems]
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
