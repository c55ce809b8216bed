"""Matching and ordering: how they are written, marked and shown."""

import re
from collections.abc import Callable
from itertools import permutations

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses.activities import ActivitySource, SourceFile
from lms.courses.models import Course, Enrolment
from lms.quizzes import choice, content, gaps, pairs, services, written
from lms.quizzes.content import QuizSettings
from lms.quizzes.models import Attempt
from lms.quizzes.pairs import MATCHING, ORDERING
from lms.quizzes.questions import AnswerProblem, Question
from lms.testing import Client

from .conftest import begin
from .test_views import answers, place_of, text_of

TYPES = (*gaps.TYPES, *pairs.TYPES, *choice.TYPES, *written.TYPES)
KK = """# Бюджет

## Кім не істейді? {#roles}

- **Әкім** -> бюджет жобасын ұсынады
  > ӘКІМ-ҰСЫНАДЫ
- Мәслихат → бюджетті бекітеді
- Тұрғындар -> жоба ұсынады
- -> сот шешімін шығарады

> [!NOTE]
> ТҮСІНДІРМЕ

## Қадамдарды ретімен қойыңыз. {#steps}

1. Жиын өткізу
   > АЛДЫМЕН-ЖИЫН
2. Өтінім жазу
3. Дауыс беру
4. Есеп беру

> [!NOTE]
> ТҮСІНДІРМЕ
"""
RU = """# Бюджет

## Кто что делает? {#roles}

- **Аким** -> представляет проект бюджета
- Маслихат -> утверждает бюджет
- Жители -> предлагают проект
- -> выносит решение суда

> [!NOTE]
> ОБЪЯСНЕНИЕ

## Расставьте шаги по порядку. {#steps}

1. Провести собрание
2. Написать заявку
3. Проголосовать
4. Отчитаться

> [!NOTE]
> ОБЪЯСНЕНИЕ
"""
LEFTS = ["1", "2", "3"]


def read(*texts: str) -> tuple[list[Question], list[str]]:
    files = {
        language: SourceFile(f"quiz.{language}.md", text)
        for language, text in zip(("kk", "ru"), texts, strict=False)
    }
    facts = {"aek": "<span>4 325 ₸</span>"}
    source = ActivitySource("quiz", QuizSettings(), 70, files, lambda language: facts, {}, {})
    quiz = content.read_quiz(source, TYPES)
    problems = [str(problem) for problem in source.problems if problem.severity == "error"]
    return list(quiz.questions) if quiz else [], problems


def question(body: str) -> str:
    return f"# Тест\n\n## Сұрақ {{#q}}\n\n{body}\n\n> [!NOTE]\n> Түсіндірме.\n"


def roles() -> Question:
    return read(KK, RU)[0][0]


def steps() -> Question:
    return read(KK, RU)[0][1]


def pairs_form(*letters: str) -> dict[str, list[str]]:
    return {f"roles.{left}": [letter] for left, letter in zip(LEFTS, letters, strict=False)}


def steps_form(*places: str) -> dict[str, list[str]]:
    return {
        f"steps.{letter}": [place]
        for letter, place in zip(steps().key["order"], places, strict=False)
    }


