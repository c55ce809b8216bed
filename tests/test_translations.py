"""Every sentence in every language: the catalogues of the core and of each plugin are complete."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import lms
from lms.plugins import our_plugins

ROOT = Path(lms.__file__).parent
OWNERS = ["lms", *(plugin.name for plugin in our_plugins())]
LANGUAGES = ("kk", "ru")
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None,
    "ngettext": (1, 2), "lazy_ngettext": (1, 2), "_n": (1, 2),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")

#: Words of Latin letters that people here write so.
LATIN = {
    "CSV", "JSON", "PDF", "QR", "SMS", "XLSX", "Markdown", "Sauat", "eGov", "Open", "Badges",
}  # fmt: skip


def folder_of(owner: str) -> Path:
    return ROOT if owner == "lms" else ROOT / owner


@cache
def said(owner: str) -> dict[str, str]:
    """Everything a package says, with the place where it says it."""
    folder = folder_of(owner)
    python = folder.glob("*.py") if owner == "lms" else folder.rglob("*.py")
    found: dict[str, str] = {}
    for method, paths in (("python", python), ("jinja2", folder.glob("templates/**/*.html"))):
        for path in paths:
            for line, message, _, _ in extract_from_file(method, path, keywords=KEYWORDS):
                msgid = message[0] if isinstance(message, tuple) else message
                found[str(msgid)] = f"{path.relative_to(ROOT)}:{line}"
    return found


@cache
def catalogue(owner: str, language: str) -> Catalog:
    path = folder_of(owner) / "translations" / f"{language}.po"
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(owner: str, language: str) -> dict[str, Message]:
    found = (message for message in catalogue(owner, language) if message.id)
    return {m.id[0] if isinstance(m.id, tuple) else m.id: m for m in found}


def strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


both = pytest.mark.parametrize("language", LANGUAGES)
every = pytest.mark.parametrize("owner", OWNERS)


@both
@every
def test_everything_said_is_translated(owner: str, language: str) -> None:
    # A plugin needs not repeat what the core and the plugins before it have translated.
    known = set().union(*(messages(o, language) for o in OWNERS[: OWNERS.index(owner) + 1]))
    missing = {msgid: where for msgid, where in said(owner).items() if msgid not in known}
    assert missing == {}


@both
@every
def test_nothing_is_translated_that_nobody_says(owner: str, language: str) -> None:
    assert set(messages(owner, language)) - set(said(owner)) == set()
    assert list(catalogue(owner, language).obsolete) == []


@both
@every
def test_no_translation_is_empty_or_doubtful(owner: str, language: str) -> None:
    for msgid, message in messages(owner, language).items():
        assert all(text.strip() for text in strings(message)), msgid
        assert not message.fuzzy, msgid


@both
@every
def test_every_translation_has_the_same_placeholders(owner: str, language: str) -> None:
    for msgid, message in messages(owner, language).items():
        wanted = sorted(PLACEHOLDER.findall(msgid))
        for text in strings(message):
            assert sorted(PLACEHOLDER.findall(text)) == wanted, msgid


@both
@every
def test_every_count_has_all_its_forms(owner: str, language: str) -> None:
    forms = {"kk": 2, "ru": 3}[language]
    if messages(owner, language):
        assert catalogue(owner, language).num_plurals == forms
    for msgid, message in messages(owner, language).items():
        if message.pluralizable:
            assert len(strings(message)) == forms, msgid


@both
@every
def test_no_word_mixes_two_alphabets_or_stays_english(owner: str, language: str) -> None:
    for msgid, message in messages(owner, language).items():
        for text in strings(message):
            for word in re.findall(r"[^\W\d_]+", PLACEHOLDER.sub(" ", text)):
                latin = re.search(r"[A-Za-z\u0259\u018f]", word)
                cyrillic = re.search(r"[\u0400-\u052f]", word)
                assert not (latin and cyrillic), f"{msgid}: {word}"
                assert not latin or word in LATIN or f"{word}" in msgid, f"{msgid}: {word}"


@both
def test_what_two_catalogues_say_they_say_alike(language: str) -> None:
    told: dict[str, list[str]] = {}
    for owner in OWNERS:
        for msgid, message in messages(owner, language).items():
            assert told.setdefault(msgid, strings(message)) == strings(message), msgid


@both
def test_nothing_is_glued_to_a_placeholder(language: str) -> None:
    # Vowel harmony makes «%(name)sда» wrong half the time.
    for owner in OWNERS:
        for msgid, message in messages(owner, language).items():
            for text in strings(message):
                assert not re.search(r"%\(\w+\)[sd][^\W\d_]", text), msgid


@every
def test_no_text_is_built_where_the_tools_cannot_find_it(owner: str) -> None:
    folder = folder_of(owner)
    for path in folder.glob("*.py") if owner == "lms" else folder.rglob("*.py"):
        assert not re.search(r"\b(?:_|_l|gettext|lazy_gettext)\(\s*f[\"']", path.read_text("utf-8"))
