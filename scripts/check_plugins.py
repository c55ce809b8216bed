"""Proves that plugins can come and go (`make test-plugins`). Standard library only.

1. The example plugin of examples/lms-diary is installed beside Sauat: it imports only what
   docs/plugins.md names, its own tests pass, and all of ours pass with it there.
2. Each plugin of ours that no other requires is deleted from a copy of the tree, with its tests,
   its migrations and its line in the tables that name it; the tests of what is left pass.

Exit code 1 if anything fails. Whatever is made lies in a temporary folder.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "lms-diary"
CONTRACT = ROOT / "docs" / "plugins.md"
SUITE = ("-m", "pytest", "-x", "-q", "--tb=short", "-p", "no:cacheprovider")
LINES_SHOWN = 60


class Failure(Exception):
    """Something a plugin author would stumble over; the message says what."""


def main() -> int:
    """Run every check, two at a time, and say how each went; return the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    arguments.add_argument("--only", default="", help="checks whose name contains this")
    chosen = arguments.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sauat-plugins-") as folder:
        os.environ["TMPDIR"] = folder  # the tests' own folders go there too
        checks = {
            name: check for name, check in all_checks(Path(folder)).items() if chosen.only in name
        }
        say(f"{len(checks)} checks, {chosen.jobs} at a time")
        with ThreadPoolExecutor(chosen.jobs) as pool:
            passed = list(pool.map(run_check, checks, checks.values()))
    say(f"{sum(passed)} of {len(checks)} checks passed in {time.monotonic() - began:.0f} s")
    return 0 if checks and all(passed) else 1


def all_checks(folder: Path) -> dict[str, Callable[[], str]]:
    """Return every check by its name, the longest first; each returns what it found."""
    site = install(EXAMPLE, folder / "site")
    checks: dict[str, Callable[[], str]] = {
        f"our tests with {EXAMPLE.name} installed": lambda: pytest(ROOT, ROOT, site),
    }
    for name in leaves():
        checks[f"our tests without {name}"] = partial(test_without, name, folder / name)
    checks[f"the tests of {EXAMPLE.name}"] = lambda: pytest(EXAMPLE, ROOT, site)
    checks[f"{EXAMPLE.name} is taken in by its entry point"] = lambda: taken_in(site, folder)
    checks[f"{EXAMPLE.name} imports only what {CONTRACT.name} names"] = imports_are_named
    return checks


def run_check(name: str, check: Callable[[], str]) -> bool:
    """Run one check and print how it went; its output is shown when it failed."""
    began = time.monotonic()
    try:
        found = check()
    except Failure as failure:
        say(f"FAILED  {name} ({time.monotonic() - began:.0f} s)\n{failure}\n")
        return False
    say(f"ok      {name}: {found} ({time.monotonic() - began:.0f} s)")
    return True


def install(project: Path, site: Path) -> Path:
    """Install a project into the folder `site`, for whoever has that folder on its path.

    Done by hand: pip would fetch hatchling, which our hashed locks do not hold, and `.venv` belongs
    to the developer. What Sauat sees is what pip would leave: the package's files, and metadata with
    the entry points of pyproject.toml.
    """
    described = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    about = described["project"]
    for package in described["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        copy_tree(project, site, package)
    name = about["name"].replace("-", "_")
    metadata = site / f"{name}-{about['version']}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {about['name']}\nVersion: {about['version']}\n", "utf-8"
    )
    points = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in rows.items())
        for group, rows in about["entry-points"].items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(points), "utf-8")
    return site


def taken_in(site: Path, folder: Path) -> str:
    """Start Sauat as an administrator would, and look for the example among the plugins."""
    settings = {
        "LMS_SECRET_KEY": "only-for-this-check-0123456789-abcdefgh",
        "LMS_DATA": str(folder / "data"),
    }
    python("-m", "lms", "db", "upgrade", paths=[site, ROOT], settings=settings)
    listed = json.loads(
        python("-m", "lms", "plugins", "--json", paths=[site, ROOT], settings=settings)
    )
    names = [row["plugin"] for row in listed]
    if not set(entry_points()) <= set(names):
        raise Failure(f"`lms plugins` lists {names}")
    return ", ".join(names)


