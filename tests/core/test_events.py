from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text

from lms import events
from lms.database import db
from lms.jobs import Job, enqueue
from lms.plugins import Plugin


@dataclass(frozen=True)
class KettleBoiled:
    litres: int


@dataclass(frozen=True)
class TeaPoured:
    cups: int


def test_listeners_hear_in_load_order_and_only_of_their_own_type(app: Flask) -> None:
    heard: list[object] = []
    events.subscribe(app, KettleBoiled, lambda event: heard.append(("first", event)))
    events.subscribe(app, KettleBoiled, lambda event: heard.append(("second", event)))
    events.subscribe(app, TeaPoured, heard.append)
    events.publish(KettleBoiled(2))
    assert heard == [("first", KettleBoiled(2)), ("second", KettleBoiled(2))]


def test_a_fact_that_nobody_listens_to_is_no_error(app: Flask) -> None:
    events.publish(KettleBoiled(2))


def test_what_listeners_write_is_part_of_the_publishers_transaction(app: Flask) -> None:
    events.subscribe(app, KettleBoiled, lambda event: enqueue("tea", {"litres": event.litres}))
    events.publish(KettleBoiled(2))
    db.session.rollback()
    assert db.session.query(Job).count() == 0
    events.publish(KettleBoiled(2))
    db.session.commit()
    assert db.session.query(Job).one().payload == {"litres": 2}


def test_a_failing_listener_undoes_the_request_that_published(app: Flask) -> None:
    def refuse(event: KettleBoiled) -> None:
        raise RuntimeError("no cups")

    @app.post("/kettle")
    def boil() -> str:
        enqueue("kettle", {})
        events.publish(KettleBoiled(2))
        db.session.commit()
        return "boiled"

    events.subscribe(app, KettleBoiled, refuse)
    response = app.test_client().send("/kettle")
    assert response.status_code == 500
    assert db.session.scalar(text("SELECT count(*) FROM lms_job")) == 0


def test_each_application_has_listeners_of_its_own(
    app: Flask, make_plugin: Callable[..., Plugin], settings: dict[str, object]
) -> None:
    from lms import create_app
    from lms.testing import SECRET

    heard: list[object] = []
    other = create_app({"SECRET_KEY": SECRET, "DATA": app.config["DATA"]}, [])
    events.subscribe(other, KettleBoiled, heard.append)
    events.publish(KettleBoiled(2))
    assert heard == []


def test_the_published_fixture_sees_facts_that_nobody_listens_to(
    app: Flask, published: list[object]
) -> None:
    events.publish(TeaPoured(3))
    assert published == [TeaPoured(3)]


def test_the_published_fixture_keeps_the_listeners(
    app: Flask, published: list[object], request: pytest.FixtureRequest
) -> None:
    heard: list[object] = []
    events.subscribe(app, TeaPoured, heard.append)
    events.publish(TeaPoured(3))
    assert heard == published == [TeaPoured(3)]
