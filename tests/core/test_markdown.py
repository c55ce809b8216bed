import contextlib
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms import create_app, markdown
from lms.markdown import LessonBlock, MarkdownProblem, Picture, read_document, render
from lms.testing import SECRET


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application for the words of boxes and tables; nothing here asks a database."""
    folder = tmp_path_factory.mktemp("markdown")
    app = create_app({"SECRET_KEY": SECRET, "DATA": str(folder)}, [])
    with app.app_context():
        yield app


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=//evil.example><input name=password></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<div style='position:fixed;inset:0'>overlay</div>",
    "<a href=javascript:alert(1)>x</a>",
    "<a id=csrf_token name=action>x</a>",
    "<img name=cookie><form id=csrf_token><input name=action></form>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<x contenteditable onblur=alert(1)>x</x>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](javascript&#58;alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;&#97;vascript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](<java\nscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](%6aavascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    "[x](view-source:javascript:alert(1))",
    "[x](feed:javascript:alert(1))",
    "[x](jar:https://evil.example!/x)",
    '[x](https://a.example "onmouseover=alert(1) \'")',
    '[x](https://a.example" onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "[x]: <javascript:alert(1)>\n\n[y][x]",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](data:image/png;base64,AAAA)",
    '![x" onerror="alert(1)](a.png)',
    '![x](a.png "t\\" onerror=\\"alert(1)")',
    '![x](a.png" onerror="alert(1))',
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "`<img src=x onerror=alert(1)>`",
    "```\n<script>alert(1)</script>\n```",
    "```html onload=alert(1)\nx\n```",
    '``` "><script>alert(1)</script>\nx\n```',
    "# x {#csrf_token}",
    "# x {#a onclick=alert(1)}",
    '# x {#a"onclick="alert(1)}',
    "{{name}}",
    "{{<script>alert(1)</script>}}",
    "{% import os %}{{ 7*7 }}",
    "> [!TIP]\n> <script>alert(1)</script>",
    "> [!<script>]\n> x",
    "|<script>alert(1)</script>|b|\n|-|-|\n|<img src=x onerror=alert(1)>|b|",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "x[^<script>alert(1)</script>]\n\n[^<script>alert(1)</script>]: y",
    "x^[<img src=x onerror=alert(1)>]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u202e<script>alert(1)</script>",
]


HARMLESS = {"http", "https", "mailto", "tel"}


class Live(HTMLParser):
    """Collects what a browser would make alive."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in markdown.TAGS:
            self.found.append(tag)
        for name, value in attrs:
            compact = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name in {"style", "srcset", "name", "action", "srcdoc"}:
                self.found.append(f"{tag} {name}")
            scheme = re.match(r"[a-z][a-z0-9+.-]*(?=:)", compact)
            if name in {"href", "src"} and scheme and scheme[0] not in HARMLESS:
                self.found.append(f"{tag} {name}={value}")
            if name == "id" and value == "csrf_token":
                self.found.append("id=csrf_token")


def live_parts(html: str) -> list[str]:
    parser = Live()
    parser.feed(html)
    parser.close()
    return parser.found


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_comes_alive(app: Flask, text: str) -> None:
    for wrapped in (text, f"# x\n\n{text}\n\nx", f"> {text}", f"- {text}", f"**{text}**"):
        assert live_parts(render(wrapped)) == []


@pytest.mark.parametrize("text", [text for text in HOSTILE[:35] if "csrf_token" not in text])
def test_the_second_wall_alone_takes_hostile_html_out(text: str) -> None:
    assert live_parts(markdown.wash(text)) == []


