"""Who may import whom, and what a plugin's folder looks like. The table is the documentation."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lms

ROOT = Path(lms.__file__).parent

#: What each plugin may import beside the core and itself.
MAY_IMPORT = {
    "accounts": [],
    "courses": ["lms.accounts"],
    "quizzes": ["lms.accounts", "lms.courses"],
    "certificates": ["lms.accounts", "lms.courses.events"],
    "seminars": ["lms.accounts", "lms.courses"],
}

FOLDERS = {
    "templates", "static", "translations", "services", "views", "fonts", "words", "interchange",
    "__pycache__",
}  # fmt: skip
NAMES_THAT_GROW = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "api"}
LONGEST_FILE = 350

PLUGINS = sorted(path.parent.name for path in ROOT.glob("*/plugin.py"))
MODULES = sorted(ROOT.rglob("*.py"))
OF_PLUGINS = [path for path in MODULES if path.parent != ROOT]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Yield every name that a module imports, as `module` or `module.name`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(path)} imports by dots"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def plugin_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "lms" and len(parts) > 1 and parts[1] in PLUGINS else None


def is_within(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(f"{allowed}.")


def test_every_plugin_stands_in_the_table() -> None:
    assert set(MAY_IMPORT) == set(PLUGINS)


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent == ROOT], ids=shown)
def test_the_core_knows_no_plugin(path: Path) -> None:
    assert [name for name in imported(path) if plugin_of(name)] == []


@pytest.mark.parametrize("path", OF_PLUGINS, ids=shown)
def test_a_plugin_imports_only_what_the_table_allows(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    allowed = [f"lms.{own}", *MAY_IMPORT.get(own, [])]
    for name in imported(path):
        if plugin_of(name):
            assert any(is_within(name, part) for part in allowed), name


@pytest.mark.parametrize("plugin", PLUGINS)
def test_what_a_plugin_imports_it_also_requires(plugin: str) -> None:
    from lms.plugins import our_plugins

    requires = {p.name: set(p.requires) for p in our_plugins()}
    known = set(requires[plugin])
    for name in requires[plugin]:
        known |= requires[name]
    imports = {
        plugin_of(name) for path in (ROOT / plugin).rglob("*.py") for name in imported(path)
    } - {None, plugin}
    assert imports <= known


@pytest.mark.parametrize("plugin", PLUGINS)
def test_events_import_only_the_standard_library(plugin: str) -> None:
    events = ROOT / plugin / "events.py"
    names = imported(events) if events.exists() else []
    for name in names:
        assert name.split(".")[0] in sys.stdlib_module_names, name


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_package_of_a_plugin_is_one_sentence(plugin: str) -> None:
    tree = ast.parse((ROOT / plugin / "__init__.py").read_text("utf-8"))
    assert len(tree.body) == 1
    assert ast.get_docstring(tree)
    assert "\n" not in str(ast.get_docstring(tree))


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_has_no_folder_of_another_kind(plugin: str) -> None:
    found = {path.name for path in (ROOT / plugin).iterdir() if path.is_dir()}
    assert found <= FOLDERS


@pytest.mark.parametrize("plugin", PLUGINS)
def test_templates_lie_in_a_folder_of_the_plugins_name(plugin: str) -> None:
    templates = ROOT / plugin / "templates"
    assert [path.name for path in templates.glob("*")] in ([plugin], [])


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_no_module_is_a_bucket(path: Path) -> None:
    assert path.stem not in NAMES_THAT_GROW
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_every_module_and_public_name_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def services() -> list[Path]:
    return [p for p in OF_PLUGINS if p.stem == "services" or p.parent.name == "services"]


#: Jobs of the outbox that let the transaction go before they talk to a mail server.
COMMITS = {"accounts/services/resets.py"}


@pytest.mark.parametrize("path", services(), ids=shown)
def test_services_never_commit_and_know_no_request(path: Path) -> None:
    assert (".commit()" in path.read_text("utf-8")) == (shown(path) in COMMITS)
    assert not {"flask.request", "flask.session", "flask_login.current_user"} & set(imported(path))


@pytest.mark.parametrize("path", [p for p in OF_PLUGINS if p.stem == "content"], ids=shown)
def test_reading_content_asks_no_database_and_no_request(path: Path) -> None:
    forbidden = ("lms.database", "flask.request", "flask.g", "flask_login", "sqlalchemy")
    assert [n for n in imported(path) for f in forbidden if is_within(n, f)] == []


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_the_time_comes_from_the_one_clock(path: Path) -> None:
    if path.name in {"clock.py", "logs.py", "testing.py"}:
        return
    tree = ast.parse(path.read_text("utf-8"))
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    assert clocks & set(calls) == set()
