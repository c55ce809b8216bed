"""Texts with gaps: how they are written, marked and shown."""

import re
from collections.abc import Callable
from itertools import permutations

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.quizzes.gaps import GAPS
from lms.quizzes.models import Attempt
from lms.quizzes.questions import AnswerProblem, Question
from lms.testing import Client

from .conftest import begin
from .test_pairs import question, read
from .test_views import answers, place_of, text_of

KK = """# Бюджет

## Бос орындарды толтырыңыз. {#year}

Бюджет жылы [[1 қаңтар|бірінші қаңтар]] күні басталады, оны [[мәслихат|~әкім|~сот]] **бекітеді**.

- Мерзімі: [[12 500]] күн

> [!NOTE]
> ТҮСІНДІРМЕ
"""
RU = """# Бюджет

## Заполните пропуски. {#year}

Бюджетный год начинается [[1 января]], его [[маслихат|~аким|~суд]] **утверждает**.

- Срок: [[12 500]] дней

> [!NOTE]
> ОБЪЯСНЕНИЕ
"""


def year() -> Question:
    return read(KK, RU)[0][0]


def right_letter() -> str:
    letter: str = year().key["right"][1][0]
    return letter


def wrong_letter() -> str:
    return min({"a", "b", "c"} - {right_letter()})


def marked(*values: str) -> float:
    form = {f"year.{number}": [value] for number, value in enumerate(values, 1)}
    answer = GAPS.parse_answer(year(), form)
    return GAPS.mark(year(), answer) if answer else 0.0


@pytest.fixture
def client(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> Client:
    """The learner's browser, enrolled in a quiz of one text with gaps."""
    enrol(learner, make_quiz(kk=KK, ru=RU))
    return sign_in(app.test_client(), learner)  # type: ignore[return-value]


@pytest.fixture
def attempt(client: Client, learner: User) -> Attempt:
    """An attempt of the learner, just begun."""
    return begin(learner)


def test_gaps_are_read_from_paragraphs_and_lists_in_both_languages() -> None:
    questions, problems = read(KK, RU)
    assert problems == []
    assert [(q.id, q.type) for q in questions] == [("year", "gaps")]
    words = year().texts["kk"].words
    assert words["pieces"][0] == "<p>Бюджет жылы "
    assert words["pieces"][2].startswith(" <strong>бекітеді</strong>.</p>")
    assert words["pieces"][3] == " күн</li>\n</ul>"
    assert words["gaps"][0] == ["1 қаңтар", "бірінші қаңтар"]
    assert words["gaps"][1][right_letter()] == "мәслихат"
    assert year().texts["ru"].words["gaps"][1][right_letter()] == "маслихат"


def test_the_text_that_is_kept_has_numbers_in_place_of_gaps() -> None:
    body = year().texts["kk"].body
    assert 'Бюджет жылы <span class="gap">(1)</span> күні' in body
    assert "қаңтар" not in body
    assert "[[" not in body


def test_gaps_stand_in_tables_too_with_a_backslash_before_the_line() -> None:
    body = "| Айы | Күні |\n| --- | --- |\n| Қаңтар | [[1\\|бір]] |"
    [found] = read(question(body))[0]
    assert found.texts["kk"].words["gaps"] == [["1", "бір"]]


def test_gaps_in_code_are_code() -> None:
    [found] = read(question("`[[код]]` дегеніміз – [[жол]]."))[0]
    assert found.texts["kk"].words["gaps"] == [["жол"]]
    assert "<code>[[код]]</code>" in found.texts["kk"].body


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("Жыл\n[[]] басталады.", 6, "an empty answer in the gap [[]]"),
        ("Жыл [[қаңтар|]] басталады.", 5, "an empty answer"),
        ("Жыл [[қаңтар|~]] басталады.", 5, "an empty answer"),
        ("Жыл [[~қаңтар|~ақпан]] басталады.", 5, "no right answer in the gap"),
        ("Жыл [[қаңтар|~қаңтар]] басталады.", 5, "an option stands twice"),
        ("Жыл [[қаңтар басталады.", 5, "a gap without its end"),
        ("Жыл [[*қаңтар*]] басталады.", 5, "a gap without its end"),
        ("Жыл\n\nекі\nүш [[{{aek}}]] басталады.", 8, "a gap without its end"),
        ("Жыл [[қаңтар]].\n\n- [x] иә\n- [ ] жоқ", 5, "a question is of one kind"),
        ("- [x] [[иә]]\n- [ ] жоқ", 5, "a question is of one kind"),
        ("Жыл [[қаңтар]].\n\n> [!TIP]\n> Ай: [[қаңтар]]", 7, "in a heading or a box"),
        (" ".join(["[[а]]"] * 41), 3, "more than 40 gaps"),
        (f"[[{'а' * 201}]]", 5, "longer than 200"),
        ("|".join(["[[а", *(f"~{n}" for n in range(26))]) + "]]", 5, "more than 26 options"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(body: str, line: int, said: str) -> None:
    problems = read(question(body))[1]
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"quiz.kk.md:{line}: "), problems
    assert said in problems[0]


def test_a_gap_in_the_heading_is_an_error() -> None:
    problems = read("# Т\n\n## Жыл [[қаңтар]] басталады {#q}\n\nМәтін.\n")[1]
    assert problems[0].startswith("quiz.kk.md:3: a gap in a heading")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[12 500]]", "много", "gaps is typed, one of 3 here, but typed, one of 3, typed in"),
        ("|~суд", "", "gaps is typed, one of 2, typed here, but typed, one of 3, typed in"),
        ("маслихат|~аким", "~маслихат|аким", "right is –, 2, – here, but –, 1, – in"),
    ],
)
def test_languages_that_differ_are_an_error_with_both_places(old: str, new: str, said: str) -> None:
    problems = read(KK, RU.replace(old, new))[1]
    assert problems[0].startswith("quiz.ru.md:3: “year”: ")
    assert said in problems[0]
    assert problems[0].endswith("quiz.kk.md:3")


