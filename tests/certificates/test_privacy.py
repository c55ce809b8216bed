import json

from lms.certificates import services
from lms.certificates.models import Certificate
from lms.certificates.privacy import PERSONAL_DATA
from lms.database import db


def test_an_export_holds_ones_own_certificates_and_no_others(make_user, make_certificate):
    user = make_user()
    mine = make_certificate(user)
    other = make_certificate(names={"kk": "Басқа Адам"})
    exported = PERSONAL_DATA.export(user.id)
    assert [row["code"] for row in exported] == [mine.code]
    assert exported[0]["names"] == mine.names
    assert other.code not in json.dumps(exported)


def test_erasing_a_person_leaves_a_number_without_a_name(client, make_user, make_certificate):
    user = make_user()
    certificate = make_certificate(user)
    kept = make_certificate()
    PERSONAL_DATA.erase(user.id)
    db.session.commit()
    db.session.expire_all()
    assert certificate.user_id is None
    assert certificate.names == {}
    assert certificate.status == "withdrawn"
    assert kept.status == "valid"
    page = client.get(f"/ru/certificates/{certificate.code}")
    assert page.status_code == 200
    assert "отозван владельцем" in page.text
    assert "22 ноября 2026 года" in page.text
    assert "Айгүл" not in page.text
    assert "Айгуль" not in page.text
    assert client.get(f"/certificates/{certificate.code}.pdf").status_code == 410
    described = client.get(f"/certificates/{certificate.code}.json").json
    assert (described["status"], described["names"]) == ("withdrawn", {})


def test_leaving_does_not_hide_that_a_certificate_was_revoked(make_user, make_certificate):
    user = make_user()
    certificate = make_certificate(user)
    services.revoke(certificate, "rules", by=None)
    PERSONAL_DATA.erase(user.id)
    db.session.commit()
    db.session.expire_all()
    assert certificate.status == "revoked"
    assert certificate.names == {}


def test_erasing_whoever_revoked_leaves_the_revocation(make_user, make_certificate):
    staff = make_user()
    certificate = make_certificate()
    services.revoke(certificate, "mistake", by=staff.id)
    PERSONAL_DATA.erase(staff.id)
    db.session.commit()
    db.session.expire_all()
    assert certificate.revoked_by is None
    assert certificate.status == "revoked"


def test_every_registered_column_exists():
    for field in PERSONAL_DATA.fields:
        table, _, column = field.column.partition(".")
        assert table == Certificate.__tablename__
        assert column in Certificate.__table__.c
