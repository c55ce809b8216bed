"""Pages of the diary: look up, call a service, commit, answer."""

import msgspec
from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.accounts.access import sign_in_required
from lms.courses.activities import ActivityPage
from lms.courses.pages import page_for
from lms.database import db
from lms.forms import keeps_input
from lms_diary import services
from lms_diary.content import DiarySettings
from lms_diary.forms import PlanForm
from lms_diary.models import Plan

bp = Blueprint("diary", __name__, template_folder="templates")


@bp.get("/<course>/<activity>/plan")
def show_plan(course: str, activity: str) -> ResponseReturnValue:
    """Lead to the step's own page: a refused form stands at this address, and people reload it."""
    return redirect(url_for("courses.show_activity", course=course, activity=activity), 303)


@bp.post("/<course>/<activity>/plan")
@keeps_input
@sign_in_required
def write_plan(course: str, activity: str) -> ResponseReturnValue:
    """Keep the plan and go back to the step, which says so; what is refused is shown again."""
    page = page_for(course, activity)
    if page.activity.type != "diary":
        abort(404)
    form = PlanForm(_settings(page).least_words)
    if not form.validate_on_submit():
        return _plan_page(page, form), 400
    if page.enrolment is None:
        form.form_errors.append(_("Enrol in the course first. Your text is still here."))
        return _plan_page(page, form), 400
    services.write_plan(page, page.enrolment, form.text.data)
    db.session.commit()
    return redirect(url_for("courses.show_activity", course=course, activity=activity), 303)


def show(page: ActivityPage) -> ResponseReturnValue:
    """Show what is asked, and what the learner wrote."""
    plan = services.find_plan(page.enrolment.user_id, page.activity.key) if page.enrolment else None
    form = PlanForm(_settings(page).least_words, data={"text": plan.text if plan else ""})
    return _plan_page(page, form, plan)


def missing(page: ActivityPage) -> str:
    """Say what the learner still has to do here."""
    return _("Write down the one thing you will do.")


def render_plans(user_id: int, **more: object) -> str:
    """Return the learner's plans for the end of “My learning”."""
    plans = services.plans_of(user_id)
    return render_template("diary/_plans.html", plans=plans) if plans else ""


def _settings(page: ActivityPage) -> DiarySettings:
    return msgspec.convert(page.activity.settings, DiarySettings)


def _plan_page(page: ActivityPage, form: PlanForm, plan: Plan | None = None) -> str:
    return render_template("diary/plan.html", page=page, form=form, plan=plan)
