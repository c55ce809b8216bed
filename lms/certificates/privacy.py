"""What certificates keep about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from lms import clock
from lms.certificates.models import Certificate
from lms.certificates.services import certificates_of
from lms.database import db
from lms.privacy import PersonalData, PersonalField


def _export(user_id: int) -> list[dict[str, Any]]:
    return [
        {
            "code": certificate.code,
            "status": certificate.status,
            "names": certificate.names,
            "course": certificate.course,
            "titles": certificate.titles,
            "hours": certificate.hours,
            "result": certificate.result,
            "issued_at": certificate.issued_at.isoformat(),
        }
        for certificate in certificates_of(user_id)
    ]


def _erase(user_id: int) -> None:
    # The numbers go on answering, or a withdrawn certificate would look like a forged one.
    db.session.execute(
        update(Certificate)
        .where(Certificate.user_id == user_id)
        .values(user_id=None, names={}, withdrawn_at=clock.now())
    )
    db.session.execute(
        update(Certificate).where(Certificate.revoked_by == user_id).values(revoked_by=None)
    )


PERSONAL_DATA = PersonalData(
    name="certificates",
    label=_l("Certificates"),
    fields=(
        PersonalField(
            "certificates_certificate.user_id",
            _l("Whose certificate it is"),
            _l("To show you your own certificates"),
            _l("You and administrators"),
            _l("Until you erase your account"),
        ),
        PersonalField(
            "certificates_certificate.names",
            _l("The name printed on a certificate"),
            _l("So that a certificate can be checked"),
            _l("Everyone who has the number of the certificate"),
            _l("Until you erase your account; the certificate then shows as withdrawn"),
        ),
        PersonalField(
            "certificates_certificate.result",
            _l("The result printed on a certificate"),
            _l("So that a certificate can be checked"),
            _l("Everyone who has the number of the certificate"),
            _l("For good, without your name once you erase your account"),
        ),
        PersonalField(
            "certificates_certificate.revoked_by",
            _l("Who revoked a certificate"),
            _l("So that a revocation can be explained"),
            _l("Administrators"),
            _l("Until that person's account is erased"),
        ),
    ),
    export=_export,
    erase=_erase,
    words={
        "code": _l("Certificate number"),
        "status": _l("State"),
        "names": _l("Printed name"),
        "titles": _l("Course"),
        "hours": _l("Academic hours"),
        "result": _l("Result"),
        "issued_at": _l("Date of issue"),
        "valid": _l("valid"),
        "superseded": _l("replaced by a newer one"),
        "revoked": _l("revoked"),
        "withdrawn": _l("withdrawn by its holder"),
    },
)
