"""A time limit: the server's clock decides, and everything saved until the end counts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import jobs
from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Completion, Course, Enrolment
from lms.database import db
from lms.jobs import Job
from lms.quizzes.models import AnswerRow, Attempt
from lms.testing import Client, Clock

from .conftest import RIGHT, answer_all, begin, finish, sheet_of
from .test_views import JSON, QUIZ, let_go, place_of, text_of

UNTIL = "2026 ж. 22 қараша, 14:20"


@pytest.fixture
def phone(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
) -> Client:
    """The browser of a learner who has twenty minutes for the quiz."""
    enrol(learner, make_quiz("minutes_limit = 20"))
    return sign_in(app.test_client(), learner)  # type: ignore[return-value]


def now_of(attempt: Attempt) -> Attempt:
    db.session.commit()
    return db.session.get_one(Attempt, attempt.id, populate_existing=True)


def run_jobs() -> None:
    db.session.commit()
    jobs.run_due()


def test_the_start_page_tells_of_the_limit_before_the_clock_runs(phone: Client) -> None:
    page = text_of(phone.get(QUIZ))
    assert "Уақыт шегі: 20 мин" in page
    assert "Уақыт бастаған сәттен жүреді" in page


def test_every_page_of_the_attempt_says_until_when(phone: Client, learner: User) -> None:
    attempt = begin(learner)
    assert attempt.due_at == attempt.started_at + timedelta(minutes=20)
    for place in ("1", "review"):
        page = text_of(phone.get(f"/kk/quizzes/attempts/{attempt.token}/{place}"))
        assert f"Жауаптар есепке алынатын соңғы уақыт: {UNTIL} (Қазақстан уақыты)" in page


def test_an_answer_at_the_last_moment_counts(phone: Client, learner: User, clock: Clock) -> None:
    place = place_of(begin(learner), "who")
    clock.move(minutes=20)
    assert phone.send(place, {"who": "b"}).status_code == 303


def test_a_late_answer_is_kept_marked_and_told_and_ends_the_attempt(
    phone: Client, learner: User, clock: Clock
) -> None:
    attempt = begin(learner)
    answer_all(attempt, learner, {"pi": RIGHT["pi"]})
    place = place_of(attempt, "who")
    clock.move(minutes=20, seconds=1)
    answer = phone.send(place, {"who": "b"})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Уақыт бітті" in page
    assert "кейін келді" in page
    ended = now_of(attempt)
    assert (ended.ended_by, ended.submitted_at, ended.score) == ("time", ended.due_at, 25)
    assert db.session.scalars(select(AnswerRow.late).order_by(AnswerRow.id)).all() == [False, True]


def test_a_script_is_told_that_the_time_is_up(phone: Client, learner: User, clock: Clock) -> None:
    attempt = begin(learner)
    place = place_of(attempt, "who")
    clock.move(minutes=21)
    answer = phone.send(place, {"who": "b"}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json == {
        "problem": "Уақыт бітті",
        "result": f"/kk/quizzes/attempts/{attempt.token}/result",
    }


def test_pages_opened_after_the_end_lead_to_the_result_by_one_press(
    phone: Client, learner: User, clock: Clock
) -> None:
    attempt = begin(learner)
    let_go()
    base = f"/kk/quizzes/attempts/{attempt.token}"
    clock.move(minutes=30)
    for place in ("1", "review"):
        page = phone.get(f"{base}/{place}")
        assert "Уақыт бітті" in text_of(page)
        assert f'action="{base}/submission"' in page.get_data(as_text=True)
        assert now_of(attempt).submitted_at is None
    let_go()
    assert phone.send(f"{base}/submission").location == f"{base}/result"
    assert now_of(attempt).ended_by == "time"
    assert f"Талпыныстың аяқталған уақыты: {UNTIL}" in text_of(phone.get(f"{base}/result"))


def test_going_on_after_the_end_leads_to_the_result(
    phone: Client, learner: User, clock: Clock
) -> None:
    attempt = begin(learner)
    clock.move(minutes=30)
    answer = phone.send("/kk/quizzes/village/test/attempts")
    assert answer.location == f"/kk/quizzes/attempts/{attempt.token}/result"
    assert now_of(attempt).ended_by == "time"


def test_submitted_in_time_is_ended_by_the_learner(phone: Client, learner: User) -> None:
    assert finish(learner, RIGHT).ended_by == "learner"


def test_the_worker_closes_what_nobody_returns_to_and_what_was_saved_counts(
    phone: Client, learner: User, clock: Clock
) -> None:
    attempt = begin(learner)
    answer_all(attempt, learner, RIGHT)
    clock.move(minutes=20, seconds=59)
    run_jobs()
    assert now_of(attempt).submitted_at is None
    clock.move(seconds=2)
    run_jobs()
    ended = now_of(attempt)
    assert (ended.ended_by, ended.submitted_at, ended.score) == ("time", ended.due_at, 100)
    assert ended.passed
    assert db.session.scalars(select(Completion)).one().score == 100


def test_the_worker_leaves_alone_what_its_learner_submitted(
    phone: Client, learner: User, clock: Clock
) -> None:
    attempt = finish(learner, RIGHT)
    clock.move(hours=1)
    run_jobs()
    ended = now_of(attempt)
    assert (ended.ended_by, ended.submitted_at) == ("learner", attempt.submitted_at)
    assert db.session.scalars(select(Job.problem).where(Job.kind == "quizzes.close")).all() == [
        None
    ]


def test_untimed_attempts_are_never_closed(
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
    clock: Clock,
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    assert attempt.due_at is None
    clock.move(days=400)
    run_jobs()
    assert now_of(attempt).submitted_at is None


def test_an_attempt_and_its_closing_are_asked_for_together_or_not_at_all(
    phone: Client, learner: User
) -> None:
    begin(learner)
    begin(learner)
    closing = select(func.count()).select_from(Job).where(Job.kind == "quizzes.close")
    assert db.session.scalar(closing) == 1


def test_the_closing_of_an_erased_attempt_does_nothing(
    phone: Client, learner: User, clock: Clock
) -> None:
    attempt = begin(learner)
    sheet_of(attempt, learner).attempt.enrolment_id = None
    clock.move(hours=1)
    run_jobs()
    assert now_of(attempt).submitted_at is None
    assert db.session.scalars(select(Job.problem).where(Job.kind == "quizzes.close")).all() == [
        None
    ]
