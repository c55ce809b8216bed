import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.exceptions import TooManyRequests

from lms import create_app, limits
from lms.database import db
from lms.testing import SECRET, Clock


def tries_until_refused(who: str = "somebody") -> int:
    for number in range(1, 100):
        try:
            limits.count("sign-in", who, most=5, seconds=300)
        except TooManyRequests:
            return number
    raise AssertionError("never refused")


def test_so_many_tries_are_allowed_and_no_more(app: Flask) -> None:
    assert tries_until_refused() == 6


def test_a_refusal_says_how_long_to_wait(app: Flask, clock: Clock) -> None:
    clock.move(seconds=100)
    tries_until_refused()
    with pytest.raises(TooManyRequests) as caught:
        limits.count("sign-in", "somebody", most=5, seconds=300)
    assert caught.value.retry_after == 201


def test_the_next_window_begins_anew(app: Flask, clock: Clock) -> None:
    tries_until_refused()
    clock.move(seconds=300)
    limits.count("sign-in", "somebody", most=5, seconds=300)


def test_one_persons_tries_are_not_anothers(app: Flask) -> None:
    tries_until_refused("first")
    limits.count("sign-in", "second", most=5, seconds=300)
    limits.count("reset", "first", most=5, seconds=300)


def test_success_forgets_the_slips_before_it(app: Flask) -> None:
    tries_until_refused()
    limits.forget("sign-in", "somebody")
    assert tries_until_refused() == 6


def test_a_try_counts_though_the_request_fails(app: Flask) -> None:
    limits.count("sign-in", "somebody", most=1, seconds=300)
    db.session.rollback()
    with pytest.raises(TooManyRequests):
        limits.count("sign-in", "somebody", most=1, seconds=300)


def test_all_server_processes_count_together(app: Flask, clock: Clock) -> None:
    other = create_app(
        {
            "SECRET_KEY": SECRET,
            "DATA": app.config["DATA"],
            "DATABASE_URL": app.config["DATABASE_URL"],
        },
        [],
    )
    other.extensions["lms.clock"] = clock
    for number in range(5):
        with (app if number % 2 else other).app_context():
            limits.count("sign-in", "somebody", most=5, seconds=300)
            db.session.remove()
    for process in (app, other):
        with process.app_context():
            with pytest.raises(TooManyRequests):
                limits.count("sign-in", "somebody", most=5, seconds=300)
            db.session.remove()
    with other.app_context():
        db.engine.dispose()


def test_no_contact_is_kept(app: Flask) -> None:
    limits.count("sign-in", "aigul@sauat.example", most=5, seconds=300)
    rows = db.session.execute(text("SELECT bucket FROM lms_limit")).scalars().all()
    assert len(rows) == 1
    assert "aigul" not in rows[0]


def test_old_windows_are_forgotten_and_present_ones_kept(app: Flask, clock: Clock) -> None:
    limits.count("sign-in", "somebody", most=5, seconds=300)
    clock.move(days=3)
    limits.count("sign-in", "somebody", most=5, seconds=300)
    assert limits.forget_old() == 1
    assert db.session.scalar(text("SELECT count(*) FROM lms_limit")) == 1
