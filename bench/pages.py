"""Every page a learner meets: its bytes, its SQL statements, and what it fetches."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import data
from report import Row
from servers import ROOT, Server
from visitor import Page, Visitor, walk

from lms.assets import COMPRESSED_TYPES, SMALLEST_TO_COMPRESS
from lms.database import count_statements as counting

LANGUAGES = ("kk", "ru")
QUESTIONS_AT_MOST = 60
TEXT = COMPRESSED_TYPES | {"text/javascript", "application/javascript"}
EXPORT = re.compile(r"/accounts/me/data$")
OWN_SOURCES = ("'none'", "'self'", "data:", "'sha256-")


@dataclass(frozen=True)
class Tour:
    """The pages a learner was shown, and everything those fetched by themselves."""

    pages: list[Page]
    assets: list[Page]
    foreign: list[str]

    @property
    def addresses(self) -> list[str]:
        """The addresses of all pages."""
        return list(dict.fromkeys(page.path for page in self.pages if page.status == 200))

    def rows(self) -> list[Row]:
        """Return what the tour says about bytes and requests."""
        largest = max(self.pages, key=lambda page: len(page.wire))
        scripts = [a for a in self.assets if "javascript" in a.headers["content-type"]]
        raw = sum(path.stat().st_size for path in (ROOT / "lms").glob("*/static/**/*.js"))
        plain = [p for p in self.pages + self.assets if _should_be_compressed(p)]
        return [
            Row("largest page of HTML", len(largest.wire), 14_000, "B",
                f"compressed; {len(self.pages)} answers in kk and ru; {largest.path}"),
            Row("requests to third parties", len(self.foreign), 0, "",
                ", ".join(self.foreign[:3]) or "addresses in HTML and styles, Content-Security-Policy"),
            Row("JavaScript in total", raw, 20_000, "B",
                f"before compression; pages fetched {sum(len(s.wire) for s in scripts)} B"),
            Row("text sent uncompressed", len(plain), 0, "answers",
                ", ".join(sorted({p.path.partition('?')[0] for p in plain})[:3])),
        ]  # fmt: skip


def take_tour(server: Server, cookies: dict[str, str]) -> Tour:
    """Visit every page as a signed-in learner: enrol, take every quiz to its result, in kk and ru."""
    visitor = Visitor(server.port, cookies)
    shown: list[Page] = []
    _enrol_everywhere(visitor)
    taken: set[str] = set()
    for language in LANGUAGES:
        for page in walk(visitor, [f"/{language}/", f"/{language}/courses/enrolments"]):
            shown.append(page)
            for form in page.forms:
                if form.action.endswith("/attempts") and form.action not in taken:
                    taken.add(form.action)
                    shown += _take_quiz(visitor, visitor.send(form))
    wrong = [f"{page.path}: {page.status}" for page in shown if page.status >= 500]
    if wrong:
        raise RuntimeError("; ".join(wrong))
    assets = {a for page in shown for a in page.fetched if not a.startswith("data:")}
    foreign = sorted(a for a in assets if not a.startswith("/") or a.startswith("//"))
    foreign += sorted({s for page in shown for s in _foreign_sources(page)})
    fetched = [visitor.get(address) for address in sorted(assets - set(foreign))]
    return Tour([page for page in shown if page.is_html], fetched, foreign)


def count_statements(site: Path, addresses: list[str]) -> dict[str, int]:
    """Return how many SQL statements each page takes once the process is warm."""
    app = data.open_site(site)
    client = app.test_client()
    for name, value in data.sign_in(app, 1).items():
        client.set_cookie(name, value)
    counted = {}
    for address in [*addresses, f"/kk/courses/{data.ENROLLED_IN[0]}"]:
        client.get(address)
        with counting() as statements:
            client.get(address)
        counted[address] = len(statements)
    return counted


def statement_rows(few: dict[str, int], many: dict[str, int]) -> list[Row]:
    """Return the largest number, and on how many pages it depends on the number of learners."""
    exports = {address: count for address, count in many.items() if EXPORT.search(address)}
    learning = {address: count for address, count in many.items() if address not in exports}
    most = max(learning, key=lambda address: learning[address])
    over = sum(count > 6 for count in learning.values())
    differing = [address for address in few if few[address] != many[address]]
    return [
        Row("SQL statements on a page", learning[most], 6, "",
            f"{over} of {len(learning)} pages over; the most: {most}"),
        Row("SQL statements on “my data”", max(exports.values(), default=0), 15, "",
            "asks every plugin for everything it keeps"),
        Row("pages with other counts at 10 and 100 000 learners", len(differing), 0, "",
            ", ".join(differing[:3])),
    ]  # fmt: skip


def _enrol_everywhere(visitor: Visitor) -> None:
    for link in dict.fromkeys(visitor.get("/kk/courses").links):
        if link.startswith("/kk/courses/"):
            for form in visitor.get(link).forms:
                if form.action.endswith("/enrolment"):
                    visitor.send(form)


def _take_quiz(visitor: Visitor, page: Page) -> list[Page]:
    shown = [page]
    for _ in range(QUESTIONS_AT_MOST):
        if not page.forms or page.path.endswith("/result"):
            break
        page = visitor.send(page.forms[-1])
        shown.append(page)
    return shown


def _foreign_sources(page: Page) -> list[str]:
    policy = page.headers.get("content-security-policy", "default-src *")
    sources = [word for rule in policy.split(";") for word in rule.split()[1:]]
    return [source for source in sources if not source.startswith(OWN_SOURCES)]


def _should_be_compressed(page: Page) -> bool:
    kind = page.headers.get("content-type", "").partition(";")[0]
    is_plain = "content-encoding" not in page.headers
    return (
        kind in TEXT
        and is_plain
        and len(gzip.compress(page.wire)) < len(page.wire) - SMALLEST_TO_COMPRESS
    )
