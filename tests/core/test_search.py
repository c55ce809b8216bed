import pytest

from lms.search import fold, stems, words


def finds(query: str, text: str) -> bool:
    """Whether every stem of the query begins some word of the text."""
    found = words(text)
    return all(any(word.startswith(stem) for word in found) for stem in stems(query))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("бюджет", "Бюджеттің қайда жұмсалатыны"),
        ("бюджеттің", "Ауыл бюджеті"),
        ("бюджеттерде", "Бюджет"),
        ("катысу", "Қоғамдық қатысу"),
        ("қатысу", "Қатысудың үш жолы"),
        ("когамдастык", "Жергілікті қоғамдастық жиналысы"),
        ("жиналыс", "Қоғамдастық жиналысы"),
        ("жиналыстарда", "Жергілікті жиналыс"),
        ("омир", "Өмір бойы"),
        ("упай", "Ұпай саны"),
        ("БЮДЖЕТ", "бюджет"),
        ("бюджета", "Бюджет села"),
        ("бюджетах", "о бюджете района"),
        ("участие", "Текст об участии"),
        ("гражданами", "Граждане и бюджет"),
        ("еж", "ёж"),
        ("объект", "Строительство объекта"),
        ("обект", "Объект"),
        ("бюджет района", "О бюджете района"),
    ],
)
def test_a_word_is_found_in_its_other_forms_and_spellings(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [("бюджет", "Құқық және заң"), ("съезд", "сабақ езді"), ("бюджет заң", "Ауыл бюджеті")],
)
def test_a_word_that_is_not_there_is_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert fold("и\u0306") == fold("й")


def test_a_stem_keeps_four_letters() -> None:
    assert stems("ақша") == ["акша"]
    assert stems("ақшаны") == ["акша"]


def test_a_query_of_many_words_is_cut() -> None:
    assert len(stems("сөз " * 500)) == 8


def test_marks_and_emoji_are_no_words() -> None:
    assert stems("  %_*'\" 🌾 -- ") == []
