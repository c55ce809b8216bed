"""Our questions, written for another system and read back, are the same questions."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.quizzes import choice, gaps, pairs, written
from lms.quizzes.interchange import gift, markdown_, moodle, prose, report, to_gift, to_moodle
from lms.quizzes.interchange.bank import CannotTake, Found, Item, Option, one_line, refuse_unusable

TYPES = (*choice.TYPES, *pairs.TYPES, *gaps.TYPES, *written.TYPES)

letters = st.sampled_from("aЯәқ0 1.,:;!?*_`~#={}[]<>&|\\/-+%()\"'№")
words = (
    st.text(letters, min_size=1, max_size=25)
    .map(lambda text: one_line(prose.from_plain(one_line(text))))
    .filter(bool)
)
texts = st.lists(words, min_size=1, max_size=3).map("\n\n".join)


@st.composite
def choices(draw: st.DrawFn) -> Item:
    options = draw(st.lists(words, min_size=2, max_size=6, unique=True))
    right = draw(st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=len(options) - 1))
    listed = [
        Option(text, at in right, draw(texts | st.just(""))) for at, text in enumerate(options)
    ]
    kind = "single" if len(right) == 1 else "multiple"
    return _item(draw, kind, listed)


@st.composite
def numbers(draw: st.DrawFn) -> Item:
    number = st.decimals(-9999, 9999, places=2).map(lambda n: format(n, "f"))
    tolerance = st.decimals("0.01", 99, places=2).map(lambda n: format(n, "f"))
    around = st.builds("{} ± {}".format, number, tolerance)
    return _item(draw, "numeric", [Option(draw(number | around), True, draw(texts))])


@st.composite
def matches(draw: st.DrawFn) -> Item:
    lefts = draw(st.lists(words, min_size=2, max_size=5, unique=True))
    rights = draw(st.lists(words, min_size=len(lefts), max_size=len(lefts), unique=True))
    pairs_ = [Option(left, partner=right) for left, right in zip(lefts, rights, strict=True)]
    return _item(draw, "matching", pairs_)


def _item(draw: st.DrawFn, kind: str, options: list[Option]) -> Item:
    return Item(
        kind,  # type: ignore[arg-type]
        1,
        draw(words),
        draw(st.just("") | texts),
        options,
        explanation=draw(st.just("") | texts),
        points=draw(st.sampled_from([1, 2, 0.5])),
        id="the-question",
    )


def said(item: Item) -> tuple[object, ...]:
    return (item.kind, item.stem, item.body, list(item.options), item.explanation, item.id)


def is_usable(item: Item) -> bool:
    try:
        refuse_unusable(item)
    except CannotTake:
        return False
    return True


def only(found: Found) -> Item:
    (item,) = list(found)
    assert isinstance(item, Item), item
    return item


def by_gift(item: Item) -> Item:
    return only(gift.read(to_gift.file_of("Тест", [to_gift.write(item)]), "kk"))


def by_xml(item: Item) -> Item:
    return only(moodle.read(to_moodle.file_of("Тест", [to_moodle.write(item)]), "kk"))


@settings(max_examples=150, deadline=None)
@given((choices() | numbers() | matches()).filter(is_usable))
def test_a_question_comes_back_from_gift_and_moodle_xml_as_it_went(item: Item) -> None:
    assert markdown_.is_as_meant(item, TYPES)
    again = only(markdown_.read(markdown_.file_of("Тест", [markdown_.write(item)]), TYPES))
    assert said(again) == said(item)
    assert said(by_gift(item)) == said(item)
    assert said(by_xml(item)) == said(item)
    assert by_xml(item).points == item.points


@settings(max_examples=300, deadline=None)
@given(
    st.text(letters | st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)
)
def test_words_of_others_are_shown_letter_by_letter(text: str) -> None:
    written_ = prose.from_plain(text)
    assert one_line(prose.to_plain(f"x {one_line(written_)}")) == one_line(f"x {one_line(text)}")


RICH = r"""# Тест

## Кто **утверждает** `бюджет`? {#who}

Первый абзац: {{aek}} = 5.

- раз
- два

| a | b |
| - | - |
| 1 | 2 |

- [ ] Аким ~ {нет}
  > Нет:

  > второй абзац
- [x] [Маслихат](https://example.kz/?a=1#b)

> [!TIP]
> Подсказка
>
> в двух абзацах

> [!NOTE]
> Объяснение: a = b # c

## Шаги {#steps}

1. раз
2. **два**

## Дополните {#holes}

Столица – [[Астана|Нур-Султан]], год [[1997|~1998]].

## Пары {#sides}

- a -> 1
- b -> 2
- -> 3

## Слово {#word}

- [=] Бюджет
  > Да
- [!] Буджет
  > Через «ю»
"""


def read(text: str) -> list[Item]:
    return [item for item in markdown_.read(text, TYPES) if isinstance(item, Item)]


def test_a_quiz_file_comes_back_from_moodle_xml_whole() -> None:
    items = read(RICH)
    assert [item.kind for item in items] == ["single", "ordering", "gaps", "matching", "short"]
    xml = to_moodle.file_of("Тест", [to_moodle.write(item) for item in items])
    again = report.gather(moodle.read(xml, "kk"), markdown_.write, TYPES)
    assert again.skipped == []
    ours = markdown_.file_of("Тест", [markdown_.write(item) for item in items])
    assert markdown_.file_of(again.title, again.written) == ours


@pytest.mark.parametrize("at", [1, 2])
def test_ordering_and_gaps_have_no_place_in_gift(at: int) -> None:
    with pytest.raises(CannotTake, match="Moodle XML has"):
        to_gift.write(read(RICH)[at])


def test_what_is_written_again_is_the_same_to_the_letter() -> None:
    once = markdown_.file_of("Тест", [markdown_.write(item) for item in read(RICH)])
    assert markdown_.file_of("Тест", [markdown_.write(item) for item in read(once)]) == once


@pytest.mark.parametrize("write", [to_gift.write, to_moodle.write])
def test_a_mark_that_moodle_cannot_share_is_refused(write: Callable[[Item], str]) -> None:
    options = [Option(str(n), n < 12) for n in range(14)]
    with pytest.raises(CannotTake, match="cannot share"):
        write(Item("multiple", 1, "Что?", options=options, id="q"))
