"""The rules of course.toml: what is drawn, what counts, what is shown, and what makes no sense."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from flask import Flask

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Completion, Course, Enrolment
from lms.database import db
from lms.quizzes import services
from lms.quizzes.models import Attempt
from lms.quizzes.rules import QuizSettings, is_passed, pool_problems, score_of, score_that_counts
from lms.quizzes.services import NoAttemptsLeft, Standing, TooSoon
from lms.testing import Client, Clock

from .conftest import QUIZ_KK, RIGHT, WRONG, begin, finish, page_of
from .test_views import QUIZ, form_key, place_of, text_of

Make = Callable[..., Course]
Enrol = Callable[..., Enrolment]

IDS = ["who", "income", "capital", "pi"]
BY_TAGS = 'draw = { law = 1, sums = 1 }, tags = { law = ["who", "income"], sums = ["pi"] }'


def standing_of(user: User) -> Standing:
    page = page_of(user)
    return services.standing(page.enrolment, page.course, page.activity)


def result_page(client: Client, attempt: Attempt) -> str:
    return text_of(client.get(f"/kk/quizzes/attempts/{attempt.token}/result"))


@pytest.fixture
def phone(app: Flask, learner: User) -> Client:
    """The learner's browser, enrolled in nothing yet."""
    return sign_in(app.test_client(), learner)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "settings",
    [
        {"minutes_limit": -1},
        {"minutes_limit": 1441},
        {"minutes_limit": 2.5},
        {"wait": -1},
        {"wait": float("nan")},
        {"wait": float("inf")},
        {"attempts": -2},
        {"draw": -1},
        {"draw": {"law": 0}},
        {"draw": {}},
        {"draw": {"law": 1}},
        {"draw": {"a": 1, "b": 1}, "tags": {"a": ["who"], "b": ["who"]}},
        {"negative": 1.5},
        {"negative": -0.1},
        {"negative": float("nan")},
        {"weights": {"who": 0}},
        {"weights": {"who": -3}},
        {"weights": {"who": float("nan")}},
        {"counts": "luckiest"},
        {"shows": "some"},
        {"shows_when": "later"},
        {"shows_when": "closed"},
        {"shows_when": "closed", "attempts": 2, "shows": "score"},
        {"minuteslimit": 5},
    ],
)
def test_rules_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, QuizSettings)


def test_a_refused_rule_is_named_with_file_and_line(make_quiz: Make) -> None:
    with pytest.raises(AssertionError) as refused:
        make_quiz("minutes_limit = -5")
    assert "village/course.toml:" in str(refused.value)
    assert "minutes_limit" in str(refused.value)


def test_rules_about_questions_that_are_not_there_are_named() -> None:
    rules = QuizSettings(
        draw={"law": 3}, weights={"nobody": 2}, tags={"law": ["who", "income", "nothing"]}
    )
    assert list(pool_problems(rules, IDS)) == [
        ("error", "weights names “nobody”, but there is no such question"),
        ("error", "tags.law names “nothing”, but there is no such question"),
        ("error", "an attempt draws 3 questions tagged “law”, but there are 2"),
    ]


def test_each_tag_gives_as_many_questions_as_it_should(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz(BY_TAGS))
    for _ in range(5):
        attempt = finish(learner, {})
        asked = {a.question.id for a in services.list_questions(attempt)}
        db.session.commit()
        assert "pi" in asked
        assert len(asked & {"who", "income"}) == 1
        assert attempt.questions == len(asked) == 2