@pytest.fixture
def client(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> Client:
    """The learner's browser, enrolled in a quiz of pairs and steps."""
    enrol(learner, make_quiz(kk=KK, ru=RU))
    return sign_in(app.test_client(), learner)  # type: ignore[return-value]


@pytest.fixture
def attempt(client: Client, learner: User) -> Attempt:
    """An attempt of the learner, just begun."""
    return begin(learner)


def test_pairs_and_steps_are_read_in_both_languages() -> None:
    questions, problems = read(KK, RU)
    assert problems == []
    assert [(q.id, q.type) for q in questions] == [("roles", "matching"), ("steps", "ordering")]
    assert roles().texts["kk"].words["lefts"][0] == "<strong>Әкім</strong>"
    right = roles().key["pairs"][1]
    assert roles().texts["ru"].words["rights"][right] == "утверждает бюджет"
    assert roles().texts["kk"].words["rights"][right] == "бюджетті бекітеді"
    second = steps().key["order"][1]
    assert steps().texts["ru"].words["steps"][second] == "Написать заявку"


def test_a_plain_list_without_arrows_is_part_of_the_text() -> None:
    questions, problems = read(question("- бір\n- екі\n\nМәтін.\n\n- а -> б\n- в -> г"))
    assert problems == []
    assert questions[0].type == "matching"
    assert "<li>бір</li>" in questions[0].texts["kk"].body


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("- а -> б\n- в", 6, "no -> in this line"),
        ("- а -> б\n- в ->", 6, "nothing stands to the right"),
        ("- а -> б\n- а -> в", 6, "stands here twice"),
        ("- а -> б\n- в -> г\n- -> г", 7, "stands here twice"),
        ("- а -> б\n- -> в", 3, "fewer than two pairs"),
        ("- а -> б\n- в -> б", 3, "all right sides are the same"),
        ("- а -> {{aek}}\n- в -> б", 5, "words only"),
        ("- [x] а -> б\n- в -> г", 6, "an option without [ ], [x] or [=]"),
        ("1. а -> б\n2. в -> г", 5, "pairs in a numbered list"),
        ("1. а", 3, "only one step"),
        ("1. а\n2. а", 6, "stands here twice"),
        ("1. а\n2.\n3. б", 6, "a step without text"),
        ("1. а\n2. б\n\nМәтін.", 8, "text after the options"),
        ("\n".join(f"- {n} -> {n}{n}" for n in range(27)), 3, "more than 26"),
        ("\n".join(f"{n}. {n}" for n in range(27)), 3, "more than 26"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(body: str, line: int, said: str) -> None:
    problems = read(question(body))[1]
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"quiz.kk.md:{line}: "), problems
    assert said in problems[0]


def test_languages_that_differ_in_number_are_an_error_with_both_places() -> None:
    assert read(KK, RU.replace("4. Отчитаться\n", ""))[1] == [
        "quiz.ru.md:13: “steps”: order is 1, 2, 3 here, but 1, 2, 3, 4 in quiz.kk.md:14"
    ]
    assert read(KK, RU.replace("- -> выносит решение суда\n", ""))[1] == [
        "quiz.ru.md:3: “roles”: rights is 3 here, but 4 in quiz.kk.md:3"
    ]


def test_each_right_pair_counts_its_share() -> None:
    one, two, three = roles().key["pairs"]
    too_many = ({"a", "b", "c", "d"} - {one, two, three}).pop()
    for letters, share in (
        ((one, two, three), 1),
        ((one, two, too_many), 2 / 3),
        ((one, one, one), 1 / 3),
        ((one,), 1 / 3),
        ((two, three, one), 0),
    ):
        answer = MATCHING.parse_answer(roles(), pairs_form(*letters))
        assert answer is not None
        assert MATCHING.mark(roles(), answer) == pytest.approx(share)


def test_each_step_at_its_place_counts_its_share() -> None:
    for places, share in (
        (("1", "2", "3", "4"), 1),
        (("1", "2", "4", "3"), 1 / 2),
        (("1",), 1 / 4),
        (("2", "3", "4", "1"), 0),
    ):
        answer = ORDERING.parse_answer(steps(), steps_form(*places))
        assert answer is not None
        assert ORDERING.mark(steps(), answer) == pytest.approx(share)


def test_the_same_right_side_may_belong_to_several_left_ones() -> None:
    [found] = read(question("- а -> сан\n- б -> сөз\n- в -> сан"))[0]
    assert found.key["pairs"][0] == found.key["pairs"][2] != found.key["pairs"][1]
    assert len(found.texts["kk"].words["rights"]) == 2


@pytest.mark.parametrize("value", ["e", "0", "aa", "<b>", "1"])
def test_a_foreign_right_side_is_refused(value: str) -> None:
    with pytest.raises(AnswerProblem):
        MATCHING.parse_answer(roles(), pairs_form(value))


@pytest.mark.parametrize("value", ["0", "5", "-1", "01", "а", "1.0", "²"])
def test_a_foreign_place_is_refused(value: str) -> None:
    with pytest.raises(AnswerProblem):
        ORDERING.parse_answer(steps(), steps_form(value))


def test_one_place_for_two_steps_is_refused_in_words() -> None:
    with pytest.raises(AnswerProblem) as refused:
        ORDERING.parse_answer(steps(), steps_form("1", "3", "3"))
    assert str(refused.value.message).startswith("The same place is chosen twice: 3.")


def test_nothing_chosen_is_no_answer() -> None:
    assert MATCHING.parse_answer(roles(), {"roles.1": [""], "roles.9": ["a"]}) is None
    assert ORDERING.parse_answer(steps(), {"steps.a": [" "], "other": ["1"]}) is None


def test_filling_a_form_is_the_inverse_of_reading_it() -> None:
    form = pairs_form("a", "c")
    answer = MATCHING.parse_answer(roles(), form)
    assert answer is not None
    assert MATCHING.fill(roles(), answer) == form
    form = steps_form("4", "1")
    answer = ORDERING.parse_answer(steps(), form)
    assert answer is not None
    assert ORDERING.fill(steps(), answer) == form


def test_answers_are_described_in_the_order_people_read(app: Flask) -> None:
    answer = ORDERING.parse_answer(steps(), steps_form("2", "1"))
    assert answer is not None
    assert ORDERING.describe_answer(steps(), answer) == ["1. Өтінім жазу", "2. Жиын өткізу"]
    assert ORDERING.describe_right(steps())[3] == "4. Есеп беру"
    right = MATCHING.describe_right(roles())
    assert right[0] == "<strong>Әкім</strong> → бюджет жобасын ұсынады"


def test_what_stands_right_of_the_arrow_is_shown_as_text() -> None:
    [found] = read(question("- а -> <b>б</b>\n- в -> г & ғ"))[0]
    assert MATCHING.describe_right(found) == ["а → &lt;b&gt;б&lt;/b&gt;", "в → г &amp; ғ"]


def test_feedback_is_told_to_whoever_got_that_line_wrong() -> None:
    right = MATCHING.parse_answer(roles(), pairs_form(*roles().key["pairs"]))
    wrong = MATCHING.parse_answer(roles(), pairs_form(roles().key["pairs"][1]))
    assert right is not None
    assert wrong is not None
    assert MATCHING.feedback(roles(), right) == []
    assert MATCHING.feedback(roles(), wrong) == ["<p>ӘКІМ-ҰСЫНАДЫ</p>"]


@settings(deadline=None, max_examples=24)
@given(st.permutations(["Жиын", "Өтінім", "Дауыс", "Есеп"]))
def test_letters_of_steps_say_nothing_about_their_order(texts: list[str]) -> None:
    def letters(order: list[str]) -> dict[str, str]:
        body = "\n".join(f"{n}. {text}" for n, text in enumerate(order, 1))
        words: dict[str, str] = read(question(body))[0][0].texts["kk"].words["steps"]
        return words

    assert letters(texts) == letters(["Жиын", "Өтінім", "Дауыс", "Есеп"])


def test_every_learner_gets_an_order_of_steps_of_their_own(
    app: Flask, make_user: Callable[..., User], make_quiz: Callable[..., Course],
    enrol: Callable[..., Enrolment],
) -> None:  # fmt: skip
    course = make_quiz(kk=KK, ru=RU)
    seen = set()
    for number in range(12):
        user = make_user(name=f"Тыңдаушы {number}")
        enrol(user, course)
        asked = {a.question.id: a for a in services.list_questions(begin(user))}
        seen.add(tuple(asked["steps"].order))
    assert len(seen) > 3
    assert seen <= set(permutations("abcd"))


def test_the_page_is_the_same_whatever_is_right(
    app: Flask, learner: User, make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment]
) -> None:
    client: Client = sign_in(app.test_client(), learner)  # type: ignore[assignment]
    swapped = {
        "1. Жиын өткізу\n   > АЛДЫМЕН-ЖИЫН\n2. Өтінім жазу": "1. Өтінім жазу\n2. Жиын өткізу",
        "1. Провести собрание\n2. Написать заявку": "1. Написать заявку\n2. Провести собрание",
        "бюджет жобасын ұсынады\n  > ӘКІМ-ҰСЫНАДЫ": "бюджетті бекітеді",
        "→ бюджетті бекітеді": "-> бюджет жобасын ұсынады",
        "> представляет проект бюджета": "> утверждает бюджет",
        "Маслихат -> утверждает бюджет": "Маслихат -> представляет проект бюджета",
    }

    def pages(attempt: Attempt) -> list[str]:
        found = []
        for lang in ("kk", "ru"):
            for place in ("1", "2", "review"):
                page = client.get(f"/{lang}/quizzes/attempts/{attempt.token}/{place}")
                text = page.get_data(as_text=True).replace(attempt.token, "TOKEN")
                assert "value" in text
                for secret in ("ӘКІМ-ҰСЫНАДЫ", "АЛДЫМЕН-ЖИЫН", "ТҮСІНДІРМЕ"):
                    assert secret not in text
                found.append(re.sub(r'name="(csrf_token|form_key)" value="[^"]*"', "", text))
        return found

    enrol(learner, make_quiz("shuffle = false", kk=KK, ru=RU))
    one = begin(learner)
    before = pages(one)
    client.send(f"/kk/quizzes/attempts/{one.token}/submission")
    kk, ru = KK, RU
    for old, new in swapped.items():
        assert old in kk + ru
        kk, ru = kk.replace(old, new), ru.replace(old, new)
    make_quiz("shuffle = false", kk=kk, ru=ru)
    two = begin(learner)
    assert two.id != one.id
    assert before == pages(two)


