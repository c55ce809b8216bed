"""Tables of courses: what is published, who is enrolled, what they completed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, Row, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Model, PlainText


class Course(Model):
    """A course under its lasting name; what it consists of stands in its current version."""

    __tablename__ = "courses_course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    #: The current `courses_version`; no foreign key, or the two tables could not be made in turn.
    version_id: Mapped[int | None]
    retired_at: Mapped[datetime | None]


class Version(Model):
    """One published state of a course; it never changes, so processes may keep it in memory."""

    __tablename__ = "courses_version"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses_course.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    outline: Mapped[dict[str, Any]]
    #: Path in the course folder → digest of the file, so that export gives back the same bytes.
    files: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]


class Activity(Model):
    """One step of a course under its lasting name: a lesson, a quiz, or what a plugin adds."""

    __tablename__ = "courses_activity"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses_course.id"))
    slug: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(32))
    retired_at: Mapped[datetime | None]


class LessonText(Model):
    """A lesson drawn in one language, kept under the digest of what it was drawn from."""

    __tablename__ = "courses_lesson_text"
    __table_args__ = (UniqueConstraint("activity_id", "language", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("courses_activity.id"))
    language: Mapped[str] = mapped_column(String(2))
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    parts: Mapped[list]
    sources: Mapped[list]


class File(Model):
    """The bytes of one course file, under their digest."""

    __tablename__ = "courses_file"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Word(Model):
    """One folded word of a course or lesson: the search looks words up by their beginnings."""

    __tablename__ = "courses_word"

    word: Mapped[str] = mapped_column(PlainText, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses_course.id"), primary_key=True)
    activity: Mapped[str] = mapped_column(String(64), primary_key=True)
    weight: Mapped[int]


class Enrolment(Model):
    """That a person takes a course: one row whatever the languages, for good."""

    __tablename__ = "courses_enrolment"
    __table_args__ = (UniqueConstraint("user_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses_course.id"), index=True)
    enrolled_at: Mapped[datetime]
    #: The latest version this learner completed, and when.
    completed_version: Mapped[int | None]
    completed_at: Mapped[datetime | None]


class Completion(Model):
    """A line of the ledger: what a learner completed, why it counts, and against which version."""

    __tablename__ = "courses_completion"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("courses_enrolment.id"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("courses_activity.id"), primary_key=True)
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(String(32))
    score: Mapped[int | None]
    evidence: Mapped[str | None] = mapped_column(String(200))
    completed_at: Mapped[datetime]


#: A line of the ledger as pages read it: the columns of `Completion`, without an entity's weight.
LedgerLine = Row[Any]

#: An enrolment, or its columns as pages read them.
EnrolmentLine = Enrolment | Row[Any]
