import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lms.courses import proofreading
from lms.courses.activities import Problem, SourceFile
from lms.courses.content import COURSE_FILE, CourseReading, read_course
from lms.courses.facts import read_facts
from lms.courses.files import pictures
from lms.courses.lessons import LESSON
from lms.courses.shelf import folders_with
from lms.courses.testing import COURSE_TOML, read_written

Read = Callable[..., CourseReading]

TWO = '  { id = "first" },\n  { id = "second" },'
TOML = COURSE_TOML.format(slug="village", activities=TWO)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"></svg>'
TODAY = date(2026, 11, 22)


def the_problem(reading: CourseReading) -> Problem:
    assert len(reading.problems) == 1, [str(problem) for problem in reading.problems]
    return reading.problems[0]


def line_of(text: str, piece: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if piece in line)


def test_a_sound_course_is_read_whole(read: Read) -> None:
    reading = read()
    assert reading.problems == []
    (module,) = reading.modules
    assert [activity.id for activity in module.activities] == ["first", "second"]
    assert module.activities[0].reading.titles == {"kk": "Сабақ 1", "ru": "Урок 1"}
    assert set(reading.files) == {
        "course.toml", "first.kk.md", "first.ru.md", "second.kk.md", "second.ru.md",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "message", "at"),
    [
        ("hours = 2", "hours = ", "not valid TOML", "hours"),
        ("hours = 2", "hourz = 2", "unknown field `hourz`", "hourz"),
        ("hours = 2", 'hours = "two"', "Expected `int`, got `str`", "hours"),
        ("hours = 2", "hours = 0", "Expected `int` >= 1", "hours"),
        ("hours = 2", "hours = 2\nhours = 3", "not valid TOML", "hours = 3"),
        ("pass_mark = 70", "pass_mark = 170", "between 1 and 100", "pass_mark"),
        ('audience = "residents"', 'audience = "everyone"', "residents or staff", "audience"),
        ('["kk", "ru"]', '["kk", "ru", "tr"]', "unknown language “tr”", "languages"),
        ('["kk", "ru"]', '["kk", "ru", "kk"]', "named twice", "languages"),
        ('ru = "Бюджет села"', 'ru = " "', "title is missing in “ru”", "[title]"),
        ('ru = "О том', 'en = "О том', "summary is missing in “ru”", "[summary]"),
        ('ru = "Первый модуль"', 'en = "First"', "module title is missing in “ru”", 'id = "one"'),
        ('id = "village"', 'id = "town"', "the folder is called “village”", "id ="),
        ('{ id = "second" }', '{ id = "first" }', "two activities are called “first”", '"first"'),
        ('{ id = "second" }', '{ id = "second", type = "film" }', "unknown type “film”", '"second"'),
        ('{ id = "second" }', '{ id = "second", color = 1 }', "unknown field `color`", '"second"'),
        ('{ id = "second" }', '{ id = "second", minutes = "5" }', "Expected `int`", '"second"'),
        ('{ id = "second" }', '{ id = "second", minutes = -5 }', "Expected `int` >= 1", '"second"'),
        ('{ id = "second" }', '{ id = "Second" }', "“Second” cannot be an id", '"Second"'),
        ('{ id = "second" }', '{ id = "media" }', "“media” cannot be an id", '"media"'),
        ('{ id = "second" }', '{ id = "../x" }', "“../x” cannot be an id", '"../x"'),
        ('{ id = "second" }', f'{{ id = "{"a" * 65}" }}', "cannot be an id", "aaaa"),
        ('{ id = "second" }', "{ minutes = 3 }", "missing required field `id`", "minutes"),
        ('{ id = "second" }', '{ id = "third" }', "“third.kk.md” is missing", '"third"'),
        ("[[modules]]", '[certificate]\nresult = "final"\n\n[[modules]]', "no activity “final”", "result"),
        ('"Ауыл бюджеті"', '"Ауыл бюджетi"', "“бюджетi” mixes", "Ауыл"),
        ('"Ауыл бюджеті"', r'"Ауыл\u0000"', "NUL cannot be stored", "Ауыл"),
    ],
)  # fmt: skip
def test_a_mistake_in_course_toml_is_named_with_its_line(
    read: Read, before: str, after: str, message: str, at: str
) -> None:
    assert before in TOML
    text = TOML.replace(before, after)
    found = [p for p in read(files={"course.toml": text}).errors if message in p.message]
    assert found, [str(p) for p in read(files={"course.toml": text}).problems]
    assert found[0].path == "village/course.toml"
    if message != "missing required field `id`":
        assert found[0].line == line_of(text, at)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "must begin with its title"),
        ("Мәтін\n", 1, "must begin with its title"),
        ("## Тақырып\n", 1, "must begin with its title"),
        ("# Тақырып\n\nМәтін\n\n# Тағы\n", 5, "a second “#” heading"),
        ("# Тақырып\n\n### Үшінші\n", 3, "level 3 heading after level 1"),
        ("# Тақырып\n\nМемлекеттiк сатып алу\n", 3, "“Мемлекеттiк” mixes"),
        ("# Тақырып\n\nҚaзaқ\n", 3, "“Қaзaқ” mixes"),
        ("# Тақырып\n\nСommunity\n", 3, "“Сommunity” mixes"),
        ("# Тақырып\n\nжəне\n", 3, "write ә"),
        ("# Тақырып\n\n![](media/a.svg)\n", 3, "has no description"),
        ("# Тақырып\n\n![Сурет](media/b.svg)\n", 3, "there is no picture “media/b.svg”"),
        ("# Тақырып\n\n![Сурет](https://a.example/b.png)\n", 3, "there is no picture"),
        ("# Тақырып\n\n[мұнда](other.md)\n", 3, "“other.md” leads nowhere"),
        ("# Тақырып\n\n[мұнда](/kk/courses)\n", 3, "leads nowhere"),
        ("# Тақырып\n\n[мұнда](#жоқ)\n", 3, "there is no heading"),
        ("# Тақырып\n\n[](https://a.example)\n", 3, "has no words"),
        ("# Тақырып\n\n{{no-such-law}}\n", 3, "there is no fact “no-such-law”"),
        ("# " + "ә" * 301, 1, "between 1 and 300 letters"),
    ],
)
def test_a_mistake_in_a_lesson_is_named_with_its_line(
    read: Read, text: str, line: int, message: str
) -> None:
    files = {"first.kk.md": text, "media/a.svg": SVG, "second.kk.md": "# a\n\n![b](media/a.svg)\n"}
    problem = the_problem(read(files=files))
    assert (problem.path, problem.line, problem.severity) == ("village/first.kk.md", line, "error")
    assert message in problem.message


