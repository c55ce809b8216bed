"""Texts of other systems as Markdown, and Markdown as words alone."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from lms import markdown
from lms.quizzes.interchange.bank import CannotTake

ODD_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
#: Most texts; they need no second look.
HARMLESS = re.compile(r"(?:[^\W\d_](?:[^\W_]|[ ,.;:!?()«»“”–—%№/-])*)?")
#: What needs no parser, which is most of a bank: the tags that editors write, without attributes.
SIMPLE_PIECE = re.compile(r"([^<&]+)|<(/?)(p|b|strong|i|em|ul|ol|li|br|div)\s?/?>")
SIMPLE = re.compile(r"(?:[^<&]++|</?(?:p|b|strong|i|em|ul|ol|li|br|div)\s?/?>)*+")
BARE = re.compile(r"(?:<p>)?([^<&]*)(?:</p>)?\s*")
WITHIN_A_LINE = re.compile(r"(?P<gap>\[{2,})|[\\`*_\[\]<]|~(?=~)|(?<=~)~|&(?=#?\w+;)|\{(?=\{)")
AT_ITS_START = re.compile(r"[#>|]|[-+](?=\s|$)|[-=:](?=[-=:| ]*$)|[0-9]{1,9}(?=[.)](?:\s|$))")

BLOCKS = set("address article blockquote center dd div dl dt fieldset p pre section".split())
HEADINGS = {f"h{level}" for level in range(1, 7)}
ROWS = set("caption table tbody td tfoot th thead tr".split())
#: Their absence changes how a text looks and nothing that it says.
SILENT = set("a abbr body br font html label small span u".split())
UNSAID = {"script", "style", "template", "title"}
PICTURES = {"img", "svg", "object", "embed", "iframe", "video", "audio", "canvas"}


def from_plain(text: str) -> str:
    """Return Markdown that shows `text` as it is."""
    if HARMLESS.fullmatch(text):
        return text.strip()
    lines = ODD_BREAKS.sub("\n", text).strip().split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_escaped(line.strip()) for line in lines))


def from_html(html: str, note: Callable[[str], None]) -> str:
    """Return HTML as Markdown: paragraphs, bold, italic, lists; of anything else the words.

    `note` is told what was left behind. Raises `CannotTake` for pictures.
    """
    if bare := BARE.fullmatch(html):
        return from_plain(" ".join(bare[1].split()))
    page = _Page()
    page.read(ODD_BREAKS.sub("\n", html))
    if page.pictures:
        raise CannotTake("a picture or film; add it by hand to media/")
    if page.left:
        note(f"only the words were taken of {', '.join(sorted(f'<{tag}>' for tag in page.left))}")
    return page.markdown()


def to_plain(text: str) -> str:
    """Return the words of Markdown, a paragraph a line."""
    inline = [token for token in markdown.parser().parse(text) if token.type == "inline"]
    return "\n".join(markdown.plain_text(token) for token in inline)


def _escaped(line: str) -> str:
    return _unlike_a_block(_escaped_within(line))


def _escaped_within(text: str) -> str:
    # [[ would begin a gap, even behind a backslash; as code it says the same.
    return WITHIN_A_LINE.sub(lambda m: f"`{m[0]}`" if m["gap"] else f"\\{m[0]}", text)


def _unlike_a_block(line: str) -> str:
    match = AT_ITS_START.match(line)
    if not match:
        return line
    at = match.end() if match[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.left: set[str] = set()
        self.pictures = False
        self._lists: list[list[int | None]] = []
        self._unsaid = 0
        self._bold = self._italic = 0
        self._marker = ""
        self._said: list[tuple[str, str]] = []
        self._written: list[tuple[bool, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PICTURES:
            self.pictures = True
        elif tag in UNSAID:
            self._unsaid += 1
        elif tag in {"b", "strong"}:
            self._bold += 1
        elif tag in {"i", "em"}:
            self._italic += 1
        elif tag == "br":
            self._said.append(("\n", ""))
        elif tag in {"ul", "ol"}:
            self._end_block()
            self._lists.append([1 if tag == "ol" else None])
        elif tag == "li":
            self._begin_entry()
        else:
            self._begin_other(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSAID:
            self._unsaid = max(0, self._unsaid - 1)
        elif tag in {"b", "strong"}:
            self._bold = max(0, self._bold - 1)
        elif tag in {"i", "em"}:
            self._italic = max(0, self._italic - 1)
        elif tag in {"ul", "ol"}:
            self._end_block()
            del self._lists[-1:]
        elif tag in BLOCKS | HEADINGS | ROWS | {"li"}:
            self._end_block()

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            style = "**" if self._bold else "*" if self._italic else ""
            self._said.append((re.sub(r"\s+", " ", data), style))

    def read(self, html: str) -> None:
        """Take in a whole text."""
        if not SIMPLE.fullmatch(html):
            self.feed(html)
            self.close()
            return
        for words, closing, tag in SIMPLE_PIECE.findall(html):
            if words:
                self.handle_data(words)
            elif closing:
                self.handle_endtag(tag)
            else:
                self.handle_starttag(tag, [])

    def markdown(self) -> str:
        """Return what was read."""
        self._end_block()
        lines: list[str] = []
        was_entry = False
        for is_entry, text in self._written:
            if lines and not (is_entry and was_entry):
                lines.append("")
            lines.append(text)
            was_entry = is_entry
        return "\n".join(lines)

    def _begin_entry(self) -> None:
        self._end_block()
        if not self._lists:
            self._lists.append([None])
        counter = self._lists[-1]
        self._marker = "- " if counter[0] is None else f"{counter[0]}. "
        if counter[0] is not None:
            counter[0] += 1

    def _begin_other(self, tag: str) -> None:
        if tag in BLOCKS | HEADINGS | ROWS:
            self._end_block()
        if tag not in SILENT | {"p", "div", "section", "article"}:
            self.left.add(tag)

    def _end_block(self) -> None:
        text = _styled(self._said)
        self._said = []
        if not text:
            return
        indent = "   " * (len(self._lists) - 1) if self._marker else ""
        self._written.append((bool(self._marker), indent + self._marker + text))
        self._marker = ""


def _styled(said: list[tuple[str, str]]) -> str:
    if not said:
        return ""
    pieces: list[tuple[str, str]] = []
    for text, style in said:
        if pieces and pieces[-1][1] == style:
            pieces[-1] = (pieces[-1][0] + text, style)
        else:
            pieces.append((text, style))
    whole = "".join(text for text, _ in pieces)
    drawn, at = "", 0
    for text, style in pieces:
        at += len(text)
        # Two kinds of asterisks side by side would be a third.
        style = "" if drawn.endswith("*") else style
        drawn += _wrapped(
            text, style, whole[at - len(text) - 1 : at - len(text)], whole[at : at + 1]
        )
    lines = [" ".join(line.split()) for line in drawn.strip().split("\n")]
    return "\n".join(_unlike_a_block(line) for line in lines if line)


def _wrapped(text: str, style: str, before: str, after: str) -> str:
    inside = text.strip()
    escaped = _escaped_within(text)
    if not style or not inside:
        return escaped
    edges = not inside[0].isalnum() and before.isalnum() and text[0] == inside[0]
    edges |= not inside[-1].isalnum() and after.isalnum() and text[-1] == inside[-1]
    if edges:  # Markdown would show the asterisks
        return escaped
    start, end = escaped[: len(escaped) - len(escaped.lstrip())], escaped[len(escaped.rstrip()) :]
    return f"{start}{style}{escaped.strip()}{style}{end}"
