from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from lms import addresses, i18n
from lms.plugins import Plugin


@pytest.fixture
def plugins() -> list[Plugin]:
    bp = Blueprint("probe", __name__)
    bp.get("/<name>")(lambda name: Markup("|".join(map(addresses.address_in, i18n.LANGUAGES))))
    return [Plugin("probe", bp)]


def test_kazakh_words_sort_as_in_a_dictionary() -> None:
    in_order = (
        "Ақтөбе, Алматы, Әл-Фараби, Гүлнар, Ғабит, Караганда, Қостанай, Нұра, Ңы, Орал, "
        "Өскемен, Ушарал, Ұлытау, Үлкен, Ыстықкөл, Іле"
    ).split(", ")
    assert sorted(in_order, key=i18n.sort_key) == in_order


def test_the_alphabet_is_complete_and_in_order() -> None:
    letters = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"
    assert len(letters) == 42
    assert sorted(letters, key=i18n.sort_key) == list(letters)


def test_sorting_does_not_mind_case_and_composition() -> None:
    assert i18n.sort_key("и\u0306ол") == i18n.sort_key("Йол")


@pytest.mark.parametrize(
    ("language", "style", "expected"),
    [
        ("kk", "official", "2026 жылғы 22 қараша"),
        ("ru", "official", "22 ноября 2026 года"),
        ("en", "official", "22 November 2026"),
        ("kk", "long", "2026 ж. 22 қараша"),
        ("ru", "long", "22 ноября 2026 г."),
        ("en", "long", "22 November 2026"),
        ("kk", "short", "22.11.2026"),
        ("ru", "short", "22.11.2026"),
        ("en", "short", "22.11.2026"),
    ],
)
def test_dates_are_written_as_people_write_them(language: str, style: str, expected: str) -> None:
    assert i18n.format_date(date(2026, 11, 22), style, language) == expected


def test_a_moment_is_shown_on_a_kazakhstan_clock(app: Flask) -> None:
    evening_in_utc = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)
    with i18n.speaking("ru"):
        assert i18n.format_moment(evening_in_utc) == "23 ноября 2026 г., 01:05"
        assert i18n.format_moment(evening_in_utc, "time") == "01:05"
        assert i18n.format_date(evening_in_utc, "short") == "23.11.2026"


@pytest.mark.parametrize(
    ("language", "number", "percent"),
    [
        ("kk", "1\u00a0234\u00a0567,89", "70%"),
        ("ru", "1\u00a0234\u00a0567,89", "70\u00a0%"),
        ("en", "1,234,567.89", "70%"),
    ],
)
def test_numbers_and_percent_follow_the_language(
    app: Flask, language: str, number: str, percent: str
) -> None:
    with i18n.speaking(language):
        assert i18n.format_number(1234567.89) == number
        assert i18n.format_percent(70) == percent


def test_a_text_is_picked_in_the_pages_language_then_kazakh_then_any(app: Flask) -> None:
    with i18n.speaking("ru"):
        assert i18n.pick({"kk": "сабақ", "ru": "урок"}) == "урок"
        assert i18n.pick({"kk": "сабақ", "en": "lesson"}) == "сабақ"
        assert i18n.pick({"en": "lesson"}) == "lesson"
        assert i18n.pick({}) == i18n.pick(None) == ""
        assert i18n.language_of({"kk": "сабақ", "en": "lesson"}) == "kk"


def test_speaking_ends_with_its_block(app: Flask) -> None:
    with i18n.speaking("ru"):
        assert i18n.current_language() == "ru"
    assert i18n.current_language() == "kk"


def test_a_text_of_ours_is_said_in_each_language(app: Flask) -> None:
    from flask_babel import gettext

    said = i18n.translated(lambda: gettext("Help"))
    assert set(said) == set(i18n.LANGUAGES)
    assert len(set(said.values())) == 3


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_page_says_its_language_and_names_the_others(client: FlaskClient, language: str) -> None:
    page = client.get(f"/{language}/help").text
    assert f'<html lang="{language}">' in page
    for other, name in i18n.NAMES.items():
        assert f'href="/{other}/help" lang="{other}" hreflang="{other}"' in page
        assert name in page


