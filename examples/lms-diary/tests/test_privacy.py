from lms_diary.models import Plan
from lms_diary.privacy import PERSONAL_DATA
from sqlalchemy import select

from lms import privacy
from lms.accounts.testing import sign_in
from lms.database import db

PLAN = "/kk/diary/village/step/plan"
TEXT = "Ертең балалармен бірге үй бюджетін есептейміз"


def test_an_export_holds_ones_own_plans_and_no_others(app, enrolled, make_user, learner):
    enrolled.send(PLAN, {"text": TEXT})
    other = sign_in(app.test_client(), make_user())
    other.send("/kk/courses/village/enrolment")
    other.send(PLAN, {"text": "Басқа адамның мүлде басқа жоспары"})
    (row,) = privacy.export(learner.id)["diary"]
    assert (row["course"], row["plan"]) == ("village", TEXT)


def test_people_see_their_plans_among_their_data(enrolled):
    enrolled.send(PLAN, {"text": TEXT})
    page = enrolled.get("/ru/accounts/me/data").text
    assert "Ваш план" in page
    assert TEXT in page


def test_erasing_a_person_erases_their_plans_and_no_others(app, enrolled, make_user, learner):
    enrolled.send(PLAN, {"text": TEXT})
    stranger = make_user()
    other = sign_in(app.test_client(), stranger)
    other.send("/kk/courses/village/enrolment")
    other.send(PLAN, {"text": "Басқа адамның мүлде басқа жоспары"})
    privacy.erase(learner.id)
    db.session.commit()
    assert [plan.user_id for plan in db.session.scalars(select(Plan))] == [stranger.id]


def test_the_register_names_columns_that_exist():
    for field in PERSONAL_DATA.fields:
        table, _, column = field.column.partition(".")
        assert table == Plan.__tablename__
        assert column in Plan.__table__.c


def test_people_read_what_is_kept_in_their_language(client):
    assert "Не істеуді жоспарлағаныңыз" in client.get("/kk/privacy").text
    assert "Что вы планируете сделать" in client.get("/ru/privacy").text
