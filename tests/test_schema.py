"""The tables: migrations build what the models describe, for every plugin, on both databases."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import DateTime, inspect, text

from lms import create_app, schema
from lms.database import UtcDateTime, db
from lms.plugins import Plugin, our_plugins
from lms.schema import SchemaError
from lms.testing import SECRET, tables_of


def keeps_rows(plugin: Plugin) -> bool:
    return any(table.name.startswith(f"{plugin.name}_") for table in tables_of([plugin]))


def test_the_migrations_build_what_the_models_describe(app: Flask) -> None:
    assert schema.differences(app) == []
    assert schema.pending(app) == []


def test_upgrading_twice_changes_nothing(app: Flask) -> None:
    before = sorted(inspect(db.engine).get_table_names())
    assert schema.upgrade(app) == []
    assert sorted(inspect(db.engine).get_table_names()) == before


def test_every_table_begins_with_the_name_of_its_owner(app: Flask) -> None:
    owners = schema.owners(app)
    for table in inspect(db.engine).get_table_names():
        name = table.removeprefix("alembic_version_")
        assert name.partition("_")[0] in owners, table
        assert name == table or name in owners


@pytest.mark.parametrize("number", range(len(our_plugins()) + 1))
def test_plugins_come_one_after_the_other(
    migrated: Callable[[list[Plugin], Path], str], tmp_path: Path, number: int
) -> None:
    first, all_of_them = our_plugins()[:number], our_plugins()
    given = {
        "SECRET_KEY": SECRET,
        "DATA": str(tmp_path),
        "DATABASE_URL": migrated(first, tmp_path),
    }
    app = create_app(given, all_of_them)
    with app.app_context():
        missing = {plugin.name for plugin in all_of_them[number:] if keeps_rows(plugin)}
        assert {name.split()[0] for name in schema.pending(app)} == missing
        schema.upgrade(app)
        assert schema.pending(app) == []
        assert schema.differences(app) == []
        db.engine.dispose()


def test_a_plugin_that_was_taken_away_stops_nobody(app: Flask) -> None:
    app.extensions["lms.plugins"] = our_plugins()[:1]
    assert schema.upgrade(app) == []
    assert schema.pending(app) == []
    assert schema.differences(app) == []


@pytest.mark.parametrize(
    "owner", ["lms", *(plugin.name for plugin in our_plugins() if keeps_rows(plugin))]
)
def test_a_database_ahead_of_the_code_is_refused_in_words(app: Flask, owner: str) -> None:
    app.extensions["lms.schema_checked"] = False
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version_{owner} SET version_num = '9999'"))
    for ask in (schema.upgrade, schema.pending):
        with pytest.raises(SchemaError, match=f"at {owner} 9999.*restore the backup"):
            ask(app)


def test_a_failing_migration_leaves_nothing_behind(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "import sqlalchemy as sa\nfrom alembic import op\n\n"
    (tmp_path / "0001_good.py").write_text(
        f'{head}revision = "0001"\ndown_revision = None\n\n'
        "def upgrade():\n    op.create_table('diary_page', sa.Column('id', sa.Integer))\n"
    )
    (tmp_path / "0002_bad.py").write_text(
        f'{head}revision = "0002"\ndown_revision = "0001"\n\n'
        "def upgrade():\n    op.create_table('diary_pen', sa.Column('id', sa.Integer))\n    1 / 0\n"
    )
    monkeypatch.setattr(schema, "histories", lambda app: iter([("diary", tmp_path)]))
    with pytest.raises(ZeroDivisionError):
        schema.upgrade(app)
    tables = inspect(db.engine).get_table_names()
    assert [table for table in tables if "diary" in table] == []
    (tmp_path / "0002_bad.py").unlink()
    assert schema.upgrade(app) == ["diary 0001"]


def test_foreign_keys_point_only_to_what_a_plugin_requires(app: Flask) -> None:
    requires = {plugin.name: {plugin.name, *plugin.requires} for plugin in our_plugins()}
    for table in tables_of(our_plugins()):
        own = table.name.partition("_")[0]
        for key in table.foreign_keys:
            target = key.column.table.name.partition("_")[0]
            assert target in requires.get(own, {own}) or target == "accounts", f"{key.parent}"


def test_every_moment_is_stored_in_utc() -> None:
    for table in tables_of(our_plugins()):
        for column in table.columns:
            if isinstance(column.type, DateTime):
                raise AssertionError(f"{column} is not a UtcDateTime")
            if column.name.endswith("_at"):
                assert isinstance(column.type, UtcDateTime), str(column)


def test_every_reference_to_another_row_is_checked_by_the_database() -> None:
    # The current version of a course is the one exception: the two tables point at each other.
    exceptions = {"courses_course.version_id"}
    for table in tables_of(our_plugins()):
        for column in table.columns:
            if column.name.endswith("_id") and str(column) not in exceptions:
                assert column.foreign_keys or str(column.type).startswith("VARCHAR"), str(column)


@pytest.mark.parametrize("owner", ["lms", *(plugin.name for plugin in our_plugins())])
def test_a_history_is_one_line_of_numbered_files(app: Flask, owner: str) -> None:
    folder = dict(schema.histories(app))[owner]
    files = sorted(folder.glob("*.py")) if folder.is_dir() else []
    for number, path in enumerate(files, 1):
        assert re.fullmatch(rf"{number:04}_[a-z_]+\.py", path.name)
        before = f'"{number - 1:04}"' if number > 1 else "None"
        written = path.read_text("utf-8")
        assert f'revision = "{number:04}"\ndown_revision = {before}\n' in written
