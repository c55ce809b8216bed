"""Missed questions come back, day by day, until they are known."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms import clock as the_clock
from lms import privacy
from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes import services, spacing
from lms.quizzes.models import Attempt, Card, QuestionRow
from lms.testing import Client, Clock

from . import test_gaps, test_pairs, test_sums
from .conftest import QUIZ_KK, QUIZ_RU, RIGHT, WRONG, finish
from .test_no_leak import other
from .test_views import text_of

REVIEWS = "/kk/quizzes/reviews"
SECRET_WORDS = ("КЕРІ-", "ТҮСІНДІРМЕ", "ОТКЛИК-", "ОБЪЯСНЕНИЕ", "3,14", "3.14")
MISSED_ONE = {**RIGHT, "who": ["a"]}

Days = Callable[[float], Client]


@pytest.fixture
def days_later(app: Flask, browser: Client, learner: User, clock: Clock) -> Days:
    """A function that lets days pass and gives the learner's browser, signed in again."""

    def later(days: float) -> Client:
        clock.move(days=days)
        return sign_in(app.test_client(), learner)  # type: ignore[return-value]

    return later


def cards() -> dict[str, Card]:
    """Every card by the id of its question, looked up afresh."""
    db.session.expire_all()
    found = db.session.execute(
        select(QuestionRow.key, Card)
        .join(Card, Card.question_id == QuestionRow.id)
        .order_by(Card.id)
    )
    by_key = {row.key: row.Card for row in found}
    db.session.commit()
    return by_key


def due_days() -> dict[str, str]:
    return {key: f"{card.due_at:%m-%d %H:%M}" for key, card in cards().items()}


def form_of(page: Any) -> tuple[str, dict[str, str]]:
    """Where the form of a question goes, and what it carries."""
    body = page.get_data(as_text=True)
    action = re.search(r'action="(/\w\w/quizzes/reviews/\d+)"', body)
    assert action, body
    names = ("question_version", "card_state", "so_far")
    return action[1], {n: re.findall(rf'name="{n}" value="([^"]*)"', body)[0] for n in names}


def asked_on(page: Any) -> str:
    found = re.search(r'legend id="([\w-]+)-title"', page.get_data(as_text=True))
    assert found
    return found[1]


def reply(client: Client, page: Any, answers: dict[str, list[str]]) -> Any:
    """Answer the question on a page, as its button does."""
    address, carried = form_of(page)
    key = asked_on(page)
    return client.send(address, {**carried, key: answers[key]})


def test_each_missed_question_comes_back_the_next_day_and_no_other(
    days_later: Days, learner: User
) -> None:
    finish(learner, {"who": ["a"], "income": ["a", "c"], "capital": ["астана"]})
    # 00:00 on the 23rd in Kazakhstan
    assert due_days() == {"who": "11-22 19:00", "pi": "11-22 19:00"}
    assert "Бүгін қайталайтын сұрақ жоқ." in text_of(days_later(0).get(REVIEWS))
    page = days_later(0.5).get(REVIEWS)
    assert "Сұрақ 1 / 2" in text_of(page)


def test_what_was_right_makes_no_card(browser: Client, learner: User) -> None:
    finish(learner, RIGHT)
    assert cards() == {}


def test_a_question_of_a_kind_that_is_gone_makes_no_card(
    app: Flask, browser: Client, learner: User
) -> None:
    contributions = app.extensions["lms.contributions"]
    app.extensions["lms.contributions"] = [
        c for c in contributions if getattr(c, "name", "") != "numeric"
    ]
    app.extensions["lms.contributed"] = {}
    finish(learner, {})
    assert "pi" not in cards()
    assert "who" in cards()


def test_an_attempt_moves_the_cards_there_are(days_later: Days, learner: User) -> None:
    finish(learner, WRONG)
    days_later(1)
    finish(learner, MISSED_ONE)
    days = due_days()
    assert days["who"] == "11-23 19:00"
    assert days["income"] == days["capital"] == days["pi"] == "11-24 19:00"
    assert len(cards()) == 4


