"""Worksheets: pages for paper that learners declare done."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses import services
from lms.courses.content import CourseReading
from lms.courses.models import Completion, Course, Enrolment
from lms.database import db

SHEET = "# Жұмыс парағы\n\nТолтырыңыз.\n\n| Кіріс | Сома |\n| --- | --- |\n| Салық | |\n"
FILES = {"sheet.kk.md": SHEET, "sheet.ru.md": SHEET}
ACTIVITIES = '  { id = "first" },\n  { id = "sheet", type = "worksheet" },'
ADDRESS = "/kk/courses/village/sheet"


@pytest.fixture
def worker(
    client: FlaskClient,
    make_course: Callable[..., Course],
    make_learner: Callable[[Course], tuple[User, Enrolment]],
) -> FlaskClient:
    """The browser of somebody enrolled in a course with a worksheet."""
    user, _ = make_learner(make_course(files=FILES, activities=ACTIVITIES))
    return sign_in(client, user)


def test_a_worksheet_shows_its_empty_cells(worker: FlaskClient) -> None:
    page = worker.open(ADDRESS).text
    assert 'class="worksheet"' in page
    assert "<td></td>" in page
    assert "басып шығарыңыз" in page


def test_whoever_declares_it_done_has_completed_it(worker: FlaskClient) -> None:
    assert worker.send(f"{ADDRESS}/completion").status_code == 303
    line = db.session.query(Completion).one()
    assert line.reason == "done"
    assert "Бұл жұмыс парағын орындадыңыз" in worker.open(ADDRESS).text


def test_the_course_waits_for_it(worker: FlaskClient) -> None:
    page = worker.open("/kk/courses/village").text
    assert "«Орындадым, әрі қарай»" in page
    worker.send("/kk/courses/village/first/completion")
    assert db.session.query(Enrolment).one().completed_at is None
    worker.send(f"{ADDRESS}/completion")
    db.session.expire_all()
    assert db.session.query(Enrolment).one().completed_at is not None


def test_a_self_check_has_no_place_on_paper(read: Callable[..., CourseReading]) -> None:
    reading = read(files=FILES, activities=ACTIVITIES)
    assert reading.problems == []
    assert services.list_courses() == []
