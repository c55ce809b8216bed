from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course

STEPS = '{ id = "first" }, { id = "step", type = "diary" },'
PROMPTS: dict[str, str | bytes] = {
    "step.kk.md": "# Не істейсіз?\n\nОсы аптада істейтін **бір** ісіңізді жазыңыз.\n",
    "step.ru.md": "# Что сделать?\n\nНапишите **одно** дело на эту неделю.\n",
}


@pytest.fixture
def diary_course(make_course: Callable[..., Course]) -> Course:
    """A course called “village”: a lesson, then the diary step “step”."""
    return make_course(files=PROMPTS, activities=STEPS)


@pytest.fixture
def learner(make_user: Callable[..., User]) -> User:
    return make_user()


@pytest.fixture
def enrolled(client: FlaskClient, learner: User, diary_course: Course) -> FlaskClient:
    """The browser of a learner who takes the course."""
    sign_in(client, learner)
    client.send("/kk/courses/village/enrolment")  # type: ignore[attr-defined]
    return client
