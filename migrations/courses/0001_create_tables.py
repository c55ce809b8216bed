"""create tables."""

import sqlalchemy as sa
from alembic import op

from lms import database

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "courses_course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", database.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_course")),
        sa.UniqueConstraint("slug", name=op.f("uq_courses_course_slug")),
    )
    op.create_table(
        "courses_file",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_courses_file")),
    )
    op.create_table(
        "courses_activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("retired_at", database.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_course.id"],
            name=op.f("fk_courses_activity_course_id_courses_course"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_activity")),
        sa.UniqueConstraint("course_id", "slug", name=op.f("uq_courses_activity_course_id_slug")),
    )
    op.create_table(
        "courses_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outline", database.Json, nullable=False),
        sa.Column("files", database.Json, nullable=False),
        sa.Column("published_at", database.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_course.id"],
            name=op.f("fk_courses_version_course_id_courses_course"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_version")),
        sa.UniqueConstraint(
            "course_id", "number", name=op.f("uq_courses_version_course_id_number")
        ),
    )
    op.create_table(
        "courses_word",
        sa.Column("word", database.PlainText, nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=64), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_course.id"],
            name=op.f("fk_courses_word_course_id_courses_course"),
        ),
        sa.PrimaryKeyConstraint("word", "course_id", "activity", name=op.f("pk_courses_word")),
    )
    op.create_table(
        "courses_lesson_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("parts", database.Json, nullable=False),
        sa.Column("sources", database.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["courses_activity.id"],
            name=op.f("fk_courses_lesson_text_activity_id_courses_activity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_lesson_text")),
        sa.UniqueConstraint(
            "activity_id",
            "language",
            "digest",
            name=op.f("uq_courses_lesson_text_activity_id_language_digest"),
        ),
    )
    op.create_table(
        "courses_enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", database.UtcDateTime(), nullable=False),
        sa.Column("completed_version", sa.Integer(), nullable=True),
        sa.Column("completed_at", database.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_course.id"],
            name=op.f("fk_courses_enrolment_course_id_courses_course"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_user.id"],
            name=op.f("fk_courses_enrolment_user_id_accounts_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_enrolment")),
        sa.UniqueConstraint(
            "user_id", "course_id", name=op.f("uq_courses_enrolment_user_id_course_id")
        ),
    )
    op.create_index(
        op.f("ix_courses_enrolment_course_id"), "courses_enrolment", ["course_id"], unique=False
    )
    op.create_table(
        "courses_completion",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=200), nullable=True),
        sa.Column("completed_at", database.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["courses_activity.id"],
            name=op.f("fk_courses_completion_activity_id_courses_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["courses_enrolment.id"],
            name=op.f("fk_courses_completion_enrolment_id_courses_enrolment"),
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "activity_id", name=op.f("pk_courses_completion")),
    )
