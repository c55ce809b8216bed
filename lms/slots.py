"""Places on pages that plugins fill: the menu, and named slots."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

from lms.i18n import current_language
from lms.plugins import contributed


@dataclass(frozen=True)
class NavItem:
    """A contribution: one entry of the menu. `label` is lazily translated text."""

    name: str
    label: Any
    endpoint: str
    order: int = 50
    visible: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Slot:
    """A contribution: a piece of a page. `render` gets what the page passes and returns HTML or ''.

    `place` is one of the names under “Page slots” in docs/plugins.md.
    """

    name: str
    place: str
    render: Callable[..., str]
    order: int = 50


def init_app(app: Flask) -> None:
    """Let templates call `slot(place, …)`, `navigation()` and `kept(…)`."""
    app.extensions["lms.kept"] = {}
    app.jinja_env.globals.update(slot=fill, navigation=navigation, kept=keep)


def fill(place: str, **context: Any) -> Markup:
    """Return everything plugins put at `place`, in order, as safe HTML."""
    found = sorted((s for s in contributed(Slot) if s.place == place), key=lambda s: s.order)
    # Renderers return escaped HTML.
    return Markup("\n").join(Markup(slot.render(**context)) for slot in found)  # noqa: S704


def keep(*key: Any, caller: Callable[[], str]) -> str:
    """Return the inside of `{% call kept(…) %}`, drawn once for each key and language.

    Only for parts of the shell that are the same for everybody with this key: nothing personal.
    """
    drawn: dict[Any, str] = current_app.extensions["lms.kept"]
    whole_key = (current_language(), request.script_root, *key)
    if whole_key not in drawn:
        drawn[whole_key] = caller()
    return drawn[whole_key]


def navigation() -> list[NavItem]:
    """Return the menu entries that the person may see, in order."""
    return sorted((i for i in contributed(NavItem) if i.visible()), key=lambda i: i.order)
