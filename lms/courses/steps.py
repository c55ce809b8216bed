"""The list of a course's steps: each line drawn once for each state it can be in, since a page has twenty."""

from collections.abc import Mapping
from functools import partial

from flask import get_template_attribute
from markupsafe import Markup, escape

from lms.courses.models import LedgerLine
from lms.courses.outline import ActivityOutline, CourseOutline
from lms.slots import keep

PARTS = "courses/_parts.html"


def draw_steps(
    course: CourseOutline,
    completed: Mapping[str, LedgerLine],
    here: ActivityOutline | None,
    missing: Mapping[str, str],
) -> Markup:
    """Return the modules with their steps as HTML.

    Steps in `completed` are ticked, `here` is the one to do next, and `missing` says by id what is still
    to do in a step.
    """
    drawn: list[str] = []
    for number, module in enumerate(course.modules, 1):
        heading = partial(_call, "module_heading", module, number)
        drawn += ["<section>", keep("module", course.key, module.id, caller=heading)]
        drawn.append('<ol class="steps">')
        for step in module.activities:
            drawn.append(_line(course, step, completed.get(step.id), step is here))
            # What is missing is the learner's own, so it is drawn anew.
            if step.id in missing:
                said = escape(missing[step.id])
                drawn.append(f'<p class="small muted step-missing">{said}</p>')
            drawn.append("</li>")
        drawn.append("</ol></section>")
    # Markup of templates, and text escaped above.
    return Markup("\n".join(drawn))  # noqa: S704


def _line(
    course: CourseOutline, step: ActivityOutline, done: LedgerLine | None, is_here: bool
) -> str:
    score = done.score if done else None
    macro = partial(_call, "step_line", course, step, done is not None, score, is_here)
    return keep("step", course.key, step.id, done is not None, score, is_here, caller=macro)


def _call(macro: str, *arguments: object) -> str:
    return str(get_template_attribute(PARTS, macro)(*arguments))
