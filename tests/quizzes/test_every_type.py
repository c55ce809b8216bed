"""The page of docs/ with every kind of question is a quiz that can be read, asked and marked."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes.kinds import question_types
from lms.quizzes.models import QuestionVersion

PAGE = Path(__file__).resolve().parents[2] / "docs" / "question-types.md"


@pytest.fixture
def files() -> dict[str, str]:
    kk, ru = re.findall(r"^```markdown\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    return {"test.kk.md": kk, "test.ru.md": ru}


def test_every_kind_stands_on_the_page(
    app: Flask, files: dict[str, str], make_course: Callable[..., Course]
) -> None:
    make_course(files=files, activities='  { id = "test", type = "quiz" },')
    shown = {kind for (kind,) in db.session.query(QuestionVersion.type)}
    assert shown == {kind.name for kind in question_types()}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_kind_is_asked_and_its_result_shown(
    app: Flask,
    files: dict[str, str],
    make_course: Callable[..., Course],
    learner: User,
    enrol: Callable[..., Enrolment],
    language: str,
) -> None:
    course = make_course(
        files=files, activities='  { id = "test", type = "quiz", shuffle = false },'
    )
    enrol(learner, course)
    browser = sign_in(app.test_client(), learner)
    first = browser.send(f"/{language}/quizzes/village/test/attempts").location
    attempt = first.rpartition("/")[0]
    headings = re.findall(r"^## (.+) \{#", files[f"test.{language}.md"], re.M)
    for position, heading in enumerate(headings, 1):
        page = browser.get(f"{attempt}/{position}").text
        assert heading in page.replace("&nbsp;", " ").replace("\u00a0", " ")
        assert "[[" not in page
        assert "[!" not in page
    assert browser.send(f"{attempt}/submission").location.endswith("/result")
    result = browser.get(f"{attempt}/result").text
    assert result.count("<h3") == len(headings)
