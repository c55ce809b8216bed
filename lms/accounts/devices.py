"""Devices: what to call one, and how one that an account was used on is known again."""

import secrets

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeSerializer

COOKIE = "sauat-device"
KEPT_FOR = 365 * 24 * 3600
MOST_ACCOUNTS = 8

BROWSERS = (
    ("YaBrowser", "Yandex"),
    ("SamsungBrowser", "Samsung"),
    ("OPR/", "Opera"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def words_for(user_agent: str) -> str:
    """Return a browser and a system as people know them: “Chrome, Android”; '' when unknown."""
    found = (
        next((name for mark, name in known if mark in user_agent), None)
        for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in found if name)


def known_as(user_id: int) -> str | None:
    """Return this device's own number if the account was signed in on it before.

    Wrong passwords from a known device are counted apart, so a stranger who tries out passwords
    cannot lock the owner out.
    """
    number, accounts = _read()
    return number if user_id in accounts else None


def remember(response: Response, user_id: int) -> None:
    """Have this device known as one of the account's."""
    number, accounts = _read()
    accounts = [user_id, *(other for other in accounts if other != user_id)][:MOST_ACCOUNTS]
    response.set_cookie(
        _cookie_name(),
        _signer().dumps([number, accounts]),
        max_age=KEPT_FOR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read() -> tuple[str, list[int]]:
    try:
        number, accounts = _signer().loads(request.cookies.get(_cookie_name(), ""))
    except (BadData, ValueError, TypeError):
        return secrets.token_urlsafe(12), []
    return number, accounts


def _signer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="known device")


def _cookie_name() -> str:
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE
