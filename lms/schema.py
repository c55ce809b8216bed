"""Tables over time: one linear history and one version table for the core and for each plugin."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import JSON, Connection, String

from lms import database
from lms.database import Base, db

CORE = "lms"
ROOT = Path(__file__).resolve().parent.parent


class SchemaError(Exception):
    """A database this code cannot work with; the message says what to do."""


def init_app(app: Flask) -> None:
    """Forget what an earlier application found out about its database."""
    app.extensions["lms.schema_checked"] = False


def owners(app: Flask) -> list[str]:
    """Return who has tables: the core, then each plugin in load order."""
    return [CORE, *(plugin.name for plugin in app.extensions["lms.plugins"])]


def histories(app: Flask) -> Iterator[tuple[str, Path]]:
    """Yield each owner with the folder of its migrations, in the order they must run."""
    yield CORE, _shipped(CORE)
    for plugin in app.extensions["lms.plugins"]:
        is_ours = plugin.folder.parent == Path(__file__).parent
        yield plugin.name, _shipped(plugin.name) if is_ours else plugin.folder / "migrations"


def upgrade(app: Flask) -> list[str]:
    """Run every migration that has not run; return their names. Each owner's run is one transaction."""
    done: list[str] = []
    for owner, folder in histories(app):
        if not folder.is_dir():
            continue
        with db.engine.begin() as connection:
            context = _context(connection, owner)
            for revision in _missing(context, folder, owner):
                with Operations.context(context):
                    revision.module.upgrade()
                _set_version(context, revision.revision)
                done.append(f"{owner} {revision.revision}")
    return done


def pending(app: Flask) -> list[str]:
    """Return the migrations that have not run. Once there are none, later calls ask nothing."""
    if app.extensions["lms.schema_checked"]:
        return []
    with db.engine.connect() as connection:
        missing = [
            f"{owner} {revision.revision}"
            for owner, folder in histories(app)
            if folder.is_dir()
            for revision in _missing(_context(connection, owner), folder, owner)
        ]
    app.extensions["lms.schema_checked"] = not missing
    return missing


def differences(app: Flask) -> list[str]:
    """Return how the migrated tables differ from the models; empty is what a test asks for."""
    found = []
    with db.engine.connect() as connection:
        for owner in owners(app):
            context = _context(connection, owner)
            found += [f"{owner}: {d}" for d in compare_metadata(context, Base.metadata)]
    return found


def revise(app: Flask, owner: str, message: str) -> Path | None:
    """Write the next migration of `owner` from its models; return its path, or None if none is due."""
    folder = dict(histories(app))[owner]
    with db.engine.connect() as connection:
        context = _context(connection, owner)
        operations = produce_migrations(context, Base.metadata)
        if operations.upgrade_ops is None or operations.upgrade_ops.is_empty():
            return None
        body = render_python_code(
            operations.upgrade_ops, migration_context=context, render_item=_written
        )
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("[0-9]*.py"))) + 1
    path = folder / f"{number:04}_{message.lower().replace(' ', '_')}.py"
    path.write_text(_migration(number, message, body), "utf-8")
    return path


def _shipped(owner: str) -> Path:
    packaged = Path(__file__).parent / "_migrations" / owner
    return packaged if packaged.is_dir() else ROOT / "migrations" / owner


def _context(connection: Connection, owner: str) -> MigrationContext:
    return MigrationContext.configure(
        connection,
        opts={
            "version_table": f"alembic_version_{owner}",
            "include_object": lambda item, name, kind, *rest: _belongs(item, name, kind, owner),
            "render_as_batch": True,
            "compare_type": True,
            "target_metadata": Base.metadata,
        },
    )


def _written(kind: str, item: Any, context: Any) -> str | Literal[False]:
    if kind == "type":
        if isinstance(item, database.UtcDateTime):
            return "database.UtcDateTime()"
        if isinstance(item, JSON):
            return "database.Json"
        if isinstance(item, String) and item._variant_mapping:
            return "database.PlainText"
    return False


def _belongs(item: Any, name: str | None, kind: str, owner: str) -> bool:
    table = name if kind == "table" else item.table.name
    return str(table).startswith(f"{owner}_")


def _missing(context: MigrationContext, folder: Path, owner: str) -> list[Any]:
    script = ScriptDirectory(str(folder), version_locations=[str(folder)])
    current = context.get_current_revision()
    known = [r.revision for r in script.walk_revisions()]
    if current is not None and current not in known:
        raise SchemaError(
            f"The database is at {owner} {current}, which this version does not know. "
            "Install the newer version again, or restore the backup made before the upgrade."
        )
    return list(reversed(list(script.iterate_revisions("heads", current or "base"))))


def _set_version(context: MigrationContext, revision: str) -> None:
    context._ensure_version_table()
    table = context._version
    assert context.connection is not None  # noqa: S101 – online migrations have one
    context.connection.execute(table.delete())
    context.connection.execute(table.insert().values(version_num=revision))


def _migration(number: int, message: str, body: str) -> str:
    previous = f'"{number - 1:04}"' if number > 1 else "None"
    return (
        f'"""{message}."""\n\n'
        "import sqlalchemy as sa\nfrom alembic import op\n\nfrom lms import database\n\n"
        f'revision = "{number:04}"\ndown_revision = {previous}\n\n\n'
        f"def upgrade() -> None:\n    {_without_remarks(body)}\n"
    )


def _without_remarks(body: str) -> str:
    lines = [line for line in body.strip().splitlines() if not line.strip().startswith("# ###")]
    return "\n".join(lines).strip()
