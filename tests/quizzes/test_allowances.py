"""Allowances: what a trainer gives one learner, and who may not."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import jobs, privacy
from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes.models import Allowance, Attempt
from lms.quizzes.services import NoAttemptsLeft
from lms.testing import Client, Clock

from .conftest import RIGHT, WRONG, begin, finish
from .test_views import QUIZ, text_of

HERE = "/kk/quizzes/village/test/allowances"
REASON = "Желі үзіліп қалды"

Make = Callable[..., Course]
Enrol = Callable[..., Enrolment]


@pytest.fixture
def village(make_quiz: Make, enrol: Enrol, learner: User) -> Course:
    """A course whose quiz allows one attempt of twenty minutes; the learner is enrolled."""
    course = make_quiz("attempts = 1, minutes_limit = 20")
    enrol(learner, course)
    return course


@pytest.fixture
def trainer(app: Flask, village: Course, make_user: Callable[..., User]) -> Client:
    """The browser of this course's trainer."""
    user = make_user(name="Дана Тренерова", role="trainer", course="village")
    return sign_in(app.test_client(), user)  # type: ignore[return-value]


def fields(learner: User, **changed: str) -> dict[str, str]:
    return {
        "contact": learner.contact or "",
        "attempts": "1",
        "minutes": "0",
        "reason": REASON,
        **changed,
    }


def given() -> list[tuple[int, int, str]]:
    found = db.session.scalars(select(Allowance).order_by(Allowance.id)).all()
    rows = [(row.attempts, row.minutes, row.reason) for row in found]
    db.session.commit()
    return rows


def test_a_further_attempt_lets_a_learner_begin_again_and_says_so(
    app: Flask, trainer: Client, learner: User
) -> None:
    finish(learner, WRONG)
    phone: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    assert "Барлық талпыныс пайдаланылды" in text_of(phone.get(QUIZ))
    answer = trainer.send(HERE, fields(learner))
    assert (answer.status_code, answer.location) == (303, HERE)
    page = text_of(phone.get(QUIZ))
    assert "Тренер сізге берген қосымша талпыныстар: 1" in page
    assert "Қалған талпыныс: 1" in page
    assert "қалған талпыныс: 1" in text_of(phone.get("/kk/courses/village"))
    assert begin(learner).number == 2
    finish(learner, WRONG)
    assert "Барлық талпыныс пайдаланылды" in text_of(phone.get(QUIZ))


def test_the_list_says_to_whom_what_why_and_by_whom(trainer: Client, learner: User) -> None:
    trainer.send(HERE, fields(learner, minutes="15"))
    page = text_of(trainer.get(HERE))
    for said in (learner.name, REASON, "Дана Тренерова", " 15 "):
        assert said in page


def test_more_minutes_hold_for_the_next_attempt(app: Flask, trainer: Client, learner: User) -> None:
    trainer.send(HERE, fields(learner, attempts="", minutes="15"))
    phone: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    page = text_of(phone.get(QUIZ))
    assert "Уақыт шегі: 35 мин" in page
    assert "Тренер сізге берген қосымша минуттар: 15" in page
    attempt = begin(learner)
    assert attempt.due_at == attempt.started_at + timedelta(minutes=35)


def test_more_minutes_prolong_the_attempt_under_way_and_its_closing(
    trainer: Client, learner: User, clock: Clock
) -> None:
    attempt = begin(learner)
    trainer.send(HERE, fields(learner, attempts="0", minutes="10"))
    clock.move(minutes=25)
    jobs.run_due()
    found = db.session.get_one(Attempt, attempt.id, populate_existing=True)
    assert (found.submitted_at, found.due_at) == (
        None,
        attempt.started_at + timedelta(minutes=30),
    )
    db.session.commit()
    clock.move(minutes=7)
    jobs.run_due()
    found = db.session.get_one(Attempt, attempt.id, populate_existing=True)
    assert found.ended_by == "time"


def test_what_one_learner_is_given_is_not_for_others(
    trainer: Client, village: Course, learner: User, stranger: User, enrol: Enrol
) -> None:
    enrol(stranger, village)
    finish(stranger, WRONG)
    trainer.send(HERE, fields(learner))
    with pytest.raises(NoAttemptsLeft):
        begin(stranger)


