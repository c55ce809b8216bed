"""A table of numbers to fill in: read, shown, answered and marked cell by cell."""

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.models import Course, Enrolment
from lms.quizzes.questions import AnswerProblem, Question
from lms.quizzes.sums import SUMS
from lms.testing import Client

from .conftest import begin, finish
from .test_content import errors, question, read

TABLE_KK = """Новоселов ауылдық округінің бюджеті.

| Кіріс | Сомасы, мың теңге |
| --- | ---: |
| Салық түсімдері | 9 176 |
| Трансферттер | [[=36 843]] |
| **Барлығы** | [[=46 343 ± 0,5]] |
| Өз кірістерінің үлесі, % | [[=20..21]] |

Бос ұяшықтарды толтырыңыз.
"""
TABLE_RU = """Бюджет Новоселовского сельского округа.

| Доходы | Сумма, тыс. тенге |
| --- | ---: |
| Налоговые поступления | 9 176 |
| Трансферты | [[=36843]] |
| **Всего** | [[=46 343,0 ± 0,5]] |
| Доля собственных доходов, % | [[=20..21]] |
"""
KK, RU = question(TABLE_KK), question(TABLE_RU)
RIGHT = {"q.1": ["36 843"], "q.2": ["46 343,5"], "q.3": ["20,5"]}
SECRETS = ("36 843", "36&nbsp;843", "36\u00a0843", "36843", "46 343", "46\u00a0343", "20..21")


def village() -> Question:
    quiz, problems = read(KK, RU)
    assert quiz is not None, problems
    assert problems == []
    return quiz.questions[0]


def marked(form: dict[str, list[str]]) -> float:
    answer = SUMS.parse_answer(village(), form)
    return SUMS.mark(village(), answer) if answer else 0


def test_a_table_is_read_once_for_all_languages() -> None:
    it = village()
    assert it.type == "sums"
    assert it.key == {"blanks": [["36843", "36843"], ["46342.5", "46343.5"], ["20", "21"]]}
    words = it.texts["kk"].words
    assert words["head"] == ["Кіріс", "Сомасы, мың теңге"]
    assert words["rows"][0] == [{"html": "Салық түсімдері"}, {"html": "9\u00a0176"}]
    assert words["rows"][2] == [{"html": "<strong>Барлығы</strong>"}, {"blank": 2}]
    assert words["labels"][1] == "Барлығы – Сомасы, мың теңге"


def test_the_text_around_the_table_is_shown_without_it() -> None:
    body = village().texts["kk"].body
    assert "Новоселов" in body
    assert "толтырыңыз" in body
    assert "table" not in body


def test_languages_whose_right_numbers_differ_are_an_error() -> None:
    quiz, problems = read(KK, RU.replace("36843", "36844"))
    assert quiz is None
    assert "blanks is" in problems[0]


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("| а | б |\n| - | - |\n| в | [[=сан]] |", 7, "“сан” is not a number"),
        ("| а | б |\n| - | - |\n| в | [[=]] |", 7, "is not a number"),
        ("| а | б |\n| - | - |\n| в | шамамен [[=5]] |", 7, "either text or [[=…]]"),
        ("| а | [[=5]] |\n| - | - |\n| в | г |", 5, "a heading cannot be filled in"),
        ("| а |\n| - |\n| [[=1]] |\n\n| а |\n| - |\n| [[=1]] |", 9, "a second table"),
        ("| а |\n| - |\n| [[=1]] |\n\n- [x] иә\n- [ ] жоқ", 3, "of one kind"),
        ("| а |\n| - |\n| [[=1]] |\n\nБос [[сөз]].", 3, "of one kind"),
        ("Жауабы [[=5]].", 5, "stands in a cell of a table"),
        ("> [!TIP]\n> | а |\n> | - |\n> | [[=1]] |", 8, "in no box or list"),
        ("| а |\n| - |\n" + "| [[=1]] |\n" * 41, 7, "more than 40 cells"),
    ],
)
def test_what_is_wrong_with_a_table_is_named_with_its_line(body: str, line: int, said: str) -> None:
    found = errors(body)
    assert len(found) == 1, found
    assert found[0].startswith(f"quiz.kk.md:{line}: "), found
    assert said in found[0]


def test_a_table_without_open_cells_is_text() -> None:
    quiz, _ = read(question("| а | б |\n| - | - |\n| в | 5 |\n\n- [x] бір\n- [ ] екі"))
    assert quiz is not None
    assert quiz.questions[0].type == "single"
    assert "<table>" in quiz.questions[0].texts["kk"].body


