from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from lms.accounts.models import User
from lms.courses import services
from lms.courses.events import ActivityCompleted, CourseCompleted, LearnerEnrolled
from lms.courses.models import Completion, Course, Enrolment
from lms.database import db
from lms.testing import Clock

Make = Callable[..., Course]
Learner = Callable[[Course], tuple[User, Enrolment]]


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def complete(enrolment: Enrolment, activity: str, **facts: object) -> bool:
    is_new = services.complete_activity(enrolment, activity, reason="read", **facts)  # type: ignore[arg-type]
    db.session.commit()
    return is_new


def of_kind(published: list[object], kind: type) -> list[object]:
    return [event for event in published if isinstance(event, kind)]


def test_enrolling_twice_is_enrolling_once(
    make_course: Make, make_user: Callable[..., User], published: list[object]
) -> None:
    course, user = make_course(), make_user()
    first = services.enrol(user.id, course)
    second = services.enrol(user.id, course)
    assert first.id == second.id
    assert published == [LearnerEnrolled(user.id, "village", first.enrolled_at)]


def test_enrolling_from_fifty_taps_at_once_is_enrolling_once(
    make_course: Make,
    make_user: Callable[..., User],
    published: list[object],
    at_once: Callable[..., list[object]],
) -> None:
    course, user = make_course(), make_user()
    user_id = user.id

    def tap() -> int:
        enrolment = services.enrol(user_id, course)
        db.session.commit()
        return enrolment.id

    results = at_once(*[tap] * 8)
    assert len(set(map(str, results))) == 1
    assert count(Enrolment) == 1
    assert len(of_kind(published, LearnerEnrolled)) == 1


def test_the_ledger_says_what_why_when_and_against_which_version(
    make_course: Make, make_learner: Learner, published: list[object], clock: Clock
) -> None:
    user, enrolment = make_learner(make_course())
    clock.move(hours=1)
    assert complete(enrolment, "first", score=80, evidence="attempt 7") is True
    line = db.session.query(Completion).one()
    assert (line.version, line.reason, line.score, line.evidence) == (1, "read", 80, "attempt 7")
    assert line.completed_at == clock()
    assert published[-1] == ActivityCompleted(user.id, "village", "first", "read", 80, clock())


def test_the_first_line_of_the_ledger_stays(
    make_course: Make, make_learner: Learner, published: list[object], clock: Clock
) -> None:
    _, enrolment = make_learner(make_course())
    complete(enrolment, "first", score=80)
    clock.move(days=1)
    assert complete(enrolment, "first", score=100) is False
    assert db.session.query(Completion).one().score == 80
    assert len(of_kind(published, ActivityCompleted)) == 1


def test_what_the_course_does_not_have_cannot_be_completed(
    make_course: Make, make_learner: Learner
) -> None:
    _, enrolment = make_learner(make_course())
    assert complete(enrolment, "no-such-step") is False
    make_course(activities='  { id = "first" },')
    assert complete(enrolment, "second") is False
    assert count(Completion) == 0


def test_the_last_step_completes_the_course(
    make_course: Make,
    make_user: Callable[..., User],
    published: list[object],
    clock: Clock,
) -> None:
    course = make_course()
    user = make_user("Айгүл Серікқызы", name_ru="Айгуль Сериковна", language="ru")
    enrolment = services.enrol(user.id, course)
    complete(enrolment, "second")
    assert of_kind(published, CourseCompleted) == []
    complete(enrolment, "first")
    assert of_kind(published, CourseCompleted) == [
        CourseCompleted(
            user_id=user.id,
            names={"kk": "Айгүл Серікқызы", "ru": "Айгуль Сериковна"},
            course="village",
            version=1,
            titles={"kk": "Ауыл бюджеті", "ru": "Бюджет села"},
            hours=2,
            result=None,
            language="ru",
            completed_at=clock(),
        )
    ]
    db.session.refresh(enrolment)
    assert (enrolment.completed_version, enrolment.completed_at) == (1, clock())


