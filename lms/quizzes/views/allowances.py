"""Allowances: a trainer gives one learner further attempts or more minutes."""

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.accounts.access import sign_in_required
from lms.accounts.permissions import require
from lms.courses.activities import ActivityPage
from lms.courses.pages import page_for
from lms.database import db
from lms.forms import keeps_input
from lms.logs import note_security
from lms.quizzes import services
from lms.quizzes.forms import AllowanceForm
from lms.quizzes.services import Standing
from lms.quizzes.views import bp


@bp.get("/<course>/<activity>/allowances")
@sign_in_required
def list_allowances(course: str, activity: str) -> ResponseReturnValue:
    """Show what was given at a quiz, and ask whom to give more."""
    page, rules = _looked_after(course, activity)
    return _page(page, rules, _form_for(rules))


@bp.post("/<course>/<activity>/allowances")
@keeps_input
@sign_in_required
def give_allowance(course: str, activity: str) -> ResponseReturnValue:
    """Give one learner more, and show the list."""
    page, rules = _looked_after(course, activity)
    form = _form_for(rules)
    if not form.validate_on_submit():
        return make_response(_page(page, rules, form), 400)
    learner = services.find_learner(page.course.course_id, form.contact.data)
    if learner is None:
        form.contact.errors = [_("Nobody with this contact is enrolled in the course.")]
        return make_response(_page(page, rules, form), 400)
    attempts, minutes = form.given("attempts"), form.given("minutes")
    is_new = services.give_allowance(
        learner,
        page.activity.key,
        attempts=attempts,
        minutes=minutes,
        reason=form.reason.data,
        by=current_user.id,
    )
    user_id = learner.user_id
    db.session.commit()
    if is_new:
        note_security(
            "allowance given",
            by=current_user.id,
            user=user_id,
            quiz=f"{course}/{activity}",
            attempts=attempts,
            minutes=minutes,
        )
    return redirect(url_for("quizzes.list_allowances", course=course, activity=activity), 303)


def _looked_after(course: str, activity: str) -> tuple[ActivityPage, Standing]:
    require("quizzes.review", course=course)
    page = page_for(course, activity)
    if page.activity.type != "quiz":
        abort(404)
    return page, services.standing(None, page.course, page.activity)


def _form_for(rules: Standing) -> AllowanceForm:
    form = AllowanceForm()
    if not rules.settings.attempts:
        del form.attempts
    if not rules.settings.minutes_limit:
        del form.minutes
    return form


def _page(page: ActivityPage, rules: Standing, form: AllowanceForm) -> str:
    return render_template(
        "quizzes/allowances.html",
        page=page,
        form=form,
        has_limits=rules.settings.attempts or rules.settings.minutes_limit,
        allowances=services.list_allowances(page.activity.key),
    )
