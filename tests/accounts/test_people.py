from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from lms.accounts import passwords
from lms.accounts.models import Locality, Region, User
from lms.accounts.permissions import ROLES, may
from lms.accounts.services import demo, imports, people, places
from lms.accounts.services.people import ContactTaken
from lms.clock import today
from lms.database import db, reading
from lms.i18n import LANGUAGES, speaking

from .conftest import rows

MakeUser = Callable[..., User]
KAZAKH = "name;contact;role\nӘлия Қожа;aliya@mail.kz;trainer\nҒабит Ұлы;8 701 123 45 67;\n"


def test_one_contact_is_one_account(app: Flask) -> None:
    people.register("Асан", "asan@mail.kz", "hash", "kk")
    with pytest.raises(ContactTaken):
        people.register("Үсен", "asan@mail.kz", "hash", "ru")
    db.session.commit()
    assert [user.name for user in rows(User)] == ["Асан"]


def test_the_name_in_russian_is_the_name_unless_it_is_spelt_differently(app: Flask) -> None:
    user = people.register("Асан", "asan@mail.kz", "hash", "kk")
    assert user.names == {"kk": "Асан", "ru": "Асан"}
    user.name_ru = "Хасан"
    assert user.names == {"kk": "Асан", "ru": "Хасан"}


def test_the_places_of_the_programme_are_there_in_three_languages(app: Flask) -> None:
    assert places.load_places() == 26
    assert places.load_places() == 0
    db.session.commit()
    regions, towns = rows(Region), rows(Locality)
    assert len(regions) == 10
    assert sorted(town.kind for town in towns) == ["city"] * 8 + ["village"] * 8
    for place in (*regions, *towns):
        assert set(place.names) == set(LANGUAGES)
    abai = next(region for region in regions if region.code == "abai")
    assert str(abai.valid_from) == "2022-06-08"


def test_places_are_offered_in_the_order_of_the_kazakh_alphabet(app: Flask) -> None:
    places.load_places()
    with speaking("kk"):
        names = [place.names["kk"] for place in places.localities(today())]
    assert names[:4] == ["Ақсу-Аюлы", "Ақтөбе", "Атырау", "Баянауыл"]
    assert names[-1] == "Тараз" or names[-1] == "Өскемен"


def test_a_place_that_ended_is_offered_no_more(app: Flask) -> None:
    places.load_places()
    merki = places.find_locality("merki")
    assert merki is not None
    merki.valid_to = today()
    db.session.flush()
    assert "merki" not in [place.code for place in places.localities(today())]


def test_there_is_one_demo_person_for_each_role_however_often_they_are_made(app: Flask) -> None:
    first = demo.make_demo_people("demo-12345678")
    db.session.commit()
    hashes = {user.contact: user.password_hash for user in rows(User)}
    assert demo.make_demo_people("demo-12345678") == first
    db.session.commit()
    assert [role for role, _ in first] == list(ROLES)
    assert ("resident", "resident@demo.sauat.example") in first
    assert {user.contact: user.password_hash for user in rows(User)} == hashes
    assert passwords.matches("demo-12345678", hashes["trainer@demo.sauat.example"])
    with reading():
        administrator = people.find("administrator@demo.sauat.example")
        assert may(administrator, "accounts.manage")
        assert all(user.name.startswith("Демо ") for user in rows(User))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "kz1048", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_list_is_read_as_spreadsheets_write_it(app: Flask, encoding: str, separator: str) -> None:
    found = imports.read(KAZAKH.replace(";", separator).encode(encoding))
    assert [row.problems for row in found] == [[], []]
    assert [row.name for row in found] == ["Әлия Қожа", "Ғабит Ұлы"]
    assert imports.add(found) == 2
    assert people.find("+77011234567") is not None


def test_a_russian_list_in_the_old_encoding_is_read(app: Flask) -> None:
    content = "ФИО;Телефон\r\nИванов Пётр;87011234567\r\n".encode("cp1251")
    assert [row.name for row in imports.read(content)] == ["Иванов Пётр"]


def test_every_wrong_row_is_named_and_none_is_added(app: Flask) -> None:
    content = (
        "name,contact,role,language,locality\n"
        "Асан,asan@mail.kz,,,\n"
        "Үсен,asan@mail.kz,,,\n"
        "=1+1,formula@mail.kz,,,\n"
        "Ғалия,not a contact,,,\n"
        "Әсел,asel@mail.kz,king,,\n"
        "Дана,dana@mail.kz,,de,\n"
        "Нұр,nur@mail.kz,,,atlantis\n"
        ",,,,\n"
    ).encode()
    with speaking("en"):
        found = imports.read(content)
    assert [(row.line, bool(row.problems)) for row in found] == [
        (2, False), (3, True), (4, True), (5, True), (6, True), (7, True), (8, True),
    ]  # fmt: skip
    with pytest.raises(imports.ListError):
        imports.add(found)
    assert rows(User) == []


def test_people_who_are_already_here_stay_as_they_are(app: Flask, make_user: MakeUser) -> None:
    make_user(name="Бұрынғы Ат", contact="aliya@mail.kz")
    found = imports.read(KAZAKH.encode())
    assert [row.known for row in found] == [True, False]
    assert imports.add(found) == 1
    db.session.commit()
    assert {user.name for user in rows(User)} == {"Бұрынғы Ат", "Ғабит Ұлы"}


