"""The manifest of courses."""

from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from lms.courses import cli, content, privacy, services
from lms.courses.activities import ContentFolder, Problem
from lms.courses.content import COURSE_FILE
from lms.courses.lessons import LESSON
from lms.courses.models import Course
from lms.courses.pages import activity_types
from lms.courses.shelf import Shelf
from lms.courses.shipped import publish_shipped
from lms.courses.views import bp, media
from lms.courses.worksheets import WORKSHEET
from lms.database import db
from lms.demo import DemoData
from lms.jobs import JobHandler
from lms.plugins import Plugin, WithoutLanguage
from lms.slots import NavItem, Slot

cli.register(bp)


def _init_app(app: Flask) -> None:
    app.extensions["courses.outlines"] = {}
    app.extensions["courses.texts"] = {}


def _demo_courses() -> list[str]:
    publish_shipped()
    return []


def _check_course(folder: Path, shelf: Shelf) -> list[Problem]:
    return content.read_course(folder, activity_types(), shelf).problems


def _signed_in() -> bool:
    return bool(current_user.is_authenticated)


def _home(**more: object) -> str:
    return render_template("courses/_home.html", courses=services.list_courses())


def _home_start(**more: object) -> str:
    return render_template("courses/_home_start.html")


def _recount(payload: dict[str, Any]) -> None:
    course = db.session.scalars(select(Course).filter_by(slug=payload["course"])).one()
    services.recount(course)


plugin = Plugin(
    name="courses",
    requires=("accounts",),
    blueprint=bp,
    contributions=(
        LESSON,
        WORKSHEET,
        ContentFolder("course", COURSE_FILE, _check_course),
        WithoutLanguage(media),
        NavItem("courses", _l("Courses"), "courses.catalogue", 10),
        NavItem("my_learning", _l("My learning"), "courses.my_learning", 20, _signed_in),
        Slot("courses.start", "home.start", _home_start),
        Slot("courses.main", "home.main", _home),
        JobHandler("courses.recount", _recount),
        DemoData("courses", _demo_courses),
        privacy.PERSONAL_DATA,
    ),
    init_app=_init_app,
)
