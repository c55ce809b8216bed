"""Who may do what: roles by action in one table, asked through one function."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import abort
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.accounts.models import Role
from lms.logs import note_security
from lms.plugins import contributed

ROLES = ("resident", "staff", "trainer", "expert", "coordinator", "administrator")

ROLE_NAMES = {
    "resident": _l("resident"),
    "staff": _l("akimat staff"),
    "trainer": _l("trainer"),
    "expert": _l("expert"),
    "coordinator": _l("coordinator"),
    "administrator": _l("system administrator"),
}

#: Roles that see or change what belongs to others; their sessions are short.
TRUSTED = {"trainer", "expert", "coordinator", "administrator"}

SCOPES = ("course", "region", "organisation")

SCOPE_NAMES = {
    "none": _l("everywhere"),
    "course": _l("in one course"),
    "region": _l("in one region"),
    "organisation": _l("in one organisation"),
}

#: Action → roles that may. Administrators may everything.
ACTIONS: dict[str, tuple[str, ...]] = {
    "accounts.manage": (),
    "certificates.revoke": ("coordinator",),
    "courses.preview": ("trainer", "expert", "coordinator"),
    "quizzes.review": ("trainer",),
}


class HeldRole(NamedTuple):
    """What a `Role` says."""

    role: str
    scope_kind: str
    scope_id: str


@dataclass(frozen=True)
class Permission:
    """A contribution: one more action, and the roles that may."""

    name: str
    roles: tuple[str, ...]


def may(
    user: Any,
    action: str,
    *,
    course: str | None = None,
    region: str | None = None,
    organisation: str | None = None,
) -> bool:
    """Return whether the person (`current_user` or a `User`) may do `action` on such an object.

    A role without scope covers everything; a role with a scope covers what is named by it.
    """
    where = {"course": course, "region": region, "organisation": organisation}
    return any(_covers(role, where) for role in _roles_for(user, action))


def may_somewhere(user: Any, action: str) -> bool:
    """Return whether there is anything at all the person may do `action` on: for menus."""
    return bool(_roles_for(user, action))


def require(action: str, **scope: str | None) -> None:
    """Answer 404, as for a missing page, unless the person who asks may do `action`."""
    if not may(current_user, action, **scope):
        note_security("refused", user=getattr(current_user, "id", None), action=action, scope=scope)
        abort(404)


def is_trusted(user: Any) -> bool:
    """Return whether the person holds a role with rights over what belongs to others."""
    return any(role.role in TRUSTED for role in user.roles)


def _roles_for(user: Any, action: str) -> list[Role | HeldRole]:
    allowed = _allowed(action)
    held = getattr(user, "roles", ())  # a visitor who is not signed in has none
    return [role for role in held if role.role == "administrator" or role.role in allowed]


def _allowed(action: str) -> tuple[str, ...]:
    if action in ACTIONS:
        return ACTIONS[action]
    for permission in contributed(Permission):
        if permission.name == action:
            return permission.roles
    raise KeyError(f"no such action: {action}")


def _covers(role: Role | HeldRole, where: dict[str, str | None]) -> bool:
    return role.scope_kind == "none" or where.get(role.scope_kind) == role.scope_id
