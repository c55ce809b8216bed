"""The pages of a quiz: each works, refuses bad input, and is closed to others."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Completion, Course, Enrolment
from lms.database import db
from lms.quizzes import services
from lms.quizzes.models import AnswerRow, Attempt
from lms.testing import Client

from .conftest import RIGHT, WRONG, begin, finish

QUIZ = "/kk/courses/village/test"
JSON = {"Accept": "application/json"}


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))))


def place_of(attempt: Attempt, question: str, lang: str = "kk") -> str:
    asked = {a.question.id: a for a in services.list_questions(attempt)}[question]
    let_go()
    return f"/{lang}/quizzes/attempts/{attempt.token}/{asked.position}"


def form_key(page: Any) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', page.get_data(as_text=True))
    assert found
    return found[1]


def answers() -> int:
    found = db.session.scalar(select(func.count()).select_from(AnswerRow)) or 0
    let_go()
    return found


def let_go() -> None:
    """End the test's own transaction: outside of requests each one holds the right to write."""
    db.session.commit()


@pytest.fixture
def attempt(browser: FlaskClient, learner: User) -> Attempt:
    """An attempt of the learner, just begun."""
    return begin(learner)


@pytest.fixture
def other(
    app: Flask, browser: FlaskClient, stranger: User, enrol: Callable[..., Enrolment]
) -> Client:
    """The browser of somebody else on the same course."""
    course = db.session.scalars(select(Course)).one()
    enrol(stranger, course)
    return sign_in(app.test_client(), stranger)  # type: ignore[return-value]


def test_the_start_page_tells_the_rules(browser: Client) -> None:
    page = text_of(browser.get(QUIZ))
    assert "Кіріспе сөз." in page
    assert "Сұрақтар: 4" in page
    assert "Өту шегі: 70%" in page
    assert "Тестті бастау" in page


def test_the_start_page_lists_earlier_attempts_and_the_best_result(
    browser: Client, learner: User
) -> None:
    finish(learner, WRONG)
    finish(learner, {**RIGHT, "pi": ["4"]})
    page = text_of(browser.get(QUIZ))
    assert "Ең жақсы нәтижеңіз: 75%" in page
    assert "Қайта тапсыру" in page