def test_known_questions_come_back_later_and_later_and_forgotten_ones_tomorrow(
    days_later: Days, learner: User
) -> None:
    finish(learner, MISSED_ONE)
    pauses = []
    for answer in ("b", "b", "b", "a", "b"):
        before = cards()["who"].due_at
        client = days_later((before - the_clock.now()).total_seconds() / 86400)
        reply(client, client.get(REVIEWS), {"who": [answer]})
        pauses.append((cards()["who"].due_at - before).days)
    assert pauses == [2, 6, 17, 2, 4]


def test_no_pause_is_longer_than_a_year(app: Flask) -> None:
    state = spacing.first_missed(1, the_clock.today())
    for _ in range(12):
        due = spacing.due_at(state)
        state = spacing.reviewed(state, the_clock.local(due).date(), remembered=True)
    assert (spacing.due_at(state) - due).days == 365


def test_a_right_answer_is_praised_with_feedback_and_the_day_it_comes_back(
    days_later: Days, learner: User
) -> None:
    finish(learner, MISSED_ONE)
    client = days_later(1)
    sent = reply(client, client.get(REVIEWS), RIGHT)
    assert sent.status_code == 303
    page = text_of(client.get(sent.location))
    for word in ("Дұрыс!", "КЕРІ-МӘСЛИХАТ", "ТҮСІНДІРМЕ", "2026 ж. 25 қар"):
        assert word in page, page


def test_a_wrong_answer_is_met_with_the_right_one_in_both_languages(
    days_later: Days, learner: User
) -> None:
    finish(learner, MISSED_ONE)
    client = days_later(1)
    sent = reply(client, client.get("/ru/quizzes/reviews"), WRONG)
    russian = text_of(client.get(sent.location))
    for word in ("На этот раз неверно", "ОТКЛИК-АКИМ", "Правильный ответ", "Маслихат"):
        assert word in russian
    kazakh = text_of(client.get(sent.location.replace("/ru/", "/kk/")))
    for word in ("Бұл жолы дұрыс болмады", "КЕРІ-ӘКІМ", "Дұрыс жауап", "Мәслихат"):
        assert word in kazakh
    assert due_days()["who"] == "11-23 19:00"


def test_nothing_about_right_answers_reaches_the_browser_before_an_answer(
    days_later: Days, learner: User
) -> None:
    finish(learner, WRONG)
    client = days_later(1)
    for _ in range(4):
        for language in ("kk", "ru", "en"):
            page = client.get(f"/{language}/quizzes/reviews")
            address, carried = form_of(page)
            junk = {asked_on(page): "?", **carried}
            refused = client.send(address, junk) if asked_on(page) == "pi" else page
            empty = client.send(address, carried)
            assert empty.status_code == 400
            for shown in (page, refused, empty):
                for word in SECRET_WORDS:
                    assert word not in shown.get_data(as_text=True)
        reply(client, client.get(REVIEWS), RIGHT)
    assert "Бүгін қайталайтын сұрақ жоқ." in text_of(client.get(REVIEWS))


def test_the_bytes_of_a_question_are_the_same_whatever_is_right(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
    clock: Clock,
) -> None:
    def pages() -> list[str]:
        """Today's four questions as they are asked, without what differs from day to day."""
        clock.move(days=1)
        client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
        seen = []
        for _ in range(4):
            page = client.get(REVIEWS)
            address, carried = form_of(page)
            assert carried["question_version"].isdecimal()  # not a digest, which could be guessed
            volatile = r'name="(csrf_token|card_state|question_version)" value="[^"]*"'
            seen.append(re.sub(volatile, "", page.get_data(as_text=True)))
            client.send(address, {**carried, "not_known": "1"})
        return [re.sub(r"\d / \d", "", page) for page in seen]

    enrol(learner, make_quiz("shuffle = false"))
    finish(learner, {})
    before = pages()
    make_quiz("shuffle = false", kk=other(QUIZ_KK), ru=other(QUIZ_RU))
    assert pages() == before


@pytest.mark.parametrize(
    "rules", ['shows = "score"', 'shows = "nothing"', 'shows_when = "closed", attempts = 3']
)
def test_a_quiz_that_keeps_its_answers_back_is_not_reviewed(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
    clock: Clock,
    rules: str,
) -> None:
    enrol(learner, make_quiz(rules))
    finish(learner, WRONG)
    clock.move(days=1)
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    assert "Бүгін қайталайтын сұрақ жоқ." in text_of(client.get(REVIEWS))
    assert services.count_due(learner.id) == 0
    card = cards()["who"].id
    for version in range(1, 9):
        guessed = {"question_version": str(version), "card_state": "", "not_known": "1"}
        assert client.send(f"{REVIEWS}/{card}", guessed).status_code == 404


