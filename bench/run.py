"""`make bench`: what a page costs, beside a bare Flask page, and whether the budgets are kept.

Everything happens in temporary folders on this machine. Ratios are taken between servers measured in
turn within this one run; processor time is preferred to wall time, which busy neighbours stretch.
"""

import os
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import costs
import data
import pages
from report import Row, middle, print_table, say
from servers import ROOT, environment, free_port, our_server, time_to_start

FEW, SOME, MANY = 10, 100, 100_000
STARTS = 4


def main() -> int:
    """Measure, print the table, return 1 if something is over its budget."""
    began = time.monotonic()
    with TemporaryDirectory(prefix="sauat-bench-") as name:
        rows = measure(Path(name))
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"{time.monotonic() - began:.0f} s in all\n")  # fmt: skip
    print_table(rows)
    return 0 if all(row.fits for row in rows) else 1


def measure(folder: Path) -> list[Row]:
    """Return every line of the table."""
    small, large = folder / "small", folder / "large"
    rows = [second_start(folder / "run")]

    say("importing the shipped courses")
    data.new_site(small)
    rows.append(shipped_import(small))
    data.work_on_outbox(small)
    data.add_learners(small, 1, FEW)

    say("walking through every page as a learner")
    with our_server(small) as server:
        tour = pages.take_tour(server, data.sign_in(data.open_site(small), 1))
        rows += [*tour.rows(), costs.memory(server)]

    say("importing 1 000 Markdown files")
    rows.append(large_import(small, folder / "written"))
    data.work_on_outbox(small)
    fill(small, 1, FEW)
    few = pages.count_statements(small, tour.addresses)

    say(f"writing {MANY:,} learners and {MANY * data.PER_LEARNER:,} lines of progress")
    data.add_learners(small, FEW + 1, SOME)
    fill(small, FEW + 1, SOME)
    data.copy_site(small, large)
    data.add_learners(large, SOME + 1, MANY)
    fill(large, SOME + 1, MANY)
    many = pages.count_statements(large, tour.addresses)
    rows += pages.statement_rows(few, many)

    say("processor time a request, beside a bare page")
    rows += costs.beside_a_bare_page(folder / "bare", small)
    say("latency with few and with many learners")
    rows += costs.few_and_many_learners(small, large)
    return rows


def fill(site: Path, first: int, last: int) -> None:
    """Enrol learners in the written courses too, and have them begin the quiz."""
    for course in data.ENROLLED_IN:
        data.enrol(site, first, last, course, data.DONE_WRITTEN)
    data.begin_attempts(site, max(first, 2), last)


def second_start(folder: Path) -> Row:
    """Start `make run` again and again; from the second time on there is nothing left to prepare."""
    say(f"starting make run {STARTS} times")
    taken = []
    for _ in range(STARTS):
        port = free_port()
        command = ["make", "run", f"PORT={port}", f"DATA={folder}"]
        variables = {k: v for k, v in environment(folder).items() if not re.match("LMS_|PYTHON", k)}
        taken.append(time_to_start(command, port, variables))
    (first_cpu, _), *later = taken
    note = (
        "processor time of make, lms and its workers until /health/ready; "
        f"wall time {min(wall for _, wall in later):.1f} s; the first start {first_cpu:.1f} s"
    )
    return Row("second start of make run", middle([cpu for cpu, _ in later]), 3, "s", note)


def shipped_import(site: Path) -> Row:
    """Import the courses that ship with Sauat."""
    took = data.import_courses(site, ROOT / "course_content")
    note = f"wall time of the whole command; processor time {took.cpu_seconds:.1f} s, all processes"
    return Row("import of the shipped courses", took.seconds, 2, "s", note)


def large_import(site: Path, folder: Path) -> Row:
    """Import a thousand generated files; without a progress bar the line does not fit."""
    files = data.write_courses(folder)
    took = data.import_courses(site, folder)
    seconds = took.seconds if took.progress else float("inf")
    note = f"wall time; processor time {took.cpu_seconds:.1f} s; bars: {took.progress or 'none'}"
    return Row(f"import of {files:,} Markdown files".replace(",", " "), seconds, 60, "s", note)


if __name__ == "__main__":
    sys.exit(main())
