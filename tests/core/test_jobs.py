import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from lms import jobs
from lms.cli import jobs_group
from lms.database import db
from lms.jobs import FIRST_PAUSE, LEASE, MOST_TRIES, Job, JobHandler, enqueue, run_due
from lms.plugins import contribute
from lms.testing import Clock


@pytest.fixture
def done(app: Flask) -> list[dict[str, Any]]:
    """The payloads of jobs of the kind “tea” that were done."""
    payloads: list[dict[str, Any]] = []
    contribute(app, "tests", JobHandler("tea", payloads.append))
    return payloads


@pytest.fixture
def break_kettle(app: Flask) -> Callable[[], None]:
    def refuse(payload: dict[str, Any]) -> None:
        db.session.execute(text("UPDATE lms_job SET payload = '{}'"))
        raise RuntimeError(f"no water for {payload['cups']}")

    contribute(app, "tests", JobHandler("kettle", refuse))
    return lambda: enqueue("kettle", {"cups": 2}) and db.session.commit()


def only_job() -> Job:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.query(Job).one()


def test_a_job_is_done_once(app: Flask, done: list[dict[str, Any]]) -> None:
    enqueue("tea", {"cups": 2})
    db.session.commit()
    assert run_due() == 1
    assert run_due() == 0
    assert done == [{"cups": 2}]
    assert only_job().done_at is not None


def test_jobs_are_done_in_the_order_they_became_due(
    app: Flask, clock: Clock, done: list[dict[str, Any]]
) -> None:
    enqueue("tea", {"n": 3}, run_at=clock() - timedelta(seconds=1))
    enqueue("tea", {"n": 1}, run_at=clock() - timedelta(seconds=9))
    enqueue("tea", {"n": 2}, run_at=clock() - timedelta(seconds=5))
    db.session.commit()
    run_due()
    assert [payload["n"] for payload in done] == [1, 2, 3]


def test_a_job_asked_for_in_a_transaction_that_failed_was_never_asked_for(
    app: Flask, done: list[dict[str, Any]]
) -> None:
    enqueue("tea", {})
    db.session.rollback()
    assert run_due() == 0


def test_a_unique_job_is_asked_for_once_for_ever(app: Flask, done: list[dict[str, Any]]) -> None:
    assert enqueue("tea", {"n": 1}, unique="morning") is True
    assert enqueue("tea", {"n": 2}, unique="morning") is False
    db.session.commit()
    run_due()
    assert enqueue("tea", {"n": 3}, unique="morning") is False
    assert done == [{"n": 1}]


def test_a_job_waits_for_its_time(app: Flask, clock: Clock, done: list[dict[str, Any]]) -> None:
    enqueue("tea", {}, run_at=clock() + timedelta(hours=1))
    db.session.commit()
    assert (run_due(), jobs.waiting()) == (0, 0)
    db.session.rollback()
    clock.move(hours=1)
    assert jobs.waiting() == 1
    db.session.rollback()
    assert run_due() == 1


def test_a_worker_takes_no_more_than_it_was_told(app: Flask, done: list[dict[str, Any]]) -> None:
    for n in range(5):
        enqueue("tea", {"n": n})
    db.session.commit()
    assert [run_due(2), run_due(2), run_due(2)] == [2, 2, 1]


def test_two_workers_do_each_job_exactly_once(app: Flask, done: list[dict[str, Any]]) -> None:
    for n in range(60):
        enqueue("tea", {"n": n})
    db.session.commit()

    def work() -> None:
        with app.app_context():
            while jobs.waiting():
                db.session.rollback()
                run_due(5)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(payload["n"] for payload in done) == Counter(range(60))


def test_a_job_whose_worker_died_is_done_by_the_next(
    app: Flask, clock: Clock, done: list[dict[str, Any]]
) -> None:
    enqueue("tea", {})
    db.session.commit()
    jobs._lease_next()
    assert run_due() == 0
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert run_due() == 1
    assert len(done) == 1


