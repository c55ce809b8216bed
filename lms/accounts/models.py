"""Tables of accounts: people, their sessions and roles, and the places they live and work in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.database import Model


class User(Model):
    """A person with an account. After erasure the row stays, empty, so that numbers add up."""

    __tablename__ = "accounts_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As it is to be printed on a certificate.
    name: Mapped[str] = mapped_column(String(120))
    name_ru: Mapped[str | None] = mapped_column(String(120))
    #: A normalised e-mail address or phone number (`contacts.py`); None once erased.
    contact: Mapped[str | None] = mapped_column(String(254), unique=True)
    contact_kind: Mapped[str] = mapped_column(String(8))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_locality.id"), index=True)
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    roles: Mapped[list["Role"]] = relationship(cascade="all, delete-orphan")
    locality: Mapped["Locality | None"] = relationship()

    @property
    def names(self) -> dict[str, str]:
        """The name by language, for everything that is printed."""
        return {"kk": self.name, "ru": self.name_ru or self.name}

    @property
    def is_open(self) -> bool:
        """Whether the account can be used at all."""
        return self.suspended_at is None and self.erased_at is None


class LoginSession(Model):
    """One device that somebody signed in on. The cookie holds the token, the table its digest."""

    __tablename__ = "accounts_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Role(Model):
    """That somebody is more than a resident: everywhere, or in one course, region, organisation."""

    __tablename__ = "accounts_role"
    __table_args__ = (UniqueConstraint("user_id", "role", "scope_kind", "scope_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    role: Mapped[str] = mapped_column(String(16))
    scope_kind: Mapped[str] = mapped_column(String(16), default="none")
    #: The course's slug, or the code of the region or organisation; empty for `none`.
    scope_id: Mapped[str] = mapped_column(String(64), default="")


class Region(Model):
    """A region of Kazakhstan, with the days between which it exists."""

    __tablename__ = "accounts_region"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    names: Mapped[dict[str, Any]]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Locality(Model):
    """A city or a village."""

    __tablename__ = "accounts_locality"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("accounts_region.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    names: Mapped[dict[str, Any]]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    region: Mapped[Region] = relationship()


class Organisation(Model):
    """Where people work who learn or teach here: an akimat, a community centre."""

    __tablename__ = "accounts_organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    names: Mapped[dict[str, Any]]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_region.id"), index=True)
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_locality.id"), index=True)


class Reset(Model):
    """A link that lets somebody choose a new password: once, soon, for the account as it was."""

    __tablename__ = "accounts_reset"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    #: Digest of the contact and password the link was made for; a later change voids the link.
    account_state: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Consent(Model):
    """What exactly somebody agreed to when they registered."""

    __tablename__ = "accounts_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
