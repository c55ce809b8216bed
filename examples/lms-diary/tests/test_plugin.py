from lms_diary.plugin import plugin

from lms import create_app, schema
from lms.database import db
from lms.plugins import installed_plugins, our_plugins
from lms.testing import check_plugin


def test_the_plugin_is_announced():
    assert plugin in installed_plugins()


def test_the_plugin_keeps_the_contract():
    check_plugin(plugin)


def test_its_migrations_make_the_tables_of_its_models(app):
    assert schema.differences(app) == []


def test_a_course_outlives_the_plugin(app, enrolled):
    enrolled.send(
        "/kk/diary/village/step/plan", {"text": "Ертең отбасымен бюджетті бірге есептейміз"}
    )
    bare = {name: app.config[name] for name in ("SECRET_KEY", "DATA", "DATABASE_URL", "TESTING")}
    site = create_app(bare, our_plugins())
    visitor = site.test_client()
    assert visitor.get("/kk/courses/village").status_code == 200
    assert visitor.get("/kk/courses/village/step").status_code == 200
    assert visitor.get("/kk/diary/village/step/plan").status_code == 404
    with site.app_context():
        db.engine.dispose()
