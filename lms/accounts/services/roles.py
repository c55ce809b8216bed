"""Roles: given and taken, with their scope."""

from sqlalchemy import delete

from lms.accounts.models import Role, User
from lms.accounts.permissions import ROLES, SCOPES
from lms.database import db, insert_or_ignore
from lms.logs import note_security


def give(user: User, role: str, scope_kind: str = "none", scope_id: str = "") -> bool:
    """Give a role, everywhere or in one scope; return whether the person lacked it; flush.

    Everybody is a resident; that role is never stored.
    """
    _check(role, scope_kind, scope_id)
    if role == "resident":
        return False
    given = insert_or_ignore(
        Role, user_id=user.id, role=role, scope_kind=scope_kind, scope_id=scope_id
    )
    if given:
        db.session.expire(user, ["roles"])
        note_security("role given", user=user.id, role=role, scope=scope_kind, of=scope_id)
    return given


def take(user: User, role: str, scope_kind: str = "none", scope_id: str = "") -> bool:
    """Take a role away; return whether the person had it. Their next request feels it; flush."""
    _check(role, scope_kind, scope_id)
    result = db.session.execute(
        delete(Role).where(
            Role.user_id == user.id,
            Role.role == role,
            Role.scope_kind == scope_kind,
            Role.scope_id == scope_id,
        )
    )
    taken = bool(result.rowcount)  # type: ignore[attr-defined]
    if taken:
        db.session.expire(user, ["roles"])
        note_security("role taken", user=user.id, role=role, scope=scope_kind, of=scope_id)
    return taken


def _check(role: str, scope_kind: str, scope_id: str) -> None:
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    if scope_kind not in {"none", *SCOPES} or bool(scope_id) != (scope_kind != "none"):
        raise ValueError(f"no such scope: {scope_kind} {scope_id}")
