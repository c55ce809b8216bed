"""create diary_plan."""

import sqlalchemy as sa
from alembic import op

from lms import database

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "diary_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("titles", database.Json, nullable=False),
        sa.Column("course_titles", database.Json, nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("written_at", database.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["courses_activity.id"],
            name=op.f("fk_diary_plan_activity_id_courses_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts_user.id"], name=op.f("fk_diary_plan_user_id_accounts_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_plan")),
        sa.UniqueConstraint(
            "user_id", "activity_id", name=op.f("uq_diary_plan_user_id_activity_id")
        ),
    )
    op.create_index(op.f("ix_diary_plan_activity_id"), "diary_plan", ["activity_id"], unique=False)
