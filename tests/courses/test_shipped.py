"""Reading courses beside each other, and publishing the shipped ones once for each state."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import clock
from lms.courses import beside, shipped
from lms.courses.cli import read_folder
from lms.courses.content import read_course
from lms.courses.models import Version
from lms.courses.pages import activity_types
from lms.courses.shelf import read_shelf
from lms.database import db


@pytest.fixture
def content(write_course: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two courses, taken for the shipped ones."""
    folder = write_course("village").parent
    write_course("town")
    monkeypatch.setattr(shipped, "shipped_content", lambda: folder)
    return folder


def test_courses_read_beside_each_other_are_as_if_read_in_turn(app: Flask, content: Path) -> None:
    readings, _ = read_folder(content)
    shelf = read_shelf(content, clock.today())
    in_turn = [read_course(content / name, activity_types(), shelf) for name in ("town", "village")]
    assert readings == in_turn


def test_what_goes_wrong_beside_us_goes_wrong_here(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), beside.each_other((1).__floordiv__, [1, 0]) as found:
        list(found)


def test_the_same_state_is_published_once(
    app: Flask, content: Path, count_statements: Callable[[], Any]
) -> None:
    shipped.publish_shipped()
    db.session.commit()
    assert db.session.query(Version).count() == 2
    with count_statements() as statements:
        shipped.publish_shipped()
    assert len(statements) == 1


def test_a_changed_state_is_published_anew(app: Flask, content: Path) -> None:
    shipped.publish_shipped()
    (content / "village" / "first.kk.md").write_text("# Сабақ 1\n\nБасқа мәтін.\n", "utf-8")
    shipped.publish_shipped()
    assert db.session.query(Version).count() == 3
