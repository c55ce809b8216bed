"""The command line: `lms users …` for people, `lms accounts …` for places."""

import sys
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy import select
from wtforms.validators import ValidationError

from lms.accounts import contacts, passwords
from lms.accounts.forms import clean_name
from lms.accounts.models import User
from lms.accounts.permissions import ROLES
from lms.accounts.services import imports, people, places, resets, roles
from lms.accounts.views import bp
from lms.cli import print_rows
from lms.database import db
from lms.i18n import LANGUAGES, speaking

users = AppGroup("users", help="People: create, import, list, roles, suspend.")

as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@users.command("create")
@click.option("--name", required=True, help="As it is to be printed.")
@click.option("--contact", required=True, help="E-mail address or phone number.")
@click.option("--name-ru", default="", help="The name in Russian, if spelt differently.")
@click.option("--language", type=click.Choice(LANGUAGES), default="kk", show_default=True)
@click.option("--role", type=click.Choice(ROLES), default="resident", show_default=True)
@click.option("--password", help="Better not: other users of this machine can read it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(
    name: str,
    contact: str,
    name_ru: str,
    language: str,
    role: str,
    password: str | None,
    password_stdin: bool,
) -> None:
    """Open an account. Without a password its owner needs a reset link."""
    name, contact = _name(name), _contact(contact)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    if password is not None and (problem := _password_problem(password, name, contact)):
        raise click.UsageError(problem)
    password_hash = passwords.NONE if password is None else passwords.hashed(password)
    try:
        user = people.register(name, contact, password_hash, language, name_ru=name_ru)
    except people.ContactTaken:
        _stop(f"there is already an account with {contact}")
    roles.give(user, role)
    db.session.commit()
    click.echo(f"created {user.id}")


@users.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@as_json_option
def import_(file: Path, dry_run: bool, as_json: bool) -> None:
    """Open accounts for the people of a CSV file: all of them, or none if a row is wrong."""
    try:
        with speaking("en"):
            rows = imports.read(file.read_bytes())
    except imports.ListError as error:
        raise click.UsageError(str(error)) from error
    print_rows([row.as_dict() for row in rows], as_json)
    if any(row.problems for row in rows):
        sys.exit(1)
    if not dry_run:
        added = imports.add(rows)
        db.session.commit()
        click.echo(f"added {added}", err=True)


@users.command("list")
@as_json_option
def list_(as_json: bool) -> None:
    """List the accounts that are not erased, with their roles."""
    found = db.session.scalars(select(User).where(User.erased_at.is_(None)).order_by(User.id))
    print_rows([_as_row(user) for user in found], as_json)


@users.command("role")
@click.argument("contact")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--course", help="Only in this course.")
@click.option("--region", help="Only in this region (its code).")
@click.option("--organisation", help="Only in this organisation (its code).")
@click.option("--take", is_flag=True, help="Take the role away instead.")
def role(
    contact: str,
    role: str,
    course: str | None,
    region: str | None,
    organisation: str | None,
    take: bool,
) -> None:
    """Give somebody a role, everywhere or in one scope."""
    user = _user(contact)
    kind, value = _scope(course, region, organisation)
    changed = (roles.take if take else roles.give)(user, role, kind, value)
    db.session.commit()
    click.echo(("taken" if take else "given") if changed else "nothing to change")


@users.command("suspend")
@click.argument("contact")
@click.option("--undo", is_flag=True, help="Open the account again.")
def suspend(contact: str, undo: bool) -> None:
    """Close an account for now; its owner is signed out everywhere."""
    user = _user(contact)
    (people.restore if undo else people.suspend)(user)
    db.session.commit()
    click.echo("restored" if undo else "suspended")


@users.command("reset-link")
@click.argument("contact")
def reset_link(contact: str) -> None:
    """Print a link to choose a new password: good once, for 30 minutes. Hand it to its owner only."""
    link = resets.make_link(_user(contact))
    db.session.commit()
    click.echo(link)


@bp.cli.command("places")
def load_places() -> None:
    """Load the shipped regions, cities and villages."""
    new = places.load_places()
    db.session.commit()
    click.echo(f"{new} new")


@bp.cli.command("organisation")
@click.argument("code")
@click.option("--kind", default="akimat", show_default=True)
@click.option("--name-kk", required=True)
@click.option("--name-ru", required=True)
@click.option("--region", help="The code of its region.")
def add_organisation(code: str, kind: str, name_kk: str, name_ru: str, region: str | None) -> None:
    """Write an organisation that roles can be given in."""
    if region and places.find_region(region) is None:
        raise click.UsageError(f"no such region: {region}")
    places.add_organisation(code, kind, {"kk": name_kk, "ru": name_ru}, region)
    db.session.commit()
    click.echo(code)


def _name(text: str) -> str:
    try:
        with speaking("en"):
            return clean_name(text)
    except ValidationError as error:
        raise click.UsageError(str(error)) from error


def _contact(text: str) -> str:
    try:
        return contacts.normalised(text)
    except contacts.ContactError as error:
        with speaking("en"):
            raise click.UsageError(str(error.reason)) from error


def _password_problem(password: str, name: str, contact: str) -> str | None:
    with speaking("en"):
        problem = passwords.problem(password, name, contact)
        return str(problem) if problem else None


def _user(contact: str) -> User:
    user = people.find(_contact(contact))
    if user is None:
        _stop(f"there is no account with {contact}")
    return user


def _scope(course: str | None, region: str | None, organisation: str | None) -> tuple[str, str]:
    given = [
        (kind, value)
        for kind, value in (("course", course), ("region", region), ("organisation", organisation))
        if value
    ]
    if len(given) > 1:
        raise click.UsageError("one scope at a time")
    if region and places.find_region(region) is None:
        raise click.UsageError(f"no such region: {region}")
    if organisation and places.find_organisation(organisation) is None:
        raise click.UsageError(f"no such organisation: {organisation}")
    return given[0] if given else ("none", "")


def _as_row(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "name": user.name,
        "contact": user.contact,
        "language": user.language,
        "roles": ", ".join(_role_words(user)) or "resident",
        "suspended": user.suspended_at is not None,
    }


def _role_words(user: User) -> list[str]:
    return [
        role.role
        if role.scope_kind == "none"
        else f"{role.role} ({role.scope_kind} {role.scope_id})"
        for role in user.roles
    ]


def _stop(problem: str) -> NoReturn:
    click.echo(problem, err=True)
    sys.exit(1)
