"""Personal data: what accounts keep about a person and why, how it is given out and erased."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from lms import clock
from lms.accounts import contacts, passwords, sessions
from lms.accounts.models import Consent, LoginSession, Reset, Role
from lms.accounts.services import people
from lms.database import db
from lms.logs import note_security
from lms.privacy import PersonalData, PersonalField

SELF = _l("You and the administrators")
WITH_ACCOUNT = _l("Until you erase your account")
A_MONTH = _l("30 days at most")
FOR_GOOD = _l("Stays, without your name and contact")

SIGNING_IN = _l("So that you can sign in")
SAFETY = _l("So that only you get in")
PROOF = _l("To prove that you agreed")


def export(user_id: int) -> dict[str, Any]:
    """Return the person's rows by table; each key is a column of the register below."""
    user = people.person(user_id)
    consents = db.session.scalars(select(Consent).where(Consent.user_id == user_id))
    return {
        "accounts_user": [
            {
                **_columns(user, ("name", "name_ru", "language", "created_at")),
                "contact": contacts.shown(user.contact),
                "locality_id": user.locality.names if user.locality else None,
            }
        ],
        "accounts_role": [
            _columns(role, ("role", "scope_kind", "scope_id")) for role in user.roles
        ],
        "accounts_session": [
            _columns(session, ("device", "created_at")) for session in sessions.live(user_id)
        ],
        "accounts_consent": [
            _columns(consent, ("version", "language", "text_hash", "at")) for consent in consents
        ],
    }


def erase(user_id: int) -> None:
    """Blank everything that tells who the person was; an empty numbered row stays. Flush."""
    user = people.person(user_id)
    for table in (LoginSession, Reset, Role):
        db.session.execute(delete(table).where(table.user_id == user_id))
    db.session.expire(user, ["roles"])
    user.name = ""
    user.name_ru = user.contact = user.locality_id = None
    user.password_hash = passwords.NONE
    user.erased_at = clock.now()
    note_security("erased", user=user.id)
    db.session.flush()


def _columns(row: Any, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _field(column: str, label: Any, purpose: Any, kept: Any, seen_by: Any = SELF) -> PersonalField:
    return PersonalField(f"accounts_{column}", label, purpose, seen_by, kept)


PERSONAL_DATA = PersonalData(
    "accounts",
    _l("My account"),
    (
        _field(
            "user.name",
            _l("Name"),
            _l("Printed on certificates"),
            WITH_ACCOUNT,
            _l("You, your trainers and coordinators, and who has your certificate"),
        ),
        _field(
            "user.name_ru",
            _l("Name in Russian"),
            _l("Printed on certificates"),
            WITH_ACCOUNT,
            _l("You, your trainers and coordinators, and who has your certificate"),
        ),
        _field("user.contact", _l("E-mail or phone"), SIGNING_IN, WITH_ACCOUNT),
        _field("user.password_hash", _l("Password, unreadable"), SAFETY, WITH_ACCOUNT, _l("Nobody")),
        _field("user.language", _l("Language"), _l("For letters to you"), WITH_ACCOUNT),
        _field(
            "user.locality_id",
            _l("Place of living, if given"),
            _l("For reports that name nobody"),
            WITH_ACCOUNT,
        ),
        _field("user.created_at", _l("Day of registration"), _l("For reports that name nobody"), FOR_GOOD),
        _field("role.role", _l("Role"), _l("What you may do here"), WITH_ACCOUNT),
        _field("role.scope_kind", _l("Where the role holds"), _l("What you may do here"), WITH_ACCOUNT),
        _field("role.scope_id", _l("Its course, region or organisation"), _l("What you may do here"), WITH_ACCOUNT),
        _field("session.device", _l("Device you signed in on"), SAFETY, A_MONTH, _l("You")),
        _field("session.created_at", _l("When you signed in"), SAFETY, A_MONTH, _l("You")),
        _field("consent.version", _l("Text you agreed to"), PROOF, FOR_GOOD),
        _field("consent.language", _l("Language of that text"), PROOF, FOR_GOOD),
        _field("consent.text_hash", _l("Fingerprint of that text"), PROOF, FOR_GOOD),
        _field("consent.at", _l("When you agreed"), PROOF, FOR_GOOD),
    ),
    export,
    erase,
)  # fmt: skip
