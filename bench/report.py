"""The table at the end: what was measured, against which budget, and whether it fits."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table. `measured` and `budget` are compared; the note says what was seen."""

    what: str
    measured: float
    budget: float
    unit: str
    note: str = ""

    @property
    def fits(self) -> bool:
        """Whether the budget is kept."""
        return self.measured <= self.budget


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"· {text}", flush=True)


def spread(values: list[float]) -> str:
    """Return the lowest and the highest of several rounds."""
    return f"{min(values):.2f} … {max(values):.2f} in {len(values)} rounds"


def middle(values: list[float]) -> float:
    """Return the median of several rounds."""
    return median(values)


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of all values do not exceed."""
    return sorted(values)[max(0, round(share * len(values)) - 1)]


def print_table(rows: list[Row]) -> None:
    """Print every line, as Markdown that also reads well on a terminal."""
    lines = [("what", "measured", "budget", "", "note")]
    for row in rows:
        lines.append(
            (row.what, _number(row.measured, row.unit), f"≤ {_number(row.budget, row.unit)}",
             "ok" if row.fits else "OVER", row.note)
        )  # fmt: skip
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for number, line in enumerate(lines):
        print("| " + " | ".join(t.ljust(w) for t, w in zip(line, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def _number(value: float, unit: str) -> str:
    figure = f"{value:,.0f}".replace(",", " ") if value == int(value) else f"{value:.2f}"
    return f"{figure} {unit}".strip()
