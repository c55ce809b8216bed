"""The whole story over HTTP without JavaScript, with the courses that ship with Sauat."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from lms import jobs
from lms.courses import services
from lms.courses.cli import read_folder
from lms.courses.content import shipped_content
from lms.courses.events import CourseCompleted
from lms.database import db
from tests.person import NAME, Forms, Person, register, right_answer, self_check, take_quiz

pytestmark = pytest.mark.needs("accounts", "courses", "quizzes", "certificates")

COURSE = "digital-literacy"


@pytest.fixture
def shipped(app: Flask) -> None:
    """The shipped courses, published."""
    readings, shelf = read_folder(shipped_content())
    assert shelf.problems == []
    for reading in readings:
        assert reading.problems == [], [str(problem) for problem in reading.problems]
        services.publish_course(reading)
    db.session.commit()
    jobs.run_due()


@pytest.fixture
def person(app: Flask, shipped: None) -> Person:
    return Person(app.test_client())


def test_a_resident_takes_a_course_and_anybody_can_check_the_certificate(
    app: Flask, person: Person, published: list[object]
) -> None:
    person.go("/kk/")
    assert f"/kk/courses/{COURSE}" in Forms(person.page).links
    person.go(f"/kk/courses/{COURSE}")
    door = next(link for link in Forms(person.page).links if "/accounts/register?next=" in link)
    person.go(door)
    register(person, "asel@sauat.example")
    assert person.address == f"/kk/courses/{COURSE}"

    person.press("/enrolment")
    language, quizzes, lessons = "kk", 0, 0
    for _ in range(40):
        activity = person.address.rpartition("/")[2]
        if person.address.endswith(f"/courses/{COURSE}"):
            break
        if "/attempts" in "".join(form["action"] for form in Forms(person.page).forms):
            quizzes += 1
            if quizzes == 1:
                take_quiz(person, right=False)
                person.go(f"/kk/courses/{COURSE}/{activity}")
                take_quiz(person, switch_to="ru")
                language = "ru"
                assert '<html lang="ru">' in person.page
            else:
                take_quiz(person)
            person.go(f"/{language}/courses/{COURSE}")
            step = re.search(r'class="button button-big" href="([^"]+)"', person.page)
            if step is None:
                break
            person.go(step[1])
        else:
            lessons += 1
            self_check(person)
            person.press(f"/{activity}/completion")
    assert (lessons, quizzes) == (13, 5)

    person.go(f"/ru/courses/{COURSE}")
    (completed,) = [event for event in published if isinstance(event, CourseCompleted)]
    assert completed.names["kk"] == NAME
    assert completed.result == 100
    link = next(
        link for link in Forms(person.page).links if re.search(r"/certificates/[A-Z0-9-]{8,}", link)
    )
    code = re.search(r"/certificates/([A-Z0-9-]+)", link)[1]  # type: ignore[index]

    anybody = Person(app.test_client())
    for spoken in ("kk", "ru", "en"):
        page = anybody.go(f"/{spoken}/certificates/{code}")
        assert NAME in page
        assert "asel@sauat.example" not in page
    for spoken in ("kk", "ru"):
        pdf = anybody.client.get(f"/certificates/{code}.pdf?lang={spoken}")
        assert pdf.status_code == 200
        assert pdf.data.startswith(b"%PDF-")
        assert len(pdf.data) <= 100 * 1024
    told = anybody.client.get(f"/certificates/{code}.json").json
    assert told["status"] == "valid"
    assert "asel@sauat.example" not in str(told)

    person.go("/kk/courses/enrolments")
    assert f"/kk/courses/{COURSE}" in Forms(person.page).links


def test_an_answer_sent_after_the_session_ended_is_kept_through_signing_in(
    app: Flask, person: Person
) -> None:
    person.go(f"/kk/accounts/register?next=/kk/courses/{COURSE}")
    register(person, "asel@sauat.example")
    person.press("/enrolment")
    person.go(f"/kk/courses/{COURSE}/device-quiz")
    person.press("/attempts")
    question_page = person.address
    form = person.form(question_page.split("/", 2)[2])
    (question,) = {name for name, _ in form["offered"]}
    answer = right_answer(COURSE, "device-quiz", question)
    db.session.execute(text("DELETE FROM accounts_session"))
    db.session.commit()
    refused = person.client.post(form["action"], data={**form["fields"], question: answer})
    assert refused.status_code in {400, 401}
    person.page = refused.text
    if not any(f["action"].endswith("/login") for f in Forms(person.page).forms):
        person.page = person.client.post(form["action"], data=person.form("")["fields"]).text
    person.press("/login", contact="asel@sauat.example", password="жеті өзен мен тау 7")
    if "held" in person.page or person.form(question_page.split("/", 2)[2]):
        person.press(question_page.split("/", 2)[2])
    saved = db.session.execute(text("SELECT count(*) FROM quizzes_answer")).scalar()
    assert saved == 1


def test_a_course_cannot_be_finished_by_leaving_its_quizzes_out(
    app: Flask, person: Person, published: list[object]
) -> None:
    person.go(f"/kk/accounts/register?next=/kk/courses/{COURSE}")
    register(person, "asel@sauat.example")
    person.press("/enrolment")
    outline = services.load_outline(
        db.session.scalar(
            text("SELECT version_id FROM courses_course WHERE slug = :slug"), {"slug": COURSE}
        )  # fmt: skip
    )
    db.session.rollback()
    for activity in outline.activities:
        person.client.send(f"/kk/courses/{COURSE}/{activity.id}/completion")
        person.client.send(f"/kk/quizzes/{COURSE}/{activity.id}/attempts")
    assert [event for event in published if isinstance(event, CourseCompleted)] == []
    assert db.session.scalar(text("SELECT count(*) FROM certificates_certificate")) == 0
    page = person.go(f"/en/courses/{COURSE}")
    assert "still missing for the certificate: 5" in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_of_the_shipped_courses_works(
    app: Flask, person: Person, language: str, count_statements: Callable[[], Any]
) -> None:
    for outline in services.list_courses():
        db.session.rollback()
        person.go(f"/{language}/courses/{outline.slug}")
        for activity in outline.activities:
            page = person.go(f"/{language}/courses/{outline.slug}/{activity.id}")
            assert "{{" not in page
            assert "[!" not in page
            for picture in re.findall(r'<img[^>]*src="([^"]+)"', page):
                assert person.client.get(picture).status_code == 200
