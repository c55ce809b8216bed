"""GIFT, Moodle XML and Aiken as others write them: what is taken, and why the rest is not."""

import time

import pytest

from lms.quizzes import choice, gaps, pairs, written
from lms.quizzes.interchange import aiken, gift, markdown_, moodle, report
from lms.quizzes.interchange.bank import Found, Item, Unreadable
from lms.quizzes.interchange.report import Report

TYPES = (*choice.TYPES, *pairs.TYPES, *gaps.TYPES, *written.TYPES)


def taken(found: Found) -> Report:
    return report.gather(found, markdown_.write, TYPES)


def from_gift(text: str) -> Report:
    return taken(gift.read(text, "ru"))


def from_xml(inside: str, kind: str = "multichoice") -> Report:
    return taken(moodle.read(f'<quiz><question type="{kind}">{inside}</question></quiz>', "ru"))


def one(found: Report) -> Item:
    assert [skipped.reason for skipped in found.skipped] == []
    assert len(found.items) == 1
    return found.items[0]


def marked(item: Item) -> list[tuple[bool, str, str]]:
    return [(option.is_right, option.text, option.feedback) for option in item.options]


def stem(text: str) -> str:
    return f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>'


def answer(text: str, fraction: int = 0, more: str = "") -> str:
    return f'<answer fraction="{fraction}"><text><![CDATA[{text}]]></text>{more}</answer>'


def test_one_choice_of_gift_comes_with_feedback_and_explanation() -> None:
    item = one(from_gift("::Q1:: Кто?{\n=Маслихат#Да\n~Аким#Нет\n~Суд\n####Статья 75\n}"))
    assert (item.kind, item.stem, item.explanation) == ("single", "Кто?", "Статья 75")
    assert marked(item) == [(True, "Маслихат", "Да"), (False, "Аким", "Нет"), (False, "Суд", "")]


def test_weights_of_gift_make_several_right_options() -> None:
    item = one(from_gift("Доход?{~%50%Налог ~%-100%Дорога ~%50%Сбор}"))
    assert item.kind == "multiple"
    assert [option.is_right for option in item.options] == [True, False, True]


def test_a_partly_right_option_of_one_choice_is_wrong_and_said_so() -> None:
    item = one(from_gift("Кто?{=Маслихат ~%50%Аким}"))
    assert [option.is_right for option in item.options] == [True, False]
    assert item.notes == ["an option that was partly right is wrong now"]


@pytest.mark.parametrize(
    ("text", "right", "feedback"),
    [("{T#не так#так}", 0, ["так", "не так"]), ("{FALSE#не так#так}", 1, ["не так", "так"])],
)
def test_the_first_feedback_of_true_or_false_is_for_the_wrong_answer(
    text: str, right: int, feedback: list[str]
) -> None:
    item = one(from_gift(f"Земля круглая. {text}"))
    assert [option.text for option in item.options] == ["Верно", "Неверно"]
    assert item.options[right].is_right
    assert [option.feedback for option in item.options] == feedback


@pytest.mark.parametrize(
    ("answers", "accepted"),
    [
        ("#3.14:0.01", ["3.14 ± 0.01"]),
        ("#1990..1995", ["1990..1995"]),
        ("#=12500:0 =7", ["12500", "7"]),
        ("#=5 =%50%6 ~#нет", ["5"]),
    ],
)
def test_numbers_of_gift_keep_tolerance_and_range(answers: str, accepted: list[str]) -> None:
    item = one(from_gift(f"Сколько?{{{answers}}}"))
    assert (item.kind, [option.text for option in item.options]) == ("numeric", accepted)


def test_pairs_short_answers_and_missing_words_are_told_apart() -> None:
    found = from_gift(
        "Пары{=a -> 1 =b -> 2}\n\nСтолица {=Астана =Нур-Султан} страны.\n\nЯ {~да =нет}!"
    )
    assert [item.kind for item in found.items] == ["matching", "short", "single"]
    assert found.items[0].options[1].partner == "2"
    assert found.items[1].stem == r"Столица \_\_\_\_\_ страны."


