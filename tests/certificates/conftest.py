import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from lms import events
from lms.accounts.models import User
from lms.certificates import services
from lms.certificates.models import Certificate
from lms.courses.events import CourseCompleted
from lms.database import db
from lms.logs import log


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """Everything written to our log from now on, in order."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    log.addHandler(handler)
    yield records
    log.removeHandler(handler)


@pytest.fixture
def completed() -> Callable[..., CourseCompleted]:
    """A function that makes the fact of a completed course: `completed(user.id, version=2)`."""

    def make(user_id: int, **changes: object) -> CourseCompleted:
        facts: dict[str, object] = {
            "user_id": user_id,
            "names": {
                "kk": "Айгүл Серікқызы Нұрмағамбетова",
                "ru": "Нурмагамбетова Айгуль Сериковна",
            },
            "course": "village",
            "version": 1,
            "titles": {"kk": "Ауыл бюджеті", "ru": "Бюджет села", "en": "The village budget"},
            "hours": 24,
            "result": 92,
            "language": "kk",
            "completed_at": datetime(2026, 11, 19, 20, 30, tzinfo=UTC),
        }
        return CourseCompleted(**{**facts, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_certificate(
    app: Flask, make_user: Callable[..., User], completed: Callable[..., CourseCompleted]
) -> Callable[..., Certificate]:
    """A function that has somebody complete a course and returns the certificate."""

    def make(user: User | None = None, **changes: object) -> Certificate:
        user = user or make_user()
        events.publish(completed(user.id, **changes))
        course = changes.get("course", "village")
        version = changes.get("version", 1)
        held = services.certificates_of(user.id, str(course))
        db.session.commit()
        return next(certificate for certificate in held if certificate.version == version)

    return make
