from lms_diary.views import render_plans

from lms.database import db

DASHBOARD = "/ru/courses/enrolments"
TEXT = "Ертең балалармен бірге үй бюджетін есептейміз"


def test_my_learning_ends_with_my_plans(enrolled):
    enrolled.send("/kk/diary/village/step/plan", {"text": TEXT})
    page = enrolled.get(DASHBOARD).text
    assert "Мои планы" in page
    assert TEXT in page
    assert '<a href="/ru/courses/village/step"><span lang="ru">Что сделать?</span></a>' in page
    assert '<span lang="ru">Бюджет села</span>' in page.partition("Мои планы")[2]
    assert "Менің жоспарларым" in enrolled.get(DASHBOARD.replace("ru", "kk", 1)).text


def test_without_plans_nothing_is_said_about_them(enrolled):
    assert "Мои планы" not in enrolled.get(DASHBOARD).text


def test_the_newest_plan_comes_first(app, enrolled, clock, make_course, learner):
    step = '{ id = "step", type = "diary" },'
    files = {"step.kk.md": "# Іс\n\nНе?\n", "step.ru.md": "# Дело\n\nЧто?\n"}
    make_course("water", files, step)
    db.session.remove()
    enrolled.send("/kk/courses/water/enrolment")
    enrolled.send("/kk/diary/village/step/plan", {"text": TEXT})
    clock.move(hours=1)
    enrolled.send("/kk/diary/water/step/plan", {"text": "Су есептегішін осы аптада орнатамын"})
    with app.test_request_context("/kk/"):
        shown = render_plans(learner.id)
    assert shown.index("Су есептегішін") < shown.index(TEXT)


def test_the_slot_asks_the_database_once(app, enrolled, learner, count_statements):
    enrolled.send("/kk/diary/village/step/plan", {"text": TEXT})
    with app.test_request_context("/kk/"), count_statements() as sent:
        assert TEXT in render_plans(learner.id)
    assert len(sent) == 1


def test_a_plan_stays_when_its_step_leaves_the_course(enrolled, make_course, learner):
    enrolled.send("/kk/diary/village/step/plan", {"text": TEXT})
    make_course(activities='{ id = "first" },', files={})
    page = enrolled.get(DASHBOARD).text
    assert TEXT in page
    assert "/ru/courses/village/step" not in page
