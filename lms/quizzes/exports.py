"""Lists for spreadsheets: XLSX and CSV in which nothing that somebody typed becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms import clock

#: What spreadsheets take for the beginning of a formula: OWASP, “CSV Injection”.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 60

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

#: A text, a number, a moment, or None for an empty cell.
Cell = Any


@dataclass(frozen=True)
class Sheet:
    """A sheet of a spreadsheet: its name, the line of headings, and the lines below."""

    name: str
    headings: Sequence[str]
    lines: Sequence[Sequence[Cell]]


def as_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook of the sheets, in their order."""
    # Half a megabyte that only exports need.
    import xlsxwriter

    written = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.write_row(0, 0, [str(heading) for heading in sheet.headings], bold)
            page.freeze_panes(1, 0)
            for column, width in enumerate(_widths(sheet)):
                page.set_column(column, column, width)
            for number, line in enumerate(sheet.lines, 1):
                for column, cell in enumerate(line):
                    _write(page, number, column, cell, moment)
    return written.getvalue()


def as_csv(about: Sequence[Cell], sheet: Sheet) -> bytes:
    """Return a sheet as text that Excel opens by itself, with `about` as its first line."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for line in (about, sheet.headings, *sheet.lines):
        writer.writerow([_harmless(cell) for cell in line])
    return written.getvalue().encode("utf-8-sig")


def _widths(sheet: Sheet) -> list[int]:
    first = [sheet.headings, *sheet.lines[:200]]
    columns = max(len(line) for line in first)
    return [
        min(WIDEST, max(len(_text(line[n])) for line in first if n < len(line)) + 2)
        for n in range(columns)
    ]


def _write(page: Any, line: int, column: int, cell: Cell, moment: Any) -> None:
    if isinstance(cell, datetime):
        page.write_datetime(line, column, clock.local(cell).replace(tzinfo=None), moment)
    elif isinstance(cell, int | float):
        page.write_number(line, column, cell)
    elif cell is not None:
        page.write_string(line, column, str(cell))


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, int | float):
        return cell
    text = _text(cell)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{clock.local(cell):%d.%m.%Y %H:%M}"
    return "" if cell is None else str(cell)