def test_the_front_door_opens_in_kazakh_whatever_the_browser_says(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept-Language": "en"})
    assert response.location == "/kk/"


def test_an_unknown_language_is_not_found(client: FlaskClient) -> None:
    assert client.get("/de/help").status_code == 404


def test_changing_the_language_keeps_address_and_query(client: FlaskClient) -> None:
    page = client.get("/kk/probe/%D0%B0%2Cb?q=%D2%9B%D0%B0%D0%BB%D0%B0&q=2&page=3").text
    assert page.split("|")[1] == "/ru/probe/%D0%B0,b?q=%D2%9B%D0%B0%D0%BB%D0%B0&q=2&page=3"


@pytest.mark.parametrize(
    "query",
    [
        "endpoint=x",
        "_external=1&_scheme=javascript",
        "_scheme=https",
        "_method=POST",
        "_anchor=x",
        "lang=ru",
        "values=1",
        "self=1",
        "q=%FF%FE",
        "%3C=%22%3E",
    ],
)
def test_no_query_can_break_or_bend_the_language_links(client: FlaskClient, query: str) -> None:
    response = client.get(f"/kk/probe/page?{query}")
    assert response.status_code == 200
    for language, address in zip(i18n.LANGUAGES, response.text.split("|"), strict=True):
        assert address.startswith(f"/{language}/probe/page?")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/kk/nowhere", "/ru/nowhere"),
        ("/nowhere", "/ru/"),
        ("/kk/%3Fa=%22b", "/ru/%3Fa%3D%22b"),
        ("/kk/%FF", "/ru/%EF%BF%BD"),
    ],
)
def test_a_missing_page_still_changes_language_within_the_site(
    client: FlaskClient, path: str, expected: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert f'href="{expected}" lang="ru"' in response.text


def test_a_path_with_two_slashes_leads_to_no_other_site(client: FlaskClient) -> None:
    page = client.get("/", environ_overrides={"PATH_INFO": "//evil.example/x"}).text
    assert 'href="/ru/x" lang="ru"' in page


@pytest.mark.parametrize(
    ("path", "language"), [("/ru/nowhere", "ru"), ("/en/nowhere", "en"), ("/nowhere", "ru")]
)
def test_an_error_speaks_the_language_of_address_or_browser(
    client: FlaskClient, path: str, language: str
) -> None:
    page = client.get(path, headers={"Accept-Language": "ru"}).text
    assert f'<html lang="{language}">' in page


def test_links_keep_the_language_of_the_page(client: FlaskClient) -> None:
    assert 'href="/ru/privacy"' in client.get("/ru/help").text


def test_russian_counts_in_its_three_forms(
    app: Flask, make_catalogue: Callable[[str, str], object]
) -> None:
    from flask_babel import ngettext

    make_catalogue(
        "ru",
        'msgid "%(num)s step"\nmsgid_plural "%(num)s steps"\n'
        'msgstr[0] "%(num)s шаг"\nmsgstr[1] "%(num)s шага"\nmsgstr[2] "%(num)s шагов"\n',
    )
    with i18n.speaking("ru"):
        said = [ngettext("%(num)s step", "%(num)s steps", n) for n in (1, 2, 5, 11, 21, 22)]
    assert said == ["1 шаг", "2 шага", "5 шагов", "11 шагов", "21 шаг", "22 шага"]


@pytest.fixture
def make_catalogue(app: Flask, tmp_path: object) -> Callable[[str, str], object]:
    """A function (language, entries) that gives the application one more catalogue."""

    def make(language: str, entries: str) -> None:
        head = (
            'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 '
            '&& (n%100<10 || n%100>=20) ? 1 : 2);\\n"\n\n'
        )
        (tmp_path / f"{language}.po").write_text(head + entries, "utf-8")  # type: ignore[operator]
        app.extensions["lms.catalogues"] = [*i18n.catalogue_folders(app), tmp_path]

    return make