def test_a_made_up_result_address_shows_nothing(days_later: Days, learner: User) -> None:
    finish(learner, MISSED_ONE)
    client = days_later(1)
    address, carried = form_of(client.get(REVIEWS))
    other = sign_out_and_send(client, address, carried)
    for answer in ("", "x", other):
        page = client.get(f"{address}/result", query_string={"answer": answer})
        assert page.status_code == 303
        assert page.location == REVIEWS


def sign_out_and_send(client: Client, address: str, carried: dict[str, str]) -> str:
    """What the door seals of a form that comes without a session."""
    fresh = client.application.test_client()
    page = fresh.send(  # type: ignore[attr-defined]
        address, {"version": carried["question_version"], "answer": "null"}
    )
    found = re.search(r'name="held"[^>]* value="([^"]+)"', page.get_data(as_text=True))
    assert found
    return found[1]


def test_the_same_form_sent_twice_moves_the_card_once(days_later: Days, learner: User) -> None:
    finish(learner, MISSED_ONE)
    client = days_later(1)
    page = client.get(REVIEWS)
    first = reply(client, page, RIGHT)
    state = cards()["who"].state
    second = reply(client, page, RIGHT)
    assert first.location == second.location
    assert client.get(second.location).status_code == 200
    assert cards()["who"].state == state
    # Another answer from the same page is shown its result, and moves nothing either.
    assert reply(client, page, WRONG).status_code == 303
    assert cards()["who"].state == state


def test_a_refused_form_does_not_forget_that_it_was_old(days_later: Days, learner: User) -> None:
    finish(learner, {**RIGHT, "pi": ["4"]})
    client = days_later(1)
    page = client.get(REVIEWS)
    reply(client, page, RIGHT)
    state = cards()["pi"].state
    refused = reply(client, page, {"pi": ["үш"]})
    assert reply(client, refused, {"pi": ["5"]}).status_code == 303
    assert cards()["pi"].state == state


def test_a_review_changes_no_score_attempt_or_ledger(days_later: Days, learner: User) -> None:
    finish(learner, WRONG)
    client = days_later(1)

    def rest() -> dict[str, list[str]]:
        tables = (
            "quizzes_attempt", "quizzes_attempt_question", "quizzes_answer", "courses_completion",
            "courses_enrolment", "lms_job",
        )  # fmt: skip
        found = {
            t: [str(r) for r in db.session.execute(text(f"SELECT * FROM {t}"))] for t in tables
        }  # noqa: S608
        db.session.commit()
        return found

    before = rest()
    for _ in range(4):
        reply(client, client.get(REVIEWS), RIGHT)
    assert rest() == before


def test_options_stand_in_another_order_each_day_and_the_same_all_day(
    days_later: Days, learner: User
) -> None:
    finish(learner, MISSED_ONE)

    def order(client: Client) -> list[str]:
        body = client.get(REVIEWS).get_data(as_text=True)
        return re.findall(r'name="who" value="(\w)"', body)

    seen = set()
    for _ in range(8):
        client = days_later(1)
        assert order(client) == order(client)
        assert sorted(order(client)) == ["a", "b", "c"]
        seen.add(tuple(order(client)))
    assert len(seen) > 1


def test_whoever_does_not_remember_sees_the_answer_and_meets_it_tomorrow(
    days_later: Days, learner: User
) -> None:
    finish(learner, MISSED_ONE)
    client = days_later(1)
    address, carried = form_of(client.get(REVIEWS))
    sent = client.send(address, {**carried, "not_known": "1"})
    page = text_of(client.get(sent.location))
    assert "Мәслихат" in page
    assert "Еске түсірейік" in page
    assert "Сіздің жауабыңыз" not in page
    assert due_days()["who"] == "11-23 19:00"