def test_the_same_press_twice_gives_once_and_a_later_one_again(
    trainer: Client, learner: User, clock: Clock
) -> None:
    for _ in range(2):
        assert trainer.send(HERE, fields(learner)).status_code == 303
    assert given() == [(1, 0, REASON)]
    clock.move(minutes=2)
    trainer.send(HERE, fields(learner))
    assert len(given()) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"attempts": "-1"}, "Бүтін сан жазыңыз"),
        ({"attempts": "екі"}, "Бүтін сан жазыңыз"),
        ({"attempts": "1.5"}, "Бүтін сан жазыңыз"),
        ({"attempts": "²"}, "Бүтін сан жазыңыз"),
        ({"attempts": "9" * 5000}, "Бүтін сан жазыңыз"),
        ({"attempts": "21"}, "0–20"),
        ({"minutes": "601"}, "0–600"),
        ({"attempts": "0", "minutes": "0"}, "Кемінде бір талпыныс"),
        ({"attempts": "", "minutes": ""}, "Кемінде бір талпыныс"),
        ({"reason": ""}, "Себебін жазыңыз"),
        ({"reason": "   "}, "Себебін жазыңыз"),
        ({"reason": "а" * 201}, "ең көбі: 200"),
        ({"contact": ""}, "Электрондық пошта"),
        ({"contact": "кім біледі"}, "Электрондық пошта"),
        ({"contact": "nobody@sauat.example"}, "мұндай байланыспен ешкім жазылмаған"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(
    trainer: Client, learner: User, changed: dict[str, str], said: str
) -> None:
    answer = trainer.send(HERE, fields(learner, **changed))
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert said in text_of(answer)
    assert 'role="alert"' in page
    kept = {**fields(learner), **changed}["contact"]
    assert f'value="{kept}"' in page
    assert given() == []


def test_somebody_with_an_account_but_not_enrolled_is_not_told_apart(
    trainer: Client, stranger: User
) -> None:
    answer = trainer.send(HERE, fields(stranger))
    assert answer.status_code == 400
    assert "мұндай байланыспен ешкім жазылмаған" in text_of(answer)


def test_only_what_the_quiz_limits_can_be_given(
    make_quiz: Make, trainer: Client, learner: User
) -> None:
    make_quiz("attempts = 1")
    assert 'name="minutes"' not in trainer.get(HERE).get_data(as_text=True)
    trainer.send(HERE, fields(learner, minutes="30"))
    assert given() == [(1, 0, REASON)]
    make_quiz()
    page = trainer.get(HERE)
    assert "талпыныс саны да, уақыт та шектелмеген" in text_of(page)
    assert trainer.send(HERE, fields(learner)).status_code == 400
    assert len(given()) == 1


@pytest.mark.parametrize(
    "held",
    [{}, {"role": "trainer", "course": "other"}, {"role": "expert"}, {"role": "coordinator"}],
)
def test_others_find_no_such_page(
    app: Flask, village: Course, make_user: Callable[..., User], learner: User, held: Any
) -> None:
    client: Client = sign_in(app.test_client(), make_user(**held))  # type: ignore[assignment]
    assert client.get(HERE).status_code == 404
    assert client.send(HERE, fields(learner)).status_code == 404
    assert "allowances" not in client.get(QUIZ).get_data(as_text=True)
    assert given() == []


def test_a_lesson_or_a_missing_quiz_is_not_found(trainer: Client, learner: User) -> None:
    for address in ("village/first", "village/nothing", "nowhere/test"):
        assert trainer.get(f"/kk/quizzes/{address}/allowances").status_code == 404
        assert trainer.send(f"/kk/quizzes/{address}/allowances", fields(learner)).status_code == 404


def test_a_visitor_is_asked_to_sign_in(app: Flask, village: Course) -> None:
    assert "/accounts/login" in app.test_client().get(HERE).location


def test_without_a_token_the_form_comes_back_filled_in(trainer: Client, learner: User) -> None:
    answer = trainer.post(HERE, data=fields(learner))
    assert answer.status_code == 400
    assert REASON in answer.get_data(as_text=True)
    assert given() == []


def test_the_start_page_leads_its_trainer_here(trainer: Client) -> None:
    assert f'href="{HERE}"' in trainer.get(QUIZ).get_data(as_text=True)


def test_giving_is_logged_without_the_contact_and_the_reason(
    trainer: Client, learner: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="lms.security"):
        logging.getLogger("lms.security").addHandler(caplog.handler)
        trainer.send(HERE, fields(learner))
        trainer.send(HERE, fields(learner))
        logging.getLogger("lms.security").removeHandler(caplog.handler)
    lines = [r.fields for r in caplog.records if r.getMessage() == "allowance given"]
    assert len({str(line) for line in lines}) == 1
    assert (lines[0]["user"], lines[0]["quiz"], lines[0]["attempts"]) == (
        learner.id,
        "village/test",
        1,
    )
    assert not re.search(f"{REASON}|{learner.contact}", str(lines))


def test_the_list_asks_as_much_of_the_database_however_long_it_is(
    trainer: Client, learner: User, clock: Clock, count_statements: Callable[[], Any]
) -> None:
    trainer.send(HERE, fields(learner))
    with count_statements() as few:
        trainer.get(HERE)
    for _ in range(5):
        clock.move(minutes=2)
        trainer.send(HERE, fields(learner))
    with count_statements() as many:
        trainer.get(HERE)
    assert len(many) == len(few) <= 6, many


def test_the_learner_takes_it_along_and_erases_it(
    trainer: Client, learner: User, clock: Clock
) -> None:
    finish(learner, RIGHT)
    trainer.send(HERE, fields(learner, minutes="5"))
    rows = [row for row in privacy.export(learner.id)["quizzes"] if "why_given" in row]
    assert rows == [
        {
            "course": "village",
            "quiz": "test",
            "further_attempts": 1,
            "more_minutes": 5,
            "why_given": REASON,
            "given_at": clock.moment.isoformat(),
        }
    ]
    privacy.erase(learner.id)
    db.session.commit()
    assert given() == []
