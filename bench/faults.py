"""What an answer survives: a server killed at every moment, a hundred learners at once.

`.venv/bin/python bench/faults.py` prints the figures; about ten minutes, temporary folders.
"""

import os
import secrets
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import load
from report import Row, percentile, print_table, say

from tests.quizzes.journey import QUESTIONS, Site, new_site, serving

MOMENTS = 300
WHOLE_SERVER_EVERY = 30
LEARNERS = 100


def main() -> int:
    """Measure, print the table, return 1 if something is over its budget."""
    with TemporaryDirectory(prefix="sauat-faults-") as name:
        rows = [
            *killed_at_every_moment(Path(name) / "kills"),
            *a_hundred_at_once(Path(name) / "load"),
        ]
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print_table(rows)
    return 0 if all(row.fits for row in rows) else 1


def killed_at_every_moment(folder: Path) -> list[Row]:
    """Kill the serving process at moment 1, 2, 3 … of a learner's journey, each with a new learner."""
    say(f"killing the server at {MOMENTS} moments")
    folder.mkdir()
    site = new_site(folder)
    problems: list[str] = []
    acknowledged = kills = 0
    with serving(site):
        for moment in range(1, MOMENTS + 1):
            learner = site.learner(f"Тыңдаушы {moment}")
            site.arm(moment)
            learner.take_the_quiz()
            kills += site.moments() > moment
            acknowledged += len(learner.acknowledged)
            problems += learner.problems()
    for problem in problems:
        say(problem)
    whole = f"{acknowledged:,} answers acknowledged, {kills} kills".replace(",", " ")
    damaged = sum(row != ("ok",) for row in site.ask("PRAGMA integrity_check"))
    return [
        Row("journeys with an answer lost, doubled or changed", len(problems), 0, "", whole),
        Row("moments at which nothing was killed", MOMENTS - kills, 0, ""),
        Row("damage that SQLite finds afterwards", damaged, 0, ""),
        Row("longest wait for a reply, kill included", site.longest_pause, 5, "s"),
        *_whole_server_killed(site),
    ]


def _whole_server_killed(site: Site) -> list[Row]:
    say("killing the whole server")
    learner = site.learner("Тыңдаушы")
    starts = []
    for turn in range(MOMENTS // WHOLE_SERVER_EVERY):
        began = time.monotonic()
        with serving(site) as server:
            starts.append(time.monotonic() - began)
            if turn == 0:
                learner.begin()
            learner.answer(turn + 1, f"жауап {turn + 1}", secrets.token_urlsafe(12))
            os.killpg(server.pid, signal.SIGKILL)
    stored = site.ask(
        "SELECT count(*) FROM quizzes_answer w JOIN quizzes_attempt_question q"
        " ON q.id = w.attempt_question_id JOIN quizzes_attempt a ON a.id = q.attempt_id"
        " WHERE a.token = ?",
        learner.token,
    )[0][0]
    lost = abs(stored - len(learner.acknowledged))
    return [
        Row("answers lost when every process is killed after the reply", lost, 0, "",
            f"{len(learner.acknowledged)} acknowledged"),
        Row("start after that, until ready", max(starts), 5, "s", f"the longest of {len(starts)}"),
    ]  # fmt: skip


def a_hundred_at_once(folder: Path) -> list[Row]:
    """Have a hundred learners answer twenty questions each, without a pause."""
    say(f"{LEARNERS} learners × {QUESTIONS} answers")
    folder.mkdir()
    site = new_site(folder)
    with serving(site, workers=2):
        learners = [site.learner(f"Тыңдаушы {number}") for number in range(LEARNERS)]
        for learner in learners:
            learner.begin()
        plan = [
            load.Request(
                site.port, f"/kk/quizzes/attempts/{learner.token}/{position}", learner.cookie,
                urlencode({f"q{position}": f"жауап {position}", "csrf_token": learner.csrf,
                           "form_key": load.FRESH_KEY}), 303,
            )
            for position in range(1, QUESTIONS + 1)
            for learner in learners
        ]  # fmt: skip
        began = time.monotonic()
        taken = load.send(plan, len(plan), LEARNERS)
        seconds = time.monotonic() - began
    stored = site.ask("SELECT count(*) FROM quizzes_answer")[0][0]
    log = (folder / "server.log").read_text("utf-8")
    return [
        Row("answers not stored", len(plan) - stored, 0, "",
            f"{stored} answers, {stored / seconds:.0f} a second"),
        Row("“locked” in the server's log", log.count("locked"), 0, ""),
        Row("p95 of an answer", 1000 * percentile(taken, 0.95), 500, "ms",
            f"median {1000 * percentile(taken, 0.5):.0f}, p99 {1000 * percentile(taken, 0.99):.0f} ms"),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