def test_raw_html_is_shown_as_text(app: Flask) -> None:
    assert render("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"


def test_templates_are_shown_literally(app: Flask) -> None:
    assert render("{{7*7}} {% x %} ${1} #{2}") == "<p>{{7*7}} {% x %} ${1} #{2}</p>\n"


def test_links_out_tell_nothing_and_bring_nobody_back(app: Flask) -> None:
    assert render("[x](https://a.example)") == (
        '<p><a href="https://a.example" rel="noopener noreferrer">x</a></p>\n'
    )


@pytest.mark.parametrize("address", ["tel:1414", "mailto:a@b.example", "#here", "/kk/help"])
def test_addresses_people_need_are_kept(app: Flask, address: str) -> None:
    assert f'href="{address}"' in render(f"[x]({address})")


@pytest.mark.parametrize(
    ("mark", "kind"), [("NOTE", "note"), ("TIP", "tip"), ("IMPORTANT", "important"), ("WARNING", "warning")]
)  # fmt: skip
def test_a_box_is_written_as_github_writes_it(app: Flask, mark: str, kind: str) -> None:
    html = render(f"> [!{mark}]\n> Сақ болыңыз.")
    assert f'<div class="box box-{kind}">' in html
    assert '<p class="box-title">' in html
    assert "<p>Сақ болыңыз.</p>" in html
    assert "[!" not in html
    assert "blockquote" not in html


def test_a_quote_within_a_box_stays_a_quote(app: Flask) -> None:
    html = render("> [!TIP]\n> a\n>\n> > b\n>\n> > [!NOTE]\n> > c\n\n> d")
    assert html.count("<blockquote>") == html.count("</blockquote>") == 2
    assert html.count("<div") == html.count("</div>") == 2


def test_an_unknown_box_is_a_quote(app: Flask) -> None:
    assert "<blockquote>" in render("> [!DANGER]\n> a")


def test_a_heading_id_is_read_and_not_shown(app: Flask) -> None:
    assert render("## Құпиясөз {#check-password}  ") == '<h2 id="check-password">Құпиясөз</h2>\n'
    assert render("## a{#b}") == '<h2 id="b">a</h2>\n'


@pytest.mark.parametrize("mark", ["{#9a}", "{#A}", "{#a_b}", "{#}", "{# a}", "{#a} b"])
def test_what_is_no_heading_id_stays_text(app: Flask, mark: str) -> None:
    assert f"{mark}</h2>" in render(f"## x {mark}")


def test_references_are_replaced_and_unknown_ones_stay(app: Flask) -> None:
    tokens = markdown.parse("{{code}} және {{ code }}, {{nothing}}, `{{code}}`")
    html = markdown.to_html(tokens, {"code": "<span class='fact'>2025</span>"})
    assert html.count('<span class="fact">2025</span>') == 2
    assert "{{nothing}}" in html
    assert "<code>{{code}}</code>" in html
    assert markdown.reference_names(tokens) == ["code", "code", "nothing"]


def test_a_table_can_scroll_by_itself(app: Flask) -> None:
    html = render("|a|b|\n|-|-:|\n|1|2|")
    assert html.startswith('<div class="table"')
    assert html.rstrip().endswith("</table></div>")


def test_a_picture_gets_its_address_and_size(app: Flask) -> None:
    pictures = {"media/a.svg": Picture("/courses/media/0/a.svg", 100, 320, 200)}
    html = markdown.to_html(markdown.parse("![Ауыл](media/a.svg)"), pictures=pictures)
    for part in ('src="/courses/media/0/a.svg"', 'alt="Ауыл"', 'width="320"', 'height="200"'):
        assert part in html
    assert 'loading="lazy"' in html


def test_a_footnote_leads_there_and_back(app: Flask) -> None:
    html = render("a[^x]\n\n[^x]: b")
    assert 'href="#fn1"' in html
    assert 'id="fn1"' in html
    assert 'href="#fnref1"' in html
    assert 'id="fnref1"' in html


def test_a_document_knows_its_title_words_pictures_links_and_references(app: Flask) -> None:
    text = (
        "# Ауыл *бюджеті*\n\nБір екі.\n\n![Сурет](media/a.svg) [үш](https://a.example)\n\n{{code}}"
    )
    document, tokens = read_document(text, "kk"), markdown.parse(text)
    assert document.title == "Ауыл бюджеті"
    assert document.words == 3
    assert [(i.src, i.alt, i.line) for i in markdown.images_in(tokens)] == [
        ("media/a.svg", "Сурет", 5)
    ]
    assert [(k.href, k.text, k.line) for k in markdown.links_in(tokens)] == [
        ("https://a.example", "үш", 5)
    ]
    assert document.references == ["code"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("Мәтін\n\n# Тақырып", 1),
        ("## Тақырып", 1),
        ("# a\n\nb\n\n# c", 5),
        ("# ", 1),
        ("# " + "ә" * 301, 1),
    ],
)
def test_a_document_without_one_title_is_refused_with_its_line(
    app: Flask, text: str, line: int
) -> None:
    with pytest.raises(MarkdownProblem) as caught:
        read_document(text, "kk")
    assert caught.value.line == line


