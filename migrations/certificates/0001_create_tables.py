"""Create the table of certificates."""

import sqlalchemy as sa
from alembic import op

from lms import database

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "certificates_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("names", database.Json, nullable=False),
        sa.Column("course", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("titles", database.Json, nullable=False),
        sa.Column("issuers", database.Json, nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("issued_at", database.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", database.UtcDateTime(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=16), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", database.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["revoked_by"],
            ["accounts_user.id"],
            name=op.f("fk_certificates_certificate_revoked_by_accounts_user"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_user.id"],
            name=op.f("fk_certificates_certificate_user_id_accounts_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_certificate_code")),
        sa.UniqueConstraint(
            "user_id",
            "course",
            "version",
            name=op.f("uq_certificates_certificate_user_id_course_version"),
        ),
    )
    op.create_index(
        op.f("ix_certificates_certificate_revoked_by"),
        "certificates_certificate",
        ["revoked_by"],
        unique=False,
    )
