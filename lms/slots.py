"""Places on pages that plugins fill: the menu, and named slots."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from markupsafe import Markup

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
    """Let templates call `slot(place, …)` and `navigation()`."""
    app.jinja_env.globals.update(slot=fill, navigation=navigation)


def fill(place: str, **context: Any) -> Markup:
    """Return everything plugins put at `place`, in order, as safe HTML."""
    found = sorted((s for s in contributed(Slot) if s.place == place), key=lambda s: s.order)
    # Renderers return escaped HTML.
    return Markup("\n").join(Markup(slot.render(**context)) for slot in found)  # noqa: S704


def navigation() -> list[NavItem]:
    """Return the menu entries that the person may see, in order."""
    return sorted((i for i in contributed(NavItem) if i.visible()), key=lambda i: i.order)
