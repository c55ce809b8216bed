import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.accounts.plugin import plugin as accounts
from lms.accounts.testing import sign_in
from lms.courses import services
from lms.courses.content import CourseReading
from lms.courses.models import Course, Enrolment
from lms.courses.plugin import plugin as courses
from lms.courses.testing import read_written
from lms.database import db
from lms.plugins import Plugin


@pytest.fixture
def plugins() -> list[Plugin]:
    return [accounts, courses]


@pytest.fixture
def read(app: Flask, write_course: Callable[..., Path]) -> Callable[..., CourseReading]:
    """A function that writes a course folder and reads it."""
    return lambda *args, **kwargs: read_written(write_course(*args, **kwargs))


@pytest.fixture
def make_learner(
    make_user: Callable[..., User],
) -> Callable[[Course], tuple[User, Enrolment]]:
    """A function that makes a person who is enrolled in a course."""

    def make(course: Course) -> tuple[User, Enrolment]:
        user = make_user()
        enrolment = services.enrol(user.id, course)
        db.session.commit()
        return user, enrolment

    return make


@pytest.fixture
def learner(
    client: FlaskClient,
    make_course: Callable[..., Course],
    make_learner: Callable[[Course], tuple[User, Enrolment]],
) -> FlaskClient:
    """The browser of somebody enrolled in the course “village”."""
    user, _ = make_learner(make_course())
    return sign_in(client, user)


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[object]]:
    """A function that runs functions at the same moment, each in a thread and session of its own."""

    def run(*functions: Callable[[], object]) -> list[object]:
        db.session.commit()
        barrier = threading.Barrier(len(functions))
        results: list[object] = [None] * len(functions)

        def work(number: int, function: Callable[[], object]) -> None:
            with app.app_context():
                barrier.wait(10)
                try:
                    results[number] = function()
                except Exception as error:  # the test looks at it
                    results[number] = error
                db.session.remove()

        threads = [
            threading.Thread(target=work, args=(number, function))
            for number, function in enumerate(functions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return run
