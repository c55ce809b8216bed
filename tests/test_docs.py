"""The documents say what is there, and what they name exists."""

import ast
import dataclasses
import importlib
import inspect
import re
import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask

import lms
from lms import cli, config, jobs, mail
from lms.plugins import OUR_PLUGINS, Plugin, our_plugins

# The documents describe the whole house.
pytestmark = pytest.mark.needs("quizzes", "certificates", "seminars")

ROOT = Path(lms.__file__).parent.parent
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [*DOCS, *(ROOT / n for n in ("CONTRIBUTING.md", "SECURITY.md", "STYLE.md", "CHANGELOG.md"))]

#: Files that documents speak of and that a reader makes.
MADE_BY_READERS = re.compile(r"(^|/)(LMS_DATA|lms_diary|diary|instance|backup)(/|\.|$)|[…*<>{}]")


def words_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def headings(text: str) -> set[str]:
    return set(re.findall(r"^#+ (.+?)\s*$", text, flags=re.M))


def settings() -> list[config.Setting]:
    return [
        *config.SETTINGS,
        *jobs.SETTINGS,
        *mail.SETTINGS,
        *config.of_plugins(our_plugins()),
    ]


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.name)
def test_a_setting_is_told_with_its_use_and_default(setting: config.Setting) -> None:
    default = str(setting.default).lower() if isinstance(setting.default, bool) else setting.default
    shown = f"`{default}`" if default != "" else "*(empty)*"
    assert f"| `LMS_{setting.name}` | {shown} | {setting.use} |" in words_of("operations.md")


def test_no_setting_is_told_that_is_not_there() -> None:
    known = {f"LMS_{setting.name}" for setting in settings()} | {
        "LMS_SETTINGS", "LMS_TEST_DATABASE", "LMS_DIARY_PAGES", "LMS_PORTT",
    }  # fmt: skip
    for page in DOCS:
        named = set(re.findall(r"\bLMS_[A-Z_]+[A-Z]\b", page.read_text("utf-8")))
        assert named - known == set(), page.name


def commands(group: click.Group, before: str) -> list[str]:
    found = []
    for name, command in group.commands.items():
        words = f"{before} {name}"
        found += commands(command, words) if isinstance(command, click.Group) else [words]
    return found


@pytest.fixture
def every_command(app: Flask) -> list[str]:
    return commands(cli.group(), "lms") + commands(app.cli, "lms")


def test_every_command_is_told(every_command: list[str]) -> None:
    told = words_of("operations.md") + words_of("authoring.md") + words_of("plugins.md")
    assert [command for command in every_command if command not in told] == []


def test_every_command_told_is_there(every_command: list[str]) -> None:
    groups = {command.rpartition(" ")[0] for command in every_command} | {"lms"}
    for page in DOCS:
        for line in re.findall(
            r"(?:^|`|\$ )lms ([a-z][a-z -]*[a-z])", page.read_text("utf-8"), re.M
        ):
            words = line.split()
            full = [f"lms {' '.join(words[:n])}" for n in range(1, len(words) + 1)]
            assert set(full) & (set(every_command) | (groups - {"lms"})), f"{page.name}: lms {line}"


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Plugin)])
def test_a_field_of_the_contract_has_a_heading(field: str) -> None:
    assert field in headings(words_of("plugins.md"))


def of_module(name: str) -> list[type]:
    module = importlib.import_module(name)
    return [
        kind
        for _, kind in inspect.getmembers(module, dataclasses.is_dataclass)
        if kind.__module__ == name
    ]


def contributions() -> list[str]:
    """Every dataclass of ours that says of itself that it is a contribution."""
    found = []
    for path in sorted((ROOT / "lms").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            says = (ast.get_docstring(node) or "") if isinstance(node, ast.ClassDef) else ""
            if says.startswith("A contribution:"):
                found.append(node.name)
    return found


@pytest.mark.parametrize("kind", contributions())
def test_a_contribution_has_a_heading(kind: str) -> None:
    assert kind in headings(words_of("plugins.md"))


def test_every_contribution_of_ours_says_that_it_is_one() -> None:
    known = {*contributions(), "Setting"}
    for plugin in our_plugins():
        for contribution in plugin.contributions:
            assert type(contribution).__name__ in known, type(contribution)


@pytest.mark.parametrize(
    "event",
    [
        (event.__module__, event.__name__)
        for name in OUR_PLUGINS
        if (ROOT / "lms" / name / "events.py").exists()
        for event in of_module(f"lms.{name}.events")
    ],
    ids=lambda event: event[1],
)
def test_a_fact_is_told_with_its_teller(event: tuple[str, str]) -> None:
    module, name = event
    assert re.search(rf"\| `{name}` \| `{module}` \|", words_of("plugins.md"))


def templates() -> str:
    return "\n".join(
        path.read_text("utf-8") for path in (ROOT / "lms").rglob("templates/**/*.html")
    )


def test_the_page_slots_told_are_those_of_the_templates() -> None:
    told = words_of("plugins.md").partition("#### Page slots")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `([a-z.]+)` \|", told, flags=re.M)) == set(
        re.findall(r"slot\(\s*[\"']([a-z.]+)[\"']", templates())
    )