def test_pairs_are_answered_with_a_plain_form(client: Client, attempt: Attempt) -> None:
    place = place_of(attempt, "roles")
    page = client.get(place).get_data(as_text=True)
    assert page.count("<select") == 3
    for left in LEFTS:
        assert f'<label for="roles.{left}"' in page
        assert f'<select id="roles.{left}" name="roles.{left}">' in page
    letter = roles().key["pairs"][0]
    assert client.send(place, {"roles.1": letter, "roles.2": ""}).status_code == 303
    page = client.get(place).get_data(as_text=True)
    assert re.findall(r'value="(\w)"[^>]* selected', page) == [letter]
    review = client.get(f"/kk/quizzes/attempts/{attempt.token}/review").get_data(as_text=True)
    assert "<strong>Әкім</strong> → бюджет жобасын ұсынады" in review


def test_a_choice_made_in_one_language_is_there_in_the_other(
    client: Client, attempt: Attempt
) -> None:
    second = roles().key["pairs"][1]
    client.send(place_of(attempt, "roles"), {"roles.2": second})
    page = client.get(place_of(attempt, "roles", "ru")).get_data(as_text=True)
    assert "selected>утверждает бюджет" in page


def test_a_place_chosen_twice_shows_the_page_again_with_everything_chosen(
    client: Client, attempt: Attempt
) -> None:
    place = place_of(attempt, "steps")
    answer = client.send(place, {f"steps.{letter}": "2" for letter in "abc"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Бір орын екі рет таңдалды: 2. Басқа орын таңдаңыз." in text_of(answer)
    assert page.count("selected>2<") == 3
    assert answers() == 0
    assert client.send(place, {"steps.a": "2", "steps.b": "1", "steps.c": ""}).status_code == 303
    assert answers() == 1


def test_the_result_shows_the_right_pairs_and_order(client: Client, attempt: Attempt) -> None:
    client.send(place_of(attempt, "steps"), steps_form("1", "2", "4", "3"))
    client.send(place_of(attempt, "roles"), pairs_form(*roles().key["pairs"]))
    answer = client.send(f"/kk/quizzes/attempts/{attempt.token}/submission")
    page = text_of(client.get(answer.location))
    assert "75%" in page
    assert "3. Дауыс беру" in page
    assert "3. Есеп беру" in page
