import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from lms import schema
from lms.cli import group, main
from lms.courses.content import shipped_content
from lms.database import db
from lms.jobs import JobHandler, enqueue
from lms.plugins import Plugin, contribute, in_load_order
from lms.testing import SECRET


@pytest.fixture
def lms(app: Flask, runner: FlaskCliRunner) -> Callable[..., tuple[int, str, str]]:
    """A function (*arguments, typed) → (exit code, output, errors) of the command line."""

    def run(*arguments: str, typed: str | None = None) -> tuple[int, str, str]:
        result = runner.invoke(group(), list(arguments), input=typed)
        db.session.remove()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


Lms = Callable[..., tuple[int, str, str]]


def test_a_sound_database_has_nothing_to_upgrade_and_no_differences(lms: Lms) -> None:
    assert lms("db", "upgrade") == (0, "", "")
    assert lms("db", "check") == (0, "", "")


def test_upgrade_names_what_it_ran(lms: Lms) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE lms_job"))
        connection.execute(text("DROP TABLE lms_limit"))
        connection.execute(text("DELETE FROM alembic_version_lms"))
    code, out, _ = lms("db", "check")
    assert code == 1
    assert "not run: lms 0001" in out
    assert lms("db", "upgrade")[:2] == (0, "upgraded lms 0001\n")
    assert lms("db", "check")[0] == 0


def test_check_names_a_difference(lms: Lms) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE lms_job ADD COLUMN stray TEXT"))
    code, out, _ = lms("db", "check")
    assert code == 1
    assert "stray" in out


def test_there_is_nothing_to_revise_where_models_and_tables_agree(lms: Lms) -> None:
    assert lms("db", "revise", "lms") == (0, "nothing to revise\n", "")


def test_only_the_core_and_plugins_can_be_revised(lms: Lms) -> None:
    code, _, errors = lms("db", "revise", "nobody")
    assert code == 2
    assert "“nobody” is neither lms nor a plugin" in errors


