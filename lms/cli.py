"""The command line: `lms …`. Exit codes: 0 fine, 1 findings, 2 wrong usage, 78 wrong settings."""

import json
import os
import secrets
import sys
from collections.abc import Sequence
from typing import Any

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext

from lms import config, create_app, health, jobs, mail, markdown, schema
from lms.database import db
from lms.plugins import PluginError, installed_plugins

#: Commands that sign nothing, so that a trainer needs no secret key to check a course.
WITHOUT_A_KEY: tuple[list[str], ...] = (
    [], ["--help"], ["content"], ["db"], ["markdown"], ["plugins"], ["quizzes"], ["secret"], ["seminars"], ["settings"],
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        group(signs=words[:1] not in WITHOUT_A_KEY).main(words, prog_name="lms")
    except config.ConfigError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(config.EXIT_CODE)
    except (PluginError, schema.SchemaError) as error:
        sys.exit(str(error))


def group(signs: bool = True) -> click.Group:
    """Return the group of all commands: the core's here, a plugin's from its blueprint.

    Unless it `signs`, the application gets a key for this one command where none is set.
    """
    is_keyless = not signs and not {"LMS_SECRET_KEY", "LMS_SETTINGS"} & os.environ.keys()
    given = {"SECRET_KEY": secrets.token_urlsafe(48)} if is_keyless else {}
    commands = FlaskGroup(
        create_app=lambda: create_app(given), add_default_commands=False, add_version_option=False,
        load_dotenv=False, set_debug_flag=False, name="lms",
    )  # fmt: skip
    # The site is ours to find, not something to name with --app.
    commands.params = []
    for command in (
        database_group, settings, plugins, markdown_, jobs_group, worker, serve, check, demo_group,
        secret,
    ):  # fmt: skip
        commands.add_command(command)
    return commands


def print_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows for people (aligned columns) or, with `--json`, for programs."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        return
    widths = {k: max(len(k), *(len(str(row[k])) for row in rows)) for k in rows[0]}
    click.echo("  ".join(key.ljust(widths[key]) for key in widths).rstrip())
    for row in rows:
        click.echo("  ".join(str(row[key]).ljust(widths[key]) for key in widths).rstrip())


@click.group("db")
def database_group() -> None:
    """The tables and their history."""


@database_group.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Run every migration that has not run."""
    for name in schema.upgrade(current_app):
        click.echo(f"upgraded {name}")


@database_group.command("revise")
@click.argument("owner")
@click.option("-m", "--message", default="create tables", show_default=True)
@with_appcontext
def revise(owner: str, message: str) -> None:
    """Write the next migration of the core (lms) or a plugin from its models."""
    if owner not in schema.owners(current_app):
        raise click.UsageError(f"“{owner}” is neither lms nor a plugin")
    path = schema.revise(current_app, owner, message)
    click.echo(f"wrote {path.parent.name}/{path.name}" if path else "nothing to revise")


@database_group.command("check")
@with_appcontext
def check_schema() -> None:
    """Say where the database and the models differ (exit code 1 if they do)."""
    found = [f"not run: {name}" for name in schema.pending(current_app)]
    found = found or schema.differences(current_app)
    for line in found:
        click.echo(line)
    sys.exit(1 if found else 0)


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def settings(as_json: bool) -> None:
    """List every setting with its default and use, also where the present ones are wrong."""
    of_plugins = config.of_plugins(installed_plugins())
    rows = [
        {"setting": f"LMS_{s.name}", "default": s.default, "use": s.use}
        for s in (*config.SETTINGS, *jobs.SETTINGS, *mail.SETTINGS, *of_plugins)
    ]
    print_rows(rows, as_json)


@click.command("plugins")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def plugins(as_json: bool) -> None:
    """List the plugins in load order."""
    rows = [
        {
            "plugin": plugin.name,
            "requires": " ".join(plugin.requires),
            "package": plugin.blueprint.import_name.rpartition(".")[0],
        }
        for plugin in current_app.extensions["lms.plugins"]
    ]
    print_rows(rows, as_json)


@click.command("markdown")
@with_appcontext
def markdown_() -> None:
    """Draw standard input as a lesson would be drawn."""
    text = sys.stdin.buffer.read().decode("utf-8-sig", "replace")
    click.echo(markdown.render(text), nl=False)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Work on the outbox: mails and other jobs."""
    if once:
        click.echo(f"{jobs.run_due(10_000)} jobs")
        return
    jobs.start_worker(current_app._get_current_object()).wait()  # type: ignore[attr-defined]


@click.group("jobs")
def jobs_group() -> None:
    """Jobs that failed too often."""


@jobs_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def list_jobs(as_json: bool) -> None:
    """List the jobs that were given up (exit code 1 if there are any)."""
    found = jobs.given_up()
    rows = [
        {"job": job.id, "kind": job.kind, "given up": job.given_up_at, "problem": job.problem}
        for job in found
    ]
    print_rows(rows, as_json)
    sys.exit(1 if found else 0)


@jobs_group.command("retry")
@click.argument("job", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="Every one of them.")
@with_appcontext
def retry(job: tuple[int, ...], every: bool) -> None:
    """Have given-up jobs done once more."""
    if bool(job) == every:
        raise click.UsageError("name the jobs, or say --all")
    count = jobs.try_again([found.id for found in jobs.given_up()] if every else job)
    db.session.commit()
    click.echo(f"{count} jobs")


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def check(as_json: bool) -> None:
    """Say what is wrong with this installation (exit code 1 if anything is)."""
    found = health.problems()
    print_rows([{"check": name, "problem": problem} for name, problem in found.items()], as_json)
    if not found and not as_json:
        click.echo("all well")
    sys.exit(1 if found else 0)


@click.command("secret")
def secret() -> None:
    """Print a new secret key."""
    click.echo(secrets.token_urlsafe(48))


@click.command("serve")
def serve() -> None:
    """Serve the site with gunicorn, as the settings say."""
    from lms.server import run

    run()


@click.group("demo")
def demo_group() -> None:
    """A site to try: demo people, the shipped courses."""


@demo_group.command("run")
def demo_run() -> None:
    """Prepare a demo in the data folder and serve it (`make run`)."""
    from lms.demo import run

    run()
