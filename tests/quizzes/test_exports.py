"""Lists for spreadsheets: nothing typed becomes a formula, and it says who took it along."""

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from flask import Flask

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes.exports import Sheet, as_csv, as_xlsx
from lms.quizzes.models import Pool
from lms.testing import Client

from .trainers import chose, newest_pool, record

HOSTILE = ["=1+1", "+7 701", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']
ATTEMPTS = "/kk/quizzes/village/test/attempts"
NAMESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture
def pool(make_quiz: Callable[..., Course]) -> Pool:
    make_quiz()
    return newest_pool()


@pytest.fixture
def trainer(app: Flask, make_user: Callable[..., User]) -> Client:
    user = make_user(name="Тренер Әлия", role="trainer", course="village")
    return sign_in(app.test_client(), user)  # type: ignore[return-value]


def lines_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def parts_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def cells_of(content: bytes, sheet: int) -> list[list[str]]:
    parts = parts_of(content)
    shared = [
        "".join(text.text or "" for text in entry.iter(f"{{{NAMESPACE['m']}}}t"))
        for entry in ElementTree.fromstring(parts["xl/sharedStrings.xml"])
    ]
    rows = ElementTree.fromstring(parts[f"xl/worksheets/sheet{sheet}.xml"]).findall(
        ".//m:row", NAMESPACE
    )
    return [
        [
            shared[int(value)] if cell.get("t") == "s" else value
            for cell in row
            if (value := cell.findtext("m:v", namespaces=NAMESPACE)) is not None
        ]
        for row in rows
    ]


@pytest.mark.parametrize("typed", HOSTILE)
def test_in_csv_what_looks_like_a_formula_gets_an_apostrophe(typed: str) -> None:
    (about, heading, line) = lines_of(as_csv([typed], Sheet("x", [typed], [[typed, "plain"]])))
    assert about == heading == [f"'{typed}"]
    assert line == [f"'{typed}", "plain"]


def test_in_csv_numbers_moments_and_nothing_stay_what_they_are() -> None:
    moment = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    line = lines_of(as_csv([], Sheet("x", [], [[-5, None, moment, 'a;"b"\nc', "a=b"]])))[-1]
    assert line == ["-5", "", "23.11.2026 01:30", 'a;"b"\nc', "a=b"]


@pytest.mark.parametrize("typed", [*HOSTILE, "http://example.com", "12"])
def test_in_xlsx_what_looks_like_a_formula_stays_a_text(app: Flask, typed: str) -> None:
    book = as_xlsx([Sheet("x", [typed], [[typed]])])
    sheet = parts_of(book)["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="s"') == 2
    assert cells_of(book, 1)[1] == [typed.replace("\r", "_x000D_")] or "\r" not in typed


def test_an_export_says_who_took_it_and_when(
    pool: Pool, trainer: Client, learner: User, enrol: Callable[..., Enrolment]
) -> None:
    enrolment = enrol(learner, db.session.query(Course).one())
    record(pool, {"who": chose("b", 1)}, enrolment=enrolment)
    record(pool, {"who": chose("a", 0)}, language="ru")
    about, headings, *lines = lines_of(trainer.get(f"{ATTEMPTS}.csv").data)
    assert about == [
        "Курс", "Ауыл бюджеті", "Тест", "Бюджет тесті", "Жүктеп алған", "Тренер Әлия",
        "Жүктеп алынған уақыты", "22.11.2026 14:00",
    ]  # fmt: skip
    assert headings[0] == "Тыңдаушы"
    when = "22.11.2026 14:00"
    assert lines == [
        ["жойылған аккаунт", "1", when, when, "тыңдаушы", "ru", "0", "жоқ"],
        [learner.name, "1", when, when, "тыңдаушы", "kk", "100", "иә"],
    ]


def test_a_workbook_holds_who_took_it_the_attempts_and_the_questions(
    pool: Pool, trainer: Client
) -> None:
    record(pool, {"who": chose("a", 0)}, times=40)
    response = trainer.get(f"{ATTEMPTS}.xlsx")
    assert response.mimetype.endswith("spreadsheetml.sheet")
    assert 'filename="village-test.xlsx"' in response.headers["Content-Disposition"]
    assert ["Жүктеп алған", "Тренер Әлия"] in cells_of(response.data, 1)
    assert len(cells_of(response.data, 2)) == 41
    question = cells_of(response.data, 3)[1]
    assert question == ["who", "40", "0", "Тым қиын: дұрыс жауап беретіндер өте аз"]


def test_a_hostile_name_is_harmless_in_both(
    pool: Pool, trainer: Client, make_user: Callable[..., User], enrol: Callable[..., Enrolment]
) -> None:
    somebody = make_user(name='=cmd|"/c calc"!A1')
    enrolment = enrol(somebody, db.session.query(Course).one())
    record(pool, {"who": chose("b", 1)}, enrolment=enrolment)
    assert lines_of(trainer.get(f"{ATTEMPTS}.csv").data)[2][0] == f"'{somebody.name}"
    book = trainer.get(f"{ATTEMPTS}.xlsx").data
    assert "<f>" not in parts_of(book)["xl/worksheets/sheet2.xml"]
    assert cells_of(book, 2)[1][0] == somebody.name


def test_an_export_is_narrowed_like_the_list(pool: Pool, trainer: Client) -> None:
    record(pool, {"who": chose("b", 1)}, times=3)
    record(pool, {"who": chose("a", 0)}, times=2, language="ru")
    assert len(lines_of(trainer.get(f"{ATTEMPTS}.csv?passed=no").data)) == 2 + 2
    assert len(lines_of(trainer.get(f"{ATTEMPTS}.csv?language=kk").data)) == 2 + 3
    assert len(lines_of(trainer.get(f"{ATTEMPTS}.csv").data)) == 2 + 5


def test_exporting_is_a_right_of_its_own(
    pool: Pool, trainer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(pool, {"who": chose("b", 1)})
    from lms.accounts import permissions

    assert permissions._allowed("quizzes.export") == ("trainer",)
    monkeypatch.setitem(permissions.ACTIONS, "quizzes.export", ())
    assert ".csv" not in trainer.get(ATTEMPTS).text
    assert ".xlsx" not in trainer.get("/kk/quizzes/village/test/analysis").text
    assert trainer.get(f"{ATTEMPTS}.csv").status_code == 404
    assert trainer.get(f"{ATTEMPTS}.xlsx").status_code == 404


def test_an_export_is_noted_in_the_log(
    pool: Pool, trainer: Client, caplog: pytest.LogCaptureFixture
) -> None:
    record(pool, {"who": chose("b", 1)})
    with caplog.at_level("INFO"):
        trainer.get(f"{ATTEMPTS}.csv")
    assert "attempts exported" in caplog.text


def test_pages_do_not_load_what_only_exports_need() -> None:
    code = "import lms.quizzes.plugin, sys; sys.exit('xlsxwriter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
