"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.numbers import read_number, read_range, was_meant_as_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        (" 1 000 000 ", "1000000"),
        ("1\u00a0000\u202f000", "1000000"),
        ("3,14", "3.14"),
        ("3.14", "3.14"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("13 %", "13"),
        ("500 000 ₸", "500000"),
        (",5", "0.5"),
        ("007", "7"),
    ],
)
def test_a_number_is_read_however_it_is_typed(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "он", "1e309", "NaN", "Infinity", "1,2,3", "1.2.3", "--1", "٣", "0x10", "1" * 31]
)
def test_what_is_not_a_number_is_none(text: str) -> None:
    assert read_number(text) is None


def test_a_tolerance_includes_its_ends() -> None:
    accepted = read_range("3,14 ± 0,01")
    assert accepted is not None
    assert Decimal("3.13") in accepted
    assert Decimal("3.15") in accepted
    assert Decimal("3.151") not in accepted


def test_a_range_includes_its_ends() -> None:
    accepted = read_range("-10..12,5")
    assert accepted is not None
    assert Decimal(-10) in accepted
    assert Decimal("12.5") in accepted
    assert Decimal("12.51") not in accepted


@pytest.mark.parametrize("text", ["12..10", "3 ± ", "3 ± -1", "10..", "1..2..3", "± 5"])
def test_a_broken_range_is_none(text: str) -> None:
    assert read_range(text) is None


@pytest.mark.parametrize("text", ["12..10", "3 ± көп", "10..", "1,000,000"])
def test_a_broken_number_is_recognised_as_one(text: str) -> None:
    assert read_range(text) is None
    assert was_meant_as_number(text)


@pytest.mark.parametrize("text", ["22.11.2026", "№ 171-VIII", "site:adilet.zan.kz", "Астана"])
def test_words_with_digits_are_not_mistaken_for_numbers(text: str) -> None:
    assert not was_meant_as_number(text)


@given(st.text())
def test_no_text_crashes_the_reading_of_numbers(text: str) -> None:
    read_number(text)
    read_range(text)
    was_meant_as_number(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    )
)
def test_a_number_written_with_a_comma_is_the_same_number(number: Decimal) -> None:
    assert read_number(f"{number:f}".replace(".", ",")) == number
