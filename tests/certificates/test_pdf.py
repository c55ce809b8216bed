import hashlib
import io
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.pdf import FOLDER, Printed, _data, certificate_pdf

CODE = "7F3K-9Q2M-X4TB-5"
NINE_LETTERS = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"

CERTIFICATE = Printed(
    code=CODE,
    names={"kk": "Айгүл Серікқызы Нұрмағамбетова", "ru": "Нурмагамбетова Айгуль Сериковна"},
    titles={"kk": "Қаржылық сауаттылық", "ru": "Финансовая грамотность"},
    issuers={"kk": "Сауат платформасы", "ru": "Платформа «Сауат»"},
    hours=24,
    result=92,
    issued_at=datetime(2026, 11, 22, 20, 30, tzinfo=UTC),
    site="https://sauat.example",
)

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler-utils")


def text_of(pdf: bytes) -> str:
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True)
    return " ".join(run.stdout.decode().split())


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def structure_of(pdf: pikepdf.Pdf) -> list[tuple[str, str | None]]:
    found = []

    def walk(element: pikepdf.Object) -> None:
        if isinstance(element, pikepdf.Array):
            for child in element:
                walk(child)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            alt = element.get("/Alt")
            found.append((str(element["/S"]), str(alt) if alt is not None else None))
            walk(element.get("/K", pikepdf.Array()))

    walk(pdf.Root.StructTreeRoot["/K"])
    return found


@needs_poppler
def test_a_kazakh_certificate_says_everything_in_kazakh():
    text = text_of(certificate_pdf(CERTIFICATE, "kk"))
    for said in (
        "СЕРТИФИКАТ",
        "қатысу және оқу нәтижесі туралы",
        "Айгүл Серікқызы Нұрмағамбетова",
        "«Қаржылық сауаттылық»",
        "24 академиялық сағат көлемінде 92% нәтижемен",
        "2026 жылғы 23 қараша",
        "Сауат платформасы",
        CODE,
        f"sauat.example/kk/certificates/{CODE}",
    ):
        assert said in text


@needs_poppler
def test_a_russian_certificate_says_everything_in_russian():
    text = text_of(certificate_pdf(CERTIFICATE, "ru"))
    for said in (
        "об участии и результатах обучения",
        "Нурмагамбетова Айгуль Сериковна",
        "«Финансовая грамотность»",
        "24 академических часа пройден с результатом 92 %",
        "23 ноября 2026 года",
        "Платформа «Сауат»",
        f"sauat.example/ru/certificates/{CODE}",
    ):
        assert said in text


@needs_poppler
@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (1, "1 академический час пройден"),
        (2, "2 академических часа пройден"),
        (5, "5 академических часов пройден"),
        (11, "11 академических часов пройден"),
        (21, "21 академический час пройден"),
        (112, "112 академических часов пройден"),
    ],
)
def test_hours_are_counted_as_russian_counts_them(hours, said):
    assert said in text_of(certificate_pdf(replace(CERTIFICATE, hours=hours), "ru"))


@needs_poppler
def test_without_a_result_no_percentage_is_printed():
    for language in ("kk", "ru"):
        text = text_of(certificate_pdf(replace(CERTIFICATE, result=None), language))
        assert "%" not in text
        assert "24" in text


@needs_poppler
def test_a_missing_language_falls_back_to_the_other():
    only_kazakh = replace(CERTIFICATE, names={"kk": "Әсем Һәкім"}, titles={"kk": "Сандық сауат"})
    text = text_of(certificate_pdf(only_kazakh, "ru"))
    assert "Әсем Һәкім" in text
    assert "«Сандық сауат»" in text
    assert "об участии" in text


@needs_poppler
def test_all_nine_kazakh_letters_can_be_copied_out():
    for field in ("names", "titles", "issuers"):
        pdf = certificate_pdf(replace(CERTIFICATE, **{field: {"kk": NINE_LETTERS}}), "kk")
        assert NINE_LETTERS in text_of(pdf)


@needs_poppler
@pytest.mark.parametrize(
    "hostile",
    [
        '#import "x"',
        "#{1+1} #sys.inputs",
        "{{7*7}} {% x %} ${7*7}",
        "<script>alert(1)</script>",
        "*bold* _it_ $x$ @ref // no \\ `raw`",
        "= Heading",
    ],
)
def test_text_is_never_taken_for_markup(hostile):
    data = replace(CERTIFICATE, names={"kk": hostile}, titles={"kk": hostile})
    text = text_of(certificate_pdf(data, "kk"))
    assert text.count(hostile) == 2


@needs_poppler
def test_quotation_marks_inside_a_title_become_inner_ones():
    data = replace(CERTIFICATE, titles={"ru": "Курс «Бюджет»"})
    assert "«Курс „Бюджет“»" in text_of(certificate_pdf(data, "ru"))


def test_the_same_data_give_the_same_bytes_and_other_data_do_not():
    first = certificate_pdf(CERTIFICATE, "kk")
    assert certificate_pdf(CERTIFICATE, "ru") != first
    assert certificate_pdf(replace(CERTIFICATE, result=93), "kk") != first
    assert certificate_pdf(CERTIFICATE, "kk") == first
    assert str(opened(first).docinfo.CreationDate).startswith("D:20261122203000")


