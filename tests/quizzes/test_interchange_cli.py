"""`lms quizzes import` and `export`: files, encodings, what is printed, and the exit code."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner

from .conftest import QUIZ_KK

GIFT = "Кто утверждает бюджет?{=Маслихат ~Аким}\n\nЭссе{}\n"


def import_(runner: FlaskCliRunner, path: Path, *more: str, format_: str = "gift") -> Result:
    to = path.parent / "quiz.ru.md"
    return runner.invoke(
        args=["quizzes", "import", str(path), "--format", format_, "--to", str(to), *more]
    )


def export(runner: FlaskCliRunner, path: Path, format_: str, *more: str) -> Result:
    return runner.invoke(args=["quizzes", "export", str(path), "--format", format_, *more])


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "bank.gift"
    path.write_text(GIFT, "utf-8")
    return path


def test_a_bank_becomes_a_quiz_file_and_what_is_skipped_has_its_place(
    runner: FlaskCliRunner, bank: Path
) -> None:
    result = import_(runner, bank)
    assert result.exit_code == 1
    assert f"{bank}:3: skipped: an essay" in result.stderr
    assert "1 questions (1 single), 1 skipped" in result.stderr
    assert (bank.parent / "quiz.ru.md").read_text("utf-8") == (
        "# bank\n\n## Кто утверждает бюджет? {#kto-utverzhdaet-biudzhet}\n\n- [x] Маслихат\n- [ ] Аким\n"
    )


def test_a_bank_that_comes_whole_ends_with_0_and_tells_programs_everything(
    runner: FlaskCliRunner, bank: Path
) -> None:
    bank.write_text(GIFT.replace("Эссе{}", "Пи?{#3.14 =%50%3}"), "utf-8")
    result = import_(runner, bank, "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["questions"], said["kinds"]) == (2, {"numeric": 1, "single": 1})
    assert said["skipped"] == []
    assert [(note["line"], note["id"]) for note in said["notes"]] == [(3, "pi")]


def test_a_quiz_file_that_is_there_is_not_written_over_unless_asked(
    runner: FlaskCliRunner, bank: Path
) -> None:
    to = bank.parent / "quiz.ru.md"
    to.write_text("mine", "utf-8")
    assert import_(runner, bank).exit_code == 2
    assert to.read_text("utf-8") == "mine"
    assert import_(runner, bank, "--replace").exit_code == 1
    assert to.read_text("utf-8") != "mine"


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (GIFT.encode("utf-8-sig"), []),
        (GIFT.encode("utf-16"), []),
        (GIFT.replace("\n", "\r\n").encode("utf-8"), []),
        (GIFT.encode("windows-1251"), ["--encoding", "windows-1251"]),
        (GIFT.encode("utf-16-le"), ["--encoding", "utf-16-le"]),
        ("Қала?{=Астана ~Ақтөбе}\n\nЭссе{}".encode("kz-1048"), ["--encoding", "kz-1048"]),
    ],
)
def test_encodings_are_read_where_they_are_known(
    runner: FlaskCliRunner, bank: Path, data: bytes, options: list[str]
) -> None:
    bank.write_bytes(data)
    result = import_(runner, bank, *options)
    assert result.exit_code == 1, result.stderr
    assert (
        "## Қала?" in (said := (bank.parent / "quiz.ru.md").read_text("utf-8"))
        or "Маслихат" in said
    )


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (GIFT.encode("windows-1251"), [], "As windows-1251 the line is: Кто утверждает"),
        ("a\n\ncafé{=a ~b}".encode("windows-1252"), [], "line 3: not utf-8"),
        (GIFT.encode("utf-16-le"), [], "--encoding"),
        ("a{=b ~c}".encode("utf-16-le"), [], "--encoding utf-16-le"),
        (b"a\n\n\0{=b ~c}", [], "line 3: a NUL byte"),
        (GIFT.encode(), ["--encoding", "klingon"], "nobody knows the encoding"),
        (GIFT.encode(), ["--encoding", "rot13"], "nobody knows the encoding"),
        (b"\xff\xfea", [], "not utf-16"),
        (b"", [], "no question in it"),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_says_what_to_do(
    runner: FlaskCliRunner, bank: Path, data: bytes, options: list[str], message: str
) -> None:
    bank.write_bytes(data)
    result = import_(runner, bank, *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (bank.parent / "quiz.ru.md").exists()


def test_xml_in_an_encoding_of_its_own_is_read(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "bank.xml"
    path.write_bytes(
        '<?xml version="1.0" encoding="windows-1251"?>\n<quiz><question type="shortanswer">'
        "<questiontext><text>Столица?</text></questiontext>"
        '<answer fraction="100"><text>Астана</text></answer></question></quiz>'.encode(
            "windows-1251"
        )
    )
    assert import_(runner, path, format_="moodle-xml").exit_code == 0
    assert "- [=] Астана" in (tmp_path / "quiz.ru.md").read_text("utf-8")


def test_xml_with_an_entity_of_its_own_writes_nothing(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    path = tmp_path / "bank.xml"
    path.write_text('<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>')
    result = import_(runner, path, format_="moodle-xml")
    assert result.exit_code == 2
    assert "DTD" in result.stderr
    assert "root:" not in result.output


def test_the_name_of_the_quiz_file_must_say_its_language(
    runner: FlaskCliRunner, bank: Path
) -> None:
    for name in ("quiz.md", "quiz.de.md", "Quiz.kk.md", "quiz.kk.txt"):
        to = bank.parent / name
        result = runner.invoke(
            args=["quizzes", "import", str(bank), "--format", "gift", "--to", str(to)]
        )
        assert result.exit_code == 2
        assert not to.exists()


def test_a_bank_of_many_questions_is_read_with_a_bar(runner: FlaskCliRunner, bank: Path) -> None:
    bank.write_text("".join(f"Сұрақ {n}?{{=иә ~жоқ}}\n\n" for n in range(3000)), "utf-8")
    result = import_(runner, bank)
    assert result.exit_code == 0
    assert "Reading" in result.stderr
    assert "3000 questions" in result.stderr


@pytest.mark.parametrize("format_", ["gift", "moodle-xml", "md"])
def test_our_quiz_goes_out_and_comes_back(
    runner: FlaskCliRunner, tmp_path: Path, format_: str
) -> None:
    ours, theirs = tmp_path / "test.kk.md", tmp_path / "theirs"
    ours.write_text(QUIZ_KK, "utf-8")
    assert export(runner, ours, format_, "--to", str(theirs)).exit_code == 0
    assert import_(runner, theirs, format_=format_).exit_code == 0
    back = (tmp_path / "quiz.ru.md").read_text("utf-8")
    expected = QUIZ_KK.replace("Кіріспе сөз.\n\n", "")
    if format_ == "gift":
        expected = expected.replace("> [!TIP]\n> КӨМЕК\n\n", "")
    if format_ != "md":
        expected = expected.replace("3,14 ± 0,01", "3.14 ± 0.01")
    assert back == expected


def test_points_come_from_the_course_and_go_back_to_it(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "test.kk.md", tmp_path / "theirs.xml"
    ours.write_text(QUIZ_KK, "utf-8")
    (tmp_path / "course.toml").write_text(
        '[[modules]]\nactivities = [{ id = "test", type = "quiz", weights = { who = 3 } }]\n'
    )
    export(runner, ours, "moodle-xml", "--to", str(theirs))
    assert "<defaultgrade>3</defaultgrade>" in theirs.read_text("utf-8")
    assert "weights = { who = 3 }" in import_(runner, theirs, format_="moodle-xml").stderr


def test_what_aiken_cannot_say_is_skipped_with_its_line(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    ours = tmp_path / "test.kk.md"
    ours.write_text(QUIZ_KK, "utf-8")
    result = export(runner, ours, "aiken")
    assert result.exit_code == 1
    assert result.stdout.endswith("A. Әкім\nB. Мәслихат\nC. Сот\nANSWER: B\n")
    assert f"{ours}:20: skipped: Aiken has one choice only" in result.stderr


def test_a_question_that_our_checker_refuses_is_skipped_with_its_reason(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    ours = tmp_path / "test.kk.md"
    ours.write_text(
        "# Тест\n\n## Бір {#one}\n\n- [ ] a\n- [ ] b\n\n## Екі\n\n- [x] a\n- [ ] b\n", "utf-8"
    )
    result = export(runner, ours, "gift")
    assert result.exit_code == 1
    assert f"{ours}:3: skipped: no right answer" in result.stderr
    assert "::eki::" in result.stdout
