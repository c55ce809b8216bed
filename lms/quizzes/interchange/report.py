"""What came along, what did not and why."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.quizzes.interchange.bank import (
    CannotTake,
    Found,
    Item,
    Skipped,
    refuse_unusable,
)
from lms.quizzes.interchange.markdown_ import is_as_meant
from lms.quizzes.interchange.words import name_item
from lms.quizzes.questions import QuestionType


@dataclass
class Report:
    """The questions taken, in order, each as it is written now; and those skipped."""

    items: list[Item] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def kinds(self) -> dict[str, int]:
        """How many questions of each kind came along."""
        return dict(sorted(Counter(item.kind for item in self.items).items()))

    @property
    def weights(self) -> dict[str, float]:
        """The points of the questions that do not count 1, by id."""
        return {item.id: item.points for item in self.items if item.points != 1}

    @property
    def title(self) -> str:
        """The last part of the first category, or nothing."""
        first = next((item.category for item in self.items if item.category), "")
        return first.replace("//", "\0").rpartition("/")[2].replace("\0", "/").strip()

    @property
    def categories(self) -> list[str]:
        """The categories that the questions were in."""
        return list(dict.fromkeys(item.category for item in self.items if item.category))

    def as_json(self, path: str, to: str) -> dict[str, Any]:
        """Return the report for programs."""
        notes = [
            {"path": path, "line": item.line, "id": item.id, "note": note}
            for item in self.items
            for note in item.notes
        ]
        skipped = [{"path": path, "line": s.line, "reason": s.reason} for s in self.skipped]
        return {
            "from": path, "to": to, "questions": len(self.items), "kinds": self.kinds,
            "weights": self.weights, "categories": self.categories, "skipped": skipped, "notes": notes,
        }  # fmt: skip

    def lines(self, path: str) -> list[str]:
        """Return what people should know, line by line; a note that comes often stands once."""
        lines = [f"{path}:{skipped.line}: skipped: {skipped.reason}" for skipped in self.skipped]
        places: dict[str, list[int]] = {}
        for item in self.items:
            for note in item.notes:
                places.setdefault(note, []).append(item.line)
        for note, found in places.items():
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            lines.append(f"{path}:{found[0]}: {note}{more}")
        if len(self.categories) > 1:
            lines.append(f"{len(self.categories)} categories have become one file")
        if self.weights:
            said = ", ".join(f"{name} = {points:g}" for name, points in self.weights.items())
            lines.append(f"for course.toml: weights = {{ {said} }}")
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.items())
        lines.append(
            f"{len(self.items)} questions ({kinds or 'none'}), {len(self.skipped)} skipped"
        )
        return lines


def gather(
    found: Found,
    write: Callable[[Item], str],
    types: Sequence[QuestionType],
    at_line: Callable[[int], None] = lambda line: None,
) -> Report:
    """Return what can be written of the questions found; `at_line` is told how far it has come."""
    report = Report()
    taken: set[str] = set()
    for one in found:
        at_line(one.line)
        if isinstance(one, Skipped):
            report.skipped.append(one)
            continue
        try:
            refuse_unusable(one)
            name_item(one, taken)
            if not one.is_sure and not is_as_meant(one, types):
                raise CannotTake("its Markdown means something else in our quizzes")
            report.written.append(write(one))
        except CannotTake as problem:
            report.skipped.append(Skipped(one.line, str(problem)))
            continue
        report.items.append(one)
    return report
