"""Create the tables of accounts."""

import sqlalchemy as sa
from alembic import op

from lms import database

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts_region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("names", database.Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_region")),
        sa.UniqueConstraint("code", name=op.f("uq_accounts_region_code")),
    )
    op.create_table(
        "accounts_locality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("names", database.Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["region_id"],
            ["accounts_region.id"],
            name=op.f("fk_accounts_locality_region_id_accounts_region"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_locality")),
        sa.UniqueConstraint("code", name=op.f("uq_accounts_locality_code")),
    )
    op.create_index(
        op.f("ix_accounts_locality_region_id"), "accounts_locality", ["region_id"], unique=False
    )
    op.create_table(
        "accounts_organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("names", database.Json, nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["accounts_locality.id"],
            name=op.f("fk_accounts_organisation_locality_id_accounts_locality"),
        ),
        sa.ForeignKeyConstraint(
            ["region_id"],
            ["accounts_region.id"],
            name=op.f("fk_accounts_organisation_region_id_accounts_region"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_accounts_organisation_code")),
    )
    op.create_index(
        op.f("ix_accounts_organisation_locality_id"),
        "accounts_organisation",
        ["locality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_accounts_organisation_region_id"),
        "accounts_organisation",
        ["region_id"],
        unique=False,
    )
    op.create_table(
        "accounts_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_ru", sa.String(length=120), nullable=True),
        sa.Column("contact", sa.String(length=254), nullable=True),
        sa.Column("contact_kind", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("created_at", database.UtcDateTime(), nullable=False),
        sa.Column("suspended_at", database.UtcDateTime(), nullable=True),
        sa.Column("erased_at", database.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["accounts_locality.id"],
            name=op.f("fk_accounts_user_locality_id_accounts_locality"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_user")),
        sa.UniqueConstraint("contact", name=op.f("uq_accounts_user_contact")),
    )
    op.create_index(
        op.f("ix_accounts_user_locality_id"), "accounts_user", ["locality_id"], unique=False
    )
    op.create_table(
        "accounts_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("at", database.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_user.id"],
            name=op.f("fk_accounts_consent_user_id_accounts_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_consent")),
    )
    op.create_index(
        op.f("ix_accounts_consent_user_id"), "accounts_consent", ["user_id"], unique=False
    )
    op.create_table(
        "accounts_reset",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("account_state", sa.String(length=64), nullable=False),
        sa.Column("expires_at", database.UtcDateTime(), nullable=False),
        sa.Column("used_at", database.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts_user.id"], name=op.f("fk_accounts_reset_user_id_accounts_user")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_accounts_reset")),
    )
    op.create_index(op.f("ix_accounts_reset_user_id"), "accounts_reset", ["user_id"], unique=False)
    op.create_table(
        "accounts_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("scope_kind", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["accounts_user.id"], name=op.f("fk_accounts_role_user_id_accounts_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_role")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "scope_kind",
            "scope_id",
            name=op.f("uq_accounts_role_user_id_role_scope_kind_scope_id"),
        ),
    )
    op.create_table(
        "accounts_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UtcDateTime(), nullable=False),
        sa.Column("expires_at", database.UtcDateTime(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("ended_at", database.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_user.id"],
            name=op.f("fk_accounts_session_user_id_accounts_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_accounts_session_token_hash")),
    )
    op.create_index(
        op.f("ix_accounts_session_user_id"), "accounts_session", ["user_id"], unique=False
    )
