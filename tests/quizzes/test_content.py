"""Quiz files: what is read from them, and what is said about what is wrong."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.courses.activities import ActivitySource, SourceFile
from lms.markdown import Picture
from lms.quizzes import choice, content, sums, written
from lms.quizzes.content import Quiz, QuizFile
from lms.quizzes.rules import QuizSettings

from .conftest import QUIZ_KK, QUIZ_RU

TYPES = (*sums.TYPES, *choice.TYPES, *written.TYPES)
FACTS = {"aek": '<span class="fact">4 325 ₸</span>'}


def read(*texts: str, **settings: Any) -> tuple[Quiz | None, list[str]]:
    languages = ("kk", "ru", "en")
    files = {
        language: SourceFile(f"quiz.{language}.md", text)
        for language, text in zip(languages, texts, strict=False)
    }
    pictures = {"media/map.svg": Picture("/courses/media/abc/map.svg", 10, 300, 200)}
    source = ActivitySource(
        "quiz", QuizSettings(**settings), 70, files, lambda language: FACTS, {}, pictures
    )
    quiz = content.read_quiz(source, TYPES)
    return quiz, [str(problem) for problem in source.problems]


def question(body: str) -> str:
    return f"# Тест\n\n## Сұрақ {{#q}}\n\n{body}\n\n> [!NOTE]\n> Түсіндірме.\n"


def errors(body: str) -> list[str]:
    return [p for p in read(question(body))[1] if "(warning)" not in p]


def test_the_village_quiz_has_nothing_to_mend() -> None:
    quiz, problems = read(QUIZ_KK, QUIZ_RU)
    assert problems == []
    assert quiz is not None
    assert [(q.id, q.type) for q in quiz.questions] == [
        ("who", "single"),
        ("income", "multiple"),
        ("capital", "short"),
        ("pi", "numeric"),
    ]


def test_title_and_introduction_are_read_in_each_language() -> None:
    quiz, _ = read(QUIZ_KK, QUIZ_RU)
    assert quiz is not None
    assert quiz.titles == {"kk": "Бюджет тесті", "ru": "Тест о бюджете"}
    assert quiz.intros["ru"] == "<p>Вступление.</p>"


def test_a_question_keeps_its_key_once_and_its_words_by_language() -> None:
    quiz, _ = read(QUIZ_KK, QUIZ_RU)
    assert quiz is not None
    who = quiz.questions[0]
    assert who.key == {"options": 3, "right": ["b"]}
    assert who.texts["ru"].words["options"]["b"]["html"] == "Маслихат"
    assert who.texts["ru"].words["options"]["b"]["feedback"] == "<p>ОТКЛИК-МАСЛИХАТ</p>"
    assert who.texts["kk"].hint == "<p>КӨМЕК</p>"
    assert who.texts["kk"].explanation == "<p>ТҮСІНДІРМЕ</p>"


def test_what_stands_between_heading_and_list_is_drawn() -> None:
    body = (
        "Мәтін {{aek}}.\n\n![Карта](media/map.svg)\n\n| а | ә |\n| - | - |\n| 1 | 2 |\n\n"
        "* нүкте\n\n- [x] иә\n- [ ] жоқ"
    )
    quiz, _ = read(question(body))
    assert quiz is not None
    drawn = quiz.questions[0].texts["kk"].body
    assert "4 325 ₸" in drawn
    assert 'src="/courses/media/abc/map.svg"' in drawn
    assert "<table>" in drawn
    assert "<li>нүкте</li>" in drawn
    assert "иә" not in drawn


def test_markup_in_questions_and_options_is_drawn_and_html_is_shown_as_text() -> None:
    quiz, _ = read(question("- [x] **иә** <script>alert(1)</script>\n- [ ] `жоқ`"))
    assert quiz is not None
    options = quiz.questions[0].texts["kk"].words["options"]
    assert options["a"]["html"].startswith("<strong>иә</strong> &lt;script&gt;")
    assert options["b"]["html"] == "<code>жоқ</code>"


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        ("- [=] 1995", "numeric"),
        ("- [=] 3,14 ± 0,01", "numeric"),
        ("- [=] 10..12", "numeric"),
        ("- [=] 1 000 000", "numeric"),
        ("- [=] Астана", "short"),
        ("- [=] 22.11.2026", "short"),
        ("- [=] 5\n- [=] бес", "short"),
    ],
)
def test_numbers_and_words_are_told_apart(accepted: str, kind: str) -> None:
    quiz, _ = read(question(accepted))
    assert quiz is not None
    assert quiz.questions[0].type == kind


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("- [ ] иә\n- [ ] жоқ", 3, "no right answer"),
        ("- [x] иә", 3, "only one option"),
        ("- [x] иә\n- [x] жоқ", 3, "every option is right"),
        ("- [x] иә\n- [ ]\n- [ ] жоқ", 6, "an option without text"),
        ("- [x] иә\n- [ ] иә", 6, "stands here twice"),
        ("- [x] иә\n- [=] жоқ", 6, "[=] and [x] in one list"),
        ("- [x] иә\n- жоқ", 6, "an option without [ ], [x] or [=]"),
        ("Мәтін ғана.", 3, "no list of options"),
        ("- [=] 12..10", 5, "is not a number"),
        ("- [=] 1,000,000", 5, "is not a number"),
        ("- [=] 10..12\n- [=] он бір", 3, "words and ranges"),
        ("- [=]", 5, "an accepted answer without text"),
        ("- [x] иә\n> кері байланыс\n- [ ] жоқ", 6, "must be indented"),
        ("- [x] иә\n- [ ] жоқ\n\nҚосымша мәтін.", 8, "text after the options"),
        ("- [x] иә\n- [ ] жоқ\n\n1. [x] тағы\n2. [ ] жоқ", 8, "a second list"),
        ("- [x] иә\n    - [ ] жоқ", 6, "one paragraph"),
        ("- [x] иә\n- [ ] жоқ\n\n> [!TIP]\n> Көмек\n> [!NOTE]\n> Жауап", 8, "a box inside"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(body: str, line: int, said: str) -> None:
    found = errors(body)
    assert len(found) == 1, found
    assert found[0].startswith(f"quiz.kk.md:{line}: "), found
    assert said in found[0]


def test_a_question_without_id_is_an_error() -> None:
    _, problems = read("# Тест\n\n## Сұрақ\n\n- [x] иә\n- [ ] жоқ\n")
    assert problems[0].startswith("quiz.kk.md:3: the question has no id")


def test_an_id_used_twice_is_an_error() -> None:
    one = "## Сұрақ {#q}\n\n- [x] иә\n- [ ] жоқ\n\n"
    _, problems = read(f"# Тест\n\n{one}{one}")
    assert "quiz.kk.md:8: a second question with the id “q”" in problems


def test_a_file_without_title_is_an_error() -> None:
    _, problems = read("## Сұрақ {#q}\n\n- [x] иә\n- [ ] жоқ\n")
    assert problems[0].startswith("quiz.kk.md:1: the file must begin with its title")


def test_a_file_without_questions_is_an_error() -> None:
    _, problems = read("# Тест\n\nКіріспе.\n")
    assert problems == ["quiz.kk.md:1: no questions; begin each with “## …”"]


def test_a_question_in_one_language_only_is_an_error_at_its_line() -> None:
    _, problems = read(QUIZ_KK, QUIZ_RU.replace("{#who}", "{#whom}"))
    assert "quiz.kk.md:5: “who” is missing in quiz.ru.md" in problems
    assert "quiz.ru.md:5: “whom” is missing in quiz.kk.md" in problems


def test_right_answers_that_differ_between_languages_are_an_error() -> None:
    swapped = QUIZ_RU.replace("[ ] Аким", "[x] Аким").replace("[x] Маслихат", "[ ] Маслихат")
    _, problems = read(QUIZ_KK, swapped)
    assert problems == ["quiz.ru.md:5: “who”: right is a here, but b in quiz.kk.md:5"]


def test_a_different_number_of_options_is_an_error() -> None:
    _, problems = read(QUIZ_KK, QUIZ_RU.replace("- [ ] Суд\n  > ОТКЛИК-СУД\n", ""))
    assert problems == ["quiz.ru.md:5: “who”: options is 2 here, but 3 in quiz.kk.md:5"]


def test_a_different_kind_in_another_language_is_an_error() -> None:
    _, problems = read(QUIZ_KK, QUIZ_RU.replace("3,14 ± 0,01", "пи"))
    assert any("“pi” is short here, but numeric in quiz.kk.md" in p for p in problems)


def test_missing_explanation_and_feedback_are_warnings() -> None:
    quiz, problems = read("# Тест\n\n## Сұрақ {#q}\n\n- [x] иә\n  > Дұрыс\n- [ ] жоқ\n")
    assert quiz is not None
    assert problems == [
        "quiz.kk.md:3: “q” has no explanation (> [!NOTE]) (warning)",
        "quiz.kk.md:7: the option “жоқ” has no feedback (>) (warning)",
    ]


def test_a_pool_smaller_than_the_draw_is_an_error_and_one_below_twice_a_warning() -> None:
    assert "an attempt draws 5 questions, but there are 4" in read(QUIZ_KK, QUIZ_RU, draw=5)[1][0]
    assert "(warning)" in read(QUIZ_KK, QUIZ_RU, draw=3)[1][0]
    assert read(QUIZ_KK, QUIZ_RU, draw=2)[1] == []


def test_an_error_in_one_language_does_not_make_its_question_missing() -> None:
    _, problems = read(QUIZ_KK.replace("[x] Мәслихат", "[ ] Мәслихат"), QUIZ_RU)
    assert len(problems) == 1
    assert "no right answer" in problems[0]


pieces = st.sampled_from(
    ["# Т", "## С {#q}", "## С", "### К {#k}", "- [x] иә", "- [ ] жоқ", "- [=] 5", "  > кері", "> сөз",
     "> [!NOTE]", "> [!TIP]", "", "    код", "1. бір", "| а |", "| - |", "- [=]", "\u00a0", "{{aek}}"]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(pieces, st.text(max_size=20)), max_size=25))
def test_no_text_crashes_the_reader(lines: list[str]) -> None:
    file: QuizFile = content.read_file(SourceFile("quiz.kk.md", "\n".join(lines)), TYPES)
    assert all(problem.line >= 1 for problem in file.problems)


@settings(deadline=None)
@given(st.permutations(["a", "b", "c", "d"]), st.integers(1, 3))
def test_right_letters_follow_the_order_of_the_file(texts: list[str], right: int) -> None:
    lines = [f"- [{'x' if i < right else ' '}] {text}" for i, text in enumerate(texts)]
    quiz, _ = read(question("\n".join(lines)))
    assert quiz is not None
    assert quiz.questions[0].key["right"] == ["a", "b", "c"][:right]
