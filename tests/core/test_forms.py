import re
import time
from html import unescape

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_wtf.csrf import validate_csrf
from wtforms import StringField
from wtforms.validators import DataRequired

from lms import forms


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.add_url_rule(
        "/echo",
        view_func=lambda: {name: request.form.getlist(name) for name in request.form},
        methods=["POST"],
        endpoint="echo",
    )
    return app.test_client()


def held_in(page: str) -> list[tuple[str, str]]:
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return [(unescape(name), unescape(value)) for name, value in fields]


TYPED = [
    ("q1", "екі жол\nжәне «тырнақша» \"'<&>"),
    ("q1", "тағы бір мән"),
    ("q2", ""),
    ("essay", "ә" * 5000),
]


@pytest.mark.parametrize("token", [None, "", "made-up", "IjEi.aGVsbG8.x"])
def test_a_post_without_a_good_token_is_held_with_everything_typed(
    client: FlaskClient, token: str | None
) -> None:
    data = {name: [v for n, v in TYPED if n == name] for name, _ in TYPED}
    if token is not None:
        data["csrf_token"] = [token]
    response = client.post("/echo", data=data)
    assert response.status_code == 400
    held = [(name, value) for name, value in held_in(response.text) if name != "csrf_token"]
    assert held == TYPED
    assert 'action="/echo"' in response.text


def test_one_press_on_the_held_page_sends_it_again(client: FlaskClient) -> None:
    page = client.post("/echo", data={"q1": "жауап"}).text
    again = client.post("/echo", data=dict(held_in(page)))
    assert again.status_code == 200
    assert again.json["q1"] == ["жауап"]


def test_a_token_does_not_age(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    page = client.post("/echo", data={}).text
    token = dict(held_in(page))["csrf_token"]
    in_twenty_days = time.time() + 20 * 24 * 3600
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: in_twenty_days)
    assert client.post("/echo", data={"csrf_token": token}).status_code == 200


def test_a_token_of_another_session_is_refused(app: Flask, client: FlaskClient) -> None:
    token = dict(held_in(app.test_client().post("/echo", data={}).text))["csrf_token"]
    assert client.post("/echo", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize("name", ["password", "password_new", "password2", "csrf_token", "held"])
def test_secrets_are_never_held(client: FlaskClient, name: str) -> None:
    page = client.post("/echo", data={name: "құпия-123", "q1": "жауап"}).text
    assert "құпия-123" not in page
    assert ("q1", "жауап") in held_in(page)


def test_a_view_with_a_form_of_its_own_shows_it_again_filled_in(
    app: Flask, client: FlaskClient
) -> None:
    class NoteForm(forms.Form):
        note = StringField("Note", [DataRequired()])

    @app.post("/note")
    @forms.keeps_input
    def write_note() -> tuple[str, int]:
        form = NoteForm()
        return (f"{form.note()} {form.stale}", 200 if form.validate() else 400)

    client.application.config["WTF_CSRF_CHECK_DEFAULT"] = False
    response = client.post("/note", data={"note": "менің сөзім"})
    assert response.status_code == 400
    assert 'value="менің сөзім"' in response.text


def test_a_form_is_stale_only_for_its_token(app: Flask) -> None:
    class NoteForm(forms.Form):
        note = StringField("Note", [DataRequired()])

    with app.test_request_context(method="POST", data={"note": "a", "csrf_token": "old"}):
        form = NoteForm()
        assert not form.validate()
        assert form.stale
    with app.test_request_context(method="GET"):
        assert not NoteForm().stale


def test_a_field_with_an_error_is_tied_to_it_for_screen_readers(app: Flask) -> None:
    class NoteForm(forms.Form):
        note = StringField("Note", [DataRequired()], description="A hint")

    with app.test_request_context(method="POST", data={}):
        form = NoteForm()
        form.validate()
        html = form.note()
    assert 'aria-describedby="note-hint note-error"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x00b", "ab"),
        ("\x00", ""),
        ("қазақ 🌾 текст\r\n", "қазақ 🌾 текст\r\n"),
        ("a\ufffeb", "a\ufffeb"),
    ],
)
def test_what_no_database_can_hold_is_taken_out(client: FlaskClient, sent: str, kept: str) -> None:
    assert client.send("/echo", {"q1": sent}).json["q1"] == [kept]


def test_nul_in_the_name_of_a_field_is_taken_out(client: FlaskClient) -> None:
    assert client.send("/echo", {"q\x001": "a"}).json["q1"] == ["a"]


def test_lone_surrogates_are_taken_out(client: FlaskClient) -> None:
    token = dict(held_in(client.post("/echo", data={}).text))["csrf_token"]
    response = client.post(
        "/echo",
        data=f"q1=a%ED%A0%80b&csrf_token={token}".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 200
    assert not any("\ud800" <= letter <= "\udfff" for letter in response.json["q1"][0])


def test_several_values_of_one_field_survive_the_cleaning(client: FlaskClient) -> None:
    assert client.send("/echo", {"q1": ["a\x00", "b"]}).json["q1"] == ["a", "b"]


def test_a_sealed_form_opens_with_its_own_or_an_earlier_key_only(app: Flask) -> None:
    fields = [("q1", "жауап"), ("q1", "b")]
    text = forms.sealed(fields, "/kk/quiz")
    assert forms.opened(text) == ("/kk/quiz", fields)
    assert forms.opened(text[:-3] + "AAA") is None
    for broken in ("", ".", "a.b", "W10.x", "\ud800"):
        assert forms.opened(broken) is None
    app.config["SECRET_KEY_FALLBACKS"] = [app.config["SECRET_KEY"]]
    app.config["SECRET_KEY"] = "another key"
    assert forms.opened(text) == ("/kk/quiz", fields)
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert forms.opened(text) is None


def test_a_fresh_key_stands_on_every_form(app: Flask) -> None:
    make = app.jinja_env.globals["form_key"]
    assert make() != make()


def test_the_token_is_bound_to_the_session_and_signed(app: Flask, client: FlaskClient) -> None:
    token = dict(held_in(client.post("/echo", data={}).text))["csrf_token"]
    with client.session_transaction() as session, app.test_request_context():
        from flask import session as present

        present.update(session)
        validate_csrf(token)
