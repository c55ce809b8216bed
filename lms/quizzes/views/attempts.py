"""Taking a quiz: questions one by one, a look at all of them, the result."""

import re
import secrets
from typing import Any

from flask import (
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms import i18n
from lms.accounts.access import sign_in_required
from lms.courses.pages import page_for
from lms.courses.services import find_course
from lms.database import db
from lms.forms import STALE, Form, keeps_input
from lms.quizzes import services
from lms.quizzes.questions import Answer, AnswerProblem
from lms.quizzes.services import (
    Asked,
    KeyUsedTwice,
    NoAttemptsLeft,
    Receipt,
    Sheet,
    TooSoon,
)
from lms.quizzes.views import bp

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@bp.post("/<course>/<activity>/attempts")
@sign_in_required
def start_attempt(course: str, activity: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the one begun, at its first question without an answer."""
    page = page_for(course, activity)
    if page.activity.type != "quiz":
        abort(404)
    if page.enrolment is None:
        return redirect(url_for("courses.show_course", course=course), 303)
    try:
        attempt = services.start_attempt(page, page.enrolment)
    except (NoAttemptsLeft, TooSoon):
        return redirect(url_for("courses.show_activity", course=course, activity=activity), 303)
    if services.is_time_up(attempt):
        return submit_attempt(attempt.token)
    questions = services.list_questions(attempt)
    db.session.commit()
    unanswered = (asked.position for asked in questions if asked.answer is None)
    position = next(unanswered, None)
    if position is None:
        return redirect(url_for("quizzes.review", token=attempt.token), 303)
    return redirect(url_for("quizzes.show_question", token=attempt.token, position=position), 303)


@bp.get("/attempts/<token>/<int(max=999):position>")
@sign_in_required
def show_question(token: str, position: int) -> ResponseReturnValue:
    """Show one question with the answer given so far."""
    sheet = _sheet(token)
    if sheet.attempt.submitted_at is not None:
        return redirect(url_for("quizzes.result", token=token), 303)
    if services.is_time_up(sheet.attempt):
        return render_template("quizzes/submitted.html", sheet=sheet)
    return _question_page(sheet, _asked(sheet, position))


@bp.post("/attempts/<token>/<int(max=999):position>")
@keeps_input
@sign_in_required
def save_answer(token: str, position: int) -> ResponseReturnValue:
    """Save an answer and go on; to a script, say that it is saved."""
    sheet = _sheet(token, lock=True)
    asked = _asked(sheet, position)
    if not Form().validate_on_submit():
        return _refusal(sheet, asked, STALE, 400)
    try:
        answer = asked.kind.parse_answer(asked.question, request.form.to_dict(flat=False))
        receipt = services.save_answer(sheet.attempt, asked, answer, _key())
    except AnswerProblem as problem:
        return _refusal(sheet, asked, problem.message, 400)
    except KeyUsedTwice:
        return _refusal(
            sheet, asked, _("Another answer was sent from this page. Save once more."), 422
        )
    if receipt.late:
        services.submit_attempt(sheet)
    db.session.commit()
    if receipt.late:
        return _too_late(sheet, kept=True)
    if _asks_for_json():
        return _as_json(receipt)
    if _overtakes(asked, answer):
        return redirect(_back_to(sheet, position), 303)
    return redirect(_onwards(sheet, position), 303)


@bp.get("/attempts/<token>/review")
@sign_in_required
def review(token: str) -> ResponseReturnValue:
    """Show every question with the answer given, before they are submitted."""
    sheet = _sheet(token)
    if sheet.attempt.submitted_at is not None:
        return redirect(url_for("quizzes.result", token=token), 303)
    if services.is_time_up(sheet.attempt):
        return render_template("quizzes/submitted.html", sheet=sheet)
    questions = services.list_questions(sheet.attempt)
    return render_template("quizzes/review.html", sheet=sheet, questions=questions)


@bp.post("/attempts/<token>/submission")
@sign_in_required
def submit_attempt(token: str) -> ResponseReturnValue:
    """Submit the attempt and go to its result; doing it again only goes there."""
    sheet = _sheet(token, lock=True)
    services.submit_attempt(sheet)
    db.session.commit()
    return redirect(url_for("quizzes.result", token=token), 303)


@bp.get("/attempts/<token>/result")
@sign_in_required
def result(token: str) -> ResponseReturnValue:
    """Show the score, and each question with what was answered, what is right, and why."""
    sheet = _sheet(token)
    if sheet.attempt.submitted_at is None:
        return redirect(url_for("quizzes.review", token=token), 303)
    ways_on = _ways_on(sheet)
    standing = ways_on["standing"]
    shows = standing.shows if standing else services.rules_of(sheet.attempt).shows
    questions = services.list_questions(sheet.attempt) if shows == "all" else []
    return render_template(
        "quizzes/result.html", sheet=sheet, shows=shows, questions=questions, **ways_on
    )


def _sheet(token: str, *, lock: bool = False) -> Sheet:
    sheet = services.find_sheet(token, current_user.id, lock=lock)
    if sheet is None:
        abort(404)
    return sheet


def _asked(sheet: Sheet, position: int) -> Asked:
    asked = services.find_question(sheet.attempt, position)
    if asked is None:
        abort(404)
    return asked


def _key() -> str:
    # A form sent without a key, by whatever old page or script, is still an answer worth keeping.
    key = request.form.get("form_key", "")
    return key if KEY.fullmatch(key) else secrets.token_urlsafe(12)


def _question_page(sheet: Sheet, asked: Asked, problem: Any = None, given: Any = None) -> str:
    return render_template(
        "quizzes/question.html",
        sheet=sheet,
        asked=asked,
        question=asked.question,
        order=asked.order,
        given=asked.given if given is None else given,
        problem=problem,
        returns_to_review=request.values.get("return_to") == "review",
        overtakes="overtakes" in request.args,
    )


def _refusal(sheet: Sheet, asked: Asked, problem: Any, status: int) -> Response:
    if sheet.attempt.submitted_at is not None or services.is_time_up(sheet.attempt):
        return _too_late(sheet)
    if _asks_for_json():
        return make_response(jsonify(problem=str(problem)), status)
    given = request.form.to_dict(flat=False)
    return make_response(_question_page(sheet, asked, problem, given), status)


def _too_late(sheet: Sheet, *, kept: bool = False) -> Response:
    if _asks_for_json():
        by_time = sheet.attempt.due_at is not None and sheet.attempt.ended_by != "learner"
        said = _("The time is up") if by_time else _("Already submitted")
        address = url_for("quizzes.result", token=sheet.attempt.token)
        return make_response(jsonify(problem=said, result=address), 409)
    return make_response(render_template("quizzes/submitted.html", sheet=sheet, is_kept=kept), 409)


def _overtakes(asked: Asked, answer: Answer | None) -> bool:
    """Say whether this answer takes the place of one that its page did not know of."""
    newest = asked.answer_key or ""
    return request.form.get("seen_answer", newest) != newest and asked.answer != answer


def _asks_for_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _as_json(receipt: Receipt) -> Response:
    saved = _("Saved %(time)s", time=i18n.format_moment(receipt.received_at, "time"))
    return jsonify(saved=saved, newest=receipt.is_newest)


def _back_to(sheet: Sheet, position: int) -> str:
    return url_for(
        "quizzes.show_question",
        token=sheet.attempt.token,
        position=position,
        return_to=request.form.get("return_to"),
        overtakes=1,
    )


def _onwards(sheet: Sheet, position: int) -> str:
    token, go_to = sheet.attempt.token, request.form.get("go_to")
    if go_to == "back" and position > 1:
        return url_for("quizzes.show_question", token=token, position=position - 1)
    if request.form.get("return_to") == "review" or position >= sheet.attempt.questions:
        return url_for("quizzes.review", token=token)
    return url_for("quizzes.show_question", token=token, position=position + 1)


def _ways_on(sheet: Sheet) -> dict[str, Any]:
    found = find_course(sheet.course, current_user.id)
    outline = found[0] if found else None
    activity = outline.find(sheet.activity) if outline else None
    if outline is None or activity is None:
        return {"standing": None, "next_step": None}
    return {
        "standing": services.standing(sheet.enrolment, outline, activity),
        "next_step": outline.neighbours(activity.id)[1],
    }
