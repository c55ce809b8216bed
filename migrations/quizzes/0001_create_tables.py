"""create tables."""

import sqlalchemy as sa
from alembic import op

from lms import database

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "quizzes_pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("titles", database.Json, nullable=False),
        sa.Column("intros", database.Json, nullable=False),
        sa.Column("questions", database.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["courses_activity.id"],
            name=op.f("fk_quizzes_pool_activity_id_courses_activity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_pool")),
        sa.UniqueConstraint(
            "activity_id", "digest", name=op.f("uq_quizzes_pool_activity_id_digest")
        ),
    )
    op.create_table(
        "quizzes_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["courses_activity.id"],
            name=op.f("fk_quizzes_question_activity_id_courses_activity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_question")),
        sa.UniqueConstraint("activity_id", "key", name=op.f("uq_quizzes_question_activity_id_key")),
    )
    op.create_table(
        "quizzes_question_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("definition", database.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["quizzes_question.id"],
            name=op.f("fk_quizzes_question_version_question_id_quizzes_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_question_version")),
        sa.UniqueConstraint(
            "question_id", "digest", name=op.f("uq_quizzes_question_version_question_id_digest")
        ),
    )
    op.create_table(
        "quizzes_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("course_version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("started_at", database.UtcDateTime(), nullable=False),
        sa.Column("submitted_at", database.UtcDateTime(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["courses_activity.id"],
            name=op.f("fk_quizzes_attempt_activity_id_courses_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["courses_enrolment.id"],
            name=op.f("fk_quizzes_attempt_enrolment_id_courses_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["quizzes_pool.id"], name=op.f("fk_quizzes_attempt_pool_id_quizzes_pool")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_attempt")),
        sa.UniqueConstraint(
            "enrolment_id",
            "activity_id",
            "number",
            name=op.f("uq_quizzes_attempt_enrolment_id_activity_id_number"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_quizzes_attempt_token")),
    )
    op.create_index(
        op.f("ix_quizzes_attempt_activity_id"), "quizzes_attempt", ["activity_id"], unique=False
    )
    op.create_table(
        "quizzes_attempt_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("option_order", database.Json, nullable=False),
        sa.Column("fraction", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quizzes_attempt.id"],
            name=op.f("fk_quizzes_attempt_question_attempt_id_quizzes_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["quizzes_question_version.id"],
            name=op.f("fk_quizzes_attempt_question_version_id_quizzes_question_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_attempt_question")),
        sa.UniqueConstraint(
            "attempt_id", "position", name=op.f("uq_quizzes_attempt_question_attempt_id_position")
        ),
    )
    op.create_index(
        op.f("ix_quizzes_attempt_question_version_id"),
        "quizzes_attempt_question",
        ["version_id"],
        unique=False,
    )
    op.create_table(
        "quizzes_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_question_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("value", database.Json, nullable=True),
        sa.Column("received_at", database.UtcDateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_question_id"],
            ["quizzes_attempt_question.id"],
            name=op.f("fk_quizzes_answer_attempt_question_id_quizzes_attempt_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_answer")),
        sa.UniqueConstraint(
            "attempt_question_id", "key", name=op.f("uq_quizzes_answer_attempt_question_id_key")
        ),
    )