def test_each_right_gap_counts_its_share() -> None:
    assert marked("1 қаңтар", right_letter(), "12500") == 1
    assert marked("1 қаңтар", wrong_letter(), "12500") == pytest.approx(2 / 3)
    assert marked("1 қаңтар") == pytest.approx(1 / 3)
    assert marked("2 қаңтар", wrong_letter(), "12") == 0
    assert marked("", "", "") == 0


@pytest.mark.parametrize(
    "typed", ["1 Қаңтар", " 1  қаңтар. ", "1 кантар", "«бірінші қаңтар»", "1 января"]
)
def test_what_is_typed_is_compared_like_a_short_answer(typed: str) -> None:
    assert marked(typed) == pytest.approx(1 / 3)


@pytest.mark.parametrize("typed", ["12500", "12 500,00", "12\u00a0500.0"])
def test_a_number_is_right_however_it_is_typed(typed: str) -> None:
    assert marked("", "", typed) == pytest.approx(1 / 3)


@pytest.mark.parametrize("value", ["d", "мәслихат", "1", "<b>"])
def test_a_foreign_option_is_refused(value: str) -> None:
    with pytest.raises(AnswerProblem):
        GAPS.parse_answer(year(), {"year.2": [value]})


def test_a_long_answer_is_refused() -> None:
    with pytest.raises(AnswerProblem):
        GAPS.parse_answer(year(), {"year.1": ["а" * 201]})


def test_filling_a_form_is_the_inverse_of_reading_it() -> None:
    form = {"year.1": ["1 қаңтар"], "year.2": ["a"]}
    answer = GAPS.parse_answer(year(), form)
    assert answer is not None
    assert GAPS.fill(year(), answer) == form


def test_answers_are_described_with_their_number_and_as_text() -> None:
    answer = GAPS.parse_answer(year(), {"year.1": ["<b>"], "year.2": [right_letter()]})
    assert answer is not None
    assert GAPS.describe_answer(year(), answer) == ["(1) &lt;b&gt;", "(2) мәслихат"]
    assert GAPS.describe_right(year()) == ["(1) 1 қаңтар", "(2) мәслихат", "(3) 12 500"]


