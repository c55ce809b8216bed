import re
from html import unescape

import pytest
from lms_diary.models import LONGEST_PLAN, Plan
from lms_diary.services import plans_of
from sqlalchemy import select

from lms.accounts.testing import PASSWORD, sign_in
from lms.courses.events import ActivityCompleted, CourseCompleted
from lms.database import db

PAGE = "/ru/courses/village/step"
PLAN = "/ru/diary/village/step/plan"
TEXT = "В субботу в акимате предложу поставить лавочки"


def kept():
    return [plan.text for plan in db.session.scalars(select(Plan))]


def typed(response):
    """Return what stands in the form's text box."""
    return unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", response.text, re.S)[1]).strip()


def test_the_page_asks_in_the_readers_language(enrolled):
    assert "Что сделать?" in enrolled.get(PAGE).text
    assert "Напишите <strong>одно</strong> дело" in enrolled.get(PAGE).text
    assert "Осы аптада" in enrolled.get("/kk/courses/village/step").text


def test_whoever_is_not_enrolled_sees_what_is_asked_and_no_form(client, diary_course):
    page = client.get(PAGE)
    assert "Напишите <strong>одно</strong> дело" in page.text
    assert "<textarea" not in page.text


def test_a_saved_plan_completes_the_step(enrolled, published):
    response = enrolled.send(PLAN, {"text": TEXT})
    assert (response.status_code, response.location) == (303, PAGE)
    assert kept() == [TEXT]
    assert [(e.activity, e.reason) for e in published if isinstance(e, ActivityCompleted)] == [
        ("step", "written")
    ]
    page = enrolled.get(PAGE)
    assert TEXT in page.text
    assert "Записано: 22 ноября 2026 г." in page.text


def test_the_plan_can_be_what_completes_the_course(enrolled, published):
    enrolled.send("/ru/courses/village/first/completion")
    enrolled.send(PLAN, {"text": TEXT})
    assert [e.course for e in published if isinstance(e, CourseCompleted)] == ["village"]


def test_a_plan_can_be_changed_and_completes_the_step_once(enrolled, published):
    enrolled.send(PLAN, {"text": TEXT})
    enrolled.send(PLAN, {"text": f"{TEXT} и урны"})
    assert kept() == [f"{TEXT} и урны"]
    assert len([e for e in published if isinstance(e, ActivityCompleted)]) == 1
    assert typed(enrolled.get(PAGE)) == f"{TEXT} и урны"


def test_the_same_plan_sent_again_changes_nothing(enrolled, clock, learner):
    enrolled.send(PLAN, {"text": TEXT})
    (before,) = plans_of(learner.id)
    written_at = before.plan.written_at
    db.session.remove()
    clock.move(hours=1)
    assert enrolled.send(PLAN, {"text": TEXT}).status_code == 303
    (after,) = plans_of(learner.id)
    assert after.plan.written_at == written_at


def test_too_short_a_plan_is_refused_and_stays_in_the_form(enrolled):
    response = enrolled.send(PLAN, {"text": "Куплю <лавочку>"})
    assert response.status_code == 400
    assert "Напишите не меньше 5 слов. Пока: 2." in response.text
    assert typed(response) == "Куплю <лавочку>"
    assert kept() == []


def test_the_step_itself_says_how_many_words_it_wants(client, make_course, learner):
    make_course(
        activities='{ id = "step", type = "diary", least_words = 1 },',
        files={"step.kk.md": "# Іс\n\nНе?\n", "step.ru.md": "# Дело\n\nЧто?\n"},
    )
    sign_in(client, learner).send("/ru/courses/village/enrolment")
    assert "Напишите не меньше 1 слова." in client.send(PLAN, {"text": "…"}).text
    assert client.send(PLAN, {"text": "Приду"}).status_code == 303


def test_a_refused_change_leaves_the_plan_as_it_was(enrolled):
    enrolled.send(PLAN, {"text": TEXT})
    assert typed(enrolled.send(PLAN, {"text": "Нет"})) == "Нет"
    assert kept() == [TEXT]


def test_too_long_a_plan_is_refused_and_stays_in_the_form(enrolled):
    long = "слово " * LONGEST_PLAN
    response = enrolled.send(PLAN, {"text": long})
    assert response.status_code == 400
    assert "Текст слишком длинный" in response.text
    assert typed(response) == long.strip()


def test_a_refused_form_has_a_way_back_in_each_language(enrolled):
    refused = enrolled.send(PLAN, {"text": "Нет"})
    assert f'href="{PLAN.replace("ru", "kk", 1)}"' in refused.text
    assert enrolled.get(PLAN.replace("ru", "kk", 1)).location == "/kk/courses/village/step"


def test_a_page_open_too_long_loses_nothing(enrolled):
    response = enrolled.post(PLAN, data={"text": TEXT, "csrf_token": "stale"})
    assert response.status_code == 400
    assert typed(response) == TEXT
    assert kept() == []


def test_a_session_that_ended_loses_nothing(client, make_user, diary_course):
    user = make_user(password=PASSWORD)
    door = client.send(PLAN, {"text": TEXT})
    assert door.status_code == 401
    held = unescape(re.search(r'name="held"[^>]*value="([^"]+)"', door.text)[1])
    sign_in_form = {"contact": user.contact, "password": PASSWORD, "held": held}
    inside = client.send("/ru/accounts/login", sign_in_form)
    assert f'value="{TEXT}"' in inside.text
    assert f'action="{PLAN}"' in inside.text


def test_whoever_is_not_enrolled_keeps_what_they_typed(client, make_user, diary_course):
    response = sign_in(client, make_user()).send(PLAN, {"text": TEXT})
    assert response.status_code == 400
    assert "Сначала запишитесь на курс" in response.text
    assert typed(response) == TEXT
    assert kept() == []


def test_people_have_their_own_plans(app, enrolled, make_user):
    enrolled.send(PLAN, {"text": TEXT})
    other = sign_in(app.test_client(), make_user())
    other.send("/ru/courses/village/enrolment")
    assert TEXT not in other.get(PAGE).text


@pytest.mark.parametrize(
    "address",
    ["/ru/diary/village/first/plan", "/ru/diary/village/no/plan", "/ru/diary/no/step/plan"],
)
def test_what_is_not_a_diary_step_is_not_found(enrolled, address):
    assert enrolled.send(address, {"text": TEXT}).status_code == 404
    assert kept() == []


def test_a_plan_is_shown_as_text_not_as_markup(enrolled):
    enrolled.send(PLAN, {"text": f"<script>alert(1)</script> {TEXT}"})
    for address in (PAGE, "/ru/courses/enrolments"):
        assert "<script>alert" not in enrolled.get(address).text
