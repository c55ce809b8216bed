"""What counts as right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.choice import MULTIPLE, SINGLE
from lms.quizzes.questions import AnswerProblem, Question, QuestionText, QuestionType
from lms.quizzes.written import NUMERIC, SHORT


def choice_of(right: list[str], kind: str = "multiple") -> Question:
    options = {
        letter: {"html": letter.upper(), "feedback": f"<p>{letter}</p>"} for letter in "abcd"
    }
    texts = {"kk": QuestionText("Сұрақ", {"options": options})}
    return Question("q", kind, {"options": 4, "right": right}, texts)


def short(**accepted: list[str]) -> Question:
    texts = {lang: QuestionText("Сұрақ", {"accepted": words}) for lang, words in accepted.items()}
    return Question("q", "short", {}, texts)


def numeric(*ranges: tuple[str, str]) -> Question:
    words = {"accepted": [f"{low}..{high}" for low, high in ranges]}
    return Question(
        "q", "numeric", {"accepted": list(ranges)}, {"kk": QuestionText("Сұрақ", words)}
    )


def marked(kind: QuestionType, question: Question, *values: str) -> float:
    answer = kind.parse_answer(question, {"q": list(values)})
    return kind.mark(question, answer) if answer else 0.0


def test_one_choice_is_right_when_it_is_the_right_one() -> None:
    question = choice_of(["b"], "single")
    assert marked(SINGLE, question, "b") == 1
    assert marked(SINGLE, question, "a") == 0


@given(st.sets(st.sampled_from("abcd"), min_size=1), st.sets(st.sampled_from("abcd"), min_size=1))
def test_several_choices_are_right_only_when_exactly_these_are_ticked(
    right: set[str], ticked: set[str]
) -> None:
    assert marked(MULTIPLE, choice_of(sorted(right)), *ticked) == float(right == ticked)


@pytest.mark.parametrize("foreign", ["e", "z", "A", "aa", "0", "../a", "<b>"])
def test_an_option_of_another_question_is_refused(foreign: str) -> None:
    with pytest.raises(AnswerProblem):
        SINGLE.parse_answer(choice_of(["b"]), {"q": [foreign]})


def test_two_answers_to_a_single_choice_are_refused() -> None:
    with pytest.raises(AnswerProblem):
        SINGLE.parse_answer(choice_of(["b"]), {"q": ["a", "b"]})


@pytest.mark.parametrize("kind", [SINGLE, MULTIPLE])
def test_no_choice_is_no_answer(kind: QuestionType) -> None:
    assert kind.parse_answer(choice_of(["b"]), {}) is None
    assert kind.parse_answer(choice_of(["b"]), {"other": ["a"]}) is None


@pytest.mark.parametrize(
    "typed",
    ["Қоғамдық кеңес", "қоғамдық  кеңес ", "ҚОҒАМДЫҚ КЕҢЕС", "когамдык кенес", "«Қоғамдық кеңес».",
     "Қоғамдық\u00a0кеңес"],
)  # fmt: skip
def test_case_spaces_quotes_and_keyboard_do_not_matter(typed: str) -> None:
    assert marked(SHORT, short(kk=["Қоғамдық кеңес"]), typed) == 1


def test_other_words_are_wrong() -> None:
    assert marked(SHORT, short(kk=["Қоғамдық кеңес"]), "Қоғамдық") == 0


def test_an_answer_in_another_language_of_the_course_is_right() -> None:
    assert (
        marked(SHORT, short(kk=["мәслихат"], ru=["маслихат депутатов"]), "Маслихат депутатов") == 1
    )


def test_an_answer_that_is_only_a_sign_can_be_right() -> None:
    assert marked(SHORT, short(kk=['"']), '"') == 1
    assert marked(SHORT, short(kk=['"']), "?") == 0


@pytest.mark.parametrize(("typed", "mark"), [("3,13", 1), ("3.15", 1), ("3,151", 0), ("3 , 14", 1)])
def test_a_number_is_right_within_its_tolerance(typed: str, mark: int) -> None:
    assert marked(NUMERIC, numeric(("3.13", "3.15")), typed) == mark


def test_any_of_several_accepted_numbers_is_right() -> None:
    question = numeric(("1995", "1995"), ("10", "12"))
    assert marked(NUMERIC, question, "1 995") == 1
    assert marked(NUMERIC, question, "11") == 1
    assert marked(NUMERIC, question, "13") == 0


@pytest.mark.parametrize("typed", ["он", "1e309", "NaN", "12 немесе 13"])
def test_words_where_a_number_is_wanted_are_refused(typed: str) -> None:
    with pytest.raises(AnswerProblem):
        NUMERIC.parse_answer(numeric(("1", "2")), {"q": [typed]})


def test_a_long_answer_is_refused() -> None:
    with pytest.raises(AnswerProblem):
        SHORT.parse_answer(short(kk=["а"]), {"q": ["а" * 201]})


def test_the_first_of_two_texts_is_taken() -> None:
    assert SHORT.parse_answer(short(kk=["а"]), {"q": ["а", "б"]}) == {"text": "а"}


@pytest.mark.parametrize(
    ("kind", "question", "form"),
    [
        (SINGLE, choice_of(["b"]), {"q": ["a"]}),
        (MULTIPLE, choice_of(["b"]), {"q": ["a", "d"]}),
        (SHORT, short(kk=["а"]), {"q": ["бір екі"]}),
        (NUMERIC, numeric(("1", "2")), {"q": ["3,5"]}),
    ],
)
def test_filling_a_form_is_the_inverse_of_reading_it(
    kind: QuestionType, question: Question, form: dict[str, list[str]]
) -> None:
    answer = kind.parse_answer(question, form)
    assert answer is not None
    assert kind.fill(question, answer) == form


def test_feedback_is_that_of_the_chosen_options() -> None:
    assert MULTIPLE.feedback(choice_of(["b"]), {"options": ["a", "d"]}) == ["<p>a</p>", "<p>d</p>"]


def test_feedback_of_an_accepted_answer_is_told_only_to_those_who_gave_it() -> None:
    words = {"accepted": ["Астана"], "feedback": ["<p>Иә, 1997 жылдан.</p>"]}
    question = Question("q", "short", {}, {"kk": QuestionText("Сұрақ", words)})
    assert SHORT.feedback(question, {"text": "астана"}) == ["<p>Иә, 1997 жылдан.</p>"]
    assert SHORT.feedback(question, {"text": "Алматы"}) == []


@pytest.mark.parametrize("kind", [SHORT, NUMERIC])
def test_what_was_typed_is_described_as_text_not_as_html(kind: QuestionType) -> None:
    described = kind.describe_answer(numeric(("1", "2")), {"text": "<b>1</b>"})
    assert described == ["&lt;b&gt;1&lt;/b&gt;"]
