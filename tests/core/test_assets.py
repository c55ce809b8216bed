import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms import assets
from lms.assets import smaller

SVG = "/static/core/sauat.svg"


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """A folder with one script, served as the static files of “diary”."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "diary.js").write_text("console.log(1)\n")
    assets.add_static(app, "diary", folder)
    return folder


def test_a_file_may_be_kept_for_ever_because_its_address_names_its_content(
    app: Flask, folder: Path, tmp_path: Path
) -> None:
    address = assets.static_address(app, "diary", "diary.js")
    response = app.test_client().get(address)
    assert response.text == "console.log(1)\n"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    other = tmp_path / "other"
    other.mkdir()
    (other / "diary.js").write_text("console.log(2)\n")
    assets.add_static(app, "later", other)
    later = assets.static_address(app, "later", "diary.js")
    assert later.partition("?")[2] != address.partition("?")[2]


def test_an_unchanged_file_is_answered_without_its_body(client: FlaskClient) -> None:
    first = client.get(SVG)
    again = client.get(SVG, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    since = client.get(SVG, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 304


def test_a_file_can_only_be_read(client: FlaskClient) -> None:
    assert client.head(SVG).status_code == 200
    assert client.post(SVG).status_code == 405


def test_a_page_is_compressed_for_those_who_ask(client: FlaskClient) -> None:
    plain = client.get("/kk/")
    packed = client.get("/kk/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "xgzip"])
def test_a_page_is_not_compressed_for_others(client: FlaskClient, accepted: str) -> None:
    response = client.get("/kk/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers


def test_the_length_of_a_compressed_page_says_nothing_about_it(client: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    pages = [client.get("/kk/", headers=packed).data for _ in range(30)]
    assert len({len(page) for page in pages}) > 5
    assert len({gzip.decompress(page) for page in pages}) == 1


def test_small_and_foreign_answers_are_left_alone(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/small", "small", lambda: "x" * 100)
    app.add_url_rule("/zip", "zip", lambda: (b"x" * 9999, {"Content-Type": "application/zip"}))
    for address in ("/small", "/zip"):
        response = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in response.headers


def test_a_style_sheet_gets_smaller_and_means_the_same() -> None:
    css = "/* x */\na  > b ,\nc :focus {\n  margin: 0 auto ;\n}\n@media (min-width: 30em) { d { e: f } }"
    assert smaller(css) == "a>b,c :focus{margin:0 auto}@media (min-width:30em){d{e:f}}"


def test_the_first_page_fits_into_the_first_packets(client: FlaskClient) -> None:
    response = client.get("/kk/", headers={"Accept-Encoding": "gzip"})
    assert len(response.data) <= 14 * 1024
