"""The activity type `quiz`: read from its files, published, shown with its rules and results."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import i18n, markdown
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
from lms.quizzes.services import Standing


def read(source: ActivitySource) -> Reading | None:
    """Return the quiz in all its languages, with everything to mend noted on the source."""
    for file in source.files.values():
        source.problems.extend(_careless(source, file))
    quiz = content.read_quiz(source, question_types(), source.settings.draw)
    # Questions are not searched for: a search that finds their words would tell about them.
    counts = {"questions": len(quiz.questions)} if quiz else {}
    return Reading(quiz.titles, quiz, counts=counts) if quiz else None


def show(page: ActivityPage) -> ResponseReturnValue:
    """Show what awaits the learner: the rules, earlier results, and one big button."""
    pool = services.find_pool(page.activity)
    standing = services.standing(page.enrolment, page.course, page.activity)
    drawn = min(standing.settings.draw or len(pool.questions), len(pool.questions))
    return render_template(
        "quizzes/start.html", page=page, pool=pool, standing=standing, drawn=drawn
    )


def missing(page: ActivityPage) -> str:
    """Say what the learner still has to do here."""
    attempts = _attempts_of(page.enrolment) if page.enrolment else []
    return summary(services.standing_after(attempts, page.course, page.activity))


def _attempts_of(enrolment: EnrolmentLine) -> Sequence[AttemptLine]:
    # A course page asks once for each of its quizzes; they are looked up once for all.
    looked_up: dict[int, Sequence[AttemptLine]] = g.setdefault("quizzes_attempts", {})
    if enrolment.id not in looked_up:
        looked_up[enrolment.id] = services.attempts_of(enrolment)
    return looked_up[enrolment.id]


def summary(standing: Standing) -> str:
    """Return the rules and where the learner stands, as labels with figures."""
    return _summary(i18n.current_language(), standing.pass_mark, standing.best, standing.left)


@lru_cache(maxsize=4096)
def _summary(language: str, pass_mark: int, best: int | None, left: int | None) -> str:
    # A course page asks for each of its quizzes; the words are looked up once.
    said = [_("Pass mark: %(percent)s", percent=i18n.format_percent(pass_mark))]
    if best is not None:
        said.append(_("your best result: %(percent)s", percent=i18n.format_percent(best)))
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
    settings=content.QuizSettings,
    read=read,
    publish=services.publish_quiz,
    show=show,
    missing=missing,
)