def test_a_missing_language_is_named(read: Read, write_course: Callable[..., Path]) -> None:
    folder = write_course()
    (folder / "second.ru.md").unlink()
    problem = the_problem(read_written(folder))
    line = line_of(TOML, '"second"')
    assert str(problem) == f"village/course.toml:{line}: “second.ru.md” is missing"


def test_what_is_not_utf8_is_named_with_its_line(read: Read) -> None:
    in_old_encoding = "# Тақырып\n\nМәтін\n".encode() + "мәтін".encode("koi8-u", "replace")
    problem = read(files={"first.kk.md": in_old_encoding}).errors[0]
    assert (problem.path, problem.line) == ("village/first.kk.md", 4)
    assert "save the file as UTF-8" in problem.message


def test_a_mark_of_byte_order_is_no_mistake(read: Read) -> None:
    files = {"first.kk.md": "\ufeff# Тақырып\n\nМәтін\n", "course.toml": "\ufeff" + TOML}
    assert read(files=files).problems == []


def test_windows_line_ends_are_no_mistake(read: Read) -> None:
    files = {"first.kk.md": "# Тақырып\r\n\r\nМәтін\r\n", "course.toml": TOML.replace("\n", "\r\n")}
    assert read(files=files).problems == []


def test_too_large_a_picture_is_named(read: Read) -> None:
    large = SVG + b" " * 40_000
    files = {"media/a.svg": large, "first.kk.md": "# a\n\n![ә](media/a.svg)\n"}
    problem = the_problem(read(files=files))
    assert str(problem) == "village/media/a.svg:1: too large: 39 KB, at most 30 KB"


def test_a_picture_and_a_file_that_nobody_uses_are_warnings(read: Read) -> None:
    reading = read(files={"media/a.svg": SVG, "third.kk.md": "# a\n", "first.en.md": "# a\n"})
    assert {(p.path, p.severity) for p in reading.problems} == {
        ("village/media/a.svg", "warning"),
        ("village/third.kk.md", "warning"),
        ("village/first.en.md", "warning"),
    }
    assert reading.errors == []


@pytest.mark.parametrize(
    "text",
    [
        "QR-код, SMS-хабарлама, eGov және 2FA",
        "`passwordқұпия` [сілтеме](https://a.example/қazaq)",
        "https://a.example/әlem media/суретpicture.svg",
        "# a {#check-password}",
        "{{budget-code}} бойынша",
        "І, Ә, Ұ — қазақ әріптері",
    ],
)
def test_two_alphabets_side_by_side_are_no_mistake(text: str) -> None:
    assert list(proofreading.letter_problems(SourceFile("a.md", text))) == []