def imports_are_named() -> str:
    """Look each import from Sauat up in the page that an outsider has."""
    page = CONTRACT.read_text("utf-8")
    names = sorted(set(imported_from_sauat()))
    unnamed = [
        f"{module}.{name}"
        for module, name in names
        if not re.search(rf"\b{re.escape(module)}\b", page) or not re.search(rf"\b{name}\b", page)
    ]
    if unnamed:
        raise Failure(f"{CONTRACT.relative_to(ROOT)} does not name {', '.join(unnamed)}")
    return f"{len(names)} names"


def imported_from_sauat() -> Iterator[tuple[str, str]]:
    """Yield (module, name) for each name the example, with its tests, imports from Sauat."""
    for path in sorted(EXAMPLE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "lms":
                yield from ((str(node.module), alias.name) for alias in node.names)


def test_without(name: str, tree: Path) -> str:
    """Delete a plugin from a copy of the tree and test what is left."""
    copy_tree(ROOT, tree)
    for folder in ("lms", "tests", "migrations"):
        shutil.rmtree(tree / folder / name, ignore_errors=folder != "lms")
    manifest = tree / "lms" / "plugins.py"
    manifest.write_text(without_line(manifest.read_text("utf-8"), name), "utf-8")
    for path in sorted((tree / "tests").rglob("*.py")):
        path.write_text(without_entries(path.read_text("utf-8"), name), "utf-8")
    left = [
        str(path.relative_to(tree))
        for path in sorted((tree / "lms").rglob("*.py"))
        if re.search(rf"^\s*(from|import) lms\.{name}\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    if left:
        raise Failure(f"still imported by {', '.join(left)}")
    return pytest(tree, tree)


def without_line(source: str, name: str) -> str:
    """Return lms/plugins.py with `name` taken out of OUR_PLUGINS."""
    start = source.index("OUR_PLUGINS = (")
    end = source.index(")", start)
    shorter, times = re.subn(rf'\s*"{name}",?', "", source[start:end])
    if times != 1:
        raise Failure(f"“{name}” stands {times} times in OUR_PLUGINS")
    return source[:start] + shorter + source[end:]


def without_entries(source: str, name: str) -> str:
    """Return a module with the entries for `name` taken out of its tables (top-level dicts)."""
    lines = source.splitlines(keepends=True)
    tables = [
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
    ]
    for table in reversed(tables):
        for key, value in reversed(list(zip(table.keys, table.values, strict=True))):
            if isinstance(key, ast.Constant) and key.value == name:
                del lines[key.lineno - 1 : value.end_lineno]
    return "".join(lines)


def leaves() -> list[str]:
    """Return the names of our plugins that no other of ours requires."""
    ask = "import json; from lms.plugins import our_plugins as ours; "
    say = "print(json.dumps({plugin.name: plugin.requires for plugin in ours()}))"
    requires = json.loads(python("-c", ask + say, paths=[ROOT]))
    required = {name for names in requires.values() for name in names}
    return [name for name in requires if name not in required]


def entry_points() -> list[str]:
    """Return the names under which the example announces its plugins."""
    described = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))
    return list(described["project"]["entry-points"]["lms.plugins"])


def copy_tree(source: Path, target: Path, part: str = ".") -> None:
    """Copy what git knows of `source` or would take in; nothing that it ignores."""
    listed = subprocess.run(  # noqa: S603
        ["git", "ls-files", "-z", "-co", "--exclude-standard", part],  # noqa: S607
        cwd=source,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (source / name).is_file():  # not one deleted and not yet committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)


def pytest(project: Path, lms: Path, *more: Path) -> str:
    """Run the tests of `project` against the Sauat of the folder `lms`; return the last line."""
    where = python("-c", "import lms; print(lms.__file__)", paths=[*more, lms], folder=project)
    if Path(where.strip()).parent.parent != lms:
        raise Failure(f"Sauat would come from {where}")
    suite = SUITE if project == EXAMPLE else (*SUITE, "-m", "not browser")
    return python(*suite, paths=[*more, lms], folder=project).strip().splitlines()[-1].strip("= ")


def python(
    *arguments: str,
    paths: list[Path],
    folder: Path = ROOT,
    settings: dict[str, str] | None = None,
) -> str:
    """Run Python with `paths` before everything installed; return what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-P", *arguments],
        cwd=folder,
        env={**environment, **(settings or {})},
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        raise Failure("\n".join((ran.stdout + ran.stderr).splitlines()[-LINES_SHOWN:]))
    return ran.stdout


def say(line: str) -> None:
    """Print a line at once, also where the output is a file."""
    print(line, flush=True)  # noqa: T201 – what a script is for


if __name__ == "__main__":
    sys.exit(main())
