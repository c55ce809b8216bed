"""What an activity type is: how it is read from files, published, shown, and explained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from flask.typing import ResponseReturnValue

from lms.courses.models import Activity, EnrolmentLine, LedgerLine
from lms.courses.outline import ActivityOutline, CourseOutline
from lms.markdown import Picture

if TYPE_CHECKING:
    from lms.courses.shelf import Shelf


class NoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a type that has none."""


@dataclass(frozen=True)
class Problem:
    """Something in the content to mend: file, line (1-based) and what is wrong.

    An error stops the import of its course; a warning does not.
    """

    path: str
    line: int
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else " (warning)"
        return f"{self.path}:{self.line}: {self.message}{mark}"


@dataclass(frozen=True)
class ActivitySource:
    """One activity as its author wrote it.

    `settings` is an instance of the type's settings, `files` the Markdown by language,
    `references` gives for a language the HTML of each fact by name, `facts` the facts themselves,
    `pictures` the files of the course's media folder by the path authors write. `read` puts what
    it finds into `problems`.
    """

    id: str
    settings: Any
    pass_mark: int
    files: Mapping[str, "SourceFile"]
    references: Callable[[str], Mapping[str, str]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, file: "SourceFile", line: int, message: str, severity: str = "error") -> None:
        """Note something to mend."""
        self.problems.append(Problem(file.path, line, message, severity))


@dataclass(frozen=True)
class SourceFile:
    """A file's path as people know it (from the content folder) and its text."""

    path: str
    text: str


@dataclass(frozen=True)
class Reading:
    """What a type's `read` gives: the title by language, its definition, and words to search for.

    `counts` is what `lms content stats` adds up, such as `{"questions": 12}`.
    """

    titles: Mapping[str, str]
    definition: Any
    words: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ActivityPage:
    """What a type gets to show itself: where it stands and who looks.

    `enrolment` is None for people who are not enrolled or not signed in; `completed` maps the ids
    of completed activities to their line in the ledger.
    """

    course: CourseOutline
    activity: ActivityOutline
    enrolment: EnrolmentLine | None
    completed: Mapping[str, LedgerLine]
    previous: ActivityOutline | None
    next: ActivityOutline | None


@dataclass(frozen=True)
class ActivityType:
    """A contribution: a kind of activity that courses may hold.

    `settings`: the keys it takes in course.toml beside the common ones (a frozen msgspec Struct).
    `read(source)`: pure; returns a `Reading`, notes problems on the source; None if unreadable.
    `publish(activity, version, reading)`: writes rows, flushes, and returns what the outline keeps
    by language (digests of texts, or {}); the same reading twice changes nothing.
    `show(page)`: answers a GET of the activity's page.
    `missing(page)`: one sentence saying what the learner still has to do here.
    `declared`: for types that learners complete by saying so (POST …/completion), the reason that
    the ledger keeps, such as `read`; None for types that complete themselves.
    """

    name: str
    label: Any
    settings: type[msgspec.Struct]
    read: Callable[[ActivitySource], Reading | None]
    publish: Callable[[Activity, int, Reading], Mapping[str, str]]
    show: Callable[[ActivityPage], ResponseReturnValue]
    missing: Callable[[ActivityPage], str]
    declared: str | None = None


@dataclass(frozen=True)
class ContentFolder:
    """A contribution: a kind of folder that content may hold, told by a file in it.

    `check(folder, shelf)` is pure and returns everything to mend; `shelf` is what stands beside it.
    """

    name: str
    marker: str
    check: Callable[[Path, "Shelf"], list[Problem]]
