"""What requests cost the server: processor time beside a bare page, latency, memory."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import data
import load
from load import Request
from report import Row, middle, percentile, spread
from servers import Server, bare_server, our_server
from visitor import Visitor

PEOPLE = range(2, 52)
ROUNDS, REQUESTS, CLIENTS = 7, 300, 4
LATENCY_ROUNDS, LATENCY_REQUESTS = 5, 600


def beside_a_bare_page(folder: Path, site: Path) -> list[Row]:
    """Measure each page and the bare one in turn; return the ratios of processor time."""
    ratios: dict[str, list[float]] = {}
    bare_ms: list[float] = []
    with bare_server(folder) as bare, our_server(site) as ours:
        plans = pages_of_learners(site, ours)
        for plan in plans.values():
            load.send(plan, 200, CLIENTS)
        bare_page = [Request(bare.port, "/pages/1")]
        load.send(bare_page, 400, CLIENTS)
        for _ in range(ROUNDS):
            before = _cpu_of_a_request(bare, bare_page)
            for name, plan in plans.items():
                cost = _cpu_of_a_request(ours, plan)
                after = _cpu_of_a_request(bare, bare_page)
                ratios.setdefault(name, []).append(2 * cost / (before + after))
                bare_ms.append(before * 1000)
                before = after
    return [
        Row(f"processor time of {name} ÷ bare page", middle(found), _budget(name), "×",
            f"{spread(found)}; bare page {middle(bare_ms):.2f} ms")
        for name, found in ratios.items()
    ]  # fmt: skip


def few_and_many_learners(small: Path, large: Path) -> list[Row]:
    """Return how much slower the slowest twentieth of requests gets with very many learners."""
    ratios: dict[str, list[float]] = {}
    seen: dict[str, list[float]] = {}
    with ExitStack() as stack:
        servers = [stack.enter_context(our_server(site)) for site in (small, large)]
        plans = [pages_of_learners(s, r) for s, r in zip((small, large), servers, strict=True)]
        for name in plans[0]:
            # In turn, request by request: whatever disturbs this machine disturbs both.
            in_turn = [r for pair in zip(*(p[name] for p in plans), strict=True) for r in pair]
            load.send(in_turn, 2 * len(in_turn), 1)
            for _ in range(LATENCY_ROUNDS):
                taken = load.send(in_turn, LATENCY_REQUESTS, 1)
                few, many = percentile(taken[::2], 0.95), percentile(taken[1::2], 0.95)
                ratios.setdefault(name, []).append(many / few)
                seen.setdefault(name, []).append(few * 1000)
    rows = data.count_rows(large, "courses_completion")
    return [
        Row(f"p95 of {name}, 100 000 learners ÷ 100", middle(found), 1.25, "×",
            f"{spread(found)}; {middle(seen[name]):.1f} ms with 100; {rows / 1e6:.1f} million lines")
        for name, found in ratios.items()
    ]  # fmt: skip


def memory(server: Server) -> Row:
    """Return what the largest worker holds after it has served every page."""
    rss, pss = max(server.megabytes())
    note = f"RSS of the larger worker after the walk, worker threads idle; PSS {pss:.0f} MB"
    return Row("idle memory of a worker", rss, 150, "MB", note)


def pages_of_learners(site: Path, server: Server) -> dict[str, list[Request]]:
    """Return the measured pages, each as requests of fifty learners."""
    app = data.open_site(site)
    people = {person: data.sign_in(app, person) for person in PEOPLE}
    tokens = data.attempts_of(site, list(people))
    course = f"/kk/courses/{data.SHIPPED}"
    plans: dict[str, list[Request]] = {
        "a lesson": [], "a course": [], "the dashboard": [], "a question": [], "an answer": [],
    }  # fmt: skip
    for person, cookies in people.items():
        visitor = Visitor(server.port, cookies)
        questions = f"/kk/quizzes/attempts/{tokens[person]}"
        answers = list(_answers(visitor, questions))
        for name, path in {
            "a lesson": f"{course}/{data.SHIPPED_LESSON}",
            "a course": course,
            "the dashboard": "/kk/courses/enrolments",
            "a question": f"{questions}/1",
        }.items():
            plans[name].append(Request(server.port, path, visitor.cookie))
        plans["an answer"] += answers
    return plans


def _answers(visitor: Visitor, questions: str) -> Iterator[Request]:
    for position in range(1, 7):
        form = visitor.get(f"{questions}/{position}").forms[-1]
        fields = {**form.fields, **form.choices, "form_key": load.FRESH_KEY}
        yield Request(visitor.port, form.action, visitor.cookie, urlencode(fields), 303)


def _cpu_of_a_request(server: Server, plan: list[Request]) -> float:
    before = server.cpu_seconds()
    load.send(plan, REQUESTS, CLIENTS)
    return (server.cpu_seconds() - before) / REQUESTS


def _budget(name: str) -> float:
    return 4 if name == "an answer" else 2.5