@settings(deadline=None, max_examples=6)
@given(st.sampled_from(list(permutations(["мәслихат", "~әкім", "~сот"]))))
def test_letters_of_options_say_nothing_about_what_is_right(parts: tuple[str, ...]) -> None:
    gaps = read(question(f"Оны [[{'|'.join(parts)}]] бекітеді."))[0][0].texts["kk"].words["gaps"]
    assert gaps == [year().texts["kk"].words["gaps"][1]]


texts = st.text(st.sampled_from("[]|~= аб*`\\{}\n-1.>"), max_size=40)


@settings(deadline=None, max_examples=300)
@given(texts)
def test_no_text_crashes_the_reader(text: str) -> None:
    assert all(re.match(r"quiz\.kk\.md:\d+: ", problem) for problem in read(question(text))[1])


def test_inputs_are_named_by_question_and_gap_and_have_labels(
    client: Client, attempt: Attempt
) -> None:
    page = client.get(place_of(attempt, "year")).get_data(as_text=True)
    assert re.search(r'<input class="gap" type="text" id="year.1" name="year.1" value=""', page)
    assert '<select class="gap" id="year.2" name="year.2" aria-label="Бос орын 2">' in page
    assert 'name="year.3" value="" placeholder="(3)" aria-label="Бос орын 3"' in page
    assert sorted(re.findall(r'<option value="(\w)">', page)) == ["a", "b", "c"]


def test_a_plain_form_saves_the_gaps_and_shows_them_again(client: Client, attempt: Attempt) -> None:
    place = place_of(attempt, "year")
    fields = {"year.1": '"қаңтар" <1>', "year.2": "b", "year.3": ""}
    assert client.send(place, fields).status_code == 303
    page = client.get(place).get_data(as_text=True)
    assert 'value="&#34;қаңтар&#34; &lt;1&gt;"' in page
    assert '<option value="b" selected>' in page
    russian = client.get(place_of(attempt, "year", "ru")).get_data(as_text=True)
    assert "Бюджетный год начинается" in russian
    assert '<option value="b" selected>' in russian


def test_a_refused_answer_shows_the_page_again_with_everything_typed(
    client: Client, attempt: Attempt
) -> None:
    answer = client.send(place_of(attempt, "year"), {"year.1": "қаңтар", "year.2": "z"})
    assert answer.status_code == 400
    assert 'value="қаңтар"' in answer.get_data(as_text=True)
    assert answers() == 0


def test_the_page_is_the_same_whatever_is_right(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]

    def page_of(kk: str, ru: str) -> str:
        make_quiz("shuffle = false", kk=kk, ru=ru)
        attempt = begin(learner)
        page = client.get(place_of(attempt, "year")).get_data(as_text=True)
        client.send(f"/kk/quizzes/attempts/{attempt.token}/submission")
        page = page.replace(attempt.token, "TOKEN")
        return re.sub(r'name="(csrf_token|form_key)" value="[^"]*"', "", page)

    enrol(learner, make_quiz("shuffle = false", kk=KK, ru=RU))
    before = page_of(KK, RU)
    for word in ("қаңтар", "12 500", "ТҮСІНДІРМЕ"):
        assert word not in before
    kk = KK.replace("мәслихат|~әкім", "~мәслихат|әкім").replace("[[12 500]]", "[[7|жеті]]")
    ru = RU.replace("маслихат|~аким", "~маслихат|аким").replace("[[12 500]]", "[[7]]")
    assert before == page_of(kk.replace("1 қаңтар|", ""), ru)


def test_the_result_shows_what_belongs_into_each_gap(client: Client, attempt: Attempt) -> None:
    client.send(place_of(attempt, "year"), {"year.1": "1 қаңтар", "year.2": wrong_letter()})
    answer = client.send(f"/kk/quizzes/attempts/{attempt.token}/submission")
    page = text_of(client.get(answer.location))
    assert "33%" in page
    assert "Бюджет жылы (1) күні басталады" in page
    assert "(2) мәслихат" in page
