"""Settings: `LMS_…` variables or a TOML file; what is unknown, mistyped or unsafe refuses to start."""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from lms.plugins import Plugin

EXIT_CODE = 78  # EX_CONFIG of sysexits.h
SHORTEST_SECRET = 32
PUBLISHED_SECRETS = {"dev", "secret", "changeme", "change-me", "192b9bdd22ab9ed4d12e236c78afcb9a"}
WEAK = "is too short or too well known"
DATABASES = ("postgresql+psycopg://", "sqlite:///")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ConfigError(Exception):
    """Settings that must not be started with: one line each in `problems`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Setting:
    """A setting somebody may give: its name without `LMS_`, its default (which fixes the type) and use."""

    name: str
    default: str | int | bool
    use: str
    problem: Callable[[Any], str | None] = lambda value: None


def one_of(*values: str) -> Callable[[str], str | None]:
    """Return a check that the value is one of `values`."""
    return lambda value: None if value in values else f"must be one of {', '.join(values)}"


def between(least: int, most: int) -> Callable[[int], str | None]:
    """Return a check that a number lies in a range, both ends included."""
    return lambda value: None if least <= value <= most else f"must be between {least} and {most}"


def _secret_problem(value: str) -> str | None:
    if not value:
        return "is missing: give at least 32 random characters (`lms secret` prints some)"
    return f"{WEAK}: give at least 32 random characters" if _is_weak(value) else None


def _fallbacks_problem(value: str) -> str | None:
    weak = any(_is_weak(key) for key in value.split())
    return f"holds a key that {WEAK}: leave it out" if weak else None


def _is_weak(key: str) -> bool:
    return len(key) < SHORTEST_SECRET or key.lower() in PUBLISHED_SECRETS or len(set(key)) < 8


def _address_problem(value: str) -> str | None:
    if not _is_site_address(value):
        return "must look like https://sauat.example"
    parts = urlsplit(value)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "must start with https:// (plain http is for this machine only)"
    return None


def _is_site_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_port_good = parts.port != 0
    except ValueError:
        return False
    only_host = (parts.username, parts.path.rstrip("/"), parts.query, parts.fragment) == (
        None, "", "", "",
    )  # fmt: skip
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return is_web and is_port_good and only_host and not re.search(r"\s", value)


def _database_problem(value: str) -> str | None:
    if value and not value.startswith(DATABASES):
        return "must begin with postgresql+psycopg:// (or be left out: then SQLite is used)"
    return None


SETTINGS = (
    Setting("SECRET_KEY", "", "Signs cookies and links. At least 32 characters.", _secret_problem),
    Setting("SECRET_KEY_FALLBACKS", "", "Earlier keys, separated by spaces, still accepted.", _fallbacks_problem),
    Setting("BASE_URL", "http://127.0.0.1:8000", "The site's address in links and QR codes.", _address_problem),
    Setting("DATA", "instance", "Folder for the database, mail files and the demo's key."),
    Setting("DATABASE_URL", "", "postgresql+psycopg://… ; SQLite in the data folder when empty.", _database_problem),
    Setting("HOST", "127.0.0.1", "Address the server listens on."),
    Setting("PORT", 8000, "Port the server listens on.", between(1, 65535)),
    Setting("WORKERS", 2, "Server processes.", between(1, 64)),
    Setting("THREADS", 8, "Threads in each server process.", between(1, 64)),
    Setting("PROXY_HOPS", 0, "Reverse proxies in front whose X-Forwarded-… are believed.", between(0, 5)),
    Setting("DEMO", False, "Says on every page that this is a demo; set by `make run` alone."),
    Setting("DEBUG", False, "Never true where people learn.", lambda v: "must be off" if v else None),
    Setting("OPERATOR_KK", "Сауат платформасы", "Who runs the site and issues certificates, in Kazakh."),
    Setting("OPERATOR_RU", "Платформа «Сауат»", "The same in Russian."),
    Setting("OPERATOR_EN", "Sauat platform", "The same in English."),
    Setting("SUPPORT", "", "Where people ask for help: an e-mail address or phone, shown on every page."),
)  # fmt: skip


def of_plugins(plugins: Iterable[Plugin]) -> list[Setting]:
    """Return the settings that plugins contribute."""
    return [c for plugin in plugins for c in plugin.contributions if isinstance(c, Setting)]


def load(app: Flask, given: Mapping[str, Any], more: Iterable[Setting]) -> None:
    """Fill `app.config` from defaults, file, environment and `given`, in this order.

    Names in `given` that are not settings (TESTING, WTF_…) go to Flask as they are.
    """
    known = {setting.name: setting for setting in (*SETTINGS, *more)}
    own = {name: value for name, value in given.items() if name in known}
    problems: list[str] = []
    values = {name: setting.default for name, setting in known.items()}
    for name, value in {**_from_file(problems), **_from_environment()}.items():
        if name not in known:
            problems.append(f"LMS_{name}: no such setting; `lms settings` lists them all.")
        elif (typed := _typed(known[name], value, problems)) is not None:
            values[name] = typed
    values.update(own)
    for name, setting in known.items():
        if complaint := setting.problem(values[name]):
            problems.append(f"LMS_{name} {complaint}.")
    _check_data_folder(values, problems)
    if os.environ.get("FLASK_DEBUG") not in {None, "", "0"}:
        problems.append("FLASK_DEBUG must not be set.")
    if problems:
        raise ConfigError(problems)
    app.config.from_mapping(values)
    app.config.from_mapping(_flask_settings(values))
    app.config.from_mapping({name: value for name, value in given.items() if name not in known})
    app.extensions["lms.settings"] = list(known.values())


def _from_file(problems: list[str]) -> dict[str, Any]:
    path = os.environ.get("LMS_SETTINGS")
    if not path:
        return {}
    try:
        return {name.upper(): v for name, v in tomllib.loads(Path(path).read_text("utf-8")).items()}
    except (OSError, ValueError) as error:
        problems.append(f"LMS_SETTINGS: {path} cannot be read: {error}.")
        return {}


def _from_environment() -> dict[str, str]:
    return {
        name.removeprefix("LMS_"): value
        for name, value in os.environ.items()
        if name.startswith("LMS_") and name != "LMS_SETTINGS" and not name.startswith("LMS_TEST_")
    }


def _typed(setting: Setting, value: Any, problems: list[str]) -> Any:
    kind = type(setting.default)
    if type(value) is kind:
        return value
    # Variables are always text; a file says its own types, and these must fit.
    try:
        if isinstance(value, str) and kind is bool:
            return {"1": True, "true": True, "0": False, "false": False, "": False}[value.lower()]
        if isinstance(value, str):
            return kind(value)
    except (KeyError, ValueError):
        pass
    wanted = {bool: "true or false", int: "a whole number", str: "text"}[kind]
    problems.append(f"LMS_{setting.name} must be {wanted}, not “{_one_line(value)}”.")
    return None


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def _check_data_folder(values: dict[str, Any], problems: list[str]) -> None:
    folder = Path(values["DATA"]).absolute()
    values["DATA"] = str(folder)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        problems.append(f"LMS_DATA: {folder} cannot be written to.")


def _flask_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    address = urlsplit(values["BASE_URL"])
    secure = address.scheme == "https"
    database = values["DATABASE_URL"] or f"sqlite:///{values['DATA']}/sauat.sqlite3"
    return {
        "SQLALCHEMY_DATABASE_URI": database,
        "SECRET_KEY_FALLBACKS": values["SECRET_KEY_FALLBACKS"].split(),
        "SESSION_COOKIE_NAME": "__Host-sauat" if secure else "sauat",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "MAX_FORM_PARTS": 1000,
        "TEMPLATES_AUTO_RELOAD": False,
    }
