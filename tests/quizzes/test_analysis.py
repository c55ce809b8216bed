"""Item analysis and the list of attempts: figures worked out by hand, and who may see them."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms import privacy
from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes import services
from lms.quizzes.items import Item
from lms.quizzes.models import AnswerRow, Attempt, AttemptQuestion, Pool
from lms.quizzes.services import Wanted
from lms.testing import Client, Clock

from .conftest import QUIZ_KK, QUIZ_RU
from .trainers import Given, answer, chose, newest_pool, record, wrote

ANALYSIS = "/kk/quizzes/village/test/analysis"
ATTEMPTS = "/kk/quizzes/village/test/attempts"
RIGHT_PI, WRONG_PI = wrote("3,14", 1), wrote("4", 0)


@pytest.fixture
def pool(make_quiz: Callable[..., Course]) -> Pool:
    make_quiz()
    return newest_pool()


@pytest.fixture
def trainer(app: Flask, make_user: Callable[..., User]) -> Client:
    """The browser of a trainer of this course alone."""
    user = make_user(name="Тренер", role="trainer", course="village")
    return sign_in(app.test_client(), user)  # type: ignore[return-value]


def item_of(pool: Pool, key: str) -> Item:
    return services.analyse_quiz(pool, key)[0]


def reasons_of(pool: Pool, key: str) -> list[str]:
    return [str(reason.words) for reason in item_of(pool, key).reasons]


def spread_pi(pool: Pool, times: int = 20) -> None:
    """Attempts in which the rest of the quiz goes both ways."""
    record(pool, {"who": chose("b", 1), "pi": RIGHT_PI}, times=times)
    record(pool, {"who": chose("a", 0), "pi": WRONG_PI}, times=times)


# --- Figures ------------------------------------------------------------------------------------


def test_facility_and_discrimination_are_what_one_works_out_by_hand(pool: Pool) -> None:
    record(pool, {"who": chose("b", 1), "pi": RIGHT_PI})
    record(pool, {"who": chose("b", 1), "pi": WRONG_PI})
    record(pool, {"who": chose("a", 0), "pi": WRONG_PI}, times=2)
    who, pi = services.analyse_quiz(pool)
    assert (who.question.id, who.answers, who.facility) == ("who", 4, 0.5)
    assert (pi.question.id, pi.answers, pi.facility) == ("pi", 4, 0.25)
    # Two by two: (1 · 2 − 1 · 0) ÷ √(2 · 2 · 1 · 3)
    assert who.discrimination == pytest.approx(2 / math.sqrt(12))
    assert pi.discrimination == pytest.approx(2 / math.sqrt(12))


def test_the_rest_is_weighed_as_the_attempt_was(pool: Pool) -> None:
    for who, income, pi in ((1, 1, 0), (1, 0, 1), (0, 0, 1), (0, 0, 0)):
        given = {"who": Given(who), "income": Given(income), "pi": Given(pi)}
        record(pool, given)
    db.session.execute(
        update(AttemptQuestion).where(AttemptQuestion.position == 2).values(weight=3)
    )
    db.session.commit()
    # The rest of “who” is (3 · income + pi) ÷ 4: 0.75, 0.25, 0.25, 0. Around the means 0.5 and 0.3125:
    # 0.5 · (0.4375 − 0.0625 + 0.0625 + 0.3125) = 0.375; √(1 · 0.296875) = 0.544862
    assert item_of(pool, "who").discrimination == pytest.approx(0.375 / 0.544862, abs=1e-5)


def test_attempts_of_different_length_are_compared_by_the_share_they_reached(pool: Pool) -> None:
    record(pool, {"who": Given(1), "income": Given(1), "pi": Given(0)})
    record(pool, {"who": Given(0), "income": Given(0), "pi": Given(0)})
    record(pool, {"who": Given(0), "income": Given(1)})
    record(pool, {"who": Given(1), "income": Given(1)})
    db.session.execute(
        update(AttemptQuestion).where(AttemptQuestion.position == 2).values(weight=3)
    )
    db.session.commit()
    # The rest of “income” is 0.5, 0, 0, 1: 0.375 ÷ √(0.75 · 0.6875)
    assert item_of(pool, "income").discrimination == pytest.approx(0.522233, abs=1e-5)


def test_a_quiz_of_one_question_has_no_rest_to_compare_with(pool: Pool) -> None:
    record(pool, {"who": chose("b", 1)}, times=20)
    record(pool, {"who": chose("a", 0)}, times=20)
    who = item_of(pool, "who")
    assert who.discrimination is None
    assert [option.best for option in who.options] == [None] * len(who.options)


def test_attempts_not_submitted_do_not_count_and_erased_ones_do(
    pool: Pool, learner: User, enrol: Callable[..., Enrolment]
) -> None:
    enrolment = enrol(learner, db.session.query(Course).one())
    record(pool, {"who": chose("a", 0)}, enrolment=enrolment, submitted=False, number=1)
    db.session.execute(update(AttemptQuestion).values(fraction=0))
    record(pool, {"who": chose("b", 1)}, enrolment=enrolment, number=2)
    assert item_of(pool, "who").answers == 1
    privacy.erase(learner.id)
    db.session.commit()
    who = item_of(pool, "who")
    assert (who.answers, who.facility, who.options) == (1, 1.0, [])


def test_the_newest_answer_in_time_is_the_one_looked_at(pool: Pool) -> None:
    record(pool, {"who": chose("a", 0), "pi": RIGHT_PI})
    asked = db.session.query(AttemptQuestion).filter_by(position=1).one()
    db.session.add(answer(asked, chose("b", 1), "ru"))
    db.session.flush()
    db.session.add(answer(asked, chose("c", 0), "kk", late=True))
    db.session.commit()
    shares = {option.letter: option.share for option in item_of(pool, "who").options}
    assert shares["b"] == 1
    assert shares["a"] == shares["c"] == 0


def test_options_are_shared_out_among_best_and_worst_third(pool: Pool) -> None:
    spread_pi(pool, times=3)
    record(pool, {"who": chose("a", 0), "pi": RIGHT_PI})
    who = {option.letter: option for option in item_of(pool, "who").options}
    assert (who["b"].best, who["b"].worst) == (3 / 4, 0)
    assert (who["a"].best, who["a"].worst) == (1 / 4, 1)
    assert who["b"].is_right
    assert not who["a"].is_right


def test_languages_are_compared_from_thirty_answers_in_each(pool: Pool) -> None:
    record(pool, {"who": chose("b", 1)}, times=30, language="kk")
    record(pool, {"who": chose("a", 0)}, times=29, language="ru")
    assert item_of(pool, "who").languages == {}
    record(pool, {"who": chose("b", 1)}, language="ru")
    assert item_of(pool, "who").languages == {"kk": (30, 1.0), "ru": (30, 1 / 30)}


# --- What is to be rewritten --------------------------------------------------------------------


def test_a_question_that_everybody_knows_is_too_easy(pool: Pool) -> None:
    record(pool, {"who": chose("b", 1)}, times=29)
    assert reasons_of(pool, "who") == []
    record(pool, {"who": chose("b", 1)})
    assert reasons_of(pool, "who") == ["Тым оңай: бәрі дерлік дұрыс жауап береді"]


def test_95_per_cent_is_not_too_easy_and_20_not_too_hard(pool: Pool) -> None:
    record(pool, {"who": chose("b", 1), "pi": wrote("4", 0)}, times=20)
    record(pool, {"who": chose("b", 1), "pi": wrote("4", 0)}, times=12)
    record(pool, {"who": chose("b", 1), "pi": wrote("3,14", 1)}, times=6)
    record(pool, {"who": chose("a", 0), "pi": wrote("3,14", 1)}, times=2)
    assert item_of(pool, "who").facility == 0.95
    assert item_of(pool, "pi").facility == 0.2
    assert not [r for key in ("who", "pi") for r in reasons_of(pool, key) if r.startswith("Тым")]


def test_a_question_that_hardly_anybody_knows_is_too_hard(pool: Pool) -> None:
    record(pool, {"who": chose("a", 0)}, times=33)
    record(pool, {"who": chose("b", 1)}, times=7)
    assert reasons_of(pool, "who") == ["Тым қиын: дұрыс жауап беретіндер өте аз"]


def test_a_question_that_tells_nothing_is_named(pool: Pool) -> None:
    for given in (chose("b", 1), chose("a", 0)):
        record(pool, {"who": given, "pi": RIGHT_PI}, times=10)
        record(pool, {"who": given, "pi": WRONG_PI}, times=10)
    assert item_of(pool, "who").discrimination == pytest.approx(0)
    assert reasons_of(pool, "who") == ["Білетін адамды білмейтін адамнан ажыратпайды"]


def test_a_wrong_option_that_the_best_choose_is_named(pool: Pool) -> None:
    record(pool, {"who": chose("c", 0), "pi": RIGHT_PI}, times=15)
    record(pool, {"who": chose("b", 1), "pi": RIGHT_PI}, times=15)
    record(pool, {"who": chose("b", 1), "pi": WRONG_PI}, times=15)
    record(pool, {"who": chose("a", 0), "pi": WRONG_PI}, times=15)
    who = item_of(pool, "who")
    # Half of the best and none of the worst: z = 0.5 ÷ √(0.25 · 0.75 · 2/30) = 4.47
    assert [option.letter for option in who.options if option.misleads] == ["c"]
    named = [reason.option for reason in who.reasons if reason.option]
    assert named == [who.question.text.words["options"]["c"]["html"]]


def test_a_wrong_option_that_chance_may_explain_is_not_named(pool: Pool) -> None:
    spread_pi(pool)
    record(pool, {"who": chose("c", 0), "pi": RIGHT_PI}, times=2)
    record(pool, {"who": chose("c", 0), "pi": WRONG_PI}, times=1)
    assert not any(option.misleads for option in item_of(pool, "who").options)


@pytest.mark.parametrize(
    ("kazakh", "russian", "each", "apart"),
    [
        (30, 20, 40, True),  # 25 points; z = 0.25 ÷ √(0.625 · 0.375 · 2/40) = 2.31: not plain
        (80, 60, 100, True),  # 20 points; z = 0.2 ÷ √(0.7 · 0.3 · 2/100) = 3.09
        (450, 400, 500, False),  # 10 points, plain but small
    ],
)
def test_languages_that_differ_much_and_plainly_are_named(
    pool: Pool, kazakh: int, russian: int, each: int, apart: bool
) -> None:
    for language, right in (("kk", kazakh), ("ru", russian)):
        record(pool, {"who": chose("b", 1)}, times=right, language=language)
        record(pool, {"who": chose("a", 0)}, times=each - right, language=language)
    named = ["Қазақша және орысша нәтижелер әртүрлі: екі мәтінді салыстырыңыз"]
    is_plain = each != 40
    assert reasons_of(pool, "who") == (named if apart and is_plain else [])


def test_a_rewritten_question_is_judged_anew_once_thirty_have_answered_it(
    make_quiz: Callable[..., Course],
) -> None:
    make_quiz()
    record(newest_pool(), {"who": chose("a", 0)}, times=40)
    assert reasons_of(newest_pool(), "who")
    old = QUIZ_KK.split("\n## ")[1].splitlines()[0].split(" {#")[0]
    make_quiz(kk=QUIZ_KK.replace(old, f"{old} Ойланыңыз?", 1))
    pool = newest_pool()
    record(pool, {"who": chose("b", 1)}, times=15)
    assert (item_of(pool, "who").answers, item_of(pool, "who").wordings) == (55, 2)
    record(pool, {"who": chose("b", 1)}, times=5)
    record(pool, {"who": chose("a", 0)}, times=10)
    who = item_of(pool, "who")
    assert (who.answers, who.wordings, who.facility, list(who.reasons)) == (30, 1, 20 / 30, [])


def test_a_question_taken_out_of_the_quiz_is_not_judged_any_more(
    make_quiz: Callable[..., Course],
) -> None:
    make_quiz()
    record(newest_pool(), {"who": chose("a", 0), "pi": RIGHT_PI}, times=40)
    shorter = [text[: text.index("\n## ")] + text[text.index("\n## ", text.index("\n## ") + 1) :]
               for text in (QUIZ_KK, QUIZ_RU)]  # fmt: skip
    make_quiz(kk=shorter[0], ru=shorter[1])
    assert [item.question.id for item in services.analyse_quiz(newest_pool())] == ["pi"]


def test_frequent_answers_leave_out_what_one_person_alone_wrote(pool: Pool) -> None:
    record(pool, {"pi": wrote("4", 0)}, times=2)
    record(pool, {"pi": wrote("3,14", 1)}, times=3)
    record(pool, {"pi": wrote("870101300000", 0)})
    found = services.frequent_answers(pool, "pi")
    assert found == [({"text": "3,14"}, 3), ({"text": "4"}, 2)]


# --- Pages --------------------------------------------------------------------------------------


def test_a_trainer_reads_which_question_to_rewrite_in_their_language(
    pool: Pool, trainer: Client
) -> None:
    record(pool, {"who": chose("a", 0)}, times=40)
    assert "Мына сұрақтарды қайта жазыңыз" in trainer.get(ANALYSIS).text
    page = trainer.get(ANALYSIS.replace("/kk/", "/ru/")).text
    assert "Перепишите эти вопросы" in page
    assert "Слишком трудный" in page
    assert "Бұл сұрақты қайта жазыңыз" in trainer.get(f"{ANALYSIS}/who").text
    assert trainer.get(f"{ANALYSIS}/no-such").status_code == 404


def test_the_pages_say_so_when_there_is_nothing_yet(pool: Pool, trainer: Client) -> None:
    assert "әлі ешкім жіберген жоқ" in trainer.get(ANALYSIS).text
    assert "Мұндай талпыныс жоқ" in trainer.get(ATTEMPTS).text
    assert 'class="error-summary"' not in trainer.get(ATTEMPTS).text
    assert trainer.get(f"{ANALYSIS}/who").status_code == 404


@pytest.mark.parametrize(
    "page", ["analysis", "analysis/who", "attempts", "attempts.csv", "attempts.xlsx"]
)
def test_only_trainers_of_the_course_see_it(
    app: Flask, pool: Pool, make_user: Callable[..., User], trainer: Client, page: str
) -> None:
    record(pool, {"who": chose("b", 1)})
    address = f"/kk/quizzes/village/test/{page}"
    assert trainer.get(address).status_code == 200
    for who in (
        make_user(),
        make_user(role="expert"),
        make_user(role="coordinator"),
        make_user(role="trainer", course="another"),
    ):
        assert sign_in(app.test_client(), who).get(address).status_code == 404
    asked = app.test_client().get(address)
    assert (asked.status_code, "login" in asked.location) == (303, True)
    assert trainer.get(address.replace("/test/", "/first/")).status_code == 404
    assert trainer.get(address.replace("/test/", "/none/")).status_code == 404


def test_the_start_page_leads_trainers_there_and_nobody_else(
    app: Flask, pool: Pool, trainer: Client, learner: User
) -> None:
    start = "/kk/courses/village/test"
    assert f'href="{ANALYSIS}"' in trainer.get(start).text
    assert ANALYSIS not in sign_in(app.test_client(), learner).get(start).text


def test_statements_do_not_grow_with_attempts(
    pool: Pool, trainer: Client, count_statements: Callable[[], Any]
) -> None:
    pages = (ANALYSIS, f"{ANALYSIS}/who", f"{ANALYSIS}/pi", ATTEMPTS, f"{ATTEMPTS}?language=kk",
             f"{ATTEMPTS}.xlsx", f"{ATTEMPTS}.csv")  # fmt: skip
    spread_pi(pool, times=5)
    few = statements_of(trainer, pages, count_statements)
    spread_pi(pool, times=495)
    assert statements_of(trainer, pages, count_statements) == few
    assert max(few) <= 15, few


def statements_of(
    client: Client, pages: tuple[str, ...], count_statements: Callable[[], Any]
) -> list[int]:
    found = []
    for page in pages:
        client.get(page)
        with count_statements() as sent:
            assert client.get(page).status_code == 200
        found.append(len(sent))
    return found


# --- The list of attempts -----------------------------------------------------------------------


def test_the_list_names_learners_and_shows_fifty_a_page(
    pool: Pool, trainer: Client, learner: User, enrol: Callable[..., Enrolment]
) -> None:
    record(pool, {"who": chose("b", 1)}, times=50)
    enrolment = enrol(learner, db.session.query(Course).one())
    record(pool, {"who": chose("b", 1)}, enrolment=enrolment)
    first, second = trainer.get(ATTEMPTS).text, trainer.get(f"{ATTEMPTS}?page=2").text
    assert learner.name in first
    assert learner.contact not in first
    assert (first.count("<tr>"), second.count("<tr>")) == (51, 2)
    assert "жойылған аккаунт" in second
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "3"])
def test_a_page_that_is_not_there_breaks_nothing(pool: Pool, trainer: Client, page: str) -> None:
    record(pool, {"who": chose("b", 1)})
    assert trainer.get(f"{ATTEMPTS}?page={page}").status_code == 200


def test_the_list_is_narrowed_by_state_result_language_and_day(
    pool: Pool, clock: Clock, learner: User, enrol: Callable[..., Enrolment]
) -> None:
    enrolment = enrol(learner, db.session.query(Course).one())
    record(pool, {"who": chose("b", 1)}, language="kk")
    record(pool, {"who": chose("a", 0)}, language="ru")
    clock.move(days=1)
    record(pool, {"who": chose("a", 0)}, enrolment=enrolment, submitted=False)
    activity, day = pool.activity_id, clock().date()
    for wanted, expected in (
        (Wanted(), 3),
        (Wanted(submitted=True), 2),
        (Wanted(submitted=False), 1),
        (Wanted(passed=True), 1),
        (Wanted(passed=False), 1),
        (Wanted(language="ru"), 1),
        (Wanted(language="kk"), 2),
        (Wanted(day=day), 1),
        (Wanted(day=day - timedelta(days=1)), 2),
        (Wanted(day=day - timedelta(days=1), language="ru", passed=False), 1),
        (Wanted(day=day, passed=True), 0),
    ):
        assert services.count_attempts(activity, wanted) == expected, wanted
        assert len(services.list_attempts(activity, wanted)) == expected, wanted


def test_a_day_is_a_day_in_kazakhstan(pool: Pool, clock: Clock) -> None:
    record(pool, {"who": chose("b", 1)})
    late_evening = clock().replace(hour=20)
    db.session.execute(update(Attempt).values(started_at=late_evening))
    db.session.commit()
    tomorrow = late_evening.date() + timedelta(days=1)
    assert services.count_attempts(pool.activity_id, Wanted(day=tomorrow)) == 1


def test_a_day_that_is_none_is_refused_in_words_and_kept(pool: Pool, trainer: Client) -> None:
    record(pool, {"who": chose("b", 1)})
    page = trainer.get(f"{ATTEMPTS}?day=31.02.2026&passed=yes").text
    assert 'class="error-summary"' in page
    assert "31.02.2026" in page
    assert trainer.get(f"{ATTEMPTS}?passed=perhaps").status_code == 200


def test_answers_without_a_language_are_listed_without_one(pool: Pool, trainer: Client) -> None:
    record(pool, {"who": chose("b", 1)}, language=None)
    assert db.session.query(AnswerRow).one().language is None
    assert trainer.get(ATTEMPTS).status_code == 200
