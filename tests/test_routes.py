"""Every route of the site: reading changes nothing, writing needs a token and a right."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, text
from werkzeug.routing import Rule

from lms.accounts.models import User
from lms.accounts.permissions import ROLES
from lms.accounts.testing import sign_in
from lms.courses import services
from lms.courses.models import Course
from lms.courses.pages import activity_types
from lms.database import db

#: Who may send what. A new writing route fails the tests until it has a line here.
#: `everyone`, `signed in`, or `owner`: whoever it does not belong to is told there is no such page.
MAY_SEND = {
    "accounts": {
        "accounts.sign_in": "everyone",
        "accounts.sign_out": "everyone",
        "accounts.register": "everyone",
        "accounts.ask_for_reset": "everyone",
        "accounts.choose_password": "everyone",
        "accounts.save_me": "signed in",
        "accounts.erase_me": "signed in",
        "accounts.change_password": "signed in",
        "accounts.end_session": "owner",
    },
    "courses": {
        "courses.enrol": "signed in",
        "courses.declare_completion": "owner",
    },
    "quizzes": {
        "quizzes.start_attempt": "signed in",
        "quizzes.save_answer": "owner",
        "quizzes.submit_attempt": "owner",
        "quizzes.answer_review": "owner",
        "quizzes.give_allowance": "owner",
    },
    "certificates": {
        "certificates.revoke": "owner",
    },
}

QUIZ = "# Тест\n\n## Сұрақ? {#one}\n\n- [x] Иә\n- [ ] Жоқ\n\n> [!NOTE]\n> ә\n"


class World:
    """A learner who is in the middle of everything, and addresses for every route."""

    def __init__(self, app: Flask, learner: User) -> None:
        self.app = app
        self.learner = learner
        self.values: dict[str, Any] = {
            "lang": "kk", "course": "village", "activity": "first", "token": "nothing", "number": 1,
            "position": 1, "code": "nothing", "card": 1, "question": "one", "digest": "0" * 64, "name": "a.svg",
        }  # fmt: skip

    def rules(self, method: str) -> list[Rule]:
        rules = [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())]
        assert rules
        return sorted(rules, key=str)

    def address(self, rule: Rule) -> str:
        values = {name: self.values[name] for name in rule.arguments}
        built = self.app.url_map.bind("localhost").build(rule.endpoint, values, method=None)
        assert isinstance(built, str)
        return built

    def dump(self) -> dict[str, list[str]]:
        """Everything the database holds."""
        db.session.rollback()
        tables = {
            table: sorted(
                str(tuple(row)) for row in db.session.execute(text(f"SELECT * FROM {table}"))
            )
            for table in inspect(db.engine).get_table_names()
        }
        db.session.rollback()
        return tables


@pytest.fixture
def world(app: Flask, make_course: Callable[..., Course], make_user: Callable[..., User]) -> World:
    activities = '  { id = "first" },\n  { id = "second" },'
    files: dict[str, str] = {}
    if "quiz" in activity_types():
        activities += '\n  { id = "quiz", type = "quiz" },'
        files = {"quiz.kk.md": QUIZ, "quiz.ru.md": QUIZ}
    make_course(files=files, activities=activities)
    short = make_course("short", activities='  { id = "first" },')
    world = World(app, make_user())
    enrolment = services.enrol(world.learner.id, short)
    services.complete_activity(enrolment, "first", reason="read")
    db.session.commit()
    browser = sign_in(app.test_client(), world.learner)
    browser.send("/kk/courses/village/enrolment")
    if files:
        started = browser.send("/kk/quizzes/village/quiz/attempts")
        world.values["token"] = started.location.split("/")[4]
    if "certificates_certificate" in inspect(db.engine).get_table_names():
        world.values["code"] = db.session.scalar(text("SELECT code FROM certificates_certificate"))
    row = db.session.execute(text("SELECT id FROM accounts_session")).first()
    world.values["number"] = row[0] if row else 1
    db.session.rollback()
    return world


@pytest.fixture
def browse(world: World, make_user: Callable[..., User]) -> Callable[[str], FlaskClient]:
    """A function from a kind of visitor to their browser."""

    def browse(who: str) -> FlaskClient:
        client = world.app.test_client()
        if who == "nobody":
            return client
        return sign_in(client, world.learner if who == "learner" else make_user(role=who))

    return browse


VISITORS = ["nobody", "learner", *ROLES]


@pytest.mark.parametrize("who", VISITORS)
def test_reading_every_page_changes_nothing_and_breaks_nothing(
    world: World, browse: Callable[[str], FlaskClient], who: str
) -> None:
    client = browse(who)
    before = world.dump()
    for rule in world.rules("GET"):
        for method in ("GET", "HEAD", "OPTIONS"):
            response = client.open(world.address(rule), method=method)
            assert response.status_code in {200, 302, 303, 401, 403, 404, 410}, rule
    assert world.dump() == before


@pytest.mark.parametrize("who", VISITORS)
def test_sending_without_a_token_changes_nothing(
    world: World, browse: Callable[[str], FlaskClient], who: str
) -> None:
    client = browse(who)
    before = world.dump()
    for rule in world.rules("POST"):
        for data in ({}, {"csrf_token": "made-up", "one": "a", "form_key": "a" * 12}):
            response = client.post(world.address(rule), data=data)
            assert response.status_code in {303, 400, 401, 404, 422}, rule
            assert world.dump() == before, rule
    assert world.dump() == before


def test_every_writing_route_says_who_may() -> None:
    from lms import create_app
    from lms.plugins import our_plugins
    from lms.testing import SECRET

    app = create_app({"SECRET_KEY": SECRET}, our_plugins())
    writing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert writing == {endpoint for table in MAY_SEND.values() for endpoint in table}


def those_for(world: World, *who: str) -> list[Rule]:
    told = {endpoint: may for table in MAY_SEND.values() for endpoint, may in table.items()}
    return [rule for rule in world.rules("POST") if told[rule.endpoint] in who]


def test_nobody_who_is_not_signed_in_writes_what_is_for_others(
    world: World, browse: Callable[[str], FlaskClient]
) -> None:
    before = world.dump()
    for rule in those_for(world, "signed in", "owner"):
        response = browse("nobody").send(world.address(rule), {"one": "a", "reason": "mistake"})
        assert response.status_code == 401, rule
    assert world.dump() == before


@pytest.mark.parametrize("who", ["resident", "staff", "trainer", "expert"])
def test_what_belongs_to_somebody_else_looks_like_what_is_not_there(
    world: World, browse: Callable[[str], FlaskClient], who: str
) -> None:
    client = browse(who)
    before = world.dump()
    for rule in those_for(world, "owner"):
        response = client.send(world.address(rule), {"one": "a", "reason": "mistake"})
        assert response.status_code == 404, rule
    assert world.dump() == before


@pytest.mark.parametrize("who", ["nobody", "learner"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_no_other_method_does_anything(
    world: World, browse: Callable[[str], FlaskClient], who: str, method: str
) -> None:
    client = browse(who)
    before = world.dump()
    for rule in world.rules("OPTIONS"):
        response = client.open(world.address(rule), method=method)
        assert response.status_code == 405, rule
    assert world.dump() == before


def test_a_method_cannot_be_smuggled_in(world: World, browse: Callable[[str], FlaskClient]) -> None:
    client = browse("learner")
    before = world.dump()
    for rule in those_for(world, "signed in", "owner", "everyone"):
        for smuggled in (
            {"headers": {"X-HTTP-Method-Override": "POST"}},
            {"query_string": {"_method": "POST"}},
        ):
            client.get(world.address(rule), **smuggled)
    assert world.dump() == before


def test_leaving_by_a_link_or_a_picture_does_not_sign_out(
    world: World, browse: Callable[[str], FlaskClient]
) -> None:
    client = browse("learner")
    assert client.get("/kk/accounts/logout").status_code == 405
    assert client.get("/kk/courses/enrolments").status_code == 200


@pytest.mark.parametrize("who", ["nobody", "learner", "coordinator"])
def test_every_page_carries_the_security_headers_and_needs_nothing_from_outside(
    world: World, browse: Callable[[str], FlaskClient], who: str
) -> None:
    client = browse(who)
    for rule in world.rules("GET"):
        response = client.get(world.address(rule))
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, rule
        assert "unsafe" not in policy, rule
        assert "frame-ancestors 'none'" in policy, rule
        assert response.headers["X-Content-Type-Options"] == "nosniff", rule
        assert response.headers["Cache-Control"], rule
        if response.mimetype == "text/html":
            page = response.text
            assert not re.search(r"\son[a-z]+=[\"']|\sstyle=[\"']|<script(?![^>]*\ssrc=)", page), (
                rule
            )
            assert not re.search(r'<(?:script|img|link)[^>]*(?:src|href)="(?:https?:)?//', page), (
                rule
            )


def test_pages_of_a_person_are_never_kept_by_phones_and_proxies(
    world: World, browse: Callable[[str], FlaskClient]
) -> None:
    client = browse("learner")
    for rule in world.rules("GET"):
        response = client.get(world.address(rule))
        is_public = rule.endpoint.startswith(("certificates", "courses_media", "health"))
        if response.status_code == 200 and not is_public:
            assert response.headers["Cache-Control"] == "no-store", rule


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_exists_in_every_language_and_links_to_the_others(
    world: World, browse: Callable[[str], FlaskClient], language: str
) -> None:
    client = browse("learner")
    world.values["lang"] = language
    for rule in world.rules("GET"):
        response = client.get(world.address(rule))
        if "lang" in rule.arguments and response.mimetype == "text/html":
            assert f'<html lang="{language}">' in response.text or response.status_code >= 300, rule
            for other in {"kk", "ru", "en"} - {language}:
                if response.status_code == 200:
                    assert f'href="/{other}/' in response.text, rule


HOSTILE = [
    "%00", "%0d%0a", "%ff", "..%2f..%2fetc%2fpasswd", "'%20OR%201=1--", "%F0%9F%8C%BE", "a" * 3000,
    "%25s", "{{7*7}}", "-1", "99999999999999999999",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: text[:9])
def test_no_address_breaks_the_site(
    world: World, browse: Callable[[str], FlaskClient], hostile: str
) -> None:
    client = browse("learner")
    before = world.dump()
    limits = before.pop("lms_limit", None)
    for rule in world.rules("GET"):
        for part in sorted(rule.arguments - {"lang"}):
            address = re.sub(rf"<(?:\w+(?:\([^)]*\))?:)?{part}>", lambda _: hostile, str(rule))
            for name in rule.arguments:
                value = str(world.values[name])
                address = re.sub(rf"<(?:\w+(?:\([^)]*\))?:)?{name}>", lambda _, v=value: v, address)
            response = client.get(address)
            assert response.status_code in {200, 302, 303, 308, 400, 404, 410, 429}, address
            assert "Traceback" not in response.text
    after = world.dump()
    after.pop("lms_limit", None)  # wrong certificate numbers are counted
    assert after == before
    assert limits is not None


@pytest.mark.parametrize(
    "data",
    [
        b"", b"=&=&=", b"one=a&one=b&one=c", b"one[]=a", b"one=%00", b"one=%ED%A0%80", b"\xff\xfe=\xff",
        b"one=1e309", b"one=-1", b"csrf_token=" + b"a" * 9999, b"&" * 9999, b"one=" + b"%F0%9F%8C%BE" * 999,
    ],
)  # fmt: skip
def test_no_form_breaks_the_site(
    world: World, browse: Callable[[str], FlaskClient], data: bytes
) -> None:
    client = browse("learner")
    with client.session_transaction():
        pass
    form = "application/x-www-form-urlencoded"
    page = client.post("/kk/courses/village/enrolment", data=data, content_type=form)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    for rule in world.rules("POST"):
        if rule.endpoint in {"accounts.sign_out", "accounts.erase_me", "accounts.end_session"}:
            continue
        whole = b"csrf_token=" + token[1].encode() + b"&" + data
        response = client.post(world.address(rule), data=whole, content_type=form)
        assert response.status_code in {200, 303, 400, 404, 409, 422, 429}, rule


@pytest.mark.parametrize("extra", ["role", "is_admin", "score", "passed", "user_id", "attempt_no"])
def test_fields_that_a_form_does_not_have_change_nothing(
    world: World, browse: Callable[[str], FlaskClient], extra: str
) -> None:
    client = browse("learner")
    client.send("/kk/courses/village/first/completion", {extra: "99"})
    client.send("/kk/courses/village/enrolment", {extra: "99"})
    scores = db.session.execute(
        text("SELECT score FROM courses_completion WHERE score IS NOT NULL")
    ).all()
    assert scores == []
    assert db.session.execute(text("SELECT * FROM accounts_role")).all() == []
