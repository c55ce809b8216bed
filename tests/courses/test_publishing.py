from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import jobs
from lms.accounts.models import User
from lms.courses import services
from lms.courses.content import CourseReading
from lms.courses.events import CourseCompleted
from lms.courses.lessons import find_text
from lms.courses.models import Activity, Completion, Course, Enrolment, File, LessonText, Version
from lms.courses.outline import CourseOutline
from lms.database import db
from lms.testing import Clock

Make = Callable[..., Course]
Learner = Callable[[Course], tuple[User, Enrolment]]

ONE = '  { id = "first" },'


def outline_of(course: Course) -> CourseOutline:
    db.session.refresh(course)
    return services.load_outline(course.version_id or 0)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def complete(enrolment: Enrolment, *activities: str) -> None:
    for activity in activities:
        services.complete_activity(enrolment, activity, reason="read")
    db.session.commit()


def test_publishing_the_same_folder_twice_changes_nothing(
    make_course: Make, read: Callable[..., CourseReading]
) -> None:
    make_course()
    before = [count(model) for model in (Version, Activity, LessonText, File, jobs.Job)]
    assert services.publish_course(read()) is None
    db.session.commit()
    assert [count(model) for model in (Version, Activity, LessonText, File, jobs.Job)] == before


def test_a_course_with_errors_cannot_be_published(read: Callable[..., CourseReading]) -> None:
    with pytest.raises(ValueError, match="cannot be published"):
        services.publish_course(read(files={"first.kk.md": ""}))


def test_mending_a_slip_makes_a_new_version_and_keeps_what_was_completed(
    make_course: Make, make_learner: Learner
) -> None:
    course = make_course()
    _, enrolment = make_learner(course)
    complete(enrolment, "first")
    make_course(files={"first.kk.md": "# Сабақ бір\n\nТүзетілген мәтін.\n"})
    outline = outline_of(course)
    assert outline.version == 2
    assert outline.activities is not None
    assert set(services.completions_of(enrolment, outline)) == {"first"}
    assert services.next_step(outline, services.completions_of(enrolment, outline)).id == "second"  # type: ignore[union-attr]


def test_an_activity_keeps_its_key_through_every_version(make_course: Make) -> None:
    course = make_course()
    before = {a.id: a.key for a in outline_of(course).activities}
    make_course(files={"first.kk.md": "# Басқа\n"}, activities='  { id = "second" },\n' + ONE)
    assert {a.id: a.key for a in outline_of(course).activities} == before
    assert [a.id for a in outline_of(course).activities] == ["second", "first"]


def test_a_removed_activity_is_retired_with_its_completions_and_may_return(
    make_course: Make, make_learner: Learner
) -> None:
    course = make_course()
    _, enrolment = make_learner(course)
    complete(enrolment, "second")
    make_course(activities=ONE)
    second = db.session.query(Activity).filter_by(slug="second").one()
    assert second.retired_at is not None
    assert services.completions_of(enrolment, outline_of(course)) == {}
    assert count(Completion) == 1
    make_course()
    db.session.refresh(second)
    assert second.retired_at is None
    assert set(services.completions_of(enrolment, outline_of(course))) == {"second"}


def test_an_unchanged_lesson_is_stored_once_for_all_versions(make_course: Make) -> None:
    make_course()
    before = count(LessonText)
    make_course(files={"first.kk.md": "# Сабақ бір\n"})
    assert count(LessonText) == before + 1


def test_an_earlier_version_stays_as_it_was(app: Flask, make_course: Make) -> None:
    course = make_course()
    first = outline_of(course)
    make_course(files={"first.kk.md": "# Басқа\n"})
    app.extensions["courses.outlines"].clear()
    app.extensions["courses.texts"].clear()
    assert services.load_outline(first.key) == first
    lesson = first.find("first")
    assert lesson is not None
    assert find_text(lesson.key, "kk", lesson.texts["kk"])["title"] == "Сабақ 1"