def test_an_answer_that_cannot_be_read_comes_back_filled_in(
    days_later: Days, learner: User
) -> None:
    finish(learner, {**RIGHT, "pi": ["4"]})
    client = days_later(1)
    page = client.get(REVIEWS)
    before = due_days()
    refused = reply(client, page, {"pi": ["үш бүтін"]})
    assert refused.status_code == 400
    assert 'value="үш бүтін"' in refused.get_data(as_text=True)
    assert "Сан жазыңыз, мысалы" in text_of(refused)
    assert "Сұрақ 1 / 1" in text_of(refused)
    assert due_days() == before
    assert reply(client, refused, {"pi": ["3.14"]}).status_code == 303


@pytest.mark.parametrize("quiz", [test_pairs, test_gaps, test_sums])
def test_questions_of_every_kind_come_back(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
    clock: Clock,
    quiz: Any,
) -> None:
    enrol(learner, make_quiz(kk=quiz.KK, ru=quiz.RU))
    finish(learner, {})
    count = len(cards())
    assert count
    clock.move(days=1)
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    for number in range(count):
        page = client.get(REVIEWS)
        assert f"Сұрақ 1 / {min(5, count - number)}" in text_of(page)
        address, carried = form_of(page)
        assert client.send(address, carried).status_code == 400
        result = client.send(address, {**carried, "not_known": "1"}).location
        assert "Дұрыс жауап" in text_of(client.get(result))


def test_a_stale_token_loses_nothing(days_later: Days, learner: User) -> None:
    finish(learner, {**RIGHT, "capital": ["Алматы"]})
    client = days_later(1)
    page = client.get(REVIEWS)
    address, carried = form_of(page)
    stale = client.post(address, data={**carried, "capital": "Астана", "csrf_token": "old"})
    assert stale.status_code == 400
    assert 'value="Астана"' in stale.get_data(as_text=True)
    assert form_of(stale) == (address, carried)
    assert cards()["capital"].state["last_review"] == "2026-11-21T19:00:00+00:00"


def test_a_lost_session_carries_the_answer_to_the_door(
    app: Flask, days_later: Days, learner: User
) -> None:
    finish(learner, MISSED_ONE)
    address, carried = form_of(days_later(1).get(REVIEWS))
    nobody: Client = app.test_client()  # type: ignore[assignment]
    door = nobody.send(address, {**carried, "who": "b"})
    assert door.status_code == 401
    assert 'name="held"' in door.get_data(as_text=True)


def test_a_sitting_is_five_questions_and_ends_with_how_it_went(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
    clock: Clock,
) -> None:
    enrol(learner, make_quiz(kk=many(7), ru=many(7)))
    finish(learner, {})
    clock.move(days=1)
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    page = client.get(REVIEWS)
    for number in range(1, 6):
        assert f"Сұрақ {number} / 5" in text_of(page)
        right = {asked_on(page): ["b" if number == 2 else "a"]}
        result = client.get(reply(client, page, right).location)
        way_on = re.search(r'button-big" href="([^"]+)"', result.get_data(as_text=True))
        assert way_on
        page = client.get(way_on[1])
    summary = text_of(page)
    assert "Бүгінге осы жеткілікті" in summary
    assert "Дұрыс жауап: 4 / 5" in summary
    assert "Тағы 2 сұрақ күтіп тұр." in summary
    again = client.get(REVIEWS)
    assert "Сұрақ 1 / 2" in text_of(again)
    for so_far in ("", "1"):
        page = client.get(REVIEWS, query_string={"so_far": so_far})
        reply(client, page, {asked_on(page): ["a"]})
    # The one answered wrong comes back first.
    assert "Келесі қайталау күні: 2026 ж. 24 қар" in text_of(
        client.get(REVIEWS, query_string={"so_far": "11"})
    )
    assert "На сегодня достаточно" in text_of(client.get("/ru/quizzes/reviews?so_far=11"))


def many(count: int) -> str:
    questions = "".join(
        f"## Сұрақ {n}? {{#q{n}}}\n\n- [x] Иә, {n}\n  > ә\n- [ ] Жоқ, {n}\n  > ә\n\n> [!NOTE]\n> ә\n\n"
        for n in range(count)
    )
    return f"# Тест\n\n{questions}"


