"""`lms quizzes …`: questions from other systems, and to them."""

import json
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Blueprint

from lms.i18n import LANGUAGES
from lms.quizzes.interchange import (
    aiken,
    files,
    gift,
    markdown_,
    moodle,
    prose,
    report,
    to_gift,
    to_moodle,
)
from lms.quizzes.interchange.bank import Found, Item, Unreadable, one_line
from lms.quizzes.interchange.report import Report
from lms.quizzes.kinds import question_types

FORMATS = ("gift", "moodle-xml", "aiken", "md")
QUIZ_FILE = re.compile(rf"[a-z][a-z0-9-]*\.({'|'.join(LANGUAGES)})\.md")
WRITERS: dict[str, tuple[Callable[[Item], str], Callable[[str, list[str]], str]]] = {
    "gift": (to_gift.write, to_gift.file_of),
    "moodle-xml": (to_moodle.write, to_moodle.file_of),
    "aiken": (aiken.write, aiken.file_of),
    "md": (markdown_.write, markdown_.file_of),
}
#: From here on people wonder whether anything happens.
LONG = 5000

as_format = click.option("--format", "format_", type=click.Choice(FORMATS), required=True)
for_programs = click.option("--json", "as_json", is_flag=True, help="For programs.")
replacing = click.option("--replace", is_flag=True, help="Write over a file that is there.")


def register(bp: Blueprint) -> None:
    """Give the plugin its commands."""
    bp.cli.help = "Questions from other systems, and to them."
    for command in (import_, export):
        bp.cli.add_command(command)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_format
@click.option("--encoding", help="What the file is written in, for example windows-1251.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True)
@replacing
@for_programs
def import_(
    file: Path, format_: str, encoding: str | None, to: Path, replace: bool, as_json: bool
) -> None:
    """Write the questions of FILE as a quiz file of ours (exit code 1 if some are skipped)."""
    if not (name := QUIZ_FILE.fullmatch(to.name)):
        raise click.UsageError(f"--to should end like money-quiz.kk.md, not {to.name}")
    _refuse_to_overwrite(to, replace)
    text = _text_of(file, encoding)
    found = _read(text, format_, name[1])
    taken = _gather(file, found, text, markdown_.write)
    title = (markdown_.title_of(text) if format_ == "md" else taken.title) or file.stem
    if taken.items:
        _write(to, markdown_.file_of(_as_heading(title), taken.written))
    _tell(taken, file, to, as_json)


@click.command("export")
@click.argument("quiz", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_format
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Left out: the screen.")
@replacing
@for_programs
def export(quiz: Path, format_: str, to: Path | None, replace: bool, as_json: bool) -> None:
    """Write the questions of the quiz file QUIZ for another system (exit code 1 if some are skipped)."""
    if as_json and to is None:
        raise click.UsageError("--json is the report; say with --to where the questions go")
    if to is not None:
        _refuse_to_overwrite(to, replace)
    text = _text_of(quiz, None)
    write, file_of = WRITERS[format_]
    weights = _weights_of(quiz)

    def weighted(item: Item) -> str:
        item.points = weights.get(item.id, 1)
        return write(item)

    taken = _gather(quiz, markdown_.read(text, question_types()), text, weighted)
    whole = file_of(markdown_.title_of(text), taken.written)
    if to is None:
        click.echo(whole, nl=False)
    elif taken.items:
        _write(to, whole)
    _tell(taken, quiz, to, as_json)


def _text_of(file: Path, encoding: str | None) -> str:
    try:
        return files.read_text(file, encoding)
    except Unreadable as problem:
        raise click.UsageError(f"{file}: {problem}") from problem


def _read(text: str, format_: str, language: str) -> Found:
    if format_ == "md":
        return markdown_.read(text, question_types())
    if format_ == "moodle-xml":
        return moodle.read(files.without_declaration(text), language)
    return (gift.read if format_ == "gift" else aiken.read)(text, language)


def _gather(file: Path, found: Found, text: str, write: Callable[[Item], str]) -> Report:
    length = text.count("\n") + 1
    with click.progressbar(
        length=length, label="Reading", file=sys.stderr, hidden=length < LONG, update_min_steps=1000
    ) as bar:
        reached = 0

        def at_line(line: int) -> None:
            nonlocal reached
            bar.update(line - reached)
            reached = line

        try:
            taken = report.gather(found, write, question_types(), at_line)
        except Unreadable as problem:
            raise click.UsageError(f"{file}: {problem}") from problem
        bar.update(length - reached)
    if not taken.items and not taken.skipped:
        raise click.UsageError(f"{file}: there is no question in it; is --format right?")
    return taken


def _refuse_to_overwrite(to: Path, replace: bool) -> None:
    if to.exists() and not replace:
        raise click.UsageError(f"{to} is there already; say --replace to write over it")


def _write(to: Path, text: str) -> None:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, "utf-8", newline="\n")
    except OSError as problem:
        raise click.UsageError(f"{to} cannot be written: {problem.strerror}") from problem


def _tell(taken: Report, file: Path, to: Path | None, as_json: bool) -> None:
    if as_json:
        said = taken.as_json(str(file), str(to) if taken.items else "")
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for line in taken.lines(str(file)):
            click.echo(line, err=True)
    sys.exit(1 if taken.skipped else 0)


def _as_heading(title: str) -> str:
    return one_line(prose.from_plain(title))


def _weights_of(quiz: Path) -> dict[str, float]:
    course = quiz.parent / "course.toml"
    if not course.exists():
        return {}
    try:
        modules = tomllib.loads(course.read_text("utf-8")).get("modules", [])
        steps = [step for module in modules for step in module.get("activities", [])]
        step: dict[str, Any] = next(
            (step for step in steps if step.get("id") == quiz.name.split(".")[0]), {}
        )
        return {str(name): float(points) for name, points in step.get("weights", {}).items()}
    except (ValueError, AttributeError, TypeError) as problem:
        raise click.UsageError(f"{course}: {problem}; run `lms content check`") from problem
