"""Yes or no, and several choices that count in part."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.quizzes import services
from lms.quizzes.choice import MULTIPLE, TRUEFALSE

from .conftest import QUIZ_KK, QUIZ_RU, begin, finish, page_of, sheet_of
from .test_content import errors, question, read
from .test_marking import choice_of


def kind_and_key(body: str, **settings: Any) -> tuple[str, dict[str, Any]]:
    quiz, problems = read(question(body), **settings)
    assert quiz is not None, problems
    return quiz.questions[0].type, quiz.questions[0].key


@pytest.mark.parametrize(
    "words",
    ["Иә/Жоқ", "Дұрыс/Бұрыс", "дұрыс/дұрыс емес", "Да/Нет", "Верно/Неверно", "True/False",
     "Бұрыс/Дұрыс", "**Иә**/Жоқ."],
)  # fmt: skip
def test_the_words_of_yes_and_no_make_a_statement(words: str) -> None:
    yes, no = words.split("/")
    assert kind_and_key(f"- [ ] {yes}\n- [x] {no}") == (
        "truefalse",
        {"options": 2, "right": ["b"]},
    )


@pytest.mark.parametrize(
    "body",
    ["- [x] Иә\n- [ ] Нет", "- [x] Иә\n- [ ] Жоқ, әкім\n", "- [x] Иә\n- [ ] Жоқ\n- [ ] Білмеймін"],
)
def test_other_words_are_one_choice(body: str) -> None:
    assert kind_and_key(body)[0] == "single"


@pytest.mark.parametrize(
    ("body", "said"),
    [("- [ ] Иә\n- [ ] Жоқ", "no right answer"), ("- [x] Иә\n- [x] Жоқ", "every option is right")],
)
def test_a_statement_without_one_right_answer_is_an_error(body: str, said: str) -> None:
    assert len(errors(body)) == 1
    assert said in errors(body)[0]


def test_each_language_has_its_own_words_for_a_statement() -> None:
    quiz, problems = read(question("- [x] Иә\n- [ ] Жоқ"), question("- [x] Верно\n- [ ] Неверно"))
    assert quiz is not None, problems
    assert quiz.questions[0].type == "truefalse"


def test_yes_and_no_stand_as_written_for_everybody(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    enrol(
        learner, make_quiz(kk=question("- [x] Иә\n- [ ] Жоқ"), ru=question("- [x] Да\n- [ ] Нет"))
    )
    client = sign_in(app.test_client(), learner)
    attempt = begin(learner)
    assert services.list_questions(attempt)[0].order == []
    page = client.get(f"/kk/quizzes/attempts/{attempt.token}/1").get_data(as_text=True)
    assert page.index('value="a"') < page.index("Иә") < page.index('value="b"') < page.index("Жоқ")
    assert page.count('type="radio"') == 2


def test_a_statement_is_right_or_wrong() -> None:
    statement = choice_of(["b"], "truefalse")
    assert TRUEFALSE.mark(statement, {"options": ["b"]}) == 1
    assert TRUEFALSE.mark(statement, {"options": ["a"]}) == 0


def partial(right: list[str], ticked: list[str]) -> float:
    several = choice_of(right)
    several.key["partial"] = True
    return MULTIPLE.mark(several, {"options": ticked})


@pytest.mark.parametrize(
    ("ticked", "mark"),
    [("ab", 1), ("a", 0.5), ("ac", 0), ("abc", 0.5), ("abcd", 0), ("cd", 0), ("c", 0)],
)
def test_a_right_tick_counts_and_a_wrong_one_takes_away(ticked: str, mark: float) -> None:
    assert partial(["a", "b"], list(ticked)) == mark


@given(st.sets(st.sampled_from("abcd"), min_size=1), st.sets(st.sampled_from("abcd"), min_size=1))
def test_only_exactly_the_right_ticks_count_whole(right: set[str], ticked: set[str]) -> None:
    mark = partial(sorted(right), sorted(ticked))
    assert 0 <= mark <= 1
    assert (mark == 1) == (right == ticked)


def test_the_setting_is_kept_with_several_choices_alone() -> None:
    several = "- [x] бір\n- [x] екі\n- [ ] үш"
    assert kind_and_key(several, partial=True)[1]["partial"] is True
    assert "partial" not in kind_and_key(several)[1]
    assert "partial" not in kind_and_key("- [x] бір\n- [ ] екі", partial=True)[1]


def test_part_of_the_answers_counts_in_the_score_and_is_said(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    enrol(learner, make_quiz("partial = true"))
    attempt = finish(learner, {"who": ["b"], "income": ["a"], "capital": ["астана"], "pi": ["9"]})
    assert attempt.score == 62
    page = sign_in(app.test_client(), learner).get(f"/kk/quizzes/attempts/{attempt.token}/result")
    assert "ішінара дұрыс: 50%" in page.get_data(as_text=True)


def test_a_running_attempt_is_marked_by_the_rules_it_began_under(
    learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    enrol(learner, make_quiz())
    attempt = begin(learner)
    make_quiz("partial = true", kk=QUIZ_KK, ru=QUIZ_RU)
    assert page_of(learner).activity.settings["partial"] is True
    questions = services.list_questions(sheet_of(attempt, learner).attempt)
    several = next(asked.question for asked in questions if asked.question.id == "income")
    assert MULTIPLE.mark(several, {"options": ["a"]}) == 0
