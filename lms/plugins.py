"""What a plugin is, and how the house takes it in. The contract is told in docs/plugins.md."""

import importlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, Flask, current_app

from lms import assets, events

OUR_PLUGINS = ("accounts", "courses", "quizzes", "certificates", "seminars")

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Plugin:
    """One capability of the site: a name, its pages, what it listens to and what it contributes."""

    name: str
    blueprint: Blueprint
    requires: tuple[str, ...] = ()
    listens: Mapping[type, Callable[[Any], None]] = field(default_factory=dict)
    contributions: tuple[object, ...] = ()
    init_app: Callable[[Flask], None] = lambda app: None

    @property
    def folder(self) -> Path:
        """Where the plugin's package lies; its migrations and translations are found from here."""
        return Path(self.blueprint.root_path)


@dataclass(frozen=True)
class WithoutLanguage:
    """A contribution: pages for machines and downloads, served at /<plugin>/… with no language."""

    blueprint: Blueprint


class PluginError(Exception):
    """A plugin that cannot be taken in; the message names it and says why."""


def our_plugins() -> list[Plugin]:
    """Return the plugins that ship with Sauat, in load order."""
    return in_load_order(
        [importlib.import_module(f"lms.{name}.plugin").plugin for name in OUR_PLUGINS]
    )


def installed_plugins() -> list[Plugin]:
    """Return ours and every other installed one (entry-point group `lms.plugins`)."""
    others = [point.load() for point in sorted(entry_points(group="lms.plugins"))]
    return in_load_order([*our_plugins(), *others])


def in_load_order(plugins: Iterable[Plugin]) -> list[Plugin]:
    """Return `plugins` so that each comes after what it requires; loud on what does not fit."""
    by_name: dict[str, Plugin] = {}
    for plugin in plugins:
        if plugin.name in by_name:
            raise PluginError(f"Two plugins are called “{plugin.name}”.")
        by_name[plugin.name] = plugin
    for plugin in by_name.values():
        for name in plugin.requires:
            if name not in by_name:
                raise PluginError(f"Plugin “{plugin.name}” requires “{name}”, which is missing.")
    sorter = TopologicalSorter({name: plugin.requires for name, plugin in by_name.items()})
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as error:
        raise PluginError(f"Plugins require each other in a circle: {error.args[1]}") from error


def load(app: Flask, plugins: Sequence[Plugin], of_the_core: Sequence[object] = ()) -> None:
    """Register each plugin with the application, in load order; the core contributes first."""
    app.extensions["lms.plugins"] = in_load_order(plugins)
    app.extensions["lms.contributions"] = []
    app.extensions["lms.contributed"] = {}
    for contribution in of_the_core:
        contribute(app, "lms", contribution)
    for plugin in app.extensions["lms.plugins"]:
        check_name(plugin)
        app.register_blueprint(plugin.blueprint, url_prefix=f"/<lang:lang>/{plugin.name}")
        for event_type, handler in plugin.listens.items():
            events.subscribe(app, event_type, handler)
        for contribution in plugin.contributions:
            contribute(app, plugin.name, contribution)
        assets.add_static(app, plugin.name, plugin.folder / "static")
        plugin.init_app(app)


def check_name(plugin: Plugin) -> None:
    """Refuse a plugin whose name is not the one name used everywhere."""
    if not re.fullmatch(r"[a-z]+", plugin.name):
        raise PluginError(f"Plugin name “{plugin.name}” must be lower-case Latin letters only.")
    if plugin.blueprint.name != plugin.name:
        raise PluginError(
            f"Blueprint “{plugin.blueprint.name}” of plugin “{plugin.name}” must have its name."
        )


def contribute(app: Flask, owner: str, contribution: object) -> None:
    """Keep `contribution` for whoever asks for its kind; two of one name are refused."""
    name = getattr(contribution, "name", None)
    for other in app.extensions["lms.contributions"]:
        if type(other) is type(contribution) and name and getattr(other, "name", None) == name:
            raise PluginError(f"Plugin “{owner}” contributes “{name}” a second time.")
    app.extensions["lms.contributions"].append(contribution)
    # A page asks for several kinds; each is sorted out once.
    app.extensions["lms.contributed"] = {}
    if isinstance(contribution, WithoutLanguage):
        app.register_blueprint(contribution.blueprint, url_prefix=f"/{owner}")


def contributed(kind: type[Kind]) -> list[Kind]:
    """Return every contribution of one kind, in load order."""
    sorted_out: dict[type, list[Any]] = current_app.extensions["lms.contributed"]
    if kind not in sorted_out:
        everything = current_app.extensions["lms.contributions"]
        sorted_out[kind] = [c for c in everything if isinstance(c, kind)]
    return sorted_out[kind]
