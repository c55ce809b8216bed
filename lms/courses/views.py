"""Pages of courses: look up, call a service, commit, answer."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.accounts.access import sign_in_required
from lms.courses import services
from lms.courses.files import MEDIA_TYPES
from lms.courses.models import Course, File
from lms.courses.pages import activity_types, by_sentence, course_for, page_for, still_missing
from lms.courses.steps import draw_steps
from lms.database import db

LONGEST_QUERY = 100
A_YEAR = 365 * 24 * 3600
MEDIA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"

bp = Blueprint("courses", __name__, template_folder="templates", cli_group="content")
media = Blueprint("courses_media", __name__)


@bp.get("")
def catalogue() -> str:
    """Show all courses, or with `?q=` those that a search finds."""
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    found = services.search(query) if query else []
    courses = [] if query else services.list_courses()
    return render_template("courses/catalogue.html", query=query, found=found, courses=courses)


@bp.get("/enrolments")
@sign_in_required
def my_learning() -> str:
    """Show what the learner is enrolled in, each with its next step."""
    rows = [
        (outline, enrolment, completed, services.next_step(outline, completed))
        for enrolment, outline, completed in services.enrolments_of(current_user.id)
    ]
    return render_template("courses/my_learning.html", rows=rows)


@bp.get("/<course>")
def show_course(course: str) -> str:
    """Show what a course consists of, and to a learner what is done and what is missing."""
    outline, enrolment = course_for(course)
    completed = services.completions_of(enrolment, outline)
    here = services.next_step(outline, completed) if enrolment else None
    missing = still_missing(outline, enrolment, completed) if enrolment else []
    own = {step.id: said for step, said in missing if step.type != "lesson"}
    return render_template(
        "courses/course.html",
        course=outline,
        enrolment=enrolment,
        completed=completed,
        next_step=here,
        missing=missing,
        missing_by_sentence=by_sentence(missing),
        steps=draw_steps(outline, completed, here, own),
    )


@bp.post("/<course>/enrolment")
@sign_in_required
def enrol(course: str) -> ResponseReturnValue:
    """Enrol and go to the first step not yet completed."""
    outline, _ = course_for(course)
    row = db.session.get_one(Course, outline.course_id)
    enrolment = services.enrol(current_user.id, row)
    completed = services.completions_of(enrolment, outline)
    db.session.commit()
    step = services.next_step(outline, completed)
    if step is None:
        return redirect(url_for("courses.show_course", course=course), 303)
    return redirect(url_for("courses.show_activity", course=course, activity=step.id), 303)


@bp.get("/<course>/<activity>")
def show_activity(course: str, activity: str) -> ResponseReturnValue:
    """Show an activity the way its type does."""
    page = page_for(course, activity)
    kind = activity_types().get(page.activity.type)
    if kind is None:
        return render_template("courses/unavailable.html", page=page)
    return kind.show(page)


@bp.post("/<course>/<activity>/completion")
@sign_in_required
def declare_completion(course: str, activity: str) -> ResponseReturnValue:
    """Take the learner's word that an activity is done, where its type does; go on."""
    page = page_for(course, activity)
    kind = activity_types().get(page.activity.type)
    if kind is None or kind.declared is None or page.enrolment is None:
        abort(404)
    services.complete_activity(page.enrolment, activity, reason=kind.declared)
    db.session.commit()
    is_last_missing = {a.id for a in page.course.required} - {*page.completed, activity} == set()
    if page.next is None or is_last_missing:
        return redirect(url_for("courses.show_course", course=course), 303)
    return redirect(url_for("courses.show_activity", course=course, activity=page.next.id), 303)


@media.get("/media/<digest>/<name>")
def show_media(digest: str, name: str) -> Response:
    """Serve a course's picture; its address names its content, so it may be kept for ever."""
    kind = next((t for ending, t in MEDIA_TYPES.items() if name.endswith(ending)), None)
    file = db.session.get(File, digest) if kind else None
    if file is None:
        abort(404)
    response = Response(file.content, mimetype=kind)
    response.cache_control.public = True
    response.cache_control.max_age = A_YEAR
    response.cache_control.immutable = True
    # An SVG opened by itself is a document: it may draw, and nothing else.
    response.headers["Content-Security-Policy"] = MEDIA_POLICY
    return response