@pytest.mark.parametrize(
    "line", ["а" * 100_000, "](" * 50_000, "{{" * 50_000, "{#" * 50_000, "`" * 99_999, "а" * 99_999 + "b"]
)  # fmt: skip
def test_proofreading_a_long_line_takes_no_time(line: str) -> None:
    start = time.process_time()
    list(proofreading.letter_problems(SourceFile("a.md", line)))
    assert time.process_time() - start < 2


FACT = """
[budget-code]
value = { kk = "Бюджет кодексі", ru = "Бюджетный кодекс" }
source = { kk = "Әділет", ru = "Әділет" }
url = "https://adilet.zan.kz/rus/docs/K2500000171"
checked_on = 2026-11-20
"""


@pytest.fixture
def read_fact(tmp_path: Path) -> Callable[..., list[Problem]]:
    def read(text: str) -> list[Problem]:
        (tmp_path / "facts.toml").write_text(text, "utf-8")
        return read_facts(tmp_path, TODAY).problems

    return read


def test_a_sound_fact_is_read(read_fact: Callable[..., list[Problem]], tmp_path: Path) -> None:
    assert read_fact(FACT) == []
    assert read_facts(tmp_path, TODAY).facts["budget-code"].value["kk"] == "Бюджет кодексі"


@pytest.mark.parametrize(
    ("before", "after", "message", "severity"),
    [
        ("2026-11-20", "2026-05-01", "last checked on 2026-05-01", "warning"),
        ("2026-11-20", "2027-01-01", "checked in the future", "error"),
        ("2026-11-20", '"жақында"', "Invalid RFC3339", "error"),
        ("2026-11-20", "2026-11-20T10:00:00", "checked_on", "error"),
        ('"https://adilet', '"javascript:alert(1)//', "must begin with https://", "error"),
        ('"https://adilet', '"//adilet', "must begin with https://", "error"),
        (', ru = "Бюджетный кодекс"', "", "value is missing in “ru”", "error"),
        (', ru = "Әділет"', "", "source is missing in “ru”", "error"),
        ("url", "link", "unknown field `link`", "error"),
        ("checked_on", "checked", "checked", "error"),
    ],
)
def test_a_mistake_in_a_fact_is_named(
    read_fact: Callable[..., list[Problem]], before: str, after: str, message: str, severity: str
) -> None:
    problems = read_fact(FACT.replace(before, after))
    assert [(p.path, p.line, p.severity) for p in problems] == [("facts.toml", 2, severity)]
    assert message in problems[0].message


def test_a_fact_is_fresh_for_180_days(read_fact: Callable[..., list[Problem]]) -> None:
    def checked(days_ago: int) -> str:
        return FACT.replace("2026-11-20", (TODAY - timedelta(days_ago)).isoformat())

    assert read_fact(checked(180)) == []
    assert [p.severity for p in read_fact(checked(181))] == ["warning"]


def test_no_register_is_no_mistake(tmp_path: Path) -> None:
    assert read_facts(tmp_path, TODAY).problems == []


def test_a_broken_register_is_named(read_fact: Callable[..., list[Problem]]) -> None:
    (problem,) = read_fact(FACT + "\n[[[")
    assert (problem.path, problem.line) == ("facts.toml", 8)


def test_a_fact_is_shown_with_its_number_and_its_source_once(read: Read, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "facts.toml").write_text(FACT, "utf-8")
    reading = read(files={"first.kk.md": "# a\n\n{{budget-code}}, {{budget-code}}\n"})
    assert reading.problems == []
    text = reading.modules[0].activities[0].reading.definition["kk"]
    html = text["parts"][0]["html"]
    assert html.count('<span class="fact">Бюджет кодексі') == 2
    assert html.count('href="#source-1"') == 2
    assert [s["source"] for s in text["sources"]] == ["Әділет"]
    assert text["sources"][0]["checked_on"] == "2026-11-20"


