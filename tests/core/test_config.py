import os
import subprocess
import sys
from pathlib import Path

import pytest

from lms import create_app
from lms.config import EXIT_CODE, ConfigError, Setting
from lms.testing import SECRET

GOOD = {"LMS_SECRET_KEY": SECRET}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("LMS_", "FLASK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LMS_DATA", str(tmp_path))


def refused(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> list[str]:
    for name, value in {**GOOD, **variables}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        create_app({}, [])
    return caught.value.problems


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("LMS_SECRET_KEY", "", "32 random characters"),
        ("LMS_SECRET_KEY", "short", "32 random characters"),
        ("LMS_SECRET_KEY", "a" * 64, "32 random characters"),
        ("LMS_SECRET_KEY", "192b9bdd22ab9ed4d12e236c78afcb9a", "32 random characters"),
        ("LMS_SECRET_KEY_FALLBACKS", f"{SECRET}-old dev", "leave it out"),
        ("LMS_BASE_URL", "http://sauat.example", "https://"),
        ("LMS_BASE_URL", "sauat.example", "must look like https://sauat.example"),
        ("LMS_BASE_URL", "https://sauat.example/lms", "must look like https://sauat.example"),
        ("LMS_BASE_URL", "https://[::1", "must look like https://sauat.example"),
        ("LMS_BASE_URL", "https://sauat.example:99999", "must look like https://sauat.example"),
        ("LMS_DATABASE_URL", "mysql://localhost/lms", "postgresql+psycopg://"),
        ("LMS_DATABASE_URL", "postgresql://localhost/lms", "postgresql+psycopg://"),
        ("LMS_DATA", "/proc/version/lms", "cannot be written to"),
        ("LMS_PORT", "eight thousand", "a whole number"),
        ("LMS_PORT", "70000", "between 1 and 65535"),
        ("LMS_WORKERS", "0", "between 1 and 64"),
        ("LMS_PROXY_HOPS", "-1", "between 0 and 5"),
        ("LMS_WORKER", "perhaps", "true or false"),
        ("LMS_MAIL", "pigeon", "one of file, console, smtp"),
        ("LMS_DEBUG", "1", "must be off"),
        ("LMS_DATABSE_URL", "sqlite:///x", "no such setting"),
        ("FLASK_DEBUG", "1", "must not be set"),
        ("LMS_SETTINGS", "/nowhere/settings.toml", "cannot be read"),
        ("LMS_PORT", "8000\nfine", "a whole number"),
    ],
)
def test_a_bad_setting_is_refused_in_one_line_naming_it_and_the_fix(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, fix: str
) -> None:
    (problem,) = refused(monkeypatch, {name: value})
    assert problem.startswith(name)
    assert fix in problem
    assert "\n" not in problem


def test_every_bad_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = refused(monkeypatch, {"LMS_PORT": "x", "LMS_MAIL": "x", "LMS_NONSENSE": "x"})
    assert len(problems) == 3


def test_good_settings_are_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**GOOD, "LMS_PORT": "9000", "LMS_WORKER": "false"}.items():
        monkeypatch.setenv(name, value)
    app = create_app({}, [])
    assert (app.config["PORT"], app.config["WORKER"]) == (9000, False)


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'secret_key = "{SECRET}"\nport = 9000\nthreads = 4\n')
    monkeypatch.setenv("LMS_SETTINGS", str(file))
    monkeypatch.setenv("LMS_PORT", "9001")
    app = create_app({}, [])
    assert (app.config["PORT"], app.config["THREADS"]) == (9001, 4)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("port = true", "LMS_PORT"),
        ("port = 8000.5", "LMS_PORT"),
        ("worker = 1", "LMS_WORKER"),
        ('support = ["a", "b"]', "LMS_SUPPORT"),
        ("nonsense = 1", "LMS_NONSENSE"),
        ("port = ", "LMS_SETTINGS"),
    ],
)
def test_a_mistyped_line_of_the_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, name: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(line)
    (problem,) = refused(monkeypatch, {"LMS_SETTINGS": str(file)})
    assert problem.startswith(name)


def test_a_plugin_brings_settings_of_its_own(
    monkeypatch: pytest.MonkeyPatch, make_plugin: object
) -> None:
    for name, value in {**GOOD, "LMS_DIARY_PAGES": "12"}.items():
        monkeypatch.setenv(name, value)
    plugin = make_plugin("diary", contributions=(Setting("DIARY_PAGES", 10, "Pages."),))  # type: ignore[operator]
    assert create_app({}, [plugin]).config["DIARY_PAGES"] == 12


def test_cookies_are_secure_when_the_site_is(monkeypatch: pytest.MonkeyPatch) -> None:
    secure = create_app({"SECRET_KEY": SECRET, "BASE_URL": "https://sauat.example"}, []).config
    local = create_app({"SECRET_KEY": SECRET}, []).config
    assert (secure["SESSION_COOKIE_SECURE"], local["SESSION_COOKIE_SECURE"]) == (True, False)
    assert secure["SESSION_COOKIE_NAME"] == "__Host-sauat"
    assert secure["SESSION_COOKIE_SAMESITE"] == "Lax"


@pytest.mark.parametrize("command", [["serve"], ["settings"], ["content", "list"], ["demo", "run"]])
def test_a_command_with_bad_settings_exits_with_78_and_no_trace(
    tmp_path: Path, command: list[str]
) -> None:
    variables = {"LMS_SECRET_KEY": "short", "LMS_PROT": "80", "LMS_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "lms", *command],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    if command == ["settings"]:
        # The command that lists the settings is what the message sends people to.
        assert done.returncode == 0
        assert "LMS_PORT" in done.stdout
        return
    assert done.returncode == EXIT_CODE
    assert done.stderr.splitlines() == [
        "LMS_PROT: no such setting; `lms settings` lists them all.",
        "LMS_SECRET_KEY is too short or too well known: give at least 32 random characters.",
    ]
