from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms import events
from lms.certificates import codes, services
from lms.certificates.models import Certificate
from lms.database import db


def count() -> int:
    return db.session.scalar(select(func.count(Certificate.id))) or 0


def test_completing_a_course_issues_a_certificate_with_everything_it_prints(
    app, make_user, completed
):
    user = make_user()
    fact = completed(user.id)
    events.publish(fact)
    db.session.commit()
    [certificate] = services.certificates_of(user.id)
    assert codes.read(certificate.code) == certificate.code
    assert certificate.names == fact.names
    assert certificate.titles == fact.titles
    assert certificate.issuers["ru"] == app.config["OPERATOR_RU"]
    assert (certificate.course, certificate.version) == ("village", 1)
    assert (certificate.hours, certificate.result) == (24, 92)
    assert certificate.issued_at == fact.completed_at
    assert certificate.status == "valid"


def test_the_same_fact_told_twice_gives_one_certificate(make_user, completed):
    user = make_user()
    events.publish(completed(user.id))
    [first] = services.certificates_of(user.id)
    events.publish(completed(user.id, result=100))
    assert [c.code for c in services.certificates_of(user.id)] == [first.code]
    assert count() == 1


def test_a_certificate_is_lost_when_its_completion_is_rolled_back(make_user, completed):
    user = make_user()
    events.publish(completed(user.id))
    db.session.rollback()
    assert count() == 0


def test_fifty_finishes_at_once_make_exactly_one_certificate(app, make_user, completed):
    user_id = make_user().id
    db.session.remove()
    ready = Barrier(10)

    def finish(number: int) -> str:
        with app.app_context():
            if number < 10:
                ready.wait()
            events.publish(completed(user_id))
            db.session.commit()
            [certificate] = services.certificates_of(user_id)
            return certificate.code

    with ThreadPoolExecutor(10) as threads:
        seen = set(threads.map(finish, range(50)))
    assert count() == 1
    assert len(seen) == 1, "everyone is told the same number"


def test_a_code_that_is_taken_costs_nobody_a_certificate(monkeypatch, make_user, completed):
    taken, free = codes.new(), codes.new()
    made = iter([taken, taken, free])
    monkeypatch.setattr(codes, "new", lambda: next(made))
    first, second = make_user(), make_user()
    events.publish(completed(first.id))
    events.publish(completed(second.id))
    assert services.certificates_of(first.id)[0].code == taken
    assert services.certificates_of(second.id)[0].code == free


def test_a_code_says_nothing_about_person_or_order(make_certificate, make_user):
    made = [make_certificate(course=f"course-{n}").code for n in range(20)]
    assert len(set(made)) == 20
    assert made != sorted(made)


def test_a_newer_version_supersedes_the_older_certificate(make_user, make_certificate):
    user = make_user()
    older = make_certificate(user, version=1)
    newer = make_certificate(user, version=2)
    db.session.expire_all()
    assert older.status == "superseded"
    assert newer.status == "valid"


@pytest.mark.parametrize("other", [{"course": "other"}, {}])
def test_only_ones_own_newer_version_of_the_same_course_supersedes(
    other, make_user, make_certificate
):
    user = make_user()
    certificate = make_certificate(user, version=1)
    make_certificate(user if other else make_user(), version=2, **other)
    db.session.expire_all()
    assert certificate.status == "valid"


def test_a_revoked_newer_certificate_supersedes_nothing(make_user, make_certificate):
    user = make_user()
    older = make_certificate(user, version=1)
    services.revoke(make_certificate(user, version=2), "mistake", by=None)
    db.session.expire_all()
    assert older.status == "valid"


def test_a_certificate_is_revoked_once_and_the_first_reason_stays(
    clock, make_user, make_certificate
):
    certificate = make_certificate()
    staff = make_user()
    moment = clock.moment
    assert services.revoke(certificate, "mistake", by=staff.id)
    clock.move(days=1)
    assert not services.revoke(certificate, "rules", by=None)
    assert certificate.status == "revoked"
    assert certificate.revoked_reason == "mistake"
    assert certificate.revoked_by == staff.id
    assert certificate.revoked_at == moment


def test_a_reason_outside_the_list_is_refused(make_certificate):
    with pytest.raises(ValueError, match="because"):
        services.revoke(make_certificate(), "because", by=None)


def test_only_texts_in_our_languages_are_kept(make_user, completed):
    user = make_user()
    fact = completed(user.id, names={"kk": "Әсем", "ru": ""}, titles={"ru": "Курс", "de": "Kurs"})
    events.publish(replace(fact))
    [certificate] = services.certificates_of(user.id)
    assert certificate.names == {"kk": "Әсем"}
    assert certificate.titles == {"ru": "Курс"}
