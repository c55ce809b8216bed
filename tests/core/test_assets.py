"""Compression and remembered addresses change nothing but the cost."""

import gzip

import pytest
from flask import Flask, render_template_string, url_for
from flask.testing import FlaskClient

from lms import assets

GZIP = {"Accept-Encoding": "gzip"}
MARK = "/static/core/sauat.svg"


@pytest.mark.parametrize("path", ["/kk/", "/ru/help", "/en/nowhere", "/robots.txt"])
def test_a_compressed_page_is_the_same_page(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    if "Content-Encoding" in packed.headers:
        # Each error page has a number of its own.
        assert len(gzip.decompress(packed.data)) == len(plain.data)
        assert path == "/en/nowhere" or gzip.decompress(packed.data) == plain.data
    else:
        assert len(plain.data) < assets.SMALLEST_TO_COMPRESS


def test_a_page_without_the_style_is_compressed_too(app: Flask) -> None:
    body = "Сәлем! ".encode() * 500
    packed = assets._gzip(body, app.extensions["lms.style"])
    assert len(packed) < len(body) / 5
    assert gzip.decompress(packed) == body


@pytest.fixture
def script(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    folder = tmp_path_factory.mktemp("probe")
    content = b"// a line of a script that is long enough to be worth it\n" * 40
    (folder / "probe.js").write_bytes(content)
    assets.add_static(app, "probe", folder)
    return "/static/probe/probe.js", content


def test_a_script_is_sent_compressed_to_whoever_takes_it(
    client: FlaskClient, script: tuple[str, bytes]
) -> None:
    path, content = script
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    assert plain.data == content
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == content
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert client.head(path, headers=GZIP).headers["Content-Length"] == str(len(packed.data))


def test_a_known_script_is_not_sent_again_and_a_range_is_not_compressed(
    client: FlaskClient, script: tuple[str, bytes]
) -> None:
    path, content = script
    tag = client.get(path, headers=GZIP).headers["ETag"]
    assert client.get(path, headers={**GZIP, "If-None-Match": tag}).status_code == 304
    part = client.get(path, headers={**GZIP, "Range": "bytes=3-8"})
    assert part.status_code == 206
    assert part.data == content[3:9]


def test_a_small_file_is_sent_as_it_is(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get(MARK, headers=GZIP).headers


def test_a_template_writes_the_addresses_that_flask_builds(app: Flask) -> None:
    for path in ("/kk/help", "/ru/help"):
        with app.app_context(), app.test_request_context(path):
            app.preprocess_request()
            for _ in range(2):
                written = render_template_string("{{ url_for('pages.help', q='а б', n=[1, 2]) }}")
                assert written == url_for("pages.help", q="а б", n=[1, 2]).replace("&", "&amp;")
                written = render_template_string("{{ url_for('pages.help', _external=true) }}")
                assert written == url_for("pages.help", _external=True)
                assert render_template_string("{{ url_for('pages.help') }}") == path


def test_what_is_kept_is_kept_for_each_key_and_language(app: Flask) -> None:
    drawn = "{% call kept('probe', key) %}{{ said }} {{ url_for('pages.help') }}{% endcall %}"
    said = []
    for path in ("/kk/", "/ru/"):
        with app.app_context(), app.test_request_context(path):
            app.preprocess_request()
            for key in ("a", "b"):
                render_template_string(drawn, key=key, said=key)
                said.append(render_template_string(drawn, key=key, said="never drawn"))
    assert said == ["a /kk/help", "b /kk/help", "a /ru/help", "b /ru/help"]
