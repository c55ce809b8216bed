import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from lms import create_app
from lms.plugins import (
    OUR_PLUGINS,
    Plugin,
    PluginError,
    WithoutLanguage,
    contributed,
    installed_plugins,
)
from lms.slots import NavItem, Slot
from lms.testing import SECRET, check_plugin


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Flask]:
    """A function that starts an application with these plugins."""
    return lambda *plugins: create_app({"SECRET_KEY": SECRET, "DATA": str(tmp_path)}, plugins)


def test_plugins_load_after_what_they_require(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    app = start(
        make_plugin("third", requires=("second", "first")),
        make_plugin("second", requires=("first",)),
        make_plugin("first"),
    )
    assert [p.name for p in app.extensions["lms.plugins"]] == ["first", "second", "third"]


def test_a_missing_requirement_is_named(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    with pytest.raises(PluginError, match="“diary” requires “courses”, which is missing"):
        start(make_plugin("diary", requires=("courses",)))


def test_two_plugins_of_one_name_do_not_start(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    with pytest.raises(PluginError, match="Two plugins are called “diary”"):
        start(make_plugin("diary"), make_plugin("diary"))


def test_a_circle_of_requirements_is_shown(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    with pytest.raises(PluginError, match=r"circle.*'egg'.*'hen'|circle.*'hen'.*'egg'"):
        start(make_plugin("hen", requires=("egg",)), make_plugin("egg", requires=("hen",)))


@pytest.mark.parametrize("name", ["Diary", "my_diary", "diary2", "күнделік", ""])
def test_a_name_is_lower_case_latin_letters(start: Callable[..., Flask], name: str) -> None:
    with pytest.raises(PluginError, match="lower-case Latin letters"):
        start(Plugin(name, Blueprint("diary", __name__)))


def test_a_blueprint_has_the_name_of_its_plugin(start: Callable[..., Flask]) -> None:
    with pytest.raises(PluginError, match="Blueprint “notes” of plugin “diary”"):
        start(Plugin("diary", Blueprint("notes", __name__)))


def test_two_contributions_of_one_kind_and_name_clash(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    menu = NavItem("pages", "Pages", "pages.home")
    with pytest.raises(PluginError, match="“second” contributes “pages” a second time"):
        start(
            make_plugin("first", contributions=(menu,)),
            make_plugin("second", contributions=(menu,)),
        )


def test_contributions_of_different_kinds_may_share_a_name(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    menu, slot = NavItem("pages", "Pages", "pages.home"), Slot("pages", "home.main", lambda: "")
    app = start(make_plugin("diary", contributions=(menu, slot)))
    with app.app_context():
        assert contributed(NavItem) == [menu]
        assert contributed(Slot) == [slot]


def test_contributions_come_in_load_order(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    @dataclass(frozen=True)
    class Colour:
        name: str

    app = start(
        make_plugin("zebra", requires=("apple",), contributions=(Colour("white"),)),
        make_plugin("apple", contributions=(Colour("red"), Colour("green"))),
    )
    with app.app_context():
        assert [colour.name for colour in contributed(Colour)] == ["red", "green", "white"]


def test_pages_are_served_under_language_and_name(start: Callable[..., Flask]) -> None:
    pages, files = Blueprint("diary", __name__), Blueprint("diary_files", __name__)
    pages.get("/today")(lambda: "today")
    files.get("/feed")(lambda: "feed")
    app = start(Plugin("diary", pages, contributions=(WithoutLanguage(files),)))
    client = app.test_client()
    assert client.get("/kk/diary/today").text == "today"
    assert client.get("/diary/feed").text == "feed"
    assert client.get("/xx/diary/today").status_code == 404


def test_two_applications_in_one_process_keep_apart(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    first = start(make_plugin("first", contributions=(NavItem("a", "A", "pages.home"),)))
    second = start(make_plugin("second"))
    with second.app_context():
        assert contributed(NavItem) == []
    with first.app_context():
        assert len(contributed(NavItem)) == 1


def test_init_app_runs_once_after_everything_it_requires_is_there(
    start: Callable[..., Flask], make_plugin: Callable[..., Plugin]
) -> None:
    seen: list[list[str]] = []

    def look(app: Flask) -> None:
        seen.append(sorted(app.blueprints))

    start(make_plugin("base"), make_plugin("diary", requires=("base",), init_app=look))
    assert len(seen) == 1
    assert {"base", "diary"} <= set(seen[0])


@pytest.fixture
def installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that installs a distribution whose plugin module has this text."""

    def install(text: str) -> None:
        package = tmp_path / "site" / "lms_diary"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "plugin.py").write_text(text)
        info = tmp_path / "site" / "lms_diary-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lms-diary\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[lms.plugins]\ndiary = lms_diary.plugin:plugin\n")
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        for name in ("lms_diary", "lms_diary.plugin"):
            monkeypatch.delitem(sys.modules, name, raising=False)

    return install


def test_an_installed_plugin_is_found(installed_package: Callable[[str], None]) -> None:
    installed_package(
        "from flask import Blueprint\nfrom lms.plugins import Plugin\n"
        "plugin = Plugin('diary', Blueprint('diary', __name__))\n"
    )
    assert {"diary", *OUR_PLUGINS} <= {plugin.name for plugin in installed_plugins()}


def test_an_import_error_in_a_plugin_is_loud(installed_package: Callable[[str], None]) -> None:
    installed_package("import something_that_is_not_there\n")
    with pytest.raises(ModuleNotFoundError, match="something_that_is_not_there"):
        installed_plugins()


def test_check_plugin_refuses_templates_outside_the_plugins_folder(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "base.html").touch()
    plugin = Plugin("diary", Blueprint("diary", __name__, root_path=str(tmp_path)))
    with pytest.raises(PluginError, match=r"base\.html"):
        check_plugin(plugin)


@pytest.mark.parametrize("name", OUR_PLUGINS)
def test_our_own_plugins_keep_the_contract(name: str) -> None:
    check_plugin(next(plugin for plugin in installed_plugins() if plugin.name == name))
