from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lms.certificates import codes

bodies = st.text(codes.ALPHABET, min_size=12, max_size=12)
places = st.integers(0, codes.LENGTH - 1)


def code_of(body: str) -> str:
    return codes.grouped(body + codes.check_character(body))


def test_a_new_code_is_grouped_and_reads_as_itself():
    code = codes.new()
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 1]
    assert codes.read(code) == code


def test_a_hundred_thousand_codes_are_all_different_and_use_every_character_evenly():
    made = [codes.new() for _ in range(100_000)]
    assert len(set(made)) == len(made)
    for place in (0, 5, 13, 15):
        counts = Counter(code[place] for code in made)
        assert set(counts) == set(codes.ALPHABET)
        assert max(counts.values()) < 3600, "expected about 3125 of each"


@given(bodies, places, st.sampled_from(codes.ALPHABET))
def test_one_wrong_character_is_always_noticed(body, place, other):
    code = code_of(body).replace("-", "")
    mistyped = code[:place] + other + code[place + 1 :]
    assert (codes.read(mistyped) is None) == (mistyped != code)


@given(bodies, places, places)
def test_two_swapped_characters_are_always_noticed(body, one, other):
    code = code_of(body).replace("-", "")
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    mistyped = "".join(swapped)
    assert (codes.read(mistyped) is None) == (mistyped != code)


@given(bodies)
def test_case_spaces_and_dashes_do_not_matter(body):
    code = code_of(body)
    assert codes.read(code.lower()) == code
    assert codes.read(code.replace("-", "")) == code
    assert codes.read(f"  {code.replace('-', ' – ')}\n") == code


@given(bodies)
def test_look_alike_letters_are_taken_for_what_was_meant(body):
    code = code_of(body)
    assert codes.read(code.replace("0", "O").replace("1", "l")) == code
    assert codes.read(code.replace("0", "о").replace("1", "I")) == code, "a Cyrillic о"
    cyrillic = str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХУ")
    assert codes.read(code.translate(cyrillic)) == code


@given(st.text())
def test_any_text_is_either_a_code_or_refused(text):
    found = codes.read(text)
    assert found is None or codes.read(found) == found


def test_a_code_with_a_letter_outside_the_alphabet_is_refused():
    assert codes.read("UUUU-UUUU-UUUU-U") is None
    assert codes.read("7F3K-9Q2M") is None
    assert codes.read("") is None
