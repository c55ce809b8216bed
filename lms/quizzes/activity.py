"""The activity type `quiz`: read from its files, published, shown with its rules and results."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms import i18n, markdown
from lms.accounts.permissions import may
from lms.courses import proofreading
from lms.courses.activities import (
    ActivityPage,
    ActivitySource,
    ActivityType,
    Problem,
    Reading,
    SourceFile,
)
from lms.courses.models import EnrolmentLine
from lms.quizzes import content, services
from lms.quizzes.kinds import question_types
from lms.quizzes.models import AttemptLine
from lms.quizzes.rules import QuizSettings
from lms.quizzes.services import Extra, Standing

RESULTS = {
    "best": _l("your best result: %(percent)s"),
    "last": _l("your last result: %(percent)s"),
    "first": _l("your first result: %(percent)s"),
    "mean": _l("the mean of your results: %(percent)s"),
}


def read(source: ActivitySource) -> Reading | None:
    """Return the quiz in all its languages, with everything to mend noted on the source."""
    for file in source.files.values():
        source.problems.extend(_careless(source, file))
    quiz = content.read_quiz(source, question_types())
    # Questions are not searched for: a search that finds their words would tell about them.
    counts = {"questions": len(quiz.questions)} if quiz else {}
    return Reading(quiz.titles, quiz, counts=counts) if quiz else None


def show(page: ActivityPage) -> ResponseReturnValue:
    """Show what awaits the learner: the rules, earlier results, and one big button."""
    pool = services.find_pool(page.activity)
    standing = services.standing(page.enrolment, page.course, page.activity)
    return render_template(
        "quizzes/start.html",
        page=page,
        pool=pool,
        standing=standing,
        drawn=standing.settings.drawn_of(len(pool.questions)),
        may_allow=may(current_user, "quizzes.review", course=page.course.slug),
    )


def missing(page: ActivityPage) -> str:
    """Say what the learner still has to do here."""
    attempts, extras = _history_of(page.enrolment) if page.enrolment else ([], {})
    return summary(services.standing_after(attempts, page.course, page.activity, extras))


def _history_of(enrolment: EnrolmentLine) -> tuple[Sequence[AttemptLine], Mapping[int, Extra]]:
    # A course page asks once for each of its quizzes; they are looked up once for all.
    looked_up: dict[int, Any] = g.setdefault("quizzes_history", {})
    if enrolment.id not in looked_up:
        looked_up[enrolment.id] = services.attempts_of(enrolment), services.extras_of(enrolment)
    history: tuple[Sequence[AttemptLine], Mapping[int, Extra]] = looked_up[enrolment.id]
    return history


def summary(standing: Standing) -> str:
    """Return the rules and where the learner stands, as labels with figures."""
    score = None if standing.shows == "nothing" else standing.score
    counts = standing.settings.counts
    return _summary(i18n.current_language(), standing.pass_mark, counts, score, standing.left)


@lru_cache(maxsize=4096)
def _summary(
    language: str, pass_mark: int, counts: str, score: int | None, left: int | None
) -> str:
    # A course page asks for each of its quizzes; the words are looked up once.
    said = [_("Pass mark: %(percent)s", percent=i18n.format_percent(pass_mark))]
    if score is not None:
        said.append(str(RESULTS[counts] % {"percent": i18n.format_percent(score)}))
    if left is not None:
        said.append(_("attempts left: %(n)s", n=left))
    return ", ".join(said)


def _careless(source: ActivitySource, file: SourceFile) -> Iterator[Problem]:
    tokens = markdown.parse(file.text)
    sections = markdown.sections(tokens)
    yield from proofreading.letter_problems(file)
    yield from proofreading.heading_problems(file, sections)
    for token in tokens:
        for name in markdown.reference_names([token]):
            if name not in source.facts:
                message = f"there is no fact “{name}” in facts.toml"
                yield Problem(file.path, markdown.line_of(token), message)
    yield from proofreading.picture_problems(file, tokens, source.pictures)
    anchors = {section.id for section in sections if section.id}
    yield from proofreading.link_problems(file, tokens, anchors)


QUIZ = ActivityType(
    name="quiz",
    label=_l("Quiz"),
    settings=QuizSettings,
    read=read,
    publish=services.publish_quiz,
    show=show,
    missing=missing,
)