def test_a_failed_job_undoes_what_it_wrote_and_waits_longer_each_time(
    app: Flask, clock: Clock, break_kettle: Callable[[], None]
) -> None:
    break_kettle()
    pauses = []
    for _ in range(4):
        assert run_due() == 1
        job = only_job()
        assert job.payload == {"cups": 2}
        assert job.problem == "RuntimeError: no water for 2"
        pauses.append(job.run_at - clock())
        clock.moment = job.run_at
    assert pauses == [FIRST_PAUSE * factor for factor in (1, 2, 4, 8)]


def test_a_job_that_never_succeeds_is_given_up_and_stays_to_be_seen(
    app: Flask,
    clock: Clock,
    break_kettle: Callable[[], None],
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    break_kettle()
    for _ in range(MOST_TRIES):
        assert run_due() == 1
        clock.move(days=1)
    assert run_due() == 0
    job = only_job()
    assert (job.tries, job.done_at) == (MOST_TRIES, None)
    assert job.given_up_at is not None
    assert "job given up" in [line["event"] for line in logged()]


def test_one_bad_job_does_not_hold_up_the_others(
    app: Flask, break_kettle: Callable[[], None], done: list[dict[str, Any]]
) -> None:
    break_kettle()
    enqueue("tea", {"n": 1})
    db.session.commit()
    assert run_due() == 2
    assert done == [{"n": 1}]


def test_a_job_of_a_plugin_that_is_gone_waits(app: Flask, clock: Clock) -> None:
    enqueue("samovar", {})
    db.session.commit()
    assert run_due() == 1
    assert only_job().done_at is None


def test_the_worker_thread_works_until_told_to_stop(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_LOOKS", 0.01)
    finished = threading.Event()
    contribute(app, "tests", JobHandler("tea", lambda payload: finished.set()))
    enqueue("tea", {})
    db.session.commit()
    before = threading.active_count()
    stop = jobs.start_worker(app)
    assert finished.wait(10)
    stop.set()
    for thread in threading.enumerate():
        if thread.name == "lms-worker":
            thread.join(10)
    assert threading.active_count() == before


def test_the_worker_outlives_a_database_that_is_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch, database_away: Callable[[], Any]
) -> None:
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_LOOKS", 0.01)
    finished, failed = threading.Event(), threading.Event()
    monkeypatch.setattr(jobs.log, "exception", lambda *a, **k: failed.set())
    contribute(app, "tests", JobHandler("tea", lambda payload: finished.set()))
    with database_away():
        stop = jobs.start_worker(app)
        assert failed.wait(10)
    enqueue("tea", {})
    db.session.commit()
    assert finished.wait(10)
    stop.set()
    for thread in threading.enumerate():
        if thread.name == "lms-worker":
            thread.join(10)


def test_a_job_given_up_can_be_listed_and_tried_again(
    app: Flask, clock: Clock, runner: FlaskCliRunner, done: list[dict[str, Any]]
) -> None:
    db.session.add(
        Job(
            kind="tea",
            payload={"n": 1},
            run_at=clock(),
            tries=8,
            given_up_at=clock(),
            problem="mail",
        )
    )
    db.session.commit()
    listed = runner.invoke(jobs_group, ["list"])
    assert listed.exit_code == 1
    assert "mail" in listed.output
    assert jobs.run_due() == 0
    number = str(db.session.query(Job).one().id)
    db.session.rollback()
    assert runner.invoke(jobs_group, ["retry", number]).output == "1 jobs\n"
    assert jobs.run_due() == 1
    assert done == [{"n": 1}]
    assert runner.invoke(jobs_group, ["list"]).exit_code == 0


def test_retrying_needs_to_know_what(app: Flask, runner: FlaskCliRunner) -> None:
    assert runner.invoke(jobs_group, ["retry"]).exit_code == 2
    assert runner.invoke(jobs_group, ["retry", "1", "--all"]).exit_code == 2
    assert runner.invoke(jobs_group, ["retry", "--all"]).output == "0 jobs\n"


def test_what_was_done_is_forgotten_after_a_month_but_for_unique_keys(
    app: Flask, clock: Clock, done: list[dict[str, Any]]
) -> None:
    jobs.enqueue("tea", {"n": 1})
    jobs.enqueue("tea", {"n": 2}, unique="once")
    db.session.commit()
    assert jobs.run_due() == 2
    clock.move(days=31)
    jobs.forget_old()
    db.session.commit()
    assert [job.unique_key for job in db.session.query(Job)] == ["once"]
