import gzip

import pytest

from lms.accounts.testing import sign_in
from lms.certificates import codes, services
from lms.certificates.models import Certificate
from lms.database import db
from lms.i18n import LANGUAGES
from lms.slots import fill

HOSTILE = ["<script>alert(1)</script>", "#{7*7}", "{{7*7}}", '#import "x"', "${7*7} {% x %}"]


def address(certificate, language="kk"):
    return f"/{language}/certificates/{certificate.code}"


def revocation(certificate):
    return f"{address(certificate)}/revocation"


@pytest.fixture
def coordinator(make_user):
    return make_user("Ержан", role="coordinator", course="village")


def test_anybody_sees_everything_a_certificate_certifies(client, make_certificate):
    page = client.get(address(make_certificate(), "ru"))
    assert page.status_code == 200
    for said in (
        "Сертификат действителен",
        "Нурмагамбетова Айгуль Сериковна",
        "Айгүл Серікқызы Нұрмағамбетова",
        "Бюджет села",
        "24",
        "92\u00a0%",
        "20 ноября 2026 года",
        "Платформа «Сауат»",
    ):
        assert said in page.text


def test_a_kazakh_page_speaks_kazakh(client, make_certificate):
    page = client.get(address(make_certificate(), "kk"))
    for said in ("Сертификат жарамды", "92%", "2026 жылғы 20 қараша", "Сауат платформасы"):
        assert said in page.text


def test_nothing_else_about_the_person_is_shown(client, make_user, make_certificate):
    user = make_user("Аты Басқа", "+77012345678")
    certificate = make_certificate(user)
    for where in (address(certificate), f"/certificates/{certificate.code}.json"):
        text = client.get(where).text
        assert "Аты Басқа" not in text
        assert "7012345678" not in text
        assert "user_id" not in text


def test_the_page_is_public_small_without_cookies_and_kept_for_a_minute(client, make_certificate):
    certificate = make_certificate()
    for where in (
        address(certificate),
        "/kk/certificates/",
        f"/certificates/{certificate.code}.pdf",
    ):
        response = client.get(where)
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "public, max-age=60"
    assert len(gzip.compress(client.get(address(certificate)).data, 5)) <= 8 * 1024


def test_a_signed_in_persons_page_is_kept_nowhere(client, make_user, make_certificate):
    sign_in(client, make_user())
    response = client.get(address(make_certificate()))
    assert response.headers["Cache-Control"] == "no-store"


def test_looking_at_a_certificate_takes_one_statement(client, make_certificate, count_statements):
    certificate = make_certificate()
    client.get(address(certificate))
    with count_statements() as sent:
        client.get(address(certificate))
    assert len(sent) == 1


def test_a_result_that_was_not_counted_is_not_shown(client, make_certificate):
    page = client.get(address(make_certificate(result=None), "ru"))
    assert "Результат" not in page.text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_are_shown_as_text(client, make_certificate, hostile):
    certificate = make_certificate(names={"kk": hostile}, titles={"kk": hostile})
    text = client.get(address(certificate)).text
    assert "<script>alert" not in text
    assert ">49<" not in text
    assert client.get(f"/certificates/{certificate.code}.pdf").status_code == 200
    assert client.get(f"/certificates/{certificate.code}.json").json["names"]["kk"] == hostile


def test_the_form_leads_to_the_certificate_however_the_number_is_typed(client, make_certificate):
    certificate = make_certificate()
    typed = certificate.code.replace("-", " ").lower().replace("0", "O")
    response = client.get("/ru/certificates/", query_string={"code": typed})
    assert response.status_code == 302
    assert response.location == address(certificate, "ru")


def test_another_spelling_of_the_number_leads_to_the_right_one(client, make_certificate):
    certificate = make_certificate()
    other = certificate.code.replace("-", "").lower()
    assert client.get(f"/kk/certificates/{other}").location == address(certificate)
    pdf = client.get(f"/certificates/{other}.pdf?lang=ru")
    assert pdf.location == f"/certificates/{certificate.code}.pdf?lang=ru"


