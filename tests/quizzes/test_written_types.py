"""Slips of the pen in words, and units after numbers."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.quizzes.numbers import read_number, split_unit
from lms.quizzes.questions import AnswerProblem, Question
from lms.quizzes.spelling import distance
from lms.quizzes.written import NUMERIC, SHORT

from .conftest import begin
from .test_content import errors, question, read

SPACES = ["", " ", "\u00a0", "\u202f", "\u2009"]
words = st.text("абвгдеә", max_size=8)


def asked(*bodies: str, **settings: Any) -> Question:
    quiz, problems = read(*(question(body) for body in bodies), **settings)
    assert quiz is not None, problems
    return quiz.questions[0]


def short(typed: str, *bodies: str, typos: int = 1) -> float:
    return SHORT.mark(asked(*bodies, typos=typos), {"text": typed})


def number(typed: str, *bodies: str) -> float:
    it = asked(*bodies)
    assert it.type == "numeric"
    answer = NUMERIC.parse_answer(it, {"q": [typed]})
    return NUMERIC.mark(it, answer) if answer else 0


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("", "", 0), ("", "аб", 2), ("аб", "ба", 1), ("абв", "вба", 2), ("мәслихат", "мәслихт", 1),
     ("трансферт", "трасферт", 1), ("бюджет", "бюжет", 1), ("бюджет", "бюджетт", 1)],
)  # fmt: skip
def test_added_left_out_changed_and_swapped_letters_are_counted(
    one: str, other: str, far: int
) -> None:
    assert distance(one, other) == far


@given(words, words)
def test_distance_is_the_same_both_ways_and_none_only_from_itself(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize("typed", ["маслихат", "мәслиахт", "мәслхат", "мәслихатт", "МАСЛИХАД"])
def test_one_slip_is_overlooked_where_the_quiz_says_so(typed: str) -> None:
    assert short(typed, "- [=] Мәслихат") == 1


def test_without_the_setting_no_slip_is_overlooked() -> None:
    assert short("мәслхат", "- [=] Мәслихат", typos=0) == 0


def test_more_slips_than_the_quiz_says_are_wrong() -> None:
    assert short("мслхат", "- [=] Мәслихат", typos=1) == 0
    assert short("мслхат", "- [=] Мәслихат", typos=2) == 1


@pytest.mark.parametrize(
    ("body", "typed"),
    [("- [=] әкім", "әкімі"), ("- [=] № 148-II", "№ 149-II"), ("- [=] 148-ші заң бойынша", "149-ші заң бойынша"),
     ("- [=] а-ә-б-в", "а-ә-б-г")],
)  # fmt: skip
def test_short_words_and_digits_forgive_nothing(body: str, typed: str) -> None:
    assert short(typed, body, typos=2) == 0


def test_a_form_that_the_author_calls_wrong_is_wrong_and_is_told_why() -> None:
    body = "- [=] жиын\n- [=] жиналыс\n- [!] жиналым\n  > Ондай сөз жоқ."
    assert short("жиналым", body) == 0
    assert short("жиналыз", body) == 1
    assert SHORT.feedback(asked(body), {"text": "Жиналым."}) == ["<p>Ондай сөз жоқ.</p>"]


def test_a_form_is_wrong_in_every_language_unless_one_accepts_it() -> None:
    kk, ru = "- [=] субвенция", "- [=] субвенции\n- [!] субвенцил"
    assert short("субвенцил", kk, ru) == 0
    assert short("субвенции", kk + "\n- [!] субвенции", ru) == 1


def test_a_slip_is_shown_how_it_is_spelt_and_right_spelling_is_not() -> None:
    it = asked("- [=] Мәслихат\n  > Иә.", "- [=] маслихаты", typos=1)
    assert SHORT.feedback(it, {"text": "мәслихт"})[1:] == ["<p>Иә.</p>"]
    assert "Мәслихат" in SHORT.feedback(it, {"text": "мәслихт"})[0]
    assert SHORT.feedback(it, {"text": "мәслихат"}) == ["<p>Иә.</p>"]
    assert not any("Мәслихат" in said for said in SHORT.feedback(it, {"text": "маслихаты"}))


def test_how_many_slips_is_kept_with_the_question() -> None:
    assert asked("- [=] Мәслихат", typos=2).key == {"typos": 2}
    assert asked("- [=] Мәслихат").key == {}


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("- [!] жиналыс", 3, "no right answer"),
        ("- [=] жиын\n- [!] Жиын.", 6, "both right [=] and wrong [!]"),
        ("- [=] 12\n- [!] 21", 6, "[!] among numbers"),
        ("- [x] 12\n- [ ] 13\n- [!] 21", 7, "of one kind"),
        ("- [=] 1,000,000 ₸", 5, "not a number"),
    ],
)
def test_wrong_forms_that_make_no_sense_are_named(body: str, line: int, said: str) -> None:
    found = errors(body)
    assert len(found) == 1
    assert found[0].startswith(f"quiz.kk.md:{line}: ")
    assert said in found[0]


@pytest.mark.parametrize(
    "typed",
    ["12,5", "12.5", "12,50 км", "12.5км", "12,5 КМ.", "12,5\u00a0км", "12,5 километр",
     "12,5 километров"],
)  # fmt: skip
def test_the_unit_may_be_left_out_or_be_any_that_is_accepted(typed: str) -> None:
    kk = "- [=] 12,5 км\n- [=] 12,5 километр"
    assert number(typed, kk, "- [=] 12,5 км\n- [=] 12,5 километров") == 1


@pytest.mark.parametrize("typed", ["12,5 м", "12 500 м", "12,5 %", "12,5 мың км", "13 км"])
def test_another_unit_is_wrong(typed: str) -> None:
    assert number(typed, "- [=] 12,5 км") == 0


@pytest.mark.parametrize(
    ("body", "typed"),
    [("- [=] 500 000 ₸", "500000 теңге"), ("- [=] 500 000 теңге", "500 000 тг."),
     ("- [=] 20 %", "20 пайыз"), ("- [=] 20 пайыз", "20%"), ("- [=] 6 м²", "6 м2"),
     ("- [=] 10..12 км", "11 км"), ("- [=] 3,14 ± 0,01 м", "3,15 м"),
     ("- [=] 12 500 мың теңге", "12 500,00 мың тенге"), ("- [=] 20", "20 %")],
)  # fmt: skip
def test_a_unit_is_the_same_however_it_is_written(body: str, typed: str) -> None:
    assert number(typed, body) == 1


def test_a_unit_belongs_to_the_line_it_stands_in() -> None:
    body = "- [=] 12,5 км\n- [=] 12500 м"
    assert number("12500 м", body) == number("12,5 км", body) == number("12 500", body) == 1
    assert number("12500 км", body) == number("12,5 м", body) == 0


@pytest.mark.parametrize("typed", ["12 км", "он екі", "12 немесе 13", "км"])
def test_what_is_not_wanted_after_a_number_is_refused(typed: str) -> None:
    with pytest.raises(AnswerProblem):
        number(typed, "- [=] 12")


@pytest.mark.parametrize("typed", ["он екі км", "12 немесе 13 км", "12 ата мен бала", "км"])
def test_words_are_no_number_even_where_a_unit_is_wanted(typed: str) -> None:
    with pytest.raises(AnswerProblem):
        number(typed, "- [=] 12 км")


@pytest.mark.parametrize("word", ["5G", "№ 171-VIII", "22.11.2026", "2026 ж. 22 қараша"])
def test_words_with_digits_stay_words(word: str) -> None:
    assert asked(f"- [=] {word}").type == "short"


def test_feedback_goes_by_the_unit_too() -> None:
    it = asked("- [=] 12,5 км\n  > Иә.")
    assert NUMERIC.feedback(it, {"text": "12,5 км"}) == ["<p>Иә.</p>"]
    assert NUMERIC.feedback(it, {"text": "12,5 м"}) == []


@pytest.mark.parametrize(
    "typed", ["12 500,00", "12 500.00", "12500", "12\u00a0500", "12\u202f500,0"]
)
def test_one_number_in_many_spellings(typed: str) -> None:
    assert read_number(typed) == 12500


def test_no_page_before_submission_tells_a_unit_or_a_wrong_form(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    words = "- [=] ҚҰПИЯ-СӨЗ\n- [!] ҚАТЕ-СӨЗ\n  > ҚАТЕНІҢ-СЕБЕБІ"
    kk = question("- [=] 77,5 шақырым") + f"\n## Екінші {{#second}}\n\n{words}\n"
    enrol(learner, make_quiz("typos = 1, shuffle = false", kk=kk, ru=kk))
    client = sign_in(app.test_client(), learner)
    attempt = begin(learner)
    for place in ("1", "2", "review"):
        page = client.get(f"/kk/quizzes/attempts/{attempt.token}/{place}").get_data(as_text=True)
        for secret in ("77,5", "шақырым", "ҚҰПИЯ", "ҚАТЕ"):
            assert secret not in page


def test_a_comma_is_before_the_fraction_never_between_thousands() -> None:
    assert read_number("12,500") == Decimal("12.5")


@given(
    st.integers(0, 10**12),
    st.integers(0, 99),
    st.sampled_from(SPACES),
    st.sampled_from(",."),
    st.sampled_from(["", " км", "км", "\u00a0теңге", " м²"]),
)
def test_a_number_is_read_with_any_spaces_comma_or_point_and_unit(
    whole: int, hundredths: int, space: str, point: str, unit: str
) -> None:
    amount, found = split_unit(f"{whole:,}".replace(",", space) + f"{point}{hundredths:02}{unit}")
    assert read_number(amount) == whole + Decimal(hundredths) / 100
    assert found == unit.strip()


@given(st.text(max_size=200))
def test_no_text_crashes_the_reading_of_units(text: str) -> None:
    amount, unit = split_unit(text)
    assert amount.strip() in text
    assert unit in text
    read_number(amount)