def test_attempts_left_are_shown_without_suffixes(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    enrol(learner, make_quiz("attempts = 3"))
    finish(learner, WRONG)
    client = sign_in(app.test_client(), learner)
    assert "Қалған талпыныс: 2" in text_of(client.get(QUIZ))
    course = text_of(client.get("/kk/courses/village"))
    assert "Өту шегі: 70%, ең жақсы нәтижеңіз: 0%, қалған талпыныс: 2" in course


def test_somebody_not_enrolled_is_led_to_the_course(
    app: Flask, browser: Client, stranger: User
) -> None:
    client: Client = sign_in(app.test_client(), stranger)  # type: ignore[assignment]
    assert "/kk/courses/village" in client.get(QUIZ).get_data(as_text=True)
    answer = client.send("/kk/quizzes/village/test/attempts")
    assert answer.status_code == 303
    assert answer.location == "/kk/courses/village"


def test_starting_leads_to_the_first_question(browser: Client) -> None:
    answer = browser.send("/kk/quizzes/village/test/attempts")
    assert answer.status_code == 303
    assert answer.location.endswith("/1")
    page = browser.get(answer.location)
    assert page.status_code == 200
    assert "Сұрақ 1 / 4" in text_of(page)


def test_starting_a_lesson_or_a_missing_quiz_is_not_found(browser: Client) -> None:
    assert browser.send("/kk/quizzes/village/first/attempts").status_code == 404
    assert browser.send("/kk/quizzes/village/nothing/attempts").status_code == 404
    assert browser.send("/kk/quizzes/nowhere/test/attempts").status_code == 404


def test_starting_without_attempts_left_leads_back_to_the_quiz(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    enrol(learner, make_quiz("attempts = 1"))
    finish(learner, WRONG)
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    answer = client.send("/kk/quizzes/village/test/attempts")
    assert answer.location == QUIZ
    assert "Барлық талпыныс пайдаланылды" in text_of(client.get(QUIZ))


def test_going_on_with_an_attempt_leads_to_the_first_question_without_answer(
    browser: Client, attempt: Attempt
) -> None:
    first = services.list_questions(attempt)[0]
    services.save_answer(attempt, first, {"text": "а"}, "key-0001")
    db.session.commit()
    answer = browser.send("/kk/quizzes/village/test/attempts")
    assert answer.location == f"/kk/quizzes/attempts/{attempt.token}/2"


def test_inputs_are_named_by_question_and_option(browser: Client, attempt: Attempt) -> None:
    page = browser.get(place_of(attempt, "who")).get_data(as_text=True)
    assert sorted(re.findall(r'type="radio" id="[^"]+" name="who" value="([^"]+)"', page)) == list(
        "abc"
    )
    page = browser.get(place_of(attempt, "income")).get_data(as_text=True)
    assert sorted(
        re.findall(r'type="checkbox" id="[^"]+" name="income" value="(\w)"', page)
    ) == list("abc")
    page = browser.get(place_of(attempt, "pi")).get_data(as_text=True)
    assert re.search(r'type="text" id="[^"]+" name="pi" value=""', page)


def test_saving_goes_on_and_the_answer_is_there_on_return(
    browser: Client, attempt: Attempt
) -> None:
    place = place_of(attempt, "who")
    answer = browser.send(place, {"who": "b"})
    assert answer.status_code == 303
    assert 'value="b" checked' in browser.get(place).get_data(as_text=True)


def test_the_last_question_leads_to_the_review(browser: Client, attempt: Attempt) -> None:
    answer = browser.send(f"/kk/quizzes/attempts/{attempt.token}/4", {})
    assert answer.location == f"/kk/quizzes/attempts/{attempt.token}/review"


def test_going_back_saves_too(browser: Client, attempt: Attempt) -> None:
    answer = browser.send(f"/kk/quizzes/attempts/{attempt.token}/3", {"go_to": "back"})
    assert answer.location == f"/kk/quizzes/attempts/{attempt.token}/2"
    assert answers() == 1


def test_an_unreadable_answer_shows_the_page_again_with_what_was_typed(
    browser: Client, attempt: Attempt
) -> None:
    answer = browser.send(place_of(attempt, "pi"), {"pi": "үш бүтін"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'role="alert"' in page
    assert 'value="үш бүтін"' in page
    assert "<title>Қате: " in page
    assert answers() == 0


@pytest.mark.parametrize("value", ["z", "b\x00", "1e309", "a" * 100_000])
def test_a_foreign_option_is_refused_and_nothing_is_stored(
    browser: Client, attempt: Attempt, value: str
) -> None:
    answer = browser.send(place_of(attempt, "who"), {"who": value})
    assert answer.status_code in {303, 400, 413}
    assert answers() == (1 if answer.status_code == 303 else 0)


def test_two_values_for_one_choice_are_refused(browser: Client, attempt: Attempt) -> None:
    answer = browser.send(place_of(attempt, "who"), {"who": ["a", "b"]})
    assert answer.status_code == 400


def test_fields_that_nobody_asked_for_change_nothing(browser: Client, attempt: Attempt) -> None:
    extra = {"score": "100", "passed": "1", "user_id": "1", "late": "0", "number": "9"}
    browser.send(place_of(attempt, "who"), {"who": "a", **extra})
    browser.send(f"/kk/quizzes/attempts/{attempt.token}/submission", extra)
    stored = db.session.scalars(select(Attempt)).one()
    assert (stored.score, stored.passed, stored.number) == (0, False, 1)


def test_the_same_form_sent_twice_is_one_answer(browser: Client, attempt: Attempt) -> None:
    place = place_of(attempt, "who")
    fields = {"who": "b", "form_key": form_key(browser.get(place))}
    first, second = browser.send(place, fields), browser.send(place, fields)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert answers() == 1


def test_another_answer_under_the_same_key_is_asked_for_once_more(
    browser: Client, attempt: Attempt
) -> None:
    place = place_of(attempt, "who")
    key = form_key(browser.get(place))
    browser.send(place, {"who": "b", "form_key": key})
    answer = browser.send(place, {"who": "a", "form_key": key})
    assert answer.status_code == 422
    assert 'value="a" checked' in answer.get_data(as_text=True)
    assert form_key(answer) != key
    assert answers() == 1
    assert browser.send(place, {"who": "a", "form_key": form_key(answer)}).status_code == 303


def test_a_script_gets_a_small_answer(browser: Client, attempt: Attempt) -> None:
    answer = browser.send(place_of(attempt, "who"), {"who": "b"}, headers=JSON)
    assert answer.json == {"saved": "Сақталды 14:00", "newest": True}
    assert len(answer.data) < 2000


def test_a_script_is_told_what_is_wrong(browser: Client, attempt: Attempt) -> None:
    place = place_of(attempt, "pi")
    assert browser.send(place, {"pi": "көп"}, headers=JSON).status_code == 400
    assert browser.post(place, data={"pi": "3"}, headers=JSON).status_code == 400
    fields = {"pi": "3", "form_key": "key-00000001"}
    browser.send(place, fields, headers=JSON)
    assert browser.send(place, {**fields, "pi": "4"}, headers=JSON).status_code == 422
    assert answers() == 1


def test_a_script_without_a_session_is_told_so(app: Flask, attempt: Attempt) -> None:
    client: Client = app.test_client()  # type: ignore[assignment]
    answer = client.send(place_of(attempt, "who"), {"who": "b"}, headers=JSON)
    assert answer.status_code == 401
    assert answers() == 0


def test_a_page_open_too_long_comes_back_filled_in(browser: Client, attempt: Attempt) -> None:
    answer = browser.post(place_of(attempt, "capital"), data={"capital": "Астана қаласы"})
    assert answer.status_code == 400
    assert 'value="Астана қаласы"' in answer.get_data(as_text=True)
    assert answers() == 0


def test_an_answer_sent_without_a_session_is_held_by_the_way_in(
    app: Flask, attempt: Attempt
) -> None:
    client: Client = app.test_client()  # type: ignore[assignment]
    answer = client.send(place_of(attempt, "capital"), {"capital": "Астана"})
    assert answer.status_code == 401
    assert 'name="held"' in answer.get_data(as_text=True)


def test_the_review_lists_every_question_with_a_way_to_change_it(
    browser: Client, attempt: Attempt
) -> None:
    browser.send(place_of(attempt, "who"), {"who": "a"})
    answer = browser.get(f"/kk/quizzes/attempts/{attempt.token}/review")
    page = answer.get_data(as_text=True)
    assert "Әкім" in page
    assert page.count(">жауап берілмеді</p>") == 3
    assert "3 сұраққа әлі жауап берілмеді" in text_of(answer)
    assert page.count("return_to=review") == 4


def test_changing_an_answer_returns_to_the_review(browser: Client, attempt: Attempt) -> None:
    place = place_of(attempt, "who")
    page = browser.get(place, query_string={"return_to": "review"}).get_data(as_text=True)
    assert '<input type="hidden" name="return_to" value="review">' in page
    answer = browser.send(place, {"who": "b", "return_to": "review"})
    assert answer.location.endswith("/review")


def test_submitting_leads_to_the_result(browser: Client, attempt: Attempt) -> None:
    for question, values in RIGHT.items():
        browser.send(place_of(attempt, question), {question: values})
    answer = browser.send(f"/kk/quizzes/attempts/{attempt.token}/submission")
    assert answer.status_code == 303
    page = text_of(browser.get(answer.location))
    assert "Тапсырылды: 100%" in page
    assert "Келесі: Сабақ 1" in page
    assert "КЕРІ-МӘСЛИХАТ" in page
    assert "ТҮСІНДІРМЕ" in page


def test_submitting_again_leads_to_the_same_result(browser: Client, attempt: Attempt) -> None:
    address = f"/kk/quizzes/attempts/{attempt.token}/submission"
    assert browser.send(address).location == browser.send(address).location


def test_a_failed_result_shows_what_was_right_and_offers_another_try(
    browser: Client, learner: User
) -> None:
    attempt = finish(learner, WRONG)
    page = text_of(browser.get(f"/kk/quizzes/attempts/{attempt.token}/result"))
    assert "Тапсырылмады: 0%" in page
    assert "Қайта тапсыру" in page
    assert "Дұрыс жауап Мәслихат" in page
    assert "КЕРІ-ӘКІМ" in page
    assert "КЕРІ-СОТ" not in page


def test_answering_after_submission_is_a_friendly_page(browser: Client, learner: User) -> None:
    attempt = finish(learner, WRONG)
    address = f"/kk/quizzes/attempts/{attempt.token}/1"
    asked = services.list_questions(attempt)[0]
    let_go()
    fields = {asked.question.id: RIGHT[asked.question.id]}
    answer = browser.send(address, fields)
    assert answer.status_code == 409
    assert f"/attempts/{attempt.token}/result" in answer.get_data(as_text=True)
    told = browser.send(address, fields, headers=JSON)
    assert told.status_code == 409
    assert told.json["result"].endswith("/result")
    assert browser.get(address).location.endswith("/result")


def test_pages_of_an_attempt_lead_where_it_stands(browser: Client, attempt: Attempt) -> None:
    base = f"/kk/quizzes/attempts/{attempt.token}"
    assert browser.get(f"{base}/result").location == f"{base}/review"
    browser.send(f"{base}/submission")
    assert browser.get(f"{base}/review").location == f"{base}/result"


@pytest.mark.parametrize("page", ["1", "review", "result", "999", "1000", "99999999999999999999"])
def test_reading_someone_elses_attempt_is_like_a_missing_one(
    other: Client, attempt: Attempt, page: str
) -> None:
    theirs = other.get(f"/kk/quizzes/attempts/{attempt.token}/{page}")
    missing = other.get(f"/kk/quizzes/attempts/{'x' * 22}/{page}")
    assert theirs.status_code == missing.status_code == 404
    assert same_page(theirs, attempt.token) == same_page(missing, "x" * 22)


@pytest.mark.parametrize("page", ["1", "submission"])
def test_writing_into_someone_elses_attempt_is_like_a_missing_one(
    other: Client, attempt: Attempt, page: str
) -> None:
    answer = other.send(f"/kk/quizzes/attempts/{attempt.token}/{page}", {"who": "b"})
    assert answer.status_code == 404
    assert answers() == 0
    assert db.session.scalars(select(Attempt.submitted_at)).one() is None


def test_questions_beyond_the_attempt_are_not_found(browser: Client, attempt: Attempt) -> None:
    for position in ("0", "5", "99999999999999999999"):
        assert browser.get(f"/kk/quizzes/attempts/{attempt.token}/{position}").status_code == 404


def test_visitors_are_led_to_sign_in(app: Flask, attempt: Attempt) -> None:
    answer = app.test_client().get(f"/kk/quizzes/attempts/{attempt.token}/1")
    assert answer.status_code == 303
    assert "/kk/accounts/login" in answer.location


def test_one_attempt_in_two_languages(browser: Client, attempt: Attempt) -> None:
    browser.send(place_of(attempt, "who"), {"who": "b"})
    browser.send(place_of(attempt, "income", "ru"), {"income": ["a", "c"]})
    page = browser.get(place_of(attempt, "who", "ru")).get_data(as_text=True)
    assert "Кто утверждает бюджет?" in page
    assert 'value="b" checked' in page
    browser.send(place_of(attempt, "capital", "ru"), {"capital": "астана"})
    browser.send(place_of(attempt, "pi"), {"pi": "3.14"})
    assert "Налог" in text_of(browser.get(f"/ru/quizzes/attempts/{attempt.token}/review"))
    answer = browser.send(f"/ru/quizzes/attempts/{attempt.token}/submission")
    assert "Сдан: 100 %" in text_of(browser.get(answer.location))
    assert "Тапсырылды: 100%" in text_of(browser.get(answer.location.replace("/ru/", "/kk/")))
    assert db.session.scalar(select(func.count()).select_from(Completion)) == 1


def test_where_a_language_is_missing_the_kazakh_text_is_marked_as_such(
    browser: Client, attempt: Attempt
) -> None:
    page = browser.get(place_of(attempt, "who", "en")).get_data(as_text=True)
    assert '<legend id="who-title" lang="kk">' in page
    assert '<span lang="kk">Мәслихат</span>' in page
    assert '<summary>Hint</summary><div lang="kk">' in page
    assert "Бюджетті кім бекітеді?" in page


def same_page(response: Any, token: str) -> str:
    page = response.get_data(as_text=True).replace(token, "TOKEN")
    return re.sub(r"<code>[0-9a-f]+</code>|value=\"[^\"]{20,}\"", "", page)