def test_each_cell_counts_by_itself() -> None:
    assert marked(RIGHT) == 1
    assert marked({**RIGHT, "q.2": ["46 344"]}) == pytest.approx(2 / 3)
    assert marked({"q.3": ["21"]}) == pytest.approx(1 / 3)
    assert marked({"q.1": ["1"], "q.2": ["2"], "q.3": ["3"]}) == 0


@given(st.lists(st.booleans(), min_size=3, max_size=3))
def test_the_mark_is_the_share_of_right_cells(right: list[bool]) -> None:
    form = {name: typed if fits else ["-1"] for (name, typed), fits in zip(RIGHT.items(), right)}  # noqa: B905
    assert marked(form) == pytest.approx(sum(right) / 3)


def test_no_cell_filled_in_is_no_answer() -> None:
    assert SUMS.parse_answer(village(), {}) is None
    assert SUMS.parse_answer(village(), {"q.1": [" "], "q": ["5"], "other.1": ["5"]}) is None


@pytest.mark.parametrize("typed", ["көп", "-", "1" * 41, "<b>5</b>"])
def test_words_in_a_cell_are_refused_by_its_name(typed: str) -> None:
    with pytest.raises(AnswerProblem) as refused:
        SUMS.parse_answer(village(), {**RIGHT, "q.2": [typed]})
    assert str(refused.value.message).startswith("Барлығы – Сомасы, мың теңге: ")


def test_filling_a_form_is_the_inverse_of_reading_it() -> None:
    form = {"q.1": ["36 843"], "q.3": ["20,5"]}
    answer = SUMS.parse_answer(village(), form)
    assert answer == {"blanks": ["36 843", "", "20,5"]}
    assert SUMS.fill(village(), answer) == form


def test_cells_are_described_with_their_headings() -> None:
    answer = {"blanks": ["36 843", "", "9"]}
    assert SUMS.describe_answer(village(), answer)[0] == "Трансферттер – Сомасы, мың теңге: 36 843"
    assert len(SUMS.describe_answer(village(), answer)) == 2
    assert SUMS.describe_right(village())[2].endswith(": 20–21")
    (said,) = SUMS.feedback(village(), answer)
    assert said.count("✓") == 1
    assert said.count("✗") == 2


@pytest.fixture
def client(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> Client:
    """The browser of a learner enrolled in a quiz of one table."""
    enrol(learner, make_quiz(kk=KK, ru=RU))
    return sign_in(app.test_client(), learner)  # type: ignore[return-value]


def test_a_cell_is_named_by_the_headings_of_its_row_and_column(
    client: Client, learner: User
) -> None:
    page = client.get(f"/kk/quizzes/attempts/{begin(learner).token}/1").get_data(as_text=True)
    assert '<th scope="col" id="q-column-2">Сомасы, мың теңге</th>' in page
    assert '<th scope="row" id="q-row-3"><strong>Барлығы</strong></th>' in page
    assert 'name="q.2" value="" aria-labelledby="q-row-3 q-column-2"' in page


def test_no_page_before_submission_tells_a_right_number(client: Client, learner: User) -> None:
    attempt = begin(learner)
    for language in ("kk", "ru", "en"):
        for place in ("1", "review"):
            address = f"/{language}/quizzes/attempts/{attempt.token}/{place}"
            page = client.get(address).get_data(as_text=True)
            assert not [secret for secret in SECRETS if secret in page]


def test_a_refused_cell_leaves_the_others_as_typed(client: Client, learner: User) -> None:
    address = f"/kk/quizzes/attempts/{begin(learner).token}/1"
    reply = client.send(address, {"q.1": "36 843", "q.2": "көп"})
    page = reply.get_data(as_text=True)
    assert reply.status_code == 400
    assert 'name="q.1" value="36 843"' in page
    assert 'name="q.2" value="көп"' in page
    assert "Барлығы – Сомасы, мың теңге: сан жазыңыз" in page


def test_the_share_of_right_cells_is_the_score(client: Client, learner: User) -> None:
    attempt = finish(learner, {"q": [], **RIGHT, "q.3": ["30"]})
    assert attempt.score == 66
    page = client.get(f"/kk/quizzes/attempts/{attempt.token}/result").get_data(as_text=True)
    assert "ішінара дұрыс: 66%" in page
    assert "Трансферттер – Сомасы, мың теңге: ✓ дұрыс" in page
    assert "Өз кірістерінің үлесі, % – Сомасы, мың теңге: 20–21" in page
