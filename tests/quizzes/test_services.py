"""Attempts and answers: what the verbs promise, also when many call at once."""

from collections.abc import Callable
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import User
from lms.courses import services as courses
from lms.courses.events import ActivityCompleted
from lms.courses.models import Completion, Course, Enrolment
from lms.database import db
from lms.events import subscribe
from lms.quizzes import services
from lms.quizzes.models import AnswerRow, Attempt
from lms.quizzes.services import KeyUsedTwice, NoAttemptsLeft
from lms.testing import Clock

from .conftest import RIGHT, WRONG, answer_all, at_once, begin, finish, page_of, sheet_of

Make = Callable[..., Course]
Enrol = Callable[..., Enrolment]


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_an_attempt_draws_as_many_different_questions_as_the_course_says(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz("draw = 3"))
    asked = services.list_questions(begin(learner))
    assert [a.position for a in asked] == [1, 2, 3]
    assert len({a.question.id for a in asked}) == 3


def test_without_a_draw_an_attempt_asks_everything(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    assert len(services.list_questions(begin(learner))) == 4


def test_options_are_shuffled_once_and_stay_so(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    orders = [a.order for a in services.list_questions(attempt)]
    assert orders == [a.order for a in services.list_questions(attempt)]
    choices = next(a.order for a in services.list_questions(attempt) if a.question.id == "who")
    assert sorted(choices) == ["a", "b", "c"]


def test_without_shuffling_everything_stands_as_written(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz("shuffle = false"))
    asked = services.list_questions(begin(learner))
    assert [a.question.id for a in asked] == ["who", "income", "capital", "pi"]
    assert asked[0].order == ["a", "b", "c"]


def test_starting_again_goes_on_with_the_open_attempt(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    assert begin(learner).id == begin(learner).id


def test_all_right_answers_are_a_pass_that_completes_the_quiz(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    seen: list[ActivityCompleted] = []
    subscribe(app, ActivityCompleted, seen.append)
    enrol(learner, make_quiz())
    attempt = finish(learner, RIGHT)
    assert (attempt.score, attempt.passed) == (100, True)
    assert [(e.activity, e.reason, e.score) for e in seen] == [("test", "passed", 100)]
    line = db.session.scalars(select(Completion)).one()
    assert line.evidence == f"attempt {attempt.token}"


def test_a_score_below_the_pass_mark_completes_nothing(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz("pass_mark = 76"))
    attempt = finish(learner, {**RIGHT, "pi": ["4"]})
    assert (attempt.score, attempt.passed) == (75, False)
    assert count(Completion) == 0


def test_a_score_at_the_pass_mark_passes(make_quiz: Make, enrol: Enrol, learner: User) -> None:
    enrol(learner, make_quiz("pass_mark = 75"))
    assert finish(learner, {**RIGHT, "pi": ["4"]}).passed


def test_a_score_is_never_rounded_up_into_a_pass(
    make_quiz: Make, enrol: Enrol, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.quizzes.services.ending._fraction", lambda asked: 0.6999)
    enrol(learner, make_quiz("pass_mark = 70"))
    attempt = finish(learner, RIGHT)
    assert (attempt.score, attempt.passed) == (69, False)


def test_questions_without_an_answer_count_as_wrong(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    assert finish(learner, {"who": ["b"]}).score == 25


def test_an_attempt_never_opened_cannot_pass(make_quiz: Make, enrol: Enrol, learner: User) -> None:
    enrol(learner, make_quiz())
    attempt = finish(learner, {})
    assert (attempt.score, attempt.passed) == (0, False)


def test_submitting_twice_changes_nothing(
    make_quiz: Make, enrol: Enrol, learner: User, clock: Clock
) -> None:
    enrol(learner, make_quiz())
    attempt = finish(learner, RIGHT)
    submitted_at = attempt.submitted_at
    clock.move(hours=1)
    sheet = sheet_of(attempt, learner)
    assert not services.submit_attempt(sheet)
    assert sheet.attempt.submitted_at == submitted_at


def test_the_newest_answer_counts_and_the_older_stay(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    answer_all(attempt, learner, WRONG)
    answer_all(attempt, learner, RIGHT)
    assert count(AnswerRow) == 8
    sheet = sheet_of(attempt, learner)
    services.submit_attempt(sheet)
    assert sheet.attempt.score == 100


def test_taking_an_answer_back_counts_too(make_quiz: Make, enrol: Enrol, learner: User) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    answer_all(attempt, learner, RIGHT)
    answer_all(attempt, learner, {"income": []})
    sheet = sheet_of(attempt, learner)
    services.submit_attempt(sheet)
    assert sheet.attempt.score == 75


def test_the_same_key_gives_the_same_receipt_and_one_row(
    make_quiz: Make, enrol: Enrol, learner: User, clock: Clock
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    asked = services.list_questions(attempt)[0]
    first = services.save_answer(attempt, asked, {"text": "а"}, "key-0001")
    clock.move(days=3)
    again = services.find_question(attempt, asked.position)
    assert again is not None
    assert services.save_answer(attempt, again, {"text": "а"}, "key-0001") == first
    assert count(AnswerRow) == 1


def test_the_same_key_with_another_answer_is_refused(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    asked = services.list_questions(attempt)[0]
    services.save_answer(attempt, asked, {"text": "а"}, "key-0001")
    with pytest.raises(KeyUsedTwice):
        services.save_answer(attempt, asked, {"text": "ә"}, "key-0001")
    assert count(AnswerRow) == 1


def test_an_old_answer_sent_again_does_not_become_the_newest(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    asked = services.list_questions(attempt)[0]
    services.save_answer(attempt, asked, {"text": "ескі"}, "key-0001")
    services.save_answer(attempt, asked, {"text": "жаңа"}, "key-0002")
    now = services.find_question(attempt, asked.position)
    assert now is not None
    assert not services.save_answer(attempt, now, {"text": "ескі"}, "key-0001").is_newest
    after = services.find_question(attempt, asked.position)
    assert after is not None
    assert after.answer == {"text": "жаңа"}


def test_an_answer_after_submission_is_kept_but_does_not_count(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = finish(learner, WRONG)
    asked = services.list_questions(attempt)[0]
    receipt = services.save_answer(attempt, asked, {"text": "кешіккен жауап"}, "key-late")
    assert receipt.late
    after = services.find_question(attempt, asked.position)
    assert after is not None
    assert after.answer == asked.answer


def test_attempts_end_at_the_limit(make_quiz: Make, enrol: Enrol, learner: User) -> None:
    enrol(learner, make_quiz("attempts = 2"))
    finish(learner, WRONG)
    finish(learner, WRONG)
    with pytest.raises(NoAttemptsLeft):
        begin(learner)


def test_a_limited_quiz_is_over_once_passed(make_quiz: Make, enrol: Enrol, learner: User) -> None:
    enrol(learner, make_quiz("attempts = 3"))
    finish(learner, RIGHT)
    with pytest.raises(NoAttemptsLeft):
        begin(learner)


def test_an_unlimited_quiz_may_be_taken_again_and_the_best_score_counts(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz("pass_mark = 50"))
    finish(learner, {**RIGHT, "pi": ["4"]})
    finish(learner, WRONG)
    page = page_of(learner)
    now = services.standing(page.enrolment, page.course, page.activity)
    assert (now.score, now.passed, now.left, now.may_start) == (75, True, None, True)
    assert count(Completion) == 1


def test_many_starts_at_once_make_one_attempt(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    tokens = at_once(app, 20, lambda number: begin(learner).token)
    assert len(set(tokens)) == 1
    assert count(Attempt) == 1


def test_the_limit_holds_when_starts_and_submissions_race(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz("attempts = 3"))

    def start_and_submit_until_the_end(number: int) -> None:
        while True:
            finish(learner, {})

    with pytest.raises(NoAttemptsLeft):
        at_once(app, 8, start_and_submit_until_the_end)
    assert count(Attempt) == 3


def test_fifty_submissions_at_once_complete_once(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    seen: list[ActivityCompleted] = []
    subscribe(app, ActivityCompleted, seen.append)
    enrol(learner, make_quiz())
    attempt = begin(learner)
    answer_all(attempt, learner, RIGHT)

    def submit(number: int) -> bool:
        was_first = services.submit_attempt(sheet_of(attempt, learner))
        db.session.commit()
        return was_first

    assert sum(at_once(app, 50, submit)) == 1
    assert len(seen) == 1
    assert count(Completion) == 1


def test_the_same_answer_a_hundred_times_at_once_is_one_row(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)

    def save(number: int) -> object:
        sheet = sheet_of(attempt, learner)
        asked = services.list_questions(sheet.attempt)[0]
        receipt = services.save_answer(sheet.attempt, asked, {"text": "а"}, "key-same")
        db.session.commit()
        return receipt

    receipts = at_once(app, 25, lambda number: [save(number) for _ in range(4)])
    assert len({receipt for four in receipts for receipt in four}) == 1
    assert count(AnswerRow) == 1


def test_different_answers_at_once_are_all_kept_and_one_is_the_newest(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)

    def save(number: int) -> None:
        sheet = sheet_of(attempt, learner)
        asked = services.list_questions(sheet.attempt)[0]
        services.save_answer(sheet.attempt, asked, {"text": str(number)}, f"key-{number:04}")
        db.session.commit()

    at_once(app, 20, save)
    newest = services.list_questions(attempt)[0]
    assert count(AnswerRow) == 20
    assert newest.answer_id == db.session.scalar(select(func.max(AnswerRow.id)))


def test_an_answer_acknowledged_before_a_racing_submission_is_in_the_score(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    answer_all(attempt, learner, {**RIGHT, "who": ["a"]})
    together = Barrier(2)

    def work(number: int) -> bool:
        together.wait()
        sheet = sheet_of(attempt, learner)
        if number:
            services.submit_attempt(sheet)
            db.session.commit()
            return True
        asked = next(a for a in services.list_questions(sheet.attempt) if a.question.id == "who")
        receipt = services.save_answer(sheet.attempt, asked, {"options": ["b"]}, "key-race")
        db.session.commit()
        return not receipt.late

    in_time, _ = at_once(app, 2, work)
    db.session.expire_all()
    assert sheet_of(attempt, learner).attempt.score == (100 if in_time else 75)


def test_someone_elses_attempt_is_not_found(
    make_quiz: Make, enrol: Enrol, learner: User, stranger: User
) -> None:
    course = make_quiz()
    enrol(learner, course)
    enrol(stranger, course)
    attempt = begin(learner)
    assert services.find_sheet(attempt.token, stranger.id) is None
    assert services.find_sheet("no-such-token", learner.id) is None


def test_an_attempt_whose_kind_of_question_is_gone_still_shows_and_leaves_it_out_of_the_score(
    app: Flask, make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    answer_all(attempt, learner, {**RIGHT, "pi": ["4"]})
    app.extensions["lms.contributions"] = [
        c for c in app.extensions["lms.contributions"] if getattr(c, "name", "") != "numeric"
    ]
    app.extensions["lms.contributed"] = {}
    sheet = sheet_of(attempt, learner)
    asked = {a.question.id: a for a in services.list_questions(sheet.attempt)}["pi"]
    answer = asked.answer
    assert answer is not None
    assert asked.kind.describe_answer(asked.question, answer) == ["4"]
    services.submit_attempt(sheet)
    assert sheet.attempt.score == 100
    assert asked.row.fraction is None


def test_a_quiz_taken_out_of_the_course_can_still_be_submitted(
    make_quiz: Make, make_course: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    answer_all(attempt, learner, RIGHT)
    make_course(activities='  { id = "first" },')
    sheet = sheet_of(attempt, learner)
    assert services.submit_attempt(sheet)
    db.session.commit()
    assert sheet.attempt.passed
    assert courses.find_course("village", learner.id) is not None
