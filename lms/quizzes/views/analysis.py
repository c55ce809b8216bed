"""What trainers see of a quiz: how good its questions are, and everybody's attempts."""

from typing import Any

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from lms import clock, i18n
from lms.accounts.access import sign_in_required
from lms.accounts.permissions import may, require
from lms.courses.activities import ActivityPage
from lms.courses.pages import page_for
from lms.logs import note_security
from lms.quizzes import exports, services
from lms.quizzes.exports import CSV_TYPE, XLSX_TYPE, Sheet
from lms.quizzes.forms import AttemptsForm
from lms.quizzes.items import Item
from lms.quizzes.kinds import kind_of
from lms.quizzes.models import AttemptLine
from lms.quizzes.services import Wanted
from lms.quizzes.statistics import ENOUGH
from lms.quizzes.views import bp

REVIEW, EXPORT = "quizzes.review", "quizzes.export"
LAST_PAGE = 100_000


@bp.get("/<course>/<activity>/analysis")
@sign_in_required
def show_analysis(course: str, activity: str) -> ResponseReturnValue:
    """Show what is known of each question, those to rewrite first."""
    page = _page(course, activity, REVIEW)
    analysed = services.analyse_quiz(services.find_pool(page.activity))
    return render_template(
        "quizzes/analysis.html",
        page=page,
        analysed=analysed,
        totals=services.totals_of(page.activity.key),
        enough=ENOUGH,
        may_export=may(current_user, EXPORT, course=course),
    )


@bp.get("/<course>/<activity>/analysis/<question>")
@sign_in_required
def show_question_analysis(course: str, activity: str, question: str) -> ResponseReturnValue:
    """Show what is known of one question: its options, its languages, what people answered."""
    page = _page(course, activity, REVIEW)
    pool = services.find_pool(page.activity)
    item = next(iter(services.analyse_quiz(pool, question)), None)
    if item is None:
        abort(404)
    return render_template(
        "quizzes/analysis_question.html",
        page=page,
        item=item,
        frequent=[] if item.options else _frequent(item, pool),
        enough=ENOUGH,
    )


@bp.get("/<course>/<activity>/attempts")
@sign_in_required
def list_attempts(course: str, activity: str) -> ResponseReturnValue:
    """Show everybody's attempts, fifty a page."""
    page = _page(course, activity, REVIEW)
    form = _form()
    wanted = _wanted(form)
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    return render_template(
        "quizzes/attempts.html",
        page=page,
        form=form,
        attempts=services.list_attempts(page.activity.key, wanted, number),
        count=services.count_attempts(page.activity.key, wanted),
        number=number,
        per_page=services.ATTEMPTS_A_PAGE,
        languages_of=_languages,
        endings=_endings(),
        may_export=may(current_user, EXPORT, course=course),
    )


@bp.get("/<course>/<activity>/attempts.xlsx")
@sign_in_required
def attempts_as_xlsx(course: str, activity: str) -> ResponseReturnValue:
    """Hand out the attempts asked for and the analysis as a workbook."""
    page, attempts = _exported(course, activity)
    items = services.analyse_quiz(services.find_pool(page.activity))
    about = Sheet(_("About"), (_("What this is"), ""), _about(page))
    book = exports.as_xlsx((about, _attempts_sheet(attempts), _questions_sheet(items)))
    return _download(book, XLSX_TYPE, f"{course}-{activity}.xlsx")


@bp.get("/<course>/<activity>/attempts.csv")
@sign_in_required
def attempts_as_csv(course: str, activity: str) -> ResponseReturnValue:
    """Hand out the attempts asked for as text, who took them and when in its first line."""
    page, attempts = _exported(course, activity)
    about = [cell for line in _about(page) for cell in line]
    return _download(
        exports.as_csv(about, _attempts_sheet(attempts)), CSV_TYPE, f"{course}-{activity}.csv"
    )


def _page(course: str, activity: str, action: str) -> ActivityPage:
    require(action, course=course)
    page = page_for(course, activity)
    if page.activity.type != "quiz":
        abort(404)
    return page


def _frequent(item: Item, pool: Any) -> list[tuple[list[str], bool, int]]:
    kind = kind_of(item.question.type)
    return [
        (kind.describe_answer(item.question, answer), kind.mark(item.question, answer) == 1, count)
        for answer, count in services.frequent_answers(pool, item.question.id)
    ]


def _form() -> AttemptsForm:
    form = AttemptsForm(formdata=MultiDict(request.args))
    form.validate()
    return form


def _wanted(form: AttemptsForm) -> Wanted:
    given = form.given()
    return Wanted(
        submitted=given["state"] == "submitted" if "state" in given else None,
        passed=given["passed"] == "yes" if "passed" in given else None,
        language=given.get("language"),
        day=form.day.data if "day" in given else None,
    )


def _languages(attempt: AttemptLine) -> list[str]:
    return sorted({language for language in (attempt.first, attempt.last) if language})


def _endings() -> dict[str, str]:
    return {
        "learner": _("the learner"),
        "time": _("the time was up"),
        "worker": _("nobody came back"),
    }


def _exported(course: str, activity: str) -> tuple[ActivityPage, Any]:
    page = _page(course, activity, EXPORT)
    attempts = services.all_attempts(page.activity.key, _wanted(_form()))
    note_security(
        "attempts exported",
        user=current_user.id,
        course=course,
        quiz=activity,
        rows=len(attempts),
    )
    return page, attempts


def _about(page: ActivityPage) -> list[tuple[str, Any]]:
    return [
        (_("Course"), i18n.pick(page.course.titles)),
        (_("Quiz"), i18n.pick(page.activity.titles)),
        (_("Exported by"), current_user.name),
        (_("Exported on"), clock.now()),
    ]


def _attempts_sheet(attempts: Any) -> Sheet:
    yes_or_no = {True: _("yes"), False: _("no"), None: None}
    endings = _endings()
    headings = (
        _("Learner"), _("Attempt number"), _("Begun"), _("Submitted"), _("Ended by"),
        _("Language of the answers"), _("Score, per cent"), _("Passed"),
    )  # fmt: skip
    lines = [
        (
            attempt.name or _("erased account"),
            attempt.number,
            attempt.started_at,
            attempt.submitted_at,
            endings.get(attempt.ended_by),
            ", ".join(_languages(attempt)),
            attempt.score,
            yes_or_no[attempt.passed],
        )
        for attempt in attempts
    ]
    return Sheet(_("Attempts"), headings, lines)


def _questions_sheet(items: list[Item]) -> Sheet:
    headings = (
        _("Question"), _("Answers"), _("Mean result, per cent"), _("Discrimination"),
        _("In Kazakh, per cent"), _("In Russian, per cent"), _("Why it should be rewritten"),
    )  # fmt: skip
    lines = [
        (
            item.question.id,
            item.answers,
            round(100 * item.facility, 1),
            None if item.discrimination is None else round(item.discrimination, 2),
            *(_per_cent(item, language) for language in ("kk", "ru")),
            "; ".join(str(reason.words) for reason in item.reasons),
        )
        for item in items
    ]
    return Sheet(_("Questions"), headings, lines)


def _per_cent(item: Item, language: str) -> float | None:
    return round(100 * item.languages[language][1], 1) if item.languages else None


def _download(content: bytes, mimetype: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