@pytest.mark.parametrize("so_far", ["2", "111111", "1\n", "' OR 1", "<b>"])
def test_a_made_up_sitting_counts_for_nothing(days_later: Days, learner: User, so_far: str) -> None:
    finish(learner, MISSED_ONE)
    page = text_of(days_later(1).get(REVIEWS, query_string={"so_far": so_far}))
    assert "Сұрақ 1 / 1" in page


def test_a_corrected_question_is_asked_in_its_newest_wording(
    days_later: Days, learner: User, make_quiz: Callable[..., Course]
) -> None:
    finish(learner, MISSED_ONE)
    make_quiz(kk=QUIZ_KK.replace("Бюджетті кім", "Ауыл бюджетін кім"), ru=QUIZ_RU)
    client = days_later(1)
    page = client.get(REVIEWS)
    assert "Ауыл бюджетін кім бекітеді?" in text_of(page)
    # Taken back, the first wording is the newest again; who had the other open is marked by that.
    make_quiz()
    assert "Бюджетті кім бекітеді?" in text_of(client.get(REVIEWS))
    result = client.get(reply(client, page, RIGHT).location)
    assert "Ауыл бюджетін кім бекітеді?" in text_of(result)


def test_retired_questions_and_quizzes_do_not_come_up(
    days_later: Days,
    learner: User,
    make_quiz: Callable[..., Course],
    make_course: Callable[..., Course],
) -> None:
    finish(learner, WRONG)

    def without(quiz: str, key: str) -> str:
        return re.sub(rf"## [^\n]+ {{#{key}}}.*?(?=\n## |\Z)", "", quiz, flags=re.S)

    make_quiz(kk=without(QUIZ_KK, "who"), ru=without(QUIZ_RU, "who"))
    client = days_later(1)
    assert "Сұрақ 1 / 3" in text_of(client.get(REVIEWS))
    make_course()
    assert "Бүгін қайталайтын сұрақ жоқ." in text_of(client.get(REVIEWS))
    assert len(cards()) == 4


def test_without_enrolment_nothing_comes_up(days_later: Days, learner: User) -> None:
    finish(learner, WRONG)
    for statement in (
        "UPDATE quizzes_attempt SET enrolment_id = NULL",
        "DELETE FROM courses_completion",
        "DELETE FROM courses_enrolment",
    ):
        db.session.execute(text(statement))
    db.session.commit()
    assert "Бүгін қайталайтын сұрақ жоқ." in text_of(days_later(1).get(REVIEWS))
    assert services.count_due(learner.id) == 0


def test_a_question_whose_kind_is_gone_does_not_come_up(
    app: Flask, days_later: Days, learner: User
) -> None:
    finish(learner, {**RIGHT, "pi": ["4"]})
    client = days_later(1)
    address, carried = form_of(client.get(REVIEWS))
    app.extensions["lms.contributions"] = [
        c for c in app.extensions["lms.contributions"] if getattr(c, "name", "") != "numeric"
    ]
    app.extensions["lms.contributed"] = {}
    assert "Бүгін қайталайтын сұрақ жоқ." in text_of(client.get(REVIEWS))
    assert client.send(address, {**carried, "pi": "3"}).status_code == 400


def test_a_foreign_card_is_not_there(
    app: Flask, days_later: Days, learner: User, stranger: User, enrol: Callable[..., Enrolment]
) -> None:
    finish(learner, MISSED_ONE)
    enrol(stranger, db.session.scalars(select(Course)).one())
    client = days_later(1)
    page = client.get(REVIEWS)
    address, carried = form_of(page)
    other: Client = sign_in(app.test_client(), stranger)  # type: ignore[assignment]
    before = cards()["who"].state
    assert other.send(address, {**carried, "who": "b"}).status_code == 404
    assert cards()["who"].state == before
    result = reply(client, page, RIGHT).location
    assert other.get(result).status_code == 404
    assert client.get(result).status_code == 200
    assert "Бүгін қайталайтын сұрақ жоқ." in text_of(other.get(REVIEWS))


@pytest.mark.parametrize("version", ["", "x", "0", "9" * 9, "9" * 64, "²", "ә"])
def test_a_version_that_is_not_of_this_question_is_not_found(
    days_later: Days, learner: User, version: str
) -> None:
    finish(learner, MISSED_ONE)
    client = days_later(1)
    address, carried = form_of(client.get(REVIEWS))
    sent = client.send(address, {**carried, "question_version": version, "who": "b"})
    assert sent.status_code == 404