def test_a_mistyped_number_is_explained_and_stays_in_the_form(client):
    for where in ("/ru/certificates/7F3K-9Q2M", "/ru/certificates/?code=7F3K-9Q2M"):
        page = client.get(where)
        assert page.status_code == 404
        assert "опечатка" in page.text
        assert 'value="7F3K-9Q2M"' in page.text


def test_a_number_we_never_issued_is_called_that(client):
    page = client.get(f"/ru/certificates/{codes.new()}")
    assert page.status_code == 404
    assert "не выдавали" in page.text


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "%00", "a/b", "{{7*7}}", "ж" * 3000]
)
def test_any_number_typed_is_answered_with_a_page(client, typed):
    for response in (
        client.get("/kk/certificates/", query_string={"code": typed}),
        client.get(f"/kk/certificates/{typed}"),
        client.get(f"/certificates/{typed}.pdf"),
        client.get(f"/certificates/{typed}.json"),
    ):
        assert response.status_code in {400, 404}
        assert "<script>alert" not in response.text


def test_guessing_is_slowed_down_and_knowing_is_not(client, make_certificate):
    certificate = make_certificate()
    guesses = [client.get(f"/kk/certificates/{codes.new()}").status_code for _ in range(31)]
    assert guesses == [404] * 30 + [429]
    assert client.get(f"/certificates/{codes.new()}.pdf").status_code == 429
    assert client.get(f"/certificates/{codes.new()}.json").status_code == 429
    assert client.get("/kk/certificates/?code=nonsense").status_code == 429
    for _ in range(40):
        assert client.get(address(certificate)).status_code == 200


def test_guessing_may_go_on_in_the_next_minute(client, clock):
    for _ in range(31):
        client.get("/kk/certificates/wrong")
    clock.move(seconds=61)
    assert client.get("/kk/certificates/wrong").status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_pdf_comes_in_the_language_asked_for(client, make_certificate, language):
    certificate = make_certificate()
    response = client.get(f"/certificates/{certificate.code}.pdf?lang={language}")
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Language"] == language
    assert f"{certificate.code}-{language}.pdf" in response.headers["Content-Disposition"]


def test_without_a_language_the_pdf_is_in_the_holders(client, make_certificate):
    for language, expected in (("ru", "ru"), ("kk", "kk"), ("en", "kk")):
        certificate = make_certificate(language=language)
        response = client.get(f"/certificates/{certificate.code}.pdf?lang=xx")
        assert response.headers["Content-Language"] == expected


def test_programs_are_told_what_people_are_told(client, make_certificate):
    certificate = make_certificate()
    described = client.get(f"/certificates/{certificate.code}.json").json
    assert described == {
        "code": certificate.code,
        "status": "valid",
        "names": certificate.names,
        "course": "village",
        "version": 1,
        "titles": certificate.titles,
        "hours": 24,
        "result": 92,
        "issued_on": "2026-11-20",
        "issuers": certificate.issuers,
        "page": f"http://127.0.0.1:8000{address(certificate)}",
    }


def test_programs_are_told_that_a_number_is_unknown(client):
    response = client.get("/certificates/wrong.json")
    assert response.status_code == 404
    assert response.json == {"code": "wrong", "status": "unknown"}


def test_a_superseded_certificate_says_so_and_names_no_other(client, make_user, make_certificate):
    user = make_user()
    older = make_certificate(user, version=1)
    newer = make_certificate(user, version=2)
    page = client.get(address(older, "ru"))
    assert "заменён новым" in page.text
    assert newer.code not in page.text
    assert client.get(f"/certificates/{older.code}.pdf").status_code == 200


