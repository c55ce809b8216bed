import json

from lms.certificates import codes
from lms.database import db


def run(runner, *arguments):
    return runner.invoke(args=["certificates", *arguments])


def test_listing_for_programs_gives_every_certificate(runner, make_certificate):
    made = [make_certificate(course=f"course-{n}") for n in range(2)]
    result = run(runner, "list", "--json")
    assert result.exit_code == 0
    rows = json.loads(result.output)
    assert [row["code"] for row in rows] == [certificate.code for certificate in made]
    assert rows[0]["status"] == "valid"
    assert rows[0]["name"] == "Айгүл Серікқызы Нұрмағамбетова"


def test_listing_nothing_is_an_empty_list(runner):
    assert json.loads(run(runner, "list", "--json").output) == []


def test_revoking_takes_effect_and_says_so(runner, make_certificate):
    certificate = make_certificate()
    result = run(runner, "revoke", certificate.code.lower(), "--reason", "mistake")
    assert result.exit_code == 0
    assert certificate.code in result.output
    db.session.rollback()
    assert certificate.status == "revoked"


def test_revoking_twice_or_what_is_unknown_is_a_finding(runner, make_certificate):
    code = make_certificate().code
    run(runner, "revoke", code, "--reason", "mistake")
    assert run(runner, "revoke", code, "--reason", "mistake").exit_code == 1
    assert run(runner, "revoke", codes.new(), "--reason", "mistake").exit_code == 1


def test_wrong_usage_is_told_from_findings(runner, make_certificate):
    code = make_certificate().code
    assert run(runner, "revoke", code).exit_code == 2
    assert run(runner, "revoke", code, "--reason", "whim").exit_code == 2
    assert run(runner, "revoke", "no-such-shape", "--reason", "mistake").exit_code == 2