def test_escaped_letters_of_gift_are_themselves() -> None:
    item = one(from_gift(r"a \: b \{c\} d\\e\n\nf{=\=x\~ ~y\#z}"))
    assert (item.stem, item.body) == (r"a : b {c} d\\e", "f")
    assert marked(item) == [(True, "=x~", ""), (False, "y#z", "")]


def test_html_of_gift_becomes_paragraphs_bold_and_lists() -> None:
    html = (
        "<p>Что <b>это</b>?</p><ul><li>раз</li><li>два</li></ul><table><tr><td>x</td></tr></table>"
    )
    item = one(from_gift(f"[html]{html}{{=да ~нет}}"))
    assert (item.stem, item.body) == ("Что **это**?", "- раз\n- два\n\nx")
    assert item.notes == ["only the words were taken of <table>, <td>, <tr>"]


def test_comments_and_categories_are_no_questions_and_idnumbers_are_ids() -> None:
    found = from_gift("// банк\n\n//\nКто?{=a ~b}\n")
    assert (found.title, one(found).line) == ("", 4)
    found = from_gift("$CATEGORY: top/Бюджет\n\n// [id:who-approves]\nКто?{=a ~b}\n")
    assert (found.title, one(found).id) == ("Бюджет", "who-approves")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Эссе{}", "essay"),
        ("Просто текст", "description"),
        ("Кто?{=a", "brace"),
        ("Кто?{=a ~b} {=c}", "braces"),
        ("Кто?{~a ~b}", "no right answer"),
        ("Кто?{=a =b ~c}", "several options"),
        ("Кто?{=a ~a}", "the same"),
        ("{=a ~b}", "without text"),
        ("Сколько?{#много}", "not a number"),
        ("Сколько?{#5..1}", "neither"),
        ("Кто?{=*}", "no accepted answer"),
        ("[html]Что <img src='x.png'>?{=a ~b}", "picture"),
        ("[markdown]Что?\\n\\n\\# Ещё{=a ~b}", "means something else"),
        ("Кто?{=%s ~b}" % ("я" * 100_001), "longer"),
    ],
)
def test_what_cannot_come_along_is_named_with_its_line(text: str, reason: str) -> None:
    found = from_gift(f"Ок?{{=да ~нет}}\n\n{text}\n\nИ ещё?{{=да ~нет}}")
    assert len(found.items) == 2
    (skipped,) = found.skipped
    assert skipped.line == 3
    assert reason in skipped.reason


def test_ids_come_from_the_words_and_stay_the_same() -> None:
    text = "Қазақстан астанасы?{=a ~b}\n\nҚазақстан астанасы?{=c ~d}\n\n???{=a ~b}"
    ids = [item.id for item in from_gift(text).items]
    assert ids[0] == "qazaqstan-astanasy"
    assert len(set(ids)) == 3
    assert ids == [item.id for item in from_gift(text).items]


def test_choices_of_moodle_xml_come_with_points_hints_and_feedback() -> None:
    feedback = '<feedback format="html"><text><![CDATA[<p>Да</p>]]></text></feedback>'
    item = one(
        from_xml(
            stem("<p>Кто?</p>") + "<single>true</single><defaultgrade>2.0</defaultgrade>"
            "<hint><text>Думайте</text></hint><generalfeedback><text>Так</text></generalfeedback>"
            + answer("Маслихат &amp; co", 100, feedback) + answer("Аким")
        )
    )  # fmt: skip
    assert (item.stem, item.points, item.hint, item.explanation) == ("Кто?", 2, "Думайте", "Так")
    assert marked(item) == [(True, "Маслихат & co", "Да"), (False, "Аким", "")]