def test_without_shuffling_tags_keep_the_order_of_the_file(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    rules = 'draw = { b = 1, a = 1 }, tags = { a = ["who"], b = ["pi"] }, shuffle = false'
    enrol(learner, make_quiz(rules))
    asked = services.list_questions(begin(learner))
    assert [a.question.id for a in asked] == ["who", "pi"]


def test_the_start_page_knows_how_many_questions_tags_draw(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz(BY_TAGS))
    assert "Сұрақтар: 2" in text_of(phone.get(QUIZ))


def test_weights_make_a_question_count_more(make_quiz: Make, enrol: Enrol, learner: User) -> None:
    enrol(learner, make_quiz("weights = { pi = 5 }"))
    assert finish(learner, {**RIGHT, "pi": ["4"]}).score == 37
    assert finish(learner, {"pi": RIGHT["pi"]}).score == 62


def test_a_wrong_answer_costs_and_an_empty_one_does_not(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz("negative = 0.5"))
    assert finish(learner, {**RIGHT, "pi": ["4"]}).score == 62
    assert finish(learner, {k: v for k, v in RIGHT.items() if k != "pi"}).score == 75


def test_a_score_is_never_below_nothing(make_quiz: Make, enrol: Enrol, learner: User) -> None:
    enrol(learner, make_quiz("negative = 1"))
    assert finish(learner, WRONG).score == 0


def test_what_is_not_marked_weighs_nothing() -> None:
    assert score_of([(None, 9, True), (1, 1, True), (0.5, 1, True)]) == 75
    assert score_of([(None, 1, True)]) == 0
    assert score_of([]) == 0


@pytest.mark.parametrize(
    ("counts", "score"),
    [
        ("best", 90),
        ("last", 50),
        ("first", 61),
        ("mean", 67),
    ],
)
def test_which_attempt_counts(counts: str, score: int) -> None:
    assert score_that_counts(counts, [61, 90, 50]) == score
    assert score_that_counts(counts, []) is None


@pytest.mark.parametrize(
    ("counts", "scores", "passed"),
    [
        ("best", [0, 70, 0], True),
        ("last", [70, 0], True),
        ("last", [69, 69], False),
        ("first", [0, 100], False),
        ("first", [100, 0], True),
        ("mean", [40, 100], True),
        ("mean", [39, 100], False),
        ("mean", [40, 100, 0], True),
    ],
)
def test_what_was_a_pass_once_stays_one(counts: str, scores: list[int], passed: bool) -> None:
    assert is_passed(counts, [(score, 70) for score in scores]) is passed


def test_a_mean_completes_the_quiz_when_it_reaches_the_mark(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz('counts = "mean", pass_mark = 50'))
    finish(learner, WRONG)
    assert db.session.query(Completion).count() == 0
    finish(learner, RIGHT)
    line = db.session.query(Completion).one()
    assert (line.score, standing_of(learner).passed) == (50, True)


def test_where_the_first_attempt_counts_a_later_one_completes_nothing(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz('counts = "first"'))
    finish(learner, WRONG)
    finish(learner, RIGHT)
    assert db.session.query(Completion).count() == 0
    page = text_of(phone.get(QUIZ))
    assert "Алғашқы нәтижеңіз: 0%" in page
    assert "алғашқы нәтижеңіз: 0%" in text_of(phone.get("/kk/courses/village"))


def test_rules_changed_by_the_author_do_not_touch_a_running_attempt(
    make_quiz: Make, enrol: Enrol, learner: User
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    make_quiz("negative = 1, weights = { pi = 9 }, minutes_limit = 1")
    finished = finish(learner, {**RIGHT, "pi": ["4"]})
    assert (finished.id, finished.score, finished.due_at) == (attempt.id, 75, None)


def test_between_attempts_there_is_a_pause(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client, clock: Clock
) -> None:
    enrol(learner, make_quiz("wait = 12, attempts = 3"))
    finish(learner, WRONG)
    with pytest.raises(TooSoon):
        begin(learner)
    db.session.commit()
    assert phone.send("/kk/quizzes/village/test/attempts").location == QUIZ
    page = text_of(phone.get(QUIZ))
    assert "Келесі талпынысты бастауға болатын уақыт: 2026 ж. 23 қараша, 02:00" in page
    assert "Қайта тапсыру" not in page
    assert "Барлық талпыныс пайдаланылды" not in page
    clock.move(hours=12)
    assert begin(learner).number == 2


def test_after_the_last_attempt_there_is_nothing_to_wait_for(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz("wait = 12, attempts = 1"))
    finish(learner, WRONG)
    with pytest.raises(NoAttemptsLeft):
        begin(learner)
    db.session.commit()
    assert "Барлық талпыныс пайдаланылды" in text_of(phone.get(QUIZ))


def test_answers_can_be_kept_back_and_the_score_shown(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz('shows = "score"'))
    page = result_page(phone, finish(learner, {"who": ["b"]}))
    assert "25%" in page
    assert "КЕРІ-" not in page
    assert "ТҮСІНДІРМЕ" not in page
    assert "Дұрыс жауап" not in page


def test_nothing_at_all_may_be_shown(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz('shows = "nothing"'))
    pages = [
        result_page(phone, finish(learner, {"who": ["b"]})),
        text_of(phone.get(QUIZ)),
        text_of(phone.get("/kk/courses/village")),
    ]
    for page in pages:
        assert "25%" not in page
        assert "КЕРІ-" not in page
    assert "Жауаптарыңыз жіберілді" in pages[0]


def test_answers_are_shown_when_no_attempt_is_left(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz('shows_when = "closed", attempts = 2'))
    first = finish(learner, {"who": ["a"]})
    assert "КЕРІ-ӘКІМ" not in result_page(phone, first)
    assert "талпыныс қалмағанда көресіз" in result_page(phone, first)
    finish(learner, {"who": ["a"]})
    assert "КЕРІ-ӘКІМ" in result_page(phone, first)


def test_a_quiz_passed_within_its_attempts_is_closed_too(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz('shows_when = "closed", attempts = 2'))
    assert "КЕРІ-МӘСЛИХАТ" in result_page(phone, finish(learner, RIGHT))


def test_results_stay_kept_back_when_the_quiz_has_left_the_course(
    make_quiz: Make, make_course: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz('shows = "score"'))
    attempt = finish(learner, {"who": ["b"]})
    make_course(files={}, activities='  { id = "first" },')
    page = result_page(phone, attempt)
    assert "25%" in page
    assert "КЕРІ-" not in page


def test_a_page_that_knows_an_older_answer_overwrites_it_with_a_notice(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz())
    place = place_of(begin(learner), "who")
    one, two = phone.get(place), phone.get(place)
    seen = {"seen_answer": ""}
    phone.send(place, {"who": "a", "form_key": form_key(one), **seen})
    answer = phone.send(place, {"who": "b", "form_key": form_key(two), **seen})
    assert answer.location == f"{place}?overtakes=1"
    page = phone.get(answer.location)
    assert "Бұл сұраққа басқа бетте де жауап берілді." in text_of(page)
    assert 'value="b" checked' in page.get_data(as_text=True)
    known = {"seen_answer": form_key(two)}
    assert "overtakes" not in phone.send(place, {"who": "c", **known}).location
    assert "басқа бетте" not in text_of(phone.get(place))


def test_the_same_press_twice_overtakes_nothing(
    make_quiz: Make, enrol: Enrol, learner: User, phone: Client
) -> None:
    enrol(learner, make_quiz(kk=QUIZ_KK))
    place = place_of(begin(learner), "who")
    page = phone.get(place).get_data(as_text=True)
    assert '<noscript><input type="hidden" name="seen_answer" value=""></noscript>' in page
    fields = {"who": "b", "form_key": "key-00000001", "seen_answer": ""}
    for _ in range(2):
        assert "overtakes" not in phone.send(place, fields).location