def test_the_address_of_a_form_leads_to_the_page_when_it_is_read(
    days_later: Days, learner: User
) -> None:
    finish(learner, MISSED_ONE)
    client = days_later(1)
    address, _ = form_of(client.get(REVIEWS))
    assert client.get(address).location == REVIEWS


def test_nobody_reviews_without_signing_in(app: Flask) -> None:
    page = app.test_client().get("/ru/quizzes/reviews")
    assert page.status_code == 303
    assert page.location == "/ru/accounts/login?next=/ru/quizzes/reviews"


def test_my_learning_tells_of_questions_only_when_some_are_due(
    days_later: Days, learner: User
) -> None:
    finish(learner, WRONG)
    learning = "courses/enrolments"
    assert "quizzes/reviews" not in days_later(0).get(f"/kk/{learning}").get_data(as_text=True)
    client = days_later(1)
    page = client.get(f"/kk/{learning}")
    assert "Бүгін қайталайтын сұрақтар: 4" in text_of(page)
    assert f'href="{REVIEWS}"' in page.get_data(as_text=True)
    assert "Сегодня на повторение: 4 вопроса" in text_of(client.get(f"/ru/{learning}"))


@pytest.mark.parametrize("count", [1, 40])
def test_statements_stay_few_however_many_questions_were_missed(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
    clock: Clock,
    count_statements: Callable[[], Any],
    count: int,
) -> None:
    enrol(learner, make_quiz(kk=many(count), ru=many(count)))
    finish(learner, {})
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    client.get("/kk/courses/enrolments")
    with count_statements() as idle:
        client.get("/kk/courses/enrolments")
    clock.move(hours=11)
    client.get(REVIEWS)
    with count_statements() as dashboard:
        client.get("/kk/courses/enrolments")
    with count_statements() as asking:
        page = client.get(REVIEWS)
    with count_statements() as answering:
        sent = reply(client, page, {asked_on(page): ["a"]})
    with count_statements() as result:
        assert client.get(sent.location).status_code == 200
    of_cards = [s for s in dashboard if "quizzes_card" in s]
    assert len(of_cards) == 1, dashboard
    assert len([s for s in dashboard if "quizzes_" in s]) == 1, dashboard
    assert len(idle) <= 6, idle
    assert len(asking) <= 3, asking
    assert len(answering) <= 3, answering
    assert len(result) <= 2, result


def test_marking_an_attempt_costs_two_statements_more(
    app: Flask,
    learner: User,
    make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
    count_statements: Callable[[], Any],
) -> None:
    enrol(learner, make_quiz(kk=many(30), ru=many(30)))
    with count_statements() as sent:
        finish(learner, {})
    assert len([s for s in sent if "quizzes_card" in s]) == 2
    assert len(cards()) == 30


def test_the_export_holds_the_cards_and_erasure_takes_them(
    browser: Client, learner: User, stranger: User, enrol: Callable[..., Enrolment]
) -> None:
    enrol(stranger, db.session.scalars(select(Course)).one())
    finish(learner, MISSED_ONE)
    finish(stranger, MISSED_ONE)
    kept = [row for row in privacy.export(learner.id)["quizzes"] if "comes_back_at" in row]
    assert kept == [
        {
            "course": "village",
            "quiz": "test",
            "question": "who",
            "last_review": "2026-11-21T19:00:00+00:00",
            "comes_back_at": "2026-11-22T19:00:00+00:00",
        }
    ]
    privacy.erase(learner.id)
    db.session.commit()
    assert [card.user_id for card in db.session.scalars(select(Card))] == [stranger.id]
    assert services.count_due(learner.id) == 0


def test_two_submissions_of_one_attempt_make_each_card_once(browser: Client, learner: User) -> None:
    attempt = finish(learner, WRONG)
    states = {key: card.state for key, card in cards().items()}
    browser.send(f"/kk/quizzes/attempts/{attempt.token}/submission")
    assert {key: card.state for key, card in cards().items()} == states
    assert db.session.scalars(select(Attempt)).one().score == 0
