import base64
import hashlib
import re

import pytest
from flask import Flask, redirect, request
from flask.testing import FlaskClient

from lms import create_app
from lms.security import PERMISSIONS
from lms.testing import SECRET

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    app.add_url_rule("/moved", "moved", lambda: redirect("/kk/"))
    app.add_url_rule("/slash/", "slash", lambda: "ok")
    app.add_url_rule("/who", "who", lambda: {"from": request.remote_addr, "url": request.url})
    return app.test_client()


ANSWERS = [
    ("GET", "/kk/", 200),
    ("HEAD", "/kk/", 200),
    ("GET", "/", 302),
    ("GET", "/moved", 302),
    ("GET", "/slash", 308),
    ("GET", "/nowhere", 404),
    ("POST", "/kk/", 405),
    ("TRACE", "/kk/", 405),
    ("OPTIONS", "/kk/", 200),
    ("GET", "/broken", 500),
    ("GET", "/health/live", 200),
    ("GET", "/robots.txt", 200),
    ("GET", "/kk/?a=%00", 400),
    ("GET", "/static/core/sauat.svg", 200),
    ("GET", "/static/core/nothing.svg", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_security_headers(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in response.headers


@pytest.mark.parametrize("path", ["/kk/", "/nowhere", "/static/core/sauat.svg", "/health/live"])
def test_a_secure_site_says_so_for_a_year(app: Flask, path: str) -> None:
    secure = create_app(
        {"SECRET_KEY": SECRET, "DATA": app.config["DATA"], "BASE_URL": "https://sauat.example"}, []
    )
    answer = secure.test_client().get(path, base_url="https://sauat.example", buffered=True)
    headers = answer.headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def directives(client: FlaskClient, path: str = "/kk/") -> dict[str, str]:
    policy = client.get(path).headers["Content-Security-Policy"]
    return dict(part.partition(" ")[::2] for part in policy.split("; "))


def test_the_policy_allows_nothing_inline_but_our_style(client: FlaskClient) -> None:
    policy = directives(client)
    assert "unsafe" not in " ".join(policy.values())
    assert "*" not in " ".join(policy.values())
    assert "http" not in " ".join(policy.values())
    for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert policy[name] == "'none'"
    assert policy["form-action"] == "'self'"


def test_the_policy_names_exactly_the_style_that_stands_in_the_page(client: FlaskClient) -> None:
    page = client.get("/kk/").get_data()
    styles = re.findall(rb"<style>(.*?)</style>", page, flags=re.S)
    hashes = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in styles]
    assert len(styles) == 1
    assert f"'sha256-{hashes[0]}'" in directives(client)["style-src"]


@pytest.mark.parametrize("path", ["/kk/", "/ru/help", "/en/privacy", "/nowhere", "/broken"])
def test_no_page_needs_what_the_policy_forbids(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert not re.search(r"\son[a-z]+=|\sstyle=|<script(?![^>]*\ssrc=)|javascript:", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_a_page_is_not_kept_by_shared_phones_and_proxies(client: FlaskClient) -> None:
    for path in ("/kk/", "/nowhere", "/broken"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/static/core/sauat.svg", "/health/live", "/health/ready"])
def test_files_and_health_set_no_cookie(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize(
    "path",
    [
        "/kk/%00",
        "/kk/%0d%0aX-Bad:1",
        "/kk/?a=%00",
        "/kk/?%00=a",
        "/kk/?b=1&a=1&a=%00",
        "/\x7f",
        "/%ff",
    ],
)
def test_addresses_that_nothing_can_hold_are_refused(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code in {400, 404}
    assert "X-Bad" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../config.py",
        "/static/core/../../config.py",
        "/static/core/%2e%2e/%2e%2e/config.py",
        "/static/core/..%2f..%2fconfig.py",
        "/.git/HEAD",
        "/.env",
        "/sauat.sqlite3",
    ],
)
def test_no_file_outside_the_static_folders_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


SPOOFED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
}


def test_nobody_is_believed_about_addresses_by_default(client: FlaskClient) -> None:
    who = client.get("/who", headers=SPOOFED).json
    assert who["from"] == "127.0.0.1"
    assert "evil.example" not in who["url"]


def test_behind_one_proxy_only_the_last_address_is_believed(app: Flask) -> None:
    proxied = create_app({"SECRET_KEY": SECRET, "DATA": app.config["DATA"], "PROXY_HOPS": 1}, [])
    proxied.add_url_rule(
        "/who", view_func=lambda: {"from": request.remote_addr, "url": request.url}
    )
    who = proxied.test_client().get(
        "/who", headers={**SPOOFED, "X-Forwarded-For": "6.6.6.6, 10.0.0.7"}
    )
    assert who.json["from"] == "10.0.0.7"
    assert "evil.example" not in who.json["url"]


def test_a_strange_host_is_never_repeated(client: FlaskClient) -> None:
    for path in ("/kk/", "/kk/help?_external=1", "/nowhere", "/moved"):
        response = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in response.text + str(response.headers.get("Location"))
