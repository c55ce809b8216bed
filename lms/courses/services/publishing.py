"""From course folders to tables, and back to the same bytes."""

from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select

from lms import clock, jobs
from lms.courses.activities import ActivityType
from lms.courses.content import CourseReading, ReadActivity
from lms.courses.files import digest
from lms.courses.models import Activity, Course, File, Version, Word
from lms.database import db, insert_or_ignore
from lms.plugins import contributed
from lms.search import words

TITLE_WEIGHT = 8
SUMMARY_WEIGHT = 4
TEXT_WEIGHT = 1
LONGEST_WORD = 40


def publish_course(reading: CourseReading) -> Version | None:
    """Publish a folder that was read without errors; return the new version, or None if none is due.

    Activities that disappeared are retired, never deleted; learners keep what they completed. A
    retired course is on offer again.
    """
    if reading.errors:
        raise ValueError(f"{reading.slug} has errors and cannot be published")
    course = _course(reading.slug)
    content_digest = _digest_of(reading)
    current = db.session.get(Version, course.version_id) if course.version_id else None
    course.retired_at = None
    if current is not None and current.digest == content_digest:
        return None
    number = _next_number(course)
    version = Version(
        course_id=course.id,
        number=number,
        digest=content_digest,
        outline=_outline(course, number, reading),
        files={path: digest(content) for path, content in reading.files.items()},
        published_at=clock.now(),
    )
    for content in reading.files.values():
        insert_or_ignore(File, digest=digest(content), content=content)
    db.session.add(version)
    db.session.flush()
    course.version_id = version.id
    _index_words(course, reading)
    jobs.enqueue("courses.recount", {"course": course.slug}, unique=f"recount:{version.id}")
    return version


def retire_course(course: Course) -> None:
    """Take a course out of the catalogue; those enrolled keep it."""
    course.retired_at = clock.now()


def export_course(course: Course, folder: Path) -> list[Path]:
    """Write the files of the current version below `folder`, byte for byte; return their paths."""
    version = db.session.get_one(Version, course.version_id)
    written = []
    for path, file_digest in sorted(version.files.items()):
        target = folder / course.slug / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(db.session.get_one(File, file_digest).content)
        written.append(target)
    return written


def _course(slug: str) -> Course:
    insert_or_ignore(Course, slug=slug)
    # Locked, so that of two imports at once the second finds nothing left to do.
    this = select(Course).filter_by(slug=slug).with_for_update()
    return db.session.scalars(this, execution_options={"populate_existing": True}).one()


def _digest_of(reading: CourseReading) -> str:
    files = {path: digest(content) for path, content in sorted(reading.files.items())}
    # Facts come from outside the folder: a new figure is a new version of the lessons that use it.
    definitions = [a.reading.definition for m in reading.modules for a in m.activities]
    return digest(msgspec.json.encode([files, definitions]))


def _next_number(course: Course) -> int:
    highest = db.session.scalar(select(func.max(Version.number)).filter_by(course_id=course.id))
    return (highest or 0) + 1


def _outline(course: Course, number: int, reading: CourseReading) -> dict[str, Any]:
    header = reading.header
    known = {a.slug: a for a in db.session.scalars(select(Activity).filter_by(course_id=course.id))}
    modules: list[dict[str, Any]] = [
        {
            "id": module.id,
            "titles": module.titles,
            "activities": [_activity(course, number, a, known) for a in module.activities],
        }
        for module in reading.modules
    ]
    kept = {activity["id"] for module in modules for activity in module["activities"]}
    for slug, activity in known.items():
        activity.retired_at = None if slug in kept else activity.retired_at or clock.now()
    return {
        "slug": course.slug,
        "version": number,
        "languages": header.languages,
        "audience": header.audience,
        "hours": header.hours,
        "pass_mark": header.pass_mark,
        "titles": header.title,
        "summaries": header.summary,
        "outcomes": header.outcomes,
        "result_from": header.certificate.result,
        "modules": modules,
    }


def _activity(
    course: Course, number: int, read: ReadActivity, known: dict[str, Activity]
) -> dict[str, Any]:
    activity = known.get(read.id)
    if activity is None:
        activity = Activity(course_id=course.id, slug=read.id, type=read.type)
        db.session.add(activity)
    activity.type = read.type
    db.session.flush()
    kinds = {kind.name: kind for kind in contributed(ActivityType)}
    texts = kinds[read.type].publish(activity, number, read.reading)
    return {
        "key": activity.id,
        "id": read.id,
        "type": read.type,
        "titles": dict(read.reading.titles),
        "minutes": read.minutes,
        "optional": read.optional,
        "settings": msgspec.to_builtins(read.settings),
        "texts": dict(texts),
    }


def _index_words(course: Course, reading: CourseReading) -> None:
    weights: dict[tuple[str, str], int] = {}

    def note(text: str, activity: str, weight: int) -> None:
        for word in set(words(text)):
            key = (word[:LONGEST_WORD], activity)
            weights[key] = max(weight, weights.get(key, 0))

    for title in reading.header.title.values():
        note(title, "", TITLE_WEIGHT)
    for summary in reading.header.summary.values():
        note(summary, "", SUMMARY_WEIGHT)
    for module in reading.modules:
        for activity in module.activities:
            for text in activity.reading.words.values():
                note(text, activity.id, TEXT_WEIGHT)
            for title in activity.reading.titles.values():
                note(title, activity.id, TITLE_WEIGHT)
    db.session.execute(delete(Word).filter_by(course_id=course.id))
    rows = [
        {"word": word, "course_id": course.id, "activity": activity, "weight": weight}
        for (word, activity), weight in weights.items()
    ]
    if rows:
        # Thousands of them: the table, not the entity, takes a third of the time.
        db.session.execute(insert(db.metadata.tables["courses_word"]), rows)