def test_one_shared_set_of_fonts_serves_four_threads_at_once():
    several = [replace(CERTIFICATE, names={"kk": f"Тыңдаушы {i}"}) for i in range(100)]
    alone = [hashlib.sha256(certificate_pdf(c, "kk")).digest() for c in several[:5]]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda c: certificate_pdf(c, "kk"), several))
    assert len({hashlib.sha256(pdf).digest() for pdf in made}) == 100
    assert [hashlib.sha256(pdf).digest() for pdf in made[:5]] == alone


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_file_is_written_for_archives_and_for_screen_readers(language):
    pdf = opened(certificate_pdf(CERTIFICATE, language))
    assert str(pdf.Root.Lang) == language
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "2"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"
        assert CERTIFICATE.names[language] in metadata["dc:title"]
    tags = structure_of(pdf)
    names = [name for name, _ in tags]
    assert names.count("/H1") == 1
    assert names.index("/H1") < names.index("/Link") < names.index("/Figure")
    assert all(alt for name, alt in tags if name == "/Figure")


def test_every_font_is_embedded_with_its_letters_named():
    pdf = opened(certificate_pdf(CERTIFICATE, "kk"))
    fonts = list(pdf.pages[0].Resources.Font.values())
    assert len(fonts) >= 4
    for font in fonts:
        assert "/ToUnicode" in font
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_file_is_one_page_of_at_most_100_kilobytes(language):
    pdf = certificate_pdf(CERTIFICATE, language)
    assert len(pdf) <= 100_000
    assert len(opened(pdf).pages) == 1


@needs_poppler
@pytest.mark.parametrize(
    "name",
    [
        "Мұхаммедғали-Әбдірахманұлы Қожахметов-Нұрсұлтанбеков " * 2 + "Әлібек-Бейбар",
        "Щ" * 120,
        "Ыық " * 30,
    ],
)
def test_a_name_of_120_letters_is_printed_whole(name):
    long = replace(CERTIFICATE, names={"kk": name}, titles={"kk": name + " " + name})
    pdf = certificate_pdf(long, "kk")
    assert len(opened(pdf).pages) == 1
    letters = "".join(text_of(pdf).split())
    assert letters.count("".join(name.split())) == 3
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True).stdout
    rights = [float(part.split(b'"')[1]) for part in boxes.split(b"xMax=")[1:]]
    assert max(rights) < 297 / 25.4 * 72 - 60, "within the margin"


@needs_poppler
@pytest.mark.parametrize("name", ["王小明", "გიორგი", "Әсем 🙂", "ἙΛΛΗΝΙΚΆ Đặng"])
def test_a_name_in_letters_no_font_has_still_gives_a_certificate(name):
    pdf = certificate_pdf(replace(CERTIFICATE, names={"kk": name}), "kk")
    assert "«Қаржылық сауаттылық»" in text_of(pdf)
    assert len(opened(pdf).pages) == 1


def test_printing_without_the_standards_is_logged_by_number_not_by_name(logged):
    certificate_pdf(CERTIFICATE, "kk")
    assert not logged
    certificate_pdf(replace(CERTIFICATE, names={"kk": "王小明"}), "kk")
    [record] = logged
    assert record.fields == {"certificate": CODE}


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=200))
def test_any_text_at_all_gives_one_page(name, title):
    pdf = certificate_pdf(replace(CERTIFICATE, names={"kk": name}, titles={"kk": title}), "kk")
    assert len(opened(pdf).pages) == 1


def test_the_qr_code_leads_to_the_page_that_checks_it(tmp_path):
    assert _data(CERTIFICATE, "ru")["qr"] == _svg(f"https://sauat.example/ru/certificates/{CODE}")
    if not (shutil.which("pdftoppm") and shutil.which("zbarimg")):
        return
    (tmp_path / "c.pdf").write_bytes(certificate_pdf(CERTIFICATE, "ru"))
    subprocess.run(["pdftoppm", "-png", "-r", "150", "c.pdf", "c"], cwd=tmp_path, check=True)
    [picture] = tmp_path.glob("*.png")
    read = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True)
    assert read.stdout.strip() == f"https://sauat.example/ru/certificates/{CODE}"


def test_every_vendored_font_is_the_one_that_was_checked_in():
    fonts = FOLDER / "fonts"
    listed = json.loads((fonts / "vendor.json").read_text())
    for font in listed:
        assert hashlib.sha384((fonts / font["file"]).read_bytes()).hexdigest() == font["sha384"]
        assert (fonts / font["licence_file"]).exists()
    assert {font["file"] for font in listed} == {path.name for path in fonts.glob("*.ttf")}


def _svg(address: str) -> str:
    svg = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(svg, kind="svg", border=0, dark="#14213d", xmldecl=False)
    return svg.getvalue().decode()


def test_the_template_stands_alone():
    template = Path(FOLDER / "certificate.typ").read_text()
    assert "#import" not in template
    assert "read(" not in template