def test_facts_of_one_source_share_its_number(read: Read, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    second = FACT.replace("budget-code", "budget-code-levels").replace(
        "Бюджет кодексі", "Төрт деңгей"
    )
    third = FACT.replace("budget-code", "another").replace("Әділет", "Ашық НҚА")
    (tmp_path / "content" / "facts.toml").write_text(f"{FACT}\n{second}\n{third}", "utf-8")
    reading = read(
        files={"first.kk.md": "# a\n\n{{budget-code}} {{another}} {{budget-code-levels}}\n"}
    )
    text = reading.modules[0].activities[0].reading.definition["kk"]
    assert text["parts"][0]["html"].count('href="#source-1"') == 2
    assert [s["source"] for s in text["sources"]] == ["Әділет", "Ашық НҚА"]


def test_what_a_fact_says_is_escaped(read: Read, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    hostile = FACT.replace("Бюджет кодексі", "<script>alert(1)</script>&")
    (tmp_path / "content" / "facts.toml").write_text(hostile, "utf-8")
    reading = read(files={"first.kk.md": "# a\n\n{{budget-code}}\n"})
    html = reading.modules[0].activities[0].reading.definition["kk"]["parts"][0]["html"]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in html


def test_a_folder_is_a_course_or_holds_courses(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "course.toml").touch()
    (tmp_path / "notes").mkdir()
    assert [folder.name for folder in folders_with(COURSE_FILE, tmp_path)] == ["a", "b"]
    assert folders_with(COURSE_FILE, tmp_path / "a") == [tmp_path / "a"]
    assert folders_with(COURSE_FILE, tmp_path / "notes") == []


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (SVG, (320, 200)),
        (b"<svg viewBox='0 0 12.6 8.4'/>", (13, 8)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xc8", (320, 200)),
        (b"<svg viewBox='0 0 1.2.3 4'/>", (None, None)),
        (b"<svg viewBox='0 0 . .'/>", (None, None)),
        (b"<svg viewBox='0 0 " + b"9" * 400 + b" 9'/>", (None, None)),
        (b"<svg>", (None, None)),
        (b"", (None, None)),
        (b"RIFF\0\0\0\0WEBP", (None, None)),
    ],
)
def test_the_size_of_a_picture_is_read_where_it_is_plain(
    content: bytes, size: tuple[int | None, int | None]
) -> None:
    picture = pictures({"media/a.svg": content})["media/a.svg"]
    assert (picture.width, picture.height) == size


def test_a_picture_of_many_brackets_takes_no_time() -> None:
    start = time.process_time()
    pictures({"media/a.svg": b"<svg " * 100_000, "media/b.svg": b"<svg viewBox='" + b"a " * 99_999})
    assert time.process_time() - start < 2


def test_folders_where_files_should_be_are_no_crash(
    write_course: Callable[..., Path], app: Flask
) -> None:
    folder = write_course()
    (folder / "second.kk.md").unlink()
    (folder / "second.kk.md").mkdir()
    (folder / "media" / "a.svg").mkdir(parents=True)
    assert "“second.kk.md” is missing" in the_problem(read_written(folder)).message


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 20_000, "a = " + "9" * 5_000, "a = {" * 3_000, "[a" + ".a" * 20_000 + "]"]
)  # fmt: skip
def test_endless_toml_is_a_mistake_and_no_crash(read: Read, tmp_path: Path, text: str) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "facts.toml").write_text(text)
    assert read(files={"course.toml": text}).errors
    assert read_facts(tmp_path / "content", TODAY).problems


ANYWHERE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
PIECES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(
        st.sampled_from(
            ["# ", "## ", "\n", "- [x] ", "- [=] ", "> ", "[!TIP]", "{#a}", "{{", "}}", "a", "ә", "![",
             "](", ")", "|", "`", "<b>", "[[", " -> ", "1. ", "[^1]", " = ", '"', "[title]", "kk", "\x00"]
        ),
        max_size=30,
    ).map(lambda pieces: "".join(pieces).encode()),
)  # fmt: skip


@ANYWHERE
@example(name="course.toml", content=b"\xff")
@given(
    name=st.sampled_from(
        ["course.toml", "first.kk.md", "second.ru.md", "media/a.svg", "media/a.png"]
    ),
    content=PIECES,
)
def test_no_bytes_in_any_file_crash_the_reader(
    app: Flask, write_course: Callable[..., Path], name: str, content: bytes
) -> None:
    folder = write_course(files={"media/a.svg": SVG, "media/a.png": b"", name: content})
    reading = read_course(folder, MappingProxyType({"lesson": LESSON}))
    assert isinstance(reading.problems, list)


@ANYWHERE
@given(content=PIECES)
def test_no_bytes_in_the_register_crash_the_reader(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "facts.toml").write_bytes(content)
    read_facts(tmp_path, TODAY)


@ANYWHERE
@given(
    piece=st.text(min_size=1, max_size=20),
    place=st.integers(min_value=0, max_value=len(TOML)),
)
def test_no_slip_of_the_keyboard_in_course_toml_crashes_the_reader(
    app: Flask, write_course: Callable[..., Path], piece: str, place: int
) -> None:
    text = TOML[:place] + piece + TOML[place + len(piece) :]
    content = text.encode("utf-8", "surrogatepass")
    read_course(write_course(files={"course.toml": content}), {"lesson": LESSON})
