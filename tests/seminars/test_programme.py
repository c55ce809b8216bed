"""The programme of a seminar day: read, checked, planned."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from lms.accounts.plugin import plugin as accounts
from lms.accounts.services.places import shipped_places
from lms.courses.content import shipped_content
from lms.courses.plugin import plugin as courses
from lms.courses.shelf import read_shelf
from lms.plugins import Plugin
from lms.seminars.content import ProgrammeReading, read_programme
from lms.seminars.plugin import plugin as seminars
from lms.testing import check_plugin

TODAY = date(2026, 11, 22)
Change = Callable[..., ProgrammeReading]


@pytest.fixture
def plugins() -> list[Plugin]:
    return [accounts, courses, seminars]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A function (before, after) that reads the shipped programme with one thing changed."""
    content = tmp_path / "content"
    shutil.copytree(shipped_content(), content)

    def read(before: str = "", after: str = "") -> ProgrammeReading:
        file = content / "digital-day" / "programme.toml"
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), "utf-8")
        return read_programme(file.parent, read_shelf(content, TODAY), shipped_places())

    return read


def test_the_plugin_keeps_the_contract() -> None:
    check_plugin(seminars)


def test_the_shipped_programme_is_sound(changed: Change) -> None:
    reading = changed()
    assert [str(problem) for problem in reading.problems] == []
    assert reading.programme is not None


def test_the_day_is_as_long_as_it_says(changed: Change) -> None:
    programme = changed().programme
    assert programme is not None
    assert sum(session.minutes for session in programme.sessions) == 8 * 60 + 15


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('id = "digital-day"', 'id = "digital-days"', "the folder is called “digital-day”"),
        ('starts = "09:50"', 'starts = "09:55"', "“opening” ends at 09:50"),
        ('starts = "09:50"', 'starts = "9:50"', "write times as 09:30"),
        ('ends = "11:10"', 'ends = "09:40"', "ends before it begins"),
        ('kind = "meal"', 'kind = "lunch"', "“lunch” is a “lunch”"),
        ('attendance = "B"', 'attendance = "A"', "two marks of attendance"),
        ('locality = "makhambet"', 'locality = "makhambed"', "“atyrau” has no “makhambed”"),
        ('region = "zhambyl"', 'region = "jambyl"', "there is no region “jambyl”"),
        ('post_test = "seminar-test"', 'post_test = "the-test"', "has no “the-test”"),
        ('"phone-basics", "passwords"', '"phone-basics", "keys"', "has no “keys”"),
        ('file = "handout-consent"', 'file = "handout-consents"', "handout-consents.kk.md” is missing"),
        ('editions = ["village"]', 'editions = ["hamlet"]', "there is no edition “hamlet”"),
        ('for = "group"', 'for = "everyone"', "group or person"),
        ('language = "kk"', 'language = "en"', "the programme is not in “en”"),
        ("hours = 7", "hourz = 7", "unknown field `hourz`"),
        ("hours = 7", "hours = 12", "12 academic hours are 540 minutes"),
        ("hours = 7", "hours = ", "not valid TOML"),
        ('id = "lunch"', 'id = "device"', "“device” stands there twice"),
        ('en = "Digital literacy day"', 'en = "Digital lіteracy day"', "mixes Cyrillic and Latin"),
    ],
)  # fmt: skip
def test_what_must_be_mended_is_named(
    changed: Change, before: str, after: str, message: str
) -> None:
    assert message in "\n".join(str(problem) for problem in changed(before, after).problems)


def test_a_text_that_names_an_unknown_fact_is_found(changed: Change, tmp_path: Path) -> None:
    guide = tmp_path / "content" / "digital-day" / "device.kk.md"
    guide.write_text(guide.read_text("utf-8") + "\nМына заң: {{no-such-law}}.\n", "utf-8")
    (problem,) = changed().problems
    assert "no-such-law" in problem.message


def test_sixteen_seminars_are_planned(runner: FlaskCliRunner, app: Flask) -> None:
    result = runner.invoke(args=["seminars", "plan", str(shipped_content()), "--json"])
    assert result.exit_code == 0, result.output
    planned = json.loads(result.output)
    assert [seminar["number"] for seminar in planned] == list(range(1, 17))
    assert len({seminar["region"] for seminar in planned}) == 8
    by_region = {(s["region"], s["edition"]) for s in planned}
    assert len(by_region) == 16
    assert {s["edition"]: s["seats"] for s in planned} == {"city": 25, "village": 20}


def test_the_kit_is_counted_for_the_seats(runner: FlaskCliRunner, app: Flask) -> None:
    result = runner.invoke(args=["seminars", "plan", str(shipped_content()), "--json"])
    village = next(s for s in json.loads(result.output) if s["edition"] == "village")
    kit = {entry["id"]: entry["count"] for entry in village["kit"]}
    assert kit["feedback-form"] == 20
    assert kit["sign-in-sheet"] == 1


def test_a_programme_with_errors_is_not_planned(
    runner: FlaskCliRunner, changed: Change, tmp_path: Path
) -> None:
    changed('starts = "09:50"', 'starts = "09:55"')
    result = runner.invoke(args=["seminars", "plan", str(tmp_path / "content")])
    assert result.exit_code == 1
    assert "programme.toml:" in result.stderr


def test_content_check_reads_programmes_too(
    runner: FlaskCliRunner, changed: Change, tmp_path: Path
) -> None:
    changed('starts = "09:50"', 'starts = "09:55"')
    result = runner.invoke(args=["content", "check", str(tmp_path / "content" / "digital-day")])
    assert result.exit_code == 1
    assert "“device” begins at 09:55" in result.output + result.stderr


def test_where_there_is_no_programme_it_says_so(runner: FlaskCliRunner, tmp_path: Path) -> None:
    result = runner.invoke(args=["seminars", "plan", str(tmp_path)])
    assert result.exit_code == 2
    assert "programme.toml" in result.stderr