def test_the_certificates_result_is_the_score_of_the_activity_named_for_it(
    make_course: Make, make_learner: Learner, published: list[object]
) -> None:
    from lms.courses.testing import COURSE_TOML

    toml = COURSE_TOML.format(
        slug="village", activities='  { id = "first" },\n  { id = "second" },'
    )
    toml = toml.replace("[title]", '[certificate]\nresult = "second"\n\n[title]')
    _, enrolment = make_learner(make_course(files={"course.toml": toml}))
    complete(enrolment, "first", score=10)
    complete(enrolment, "second", score=92)
    (event,) = of_kind(published, CourseCompleted)
    assert event.result == 92  # type: ignore[attr-defined]


def test_an_optional_step_is_not_waited_for(
    make_course: Make, make_learner: Learner, published: list[object]
) -> None:
    activities = '  { id = "first" },\n  { id = "second", optional = true },'
    _, enrolment = make_learner(make_course(activities=activities))
    complete(enrolment, "first")
    assert len(of_kind(published, CourseCompleted)) == 1
    complete(enrolment, "second")
    assert len(of_kind(published, CourseCompleted)) == 1


def test_fifty_taps_on_the_last_button_complete_the_course_once(
    make_course: Make,
    make_learner: Learner,
    published: list[object],
    at_once: Callable[..., list[object]],
) -> None:
    _, enrolment = make_learner(make_course())
    complete(enrolment, "first")
    enrolment_id = enrolment.id

    def tap() -> bool:
        return complete(db.session.get_one(Enrolment, enrolment_id), "second")

    results = [result for _ in range(5) for result in at_once(*[tap] * 10)]
    assert results.count(True) == 1
    assert results.count(False) == 49
    assert len(of_kind(published, CourseCompleted)) == 1
    assert len(of_kind(published, ActivityCompleted)) == 2
    assert count(Completion) == 2


def test_two_last_steps_finished_at_once_complete_the_course(
    make_course: Make,
    make_learner: Learner,
    published: list[object],
    at_once: Callable[..., list[object]],
) -> None:
    course = make_course()
    for _ in range(6):
        _, enrolment = make_learner(course)
        enrolment_id = enrolment.id
        published.clear()

        def finish(activity: str, enrolment_id: int = enrolment_id) -> bool:
            return complete(db.session.get_one(Enrolment, enrolment_id), activity)

        assert at_once(lambda: finish("first"), lambda: finish("second")) == [True, True]
        assert len(of_kind(published, CourseCompleted)) == 1


def test_a_listener_that_fails_leaves_neither_completion_nor_certificate(
    app: object, make_course: Make, make_learner: Learner
) -> None:
    from lms import events

    def refuse(event: CourseCompleted) -> None:
        raise RuntimeError("no paper")

    events.subscribe(app, CourseCompleted, refuse)  # type: ignore[arg-type]
    _, enrolment = make_learner(make_course())
    complete(enrolment, "first")
    with pytest.raises(RuntimeError, match="no paper"):
        complete(enrolment, "second")
    assert count(Completion) == 1
    db.session.refresh(enrolment)
    assert enrolment.completed_at is None


def test_completing_the_new_step_of_a_completed_course_is_told_for_its_version(
    make_course: Make, make_learner: Learner, published: list[object]
) -> None:
    _, enrolment = make_learner(make_course(activities='  { id = "first" },'))
    complete(enrolment, "first")
    make_course()
    complete(enrolment, "second")
    assert [event.version for event in of_kind(published, CourseCompleted)] == [1, 2]  # type: ignore[attr-defined]


def test_a_persons_data_is_given_out_and_erased_with_nobody_elses(
    make_course: Make, make_learner: Learner
) -> None:
    from lms.courses.privacy import PERSONAL_DATA

    course = make_course()
    (mine, enrolment), (other, others) = make_learner(course), make_learner(course)
    complete(enrolment, "first", score=80)
    complete(others, "first", score=33)
    (row,) = PERSONAL_DATA.export(mine.id)
    assert row["course"]["ru"] == "Бюджет села"
    assert [line["score"] for line in row["completed"]] == [80]
    PERSONAL_DATA.erase(mine.id)
    db.session.commit()
    assert PERSONAL_DATA.export(mine.id) == []
    assert len(PERSONAL_DATA.export(other.id)) == 1
    assert count(Completion) == 1
