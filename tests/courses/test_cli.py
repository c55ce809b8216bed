import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from lms.courses.models import Course, Version
from lms.database import db

Lms = Callable[..., tuple[int, str, str]]
Write = Callable[..., Path]


@pytest.fixture
def content(app: Flask, runner: FlaskCliRunner) -> Lms:
    """A function (*arguments) → (exit code, output, errors) of `lms content …`."""

    def run(*arguments: object) -> tuple[int, str, str]:
        db.session.remove()
        result = runner.invoke(app.cli, ["content", *map(str, arguments)])
        db.session.remove()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


def test_a_sound_folder_has_nothing_to_mend(content: Lms, write_course: Write) -> None:
    folder = write_course()
    assert content("check", folder) == (0, "1 read, nothing to mend\n", "")
    assert json.loads(content("check", folder, "--json")[1]) == []
    assert content("check", folder.parent)[0] == 0


def test_check_names_file_line_and_mistake(content: Lms, write_course: Write) -> None:
    folder = write_course(files={"first.kk.md": "# Тақырып\n\nҚaзaқ\n", "old.kk.md": "# x\n"})
    code, out, errors = content("check", folder)
    assert code == 1
    assert "village/first.kk.md:3: “Қaзaқ” mixes" in errors
    assert "village/old.kk.md:1: no activity of course.toml uses this file (warning)" in out
    code, out, _ = content("check", folder, "--json")
    assert code == 1
    assert {
        "path": "village/first.kk.md",
        "line": 3,
        "severity": "error",
        "message": "“Қaзaқ” mixes Cyrillic and Latin letters",
    } in json.loads(out)


def test_checking_writes_nothing(content: Lms, write_course: Write) -> None:
    content("check", write_course())
    assert db.session.query(Course).count() == 0


def test_import_says_what_it_published_and_twice_changes_nothing(
    content: Lms, write_course: Write
) -> None:
    folder = write_course()
    assert content("import", folder)[:2] == (0, "village: version 1\n")
    assert content("import", folder)[:2] == (0, "village: unchanged\n")
    write_course(files={"first.kk.md": "# Жаңа\n"})
    assert content("import", folder)[:2] == (0, "village: version 2\n")


def test_nothing_is_imported_where_one_course_has_an_error(
    content: Lms, write_course: Write
) -> None:
    write_course("apple")
    write_course("zebra", files={"first.kk.md": "Тақырыпсыз\n"})
    code, out, errors = content("import", write_course("middle").parent)
    assert code == 1
    assert "zebra/first.kk.md:1" in errors
    assert "Nothing was imported." in errors
    assert db.session.query(Course).count() == 0


def test_warnings_do_not_stop_an_import(content: Lms, write_course: Write) -> None:
    assert content("import", write_course(files={"old.kk.md": "# x\n"}))[0] == 0
    assert db.session.query(Version).count() == 1


def test_a_mistake_in_the_register_of_facts_stops_the_import(
    content: Lms, write_course: Write
) -> None:
    folder = write_course()
    (folder.parent / "facts.toml").write_text("[wage]\nvalue = 1\n")
    assert content("import", folder.parent)[0] == 1
    assert db.session.query(Course).count() == 0


def test_export_writes_the_files_and_names_them(
    content: Lms, write_course: Write, tmp_path: Path
) -> None:
    folder = write_course()
    content("import", folder)
    code, out, _ = content("export", "village", "--to", tmp_path / "backup")
    assert code == 0
    assert sorted(out.splitlines()) == sorted(
        str(tmp_path / "backup" / "village" / path.name) for path in folder.iterdir()
    )
    for path in folder.iterdir():
        assert (tmp_path / "backup" / "village" / path.name).read_bytes() == path.read_bytes()


def test_the_courses_on_offer_are_listed(content: Lms, write_course: Write) -> None:
    assert content("list") == (0, "", "")
    assert json.loads(content("list", "--json")[1]) == []
    content("import", write_course())
    (row,) = json.loads(content("list", "--json")[1])
    assert row == {
        "course": "village",
        "version": 1,
        "languages": "kk ru",
        "activities": 2,
        "title": "Ауыл бюджеті",
    }
    assert "village" in content("list")[1]


def test_a_course_without_kazakh_is_listed_too(content: Lms, write_course: Write) -> None:
    toml = (write_course() / "course.toml").read_text("utf-8").replace('["kk", "ru"]', '["ru"]')
    toml = toml.replace('kk = "Ауыл бюджеті"\n', "")
    assert content("import", write_course(files={"course.toml": toml}))[0] == 0
    assert json.loads(content("list", "--json")[1])[0]["title"] == "Бюджет села"


def test_a_retired_course_is_listed_no_more(content: Lms, write_course: Write) -> None:
    content("import", write_course())
    assert content("retire", "village")[0] == 0
    assert json.loads(content("list", "--json")[1]) == []
    assert content("export", "village", "--to", write_course().parent / "x")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [("check", "/nowhere"), ("import", "/nowhere"), ("export", "nothing"), ("retire", "nothing"), ("nonsense",)],
)  # fmt: skip
def test_wrong_usage_exits_with_2(content: Lms, arguments: tuple[str, ...]) -> None:
    assert content(*arguments)[0] == 2


def test_a_folder_without_courses_is_wrong_usage(content: Lms, tmp_path: Path) -> None:
    for command in ("check", "import"):
        code, _, errors = content(command, tmp_path)
        assert code == 2
        assert "there is no course.toml" in errors


@pytest.mark.parametrize("command", ["import", "export", "retire"])
def test_an_old_database_is_told_what_to_do(
    content: Lms, write_course: Write, command: str
) -> None:
    argument = write_course() if command == "import" else "village"
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version_courses"))
    code, _, errors = content(command, argument)
    assert code == 2
    assert "run `lms db upgrade`" in errors
