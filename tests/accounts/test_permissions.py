from collections.abc import Callable

import pytest
from flask import Flask
from flask_login import AnonymousUserMixin
from werkzeug.exceptions import NotFound

from lms.accounts import permissions, sessions
from lms.accounts.models import User
from lms.accounts.permissions import may, may_somewhere, require
from lms.accounts.plugin import plugin
from lms.accounts.services import roles
from lms.database import db
from lms.plugins import Plugin, contribute

MakeUser = Callable[..., User]


def test_a_role_without_scope_covers_everything(make_user: MakeUser) -> None:
    trainer = make_user(role="trainer")
    assert may(trainer, "quizzes.review")
    assert may(trainer, "quizzes.review", course="family-budget")


def test_a_role_with_a_scope_covers_only_what_it_names(make_user: MakeUser) -> None:
    trainer = make_user(role="trainer", course="family-budget")
    assert may(trainer, "quizzes.review", course="family-budget")
    assert not may(trainer, "quizzes.review", course="rights")
    assert not may(trainer, "quizzes.review", region="family-budget")
    assert not may(trainer, "quizzes.review")
    assert may_somewhere(trainer, "quizzes.review")


def test_a_role_may_only_what_the_table_gives_it(make_user: MakeUser) -> None:
    trainer, coordinator = make_user(role="trainer"), make_user(role="coordinator")
    assert not may(trainer, "certificates.revoke")
    assert may(coordinator, "certificates.revoke", region="atyrau")
    assert not may_somewhere(make_user(), "courses.preview")
    assert not may(coordinator, "accounts.manage")


def test_an_administrator_may_everything(make_user: MakeUser) -> None:
    administrator = make_user(role="administrator")
    assert all(may(administrator, action) for action in permissions.ACTIONS)


def test_nobody_may_anything_without_signing_in(app: Flask) -> None:
    assert not any(may(AnonymousUserMixin(), action) for action in permissions.ACTIONS)


def test_an_action_nobody_named_is_a_mistake_in_the_code(make_user: MakeUser) -> None:
    with pytest.raises(KeyError, match="quizzes.fly"):
        may(make_user(), "quizzes.fly")


def test_a_plugin_contributes_an_action_of_its_own(app: Flask, make_user: MakeUser) -> None:
    contribute(app, "seminars", permissions.Permission("seminars.run", ("expert",)))
    assert may(make_user(role="expert"), "seminars.run")
    assert not may(make_user(role="trainer"), "seminars.run")


def test_what_is_not_allowed_looks_as_if_it_were_not_there(app: Flask, make_user: MakeUser) -> None:
    with app.test_request_context():
        with pytest.raises(NotFound):
            require("quizzes.review", course="rights")
        sessions.begin(make_user(role="trainer", course="rights"))
        require("quizzes.review", course="rights")
        with pytest.raises(NotFound):
            require("quizzes.review", course="family-budget")


def test_a_role_is_given_once_and_taken_once(make_user: MakeUser) -> None:
    user = make_user()
    assert roles.give(user, "expert", "region", "atyrau")
    assert not roles.give(user, "expert", "region", "atyrau")
    assert may(user, "courses.preview", region="atyrau")
    assert roles.take(user, "expert", "region", "atyrau")
    assert not roles.take(user, "expert", "region", "atyrau")
    assert not may(user, "courses.preview", region="atyrau")


def test_a_role_or_scope_that_does_not_exist_is_refused(make_user: MakeUser) -> None:
    user = make_user()
    for wrong in (
        ("king",),
        ("expert", "planet", "mars"),
        ("expert", "region"),
        ("expert", "none", "x"),
    ):
        with pytest.raises(ValueError, match="no such"):
            roles.give(user, *wrong)
    assert db.session.get_one(User, user.id).roles == []


def test_accounts_require_nobody() -> None:
    assert isinstance(plugin, Plugin)
    assert plugin.requires == ()