@pytest.mark.parametrize(
    "content",
    [b"", b"one,two\n1,2\n", b"\xff\xfe\x00", b"\x98" * 20, b'name,contact\n"' + b"a" * 200_000],
)
def test_what_is_no_list_is_refused(app: Flask, content: bytes) -> None:
    with pytest.raises(imports.ListError):
        imports.read(content)


class TestCommandLine:
    def run(self, runner: FlaskCliRunner, *words: str, typed: str = "") -> tuple[int, str]:
        result = runner.invoke(args=list(words), input=typed)
        db.session.remove()
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    def test_an_account_is_opened_with_a_role(self, runner: FlaskCliRunner) -> None:
        words = ["users", "create", "--name", "Асан", "--contact", "asan@mail.kz"]
        given = ["--role", "trainer", "--password-stdin"]
        assert self.run(runner, *words, *given, typed="он екі ақ қаз\n")[0] == 0
        assert self.run(runner, *words)[0] == 1
        with reading():
            user = people.find("asan@mail.kz")
            assert may(user, "quizzes.review")
        assert passwords.matches("он екі ақ қаз", rows(User)[0].password_hash)

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--name", "Асан", "--contact", "asan"],
            ["--name", "7", "--contact", "asan@mail.kz"],
            ["--name", "Асан", "--contact", "asan@mail.kz", "--role", "king"],
            ["--name", "Асан", "--contact", "asan@mail.kz", "--password", "short"],
            ["--contact", "asan@mail.kz"],
        ],
    )
    def test_wrong_words_are_wrong_usage(self, runner: FlaskCliRunner, wrong: list[str]) -> None:
        assert self.run(runner, "users", "create", *wrong)[0] == 2
        assert rows(User) == []

    def test_a_list_is_shown_before_it_is_imported(
        self, runner: FlaskCliRunner, tmp_path: Path
    ) -> None:
        path = tmp_path / "people.csv"
        path.write_text(KAZAKH, "utf-8")
        code, output = self.run(runner, "users", "import", str(path), "--dry-run", "--json")
        assert code == 0
        assert '"state": "new"' in output
        assert rows(User) == []
        assert self.run(runner, "users", "import", str(path))[0] == 0
        assert len(rows(User)) == 2
        path.write_text(KAZAKH + "x;y\n", "utf-8")
        assert self.run(runner, "users", "import", str(path))[0] == 1
        path.write_text("nothing", "utf-8")
        assert self.run(runner, "users", "import", str(path))[0] == 2
        assert len(rows(User)) == 2

    def test_people_are_listed(self, runner: FlaskCliRunner, make_user: MakeUser) -> None:
        make_user(name="Асан", role="trainer", course="rights")
        code, output = self.run(runner, "users", "list", "--json")
        assert code == 0
        assert '"roles": "trainer (course rights)"' in output

    def test_a_role_is_given_in_a_scope_that_exists(
        self, runner: FlaskCliRunner, make_user: MakeUser
    ) -> None:
        make_user(contact="asan@mail.kz")
        give = ["users", "role", "asan@mail.kz", "coordinator", "--region", "atyrau"]
        assert self.run(runner, *give)[0] == 2
        assert self.run(runner, "accounts", "places")[0] == 0
        assert self.run(runner, *give) == (0, "given\n")
        assert self.run(runner, *give) == (0, "nothing to change\n")
        assert self.run(runner, *give, "--take") == (0, "taken\n")
        assert self.run(runner, "users", "role", "nobody@mail.kz", "expert")[0] == 1
        organisation = ["--organisation", "akimat-merki"]
        assert self.run(runner, "users", "role", "asan@mail.kz", "staff", *organisation)[0] == 2
        add = ["accounts", "organisation", "akimat-merki", "--name-kk", "Меркі әкімдігі"]
        assert self.run(runner, *add, "--name-ru", "Акимат Мерке", "--region", "zhambyl")[0] == 0
        assert self.run(runner, "users", "role", "asan@mail.kz", "staff", *organisation)[0] == 0
        assert self.run(runner, *give, "--course", "rights")[0] == 2

    def test_an_account_is_suspended_and_opened_again(
        self, runner: FlaskCliRunner, make_user: MakeUser
    ) -> None:
        make_user(contact="asan@mail.kz")
        assert self.run(runner, "users", "suspend", "asan@mail.kz") == (0, "suspended\n")
        assert rows(User)[0].suspended_at is not None
        assert self.run(runner, "users", "suspend", "asan@mail.kz", "--undo")[0] == 0
        assert rows(User)[0].suspended_at is None

    def test_a_coordinator_gets_a_link_for_somebody_with_a_phone(
        self, runner: FlaskCliRunner, make_user: MakeUser, app: Flask
    ) -> None:
        make_user(contact="+77011234567")
        code, output = self.run(runner, "users", "reset-link", "8 701 123 45 67")
        assert code == 0
        link = output.strip().removeprefix("http://127.0.0.1:8000")
        answer = app.test_client().send(link, {"password": "он екі ақ қаз"})
        assert answer.status_code == 303
