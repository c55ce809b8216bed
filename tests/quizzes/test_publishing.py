"""Publishing quizzes: versions are added, running attempts keep theirs."""

from collections.abc import Callable

from sqlalchemy import func, select

from lms.accounts.models import User
from lms.courses.models import Course, Enrolment
from lms.database import db
from lms.quizzes import services
from lms.quizzes.models import Pool, QuestionRow, QuestionVersion

from .conftest import QUIZ_KK, QUIZ_RU, RIGHT, answer_all, begin, page_of, sheet_of


def counts() -> tuple[int, int, int]:
    tables = (Pool, QuestionRow, QuestionVersion)
    return tuple(db.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables)  # type: ignore[return-value]


def test_publishing_stores_every_question_once(make_quiz: Callable[..., Course]) -> None:
    make_quiz()
    assert counts() == (1, 4, 4)


def test_publishing_the_same_again_changes_nothing(make_quiz: Callable[..., Course]) -> None:
    make_quiz()
    make_quiz()
    assert counts() == (1, 4, 4)


def test_changing_one_question_adds_one_version(make_quiz: Callable[..., Course]) -> None:
    make_quiz()
    make_quiz(kk=QUIZ_KK.replace("Сот", "Полиция"))
    assert counts() == (2, 4, 5)


def test_going_back_to_an_earlier_wording_adds_no_version(make_quiz: Callable[..., Course]) -> None:
    make_quiz()
    make_quiz(kk=QUIZ_KK.replace("Сот", "Полиция"))
    make_quiz()
    assert counts() == (2, 4, 5)


def test_a_running_attempt_keeps_the_version_it_drew_and_its_answers(
    make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment], learner: User
) -> None:
    enrol(learner, make_quiz("shuffle = false"))
    attempt = begin(learner)
    answer_all(attempt, learner, RIGHT)
    swapped = "## Жаңа сұрақ {#new}\n\n- [=] жаңа\n  > Кері\n\n> [!NOTE]\n> Түсіндірме\n"
    for_both = {"kk": f"# Тест\n\n{swapped}", "ru": f"# Тест\n\n{swapped}"}
    make_quiz("shuffle = false", **for_both)
    sheet = sheet_of(attempt, learner)
    asked = services.list_questions(sheet.attempt)
    assert [a.question.id for a in asked] == ["who", "income", "capital", "pi"]
    assert services.submit_attempt(sheet)
    assert sheet.attempt.score == 100


def test_a_new_attempt_draws_from_the_new_version(
    make_quiz: Callable[..., Course], enrol: Callable[..., Enrolment], learner: User
) -> None:
    enrol(learner, make_quiz())
    make_quiz(kk=QUIZ_KK.replace("Сот", "Полиция"), ru=QUIZ_RU.replace("Суд", "Полиция"))
    pool = services.find_pool(page_of(learner).activity)
    attempt = begin(learner)
    assert attempt.pool_id == pool.id
    texts = [a.question.texts["kk"].words for a in services.list_questions(attempt)]
    assert "Полиция" in str(texts)