def test_a_new_figure_in_the_register_is_a_new_version_of_the_lessons_that_use_it(
    make_course: Make, tmp_path: Path
) -> None:
    register = tmp_path / "content" / "facts.toml"
    register.parent.mkdir()
    fact = '[wage]\nvalue = {{ kk = "{0}", ru = "{0}" }}\nsource = {{ kk = "a", ru = "a" }}\nchecked_on = 2026-11-20\n'
    register.write_text(fact.format("85 000"))
    text = {"first.kk.md": "# a\n\n{{wage}}\n"}
    course = make_course(files=text)
    make_course(files=text)
    assert outline_of(course).version == 1
    register.write_text(fact.format("90 000"))
    make_course(files=text)
    assert outline_of(course).version == 2


def test_a_retired_course_leaves_the_catalogue_and_stays_with_its_learners(
    make_course: Make, make_learner: Learner, make_user: Callable[..., User]
) -> None:
    course = make_course()
    user, _ = make_learner(course)
    services.retire_course(course)
    db.session.commit()
    assert services.list_courses() == []
    assert services.search("бюджет") == []
    assert services.find_course("village", user.id) is not None
    assert services.find_course("village", make_user().id) is None
    assert services.find_course("village") is None
    assert len(services.enrolments_of(user.id)) == 1


def test_importing_a_retired_course_offers_it_again(make_course: Make) -> None:
    course = make_course()
    services.retire_course(course)
    db.session.commit()
    make_course()
    db.session.refresh(course)
    assert course.retired_at is None
    assert [outline.slug for outline in services.list_courses()] == ["village"]


def test_export_gives_back_the_same_bytes(
    make_course: Make, tmp_path: Path, write_course: Callable[..., Path]
) -> None:
    svg = b'<svg viewBox="0 0 1 1"></svg>'
    files = {
        "media/a.svg": svg,
        "first.kk.md": "\ufeff# Сабақ\r\n\r\n![Сурет](media/a.svg)   \n\n\n".encode(),
        "third.kk.md": b"# draft",
    }
    course = make_course(files=files)
    folder = write_course(files=files)
    written = services.export_course(course, tmp_path / "backup")
    exported = {
        path.relative_to(tmp_path / "backup" / "village"): path.read_bytes() for path in written
    }
    original = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert exported == original


def test_export_of_an_import_of_an_export_is_the_same(
    make_course: Make, tmp_path: Path, read: Callable[..., CourseReading]
) -> None:
    course = make_course()
    services.export_course(course, tmp_path / "content")
    assert services.publish_course(read()) is None


def test_two_processes_importing_at_once_make_one_version(
    make_course: Make,
    read: Callable[..., CourseReading],
    at_once: Callable[..., list[object]],
) -> None:
    make_course()
    reading = read(files={"first.kk.md": "# Жаңа\n"})

    def publish() -> object:
        version = services.publish_course(reading)
        db.session.commit()
        return version

    results = at_once(publish, publish)
    assert results.count(None) == 1
    assert count(Version) == 2


def test_a_dropped_step_completes_the_course_for_those_who_lacked_only_it(
    make_course: Make, make_learner: Learner, published: list[object], clock: Clock
) -> None:
    course = make_course()
    lacks_second, enrolment = make_learner(course)
    _, other = make_learner(course)
    complete(enrolment, "first")
    complete(other, "second")
    make_course(activities=ONE)
    published.clear()
    clock.move(minutes=1)
    jobs.run_due()
    (event,) = [event for event in published if isinstance(event, CourseCompleted)]
    assert (event.user_id, event.version) == (lacks_second.id, 2)
    jobs.run_due()
    assert services.recount(course) == 0


def test_a_step_made_optional_counts_the_same_way(
    make_course: Make, make_learner: Learner, published: list[object]
) -> None:
    course = make_course()
    _, enrolment = make_learner(course)
    complete(enrolment, "first")
    make_course(activities='  { id = "first" },\n  { id = "second", optional = true },')
    jobs.run_due()
    assert len([event for event in published if isinstance(event, CourseCompleted)]) == 1


def test_a_new_step_takes_no_completion_away(make_course: Make, make_learner: Learner) -> None:
    course = make_course(activities=ONE)
    _, enrolment = make_learner(course)
    complete(enrolment, "first")
    make_course()
    db.session.refresh(enrolment)
    assert enrolment.completed_version == 1
    assert enrolment.completed_at is not None
