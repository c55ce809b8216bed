"""What can be done with courses: verbs. They flush and never commit."""

from lms.courses.services.catalogue import (
    completions_of,
    enrolments_of,
    find_course,
    list_courses,
    load_outline,
    next_step,
)
from lms.courses.services.completion import complete_activity, recount
from lms.courses.services.enrolment import enrol
from lms.courses.services.publishing import export_course, publish_course, retire_course
from lms.courses.services.searching import search

__all__ = [
    "complete_activity",
    "completions_of",
    "enrol",
    "enrolments_of",
    "export_course",
    "find_course",
    "list_courses",
    "load_outline",
    "next_step",
    "publish_course",
    "recount",
    "retire_course",
    "search",
]
