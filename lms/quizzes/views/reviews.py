"""Reviewing: a few missed questions a day, each answered at once, none of it counted."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms import clock
from lms.accounts.access import sign_in_required
from lms.database import db
from lms.forms import STALE, Form, keeps_input, opened, sealed
from lms.quizzes import services
from lms.quizzes.questions import Answer, AnswerProblem
from lms.quizzes.services import MOST_AT_ONCE, Review
from lms.quizzes.views import bp

#: How this sitting went: a `1` for each right answer, a `0` for each other.
SO_FAR = re.compile(rf"[01]{{0,{MOST_AT_ONCE}}}")
#: As large as any database can look for.
VERSION = re.compile(r"\d{1,9}")


@bp.get("/reviews")
@sign_in_required
def show_reviews() -> ResponseReturnValue:
    """Show the next question to review; after five, or when none is due, how it went and when more come."""
    cards = services.list_reviews(current_user.id)
    due = [card for card in cards if card.due_at <= clock.now()]
    so_far = _so_far(request.args)
    if due and len(so_far) < MOST_AT_ONCE:
        review = _review(due[0].id, due[0].version_id)
        return _question_page(review, so_far, len(due))
    later = [card.due_at for card in cards if card.due_at > clock.now()]
    return render_template(
        "quizzes/reviewed.html",
        so_far=so_far,
        waiting=len(due),
        next_at=min(later, default=None),
    )


@bp.get("/reviews/<int:card>")
@sign_in_required
def show_review(card: int) -> ResponseReturnValue:
    """Lead to the question that is next; this address only takes answers."""
    return redirect(url_for("quizzes.show_reviews"), 303)


@bp.post("/reviews/<int:card>")
@keeps_input
@sign_in_required
def answer_review(card: int) -> ResponseReturnValue:
    """Take an answer, move the card on, and go to what was right; twice is once."""
    review = _review(card, _version(request.form.get("question_version", "")), lock=True)
    if not Form().validate_on_submit():
        return _refusal(review, STALE)
    try:
        answer = _answer(review)
    except AnswerProblem as problem:
        return _refusal(review, problem.message)
    is_right = services.answer_review(review, answer, request.form.get("card_state", ""))
    db.session.commit()
    so_far = (_so_far(request.form) + str(int(is_right)))[:MOST_AT_ONCE]
    said = _sealed_answer(review, answer)
    return redirect(url_for("quizzes.review_result", card=card, answer=said, so_far=so_far), 303)


@bp.get("/reviews/<int:card>/result")
@sign_in_required
def review_result(card: int) -> ResponseReturnValue:
    """Show whether an answer was right, what the author says to it, and when the question comes back."""
    # The answer is kept nowhere: it comes back in the address, under our seal.
    target, fields = opened(request.args.get("answer", "")) or ("", [])
    if target != _target(card):
        return redirect(url_for("quizzes.show_reviews"), 303)
    said = dict(fields)
    review = _review(card, _version(said["version"]))
    answer = msgspec.json.decode(said["answer"])
    return render_template(
        "quizzes/review_result.html",
        review=review,
        answer=answer,
        is_right=answer is not None and review.kind.mark(review.question, answer) == 1,
        so_far=_so_far(request.args),
    )


def render_due(user_id: int, **more: object) -> str:
    """Return how many questions are to be reviewed today, for the learner's own page."""
    due = min(services.count_due(user_id), MOST_AT_ONCE)
    return render_template("quizzes/_reviews_due.html", due=due) if due else ""


def _review(card: int, version: int, *, lock: bool = False) -> Review:
    review = services.find_review(current_user.id, card, version, lock=lock)
    if review is None:
        abort(404)
    return review


def _version(given: str) -> int:
    return int(given) if VERSION.fullmatch(given) else abort(404)


def _so_far(source: Mapping[str, str]) -> str:
    given = source.get("so_far", "")
    return given if SO_FAR.fullmatch(given) else ""


def _answer(review: Review) -> Answer | None:
    if "not_known" in request.form:
        return None
    answer = review.kind.parse_answer(review.question, request.form.to_dict(flat=False))
    if answer is None:
        raise AnswerProblem(_("Give an answer, or press “I do not remember”."))
    return answer


def _refusal(review: Review, problem: Any) -> ResponseReturnValue:
    waiting = services.count_due(current_user.id)
    given = request.form.to_dict(flat=False)
    return _question_page(review, _so_far(request.form), waiting, given, problem), 400


def _question_page(
    review: Review, so_far: str, waiting: int, given: Any = None, problem: Any = None
) -> str:
    return render_template(
        "quizzes/reviews.html",
        review=review,
        question=review.question,
        order=review.order,
        given=given or {},
        problem=problem,
        so_far=so_far,
        total=min(len(so_far) + waiting, MOST_AT_ONCE),
    )


def _sealed_answer(review: Review, answer: Answer | None) -> str:
    said = msgspec.json.encode(answer).decode()
    return sealed([("version", str(review.version)), ("answer", said)], _target(review.card.id))


def _target(card: int) -> str:
    # Unlike the address of any page, so no form that travelled through the door opens here.
    return f"review of {card}"
