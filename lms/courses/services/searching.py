"""Finding courses and lessons by words."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from lms.courses.models import Course, Word
from lms.courses.outline import ActivityOutline, CourseOutline
from lms.courses.services.catalogue import load_outlines
from lms.database import db
from lms.search import stems

MOST_ROWS = 5000
MOST_ACTIVITIES = 4
AFTER_ANY_LETTER = "\U0010ffff"


@dataclass(frozen=True)
class Found:
    """A course that a search found, with its best matching activities."""

    course: CourseOutline
    activities: list[ActivityOutline]


def search(query: str) -> list[Found]:
    """Return the courses in which every word of `query` begins some word, the best first."""
    wanted = stems(query)
    if not wanted:
        return []
    rows = db.session.execute(
        select(Word.word, Word.activity, Word.weight, Course.version_id)
        .join(Course, Course.id == Word.course_id)
        .where(Course.retired_at.is_(None), or_(*(_begins_with(stem) for stem in wanted)))
        .order_by(Word.weight.desc())
        .limit(MOST_ROWS)
    ).all()
    by_course: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        for stem in wanted:
            if row.word.startswith(stem):
                scores = by_course[row.version_id][row.activity]
                scores[stem] = max(scores.get(stem, 0), row.weight)
    hits = {
        version_id: places
        for version_id, places in by_course.items()
        if {stem for scores in places.values() for stem in scores} >= set(wanted)
    }
    found = [
        (_score(places), _found(outline, places))
        for outline, places in zip(load_outlines(list(hits)), hits.values(), strict=True)
    ]
    return [course for _, course in sorted(found, key=lambda pair: -pair[0])]


def _begins_with(stem: str) -> ColumnElement[bool]:
    return and_(Word.word >= stem, Word.word < stem + AFTER_ANY_LETTER)


def _score(places: dict[str, dict[str, int]]) -> int:
    return sum(sum(scores.values()) for scores in places.values())


def _found(outline: CourseOutline, places: dict[str, dict[str, int]]) -> Found:
    ranked = sorted(
        (activity for activity in places if activity),
        key=lambda activity: (-len(places[activity]), -sum(places[activity].values())),
    )
    activities = [outline.find(activity) for activity in ranked]
    return Found(outline, [a for a in activities if a is not None][:MOST_ACTIVITIES])