def test_every_block_of_the_shell_is_told() -> None:
    base = (ROOT / "lms" / "templates" / "base.html").read_text("utf-8")
    told = words_of("plugins.md").partition("\n## Pages")[2]
    for block in re.findall(r"{%-? block (\w+)", base):
        assert f"`{block}`" in told, block


def test_every_macro_for_forms_is_told() -> None:
    forms = (ROOT / "lms" / "templates" / "_forms.html").read_text("utf-8")
    for macro in re.findall(r"{%-? macro (\w+)", forms):
        assert f"`{macro}`" in words_of("plugins.md"), macro


@pytest.mark.parametrize("module", ["lms.testing", "lms.accounts.testing", "lms.courses.testing"])
def test_every_fixture_of_the_kit_is_told(module: str) -> None:
    source = Path(importlib.import_module(module).__file__ or "").read_text("utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            is_fixture = any("fixture" in ast.unparse(mark) for mark in node.decorator_list)
            if is_fixture and not re.search("autouse|session", ast.unparse(node.decorator_list[0])):
                told = words_of("plugins.md")
                assert f"`{node.name}" in told or f"def {node.name}(" in told, node.name


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.S | re.M)
    text = re.sub(r"`[^`\n]*`", "", text)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, part = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        if part:
            assert part in set(map(anchor, headings(target.read_text("utf-8")))), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    endings = "py|md|toml|html|svg|css|js|lock|typ|po|json|txt"
    for name in re.findall(
        rf"`([\w./-]+\.(?:{endings})|[\w-]+(?:/[\w.-]+)*/)`", page.read_text("utf-8")
    ):
        if name.startswith("/") or MADE_BY_READERS.search(name) or name in EXAMPLES:
            continue
        found = (
            (page.parent / name).exists() or (ROOT / name).exists() or bool(named_anywhere(name))
        )
        assert found, f"{page.name} names {name}"


#: Names of files as authors and plugins would have them.
EXAMPLES = {
    "course.toml", "facts.toml", "plugin.py", "conftest.py", "pyproject.toml", "translations/kk.po",
    "translations/ru.po", "kk.po", "ru.po", "events.py", "models.py", "services.py", "views.py",
    "diary.js", "migrations/", "templates/", "static/", "media/", "services/attempts.py", "forms.py",
}  # fmt: skip


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def named_anywhere(name: str) -> list[str]:
    wanted = name.rstrip("/")
    return [
        path for path in tracked() if path.endswith(f"/{wanted}") or f"/{wanted}/" in f"/{path}"
    ]


#: What betrays the machine a file was written on, or the mirror its packages came from.
MACHINE = re.compile(
    r"/(?:home|root|Users)/\w+/|"
    r"(?:index-url|find-links)[ =]+[\"']?https?://|"
    r"https?://(?:\d{1,3}\.){3}\d{1,3}(?!\d)(?<!127\.0\.0\.1)|https?://[\w.-]*(?:pypi|registry|artifact|nexus|mirror|proxy)[\w.-]*[:/]"
)  # fmt: skip
MAY_NAME_PLACES = {"tests/test_docs.py"}


def test_no_file_betrays_the_machine_it_was_written_on() -> None:
    found = []
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" in content[:8000] or name in MAY_NAME_PLACES:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    assert found == []


def test_the_version_is_the_newest_of_the_changelog() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", changes, flags=re.M)
    assert versions
    as_numbers = [tuple(map(int, version.split("."))) for version in versions]
    assert as_numbers == sorted(as_numbers, reverse=True)


@pytest.mark.parametrize("target", ["run", "test", "check", "lint", "types", "bench", "lock"])
def test_every_target_of_the_makefile_that_people_need_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), flags=re.M)


def test_every_make_target_told_is_there() -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.M))
    for page in PAGES:
        for target in re.findall(
            r"(?:^|`)make ([a-z][a-z-]*)", page.read_text("utf-8"), flags=re.M
        ):
            assert target in known, f"{page.name}: make {target}"


def test_every_suppressed_warning_has_its_reason() -> None:
    pattern = re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+)|#\s*type: ignore(?!\[)")
    for path in (ROOT / "lms").rglob("*.py"):
        assert not pattern.search(path.read_text("utf-8")), path
