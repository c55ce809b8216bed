"""The table of certificates."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column

from lms.database import Model


class Certificate(Model):
    """One certificate with everything it prints, copied when it was issued.

    So it stays what it was when a course is renamed, a person corrects a name or the operator
    changes. `names`, `titles` and `issuers` are texts by language.
    """

    __tablename__ = "certificates_certificate"
    __table_args__ = (UniqueConstraint("user_id", "course", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    names: Mapped[dict[str, Any]]
    course: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    titles: Mapped[dict[str, Any]]
    issuers: Mapped[dict[str, Any]]
    hours: Mapped[int]
    result: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(2))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(16))
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"), index=True)
    withdrawn_at: Mapped[datetime | None]

    if TYPE_CHECKING:
        superseded: Mapped[bool]

    @property
    def status(self) -> str:
        """What the certificate is worth today: valid, superseded, withdrawn or revoked.

        Being revoked outweighs being withdrawn: nobody hides a revocation by leaving.
        """
        if self.revoked_at:
            return "revoked"
        if self.withdrawn_at:
            return "withdrawn"
        return "superseded" if self.superseded else "valid"


_newer = aliased(Certificate)

#: Whether the same person holds a certificate for a newer version of the course.
Certificate.superseded = column_property(
    exists().where(
        _newer.user_id == Certificate.user_id,
        _newer.course == Certificate.course,
        _newer.version > Certificate.version,
        _newer.revoked_at.is_(None),
    )
)
