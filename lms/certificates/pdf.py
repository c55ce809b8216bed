"""A certificate as a PDF: pure, the same data give the same bytes, in any thread."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from lms.i18n import format_date, language_of
from lms.logs import log

FOLDER = Path(__file__).parent
TEMPLATE = FOLDER / "certificate.typ"

#: The languages certificates are printed in; the first is the one for everybody else.
LANGUAGES = ("kk", "ru")

#: Written to archive and accessibility standards; typst refuses to write what breaks them.
STANDARDS: list[Any] = ["a-2a", "ua-1"]

#: Quotation marks of a title that stands in quotation marks itself.
INNER_QUOTES = str.maketrans("«»", "„“")


@dataclass(frozen=True)
class Printed:
    """What stands on a certificate; texts by language, `site` is the address it is checked at."""

    code: str
    names: Mapping[str, str]
    titles: Mapping[str, str]
    issuers: Mapping[str, str]
    hours: int
    result: int | None
    issued_at: datetime
    site: str

    def address(self, language: str) -> str:
        """Return the address of the page, in `language`, at which anybody can check it."""
        return f"{self.site.rstrip('/')}/{language}/certificates/{self.code}"


def certificate_pdf(certificate: Printed, language: str) -> bytes:
    """Return the certificate in Kazakh (`kk`) or Russian (`ru`) as one A4 sheet.

    A name in letters that no font here has would break the standards; it is then printed without
    them, with boxes for those letters: a certificate in hand is worth more than a perfect file.
    """
    inputs = {"certificate": json.dumps(_data(certificate, language), ensure_ascii=False)}
    try:
        return _compiled(inputs, certificate.issued_at, STANDARDS)
    except typst.TypstError:
        # Not what typst says: it quotes the name.
        fields = {"certificate": certificate.code}
        log.warning("certificate printed without standards", extra={"fields": fields})
        return _compiled(inputs, certificate.issued_at, [])


def _compiled(inputs: dict[str, str], timestamp: datetime, standards: list[Any]) -> bytes:
    pdf = typst.compile(
        TEMPLATE,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=int(timestamp.timestamp()),
    )
    assert isinstance(pdf, bytes)  # noqa: S101 – one page, no output path
    return pdf


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"]
    )


def _data(certificate: Printed, language: str) -> dict[str, Any]:
    address = certificate.address(language)
    title = _said(certificate.titles, language)
    return {
        "language": language,
        "code": certificate.code,
        "name": _said(certificate.names, language),
        "title": {**title, "text": f"«{title['text'].translate(INNER_QUOTES)}»"},
        "issuer": _said(certificate.issuers, language),
        "hours": certificate.hours,
        "result": certificate.result,
        "date": format_date(certificate.issued_at, "official", language),
        "address": address,
        "shown": address.partition("://")[2],
        "qr": _qr(address),
    }


def _said(texts: Mapping[str, str], language: str) -> dict[str, str]:
    found = language_of(texts, language)
    return {"language": found, "text": " ".join(texts[found].split())}


def _qr(address: str) -> str:
    svg = BytesIO()
    segno.make_qr(address, error="m").save(svg, kind="svg", border=0, dark="#14213d", xmldecl=False)
    return svg.getvalue().decode()
