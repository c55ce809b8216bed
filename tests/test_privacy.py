"""The register of personal data says what the tables hold, and erasure leaves nothing of it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import String, Table, inspect, text

from lms import privacy
from lms.accounts.models import User
from lms.courses import services
from lms.courses.models import Course
from lms.database import Base, db
from lms.i18n import LANGUAGES, speaking
from lms.plugins import contributed, our_plugins
from lms.privacy import PersonalData, PersonalField
from lms.testing import tables_of

PEOPLE = "accounts_user"

#: Columns that by their name hold something about a person, wherever they stand.
PERSONAL_NAMES = {
    "name", "name_ru", "names", "full_name", "contact", "email", "phone", "address", "ip",
    "device", "user_agent", "birth_date", "iin", "value", "note", "question", "comment", "message",
}  # fmt: skip

#: Tables of content and of places, where a name is not a person's.
NOT_OF_PEOPLE = {
    "accounts_region", "accounts_locality", "accounts_organisation",
}  # fmt: skip

#: Good for half an hour, and deleted with the person: nothing in it can be read.
NOTHING_BUT_DIGESTS = {"accounts_reset"}


def of_people() -> dict[str, Table]:
    """Every table whose rows lead to a person by their foreign keys."""
    found = {PEOPLE: Base.metadata.tables[PEOPLE]}
    while True:
        more = {
            table.name: table
            for table in tables_of(our_plugins())
            if table.name not in found
            and any(key.column.table.name in found for key in table.foreign_keys)
        }
        if not more:
            return found
        found |= more


@pytest.fixture
def fields(app: Flask) -> dict[str, PersonalField]:
    return {field.column: field for part in contributed(PersonalData) for field in part.fields}


def test_every_column_in_the_register_exists(fields: dict[str, PersonalField]) -> None:
    for column in fields:
        table, _, name = column.partition(".")
        assert name in Base.metadata.tables[table].columns, column


def test_every_table_about_people_is_in_the_register(fields: dict[str, PersonalField]) -> None:
    described = {column.partition(".")[0] for column in fields}
    described |= {  # a table is described through the row that its rows belong to
        name
        for name, table in of_people().items()
        for key in table.foreign_keys
        if key.column.table.name in described and key.column.table.name != PEOPLE
    }
    assert set(of_people()) - described == NOTHING_BUT_DIGESTS


def test_every_column_that_names_a_person_is_in_the_register(
    fields: dict[str, PersonalField],
) -> None:
    for table in tables_of(our_plugins()):
        if table.name in NOT_OF_PEOPLE or table.name.startswith("lms_"):
            continue
        for column in table.columns:
            if column.name in PERSONAL_NAMES:
                assert f"{table.name}.{column.name}" in fields, str(column)


def test_there_is_no_column_for_what_is_not_collected() -> None:
    for table in tables_of(our_plugins()):
        for column in table.columns:
            assert not {"iin", "birth_date", "birthday", "passport", "gender"} & {column.name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_purpose_viewers_and_term_are_told_in_words(
    fields: dict[str, PersonalField], language: str
) -> None:
    with speaking(language):
        for column, field in fields.items():
            for words in (field.label, field.purpose, field.seen_by, field.kept):
                assert len(str(words)) > 1, column


def test_the_privacy_page_shows_the_whole_register(
    app: Flask, fields: dict[str, PersonalField]
) -> None:
    page = app.test_client().get("/ru/privacy").text
    with speaking("ru"):
        for field in fields.values():
            assert str(field.label) in page


MARKERS = {"name": "Маркержан Белгібайқызы", "name_ru": "Маркержан Белгибаева"}
CONTACT = "marker-contact@sauat.example"


@pytest.fixture
def person(
    make_user: Callable[..., User], make_course: Callable[..., Course]
) -> tuple[User, dict[str, Any]]:
    """Somebody who completed a course, and what was exported about them."""
    user = make_user(
        MARKERS["name"], CONTACT, name_ru=MARKERS["name_ru"], password="жеті өзен 7 тау"
    )
    enrolment = services.enrol(user.id, make_course())
    for activity in ("first", "second"):
        services.complete_activity(enrolment, activity, reason="read")
    db.session.commit()
    return user, privacy.export(user.id)


def test_everything_about_a_person_is_given_out(person: tuple[User, dict[str, Any]]) -> None:
    told = str(person[1])
    for marker in (*MARKERS.values(), CONTACT):
        assert marker in told
    assert person[0].password_hash not in told


def test_erasure_leaves_neither_name_nor_contact_in_any_table(
    app: Flask, person: tuple[User, dict[str, Any]], make_user: Callable[..., User]
) -> None:
    user, _ = person
    make_user("Басқа Адам", "other@sauat.example")
    privacy.erase(user.id)
    db.session.commit()
    left = everything()
    for marker in (*MARKERS.values(), CONTACT, "Маркержан", "marker-contact"):
        assert marker not in left
    assert "other@sauat.example" in left


def test_erasing_twice_is_erasing_once(person: tuple[User, dict[str, Any]]) -> None:
    for _ in range(2):
        privacy.erase(person[0].id)
        db.session.commit()
    before = everything()
    privacy.erase(person[0].id)
    db.session.commit()
    assert everything() == before


def test_the_outbox_keeps_nothing_of_what_was_sent(app: Flask) -> None:
    from lms import jobs, mail

    mail.send_later(CONTACT, "Сауат", "құпия сілтеме", unique="1")
    db.session.commit()
    jobs.run_due()
    assert CONTACT not in everything()


def everything() -> str:
    """Every cell of every table as text."""
    cells = []
    for table in sorted(inspect(db.engine).get_table_names()):
        for row in db.session.execute(text(f"SELECT * FROM {table}")):
            cells += [
                cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                for cell in row
            ]
    db.session.rollback()
    return "\n".join(sorted(cells))


def test_a_text_column_of_a_person_has_a_length() -> None:
    # A column without bound is where somebody's disk goes.
    for table in of_people().values():
        for column in table.columns:
            if isinstance(column.type, String) and column.type.length is None:
                raise AssertionError(f"{column} has no length")
