"""rules and reviews."""

import sqlalchemy as sa
from alembic import op

from lms import database

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "quizzes_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("state", database.Json, nullable=False),
        sa.Column("due_at", database.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["quizzes_question.id"],
            name=op.f("fk_quizzes_card_question_id_quizzes_question"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts_user.id"], name=op.f("fk_quizzes_card_user_id_accounts_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_card")),
        sa.UniqueConstraint(
            "user_id", "question_id", name=op.f("uq_quizzes_card_user_id_question_id")
        ),
    )
    op.create_index(op.f("ix_quizzes_card_due_at"), "quizzes_card", ["due_at"], unique=False)
    op.create_table(
        "quizzes_allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", database.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["courses_activity.id"],
            name=op.f("fk_quizzes_allowance_activity_id_courses_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["courses_enrolment.id"],
            name=op.f("fk_quizzes_allowance_enrolment_id_courses_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["accounts_user.id"],
            name=op.f("fk_quizzes_allowance_given_by_id_accounts_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_allowance")),
    )
    op.create_index(
        op.f("ix_quizzes_allowance_enrolment_id"),
        "quizzes_allowance",
        ["enrolment_id"],
        unique=False,
    )
    op.add_column("quizzes_answer", sa.Column("language", sa.String(length=2), nullable=True))
    op.add_column("quizzes_attempt", sa.Column("due_at", database.UtcDateTime(), nullable=True))
    op.add_column("quizzes_attempt", sa.Column("ended_by", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_quizzes_attempt_due_at"), "quizzes_attempt", ["due_at"], unique=False)
    op.add_column(
        "quizzes_attempt_question",
        sa.Column("weight", sa.Double(), server_default="1", nullable=False),
    )
