"""A learner's browser, and a walk through every page it can reach."""

import gzip
import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlencode

#: Learners reach these, but they lead out of the site or end the visit.
NOT_FOLLOWED = re.compile(r"^/(kk|ru)/accounts/(data/|erasure)|\.pdf$|\.json$|^/en/")
FETCHED_BY_ITSELF = {"script", "img", "iframe", "audio", "video", "source", "embed", "object"}
ICONS_AND_STYLES = {"stylesheet", "icon", "preload", "manifest", "modulepreload"}


@dataclass
class Page:
    """An answer as it came over the wire, and what its HTML says."""

    path: str
    status: int
    headers: dict[str, str]
    wire: bytes
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    forms: list["Form"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The body, uncompressed."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.wire) if packed else self.wire).decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        """Whether this is a page for people."""
        return self.headers.get("content-type", "").startswith("text/html")


@dataclass
class Form:
    """A form of a page: where it goes and what it sends if nobody types anything."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)


class Visitor:
    """A browser without JavaScript, with its cookies."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port = port
        self.cookies = dict(cookies)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    @property
    def cookie(self) -> str:
        """The value of the Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> Page:
        """Fetch a page, following redirects."""
        return self._open("GET", path, None)

    def send(self, form: Form, **fields: str) -> Page:
        """Send a form of a page, with an answer chosen, following redirects."""
        return self._open("POST", form.action, urlencode({**form.fields, **form.choices, **fields}))

    def _open(self, method: str, path: str, body: str | None) -> Page:
        headers = {"Accept-Encoding": "gzip", "Accept": "text/html", "Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        wire = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status in {301, 302, 303, 307, 308}:
            return self.get(answer.headers["Location"])
        headers = {name.lower(): value for name, value in answer.getheaders()}
        page = Page(path, answer.status, headers, wire)
        if page.is_html:
            reader = _Reader(page)
            reader.feed(page.text)
        return page


def walk(visitor: Visitor, starts: list[str]) -> Iterator[Page]:
    """Yield every page of the site that links lead to, each once."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        page = visitor.get(waiting.pop())
        yield page
        for link in page.links:
            link = urldefrag(link).url
            if link.startswith("/") and link not in seen and not NOT_FOLLOWED.search(link):
                seen.add(link)
                waiting.append(link)


class _Reader(HTMLParser):
    """Notes what a page leads to, fetches and asks."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        if tag == "link" and set(given.get("rel", "").split()) & ICONS_AND_STYLES:
            self.page.fetched.append(given["href"])
        if tag in FETCHED_BY_ITSELF:
            self.page.fetched += [given[name] for name in ("src", "data") if given.get(name)]
            self.page.fetched += [s.split()[0] for s in given.get("srcset", "").split(",") if s]
        if tag == "form":
            self.page.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        if tag == "input" and self.page.forms and "name" in given:
            self._note_input(given)
        self.page.fetched += re.findall(r"url\(['\"]?([^)'\"]+)", given.get("style", ""))
        self.in_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.page.fetched += re.findall(r"(?:url\(|@import )['\"]?([^)'\"]+)", data)

    def _note_input(self, given: dict[str, str]) -> None:
        form = self.page.forms[-1]
        if given.get("type") == "hidden":
            form.fields[given["name"]] = given.get("value", "")
        elif given.get("type") in {"radio", "checkbox"}:
            form.choices.setdefault(given["name"], given.get("value", ""))
        elif given.get("type") in {None, "text"}:
            form.choices[given["name"]] = "1"
