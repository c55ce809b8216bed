"""create tables."""

import sqlalchemy as sa
from alembic import op

from lms import database

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "lms_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("payload", database.Json, nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=True),
        sa.Column("run_at", database.UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", database.UtcDateTime(), nullable=True),
        sa.Column("done_at", database.UtcDateTime(), nullable=True),
        sa.Column("given_up_at", database.UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lms_job")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_lms_job_unique_key")),
    )
    op.create_index(op.f("ix_lms_job_run_at"), "lms_job", ["run_at"], unique=False)
    op.create_table(
        "lms_limit",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window", name=op.f("pk_lms_limit")),
    )
