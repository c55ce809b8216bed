"""Work for later: rows written with the change that asks for them, done by a worker afterwards.

A job is done at least once and its handler must bear that; a job with a `unique` key is asked for
at most once. A worker leases a job, so one that dies leaves it to the next.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import String, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, limits
from lms.config import Setting, between
from lms.database import Model, db, insert_or_ignore
from lms.logs import log, note
from lms.plugins import contributed

LEASE = timedelta(minutes=5)
MOST_TRIES = 8
KEPT_WHEN_DONE = timedelta(days=30)
FIRST_PAUSE = timedelta(seconds=30)
SECONDS_BETWEEN_LOOKS = 2.0

SETTINGS = (
    Setting("WORKER", True, "Each server process also works on the outbox."),
    Setting("JOBS_PER_LOOK", 20, "Jobs taken at one look.", between(1, 1000)),
)


@dataclass(frozen=True)
class JobHandler:
    """A contribution: what does the jobs of one kind. It gets the job's payload."""

    name: str
    run: Callable[[dict[str, Any]], None]


class Job(Model):
    """One piece of work, waiting, leased, done, or given up."""

    __tablename__ = "lms_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    run_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(500))


def enqueue(
    kind: str, payload: dict[str, Any], *, unique: str | None = None, run_at: datetime | None = None
) -> bool:
    """Ask for work within the present transaction; return False if `unique` was asked for before."""
    return insert_or_ignore(
        Job,
        kind=kind,
        payload=payload,
        unique_key=unique,
        run_at=run_at or clock.now(),
        tries=0,
    )


def run_due(most: int = 20) -> int:
    """Do the jobs that are due, each in its own transaction; return how many were tried."""
    done = 0
    while done < most and (job := _lease_next()):
        _do(job)
        done += 1
    return done


def waiting() -> int:
    """Return how many jobs are due and neither done nor given up."""
    return len(db.session.scalars(_due(clock.now())).all())


def given_up() -> list[Job]:
    """Return the jobs that failed too often, the oldest first."""
    return list(
        db.session.scalars(select(Job).where(Job.given_up_at.is_not(None)).order_by(Job.id))
    )


def try_again(numbers: Iterable[int]) -> int:
    """Have given-up jobs done once more, from now on; return how many there were; flush."""
    result = db.session.execute(
        update(Job)
        .where(Job.id.in_(list(numbers)), Job.given_up_at.is_not(None))
        .values(given_up_at=None, tries=0, run_at=clock.now())
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def forget_old() -> None:
    """Delete what was done a month ago, but for rows whose key must never be asked for again; flush."""
    db.session.execute(
        delete(Job).where(Job.unique_key.is_(None), Job.done_at < clock.now() - KEPT_WHEN_DONE)
    )


def start_worker(app: Flask) -> threading.Event:
    """Start a thread that works until the returned event is set."""
    stop = threading.Event()
    threading.Thread(target=_work, args=(app, stop), name="lms-worker", daemon=True).start()
    return stop


def _work(app: Flask, stop: threading.Event) -> None:
    while not stop.wait(SECONDS_BETWEEN_LOOKS):
        with app.app_context():
            try:
                if not run_due(app.config["JOBS_PER_LOOK"]):
                    continue
                limits.forget_old()
                forget_old()
                db.session.commit()
            except Exception:
                # The database may be away for a moment; the worker outlives that.
                db.session.rollback()
                log.exception("worker failed")


def _due(now: datetime) -> Any:
    return (
        select(Job.id)
        .where(Job.done_at.is_(None), Job.given_up_at.is_(None), Job.run_at <= now)
        .where(or_(Job.leased_until.is_(None), Job.leased_until < now))
        .order_by(Job.run_at, Job.id)
    )


def _lease_next() -> Job | None:
    now = clock.now()
    with_nobody_waiting = db.session.scalar(_due(now).limit(1))
    if with_nobody_waiting is None:
        db.session.rollback()
        return None
    leased = db.session.scalar(
        update(Job)
        .where(Job.id == with_nobody_waiting, Job.done_at.is_(None), Job.run_at <= now)
        .where(or_(Job.leased_until.is_(None), Job.leased_until < now))
        .values(leased_until=now + LEASE, tries=Job.tries + 1)
        .returning(Job)
    )
    db.session.commit()
    return leased


def _do(job: Job) -> None:
    try:
        handler = next(h for h in contributed(JobHandler) if h.name == job.kind)
        handler.run(job.payload)
        job.done_at = clock.now()
        # The row stays, so that its key is never asked for again; contacts and links in it do not.
        job.payload = {}
        db.session.add(job)
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        log.exception("job failed", extra={"fields": {"job": job.id, "kind": job.kind}})
        _put_back(job, error)


def _put_back(job: Job, error: Exception) -> None:
    given_up = clock.now() if job.tries >= MOST_TRIES else None
    db.session.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(
            leased_until=None,
            problem=f"{type(error).__name__}: {error}"[:500],
            run_at=clock.now() + FIRST_PAUSE * 2 ** (job.tries - 1),
            given_up_at=given_up,
        )
    )
    db.session.commit()
    if given_up:
        note("job given up", job=job.id, kind=job.kind)