def test_a_section_that_a_plugin_claims_becomes_a_live_part(app: Flask) -> None:
    block = LessonBlock(
        "echo",
        lambda section, language: {"id": section.id} if section.id else None,
        lambda d, a: "",
    )
    text = "# a\n\nb\n\n### c {#d}\n\n- e\n\n## f\n\ng"
    parts = read_document(text, "kk", [block]).parts
    assert [part.get("block") for part in parts] == [None, "echo", None]
    assert parts[1]["data"] == {"id": "d"}
    assert "<li>" not in parts[0]["html"] + parts[2]["html"]
    assert parts[2]["html"].startswith("<h2>f</h2>")


def test_sections_reach_up_to_the_next_heading_of_their_level_or_above() -> None:
    sections = markdown.sections(markdown.parse("# a\n\nx\n\n### b\n\ny\n\n## c\n\nz\n\n# d"))
    assert [(s.title, s.level, s.line, len(s.body)) for s in sections] == [
        ("a", 1, 1, 15),
        ("b", 3, 5, 3),
        ("c", 2, 9, 3),
        ("d", 1, 13, 0),
    ]


@given(
    st.text(alphabet=st.one_of(st.sampled_from("[]()!#>*_`|-{}<&^:\\\"' \n\tx1"), st.characters()))
)
def test_no_text_crashes_the_pipeline_or_comes_alive(text: str) -> None:
    assert live_parts(render(text)) == []


@given(st.text(alphabet=st.sampled_from("[]()!#>*_`|-{}<&^:\\ \nx1=")))
def test_no_document_crashes_the_reader(text: str) -> None:
    with contextlib.suppress(MarkdownProblem):
        assert read_document(f"# a\n\n{text}", "kk").title == "a"


LARGE = 100_000
MANY = 30_000

QUADRATIC = {
    **{repr(mark): mark for mark in "[ * _ ` ~ ! < & \\ > # | - {{ [^ ![ [](".split()},
    **{
        repr(mark): mark
        for mark in (
            "> ", "* ", "1. ", "**a", "*a ", "_a__a", "[a](b", "![a](", "[a][", "^[a", "a[^1] ",
            "`a``", "~~a", "|a|b\n", "# a\n", "### a {#b}\n", "> [!TIP]\n\n", "[^1]: a\n\n",
            "[a]: b\n", "- [ ] a\n", "  - a\n", "<!--", "&#",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("mark", QUADRATIC.values(), ids=QUADRATIC.keys())
def test_thirty_thousand_letters_of_one_mark_are_drawn_in_time(app: Flask, mark: str) -> None:
    assert seconds("# a\n\n" + mark * (MANY // len(mark))) < 2


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * LARGE + "b",
        "# a" + "\t" * LARGE + "{#b",
        ">" * 10_000 + " a",
        "- " * 10_000 + "a",
        "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n" + "|b\n" * 2_000,
        "# a\n" + "## b\n### c\n" * 9_000,
        "{{" + " " * LARGE + "a}}",
        "{{" + "a" * LARGE,
    ],
    ids=["spaces", "tabs", "quotes", "lists", "table", "headings", "braces", "name"],
)
def test_a_long_text_is_drawn_in_time(app: Flask, text: str) -> None:
    assert seconds(text) < 2


def seconds(text: str) -> float:
    start = time.process_time()
    with contextlib.suppress(MarkdownProblem):
        read_document(text, "kk")
    return time.process_time() - start


def test_numbers_do_not_break_at_the_end_of_a_line() -> None:
    html = markdown.render("46 343,0 мың теңге, 12 500 ₸, 79,5 %, № 389, 1 2 3 және `12 500`.")
    said = html.replace("&nbsp;", "\u00a0")
    assert "46\u00a0343,0 мың" in said
    assert "12\u00a0500\u00a0₸, 79,5\u00a0%, №\u00a0389, 1 2 3" in said
    assert "<code>12 500</code>" in said