def test_a_coordinator_of_the_course_revokes_and_everyone_sees_it(
    client, app, coordinator, make_certificate, logged
):
    certificate = make_certificate()
    sign_in(client, coordinator)
    assert revocation(certificate) in client.get(address(certificate)).text
    response = client.send(revocation(certificate), {"reason": "mistake"})
    assert response.status_code == 303
    [noted] = [r for r in logged if r.getMessage() == "certificate revoked"]
    assert noted.name == "lms.security"
    assert noted.fields["certificate"] == certificate.code
    assert noted.fields["by"] == coordinator.id

    visitor = app.test_client()
    page = visitor.get(address(certificate, "ru"))
    assert "Сертификат аннулирован" in page.text
    assert "22 ноября 2026 года" in page.text
    assert "Выдан по ошибке" in page.text
    assert "Ержан" not in page.text
    described = visitor.get(f"/certificates/{certificate.code}.json").json
    assert described["status"] == "revoked"
    assert described["revoked_on"] == "2026-11-22"
    assert described["revoked_because"] == "mistake"
    assert visitor.get(f"/certificates/{certificate.code}.pdf").status_code == 410
    assert revocation(certificate) not in client.get(address(certificate)).text


@pytest.mark.parametrize("data", [{}, {"reason": "whim"}])
def test_a_revocation_without_a_reason_is_asked_again(client, coordinator, make_certificate, data):
    certificate = make_certificate()
    sign_in(client, coordinator)
    response = client.send(revocation(certificate), data)
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert db.session.get(Certificate, certificate.id).status == "valid"


def test_a_stale_token_revokes_nothing_and_keeps_the_choice(client, coordinator, make_certificate):
    certificate = make_certificate()
    sign_in(client, coordinator)
    response = client.post(revocation(certificate), data={"reason": "rules"})
    assert response.status_code == 422
    assert "checked" in response.text
    assert db.session.get(Certificate, certificate.id).status == "valid"


@pytest.mark.parametrize(
    "person",
    [{}, {"role": "trainer", "course": "village"}, {"role": "coordinator", "course": "other"}],
)
def test_whoever_may_not_revoke_is_told_there_is_nothing(
    client, make_user, make_certificate, person
):
    certificate = make_certificate()
    sign_in(client, make_user(**person))
    assert revocation(certificate) not in client.get(address(certificate)).text
    assert client.send(revocation(certificate), {"reason": "mistake"}).status_code == 404
    assert db.session.get(Certificate, certificate.id).status == "valid"


def test_nobody_revokes_without_signing_in(client, make_certificate):
    certificate = make_certificate()
    response = client.send(revocation(certificate), {"reason": "mistake"})
    assert response.status_code == 401
    assert db.session.get(Certificate, certificate.id).status == "valid"


def test_reading_a_revocation_address_does_nothing(client, make_certificate):
    certificate = make_certificate()
    assert client.get(revocation(certificate)).status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_every_language(client, make_certificate, language):
    certificate = make_certificate()
    services.revoke(certificate, "name", by=None)
    db.session.commit()
    for where in (
        f"/{language}/certificates/",
        address(make_certificate(), language),
        address(certificate, language),
    ):
        page = client.get(where)
        assert page.status_code == 200
        assert f'lang="{language}"' in page.text


def test_a_learner_finds_the_certificate_on_the_page_of_the_course(
    app, make_user, make_certificate, count_statements
):
    user = make_user()
    certificate = make_certificate(user)
    with app.test_request_context("/kk/courses/village"), count_statements() as sent:
        shown = fill("course.after", course="village", user_id=user.id, completed=True)
    assert len(sent) == 1
    assert address(certificate) in shown
    assert f"/certificates/{certificate.code}.pdf?lang=ru" in shown
    with app.test_request_context("/kk/courses/village"):
        assert fill("course.after", course="other", user_id=user.id, completed=True) == ""
        assert fill("course.after", course="village", user_id=None, completed=False) == ""
        assert fill("course.after", course="village", user_id=make_user().id, completed=True) == ""


def test_a_learner_finds_all_certificates_on_their_own_page(
    app, make_user, make_certificate, count_statements
):
    user = make_user()
    held = [make_certificate(user, course=name) for name in ("one", "two")]
    make_certificate(course="three")
    with app.test_request_context("/ru/"), count_statements() as sent:
        shown = fill("dashboard.after", user_id=user.id, completed=True)
    assert sum("certificates_certificate" in statement for statement in sent) == 1
    assert all(address(certificate, "ru") in shown for certificate in held)
    assert shown.count("card-strong") == 2


def test_checking_a_certificate_is_in_the_menu(client):
    assert 'href="/ru/certificates/"' in client.get("/ru/certificates/").text