def test_the_next_migration_is_written_from_the_models(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE lms_job DROP COLUMN problem"))
    (tmp_path / "lms").mkdir()
    (tmp_path / "lms" / "0001_create_tables.py").write_text("")
    monkeypatch.setattr(schema, "histories", lambda app: iter([("lms", tmp_path / "lms")]))
    path = schema.revise(app, "lms", "Add problem")
    assert path is not None
    assert path.name == "0002_add_problem.py"
    written = path.read_text()
    assert 'revision = "0002"' in written
    assert 'down_revision = "0001"' in written
    assert "sa.Column('problem', sa.String(length=500), nullable=True)" in written
    compile(written, str(path), "exec")


def test_a_database_ahead_of_the_code_is_refused_in_words(tmp_path: Path) -> None:
    variables = {"LMS_SECRET_KEY": SECRET, "LMS_DATA": str(tmp_path), "LMS_PORT": "8999"}
    environment = {**os.environ, **variables}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lms", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    behind = run("serve")
    assert behind.returncode == 1
    assert behind.stderr.strip().endswith("then run `lms db upgrade`.")
    assert run("db", "upgrade").returncode == 0
    import sqlite3

    with sqlite3.connect(tmp_path / "sauat.sqlite3") as connection:
        connection.execute("UPDATE alembic_version_lms SET version_num = '9999'")
    connection.close()
    for command in (["serve"], ["db", "upgrade"], ["db", "check"]):
        ahead = run(*command)
        assert ahead.returncode == 1
        assert "does not know" in ahead.stderr
        assert "Traceback" not in ahead.stderr


def test_settings_are_listed_for_people_and_for_programs(lms: Lms) -> None:
    code, out, _ = lms("settings")
    assert code == 0
    assert re.search(r"^LMS_PORT +8000 +Port the server listens on\.$", out, flags=re.M)
    rows = json.loads(lms("settings", "--json")[1])
    assert {"setting": "LMS_PORT", "default": 8000, "use": "Port the server listens on."} in rows
    assert len({row["setting"] for row in rows}) == len(rows)


def test_plugins_are_listed_in_load_order(
    app: Flask, lms: Lms, make_plugin: Callable[..., Plugin]
) -> None:
    app.extensions["lms.plugins"] = [
        make_plugin("base"),
        make_plugin("diary", requires=("base",)),
    ]
    rows = json.loads(lms("plugins", "--json")[1])
    assert [(row["plugin"], row["requires"]) for row in rows] == [("base", ""), ("diary", "base")]
    assert "diary" in lms("plugins")[1]


def test_an_empty_list_is_empty_for_people_and_for_programs(lms: Lms) -> None:
    assert lms("plugins") == (0, "", "")
    assert json.loads(lms("plugins", "--json")[1]) == []


def test_markdown_is_drawn_through_the_pipeline_of_lessons(lms: Lms) -> None:
    source = "# Сабақ\n\n> [!TIP]\n> Кеңес\n\n<script>alert(1)</script>\n"
    code, out, _ = lms("markdown", typed=source)
    assert code == 0
    assert "<h1>Сабақ</h1>" in out
    assert '<div class="box box-tip">' in out
    assert "<script>" not in out


def test_markdown_bears_any_bytes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lms", "markdown"],
        input=b"# a\xff\xfe\n\n\x00b",
        env={**os.environ, "LMS_SECRET_KEY": SECRET, "LMS_DATA": str(tmp_path)},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert b"<h1>a" in done.stdout


def test_the_worker_does_what_is_due_and_stops(app: Flask, lms: Lms) -> None:
    contribute(app, "tests", JobHandler("tea", lambda payload: None))
    enqueue("tea", {})
    enqueue("tea", {})
    db.session.commit()
    assert lms("worker", "--once") == (0, "2 jobs\n", "")
    assert lms("worker", "--once") == (0, "0 jobs\n", "")


def test_check_says_what_is_wrong_with_the_installation(
    lms: Lms, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lms("check") == (0, "all well\n", "")
    assert json.loads(lms("check", "--json")[1]) == []
    monkeypatch.setattr("lms.health.LEAST_FREE_BYTES", 2**62)
    code, out, _ = lms("check")
    assert code == 1
    assert "almost full" in out
    code, out, _ = lms("check", "--json")
    assert (code, json.loads(out)) == (1, [{"check": "disk", "problem": "almost full"}])


def test_a_secret_is_printed_without_any_settings(
    tmp_path: Path,
) -> None:
    first, second = run_bare(tmp_path, "secret"), run_bare(tmp_path, "secret")
    assert first.returncode == 0
    assert first.stdout != second.stdout
    assert len(first.stdout.strip()) >= 48


@pytest.mark.needs("quizzes")
def test_a_trainer_checks_a_course_without_a_key_but_nobody_works_without_one(
    tmp_path: Path,
) -> None:
    assert run_bare(tmp_path, "content", "check", str(shipped_content())).returncode == 0
    assert run_bare(tmp_path).returncode in {0, 2}
    assert run_bare(tmp_path, "worker", "--once").returncode == 78


def run_bare(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own that has no settings but a data folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    return subprocess.run(
        [sys.executable, "-m", "lms", *arguments],
        env=environment | {"LMS_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["nonsense"], ["db", "nonsense"], ["settings", "--yaml"]])
def test_wrong_usage_exits_with_2(lms: Lms, arguments: list[str]) -> None:
    assert lms(*arguments)[0] == 2


def test_a_missing_requirement_is_told_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Plugin("diary", Blueprint("diary", __name__), requires=("nothing",))
    monkeypatch.setattr("lms.plugins.installed_plugins", lambda: in_load_order([broken]))
    monkeypatch.setenv("LMS_SECRET_KEY", SECRET)
    monkeypatch.setenv("LMS_DATA", str(tmp_path))
    with pytest.raises(SystemExit) as caught:
        main(["plugins"])
    assert "requires “nothing”" in str(caught.value.code)


def test_rows_are_aligned_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    from lms.cli import print_rows

    print_rows([{"a": "1", "name": "long one"}, {"a": "100", "name": "b"}], as_json=False)
    assert capsys.readouterr().out == "a    name\n1    long one\n100  b\n"
