"""Issuing, finding and revoking certificates."""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update

from lms import clock
from lms.certificates import codes
from lms.certificates.models import Certificate
from lms.certificates.pdf import Printed
from lms.courses.events import CourseCompleted
from lms.database import db, insert_or_ignore
from lms.i18n import LANGUAGES

#: Why a certificate may be revoked. The public reads these words, so they say nothing personal.
REASONS = {
    "mistake": _l("It was issued by mistake"),
    "name": _l("The name on it was wrong"),
    "rules": _l("The rules of the course were broken"),
    "request": _l("Its holder asked for it"),
}

# Asked on every course page, so they are made once: making one costs more than running it.
_OF_PERSON = (
    select(Certificate)
    .where(Certificate.user_id == bindparam("user_id"))
    .order_by(Certificate.issued_at.desc(), Certificate.version.desc())
)
_OF_COURSE = _OF_PERSON.where(Certificate.course == bindparam("course"))


def issue_certificate(event: CourseCompleted) -> None:
    """Write the certificate of a completed course; telling the same fact again changes nothing."""
    # A new code that is already taken is next to impossible, but would be a certificate lost.
    while not _is_issued(event):
        insert_or_ignore(
            Certificate,
            code=codes.new(),
            user_id=event.user_id,
            names=_texts(event.names),
            course=event.course,
            version=event.version,
            titles=_texts(event.titles),
            issuers={code: current_app.config[f"OPERATOR_{code.upper()}"] for code in LANGUAGES},
            hours=event.hours,
            result=event.result,
            language=event.language,
            issued_at=event.completed_at,
        )


def find(code: str) -> Certificate | None:
    """Return the certificate with this code, written as `codes.read` returns it."""
    return db.session.scalar(select(Certificate).where(Certificate.code == code))


def certificates_of(user_id: int, course: str | None = None) -> list[Certificate]:
    """Return a person's certificates (of one course, if given), newest first."""
    if course is None:
        return list(db.session.scalars(_OF_PERSON, {"user_id": user_id}))
    return list(db.session.scalars(_OF_COURSE, {"user_id": user_id, "course": course}))


def all_certificates() -> list[Certificate]:
    """Return every certificate, in the order of issue."""
    return list(db.session.scalars(select(Certificate).order_by(Certificate.id)))


def revoke(certificate: Certificate, reason: str, by: int | None) -> bool:
    """Revoke a certificate for one of `REASONS`; return False if it already was."""
    if reason not in REASONS:
        raise ValueError(f"“{reason}” is not one of {', '.join(REASONS)}")
    result = db.session.execute(
        update(Certificate)
        .where(Certificate.id == certificate.id, Certificate.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_reason=reason, revoked_by=by)
    )
    db.session.refresh(certificate)
    return bool(result.rowcount)  # type: ignore[attr-defined]


def printed(certificate: Certificate) -> Printed:
    """Return what stands on the certificate, free of the database."""
    return Printed(
        code=certificate.code,
        names=certificate.names,
        titles=certificate.titles,
        issuers=certificate.issuers,
        hours=certificate.hours,
        result=certificate.result,
        issued_at=certificate.issued_at,
        site=current_app.config["BASE_URL"],
    )


def address_of(certificate: Certificate) -> str:
    """Return where anybody can check the certificate."""
    return printed(certificate).address(certificate.language)


def _is_issued(event: CourseCompleted) -> bool:
    return (
        db.session.scalar(
            select(Certificate.id).where(
                Certificate.user_id == event.user_id,
                Certificate.course == event.course,
                Certificate.version == event.version,
            )
        )
        is not None
    )


def _texts(by_language: Any) -> dict[str, str]:
    return {language: by_language[language] for language in LANGUAGES if by_language.get(language)}
