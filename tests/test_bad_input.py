"""Whatever is sent to whatever address: an answer in words, never a broken page."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from lms.accounts.testing import sign_in

pytestmark = pytest.mark.needs("quizzes")

HOSTILE = {
    "script": '"><script>alert(1)</script>',
    "template": "{{913*7}}{%raw%}${913*7}#{913*7}#import",
    "nul": "a\x00b",
    "line breaks": "a\r\nBcc: victim@example.kz\r\n\r\nb",
    "sql": "' OR 1=1; DROP TABLE accounts_user; --%_",
    "numbers": "1e309",
    "negative": "-1",
    "right to left": "\u202egnp.exe\u2066",
    "long": "ұ" * 100_000,
}
FIELDS = (
    "name name_ru contact password new_password current_password consent locality language held "
    "next token code reason attempts minutes card_state question_version so_far seen_answer "
    "form_key go_to return_to role score passed user_id submitted_at q first"
).split()

QUIZ = """# Тест

## Бір? {#first}

- [x] иә
  > Дұрыс.
- [ ] жоқ
  > Қате.

> [!NOTE]
> Түсіндірме.
"""


@pytest.fixture
def learner(app: Flask, client: FlaskClient, make_user: Callable, make_course: Callable) -> dict:
    """A signed-in administrator with an open attempt; gives the parts of addresses."""
    make_course(
        files={"quiz.kk.md": QUIZ, "quiz.ru.md": QUIZ},
        activities='  { id = "first" },\n  { id = "quiz", type = "quiz" },',
    )
    sign_in(client, make_user(role="administrator"))
    client.send("/kk/courses/village/enrolment")
    attempt = client.send("/kk/quizzes/village/quiz/attempts").location.split("/")[-2]
    return {
        "course": "village",
        "activity": "quiz",
        "token": attempt,
        "position": 1,
        "number": 1,
        "card": 1,
    }


def writing_rules(app: Flask) -> list[Rule]:
    """Every address that takes a POST, but signing out (which would end the test)."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    return [rule for rule in rules if rule.endpoint not in {"accounts.sign_out"}]


def address(app: Flask, rule: Rule, parts: dict) -> str:
    """Return the rule's address with parts that exist, and made-up ones where none is known."""
    values = {name: parts.get(name, "W76G-SFTM-EHPS-W") for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, {**values, "lang": "kk"}, "POST")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_values_in_every_field_of_every_form_are_answered(
    app: Flask, client: FlaskClient, learner: dict, kind: str
) -> None:
    for rule in writing_rules(app):
        response = client.send(address(app, rule, learner), dict.fromkeys(FIELDS, HOSTILE[kind]))
        assert response.status_code < 500, (rule.rule, response.status_code)
        assert "<script>alert(1)" not in response.text
        assert "6391" not in response.text
        assert not {name for name, _ in response.headers} & {"Bcc"}


def test_ten_megabytes_are_refused_in_words(app: Flask, client: FlaskClient, learner: dict) -> None:
    for rule in writing_rules(app):
        response = client.post(address(app, rule, learner), data={"name": "a" * 10_000_000})
        assert response.status_code == 413, rule.rule
        assert "Көлемі тым үлкен" in response.text


def test_bytes_that_are_no_text_are_answered(
    app: Flask, client: FlaskClient, learner: dict
) -> None:
    body = b"name=%ED%A0%80%FF%FE&first=%ED%B0%80&form_key=\xff\xfe&contact=%00"
    for rule in writing_rules(app):
        response = client.post(
            address(app, rule, learner),
            data=body,
            content_type="application/x-www-form-urlencoded",
        )
        assert response.status_code < 500, rule.rule


def test_repeated_and_missing_fields_are_answered(
    app: Flask, client: FlaskClient, learner: dict
) -> None:
    for rule in writing_rules(app):
        for data in ({}, {name: ["a", "b", "a"] for name in FIELDS}):
            response = client.send(address(app, rule, learner), data)
            assert response.status_code < 500, rule.rule


@pytest.mark.parametrize(
    "path", ["/%00", "/kk/%ED%A0%80", "/kk/courses/%0d%0ax", "/kk/courses/..%2f..%2fetc", "/xx/"]
)
def test_strange_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "%D2%9B" * 5000, "q=%25%5F%27", "lang=xx&q=a&q=b"]
)
def test_strange_searches_are_answered(client: FlaskClient, query: str) -> None:
    assert client.get(f"/kk/courses?{query}").status_code in {200, 400}


@pytest.mark.parametrize(
    "path",
    ["/static/core/../../config.py", "/courses/media/x/..%2f..%2fsauat.sqlite3", "/static/../lms"],
)
def test_no_address_leads_to_a_file_that_is_not_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
