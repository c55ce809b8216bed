"""Spelling, by the real Hunspell and its real dictionaries."""

import shutil
from pathlib import Path

import pytest

from lms.courses.spelling import NoHunspell, known_words, misspelt


@pytest.fixture(autouse=True)
def _hunspell() -> None:
    if shutil.which("hunspell") is None:
        pytest.skip("Hunspell is not installed; `make content` fails without it")


def words(*paths: Path, **known: set[str]) -> list[str]:
    return [problem.message.split("”")[0].strip("“") for problem in misspelt(paths, known)]


def test_a_misspelt_word_is_named_once_with_its_line(tmp_path: Path) -> None:
    lesson = tmp_path / "lesson.ru.md"
    lesson.write_text("# Урок\n\nБюджет села.\n\nБюджэт села и ещё раз бюджэт.\n", "utf-8")
    (found, _small) = misspelt([lesson], {})
    assert (found.path, found.line) == (str(lesson), 5)
    assert "Бюджэт" in found.message


def test_a_word_that_was_looked_at_is_known(tmp_path: Path) -> None:
    (tmp_path / "words.kk.txt").write_text("мәслихаттікі\n", "utf-8")
    (tmp_path / "lesson.kk.md").write_text("# Мәслихаттікі қзқз\n", "utf-8")
    assert words(tmp_path, **known_words(tmp_path)) == ["қзқз"]


def test_code_links_and_latin_words_are_not_spelt(tmp_path: Path) -> None:
    text = "# Урок\n\n`бюджэт` и [сайт](https://бюджэт.example), eGov Mobile 12 м².\n"
    (tmp_path / "lesson.ru.md").write_text(text, "utf-8")
    assert words(tmp_path) == []


def test_titles_facts_pictures_and_catalogues_are_spelt(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('[title]\nru = "Бюджэт"\nen = "Budget"\n', "utf-8")
    (tmp_path / "cycle.ru.svg").write_text("<svg><text>Циклл</text></svg>", "utf-8")
    (tmp_path / "ru.po").write_text(
        'msgid ""\nmsgstr ""\n\nmsgid "a"\nmsgstr "Урокк %(n)s"\n', "utf-8"
    )
    assert words(tmp_path) == ["Бюджэт", "Циклл", "Урокк"]


def test_without_the_dictionary_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lesson.ru.md").write_text("# Урок\n", "utf-8")
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(NoHunspell, match="hunspell-ru"):
        misspelt([tmp_path], {})