@pytest.mark.parametrize(
    ("kind", "inside", "expected"),
    [
        ("truefalse", answer("true", 0) + answer("false", 100), ["Верно", "Неверно"]),
        (
            "shortanswer",
            answer("Астана", 100) + answer("Астнаа", 0) + answer("*", 0),
            ["Астана", "Астнаа"],
        ),
        ("numerical", answer("3.14", 100, "<tolerance>0.01</tolerance>"), ["3.14 ± 0.01"]),
        ("ordering", answer("раз") + answer("два"), ["раз", "два"]),
    ],
)
def test_other_kinds_of_moodle_xml(kind: str, inside: str, expected: list[str]) -> None:
    assert [
        option.text for option in one(from_xml(stem("Что?") + inside, kind)).options
    ] == expected


def test_pairs_of_moodle_xml_keep_a_right_side_too_many() -> None:
    sides = [("a", "1"), ("b", "2"), ("", "3")]
    inside = "".join(
        f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
        for left, right in sides
    )
    found = from_xml(stem("Пары") + inside, "matching")
    assert [(o.text, o.partner) for o in one(found).options] == sides
    assert "- -> 3" in found.written[0]


def test_a_cloze_text_becomes_gaps_to_write_and_to_choose() -> None:
    text = "<p>Дополните.</p><p>Столица – {1:SHORTANSWER:=Астана~=Нур-Султан#да}, {:MC:~10~=20~30}.</p>"
    item = one(from_xml(stem(text), "cloze"))
    assert (item.kind, item.stem) == ("gaps", "Дополните.")
    assert item.body == "Столица – [[Астана|Нур-Султан]], [[20|~10|~30]]."


@pytest.mark.parametrize(
    ("inside", "kind", "reason"),
    [
        (stem("Эссе"), "essay", "essay"),
        (stem("Что?"), "calculated", "calculated"),
        (stem("Что <img src='@@PLUGINFILE@@/a.png'>"), "shortanswer", "picture"),
        (
            "<questiontext><text>Что</text><file>iVBORw0KGgo=</file></questiontext>",
            "shortanswer",
            "file",
        ),
        (stem("Нет {1:NUMERICAL:=5:1}"), "cloze", "range"),
        (stem("Нет"), "cloze", "no gaps"),
    ],
)
def test_what_moodle_xml_has_and_we_have_not_is_skipped(
    inside: str, kind: str, reason: str
) -> None:
    (skipped,) = from_xml(f"{inside}{answer('a', 100)}", kind).skipped
    assert reason in skipped.reason


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question>&x;</question></quiz>',
        '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><quiz>&b;</quiz>',
        '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:1/x.dtd"><quiz></quiz>',
        "<quiz><question>",
        "<quiz>\n&unknown;</quiz>",
        "<html></html>",
        "",
        "<quiz>" + "<question>" * 200,
    ],
)
def test_harmful_or_broken_xml_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(Unreadable, match=r"^line \d"):
        list(moodle.read(text, "ru"))


def test_aiken_is_read_strictly_and_errors_have_their_line() -> None:
    text = (
        "Кто?\nA. Маслихат\nB) Аким\nANSWER: A\n\nБез ответа?\nA. да\nB. нет\n\n"
        "Не та буква?\nA. да\nC. нет\nANSWER: A\n\nГде?\nA. да\nB. нет\nANSWER: C\n"
    )
    found = taken(aiken.read(text, "ru"))
    assert marked(one(Report(found.items))) == [(True, "Маслихат", ""), (False, "Аким", "")]
    assert [(skipped.line, skipped.reason) for skipped in found.skipped] == [
        (6, "no line “ANSWER: A” by line 8"),
        (10, "line 12 should begin with “B. ” or “B) ”"),
        (15, "line 18: there is no option C"),
    ]


@pytest.mark.parametrize(
    "text", ["{" * 90_000, "<" * 90_000, "<p>" * 30_000, "~" * 90_000, "#" * 90_000]
)
def test_hostile_questions_cost_no_more_than_others(text: str) -> None:
    began = time.monotonic()
    from_gift(f"[html]{text}{{=a ~b}}")
    from_gift(f"a{{={text} ~b}}")
    from_xml(stem(text) + stem("{1:SA:=" * 10_000), "cloze")
    assert time.monotonic() - began < 20
