import pytest

from lms.accounts.contacts import ContactError, kind_of, normalised, shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Aigul@Mail.KZ ", "aigul@mail.kz"),
        ("айгүл@почта.қаз", "айгүл@почта.қаз"),
        ("first.last+course@sub.mail.kz", "first.last+course@sub.mail.kz"),
        ("8 701 123 45 67", "+77011234567"),
        ("8-701-123-45-67", "+77011234567"),
        ("+7 (701) 123-45-67", "+77011234567"),
        ("77011234567", "+77011234567"),
        ("701 123\u00a045\u201367", "+77011234567"),
        ("8 7172 55 66 77", "+77172556677"),
    ],
)
def test_a_contact_is_kept_in_one_way_of_writing(typed: str, kept: str) -> None:
    assert normalised(typed) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "a@b",
        "a b@mail.kz",
        "a@mail.kz\nBcc: all@mail.kz",
        "a@mail.kz, b@mail.kz",
        "<a@mail.kz>",
        "a@@mail.kz",
        "a@mail..kz",
        f"{'a' * 65}@mail.kz",
        f"a@{'m' * 260}.kz",
        "+7 901 123 45 67",
        "12345",
        "012345678900",
        "+1 701 123 45 67 8",
        "٧٧٠١١٢٣٤٥٦٧٨٩",
    ],
)
def test_what_is_no_contact_is_refused(typed: str) -> None:
    with pytest.raises(ContactError):
        normalised(typed)


def test_a_phone_is_shown_as_people_write_it() -> None:
    assert shown("+77011234567") == "+7 701 123 45 67"
    assert kind_of("+77011234567") == "phone"
    assert shown(None) == ""
