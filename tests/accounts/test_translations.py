import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import lms.accounts

FOLDER = Path(lms.accounts.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None}


def said() -> set[str]:
    found = extract_from_dir(str(FOLDER), method_map=METHODS, keywords=KEYWORDS)
    return {str(message) for _, _, message, _, _ in found}


def catalogue(language: str, folder: Path = FOLDER) -> Catalog:
    with (folder / "translations" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_everything_said_is_translated_and_nothing_else(language: str) -> None:
    translated = {str(message.id): message for message in catalogue(language) if message.id}
    of_the_core = {str(message.id) for message in catalogue(language, FOLDER.parent)}
    assert set(translated) <= said() <= set(translated) | of_the_core
    for message in translated.values():
        assert message.string
        assert not message.fuzzy
        assert re.findall(r"%\(\w+\)s", str(message.id)) == re.findall(
            r"%\(\w+\)s", str(message.string)
        )


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_sentences_are_short_enough_to_read(language: str) -> None:
    for message in catalogue(language):
        for sentence in re.split(r"[.!?;:]\s", str(message.string)):
            assert len(sentence.split()) <= 15, sentence


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_page_shows_english_words(client: FlaskClient, language: str) -> None:
    for page in ("login", "register", "reset"):
        for answer in (
            client.get(f"/{language}/accounts/{page}"),
            client.send(f"/{language}/accounts/{page}", {}),
        ):
            main = answer.text.partition("<main")[2].partition("</main>")[0]
            words = re.sub(r"^[^>]*>|<[^>]*>|\S+@\S+", " ", main)
            assert re.findall(r"[A-Za-z]{2,}", words) == []
