"""Every shipped course, from its first page to the certificate, in each of its languages."""

import re

import pytest
from flask import Flask
from sqlalchemy import text

from lms import jobs
from lms.courses import services
from lms.courses.cli import read_folder
from lms.courses.content import shipped_content
from lms.database import db
from tests.person import Forms, Person, register, self_check, take_quiz

pytestmark = pytest.mark.needs("accounts", "courses", "quizzes", "certificates")

COURSES = sorted(path.parent.name for path in shipped_content().glob("*/course.toml"))


@pytest.fixture
def learner(app: Flask, course: str, language: str) -> Person:
    """Somebody who has just enrolled in the course."""
    readings, _ = read_folder(shipped_content() / course)
    for reading in readings:
        assert not reading.errors, [str(problem) for problem in reading.errors]
        services.publish_course(reading)
    db.session.commit()
    jobs.run_due()
    person = Person(app.test_client())
    person.go(f"/{language}/accounts/register?next=/{language}/courses/{course}")
    register(person, f"{course}@sauat.example")
    person.press("/enrolment")
    return person


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("course", COURSES)
def test_a_course_is_taken_from_its_first_page_to_the_certificate(
    app: Flask, learner: Person, course: str, language: str
) -> None:
    (outline,) = services.list_courses()
    db.session.rollback()
    for activity in outline.required:
        address = f"/{language}/courses/{course}/{activity.id}"
        learner.go(address)
        assert f'<html lang="{language}">' in learner.page
        if activity.type == "quiz":
            take_quiz(learner)
            assert "100" in learner.page
        else:
            self_check(learner)
            learner.press(f"/{activity.id}/completion")
    page = learner.go(f"/{language}/courses/{course}")
    (code,) = {
        found[1]
        for link in Forms(page).links
        if (found := re.search(r"/certificates/([A-Z0-9-]{8,})$", link))
    }
    told = Person(app.test_client()).client.get(f"/certificates/{code}.json").json
    assert told["status"] == "valid"
    assert told["result"] == 100
    assert db.session.scalar(text("SELECT count(*) FROM certificates_certificate")) == 1
